/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pass over an archive that can be read only once. A member is a document when it is not compressed, does not begin
 * like a tar archive, and is either tiny or begins like JSON and has the size of a document; all others are tried as
 * layers, and a failure there is nobody's business until a manifest names the member. What fails around the members
 * ends the pass: the archive itself, the environment, and limits for the whole. POSIX.1-2001 pax for the archive,
 * image/archive.h for its names.
 */
#include "image/spool.h"

#include "base/checked.h"
#include "image/blobs.h"
#include "image/flow.h"
#include "image/progress.h"
#include "io/compress.h"
#include "io/tar_header.h"

#include <string.h>

enum { HEAD = 8, TINY = 4096 };

struct spool {
    const struct ia_spooling *spooling;
    struct ia_arena *arena; /* of the archive */
    uint64_t kept;          /* bytes of all documents */
    uint64_t expanded;      /* bytes of all members that passed, uncompressed */
};

/* The data of one member, from its first byte on, although that has been looked at. */
struct member_data {
    struct ia_reader reader;
    struct ia_tar *tar;
    struct ia_cursor head; /* of block, not handed out yet */
    struct ia_cursor rest; /* of the piece that filled the block */
    struct ia_error error; /* the archive's own failure; status IMGA_OK: none */
    uint8_t block[IA_TAR_BLOCK_SIZE];
};

static int pull(struct member_data *data, struct ia_env *env, struct ia_cursor *out)
{
    int status = ia_tar_data(data->tar, env, out);
    if (status < 0 && data->error.status == IMGA_OK)
        data->error = env->error;
    return status;
}

static int data_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct member_data *data = (struct member_data *)self;
    struct ia_cursor *ready = data->head.n ? &data->head : &data->rest;
    return ready->n ? (int)ia_cursor_take(ready, ready->n, out) : pull(data, env, out);
}

static void stays(struct ia_reader *self)
{
    (void)self;
}

/* Fills the block as far as there is data. */
static int look(struct member_data *data, struct ia_env *env, struct ia_tar *tar)
{
    struct ia_cursor part;
    size_t have = 0;
    int status = 1;
    data->reader = (struct ia_reader){data_next, NULL, stays};
    data->tar = tar;
    while (have < sizeof(data->block) && (status = pull(data, env, &data->rest)) > 0) {
        size_t room = sizeof(data->block) - have;
        (void)ia_cursor_take(&data->rest, data->rest.n < room ? data->rest.n : room, &part);
        memcpy(data->block + have, part.p, part.n);
        have += part.n;
    }
    data->head = ia_cursor_from(data->block, have);
    return status < 0 ? status : IMGA_OK;
}

/* RFC 8259: blanks, then an object or an array. */
static bool is_like_json(struct ia_cursor head)
{
    size_t i = 0;
    while (i < head.n && (head.p[i] == ' ' || (head.p[i] >= '\t' && head.p[i] <= '\r')))
        i++;
    return i == head.n || head.p[i] == '{' || head.p[i] == '[';
}

static bool is_document(const struct ia_env *env, const struct ia_member *member, struct ia_cursor head)
{
    if (member->size > env->limits->manifest_bytes || ia_compression_of(head) != IA_COMPRESSION_NONE)
        return false;
    if (member->size > TINY && !is_like_json(head))
        return false;
    return head.n < IA_TAR_BLOCK_SIZE || ia_tar_block_kind(head) == IA_TAR_IS_BAD;
}

static int keep(struct spool *spool, struct ia_env *env, struct member_data *data, struct ia_member *member)
{
    uint64_t max = env->limits->kept_bytes;
    struct ia_cursor part;
    size_t have = 0;
    int status;
    if (member->size > max - spool->kept || member->size > SIZE_MAX)
        return ia_fail_limit(env, -1, "kept_bytes", max, IA_STR("the documents of the archive"));
    char *bytes = ia_arena_new(spool->arena, member->size ? (size_t)member->size : 1);
    if (!bytes)
        return ia_fail_nomem(env);
    spool->kept += member->size;
    while ((status = ia_reader_next(&data->reader, env, &part)) > 0) {
        memcpy(bytes + have, part.p, part.n); /* the walker hands out exactly the size of the member */
        have += part.n;
    }
    member->kept = bytes;
    return status;
}

/* One member on its way through the sink. */
struct passage {
    struct member_data *data;
    struct ia_flow blob, layer;
    struct ia_passed *passed;
};

static int make_flows(struct spool *spool, struct ia_env *env, const struct ia_member *member, struct passage *p)
{
    const imga_limits *limits = env->limits;
    struct ia_digest named = {0};
    bool is_named = ia_blob_name_digest(ia_str_from(member->name), &named);
    unsigned count = named.algorithm == IA_DIGEST_SHA512 ? 2 : 1;
    enum ia_verify verify = spool->spooling->verify;
    ia_flow_open(&p->blob, &p->data->reader);
    ia_flow_open(&p->layer, &p->blob.reader);
    p->layer.limits[0] =
        (struct ia_flow_limit){&p->layer.total, limits->layer_bytes, "layer_bytes", limits->layer_bytes, "layer"};
    p->layer.limits[1] = (struct ia_flow_limit){&spool->expanded, limits->image_bytes, "image_bytes",
                                                limits->image_bytes, "the layers, uncompressed"};
    if (verify == IA_VERIFY_NONE)
        return IMGA_OK;
    IA_TRY(ia_flow_hash(&p->blob, env, count));
    if (p->passed->kind == IA_COMPRESSION_NONE || (verify == IA_VERIFY_BLOB && is_named))
        return IMGA_OK;
    return ia_flow_hash(&p->layer, env, count);
}

/* Through the decoder into the sink, to the end. */
static int run_sink(struct spool *spool, struct ia_env *env, struct passage *p)
{
    const struct ia_layer_sink *sink = spool->spooling->sink;
    struct ia_passed *passed = p->passed;
    struct ia_notes *notes = env->notes;
    struct ia_reader *decoder = NULL;
    int status;
    if (passed->kind != IA_COMPRESSION_NONE) {
        status = ia_decompress(env, &p->blob.reader, &passed->kind, &decoder);
        passed->is_shut = status < 0;
        IA_TRY(status);
        p->layer.input = decoder;
    }
    env->notes = NULL;
    status = sink->take(sink->user, env, &p->layer.reader, &passed->taken);
    env->notes = notes;
    if (status >= 0)
        status = ia_reader_drain(&p->layer.reader, env);
    ia_reader_close(decoder);
    return status;
}

/* What no member is to blame for. */
static bool is_fatal(int status)
{
    return status == IMGA_E_NOMEM || status == IMGA_E_IO || status == IMGA_E_CANCELLED || status == IMGA_E_INVALID ||
           status == IMGA_E_INTERNAL;
}

/* Keeps the error for later. */
static int remember(struct spool *spool, struct ia_env *env, struct ia_passed *passed, int status)
{
    passed->status = status;
    passed->offset = env->error.offset;
    passed->message = ia_arena_str(spool->arena, ia_str_from(env->error.message));
    passed->where = ia_arena_str(spool->arena, ia_str_from(env->error.where));
    ia_error_clear(env);
    return passed->message && passed->where ? IMGA_OK : ia_fail_nomem(env);
}

/* What is left of the member after the sink, so that its digest is known even if it is no layer. */
static int finish(struct ia_env *env, struct passage *p)
{
    struct ia_passed *passed = p->passed;
    IA_TRY(ia_reader_drain(&p->blob.reader, env));
    IA_TRY(ia_flow_digests(&p->blob, env, passed->blob));
    if (passed->kind != IA_COMPRESSION_NONE)
        return ia_flow_digests(&p->layer, env, passed->layer);
    memcpy(passed->layer, passed->blob, sizeof(passed->layer));
    return IMGA_OK;
}

static int run_passage(struct spool *spool, struct ia_env *env, struct passage *p)
{
    int status = run_sink(spool, env, p);
    if (p->data->error.status != IMGA_OK) {
        env->error = p->data->error; /* without the places that the stages above put in front */
        return env->error.status;
    }
    if (is_fatal(status))
        return status;
    if (status < 0)
        IA_TRY(remember(spool, env, p->passed, status));
    return finish(env, p);
}

static int pass(struct spool *spool, struct ia_env *env, struct member_data *data, struct ia_member *member)
{
    struct passage p = {.data = data};
    int status;
    p.passed = ia_arena_new(spool->arena, sizeof(*p.passed));
    if (!p.passed)
        return ia_fail_nomem(env);
    member->passed = p.passed;
    p.passed->kind = ia_compression_of(data->head);
    IA_GO(status, make_flows(spool, env, member, &p));
    status = run_passage(spool, env, &p);
out:
    ia_flow_close(&p.blob);
    ia_flow_close(&p.layer);
    return status;
}

static int visit_file(void *user, struct ia_env *env, struct ia_tar *tar, struct ia_member *member)
{
    struct spool *spool = user;
    struct member_data data = {.head = {NULL, 0}};
    IA_TRY(look(&data, env, tar));
    if (is_document(env, member, data.head))
        return ia_error_at(env, keep(spool, env, &data, member), "%.200s", member->name);
    return pass(spool, env, &data, member);
}

int ia_spool_is_needed(struct ia_env *env, struct ia_source *source)
{
    uint8_t head[HEAD] = {0};
    if (ia_source_is_stream(source))
        return 1;
    size_t size = ia_source_size(source) < HEAD ? (size_t)ia_source_size(source) : HEAD;
    IA_TRY(ia_error_at(env, ia_source_read(source, env, 0, head, size), "archive"));
    return ia_compression_of(ia_cursor_from(head, size)) != IA_COMPRESSION_NONE;
}

static int refuse(struct ia_env *env, struct ia_source *source)
{
    if (ia_source_is_stream(source))
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1,
                       "the archive can be read only once, and nothing examines its layers while they go by");
    return ia_fail(env, IMGA_E_UNSUPPORTED, 0,
                   "this is a compressed archive, and nothing examines its layers while they go by; "
                   "decompress it first");
}

/* What goes by in all is bounded, too: a pipe need not end. */
static uint64_t most_bytes(const imga_limits *limits)
{
    uint64_t sum;
    return ia_add_u64(limits->image_bytes, limits->kept_bytes, &sum) ? sum : UINT64_MAX;
}

static int read_stream(struct ia_env *env, struct ia_reader *stream, const struct ia_spooling *spooling,
                       struct ia_archive *archive)
{
    struct spool spool = {.spooling = spooling, .arena = &archive->arena};
    const struct ia_archive_visitor visitor = {visit_file, &spool};
    struct ia_flow whole;
    ia_flow_open(&whole, stream);
    whole.limits[0] = (struct ia_flow_limit){&whole.total, most_bytes(env->limits), "image_bytes",
                                             env->limits->image_bytes, "the archive"};
    return ia_archive_walk(env, &whole.reader, &visitor, archive);
}

/* The bytes of the archive itself; *kind becomes how they were compressed. */
static int open_stream(struct ia_env *env, struct ia_source *source, enum ia_compression *kind, struct ia_reader **out)
{
    struct ia_progress progress = {0, ia_source_is_stream(source) ? 0 : ia_source_size(source)};
    struct ia_reader *reader = NULL;
    IA_TRY(ia_source_reader(source, env, 0, ia_source_size(source), &reader));
    IA_TRY(ia_progress_reader(env, reader, &progress, &reader));
    int status = ia_decompress(env, reader, kind, out);
    if (*kind != IA_COMPRESSION_NONE || (status != IMGA_E_TRUNCATED && status != IMGA_E_UNSUPPORTED))
        return status;
    return ia_archive_is_none(env, status == IMGA_E_TRUNCATED ? status : IMGA_E_FORMAT); /* empty, or a zip archive */
}

int ia_spool_read(struct ia_env *env, struct ia_source *source, const struct ia_spooling *spooling,
                  struct ia_archive *archive)
{
    enum ia_compression kind = IA_COMPRESSION_NONE;
    struct ia_reader *stream = NULL;
    if (!spooling->sink)
        return ia_error_at(env, refuse(env, source), "archive");
    IA_TRY(ia_error_at(env, open_stream(env, source, &kind, &stream), "archive"));
    int status = read_stream(env, stream, spooling, archive);
    ia_reader_close(stream);
    /* A decoder knows where its data ends; of a plain pipe only the end mark tells that nothing is missing. */
    if (status == 0 && kind == IA_COMPRESSION_NONE)
        status = ia_error_at(
            env, ia_fail(env, IMGA_E_TRUNCATED, -1, "the archive ends without its end mark: it may be cut"), "archive");
    return status < 0 ? status : IMGA_OK;
}
