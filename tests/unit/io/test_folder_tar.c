/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder read as a tar: the same entries as GNU tar makes of it, and what happens when the folder resists or changes
 * while it is read.
 */
#define _XOPEN_SOURCE 700 /* mknodat() */
#include "io/folder_tar.h"
#include "io/tar.h"
#include "support.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LONG_NAME                                                                                                      \
    "a-name-that-is-longer-than-the-hundred-bytes-which-a-header-of-the-old-format-has-for-it-so-that-a-record-is-"    \
    "needed"

/* A temporary folder; the tests run below it. */
static char *make_folder(void)
{
    char *folder = strdup("/tmp/foldertar-XXXXXX");
    cr_assert(mkdtemp(folder));
    cr_assert_eq(chmod(folder, 0755), 0);
    return folder;
}

static void remove_folder(char *folder)
{
    char command[256];
    snprintf(command, sizeof(command), "chmod -R u+rwx '%s' && rm -rf '%s'", folder, folder);
    cr_assert_eq(system(command), 0);
    free(folder);
}

static int open_folder(const char *folder)
{
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(file, 0);
    return file;
}

static void put(int folder, const char *name, const char *text)
{
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    cr_assert(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text), "%s", name);
    close(file);
}

/* Text that grows. */
struct listing {
    char *p;
    size_t n;
};

static void list_text(struct listing *l, struct ia_str text)
{
    l->p = realloc(l->p, l->n + text.n + 1);
    for (size_t i = 0; i < text.n; i++)
        l->p[l->n++] = text.p[i] ? text.p[i] : '#';
    l->p[l->n] = '\0';
}

static struct ia_str without_dot(struct ia_str name)
{
    return name.n > 2 && name.p[0] == '.' && name.p[1] == '/' ? ia_str_sub(name, 2, name.n) : name;
}

static void list_entry(struct listing *l, const struct ia_tar_entry *e)
{
    char line[160];
    list_text(l, without_dot(e->name));
    list_text(l, IA_STR(" > "));
    list_text(l, e->type == IA_TAR_HARDLINK ? without_dot(e->link) : e->link);
    snprintf(line, sizeof(line), " type %d size %llu mode %o ids %u %u device %u %u flags %x\n", (int)e->type,
             (unsigned long long)e->size, e->name.n == 2 ? 0 : e->mode, e->uid, e->gid, e->device_major,
             e->device_minor, e->flags);
    list_text(l, ia_str_from(line));
}

/* Walks a tar to its end; with contents as long as they are short. The status. */
static int list_tar(struct test_env *t, struct ia_reader *reader, struct listing *out)
{
    struct ia_tar_entry entry;
    struct ia_cursor part;
    struct ia_tar *tar = NULL;
    int status = ia_tar_new(&t->env, reader, &tar);
    while (status >= 0 && (status = ia_tar_next(tar, &t->env, &entry)) > 0) {
        bool is_short = entry.size < 1 << 20;
        list_entry(out, &entry);
        while (is_short && (status = ia_tar_data(tar, &t->env, &part)) > 0)
            list_text(out, ia_cursor_str(part));
    }
    if (status == 0)
        cr_expect(!ia_tar_has_trailing(tar) && !ia_tar_lacks_end(tar));
    ia_tar_free(tar);
    return status;
}

static int list_folder(struct test_env *t, int folder, struct listing *out)
{
    struct ia_reader *reader = NULL;
    int status = ia_folder_tar(&t->env, folder, &reader);
    if (status < 0)
        return status;
    status = list_tar(t, reader, out);
    ia_reader_close(reader);
    return status;
}

static void make_kinds(int root)
{
    char name[260];
    memset(name, 'n', 255);
    name[255] = '\0';
    put(root, "plain", "text\n");
    put(root, "empty", "");
    put(root, name, "the longest name");
    put(root, LONG_NAME, "a long name");
    put(root, "new\nline", "odd");
    put(root, "\xff\xfe not UTF-8", "raw");
    put(root, "B", "capitals come first");
    cr_assert_eq(symlinkat("plain", root, "link"), 0);
    cr_assert_eq(symlinkat("/" LONG_NAME "/" LONG_NAME, root, "long-link"), 0);
    cr_assert_eq(symlinkat("../../../etc/passwd", root, "link-out"), 0);
    cr_assert_eq(mkfifoat(root, "pipe", 0600), 0);
    if (mknodat(root, "char", S_IFCHR | 0600, (dev_t)0x105) == 0) /* only for root */
        cr_assert_eq(mknodat(root, "block", S_IFBLK | 0600, (dev_t)0x803), 0);
    if (geteuid() == 0) {
        cr_assert_eq(fchownat(root, "plain", 3000000, 4000000, 0), 0);
        cr_assert_eq(fchownat(root, "empty", 1000, 1001, 0), 0);
    }
    cr_assert_eq(fchmodat(root, "empty", 04755, 0), 0);
}

/* Deeper than the folders that stay open, with files on the way down and on the way back. */
static void make_deep(int root)
{
    int at = dup(root);
    for (int i = 0; i < 24; i++) {
        cr_assert_eq(mkdirat(at, "down", 0755), 0);
        cr_assert_eq(mkdirat(at, "empty-folder", 0711), 0);
        put(at, "a", "before");
        put(at, "z", "after");
        int below = openat(at, "down", O_RDONLY | O_DIRECTORY);
        cr_assert_geq(below, 0);
        close(at);
        at = below;
    }
    cr_assert_eq(linkat(root, "z", at, "hard", 0), 0);
    put(at, "first", "linked");
    cr_assert_eq(linkat(at, "first", root, "second", 0), 0);
    close(at);
}

/* What GNU tar makes of the folder. */
static char *gnu_tar(const char *folder, size_t *size)
{
    char command[256], chunk[65536];
    char *data = NULL;
    size_t n;
    *size = 0;
    snprintf(command, sizeof(command), "tar -C '%s' --sort=name --format=pax --numeric-owner -cf - . 2>/dev/null",
             folder);
    FILE *pipe = popen(command, "r");
    cr_assert(pipe);
    while ((n = fread(chunk, 1, sizeof(chunk), pipe)) > 0) {
        data = realloc(data, *size + n);
        memcpy(data + *size, chunk, n);
        *size += n;
    }
    cr_assert_eq(pclose(pipe), 0);
    return data;
}

Test(folder_tar, lists_what_gnu_tar_lists)
{
    struct listing ours = {NULL, 0}, theirs = {NULL, 0};
    struct test_env t;
    size_t size;
    char *folder = make_folder();
    int root = open_folder(folder);
    make_kinds(root);
    make_deep(root);
    char *data = gnu_tar(folder, &size);
    struct ia_reader *reader = test_chunks(data, size, 65536);
    test_env_open(&t);
    cr_assert_eq(list_tar(&t, reader, &theirs), 0, "%s", t.env.error.message);
    cr_assert_eq(list_folder(&t, root, &ours), 0, "%s", t.env.error.message);
    cr_expect_str_eq(ours.p, theirs.p);
    cr_expect(strstr(ours.p, "second > down/down/"));
    cr_expect_eq(ia_notes_count(&t.notes), 0);
    ia_reader_close(reader);
    free(data);
    free(ours.p);
    free(theirs.p);
    close(root);
    remove_folder(folder);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* The very bytes do not depend on how many views stay alive, and views do stay. */
Test(folder_tar, bytes)
{
    struct ia_cursor views[4];
    char kept[4][64], *once = NULL, *again = NULL;
    size_t size, again_size;
    struct test_env t;
    struct ia_reader *reader = NULL;
    char *folder = make_folder();
    int root = open_folder(folder);
    make_kinds(root);
    test_env_open(&t);
    cr_assert_eq(ia_folder_tar(&t.env, root, &reader), IMGA_OK);
    cr_assert_eq(test_read_all(&t.env, reader, &once, &size), 0);
    ia_reader_close(reader);
    t.env.chunks_alive = 4;
    cr_assert_eq(ia_folder_tar(&t.env, root, &reader), IMGA_OK);
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(ia_reader_next(reader, &t.env, &views[i]), 1);
        cr_assert_geq(views[i].n, 1);
        memcpy(kept[i], views[i].p, views[i].n < 64 ? views[i].n : 64);
    }
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(memcmp(kept[i], views[i].p, views[i].n < 64 ? views[i].n : 64), 0, "view %zu", i);
    ia_reader_close(reader);
    cr_assert_eq(ia_folder_tar(&t.env, root, &reader), IMGA_OK);
    cr_assert_eq(test_read_all(&t.env, reader, &again, &again_size), 0);
    ia_reader_close(reader);
    cr_expect(size == again_size && memcmp(once, again, size) == 0);
    cr_expect_eq(size % 512, 0);
    free(once);
    free(again);
    close(root);
    remove_folder(folder);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

Test(folder_tar, a_file_of_many_gigabytes_is_skipped)
{
    struct listing l = {NULL, 0};
    struct test_env t;
    char *folder = make_folder();
    int root = open_folder(folder);
    int file = openat(root, "huge", O_WRONLY | O_CREAT, 0644);
    cr_assert(file >= 0 && ftruncate(file, (off_t)9 << 30) == 0);
    close(file);
    put(root, "later", "still found");
    test_env_open(&t);
    cr_assert_eq(list_folder(&t, root, &l), 0, "%s", t.env.error.message);
    cr_expect(strstr(l.p, "huge >  type 1 size 9663676416"), "%s", l.p);
    cr_expect(strstr(l.p, "flags 0\nlater"), "%s", l.p);
    cr_expect(strstr(l.p, "still found"), "%s", l.p);
    free(l.p);
    close(root);
    remove_folder(folder);
    test_env_close(&t);
}

Test(folder_tar, a_socket_is_left_out)
{
    struct listing l = {NULL, 0};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct test_env t;
    char *folder = make_folder();
    int root = open_folder(folder), s = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", folder);
    cr_assert_eq(bind(s, (struct sockaddr *)&address, sizeof(address)), 0);
    test_env_open(&t);
    cr_assert_eq(list_folder(&t, root, &l), 0, "%s", t.env.error.message);
    cr_expect_null(strstr(l.p, "socket"));
    cr_expect(test_has_note(&t, IMGA_NOTE_TYPE));
    cr_expect(ia_notes_complete(&t.notes));
    free(l.p);
    close(s);
    close(root);
    remove_folder(folder);
    test_env_close(&t);
}

/* As a user who may not read everything. */
Test(folder_tar, what_cannot_be_read_is_noted)
{
    struct listing l = {NULL, 0};
    struct test_env t;
    char *folder = make_folder();
    int root = open_folder(folder);
    put(root, "before", "1");
    put(root, "secret", "2");
    cr_assert_eq(mkdirat(root, "closed", 0755), 0);
    put(root, "z-after", "3");
    cr_assert_eq(fchmodat(root, "secret", 0, 0), 0);
    cr_assert_eq(fchmodat(root, "closed", 0, 0), 0);
    if (geteuid() == 0)
        cr_assert_eq(seteuid(65534), 0);
    test_env_open(&t);
    cr_assert_eq(list_folder(&t, root, &l), 0, "%s", t.env.error.message);
    cr_expect(strstr(l.p, "before") && strstr(l.p, "closed/") && strstr(l.p, "#z-after"), "%s", l.p);
    cr_assert_eq(ia_notes_count(&t.notes), 2);
    cr_expect_str_eq(ia_notes_at(&t.notes, 0)->where, "closed/");
    cr_expect_str_eq(ia_notes_at(&t.notes, 1)->where, "secret");
    cr_expect_not(ia_notes_complete(&t.notes));
    if (getuid() == 0)
        cr_assert_eq(seteuid(0), 0);
    free(l.p);
    close(root);
    remove_folder(folder);
    test_env_close(&t);
}

/* Between header and content something happens to the file "changing", which holds "0123456789". */
static const struct {
    const char *name;
    char what;
    const char *content;
    const char *note; /* part of its text; NULL: none */
} changes[] = {
    {"nothing", 'n', "0123456789", NULL},
    {"it becomes shorter", 's', "0123\0\0\0\0\0\0", "shorter"},
    {"it grows", 'g', "0123456789", "grew"},
    {"it goes", 'd', "\0\0\0\0\0\0\0\0\0\0", "cannot be opened"},
    {"it is replaced by a link", 'l', "\0\0\0\0\0\0\0\0\0\0", "cannot be opened"},
    {"it is replaced by a pipe", 'p', "\0\0\0\0\0\0\0\0\0\0", "replaced"},
    {"it is replaced by another file", 'r', "\0\0\0\0\0\0\0\0\0\0", "replaced"},
};

static void change(int root, char what)
{
    if (what == 's') {
        put(root, "changing", "0123");
    } else if (what == 'g') {
        put(root, "changing", "0123456789abcdef");
    } else if (what != 'n') {
        put(root, "other", "9876543210");
        if (what == 'r')
            cr_assert_eq(renameat(root, "other", root, "changing"), 0);
        else
            cr_assert_eq(unlinkat(root, "changing", 0), 0);
    }
    if (what == 'l')
        cr_assert_eq(symlinkat("other", root, "changing"), 0);
    if (what == 'p')
        cr_assert_eq(mkfifoat(root, "changing", 0600), 0);
}

static void find_entry(struct test_env *t, struct ia_tar *tar, const char *name)
{
    struct ia_tar_entry entry;
    do
        cr_assert_eq(ia_tar_next(tar, &t->env, &entry), 1, "%s is not there", name);
    while (!ia_str_is(entry.name, name));
}

Test(folder_tar, files_that_change)
{
    for (size_t i = 0; i < IA_COUNT(changes); i++) {
        struct ia_tar_entry entry;
        struct ia_reader *reader = NULL;
        struct ia_tar *tar = NULL;
        struct ia_cursor part = {NULL, 0};
        struct test_env t;
        char *folder = make_folder();
        int root = open_folder(folder);
        put(root, "changing", "0123456789");
        test_env_open(&t);
        cr_assert_eq(ia_folder_tar(&t.env, root, &reader), IMGA_OK);
        cr_assert_eq(ia_tar_new(&t.env, reader, &tar), IMGA_OK);
        find_entry(&t, tar, "changing");
        change(root, changes[i].what);
        for (size_t at = 0; at < 10; at += part.n) {
            cr_assert_eq(ia_tar_data(tar, &t.env, &part), 1, "%s", changes[i].name);
            cr_expect_eq(memcmp(part.p, changes[i].content + at, part.n), 0, "%s", changes[i].name);
        }
        cr_expect_eq(ia_tar_next(tar, &t.env, &entry), 0, "%s", changes[i].name);
        cr_expect_eq(ia_notes_count(&t.notes), changes[i].note != NULL, "%s", changes[i].name);
        if (changes[i].note && ia_notes_count(&t.notes))
            cr_expect(strstr(ia_notes_at(&t.notes, 0)->text, changes[i].note), "%s: %s", changes[i].name,
                      ia_notes_at(&t.notes, 0)->text);
        ia_tar_free(tar);
        ia_reader_close(reader);
        close(root);
        remove_folder(folder);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", changes[i].name);
    }
}

/* A folder that becomes a link while the walk is elsewhere is not followed. */
Test(folder_tar, a_folder_that_becomes_a_link)
{
    struct listing l = {NULL, 0};
    struct ia_reader *reader = NULL;
    struct ia_tar *tar = NULL;
    struct ia_tar_entry entry;
    struct test_env t;
    char *folder = make_folder();
    int root = open_folder(folder);
    cr_assert_eq(mkdirat(root, "a", 0755), 0);
    cr_assert_eq(mkdirat(root, "b", 0755), 0);
    put(root, "a/file", "1");
    put(root, "b/file", "2");
    test_env_open(&t);
    cr_assert_eq(ia_folder_tar(&t.env, root, &reader), IMGA_OK);
    cr_assert_eq(ia_tar_new(&t.env, reader, &tar), IMGA_OK);
    find_entry(&t, tar, "a/file");
    cr_assert_eq(unlinkat(root, "b/file", 0), 0);
    cr_assert_eq(unlinkat(root, "b", AT_REMOVEDIR), 0);
    cr_assert_eq(symlinkat("/etc", root, "b"), 0);
    while (ia_tar_next(tar, &t.env, &entry) > 0)
        list_entry(&l, &entry);
    cr_expect(strstr(l.p, "b > /etc type 3"), "%s", l.p);
    cr_expect_null(strstr(l.p, "b/"), "%s", l.p);
    ia_tar_free(tar);
    ia_reader_close(reader);
    free(l.p);
    close(root);
    remove_folder(folder);
    test_env_close(&t);
}

Test(folder_tar, limits)
{
    static const struct {
        const char *name;
        uint64_t entries, components, path;
        int status;
        bool complete;
    } rows[] = {
        {"enough of all", 4, 2, 100, 0, true},       {"one entry too many", 3, 2, 100, IMGA_E_LIMIT, true},
        {"no entry", 0, 2, 100, IMGA_E_LIMIT, true}, {"one level too many", 4, 1, 100, 0, false},
        {"one byte too many", 4, 2, 6, 0, false},    {"no byte too many", 4, 2, 7, 0, true},
    };
    char *folder = make_folder();
    int root = open_folder(folder);
    cr_assert_eq(mkdirat(root, "folder", 0755), 0);
    put(root, "folder/a", "1");
    put(root, "x", "2");
    put(root, "y", "3");
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct listing l = {NULL, 0};
        struct test_env t;
        test_env_open(&t);
        t.limits.layer_entries = rows[i].entries;
        t.limits.path_components = rows[i].components;
        t.limits.path_bytes = rows[i].path;
        cr_expect_eq(list_folder(&t, root, &l), rows[i].status, "%s: %s", rows[i].name, t.env.error.message);
        cr_expect_eq(ia_notes_complete(&t.notes), rows[i].complete, "%s", rows[i].name);
        free(l.p);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", rows[i].name);
    }
    close(root);
    remove_folder(folder);
}

Test(folder_tar, cancelled)
{
    struct listing l = {NULL, 0};
    struct test_env t;
    char *folder = make_folder();
    int root = open_folder(folder);
    put(root, "a", "1");
    test_env_open(&t);
    atomic_store(&t.cancel.flag, 1);
    cr_expect_eq(list_folder(&t, root, &l), IMGA_E_CANCELLED);
    free(l.p);
    close(root);
    remove_folder(folder);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

Test(folder_tar, out_of_memory)
{
    char *folder = make_folder();
    int root = open_folder(folder), status = IMGA_E_NOMEM;
    put(root, LONG_NAME, "text");
    cr_assert_eq(linkat(root, LONG_NAME, root, "hard", 0), 0);
    cr_assert_eq(mkdirat(root, "folder", 0755), 0);
    put(root, "folder/a", "1");
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct listing l = {NULL, 0};
        struct test_env t;
        test_env_open(&t);
        t.fail_at = n;
        status = list_folder(&t, root, &l);
        cr_expect(status == IMGA_E_NOMEM || status == 0, "allocation %zu: %d %s", n, status, t.env.error.message);
        free(l.p);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
        cr_assert_lt(n, 1000);
    }
    close(root);
    remove_folder(folder);
}
