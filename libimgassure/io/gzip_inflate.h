/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw deflate (RFC 1951) by whichever library was found, behind one table: zlib always, ISA-L when it is there. What
 * zlib accepts every engine accepts, with the same bytes and the same end; the tests and the fuzzer compare them. ISA-L
 * also accepts dynamic blocks whose code sets are incomplete but never use a missing code, which zlib calls malformed.
 */
#ifndef IA_IO_GZIP_INFLATE_H
#define IA_IO_GZIP_INFLATE_H

#include "base/alloc.h"
#include "base/cursor.h"

enum ia_inflate_result {
    IA_INFLATE_MORE = 0, /* the input is used up or the output is full */
    IA_INFLATE_END,      /* the final block is complete; in begins with what follows, after back */
    IA_INFLATE_BAD,      /* malformed data */
    IA_INFLATE_NOMEM
};

struct ia_inflate_step {
    struct ia_cursor *in; /* what was used is taken off the front */
    uint8_t *out;
    size_t room;     /* > 0 */
    size_t produced; /* <= room */
    uint8_t back[8]; /* at the end: bytes taken from in too many */
    size_t back_size;
};

struct ia_inflate_engine {
    const char *name;
    void *(*open)(const struct ia_alloc *alloc); /* NULL: no memory */
    void (*close)(void *state);
    void (*reset)(void *state); /* ready for the next stream */
    enum ia_inflate_result (*inflate)(void *state, struct ia_inflate_step *step);
    size_t (*held)(const void *state); /* whole bytes taken from in and not yet decoded */
    uint32_t (*crc32)(uint32_t crc, const uint8_t *data, size_t size);
};

extern const struct ia_inflate_engine ia_inflate_zlib;
extern const struct ia_inflate_engine ia_inflate_isal; /* defined with IA_HAVE_ISAL */

/* Best first; NULL ends it. */
extern const struct ia_inflate_engine *const ia_inflate_engines[];

#endif
