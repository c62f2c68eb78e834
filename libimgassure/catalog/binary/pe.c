/* SPDX-License-Identifier: Apache-2.0 */
/* The headers of a PE file, read where they lie; at most 96 sections, as the loader allows. */
#include "catalog/binary/pe.h"

#include <stdio.h>

enum {
    DOS_HEADER = 64,
    RELOCATIONS_AT = 0x18, /* in a program for DOS alone they lie where others say where the new header is */
    NEW_HEADER_AT = 0x3C,
    COFF_SIZE = 24, /* with the signature */
    SECTION_SIZE = 40,
    SECTIONS_MOST = 96,
    NAME_SIZE = 8,
    MAGIC_32 = 0x10B,
    MAGIC_64 = 0x20B,
    DIRECTORY_RESOURCES = 2,
    DIRECTORY_ASSEMBLY = 14,
    IS_LIBRARY = 0x2000,
    IS_STRIPPED = 0x0008, /* symbols */
    DLL_DYNAMIC_BASE = 0x0040,
    DLL_NX = 0x0100,
    MACHINE_TEXT = 24
};
static const uint32_t signature = 0x00004550; /* "PE\0\0" */

static struct ia_extent directory(const struct ia_examined *x, uint64_t optional, bool wide, uint32_t index)
{
    uint64_t at = optional + (wide ? 112 : 96) + 8 * (uint64_t)index;
    if (index >= ia_examined_u32(x, optional + (wide ? 108 : 92)))
        return (struct ia_extent){0, 0};
    return (struct ia_extent){ia_examined_u32(x, at), ia_examined_u32(x, at + 4)};
}

static int read_optional(struct ia_pe *pe, uint64_t at, uint32_t size)
{
    const struct ia_examined *x = pe->x;
    uint16_t kind = ia_examined_u16(x, at);
    pe->wide = kind == MAGIC_64;
    if ((kind != MAGIC_32 && kind != MAGIC_64) || size < (pe->wide ? 112U : 96U) ||
        !ia_examined_has(x, (struct ia_extent){at, size}))
        return ia_binary_fault(pe->x, at, "the optional header of a PE file is malformed");
    pe->base = pe->wide ? ia_examined_u64(x, at + 24) : ia_examined_u32(x, at + 28);
    pe->dll_characteristics = ia_examined_u16(x, at + 70);
    pe->resources = directory(x, at, pe->wide, DIRECTORY_RESOURCES);
    pe->assembly = directory(x, at, pe->wide, DIRECTORY_ASSEMBLY);
    return IMGA_OK;
}

static int read_sections(struct ia_pe *pe, uint64_t at, uint32_t count)
{
    struct ia_pe_section section;
    if (count > SECTIONS_MOST)
        return ia_binary_fault(pe->x, at, "a PE file of more than 96 sections");
    if (!ia_examined_has(pe->x, (struct ia_extent){at, (uint64_t)count * SECTION_SIZE}))
        return ia_binary_fault(pe->x, at, "the sections of a PE file lie outside of the file");
    pe->sections_at = at;
    pe->section_count = count;
    for (uint32_t i = 0; ia_pe_section(pe, i, &section); i++)
        if (!ia_examined_has(pe->x, section.part))
            return ia_binary_fault(pe->x, section.part.offset, "a section lies outside of the file");
    return IMGA_OK;
}

int ia_pe_open(struct ia_examined *x, struct ia_pe *out)
{
    uint64_t at = ia_examined_u32(x, NEW_HEADER_AT);
    *out = (struct ia_pe){.x = x};
    if (!ia_examined_has(x, (struct ia_extent){0, DOS_HEADER}))
        return ia_binary_fault(x, 0, "the DOS header is truncated");
    if (!ia_examined_has(x, (struct ia_extent){at, COFF_SIZE}))
        return ia_examined_u16(x, RELOCATIONS_AT) < DOS_HEADER ? 0
                                                               : ia_binary_fault(x, at, "the PE header is truncated");
    if (ia_examined_u32(x, at) != signature)
        return 0;
    uint32_t count = ia_examined_u16(x, at + 6), size = ia_examined_u16(x, at + 20);
    out->machine = ia_examined_u16(x, at + 4);
    out->characteristics = ia_examined_u16(x, at + 22);
    if (size == 0) /* an object file */
        return 0;
    IA_TRY(read_optional(out, at + COFF_SIZE, size));
    IA_TRY(read_sections(out, at + COFF_SIZE + size, count));
    return 1;
}

bool ia_pe_section(const struct ia_pe *pe, uint32_t index, struct ia_pe_section *out)
{
    const struct ia_examined *x = pe->x;
    uint64_t at = pe->sections_at + (uint64_t)index * SECTION_SIZE;
    if (index >= pe->section_count)
        return false;
    out->name = ia_examined_text(x, (struct ia_extent){at, NAME_SIZE});
    out->size = ia_examined_u32(x, at + 8);
    out->address = ia_examined_u32(x, at + 12);
    out->part = (struct ia_extent){ia_examined_u32(x, at + 20), ia_examined_u32(x, at + 16)};
    out->flags = ia_examined_u32(x, at + 36);
    return true;
}

bool ia_pe_section_named(const struct ia_pe *pe, const char *name, struct ia_pe_section *out)
{
    for (uint32_t i = 0; ia_pe_section(pe, i, out); i++)
        if (ia_str_is(out->name, name))
            return true;
    return false;
}

bool ia_pe_mapped(const struct ia_pe *pe, uint64_t address, struct ia_extent *out)
{
    struct ia_pe_section section;
    for (uint32_t i = 0; ia_pe_section(pe, i, &section); i++) {
        if (address < section.address || address - section.address >= section.part.size ||
            !ia_examined_has(pe->x, section.part))
            continue;
        uint64_t skip = address - section.address;
        *out = (struct ia_extent){section.part.offset + skip, section.part.size - skip};
        return true;
    }
    return false;
}

static const char *machine_words(uint16_t machine, char unknown[MACHINE_TEXT])
{
    switch (machine) {
    case 0x014C:
        return "386";
    case 0x8664:
        return "amd64";
    case 0x01C0:
    case 0x01C4:
        return "arm";
    case 0xAA64:
        return "arm64";
    case 0x5064:
        return "riscv64";
    case 0x6264:
        return "loong64";
    default:
        snprintf(unknown, MACHINE_TEXT, "pe-machine-%u", machine);
        return unknown;
    }
}

int ia_pe_describe(const struct ia_pe *pe)
{
    char unknown[MACHINE_TEXT];
    struct ia_found_executable executable = {.format = IA_STR("pe")};
    executable.architecture = ia_str_from(machine_words(pe->machine, unknown));
    executable.flags = (pe->characteristics & IS_LIBRARY ? IA_EXECUTABLE_LIBRARY : 0U) |
                       (pe->characteristics & IS_STRIPPED ? IA_EXECUTABLE_STRIPPED : 0U) |
                       (pe->dll_characteristics & DLL_DYNAMIC_BASE ? IA_EXECUTABLE_PIE : 0U) |
                       (pe->dll_characteristics & DLL_NX ? IA_EXECUTABLE_NX : 0U);
    return ia_found_executable(pe->x->found, pe->x->env, &executable);
}
