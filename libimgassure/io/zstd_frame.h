/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content of a zstd frame by libzstd, behind one table of two engines. The one decodes block by block where the
 * bytes stay, the other lets libzstd keep the window and copy every byte out of it. The first rests on functions that
 * libzstd offers without promising to keep them: it is there only with a libzstd that is known to have them, at build
 * time and at run time. The tests and the fuzzer compare the two.
 */
#ifndef IA_IO_ZSTD_FRAME_H
#define IA_IO_ZSTD_FRAME_H

#include "io/compress_input.h"

/* Of a chunk; the largest block, RFC 8878 3.1.1.2. */
enum { IA_ZSTD_CHUNK = 128 * 1024 };

enum ia_zstd_result {
    IA_ZSTD_MORE = 0, /* the chunk has room */
    IA_ZSTD_FULL,     /* the frame goes on in another chunk */
    IA_ZSTD_END       /* of the frame */
};

struct ia_zstd_engine {
    const char *name;
    bool (*is_there)(void);
    /* Views stay valid as env->chunks_alive says. IMGA_E_NOMEM, IMGA_E_INTERNAL. */
    int (*open)(struct ia_env *env, void **state);
    void (*close)(void *state); /* NULL is fine */
    /* A frame with this window begins; the input is at its header. */
    int (*begin)(void *state, struct ia_env *env, uint64_t window);
    /* One step: appends to chunk, which has no bytes at first. enum ia_zstd_result or a status. */
    int (*decode)(void *state, struct ia_env *env, struct ia_input *input, struct ia_cursor *chunk);
};

extern const struct ia_zstd_engine ia_zstd_stream;
extern const struct ia_zstd_engine ia_zstd_blocks; /* defined with IA_HAVE_ZSTD_BLOCKS */

/* Best first; NULL ends it. Not all need be there. */
extern const struct ia_zstd_engine *const ia_zstd_engines[];
const struct ia_zstd_engine *ia_zstd_best(void);

/* An error at the place of the input. */
int ia_zstd_bad(const struct ia_input *input, struct ia_env *env, int status, const char *text);
int ia_zstd_cut(const struct ia_input *input, struct ia_env *env);
/* What libzstd's own error says. */
int ia_zstd_refused(const struct ia_input *input, struct ia_env *env, size_t result);

#endif
