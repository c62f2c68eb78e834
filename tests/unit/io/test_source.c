/* SPDX-License-Identifier: Apache-2.0 */
/* Sources: files, files below a directory, memory, callbacks; and the reader over a range. */
#include "io/source.h"
#include "support.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder with: data (10 bytes), sub/deep/data, link -> data, subl -> sub, pipe. */
struct folder {
    char path[64];
    int fd;
};

static void put(int fd, const char *name, const char *text)
{
    int file = openat(fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    cr_assert_geq(file, 0);
    cr_assert_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
}

static void folder_open(struct folder *f)
{
    strcpy(f->path, "/tmp/imgassure-source-XXXXXX");
    cr_assert_not_null(mkdtemp(f->path));
    f->fd = open(f->path, O_RDONLY | O_DIRECTORY);
    cr_assert_geq(f->fd, 0);
    put(f->fd, "data", "0123456789");
    cr_assert_eq(mkdirat(f->fd, "sub", 0700), 0);
    cr_assert_eq(mkdirat(f->fd, "sub/deep", 0700), 0);
    put(f->fd, "sub/deep/data", "deep");
    cr_assert_eq(symlinkat("data", f->fd, "link"), 0);
    cr_assert_eq(symlinkat("sub", f->fd, "subl"), 0);
    cr_assert_eq(mkfifoat(f->fd, "pipe", 0600), 0);
}

static void folder_close(struct folder *f)
{
    static const char *const names[] = {"data", "sub/deep/data", "link", "subl", "pipe"};
    for (size_t i = 0; i < IA_COUNT(names); i++)
        unlinkat(f->fd, names[i], 0);
    unlinkat(f->fd, "sub/deep", AT_REMOVEDIR);
    unlinkat(f->fd, "sub", AT_REMOVEDIR);
    close(f->fd);
    rmdir(f->path);
}

static int open_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static const struct {
    const char *name;
    int path_status, at_status; /* by ia_source_path() and ia_source_at() */
} names[] = {
    {"data", IMGA_OK, IMGA_OK},
    {"sub/deep/data", IMGA_OK, IMGA_OK},
    {"link", IMGA_OK, IMGA_E_PATH},
    {"subl/deep/data", IMGA_OK, IMGA_E_PATH},
    {"sub/deep", IMGA_E_INVALID, IMGA_E_INVALID},
    {"pipe", IMGA_E_INVALID, IMGA_E_INVALID},
    {"none", IMGA_E_NOT_FOUND, IMGA_E_NOT_FOUND},
    {"none/data", IMGA_E_NOT_FOUND, IMGA_E_NOT_FOUND},
    {"data/x", IMGA_E_NOT_FOUND, IMGA_E_NOT_FOUND},
    {"sub/../data", IMGA_OK, IMGA_E_PATH},
    {"./data", IMGA_OK, IMGA_E_PATH},
    {"sub//deep/data", IMGA_OK, IMGA_E_PATH},
    {"..", IMGA_E_INVALID, IMGA_E_PATH},
    {"data/", IMGA_E_NOT_FOUND, IMGA_E_NOT_FOUND},
    {"sub/", IMGA_E_INVALID, IMGA_E_PATH},
    {"", IMGA_E_INVALID, IMGA_E_PATH},
    {"/etc/passwd", IMGA_E_NOT_FOUND, IMGA_E_PATH},
};

Test(source, opens_regular_files_and_nothing_else)
{
    struct folder f;
    struct test_env t;
    int before = open_descriptors();
    folder_open(&f);
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(names); i++) {
        struct ia_source *source = NULL;
        char path[256];
        snprintf(path, sizeof(path), "%s/%s", f.path, names[i].name);
        test_env_reset(&t);
        cr_assert_eq(ia_source_path(&t.env, path, &source), names[i].path_status, "path %s: %s", names[i].name,
                     t.env.error.message);
        cr_assert_eq(source != NULL, names[i].path_status == IMGA_OK);
        ia_source_unref(source);
        source = NULL;
        test_env_reset(&t);
        cr_assert_eq(ia_source_at(&t.env, f.fd, names[i].name, &source), names[i].at_status, "at %s: %s", names[i].name,
                     t.env.error.message);
        cr_assert_eq(source != NULL, names[i].at_status == IMGA_OK);
        ia_source_unref(source);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
    folder_close(&f);
    cr_assert_eq(open_descriptors(), before, "a descriptor leaked");
}

Test(source, a_component_has_at_most_255_bytes)
{
    struct folder f;
    struct test_env t;
    struct ia_source *source;
    char name[300] = "";
    folder_open(&f);
    test_env_open(&t);
    memset(name, 'a', 255);
    cr_assert_eq(ia_source_at(&t.env, f.fd, name, &source), IMGA_E_NOT_FOUND);
    test_env_reset(&t);
    memset(name, 'a', 256);
    cr_assert_eq(ia_source_at(&t.env, f.fd, name, &source), IMGA_E_PATH);
    test_env_close(&t);
    folder_close(&f);
}

/* Every range of a source of ten bytes, against its text. */
static void check_ranges(struct test_env *t, struct ia_source *source)
{
    char buffer[16];
    cr_assert_eq(ia_source_size(source), 10);
    for (uint64_t offset = 0; offset <= 12; offset++) {
        for (size_t size = 0; size <= 12; size++) {
            int inside = offset <= 10 && size <= 10 - offset;
            test_env_reset(t);
            int status = ia_source_read(source, &t->env, offset, buffer, size);
            cr_assert_eq(status, inside ? IMGA_OK : IMGA_E_TRUNCATED, "%d+%zu: %d", (int)offset, size, status);
            cr_assert(!inside || memcmp(buffer, "0123456789" + offset, size) == 0);
        }
    }
    test_env_reset(t);
    cr_assert_eq(ia_source_read(source, &t->env, UINT64_MAX, buffer, 2), IMGA_E_TRUNCATED);
    test_env_reset(t);
}

struct memory_ops {
    const char *data;
    size_t size, step;
    int64_t answer; /* instead of the data, when not 0 */
    int reads, closes;
};

static int64_t ops_read_at(void *user, uint64_t offset, void *buffer, size_t size)
{
    struct memory_ops *m = user;
    m->reads++;
    if (m->answer)
        return m->answer;
    size_t n = offset < m->size ? m->size - (size_t)offset : 0;
    n = n < size ? n : size;
    n = n < m->step ? n : m->step;
    memcpy(buffer, m->data + offset, n);
    return (int64_t)n;
}

static void ops_close(void *user)
{
    ((struct memory_ops *)user)->closes++;
}

static imga_source_ops ops_of(struct memory_ops *m, uint64_t size)
{
    return (imga_source_ops){sizeof(imga_source_ops), 0, size, ops_read_at, ops_close, m};
}

Test(source, reads_ranges)
{
    struct folder f;
    struct test_env t;
    struct ia_source *source;
    struct memory_ops m = {"0123456789", 10, 1, 0, 0, 0};
    imga_source_ops ops = ops_of(&m, 10);
    folder_open(&f);
    test_env_open(&t);
    cr_assert_eq(ia_source_at(&t.env, f.fd, "data", &source), IMGA_OK);
    check_ranges(&t, source);
    ia_source_unref(source);
    cr_assert_eq(ia_source_memory(&t.env, "0123456789", 10, &source), IMGA_OK);
    check_ranges(&t, source);
    ia_source_unref(source);
    cr_assert_eq(ia_source_ops(&t.env, &ops, &source), IMGA_OK);
    check_ranges(&t, source);
    cr_assert_eq(ia_source_ref(source), source);
    ia_source_unref(source);
    cr_assert_eq(m.closes, 0);
    ia_source_unref(source);
    cr_assert_eq(m.closes, 1);
    ia_source_unref(NULL);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
    folder_close(&f);
}

Test(source, callbacks_are_not_believed)
{
    static const struct {
        const char *name;
        int64_t answer;
        size_t size;
        int status;
    } rows[] = {
        {"failure", -1, 10, IMGA_E_IO},
        {"one more than asked for", 11, 10, IMGA_E_IO},
        {"far more than asked for", INT64_MAX, 10, IMGA_E_IO},
        {"the smallest number", INT64_MIN, 10, IMGA_E_IO},
        {"less than the size says", 0, 5, IMGA_E_TRUNCATED},
    };
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_source *source;
        char buffer[10];
        struct memory_ops m = {"01234", rows[i].size, 3, rows[i].answer, 0, 0};
        imga_source_ops ops = ops_of(&m, 10);
        test_env_reset(&t);
        cr_assert_eq(ia_source_ops(&t.env, &ops, &source), IMGA_OK);
        cr_assert_eq(ia_source_read(source, &t.env, 0, buffer, 10), rows[i].status, "%s", rows[i].name);
        ia_source_unref(source);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(source, impossible_callbacks_are_refused)
{
    struct test_env t;
    struct ia_source *source;
    struct memory_ops m = {"", 0, 1, 0, 0, 0};
    imga_source_ops ops = ops_of(&m, (uint64_t)INT64_MAX + 1);
    test_env_open(&t);
    cr_assert_eq(ia_source_ops(&t.env, &ops, &source), IMGA_E_INVALID);
    test_env_reset(&t);
    ops = ops_of(&m, 0);
    ops.read_at = NULL;
    cr_assert_eq(ia_source_ops(&t.env, &ops, &source), IMGA_E_INVALID);
    cr_assert_eq(m.closes, 0);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(source, a_file_that_shrinks_is_truncated_and_one_that_grows_is_not_seen)
{
    struct folder f;
    struct test_env t;
    struct ia_source *source;
    struct ia_reader *reader;
    char buffer[10], *data;
    size_t size;
    folder_open(&f);
    test_env_open(&t);
    cr_assert_eq(ia_source_at(&t.env, f.fd, "data", &source), IMGA_OK);
    put(f.fd, "data", "0123456789ABCDEF");
    cr_assert_eq(ia_source_size(source), 10);
    cr_assert_eq(ia_source_read(source, &t.env, 0, buffer, 10), IMGA_OK);
    cr_assert_eq(ia_source_reader(source, &t.env, 0, 10, &reader), IMGA_OK);
    put(f.fd, "data", "0123");
    cr_assert_eq(test_read_all(&t.env, reader, &data, &size), IMGA_E_TRUNCATED);
    cr_assert_eq(t.env.error.offset, 4);
    struct ia_cursor chunk;
    cr_assert_eq(ia_reader_next(reader, &t.env, &chunk), IMGA_E_TRUNCATED, "the answer must repeat");
    ia_reader_close(reader);
    ia_source_unref(source);
    free(data);
    test_env_close(&t);
    folder_close(&f);
}

enum { BIG = 3 * IA_CHUNK + 17 };

static char *big_data(void)
{
    char *data = malloc(BIG);
    for (size_t i = 0; i < BIG; i++)
        data[i] = (char)(i * 7 + i / 251);
    return data;
}

static void check_reader(struct test_env *t, struct ia_source *source, const char *data)
{
    static const uint64_t ranges[][2] = {{0, BIG}, {0, 0}, {BIG, 0}, {1, IA_CHUNK}, {5, IA_CHUNK + 1}, {BIG - 1, 1}};
    for (size_t i = 0; i < IA_COUNT(ranges); i++) {
        struct ia_reader *reader;
        char *got;
        size_t size;
        cr_assert_eq(ia_source_reader(source, &t->env, ranges[i][0], ranges[i][1], &reader), IMGA_OK);
        cr_assert_eq(test_read_all(&t->env, reader, &got, &size), 0);
        cr_assert_eq(size, ranges[i][1], "range %zu", i);
        cr_assert(size == 0 || memcmp(got, data + ranges[i][0], size) == 0);
        struct ia_cursor chunk;
        cr_assert_eq(ia_reader_next(reader, &t->env, &chunk), 0, "the answer must repeat");
        ia_reader_close(reader);
        free(got);
    }
}

static void check_skip(struct test_env *t, struct ia_source *source, const char *data)
{
    struct ia_reader *reader;
    struct ia_cursor chunk;
    uint64_t skipped;
    cr_assert_eq(ia_source_reader(source, &t->env, 10, BIG - 10, &reader), IMGA_OK);
    cr_assert_eq(reader->skip(reader, &t->env, 90, &skipped), 1);
    cr_assert_eq(skipped, 90);
    cr_assert_eq(ia_reader_next(reader, &t->env, &chunk), 1);
    cr_assert(memcmp(chunk.p, data + 100, chunk.n) == 0);
    cr_assert_eq(reader->skip(reader, &t->env, UINT64_MAX, &skipped), 1);
    cr_assert_eq(skipped, BIG - 100 - chunk.n);
    cr_assert_eq(ia_reader_next(reader, &t->env, &chunk), 0);
    ia_reader_close(reader);
}

Test(source, readers_give_chunks_and_skip)
{
    struct test_env t;
    struct ia_source *source;
    struct ia_reader *reader;
    char *data = big_data();
    struct memory_ops m = {data, BIG, 1000, 0, 0, 0};
    imga_source_ops ops = ops_of(&m, BIG);
    test_env_open(&t);
    for (int kind = 0; kind < 2; kind++) {
        int status = kind ? ia_source_ops(&t.env, &ops, &source) : ia_source_memory(&t.env, data, BIG, &source);
        cr_assert_eq(status, IMGA_OK);
        check_reader(&t, source, data);
        check_skip(&t, source, data);
        cr_assert_eq(ia_source_reader(source, &t.env, BIG, 1, &reader), IMGA_E_TRUNCATED);
        test_env_reset(&t);
        cr_assert_eq(ia_source_reader(source, &t.env, 1, UINT64_MAX, &reader), IMGA_E_TRUNCATED);
        test_env_reset(&t);
        ia_source_unref(source);
    }
    cr_assert_eq(m.closes, 1);
    free(data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(source, a_reader_keeps_its_source)
{
    struct test_env t;
    struct ia_source *source;
    struct ia_reader *reader;
    char *data;
    size_t size;
    struct memory_ops m = {"0123456789", 10, 10, 0, 0, 0};
    imga_source_ops ops = ops_of(&m, 10);
    test_env_open(&t);
    cr_assert_eq(ia_source_ops(&t.env, &ops, &source), IMGA_OK);
    cr_assert_eq(ia_source_reader(source, &t.env, 2, 3, &reader), IMGA_OK);
    ia_source_unref(source);
    cr_assert_eq(m.closes, 0);
    cr_assert_eq(test_read_all(&t.env, reader, &data, &size), 0);
    cr_assert(size == 3 && memcmp(data, "234", 3) == 0);
    ia_reader_close(reader);
    cr_assert_eq(m.closes, 1);
    free(data);
    test_env_close(&t);
}

Test(source, slurp_stops_at_its_limit)
{
    struct test_env t;
    struct ia_source *source;
    struct ia_buf buf;
    test_env_open(&t);
    ia_buf_init(&buf, &t.env.alloc, 100);
    cr_assert_eq(ia_source_memory(&t.env, "0123456789", 10, &source), IMGA_OK);
    cr_assert_eq(ia_source_slurp(source, &t.env, "manifest_bytes", 10, &buf), IMGA_OK);
    cr_assert_eq(ia_source_slurp(source, &t.env, "manifest_bytes", 10, &buf), IMGA_OK);
    cr_assert(ia_str_is(ia_buf_view(&buf), "0123456789"), "a second time replaces");
    cr_assert_eq(ia_source_slurp(source, &t.env, "manifest_bytes", 9, &buf), IMGA_E_LIMIT);
    cr_assert_not_null(strstr(t.env.error.message, "manifest_bytes"));
    ia_buf_free(&buf);
    test_env_reset(&t);
    ia_buf_init(&buf, &t.env.alloc, 9);
    cr_assert_eq(ia_source_slurp(source, &t.env, "manifest_bytes", 10, &buf), IMGA_E_LIMIT);
    ia_buf_free(&buf);
    ia_source_unref(source);
    cr_assert_eq(ia_source_memory(&t.env, NULL, 0, &source), IMGA_OK);
    test_env_reset(&t);
    cr_assert_eq(ia_source_slurp(source, &t.env, "manifest_bytes", 0, &buf), IMGA_OK);
    ia_source_unref(source);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/* What a stream gives, in steps, and how it ends. */
struct memory_stream {
    const char *data;
    size_t size, step, at;
    int64_t end; /* the answer after the last byte */
    int reads, closes;
};

static int64_t stream_read(void *user, void *buffer, size_t size)
{
    struct memory_stream *m = user;
    size_t n = m->size - m->at;
    m->reads++;
    n = n < size ? n : size;
    n = n < m->step ? n : m->step;
    memcpy(buffer, m->data + m->at, n);
    m->at += n;
    return n ? (int64_t)n : m->end;
}

static void stream_close(void *user)
{
    ((struct memory_stream *)user)->closes++;
}

static struct ia_source *stream_of(struct test_env *t, struct memory_stream *m)
{
    const imga_stream_ops ops = {sizeof(ops), 0, stream_read, stream_close, m};
    struct ia_source *source = NULL;
    cr_assert_eq(ia_source_stream(&t->env, &ops, &source), IMGA_OK);
    cr_assert(ia_source_is_stream(source));
    cr_assert_eq(ia_source_size(source), UINT64_MAX);
    return source;
}

Test(source, a_stream_is_read_once)
{
    struct test_env t;
    struct ia_reader *reader = NULL, *second = NULL;
    struct ia_buf buf;
    struct ia_cursor chunk;
    char *data = big_data(), *got, byte;
    size_t size;
    struct memory_stream m = {data, BIG, 1000, 0, 0, 0, 0};
    test_env_open(&t);
    struct ia_source *source = stream_of(&t, &m);
    cr_expect_eq(ia_source_read(source, &t.env, 0, &byte, 1), IMGA_E_UNSUPPORTED);
    test_env_reset(&t);
    cr_expect_eq(ia_source_reader(source, &t.env, 1, UINT64_MAX - 1, &reader), IMGA_E_UNSUPPORTED);
    test_env_reset(&t);
    cr_expect_eq(ia_source_reader(source, &t.env, 0, BIG, &reader), IMGA_E_UNSUPPORTED);
    test_env_reset(&t);
    cr_expect_eq(m.reads, 0);
    cr_assert_eq(ia_source_reader(source, &t.env, 0, UINT64_MAX, &reader), IMGA_OK);
    cr_expect_null(reader->skip);
    cr_expect_eq(ia_source_reader(source, &t.env, 0, UINT64_MAX, &second), IMGA_E_UNSUPPORTED);
    test_env_reset(&t);
    ia_buf_init(&buf, &t.env.alloc, 100);
    cr_expect_eq(ia_source_slurp(source, &t.env, "bytes", 100, &buf), IMGA_E_UNSUPPORTED);
    test_env_reset(&t);
    ia_source_unref(source);
    cr_expect_eq(m.closes, 0, "the reader keeps it");
    cr_assert_eq(test_read_all(&t.env, reader, &got, &size), 0);
    cr_expect(size == BIG && memcmp(got, data, BIG) == 0);
    int reads = m.reads;
    cr_expect_eq(ia_reader_next(reader, &t.env, &chunk), 0, "the answer must repeat");
    cr_expect_eq(m.reads, reads, "an ended stream is not asked again");
    ia_reader_close(reader);
    cr_expect_eq(m.closes, 1);
    free(got);
    free(data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(source, streams_are_not_believed)
{
    static const struct {
        const char *name;
        int64_t end;
        int status;
    } rows[] = {
        {"the end", 0, IMGA_OK},
        {"failure", -1, IMGA_E_IO},
        {"the smallest number", INT64_MIN, IMGA_E_IO},
        {"one more than asked for", IA_CHUNK + 1, IMGA_E_IO},
        {"far more than asked for", INT64_MAX, IMGA_E_IO},
    };
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct memory_stream m = {"0123456789", 10, 3, 0, rows[i].end, 0, 0};
        struct ia_source *source = stream_of(&t, &m);
        struct ia_reader *reader = NULL;
        struct ia_cursor chunk;
        char *got;
        size_t size;
        test_env_reset(&t);
        cr_assert_eq(ia_source_reader(source, &t.env, 0, UINT64_MAX, &reader), IMGA_OK);
        cr_expect_eq(test_read_all(&t.env, reader, &got, &size), rows[i].status, "%s", rows[i].name);
        cr_expect_eq(size, 10);
        cr_expect(rows[i].status == IMGA_OK || t.env.error.offset == 10, "%s", rows[i].name);
        cr_expect_eq(ia_reader_next(reader, &t.env, &chunk), rows[i].status, "%s: the answer must repeat",
                     rows[i].name);
        ia_reader_close(reader);
        ia_source_unref(source);
        free(got);
    }
    imga_stream_ops none = {.struct_size = sizeof(none), .close = stream_close};
    struct ia_source *source = NULL;
    test_env_reset(&t);
    cr_expect_eq(ia_source_stream(&t.env, &none, &source), IMGA_E_INVALID);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(source, slurp_takes_a_stream_up_to_its_limit)
{
    for (size_t less = 0; less < 2; less++)
        for (size_t step = 1; step < 12; step += 5) {
            struct test_env t;
            struct ia_buf buf;
            struct memory_stream m = {"0123456789", 10, step, 0, 0, 0, 0};
            test_env_open(&t);
            struct ia_source *source = stream_of(&t, &m);
            ia_buf_init(&buf, &t.env.alloc, 100);
            cr_expect_eq(ia_source_slurp(source, &t.env, "manifest_bytes", 10 - less, &buf),
                         less ? IMGA_E_LIMIT : IMGA_OK);
            cr_expect(less || ia_str_is(ia_buf_view(&buf), "0123456789"));
            cr_expect(!less || strstr(t.env.error.message, "manifest_bytes"));
            ia_buf_free(&buf);
            ia_source_unref(source);
            test_env_close(&t);
            cr_assert_eq(t.live, 0);
        }
}

Test(source, a_set_token_cancels)
{
    struct test_env t;
    struct ia_source *source;
    struct ia_reader *reader;
    struct ia_cursor chunk;
    char byte;
    test_env_open(&t);
    cr_assert_eq(ia_source_memory(&t.env, "0123456789", 10, &source), IMGA_OK);
    cr_assert_eq(ia_source_reader(source, &t.env, 0, 10, &reader), IMGA_OK);
    atomic_store(&t.cancel.flag, 1);
    cr_assert_eq(ia_reader_next(reader, &t.env, &chunk), IMGA_E_CANCELLED);
    test_env_reset(&t);
    cr_assert_eq(ia_source_read(source, &t.env, 0, &byte, 1), IMGA_E_CANCELLED);
    ia_reader_close(reader);
    ia_source_unref(source);
    test_env_close(&t);
}

static int read_file_once(struct test_env *t, int directory, struct ia_buf *buf)
{
    struct ia_source *source = NULL;
    struct ia_reader *reader = NULL;
    struct ia_cursor chunk;
    int status;
    IA_GO(status, ia_source_at(&t->env, directory, "sub/deep/data", &source));
    IA_GO(status, ia_source_slurp(source, &t->env, "document_bytes", 100, buf));
    IA_GO(status, ia_source_reader(source, &t->env, 0, 4, &reader));
    IA_GO(status, ia_reader_next(reader, &t->env, &chunk));
out:
    ia_reader_close(reader);
    ia_source_unref(source);
    return status;
}

Test(source, every_failed_allocation_is_reported)
{
    struct folder f;
    int before = open_descriptors();
    folder_open(&f);
    for (size_t n = 1; n < 10; n++) {
        struct test_env t;
        struct ia_buf buf;
        test_env_open(&t);
        t.fail_at = n;
        ia_buf_init(&buf, &t.env.alloc, 100);
        int status = read_file_once(&t, f.fd, &buf);
        cr_assert(n <= t.count ? status == IMGA_E_NOMEM : status == 1, "allocation %zu: %d", n, status);
        ia_buf_free(&buf);
        test_env_close(&t);
        cr_assert_eq(t.live, 0);
    }
    folder_close(&f);
    cr_assert_eq(open_descriptors(), before, "a descriptor leaked");
}
