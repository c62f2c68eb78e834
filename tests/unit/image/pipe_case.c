/* SPDX-License-Identifier: Apache-2.0 */
#include "pipe_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

const char *const pipe_ways[WAYS] = {"memory", "pipe", "gzip pipe", "zstd memory"};

static int64_t bytes_read(void *user, void *buffer, size_t size)
{
    struct pipe_bytes *b = user;
    size_t n = b->n - b->at;
    n = n < size ? n : size;
    n = n < b->step ? n : b->step;
    memcpy(buffer, b->p + b->at, n);
    b->at += n;
    return n ? (int64_t)n : b->end;
}

static void bytes_close(void *user)
{
    ((struct pipe_bytes *)user)->closes++;
}

imga_stream_ops pipe_ops(struct pipe_bytes *bytes)
{
    return (imga_stream_ops){sizeof(imga_stream_ops), 0, bytes_read, bytes_close, bytes};
}

static int sink_take(void *user, struct ia_env *env, struct ia_reader *stream, uint32_t *taken)
{
    struct pipe_sink *sink = user;
    struct ia_cursor chunk;
    uint64_t bytes = 0;
    int status = 0;
    *taken = 100 + sink->count++;
    if (sink->answer)
        return sink->answer < 0 ? ia_fail(env, sink->answer, 7, "the sink said so") : 0;
    cr_expect_null(env->notes, "notes of a candidate are not notes of the image");
    while ((status = ia_reader_next(stream, env, &chunk)) > 0)
        bytes += chunk.n;
    if (status == 0)
        sink->bytes += bytes;
    return status;
}

void pipe_sink_init(struct pipe_sink *sink)
{
    *sink = (struct pipe_sink){.sink = {sink_take, sink}};
}

struct tarball pipe_gzip(const struct tarball *tar)
{
    z_stream z = {0};
    struct tarball out = {malloc(tar->n + 1024), 0};
    cr_assert_eq(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)tar->p;
    z.avail_in = (unsigned)tar->n;
    z.next_out = (unsigned char *)out.p;
    z.avail_out = (unsigned)tar->n + 1024;
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.n = z.total_out;
    deflateEnd(&z);
    return out;
}

struct tarball pipe_zstd(const struct tarball *tar)
{
    size_t room = ZSTD_compressBound(tar->n);
    struct tarball out = {malloc(room), 0};
    out.n = ZSTD_compress(out.p, room, tar->p, tar->n, 1);
    cr_assert_not(ZSTD_isError(out.n));
    return out;
}

int pipe_open(struct test_env *t, const struct pipe_request *request, struct ia_image **out)
{
    struct ia_image_request open = {.reference = request->reference,
                                    .platform = request->platform,
                                    .sink = request->sink,
                                    .verify = request->verify};
    const struct tarball *tar = request->archive;
    struct tarball small = {NULL, 0};
    int status;
    if (request->way == WAY_PIPE_GZIP)
        small = pipe_gzip(tar);
    if (request->way == WAY_MEMORY_ZSTD)
        small = pipe_zstd(tar);
    if (small.p)
        tar = &small;
    struct pipe_bytes bytes = {tar->p, tar->n, 0, request->step ? request->step : 4096, 0, 0};
    imga_stream_ops ops = pipe_ops(&bytes);
    if (request->way == WAY_PIPE || request->way == WAY_PIPE_GZIP)
        status = ia_source_stream(&t->env, &ops, &open.source);
    else
        status = ia_source_memory(&t->env, tar->p, tar->n, &open.source);
    if (status >= 0)
        status = ia_image_open(&t->env, &open, out);
    ia_source_unref(open.source);
    tarball_free(&small); /* it was read once */
    return status;
}

int pipe_layer(struct test_env *t, struct ia_image *image, size_t index)
{
    struct ia_reader *reader = NULL;
    uint32_t taken = 0;
    if (!ia_image_layer_taken(image, index, &taken))
        return case_layer(t, image, index);
    cr_expect_geq(taken, 100);
    cr_expect_eq(ia_image_layer_open(image, &t->env, index, &reader), IMGA_E_UNSUPPORTED);
    cr_expect_null(reader);
    ia_error_clear(&t->env);
    cr_expect_eq(ia_image_layer_verify(image, &t->env, index), IMGA_OK);
    return 1;
}

/* One archive in one way. */
struct reading {
    struct test_env t;
    struct pipe_sink sink;
    struct ia_image *image;
    int status;
    const char *way;
    bool verifies;
};

static void same_text(const struct reading *a, const struct reading *b, const char *what, const char *const text[2])
{
    cr_expect_str_eq(text[0], text[1], "%s, %s: '%s' but '%s'", b->way, what, text[0], text[1]);
    (void)a;
}

static void same_error(const struct reading *a, const struct reading *b, const char *what, const int status[2])
{
    const struct ia_error *left = &a->t.env.error, *right = &b->t.env.error;
    /* A config may name another digest than what is computed on the way. */
    if (status[0] == IMGA_E_DIGEST && status[1] == IMGA_E_UNSUPPORTED && strstr(right->message, "was not computed"))
        return;
    cr_expect_eq(status[0], status[1], "%s, %s: %d %s: %s but %d %s: %s", b->way, what, status[0], left->where,
                 left->message, status[1], right->where, right->message);
    if (status[0] >= 0 || status[0] != status[1])
        return;
    same_text(a, b, "message", (const char *const[2]){left->message, right->message});
    same_text(a, b, "where", (const char *const[2]){left->where, right->where});
    cr_expect_eq(left->offset, right->offset, "%s, %s: %lld but %lld", b->way, left->message, (long long)left->offset,
                 (long long)right->offset);
}

static void same_facts(const struct reading *a, const struct reading *b)
{
    const struct ia_image_facts *left = ia_image_facts(a->image), *right = ia_image_facts(b->image);
    same_text(a, b, "form", (const char *const[2]){left->form, right->form});
    same_text(a, b, "reference", (const char *const[2]){left->reference, right->reference});
    same_text(a, b, "manifest", (const char *const[2]){left->manifest_digest, right->manifest_digest});
    same_text(a, b, "config", (const char *const[2]){left->config_digest, right->config_digest});
    same_text(a, b, "os", (const char *const[2]){left->os, right->os});
    same_text(a, b, "architecture", (const char *const[2]){left->architecture, right->architecture});
    same_text(a, b, "variant", (const char *const[2]){left->variant, right->variant});
    same_text(a, b, "created", (const char *const[2]){left->created, right->created});
    same_text(a, b, "verified", (const char *const[2]){left->verified, right->verified});
    cr_expect_eq(ia_image_layer_count(a->image), ia_image_layer_count(b->image), "%s", b->way);
}

static void same_row(const struct reading *a, const struct reading *b, size_t index)
{
    const struct ia_layer *left = ia_image_layer(a->image, index), *right = ia_image_layer(b->image, index);
    same_text(a, b, "digest", (const char *const[2]){left->digest, right->digest});
    same_text(a, b, "diff_id", (const char *const[2]){left->diff_id, right->diff_id});
    same_text(a, b, "media type", (const char *const[2]){left->media_type, right->media_type});
    same_text(a, b, "command", (const char *const[2]){left->created_by, right->created_by});
    cr_expect_eq(left->size, right->size, "%s: layer %zu", b->way, index);
}

static void same_layer(struct reading *a, struct reading *b, size_t index)
{
    const int status[2] = {pipe_layer(&a->t, a->image, index), pipe_layer(&b->t, b->image, index)};
    same_row(a, b, index);
    same_error(a, b, "layer", status);
    ia_error_clear(&a->t.env);
    ia_error_clear(&b->t.env);
    const int proof[2] = {ia_image_layer_verify(a->image, &a->t.env, index),
                          ia_image_layer_verify(b->image, &b->t.env, index)};
    if (b->verifies && (status[0] == IMGA_E_FORMAT || status[0] == IMGA_E_TRUNCATED || status[0] == IMGA_E_CHECKSUM))
        same_error(a, b, "proof", proof);
    ia_error_clear(&a->t.env);
    ia_error_clear(&b->t.env);
}

static bool has_note(const struct reading *r, const struct ia_note *note)
{
    const struct ia_notes *all[] = {&r->t.notes, r->image ? ia_image_notes(r->image) : NULL};
    for (size_t k = 0; k < IA_COUNT(all); k++)
        for (size_t i = 0; all[k] && i < ia_notes_count(all[k]); i++) {
            const struct ia_note *other = ia_notes_at(all[k], i);
            if (other->code == note->code && other->offset == note->offset && strcmp(other->where, note->where) == 0 &&
                strcmp(other->text, note->text) == 0)
                return true;
        }
    return false;
}

/* Each note of one reading is also one of the other, while opening or with a layer. */
static void same_notes(const struct reading *a, const struct reading *b)
{
    const struct ia_notes *all[] = {&a->t.notes, ia_image_notes(a->image)};
    for (size_t k = 0; k < IA_COUNT(all); k++)
        for (size_t i = 0; i < ia_notes_count(all[k]); i++) {
            const struct ia_note *note = ia_notes_at(all[k], i);
            cr_expect(has_note(b, note), "%s has no note: %s: %s", b->way, note->where, note->text);
        }
}

static void start(struct reading *r, const struct test_env *like, const struct pipe_request *request)
{
    *r = (struct reading){.way = pipe_ways[request->way], .verifies = request->verify != IA_VERIFY_NONE};
    test_env_open(&r->t);
    test_env_crypto(&r->t);
    r->t.limits = like->limits;
    pipe_sink_init(&r->sink);
    struct pipe_request mine = *request;
    mine.sink = &r->sink.sink;
    r->status = pipe_open(&r->t, &mine, &r->image);
}

static void end(struct reading *r)
{
    ia_image_close(r->image);
    test_env_close(&r->t);
    cr_expect_eq(r->t.live, 0, "%s leaks", r->way);
}

/* A root has no table of contents to be chosen by: it is read where it lies, or not at all. */
static bool is_root(const struct reading *r)
{
    return r->image && strncmp(ia_image_facts(r->image)->form, "rootfs", 6) == 0;
}

static void compare_two(struct reading *a, struct reading *b)
{
    if (is_root(a))
        return;
    same_error(a, b, "open", (const int[2]){a->status, b->status});
    cr_expect_eq(b->status < 0, b->image == NULL, "%s", b->way);
    ia_error_clear(&a->t.env);
    ia_error_clear(&b->t.env);
    if (!a->image || !b->image)
        return;
    same_facts(a, b);
    for (size_t i = 0; i < ia_image_layer_count(a->image) && i < ia_image_layer_count(b->image); i++)
        same_layer(a, b, i);
    same_notes(a, b);
    same_notes(b, a);
}

void pipe_compare(const struct test_env *t, const struct tarball *archive, const char *reference, const char *platform)
{
    struct pipe_request request = {.archive = archive, .reference = reference, .platform = platform};
    for (int verify = IA_VERIFY_FULL; verify <= IA_VERIFY_NONE; verify++)
        for (int way = WAY_PIPE; way < WAYS; way++) {
            struct reading a, b;
            request.verify = (enum ia_verify)verify;
            request.step = archive->n < 20000 ? 1 : 999;
            request.way = WAY_MEMORY;
            start(&a, t, &request);
            request.way = (enum pipe_way)way;
            start(&b, t, &request);
            compare_two(&a, &b);
            end(&a);
            end(&b);
        }
}

void made_open(struct made *m, bool is_oci)
{
    *m = (struct made){.tars = {case_tar("one"), case_tar("two")}};
    m->gzip = pipe_gzip(&m->tars[1]);
    m->layers[0] = (struct ociimage_layer){.tar = m->tars[0].p, .tar_size = m->tars[0].n};
    m->layers[1] = (struct ociimage_layer){.tar = m->tars[1].p,
                                           .tar_size = m->tars[1].n,
                                           .blob = m->gzip.p,
                                           .blob_size = m->gzip.n,
                                           .media_type = OCI_LAYER "+gzip"};
    m->image = (struct ociimage){.layers = m->layers, .count = 2, .reference = "v1"};
    if (is_oci)
        ociimage_layout(&m->files, &m->image);
    else
        ociimage_docker(&m->files, &m->image);
}

void made_close(struct made *m)
{
    ocifiles_free(&m->files);
    tarball_free(&m->tars[0]);
    tarball_free(&m->tars[1]);
    tarball_free(&m->gzip);
}

void run_init(struct run *r, const struct tarball *archive)
{
    *r = (struct run){.request = {.archive = archive, .way = WAY_PIPE}};
    test_env_open(&r->t);
    test_env_crypto(&r->t);
    pipe_sink_init(&r->sink);
    r->request.sink = &r->sink.sink;
}

void run_open(struct run *r)
{
    r->status = pipe_open(&r->t, &r->request, &r->image);
}

void run_close(struct run *r)
{
    ia_image_close(r->image);
    r->image = NULL;
    test_env_close(&r->t);
    cr_expect_eq(r->t.live, 0, "%zu allocations leak", r->t.live);
}

size_t taken_count(const struct run *r)
{
    size_t count = 0;
    uint32_t taken;
    for (size_t i = 0; i < ia_image_layer_count(r->image); i++)
        count += ia_image_layer_taken(r->image, i, &taken);
    return count;
}
