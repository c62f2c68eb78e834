/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mach-O (loader.h and fat.h of Darwin): thin files of 32 and 64 bits in both byte orders, and fat ones, which hold one
 * for each architecture.
 */
#ifndef IA_CATALOG_BINARY_MACHO_H
#define IA_CATALOG_BINARY_MACHO_H

#include "catalog/binary/examined.h"

enum { IA_MACHO_SLICES = 16 };

struct ia_macho {
    struct ia_examined *x;
    bool wide;
    uint32_t cpu, type, flags;
    uint32_t command_count;
    struct ia_extent commands;
};

struct ia_macho_segment {
    struct ia_str name;
    uint32_t protection; /* initial; 2: writable */
    uint64_t address;
    struct ia_extent part;
    uint64_t sections_at; /* of the segment's own sections */
    uint32_t section_count;
};

struct ia_macho_section {
    struct ia_str name;
    uint64_t address;
    struct ia_extent part;
};

/*
 * 1: a fat file with *count slices; 0: none (a Java class begins with the same bytes); < 0: a status. A header that is
 * truncated has been noted.
 */
int ia_macho_slices(struct ia_examined *x, struct ia_extent out[IA_MACHO_SLICES], size_t *count);

/* 1: a program or library; 0: nothing, what is damaged has been noted; < 0: a status. */
int ia_macho_open(struct ia_examined *x, struct ia_macho *out);
/* The next segment from *next on (0 at first), which is then behind it. False: no more. */
bool ia_macho_segment(const struct ia_macho *macho, uint64_t *next, struct ia_macho_segment *out);
bool ia_macho_section_named(const struct ia_macho *macho, const char *name, struct ia_macho_section *out);
bool ia_macho_mapped(const struct ia_macho *macho, uint64_t address, struct ia_extent *out);

/* The architecture in OCI's words. */
struct ia_str ia_macho_architecture(const struct ia_macho *macho);
/* Reports the executable; architectures: those of a whole fat file. */
int ia_macho_describe(const struct ia_macho *macho, struct ia_str architectures);

#endif
