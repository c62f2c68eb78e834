/* SPDX-License-Identifier: Apache-2.0 */
/* Small executables, written byte by byte, in either byte order. */
#ifndef TEST_BYTES_H
#define TEST_BYTES_H

#include "base/buf.h"

enum { ELF_SECTIONS = 12, ELF_SEGMENTS = 6, ELF_ADDRESS = 0x10000 };

struct bytes {
    struct ia_buf buf;
    int big;
};

void bytes_open(struct bytes *b, int big);
void bytes_close(struct bytes *b);
struct ia_str bytes_view(const struct bytes *b);
void put(struct bytes *b, const void *data, size_t size);
void put_text(struct bytes *b, const char *text); /* with its NUL */
void put_number(struct bytes *b, uint64_t value, int size);
void put_zeros(struct bytes *b, size_t count);
void set_number(struct bytes *b, size_t at, uint64_t value, int size); /* over what is there */
/* UTF-16LE with a NUL, then zeros to a multiple of four */
void put_utf16(struct bytes *b, const char *text);

struct elf_section {
    const char *name;
    uint32_t type;
    uint64_t flags, address;
    uint32_t link;
    const void *data; /* NULL: size zeros */
    size_t size;
    uint64_t at; /* where it lies; set by elf_write() */
};

struct elf_segment {
    uint32_t type, flags;
    int section; /* whose bytes it maps; -1: the whole file, at ELF_ADDRESS */
    uint64_t address, align;
};

/* An ELF file: header, program headers, contents of the sections, their names, section headers. */
struct elf_file {
    int narrow, big; /* 32 bits; big-endian */
    uint16_t type, machine;
    struct elf_section sections[ELF_SECTIONS]; /* the first empty one ends them */
    struct elf_segment segments[ELF_SEGMENTS];
    int no_sections; /* leave the section headers out */
};

void elf_write(struct elf_file *file, struct bytes *out);

/* A note: name "GNU" and the like. */
void put_note(struct bytes *b, const char *name, uint32_t type, const void *desc, size_t size);
/* Go's build information with inline texts, and such a text with its marks. */
void put_go_inline(struct bytes *b, const char *version, const char *modules);

#endif
