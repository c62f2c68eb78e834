/* SPDX-License-Identifier: Apache-2.0 */
/* Records of layers: what goes in comes out, in memory and through a file; damaged files are no records. */
#include "layers.h"
#include "rootfs/record_file.h"
#include "rootfs/recorder.h"
#include "rootfs/view.h"

#include <criterion/criterion.h>
#include <imgassure/status.h>
#include <stdlib.h>
#include <string.h>

static const struct ia_want rows[] = {{"db/status", NULL}, {"info", ".list"}};
static const char text[] =
    "d db\nf db/status 12345\nf other abc\nl link target\nh hard other\np fifo\nc device\nf info/a.list x\n"
    "f info/a.md5 y\n7 odd data\n";

struct recording_case {
    struct test_env t;
    struct ia_wants wants;
    struct ia_recording recording;
    struct layers layers;
};

static void open_case(struct recording_case *c, bool digests)
{
    memset(c, 0, sizeof(*c));
    test_env_open(&c->t);
    test_env_crypto(&c->t);
    cr_assert_eq(ia_wants_init(&c->wants, &ia_alloc_libc, rows, IA_COUNT(rows)), 0);
    c->recording = (struct ia_recording){.wants = &c->wants, .digests = digests};
    layers_add(&c->layers, text);
}

static void close_case(struct recording_case *c)
{
    ia_wants_free(&c->wants);
    layers_free(&c->layers);
    test_env_close(&c->t);
    cr_expect_eq(c->t.live, 0, "leaks");
}

static int record(struct recording_case *c, struct ia_reader *reader, struct ia_layer_record *out)
{
    struct ia_recorder *recorder = NULL;
    int status = ia_recorder_new(&c->t.env, &c->recording, reader, out, &recorder);
    while (status >= 0 && (status = ia_recorder_run(recorder, &c->t.env)) == IA_AGAIN)
        ;
    ia_recorder_free(recorder);
    return status;
}

/* One line an entry: type, name, link, size, content. */
static void describe(const struct ia_layer_record *from, char out[2048])
{
    struct ia_layer_record_cursor cursor = ia_layer_record_begin(from);
    struct ia_layer_record_entry e;
    size_t n = 0;
    int status;
    out[0] = '\0';
    while ((status = ia_layer_record_next(&cursor, &e)) > 0)
        n += (size_t)snprintf(out + n, 2048 - n, "%d %.*s %.*s %llu %.*s%s\n", (int)e.tar.type, (int)e.tar.name.n,
                              e.tar.name.p, (int)e.tar.link.n, e.tar.link.p, (unsigned long long)e.tar.size,
                              e.content ? (int)e.content->n : 1, e.content ? e.content->p : "-",
                              e.digest ? " digest" : "");
    cr_expect_eq(status, 0);
}

static const char expected[] = "2 db  0 -\n1 db/status  5 12345\n1 other  3 -\n3 link target 0 -\n4 hard other 0 -\n"
                               "7 fifo  0 -\n5 device  0 -\n1 info/a.list  1 x\n1 info/a.md5  1 -\n1 odd  4 -\n";

Test(layer_record, holds_entries_and_wanted_contents)
{
    struct recording_case c;
    struct ia_layer_record first;
    char found[2048];
    open_case(&c, false);
    struct ia_reader *reader = test_chunks(c.layers.tar[0].p, c.layers.tar[0].n, 7);
    cr_assert_eq(record(&c, reader, &first), 0, "%s", c.t.env.error.message);
    ia_reader_close(reader);
    describe(&first, found);
    cr_expect_str_eq(found, expected);
    cr_expect_eq(first.entries, 10);
    cr_expect_eq(first.kept, 6);
    cr_expect_eq(first.bytes, c.layers.tar[0].n);
    ia_layer_record_free(&first);
    close_case(&c);
}

/* What is dropped was never there, and what follows keeps its place. */
Test(layer_record, forgets_a_content)
{
    struct recording_case c;
    struct ia_layer_record first;
    struct ia_layer_record_entry e;
    char found[2048];
    open_case(&c, false);
    struct ia_reader *reader = test_chunks(c.layers.tar[0].p, c.layers.tar[0].n, 4096);
    cr_assert_eq(record(&c, reader, &first), 0, "%s", c.t.env.error.message);
    ia_reader_close(reader);
    struct ia_layer_record_cursor cursor = ia_layer_record_begin(&first);
    while (ia_layer_record_next(&cursor, &e) > 0 && !e.content)
        ;
    ia_layer_record_drop(&first, e.content);
    cr_expect_eq(first.kept, 1);
    describe(&first, found);
    cr_expect_not_null(strstr(found, "1 db/status  5 -\n"), "%s", found);
    cr_expect_not_null(strstr(found, "1 info/a.list  1 x\n"), "%s", found);
    ia_layer_record_free(&first);
    close_case(&c);
}

Test(layer_record, pauses_change_nothing)
{
    static const size_t steps[] = {1, 100, 512, 4096};
    for (size_t i = 0; i < IA_COUNT(steps); i++) {
        struct recording_case c;
        struct ia_layer_record paused;
        char found[2048];
        open_case(&c, true);
        struct ia_reader *reader = test_pausing(test_chunks(c.layers.tar[0].p, c.layers.tar[0].n, steps[i]));
        cr_assert_eq(record(&c, reader, &paused), 0, "%s", c.t.env.error.message);
        ia_reader_close(reader);
        describe(&paused, found);
        cr_expect(strstr(found, "1 other  3 - digest\n"), "%s", found);
        cr_expect_eq(paused.entries, 10);
        cr_expect_eq(paused.bytes, c.layers.tar[0].n);
        ia_layer_record_free(&paused);
        close_case(&c);
    }
}

static void make(struct recording_case *c, struct ia_layer_record *out)
{
    struct ia_reader *reader = test_chunks(c->layers.tar[0].p, c->layers.tar[0].n, 4096);
    cr_assert_eq(record(c, reader, out), 0, "%s", c->t.env.error.message);
    ia_reader_close(reader);
}

static struct ia_cursor bytes_of(const struct ia_buf *buf)
{
    return ia_cursor_from(buf->p, buf->n);
}

Test(layer_record, survives_a_file)
{
    struct recording_case c;
    struct ia_layer_record from, to;
    struct ia_digest key = {IA_DIGEST_SHA256, {1, 2, 3}}, other = {IA_DIGEST_SHA256, {1, 2, 4}};
    struct ia_buf buf;
    char before[2048], after[2048];
    open_case(&c, true);
    make(&c, &from);
    ia_buf_init(&buf, &ia_alloc_libc, SIZE_MAX);
    cr_assert_eq(ia_record_file_write(&c.t.env, &from, &key, &buf), 0);
    cr_assert_eq(ia_record_file_read(&c.t.env, bytes_of(&buf), &key, &to), 1);
    describe(&from, before);
    describe(&to, after);
    cr_expect_str_eq(before, after);
    cr_expect(to.entries == from.entries && to.bytes == from.bytes && to.kept == from.kept && to.has_digests);
    ia_layer_record_free(&to);
    cr_expect_eq(ia_record_file_read(&c.t.env, bytes_of(&buf), &other, &to), 0, "another key");
    for (size_t n = 0; n < buf.n; n++)
        cr_assert_eq(ia_record_file_read(&c.t.env, ia_cursor_from(buf.p, n), &key, &to), 0, "cut at %zu", n);
    for (size_t at = 0; at < buf.n; at++) {
        buf.p[at] ^= 1;
        cr_assert_eq(ia_record_file_read(&c.t.env, bytes_of(&buf), &key, &to), 0, "byte %zu", at);
        buf.p[at] ^= 1;
    }
    ia_buf_free(&buf);
    ia_layer_record_free(&from);
    close_case(&c);
}

/* Whoever seals a damaged record anew gets a strange record at most, which can still be applied. */
Test(layer_record, a_sealed_lie_is_bounded)
{
    struct recording_case c;
    struct ia_layer_record from, to;
    struct ia_digest key = {IA_DIGEST_SHA256, {9}}, seal;
    struct ia_buf buf;
    open_case(&c, false);
    make(&c, &from);
    ia_buf_init(&buf, &ia_alloc_libc, SIZE_MAX);
    cr_assert_eq(ia_record_file_write(&c.t.env, &from, &key, &buf), 0);
    for (size_t at = 8; at < buf.n - 32; at++) {
        for (int bit = 0; bit < 8; bit++) {
            struct ia_rootfs *fs = NULL;
            buf.p[at] ^= (char)(1 << bit);
            ia_digest_of(&c.t.env, buf.p, buf.n - 32, &seal);
            memcpy(buf.p + buf.n - 32, seal.bytes, 32);
            int read = ia_record_file_read(&c.t.env, bytes_of(&buf), &key, &to);
            cr_assert(read == 0 || read == 1, "byte %zu gives %d", at, read);
            cr_assert_eq(ia_rootfs_new(&c.t.env, rows, IA_COUNT(rows), &fs), 0);
            if (read == 1)
                (void)ia_rootfs_apply(fs, &c.t.env, 0, &to);
            if (read == 1)
                ia_layer_record_free(&to);
            ia_rootfs_free(fs);
            test_env_reset(&c.t);
            buf.p[at] ^= (char)(1 << bit);
        }
    }
    ia_buf_free(&buf);
    ia_layer_record_free(&from);
    close_case(&c);
}

Test(layer_record, every_allocation_may_fail)
{
    for (size_t n = 1; n < 200; n++) {
        struct recording_case c;
        struct ia_layer_record from = {.entries = 0}, copy = {.entries = 0};
        open_case(&c, true);
        c.t.fail_at = c.t.count + n;
        size_t at = c.t.fail_at;
        struct ia_reader *reader = test_chunks(c.layers.tar[0].p, c.layers.tar[0].n, 4096);
        int status = record(&c, reader, &from);
        ia_reader_close(reader);
        if (status == 0)
            status = ia_layer_record_copy(&c.t.env, &from, &copy);
        bool fired = c.t.count >= at;
        /* That a buffer cannot be cut to its content does no harm. */
        cr_expect(status == 0 || (fired && status == IMGA_E_NOMEM), "allocation %zu gives %d", n, status);
        ia_layer_record_free(&from);
        ia_layer_record_free(&copy);
        close_case(&c);
        if (!fired)
            return;
    }
    cr_assert(false, "the sweep did not end");
}

Test(layer_record, limits)
{
    static const struct {
        uint64_t kept, entries;
        int status;
        const char *named;
    } cases[] = {{6, 10, 0, ""}, {5, 10, IMGA_E_LIMIT, "kept_bytes"}, {6, 9, IMGA_E_LIMIT, "layer_entries"}};
    for (size_t i = 0; i < IA_COUNT(cases); i++) {
        struct recording_case c;
        struct ia_layer_record out;
        open_case(&c, false);
        c.t.limits.kept_bytes = cases[i].kept;
        c.t.limits.layer_entries = cases[i].entries;
        struct ia_reader *reader = test_chunks(c.layers.tar[0].p, c.layers.tar[0].n, 4096);
        cr_expect_eq(record(&c, reader, &out), cases[i].status, "case %zu", i);
        cr_expect(strstr(c.t.env.error.message, cases[i].named), "case %zu: %s", i, c.t.env.error.message);
        ia_reader_close(reader);
        ia_layer_record_free(&out);
        close_case(&c);
    }
}
