/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PE (Microsoft "PE Format" specification: COFF header, optional header, sections, resources). Programs for DOS that
 * have no PE header are nothing.
 */
#ifndef IA_CATALOG_BINARY_PE_H
#define IA_CATALOG_BINARY_PE_H

#include "catalog/binary/examined.h"

struct ia_pe {
    struct ia_examined *x;
    bool wide; /* PE32+ */
    uint16_t machine, characteristics, dll_characteristics;
    uint64_t base; /* preferred address of the image */
    uint64_t sections_at;
    uint32_t section_count;
    struct ia_extent resources, assembly; /* relative virtual addresses; .NET: the CLR header */
};

struct ia_pe_section {
    struct ia_str name;
    uint32_t flags;
    uint64_t address, size; /* relative to the image, in memory */
    struct ia_extent part;
};

/* 1: a PE file; 0: nothing, what is damaged has been noted; < 0: a status. */
int ia_pe_open(struct ia_examined *x, struct ia_pe *out);
bool ia_pe_section(const struct ia_pe *pe, uint32_t index, struct ia_pe_section *out); /* false past the end */
bool ia_pe_section_named(const struct ia_pe *pe, const char *name, struct ia_pe_section *out);
/* Where a relative virtual address lies in the file, up to the end of its section. */
bool ia_pe_mapped(const struct ia_pe *pe, uint64_t address, struct ia_extent *out);

int ia_pe_describe(const struct ia_pe *pe); /* ia_found_executable */
/*
 * The version resource: a package of type "nuget" when the file is a .NET assembly, else "generic", how "pe-version".
 * Fields: product-version, file-version, product-name, pe-assembly.
 */
int ia_pe_version(const struct ia_pe *pe);

#endif
