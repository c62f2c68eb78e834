/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zstandard block by block (libzstd's "buffer-less" functions). The window is ours: blocks are decoded one behind the
 * other into a round buffer, and the chunks handed out are views of it, so that no byte is copied. The functions belong
 * to libzstd's static interface, which may change: they are linked weakly and used with the series of releases that are
 * known to keep their contract. libzstd's tables (160 KiB) do not come from the caller's allocator, the window does.
 */
#define ZSTD_STATIC_LINKING_ONLY
#define ZSTD_DISABLE_DEPRECATE_WARNINGS
#include "io/zstd_frame.h"

#include "base/checked.h"

#include <zstd.h>

#pragma weak ZSTD_decompressBegin
#pragma weak ZSTD_nextSrcSizeToDecompress
#pragma weak ZSTD_decompressContinue

/*
 * SLACK: libzstd may write that many bytes past the end of a block. PIECE: a block, or a header, with the length that
 * stands before it. VIEWS: a round has room for that many in any case, so that what a stream whose matches reach
 * further back than its window finds there does not depend on how many are asked for.
 */
enum { KNOWN_SINCE = 10400, KNOWN_BEFORE = 10600, SLACK = 64, PIECE = IA_ZSTD_CHUNK + 32, VIEWS = 4 };

/* Older ones are kept to the end, because views of them may be alive; each is at least twice as large as the last. */
struct round {
    struct round *before;
    size_t size;
    uint8_t bytes[];
};

struct blocks {
    struct ia_alloc alloc;
    ZSTD_DCtx *context;
    struct round *round; /* NULL at first */
    size_t at;           /* where the next block goes */
    size_t least;        /* bytes that a round needs for the frame */
    size_t largest;      /* block of the frame */
    size_t views;        /* that stay valid */
    uint8_t piece[PIECE];
};

static bool blocks_is_there(void)
{
    unsigned version = ZSTD_versionNumber();
    return version >= KNOWN_SINCE && version < KNOWN_BEFORE && ZSTD_decompressBegin && ZSTD_decompressContinue &&
           ZSTD_nextSrcSizeToDecompress;
}

static void blocks_close(void *state)
{
    struct blocks *b = state;
    if (!b)
        return;
    struct ia_alloc alloc = b->alloc;
    while (b->round) {
        struct round *before = b->round->before;
        ia_free(&alloc, b->round);
        b->round = before;
    }
    ZSTD_freeDCtx(b->context);
    ia_free(&alloc, b);
}

static int blocks_open(struct ia_env *env, void **state)
{
    struct blocks *b = ia_new(&env->alloc, sizeof(*b));
    *state = b;
    if (!b)
        return ia_fail_nomem(env);
    b->alloc = env->alloc;
    b->views = env->chunks_alive > VIEWS ? env->chunks_alive : VIEWS;
    b->context = ZSTD_createDCtx();
    return b->context ? IMGA_OK : ia_fail_nomem(env);
}

/*
 * A block that is written must leave alone what is in reach behind it, also when it is the first after the turn, where
 * up to a block and the slack before the end stayed unused; and the chunks that are still looked at.
 */
static int blocks_begin(void *state, struct ia_env *env, uint64_t window)
{
    struct blocks *b = state;
    size_t views = (b->views + 2) * (IA_ZSTD_CHUNK + SLACK), reach;
    if (window > SIZE_MAX || !ia_add_size((size_t)window, 2 * (IA_ZSTD_CHUNK + SLACK), &reach))
        return ia_fail_nomem(env);
    b->largest = window < IA_ZSTD_CHUNK ? (size_t)window : IA_ZSTD_CHUNK;
    b->least = reach > views ? reach : views;
    return ZSTD_isError(ZSTD_decompressBegin(b->context)) ? ia_fail_nomem(env) : IMGA_OK;
}

static bool has_room(const struct blocks *b, const struct ia_cursor *chunk)
{
    return b->round && b->round->size >= b->least && b->round->size - b->at >= IA_ZSTD_CHUNK + SLACK &&
           chunk->n + b->largest <= IA_ZSTD_CHUNK;
}

/* From the start of the round, or of a larger one; nothing of a chunk has been written. */
static int turn(struct blocks *b, struct ia_env *env)
{
    size_t size = b->round ? b->round->size : 0, bytes;
    b->at = 0;
    if (size >= b->least)
        return IMGA_OK;
    size = size > b->least / 2 ? 2 * size : b->least;
    struct round *round = ia_add_size(sizeof(*round), size, &bytes) ? ia_resize(&b->alloc, NULL, bytes) : NULL;
    if (!round)
        return ia_fail_nomem(env);
    round->before = b->round;
    round->size = size;
    b->round = round;
    return IMGA_OK;
}

static int blocks_decode(void *state, struct ia_env *env, struct ia_input *input, struct ia_cursor *chunk)
{
    struct blocks *b = state;
    struct ia_cursor piece;
    size_t size = ZSTD_nextSrcSizeToDecompress(b->context);
    if (size == 0)
        return IA_ZSTD_END;
    if (size > PIECE)
        return ia_zstd_bad(input, env, IMGA_E_FORMAT, "malformed compressed data");
    if (!has_room(b, chunk)) {
        if (chunk->n)
            return IA_ZSTD_FULL;
        IA_TRY(turn(b, env));
    }
    int status = ia_input_gather(input, env, b->piece, size, &piece);
    if (status < 0)
        return status == IMGA_E_TRUNCATED ? ia_zstd_cut(input, env) : status;
    uint8_t *block = b->round->bytes + b->at;
    size_t made = ZSTD_decompressContinue(b->context, block, IA_ZSTD_CHUNK + SLACK, piece.p, piece.n);
    if (ZSTD_isError(made))
        return ia_zstd_refused(input, env, made);
    *chunk = ia_cursor_from(block - chunk->n, chunk->n + made);
    b->at += made;
    return IA_ZSTD_MORE;
}

const struct ia_zstd_engine ia_zstd_blocks = {"blocks",     blocks_is_there, blocks_open,
                                              blocks_close, blocks_begin,    blocks_decode};
