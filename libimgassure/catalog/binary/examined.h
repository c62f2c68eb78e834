/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file that is being looked at, its numbers in the byte order it was written in, and where what is found goes. What
 * is damaged is a note with its offset; after 16 of them one file has said enough, and the last says so.
 */
#ifndef IA_CATALOG_BINARY_EXAMINED_H
#define IA_CATALOG_BINARY_EXAMINED_H

#include "catalog/analyser.h"

enum { IA_BINARY_FAULTS = 16 };

struct ia_examined {
    struct ia_cursor file; /* whole, or the slice of a fat one */
    uint64_t start;        /* of the slice in the file: offsets in notes count from the file's first byte */
    bool big;              /* numbers begin with the most significant byte */
    struct ia_env *env;
    struct ia_found *found;
    unsigned faults;
};

/* A part of the file. */
struct ia_extent {
    uint64_t offset, size;
};

/* Notes IMGA_NOTE_BINARY with a static sentence. IMGA_OK, or what ia_found_note() answers. */
int ia_binary_fault(struct ia_examined *x, uint64_t offset, const char *text) IA_MUST_USE;

/*
 * For a reader of a document inside: a status of damaged or excessive input becomes a fault, and the error is
 * forgotten; memory and cancelling pass.
 */
int ia_binary_forgive(struct ia_examined *x, int status, uint64_t offset, const char *text) IA_MUST_USE;

bool ia_examined_has(const struct ia_examined *x, struct ia_extent part);
/* The bytes; empty when they do not lie in the file. */
struct ia_cursor ia_examined_bytes(const struct ia_examined *x, struct ia_extent part);
/* Up to a NUL or the end of the part, at most 4096 bytes. */
struct ia_str ia_examined_text(const struct ia_examined *x, struct ia_extent part);

/* Numbers; 0 where the file has ended. Whoever cares asks ia_examined_has() for the whole record first. */
uint16_t ia_examined_u16(const struct ia_examined *x, uint64_t offset);
uint32_t ia_examined_u32(const struct ia_examined *x, uint64_t offset);
uint64_t ia_examined_u64(const struct ia_examined *x, uint64_t offset);
/* 64 bits when wide, else 32. */
uint64_t ia_examined_word(const struct ia_examined *x, uint64_t offset, bool wide);

#endif
