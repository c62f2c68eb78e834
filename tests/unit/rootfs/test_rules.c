/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the merged view, one row each: layers in, contents and notes out. */
#include "layers.h"

#include <criterion/criterion.h>
#include <imgassure/status.h>
#include <stdlib.h>
#include <string.h>

static const struct ia_want wants[] = {
    {"a", NULL},      {"a/b", NULL},       {"a/b/c", NULL},   {"etc/os-release", NULL}, {"usr/lib/os-release", NULL},
    {"status", NULL}, {"db/status", NULL}, {"info", ".list"}, {"status.d", ""},
};

struct row {
    const char *name;
    const char *layers[4];
    /* "path=text" whole content, "path>text" the same through a link, "path-" absent, "path?" something else */
    const char *files;
    const char *notes; /* names of the notes, in any order, each code once */
};

static const struct row rows[] = {
    /* names */
    {"plain", {"d db\nf db/status 1\n"}, "db/status=1 a- db/x-", ""},
    {"dots and slashes are plain", {"f ./././db//./status 1\nd ./\n"}, "db/status=1", ""},
    {"absolute", {"f /db/status 1\n"}, "db/status=1", "path"},
    {"parent escape", {"f ../../db/status 1\n"}, "db/status=1", "path"},
    {"parent inside", {"f db/x/../status 1\n"}, "db/status=1 db/x-", "path"},
    {"case is significant", {"f DB/status 2\nf db/STATUS 3\nf db/status 1\n"}, "db/status=1", ""},
    {"slash at the end of a file", {"f db/status/ 1\n"}, "db/status=1", "type"},
    {"slash at the end of a directory", {"d db/\nf db/status 1\n"}, "db/status=1", ""},
    {"control character", {"f x\x1b[2J 1\nf y\x1b 1\nf db/status 1\n"}, "db/status=1", "name"},
    {"not UTF-8", {"f x\xff\xfe 1\nf db/status 1\n"}, "db/status=1", "name"},
    {"UTF-8 is fine", {"f x\xc3\xa4 1\nf db/status 1\n"}, "db/status=1", ""},
    {"bidirectional override", {"f x\xe2\x80\xaegpj 1\n"}, "a-", "name"},
    {"root replaced", {"l . etc\nl / etc\nf . x\nf db/status 1\n"}, "db/status=1", "path type"},

    /* files over files */
    {"upper wins", {"f a 0\n", "f a 1\n"}, "a=1", ""},
    {"empty file", {"f a\n"}, "a=", ""},
    {"duplicate, last wins", {"f a 0\nf a 1\n"}, "a=1", "duplicate"},
    {"duplicate that nobody wants", {"f z 0\nf z 1\nf a 1\n"}, "a=1", ""},
    {"duplicate directories", {"d a\nd a\nf a/b 1\nd a\n"}, "a/b=1", ""},
    {"duplicate in two layers is normal", {"f a 0\n", "f a 1\n", "f a 2\n"}, "a=2", ""},

    /* whiteouts */
    {"whiteout", {"f a 0\n", "f .wh.a\n"}, "a-", ""},
    {"whiteout in a directory", {"f a/b 0\n", "f a/.wh.b\n"}, "a/b- a?", "type"},
    {"whiteout of a directory", {"f a/b/c 0\nf a/b/d 0\n", "f .wh.a\n"}, "a- a/b- a/b/c-", ""},
    {"whiteout before", {"f a 0\n", "f .wh.a\nf a 1\n"}, "a=1", ""},
    {"whiteout after", {"f a 0\n", "f a 1\nf .wh.a\n"}, "a=1", ""},
    {"whiteout after, below",
     {"f a/b 0\nf db/status 0\n", "f db/x 1\nf db/y 1\nf .wh.db\nf .wh.a\nf a/b/c 2\n"},
     "db/status- a/b/c=2",
     ""},
    {"whiteout before, below",
     {"f a/b 0\nf db/status 0\n", "f .wh.db\nf .wh.a\nf a/b/c 2\nf db/x 1\n"},
     "db/status- a/b/c=2",
     ""},
    {"whiteout of what is only in this layer", {"f z 0\n", "f a 1\nf .wh.a\n"}, "a=1", ""},
    {"whiteout of nothing", {"f a 0\nf .wh.b\nf x/y/.wh.z\n"}, "a=0", ""},
    {"whiteout of a link, not of its target", {"f a/b 0\nl info a\n", "f .wh.info\n"}, "a/b=0 info-", ""},
    {"whiteout behind a link", {"f real/status 0\nl db real\n", "f db/.wh.status\n"}, "db/status-", ""},
    {"whiteout in the first layer", {"f .wh.a\nf a 1\n"}, "a=1", ""},
    {"two layers up", {"f a 0\n", "f a 1\n", "f .wh.a\n"}, "a-", ""},
    {"comes back", {"f a 0\n", "f .wh.a\n", "f a 2\n"}, "a=2", ""},
    {"whiteout removes '.'", {"f db/status 1\n", "f db/.wh..\n"}, "db/status=1", "whiteout"},
    {"whiteout removes '..'", {"f a/b/c 1\n", "f a/b/.wh...\n"}, "a/b/c=1", "whiteout"},
    {"whiteout removes ''", {"f db/status 1\n", "f db/.wh.\n"}, "db/status=1", "whiteout"},
    {"aufs leftovers",
     {"f db/status 1\n", "f .wh..wh.aufs\nd .wh..wh.plnk\nd .wh..wh.orph\n"},
     "db/status=1",
     "whiteout"},
    {"whiteout of a hidden name", {"f db/.x 1\nl a db/.x\n", "f db/.wh..x\n"}, "a-", "link"},
    {"whiteout that is a directory", {"f a 1\n", "d .wh.a/\n"}, "a-", "whiteout"},
    {"whiteout that is a hard link", {"f a 1\nf status 1\n", "f .wh.a\nh .wh.status .wh.a\n"}, "a- status-", ""},
    {"whiteout with data", {"f a 1\n", "f .wh.a x\n"}, "a-", "whiteout"},
    {"whiteout prefix inside a path", {"f .wh.a/x 1\nf a 1\n"}, "a=1", "whiteout"},
    {"whiteout below a file", {"f a 1\n", "f a/.wh.b\n"}, "a=1", "whiteout"},
    {"whiteout behind a loop", {"l x y\nl y x\n", "f x/.wh.b\n"}, "a-", "link-loop"},

    /* opaque */
    {"opaque last", {"f a/b 0\nf a/x 0\n", "f a/b/c 1\nf a/.wh..wh..opq\n"}, "a/b/c=1", "type"},
    {"opaque after files",
     {"f info/x.list 0\nf info/y.list 0\n", "f info/y.list 1\nf info/.wh..wh..opq\n"},
     "info/*=y.list:1",
     ""},
    {"opaque before files",
     {"f info/x.list 0\nf info/y.list 0\n", "f info/.wh..wh..opq\nf info/y.list 1\n"},
     "info/*=y.list:1",
     ""},
    {"opaque keeps the directory", {"f db/status 0\n", "f db/.wh..wh..opq\n", "f db/status 2\n"}, "db/status=2", ""},
    {"opaque root", {"f db/status 0\nf a 0\n", "f .wh..wh..opq\nf db/status 1\n"}, "db/status=1 a-", ""},
    {"opaque by name, odd type", {"f db/status 0\n", "l db/.wh..wh..opq x\n"}, "db/status-", "whiteout"},
    {"opaque only for lower layers",
     {"f db/status 0\n", "f db/.wh..wh..opq\nf db/status 1\n", "d db\n"},
     "db/status=1",
     ""},
    {"opaque behind a link", {"f real/status 0\nl db real\n", "f db/.wh..wh..opq\n"}, "db/status-", ""},
    {"opaque twice",
     {"f db/status 0\n", "f db/.wh..wh..opq\nf db/status 1\nf db/.wh..wh..opq\nf .wh..wh..opq\n"},
     "db/status=1",
     ""},

    /* types that change */
    {"file over directory", {"f a/b 0\n", "f a 1\n"}, "a=1 a/b-", ""},
    {"directory over file", {"f a 0\n", "d a\nf a/b 1\n"}, "a/b=1", ""},
    {"directory over directory merges", {"f a/b 0\n", "d a\n"}, "a/b=0", ""},
    {"directory over a link replaces it", {"f real/status 0\nl db real\n", "d db\nf db/status 1\n"}, "db/status=1", ""},
    {"written through a lower link", {"f real/status 0\nl db real\n", "f db/status 1\n"}, "db/status>1", ""},
    {"written through a dangling link", {"l db opt/real\n", "f db/status 1\n"}, "db/status>1", ""},
    {"last component is not followed", {"f x 0\nl a x\n", "f a 1\n"}, "a=1", ""},
    {"link over directory", {"f a/b 0\nf z/b 1\n", "l a z\n"}, "a/b>1", ""},
    {"file used as a directory", {"f a 0\n", "f a/b 1\n"}, "a/b=1", "type"},
    {"link to a file used as a directory", {"f status 0\nl a status\n", "f a/b 1\n"}, "a/b=1 status=0", "type"},
    {"loop used as a directory", {"l a b\nl b a\n", "f a/b 1\n"}, "a/b=1", "link-loop type"},
    {"fifo over file", {"f a 0\n", "p a\n"}, "a?", "type"},

    /* links */
    {"symbolic, relative",
     {"f usr/lib/os-release 1\nl etc/os-release ../usr/lib/os-release\n"},
     "etc/os-release>1",
     ""},
    {"symbolic, absolute", {"f opt/s 1\nl db/status /opt/s\n"}, "db/status>1", ""},
    {"symbolic, to a host path", {"l db/status /../../../../etc/passwd\n"}, "db/status-", "link"},
    {"escape stays inside", {"f etc/passwd 1\nl db/status ../../../../../etc/passwd\n"}, "db/status>1", ""},
    {"directory link", {"f opt/d/status 1\nl db opt/d\n"}, "db/status>1", ""},
    {"directory link with slashes", {"f opt/d/status 1\nl db .//opt/./x/../d//\nd opt/x\n"}, "db/status>1", ""},
    {"'..' after nothing", {"f opt/d/status 1\nl db opt/x/../d\n"}, "db/status-", ""},
    {"'..' after a file", {"f opt/d/status 1\nf opt/x\nl db opt/x/../d\n"}, "db/status-", ""},
    {"link below, target above", {"l db opt/d\n", "f opt/d/status 1\n"}, "db/status>1", ""},
    {"link above, target below", {"f opt/d/status 1\n", "l db opt/d\n"}, "db/status>1", ""},
    {"target replaced", {"f opt/s 0\nl status opt/s\n", "f opt/s 1\n"}, "status>1", ""},
    {"loop", {"l db db2\nl db2 db\nl status status\n"}, "db/status? status?", "link-loop"},
    {"dangling", {"l status nowhere\n"}, "status-", "link"},
    {"dangling directory", {"l db nowhere\n"}, "db/status-", ""},
    {"link without target", {"l status \nl a\n"}, "status- a-", "link"},
    {"hard", {"f opt/s 1\nh db/status opt/s\n"}, "db/status>1", ""},
    {"hard, absolute and dotted", {"f opt/s 1\nh db/status /./opt//s\n"}, "db/status>1", ""},
    {"hard, with '..'", {"f opt/s 1\nh db/status ../x/../opt/s\n"}, "db/status>1", "path"},
    {"hard, to a lower layer", {"f opt/s 1\n", "h db/status opt/s\n"}, "db/status>1", ""},
    {"hard, target goes later", {"f opt/s 1\n", "h db/status opt/s\n", "f opt/.wh.s\n"}, "db/status>1", ""},
    {"hard, target is replaced", {"f opt/s 1\n", "h db/status opt/s\n", "f opt/s 2\n"}, "db/status>1", ""},
    {"hard, missing", {"h db/status opt/s\n"}, "db/status-", "link"},
    {"hard, missing, keeps what was there", {"f status 1\n", "h status opt/s\n"}, "status=1", "link"},
    {"hard, to a directory", {"d opt\nh a opt\n"}, "a-", "link"},
    {"hard, to itself", {"f a 1\nh a a\n"}, "a=1", "link"},
    {"hard, would replace its target", {"f a/b 1\nh a a/b\n"}, "a/b=1", "link"},
    {"hard, to a link", {"f opt/s 1\nl opt/l s\nf s 2\nh status opt/l\n"}, "status>2", ""},
    {"hard, behind a link", {"f opt/d/s 1\nl x opt/d\nh status x/s\n"}, "status>1", ""},
    {"hard, of a hard link", {"f s 1\nh t s\nh status t\n", "f .wh.s\nf .wh.t\n"}, "status>1", ""},
    {"hard, to a fifo", {"p s\nh status s\n"}, "status?", "type"},

    /* odd entries */
    {"type 7 is a file", {"7 status 1\n"}, "status=1", "type"},
    {"fifo at a wanted path", {"p status\n"}, "status?", "type"},
    {"overlay whiteout keeps the lower file", {"f status 1\n", "c status\n"}, "status=1", "overlay"},
    {"overlay attribute", {"f status 1\n", "x status 2\n"}, "status=2", "overlay"},

    /* directory patterns */
    {"pattern",
     {"f info/b.list 1\nf info/a.list 2\nf info/c.md5 3\nd info/d.list\nf info/d.list/e.list 4\n"},
     "info/*=a.list:2,b.list:1",
     ""},
    {"pattern, all", {"f status.d/b 1\nf status.d/a 2\nd status.d/c\n"}, "status.d/*=a:2,b:1", ""},
    {"pattern, directory behind links", {"f opt/i/a.list 1\nl opt/j i\nl info opt/j\n"}, "info/*=a.list>1", ""},
    {"pattern, file behind a link",
     {"f opt/x 1\nl info/a.list ../opt/x\nl info/b.list nowhere\n"},
     "info/*=a.list>1",
     "link"},
    {"pattern, loop", {"l info info2\nl info2 info\n"}, "info/*=", "link-loop"},
    {"pattern, not a directory", {"f info 1\n"}, "info/*=", ""},
    {"pattern, fifo", {"p info/a.list\nf info/b.list 1\n"}, "info/*=a.list?,b.list:1", "type"},
};

static int collect(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    struct ia_buf *out = user;
    (void)env;
    if (out->n && ia_buf_char(out, ',') < 0)
        abort();
    if (ia_buf_str(out, name) < 0 ||
        ia_buf_char(out, file->state == IA_FILE_OTHER ? '?'
                         : file->linked               ? '>'
                                                      : ':') < 0 ||
        ia_buf_str(out, file->content) < 0)
        abort();
    return 0;
}

static void check_pattern(struct ia_rootfs *fs, struct test_env *t, const struct row *row, const char *directory,
                          const char *text)
{
    struct ia_buf out;
    const struct ia_want *want = strcmp(directory, "info") == 0 ? &wants[7] : &wants[8];
    ia_buf_init(&out, &ia_alloc_libc, 4096);
    cr_expect_eq(ia_rootfs_files(fs, &t->env, want, collect, &out), 0, "%s", row->name);
    cr_expect(ia_str_is(ia_buf_view(&out), text), "%s: %s/* is \"%.*s\"", row->name, directory, (int)out.n,
              out.n ? out.p : "");
    ia_buf_free(&out);
}

static void check_file(struct ia_rootfs *fs, struct test_env *t, const struct row *row, char *check)
{
    size_t n = strcspn(check, "=>");
    n -= check[n] == '\0'; /* '-' or '?' at the end */
    char kind = check[n];
    struct ia_file file;
    check[n] = '\0';
    if (n > 2 && check[n - 1] == '*') {
        check[n - 2] = '\0';
        check_pattern(fs, t, row, check, check + n + 1);
        return;
    }
    if (kind == '-' && !ia_rootfs_exists(fs, &t->env, check))
        cr_expect_eq(ia_rootfs_file(fs, &t->env, check, &file), 0);
    cr_assert_eq(ia_rootfs_file(fs, &t->env, check, &file), 0, "%s: %s: %s", row->name, check, t->env.error.message);
    enum ia_file_state state = kind == '-' ? IA_FILE_ABSENT : kind == '?' ? IA_FILE_OTHER : IA_FILE_CONTENT;
    if (kind == '-' && file.state == IA_FILE_OTHER)
        return; /* a directory: nothing of the kind that was asked for */
    cr_expect_eq(file.state, state, "%s: %s is %d", row->name, check, (int)file.state);
    if (state != IA_FILE_CONTENT)
        return;
    cr_expect(ia_str_is(file.content, check + n + 1), "%s: %s is \"%.*s\"", row->name, check, (int)file.content.n,
              file.content.p);
    cr_expect_eq(file.linked, kind == '>', "%s: %s linked", row->name, check);
}

/* The codes of the notes, each once, as a bit set. */
static uint32_t note_bits(const struct test_env *t)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < ia_notes_count(&t->notes); i++)
        bits |= (uint32_t)1 << ia_notes_at(&t->notes, i)->code;
    return bits;
}

static uint32_t bits_of(const char *names)
{
    struct ia_str rest = ia_str_from(names), word;
    uint32_t bits = 0;
    while (ia_str_word(&rest, &word)) {
        int32_t code = ia_note_from_name(word);
        cr_assert_neq(code, 0, "%s", names);
        bits |= (uint32_t)1 << code;
    }
    return bits;
}

static void run_row(const struct row *row)
{
    struct test_env t;
    struct layers layers = {.n = 0};
    char checks[512];
    test_env_open(&t);
    for (size_t i = 0; i < 4 && row->layers[i]; i++)
        layers_add(&layers, row->layers[i]);
    struct ia_rootfs *fs = layers_view(&t, &layers, wants, sizeof(wants) / sizeof(wants[0]));
    cr_assert_not_null(fs, "%s: %s", row->name, t.env.error.message);
    strcpy(checks, row->files);
    for (char *check = strtok(checks, " "); check; check = strtok(NULL, " "))
        check_file(fs, &t, row, check);
    cr_expect_eq(note_bits(&t), bits_of(row->notes), "%s: notes %x, not %s", row->name, note_bits(&t), row->notes);
    ia_rootfs_free(fs);
    layers_free(&layers);
    test_env_close(&t);
    cr_expect_eq(t.live, 0, "%s: leaks", row->name);
}

Test(rootfs, rules)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        run_row(&rows[i]);
}
