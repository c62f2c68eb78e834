/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ELF (System V gABI, chapters 4 and 5; GNU and AArch64 supplements for notes and properties): 32 and 64 bits, both
 * byte orders. Headers are read where they lie, nothing is copied, at most 65,535 of each kind.
 */
#ifndef IA_CATALOG_BINARY_ELF_H
#define IA_CATALOG_BINARY_ELF_H

#include "catalog/binary/examined.h"

enum ia_elf_type { IA_ELF_REL = 1, IA_ELF_EXEC = 2, IA_ELF_DYN = 3, IA_ELF_CORE = 4 };

enum ia_elf_segment_type {
    IA_ELF_LOAD = 1,
    IA_ELF_DYNAMIC = 2,
    IA_ELF_INTERP = 3,
    IA_ELF_NOTE = 4,
    IA_ELF_GNU_STACK = 0x6474E551,
    IA_ELF_GNU_RELRO = 0x6474E552
};

enum { IA_ELF_EXECUTE = 1, IA_ELF_WRITE = 2 }; /* flags of a segment */

enum ia_elf_section_type {
    IA_ELF_SECTION_PROGBITS = 1,
    IA_ELF_SECTION_SYMTAB = 2,
    IA_ELF_SECTION_DYNAMIC = 6,
    IA_ELF_SECTION_NOTE = 7,
    IA_ELF_SECTION_NOBITS = 8,
    IA_ELF_SECTION_DYNSYM = 11
};

enum { IA_ELF_SECTION_EXECUTE = 4, IA_ELF_SECTION_COMPRESSED = 0x800 }; /* flags of a section */

struct ia_elf {
    struct ia_examined *x;
    bool wide; /* ELF64 */
    uint16_t type, machine;
    uint64_t segments_at, sections_at;
    uint32_t segment_count, section_count; /* 0 when the table is damaged, which has been noted */
    struct ia_extent names;                /* of the sections */
};

struct ia_elf_segment {
    uint32_t type, flags;
    uint64_t address;
    uint64_t align;
    struct ia_extent part;
};

struct ia_elf_section {
    struct ia_str name;
    uint32_t type;
    uint32_t link;
    uint64_t flags, address, align;
    struct ia_extent part; /* empty for SHT_NOBITS */
};

/* 1: a program or a library; 0: nothing to look at further, what is damaged has been noted; < 0: a status. */
int ia_elf_open(struct ia_examined *x, struct ia_elf *out);

/* False past the end. */
bool ia_elf_segment(const struct ia_elf *elf, uint32_t index, struct ia_elf_segment *out);
bool ia_elf_section(const struct ia_elf *elf, uint32_t index, struct ia_elf_section *out);
/* The first of that type, or of that name. */
bool ia_elf_segment_of(const struct ia_elf *elf, enum ia_elf_segment_type type, struct ia_elf_segment *out);
bool ia_elf_section_of(const struct ia_elf *elf, enum ia_elf_section_type type, struct ia_elf_section *out);
bool ia_elf_section_named(const struct ia_elf *elf, const char *name, struct ia_elf_section *out);
/* The part of the file that is mapped at address, up to the end of its segment. */
bool ia_elf_mapped(const struct ia_elf *elf, uint64_t address, struct ia_extent *out);

/* What the makers wrote about the file: build id, hardening properties, package notes. */
struct ia_elf_notes {
    struct ia_extent build_id;
    bool guarded;             /* IBT and SHSTK, or BTI and PAC */
    struct ia_extent package; /* JSON of the first .note.package */
};

int ia_elf_notes(const struct ia_elf *elf, struct ia_elf_notes *out); /* IMGA_OK or a status */

/* Reports the executable (ia_found_executable). */
int ia_elf_describe(const struct ia_elf *elf, const struct ia_elf_notes *notes);

#endif
