/* SPDX-License-Identifier: Apache-2.0 */
/* A layer's tar, put together again from its tar-split file and files: the very bytes, or what is wrong. */
#include "image/tar_split.h"

#include "io/tar.h"
#include "store_case.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BIG = 600 * 1024 };

/* Files in memory; counts what is opened. */
struct memory {
    const struct ocifiles *files;
    unsigned opened, closed;
};

static int memory_open(void *user, struct ia_env *env, const char *name, struct ia_source **out)
{
    struct memory *memory = user;
    memory->opened++;
    for (size_t i = 0; i < memory->files->n; i++) {
        const struct ocifile *file = &memory->files->p[i];
        if (strcmp(file->name + 2, name) == 0)
            return ia_source_memory(env, file->data, file->size, out);
    }
    return ia_fail(env, IMGA_E_NOT_FOUND, -1, "there is no such file");
}

static void memory_close(void *user)
{
    struct memory *memory = user;
    memory->closed++;
}

static int open_split(struct test_env *t, struct memory *memory, const char *text, size_t step, struct ia_reader **out)
{
    const struct ia_tar_split_files files = {memory_open, memory_close, memory};
    return ia_tar_split_reader(&t->env, test_chunks(text, strlen(text), step), &files, "split", out);
}

/* Everything at once; the status. */
static int read_split(struct test_env *t, struct memory *memory, const char *text, size_t step, struct tarball *out)
{
    struct ia_reader *reader = NULL;
    *out = (struct tarball){NULL, 0};
    int status = open_split(t, memory, text, step, &reader);
    if (status >= 0)
        status = test_read_all(&t->env, reader, &out->p, &out->n);
    if (status >= 0)
        cr_expect_eq(test_read_all(&t->env, reader, &(char *){NULL}, &(size_t){0}), status, "the end repeats");
    ia_reader_close(reader);
    return status;
}

static struct tarball every_kind(void)
{
    struct tarball t = {NULL, 0};
    char *big = calloc(1, BIG);
    memset(big, 'x', BIG - 1);
    tarball_dir(&t, "./");
    tarball_dir(&t, "etc/");
    tarball_file(&t, "./etc/name", "one");
    tarball_file(&t, "/etc/other", "two");
    tarball_file(&t, "etc/empty", "");
    tarball_link(&t, "etc/link", "name");
    tarball_hardlink(&t, "etc/hard", "etc/name");
    tarball_file(&t, "etc/.wh.gone", "");
    tarball_add(&t, &(struct tar_member){.name = "usr/big", .data = big, .size = BIG});
    tarball_pax(&t, "comment", "none");
    tarball_file(&t, "usr//bin/./tool", "#!/bin/sh\n");
    tarball_end(&t);
    free(big);
    return t;
}

/* The names of the files as they lie on disk: "f/" and a plain path. */
static char *split_of(const struct tarball *tar, struct ocifiles *files)
{
    char *text = store_split(files, "f", tar);
    for (size_t i = 0; i < files->n; i++)
        if (strstr(files->p[i].name, "usr//bin"))
            strcpy(files->p[i].name, "f/usr/bin/tool");
    return text;
}

Test(tar_split, the_same_bytes)
{
    static const size_t steps[] = {1, 7, 512, 1 << 20};
    struct tarball tar = every_kind(), out;
    struct ocifiles files = {NULL, 0};
    char *text = split_of(&tar, &files);
    for (size_t i = 0; i < IA_COUNT(steps); i++) {
        struct memory memory = {&files, 0, 0};
        struct test_env t;
        test_env_open(&t);
        cr_expect_eq(read_split(&t, &memory, text, steps[i], &out), 0, "%zu: %s", steps[i], t.env.error.message);
        cr_expect(out.n == tar.n && memcmp(out.p, tar.p, tar.n) == 0, "step %zu", steps[i]);
        cr_expect_eq(memory.opened, files.n);
        cr_expect_eq(memory.closed, 1);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
        tarball_free(&out);
    }
    free(text);
    ocifiles_free(&files);
    tarball_free(&tar);
}

/* Reads the entries and no content. */
static int walk(struct test_env *t, struct memory *memory, const char *text, unsigned *entries)
{
    struct ia_reader *reader = NULL;
    struct ia_tar *tar = NULL;
    struct ia_tar_entry entry;
    int status = open_split(t, memory, text, 512, &reader);
    *entries = 0;
    if (status >= 0)
        status = ia_tar_new(&t->env, reader, &tar);
    while (status >= 0 && (status = ia_tar_next(tar, &t->env, &entry)) > 0)
        ++*entries;
    ia_tar_free(tar);
    ia_reader_close(reader);
    return status;
}

Test(tar_split, a_big_file_that_nobody_reads_is_not_opened)
{
    struct tarball tar = every_kind();
    struct ocifiles files = {NULL, 0};
    char *text = split_of(&tar, &files);
    struct memory memory = {&files, 0, 0};
    struct test_env t;
    unsigned entries;
    test_env_open(&t);
    cr_expect_eq(walk(&t, &memory, text, &entries), 0, "%s", t.env.error.message);
    cr_expect_eq(entries, 10);
    cr_expect_eq(memory.opened, files.n - 1);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
    free(text);
    ocifiles_free(&files);
    tarball_free(&tar);
}

/* Skips and reads by turns, in steps of that size: the bytes that are read are the right ones. */
static void skip_and_read(size_t step, const struct tarball *tar, const char *text, const struct ocifiles *files)
{
    struct memory memory = {files, 0, 0};
    struct ia_reader *reader = NULL;
    struct ia_cursor chunk;
    struct test_env t;
    uint64_t at = 0, skipped = 1;
    int status = 1;
    test_env_open(&t);
    cr_assert_eq(open_split(&t, &memory, text, 100, &reader), 0);
    while (status > 0 && skipped > 0) {
        cr_assert_eq(reader->skip(reader, &t.env, step, &skipped), 1, "%zu: %s", step, t.env.error.message);
        cr_assert_leq(skipped, step);
        at += skipped;
        status = ia_reader_next(reader, &t.env, &chunk);
        cr_assert_geq(status, 0, "%zu at %zu: %s", step, (size_t)at, t.env.error.message);
        if (status > 0) {
            cr_assert(chunk.n > 0 && chunk.n <= IA_CHUNK && chunk.n <= tar->n - at);
            cr_expect_eq(memcmp(tar->p + at, chunk.p, chunk.n), 0, "%zu at %zu", step, (size_t)at);
            at += chunk.n;
        }
    }
    cr_expect_eq(at, tar->n, "%zu", step);
    ia_reader_close(reader);
    test_env_close(&t);
}

Test(tar_split, skipping)
{
    static const size_t steps[] = {1, 100, 512, 4096, 100000, SIZE_MAX};
    struct tarball tar = every_kind();
    struct ocifiles files = {NULL, 0};
    char *text = split_of(&tar, &files);
    for (size_t i = 0; i < IA_COUNT(steps); i++)
        skip_and_read(steps[i], &tar, text, &files);
    free(text);
    ocifiles_free(&files);
    tarball_free(&tar);
}

Test(tar_split, views_stay_valid)
{
    enum { ALIVE = 3 };
    struct tarball tar = every_kind();
    struct ocifiles files = {NULL, 0};
    char *text = split_of(&tar, &files);
    struct memory memory = {&files, 0, 0};
    struct ia_cursor views[ALIVE + 1];
    struct ia_reader *reader = NULL;
    struct test_env t;
    size_t n = 0, at = 0;
    test_env_open(&t);
    t.env.chunks_alive = ALIVE;
    cr_assert_eq(open_split(&t, &memory, text, 64, &reader), 0);
    cr_expect_eq(t.env.chunks_alive, ALIVE, "left as it was");
    while (n < ALIVE && ia_reader_next(reader, &t.env, &views[n]) > 0)
        n++;
    cr_assert_eq(n, ALIVE);
    for (size_t i = 0; i < ALIVE; at += views[i++].n)
        cr_expect_eq(memcmp(views[i].p, tar.p + at, views[i].n), 0, "view %zu", i);
    ia_reader_close(reader);
    test_env_close(&t);
    free(text);
    ocifiles_free(&files);
    tarball_free(&tar);
}

#define FILE_OF(name, size) "{\"type\":1,\"name\":\"" name "\",\"size\":" size ",\"payload\":\"AA==\"}\n"

/* Against the files a (3 bytes "abc"), d/b (2 bytes "de"), empty. */
static const struct {
    const char *name, *text;
    int status;
    const char *out;
} lines[] = {
    {"pieces", "{\"type\":2,\"payload\":\"eA==\"}\n{\"type\":2,\"payload\":\"eXo=\"}\n", 0, "xyz"},
    {"no line feed at the end", "{\"type\":2,\"payload\":\"eA==\"}", 0, "x"},
    {"blank lines", "\n \r\n{\"type\":2,\"payload\":\"eA==\"}\r\n\n\t\n", 0, "x"},
    {"empty pieces", "{\"type\":2,\"payload\":\"\"}\n{\"type\":2,\"payload\":null}\n{\"type\":2}\n", 0, ""},
    {"unknown members", "{\"type\":2,\"payload\":\"eA==\",\"position\":-1,\"x\":{\"type\":7}}\n", 0, "x"},
    {"a file", FILE_OF("a", "3"), 0, "abc"},
    {"from the root", FILE_OF("/a", "3"), 0, "abc"},
    {"dotted", FILE_OF("./././/a", "3") FILE_OF("./d/./b", "2"), 0, "abcde"},
    {"twice", FILE_OF("a", "3") FILE_OF("a", "3"), 0, "abcabc"},
    {"raw name", "{\"type\":1,\"name_raw\":\"ZC9i\",\"size\":2}\n", 0, "de"},
    {"raw name that is not there", "{\"type\":1,\"name_raw\":\"/w==\",\"size\":2}\n", IMGA_E_NOT_FOUND, NULL},
    {"escaped name", FILE_OF("\\u0061", "3"), 0, "abc"},
    {"no content, no file", FILE_OF("absent", "0"), 0, ""},
    {"no content, odd name", FILE_OF("../absent", "0") FILE_OF("", "0"), 0, ""},

    {"missing", FILE_OF("absent", "1"), IMGA_E_NOT_FOUND, NULL},
    {"shorter", FILE_OF("a", "4"), IMGA_E_TRUNCATED, NULL},
    {"longer", FILE_OF("a", "2"), IMGA_E_DIGEST, NULL},
    {"huge", FILE_OF("a", "18446744073709551615"), IMGA_E_TRUNCATED, NULL},
    {"negative size", FILE_OF("a", "-3"), IMGA_E_FORMAT, NULL},
    {"size out of range", FILE_OF("a", "18446744073709551616"), IMGA_E_FORMAT, NULL},
    {"size with a fraction", FILE_OF("a", "3.0"), IMGA_E_FORMAT, NULL},
    {"size as text", FILE_OF("a", "\"3\""), IMGA_E_FORMAT, NULL},
    {"no name", "{\"type\":1,\"size\":3}\n", IMGA_E_FORMAT, NULL},
    {"only dots", FILE_OF("./.", "3"), IMGA_E_FORMAT, NULL},
    {"parent", FILE_OF("../a", "3"), IMGA_E_PATH, NULL},
    {"parent inside", FILE_OF("d/../a", "3"), IMGA_E_PATH, NULL},
    {"parent at the end", FILE_OF("d/..", "3"), IMGA_E_PATH, NULL},
    {"NUL in a name", FILE_OF("a\\u0000", "3"), IMGA_E_NOT_FOUND, NULL},
    {"NUL in a raw name", "{\"type\":1,\"name_raw\":\"YQA=\",\"size\":3}\n", IMGA_E_FORMAT, NULL},
    {"two names", "{\"type\":1,\"name\":\"a\",\"name_raw\":\"YQ==\",\"size\":3}\n", IMGA_E_AMBIGUOUS, NULL},
    {"malformed raw name", "{\"type\":1,\"name_raw\":\"YQ\",\"size\":3}\n", IMGA_E_FORMAT, NULL},
    {"malformed payload", "{\"type\":2,\"payload\":\"eA=\"}\n", IMGA_E_FORMAT, NULL},
    {"payload with a line feed", "{\"type\":2,\"payload\":\"eA==\\n\"}\n", IMGA_E_FORMAT, NULL},
    {"payload as number", "{\"type\":2,\"payload\":1}\n", IMGA_E_FORMAT, NULL},
    {"type 0", "{\"type\":0}\n", IMGA_E_FORMAT, NULL},
    {"type 3", "{\"type\":3,\"payload\":\"eA==\"}\n", IMGA_E_FORMAT, NULL},
    {"no type", "{\"payload\":\"eA==\"}\n", IMGA_E_FORMAT, NULL},
    {"type as text", "{\"type\":\"2\",\"payload\":\"eA==\"}\n", IMGA_E_FORMAT, NULL},
    {"type twice", "{\"type\":2,\"type\":2}\n", IMGA_E_AMBIGUOUS, NULL},
    {"Type", "{\"Type\":2}\n", IMGA_E_AMBIGUOUS, NULL},
    {"null", "null\n", IMGA_E_FORMAT, NULL},
    {"array", "[]\n", IMGA_E_FORMAT, NULL},
    {"two on a line", "{\"type\":2}{\"type\":2}\n", IMGA_E_FORMAT, NULL},
    {"one on two lines", "{\"type\":2,\n\"payload\":\"eA==\"}\n", IMGA_E_TRUNCATED, NULL},
    {"cut", "{\"type\":2,\"payload\":\"eA==\"}\n{\"type\":2,\"payl", IMGA_E_TRUNCATED, NULL},
    {"not JSON", "tar\n", IMGA_E_FORMAT, NULL},
    {"nothing", "", IMGA_E_TRUNCATED, NULL},
};

Test(tar_split, lines)
{
    struct ocifiles files = {NULL, 0};
    ocifiles_text(&files, "f/a", "abc");
    ocifiles_text(&files, "f/d/b", "de");
    ocifiles_text(&files, "f/empty", "");
    for (size_t i = 0; i < 2 * IA_COUNT(lines); i++) {
        const size_t row = i / 2, step = i % 2 ? 1 : 4096;
        struct memory memory = {&files, 0, 0};
        struct tarball out;
        struct test_env t;
        test_env_open(&t);
        int status = read_split(&t, &memory, lines[row].text, step, &out);
        cr_expect_eq(status, lines[row].status, "%s: %d %s", lines[row].name, status, t.env.error.message);
        if (status < 0)
            cr_expect(strncmp(t.env.error.where, "split", 5) == 0, "%s: at %s", lines[row].name, t.env.error.where);
        else
            cr_expect(out.n == strlen(lines[row].out) && (!out.n || memcmp(out.p, lines[row].out, out.n) == 0), "%s",
                      lines[row].name);
        cr_expect_eq(memory.closed, 1, "%s", lines[row].name);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", lines[row].name);
        tarball_free(&out);
    }
    ocifiles_free(&files);
}

/* A digest covers no byte of an empty file. */
Test(tar_split, an_empty_file_must_be_empty)
{
    static const struct {
        const char *name, *content; /* NULL: it is not there */
        char type;
        int status;
    } rows[] = {
        {"etc/preload", "", '0', 0},
        {"etc/preload", "evil", '0', IMGA_E_DIGEST},
        {"etc/preload", "evil", '\0', IMGA_E_DIGEST},
        {"etc/preload", NULL, '0', IMGA_E_NOT_FOUND},
        {"etc/.wh.preload", NULL, '0', 0},
        {"etc/.wh..wh..opq", NULL, '0', 0},
        {"etc/", NULL, '5', 0},
        {"etc/hard", "the other name's", '1', 0},
        {"etc/fifo", NULL, '6', 0},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ocifiles files = {NULL, 0}, left = {NULL, 0};
        struct memory memory = {&left, 0, 0};
        struct tarball tar = {NULL, 0}, out;
        struct test_env t;
        tarball_add(&tar, &(struct tar_member){.name = rows[i].name, .type = rows[i].type});
        tarball_end(&tar);
        if (!rows[i].type)
            tar.p[156] = '\0';
        char *text = store_split(&files, "f", &tar);
        if (rows[i].content)
            ocifiles_text(&left, rows[i].name[4] == 'h' ? "f/etc/hard" : "f/etc/preload", rows[i].content);
        test_env_open(&t);
        int status = read_split(&t, &memory, text, 4096, &out);
        cr_expect_eq(status, rows[i].status, "row %zu, %s: %d %s", i, rows[i].name, status, t.env.error.message);
        test_env_close(&t);
        free(text);
        tarball_free(&out);
        tarball_free(&tar);
        ocifiles_free(&files);
        ocifiles_free(&left);
    }
}

static int with_limit(const char *text, size_t field, uint64_t value)
{
    struct ocifiles files = {NULL, 0};
    struct memory memory = {&files, 0, 0};
    struct tarball out;
    struct test_env t;
    ocifiles_text(&files, "f/d/b", "de");
    test_env_open(&t);
    memcpy((char *)&t.limits + field, &value, sizeof(value));
    int status = read_split(&t, &memory, text, 3, &out);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
    tarball_free(&out);
    ocifiles_free(&files);
    return status;
}

Test(tar_split, limits)
{
    static const struct {
        const char *name, *text;
        size_t field;
        uint64_t enough;
    } rows[] = {
        {"manifest_bytes", "{\"type\":2,\"payload\":\"eHl6\"}\n", offsetof(imga_limits, manifest_bytes), 27},
        {"path_bytes", "{\"type\":1,\"name\":\"./d//b\",\"size\":2}\n", offsetof(imga_limits, path_bytes), 3},
        {"string_bytes", "{\"type\":2,\"payload\":\"eHl6eHl6\"}\n", offsetof(imga_limits, string_bytes), 8},
        {"layer_bytes", "{\"type\":2}\n\n\n\n\n\n", offsetof(imga_limits, layer_bytes), 16},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        cr_expect_eq(with_limit(rows[i].text, rows[i].field, rows[i].enough), 0, "%s", rows[i].name);
        cr_expect_eq(with_limit(rows[i].text, rows[i].field, rows[i].enough - 1), IMGA_E_LIMIT, "%s", rows[i].name);
        cr_expect_eq(with_limit(rows[i].text, rows[i].field, 0), IMGA_E_LIMIT, "%s", rows[i].name);
        cr_expect_eq(with_limit(rows[i].text, rows[i].field, UINT64_MAX), 0, "%s", rows[i].name);
    }
}

Test(tar_split, every_allocation_fails_once)
{
    struct tarball tar = every_kind(), out;
    struct ocifiles files = {NULL, 0};
    char *text = split_of(&tar, &files);
    struct test_env t;
    int status = IMGA_E_NOMEM;
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct memory memory = {&files, 0, 0};
        test_env_open(&t);
        t.fail_at = n;
        status = read_split(&t, &memory, text, 1000, &out);
        cr_expect(status == IMGA_E_NOMEM || status == 0, "allocation %zu: %d %s", n, status, t.env.error.message);
        cr_expect_eq(memory.closed, 1, "allocation %zu", n);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
        tarball_free(&out);
    }
    free(text);
    ocifiles_free(&files);
    tarball_free(&tar);
}

Test(tar_split, a_failing_input)
{
    const struct ia_tar_split_files none = {memory_open, memory_close, &(struct memory){NULL, 0, 0}};
    static const char text[] = "{\"type\":2,\"payload\":\"eA==\"}\n{\"ty";
    struct ia_reader *reader = NULL;
    struct ia_cursor chunk;
    struct test_env t;
    test_env_open(&t);
    int status = ia_tar_split_reader(&t.env, test_broken(text, strlen(text), IMGA_E_IO), &none, "split", &reader);
    for (int i = 0; i < 2 && status >= 0; i++)
        status = ia_reader_next(reader, &t.env, &chunk);
    cr_expect_eq(status, IMGA_E_IO);
    ia_reader_close(reader);
    test_env_close(&t);
}

/* Real files: what lies there, and what is not followed. */
static const struct {
    const char *name, *text;
    int status;
} on_disk[] = {
    {"top", FILE_OF("a", "3"), 0},
    {"below, there and back", FILE_OF("d/e/b", "2") FILE_OF("d/e/c", "1") FILE_OF("a", "3") FILE_OF("d/e/b", "2"), 0},
    {"missing", FILE_OF("d/e/x", "1"), IMGA_E_NOT_FOUND},
    {"missing folder", FILE_OF("d/x/b", "1"), IMGA_E_NOT_FOUND},
    {"file as folder", FILE_OF("a/b", "1"), IMGA_E_NOT_FOUND},
    {"missing, then there", FILE_OF("d/e/b", "2") FILE_OF("d/x/b", "0") FILE_OF("d/e/c", "1"), 0},
    {"link in the way", FILE_OF("way/b", "2"), IMGA_E_PATH},
    {"link in the way, deeper", FILE_OF("d/back/d/e/b", "2"), IMGA_E_PATH},
    {"link to the root of the host", FILE_OF("host/etc/hostname", "2"), IMGA_E_PATH},
    {"link as file", FILE_OF("link", "3"), IMGA_E_PATH},
    {"link out", FILE_OF("out", "3"), IMGA_E_PATH},
    {"folder as file", FILE_OF("d/e", "3"), IMGA_E_FORMAT},
    {"pipe as file", FILE_OF("pipe", "3"), IMGA_E_FORMAT},
};

static int read_folder(struct test_env *t, const char *folder, const char *text)
{
    struct ia_tar_split_files files;
    struct ia_reader *reader = NULL;
    struct tarball out = {NULL, 0};
    int status = ia_tar_split_folder(&t->env, open(folder, O_RDONLY | O_DIRECTORY), &files);
    if (status >= 0)
        status = ia_tar_split_reader(&t->env, test_chunks(text, strlen(text), 4096), &files, "split", &reader);
    if (status >= 0)
        status = test_read_all(&t->env, reader, &out.p, &out.n);
    ia_reader_close(reader);
    tarball_free(&out);
    return status;
}

Test(tar_split, files_of_a_folder)
{
    struct ocifiles files = {NULL, 0};
    char pipe[256];
    ocifiles_text(&files, "a", "abc");
    ocifiles_text(&files, "d/e/b", "de");
    ocifiles_text(&files, "d/e/c", "f");
    ocifiles_link(&files, "way", "d/e");
    ocifiles_link(&files, "d/back", "..");
    ocifiles_link(&files, "host", "/");
    ocifiles_link(&files, "link", "a");
    ocifiles_link(&files, "out", "/etc/passwd");
    char *folder = ocifiles_folder(&files);
    snprintf(pipe, sizeof(pipe), "%s/pipe", folder);
    cr_assert_eq(mkfifo(pipe, 0600), 0);
    for (size_t i = 0; i < IA_COUNT(on_disk); i++) {
        struct test_env t;
        test_env_open(&t);
        int status = read_folder(&t, folder, on_disk[i].text);
        cr_expect_eq(status, on_disk[i].status, "%s: %d %s: %s", on_disk[i].name, status, t.env.error.where,
                     t.env.error.message);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", on_disk[i].name);
    }
    int status = IMGA_E_NOMEM;
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct test_env t;
        test_env_open(&t);
        t.fail_at = n;
        status = read_folder(&t, folder, on_disk[1].text);
        cr_expect(status == IMGA_E_NOMEM || status == 0, "allocation %zu: %d %s", n, status, t.env.error.message);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
    }
    unlink(pipe);
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
}
