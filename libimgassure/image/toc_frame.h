/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of contents behind the layers that lazy runtimes read: which one the end of a layer's blob leads to, and its
 * JSON. eStargz: a footer of 51 bytes (47 once), an empty gzip member whose extra field says where a member of its own
 * holds a tar of stargz.index.json. zstd:chunked: a footer of 64 bytes (40 once) in a skippable frame says where
 * another one holds the compressed JSON. Nothing of it is trusted; it is only there to be compared.
 */
#ifndef IA_IMAGE_TOC_FRAME_H
#define IA_IMAGE_TOC_FRAME_H

#include "image/image.h"

enum ia_toc_kind { IA_TOC_NONE = 0, IA_TOC_ESTARGZ, IA_TOC_CHUNKED };

extern const char ia_toc_name[]; /* "stargz.index.json" */

struct ia_toc_frame {
    enum ia_toc_kind kind; /* that the footer leads to; of a blob that is gone: that it could have led to */
    bool is_gone;          /* the blob came through a pipe: there is no footer to look at */
    bool promises_chunked; /* annotations of the descriptor */
    bool promises_any;
    uint64_t offset, size;     /* in the blob */
    uint64_t unpacked;         /* bytes of the JSON; UINT64_MAX: not said */
    struct ia_digest checksum; /* of the bytes at offset; algorithm 0: not said */
    struct ia_digest digest;   /* of the JSON; algorithm 0: not said */
    const char *trouble;       /* why it cannot be opened; NULL: nothing is known against it */
    uint64_t max;              /* set by who opens it: bytes of the JSON, and what that limit is called */
    const char *limit;
};

enum { IA_TOC_TAIL = 72 }; /* the longest footer */

/* What the last bytes of a blob of that size say; *out keeps what is not about the footer. */
void ia_toc_footer(struct ia_cursor tail, uint64_t size, struct ia_toc_frame *out);

/* Looks at the blob and the descriptor of a layer. Only what fails in the environment fails here. */
int ia_image_layer_toc(const struct ia_image *image, struct ia_env *env, size_t index, struct ia_toc_frame *out);

/*
 * The JSON that a frame without trouble leads to, of at most frame->max bytes; whoever pulls it to its end has both
 * digests verified. Errors are those of the decoders, of the walker, E_DIGEST, E_LIMIT.
 */
int ia_image_layer_toc_open(const struct ia_image *image, struct ia_env *env, size_t index,
                            const struct ia_toc_frame *frame, struct ia_reader **out);

#endif
