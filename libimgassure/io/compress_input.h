/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input side of the decoders: a reader whose chunks are handed to a decoder as they are, with a look at the next
 * few bytes across chunk borders and a way to give read-ahead bytes back. Bytes are copied
 * only for that, and for whoever wants more in one piece than a chunk holds.
 */
#ifndef IA_IO_COMPRESS_INPUT_H
#define IA_IO_COMPRESS_INPUT_H

#include "base/reader.h"

enum { IA_INPUT_PEEK = 32 }; /* the longest look ahead */

struct ia_input {
    struct ia_alloc alloc;
    struct ia_reader *reader;
    struct ia_cursor in;    /* the next bytes; the decoder takes them off the front */
    struct ia_cursor later; /* the rest of the reader's chunk while in is a view of head */
    bool in_head;
    uint64_t fetched; /* bytes the reader handed out */
    uint8_t head[IA_INPUT_PEEK];
};

/* Takes reader over on success and on failure. */
int ia_input_new(struct ia_env *env, struct ia_reader *reader, struct ia_input **out);
void ia_input_free(struct ia_input *input); /* NULL is fine */

/* 1: in holds at least one byte; 0: the end; < 0: a status. */
int ia_input_fill(struct ia_input *input, struct ia_env *env);
/* A view of the next want <= IA_INPUT_PEEK bytes, without taking them; fewer only at the end. 0 or a status. */
int ia_input_peek(struct ia_input *input, struct ia_env *env, size_t want, struct ia_cursor *out);
/*
 * Takes the next size bytes and shows them in one piece: where they are, or copied to buffer, which has room for them.
 * 0 or a status, IMGA_E_TRUNCATED without message.
 */
int ia_input_gather(struct ia_input *input, struct ia_env *env, uint8_t *buffer, size_t size, struct ia_cursor *out);
/* Puts bytes that a decoder took back in front; false when there is no room for them. */
bool ia_input_unread(struct ia_input *input, const uint8_t *bytes, size_t size);
/* Takes size bytes, however many chunks they span; 0 or a status, IMGA_E_TRUNCATED without message. */
int ia_input_discard(struct ia_input *input, struct ia_env *env, uint64_t size);
/* As ia_reader.skip; only when the reader has it. */
int ia_input_skip(struct ia_input *input, struct ia_env *env, uint64_t size, uint64_t *skipped);
/* Offset of the first byte of in. */
uint64_t ia_input_offset(const struct ia_input *input);

#endif
