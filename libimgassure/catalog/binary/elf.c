/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header and both tables of an ELF file. A table that does not lie in the file, or is of another entry size than
 * the class has, is noted and then empty: what the other table says is still read.
 */
#include "catalog/binary/elf.h"

enum {
    CLASS_AT = 4,
    DATA_AT = 5,
    CLASS_32 = 1,
    CLASS_64 = 2,
    DATA_LITTLE = 1,
    DATA_BIG = 2,
    TYPE_AT = 16,
    MACHINE_AT = 18,
    HEADER_32 = 52,
    HEADER_64 = 64,
    SEGMENT_32 = 32,
    SEGMENT_64 = 56,
    SECTION_32 = 40,
    SECTION_64 = 64,
    COUNT_EXTENDED = 0xFFFF, /* PN_XNUM, SHN_XINDEX: the number lies in section 0 */
    COUNT_MOST = 65535
};

/* Where the fields of the header lie, by class. */
struct header_layout {
    uint64_t segments, sections; /* e_phoff, e_shoff */
    uint64_t counts;             /* e_phentsize; then e_phnum, e_shentsize, e_shnum, e_shstrndx */
    uint16_t segment_size, section_size;
};

static const struct header_layout layout_32 = {28, 32, 42, SEGMENT_32, SECTION_32};
static const struct header_layout layout_64 = {32, 40, 54, SEGMENT_64, SECTION_64};

static const struct header_layout *layout_of(const struct ia_elf *elf)
{
    return elf->wide ? &layout_64 : &layout_32;
}

bool ia_elf_segment(const struct ia_elf *elf, uint32_t index, struct ia_elf_segment *out)
{
    const struct ia_examined *x = elf->x;
    uint64_t at = elf->segments_at + (uint64_t)index * layout_of(elf)->segment_size;
    if (index >= elf->segment_count)
        return false;
    out->type = ia_examined_u32(x, at);
    out->flags = ia_examined_u32(x, at + (elf->wide ? 4 : 24));
    out->part.offset = ia_examined_word(x, at + (elf->wide ? 8 : 4), elf->wide);
    out->address = ia_examined_word(x, at + (elf->wide ? 16 : 8), elf->wide);
    out->part.size = ia_examined_word(x, at + (elf->wide ? 32 : 16), elf->wide);
    out->align = ia_examined_word(x, at + (elf->wide ? 48 : 28), elf->wide);
    return true;
}

static struct ia_str section_name(const struct ia_elf *elf, uint32_t name)
{
    if (name >= elf->names.size)
        return (struct ia_str){NULL, 0};
    return ia_examined_text(elf->x, (struct ia_extent){elf->names.offset + name, elf->names.size - name});
}

bool ia_elf_section(const struct ia_elf *elf, uint32_t index, struct ia_elf_section *out)
{
    const struct ia_examined *x = elf->x;
    uint64_t at = elf->sections_at + (uint64_t)index * layout_of(elf)->section_size;
    if (index >= elf->section_count)
        return false;
    out->name = section_name(elf, ia_examined_u32(x, at));
    out->type = ia_examined_u32(x, at + 4);
    out->flags = ia_examined_word(x, at + 8, elf->wide);
    out->address = ia_examined_word(x, at + (elf->wide ? 16 : 12), elf->wide);
    out->part.offset = ia_examined_word(x, at + (elf->wide ? 24 : 16), elf->wide);
    out->part.size = ia_examined_word(x, at + (elf->wide ? 32 : 20), elf->wide);
    out->link = ia_examined_u32(x, at + (elf->wide ? 40 : 24));
    out->align = ia_examined_word(x, at + (elf->wide ? 48 : 32), elf->wide);
    if (out->type == IA_ELF_SECTION_NOBITS || out->type == 0)
        out->part.size = 0;
    return true;
}

bool ia_elf_segment_of(const struct ia_elf *elf, enum ia_elf_segment_type type, struct ia_elf_segment *out)
{
    for (uint32_t i = 0; ia_elf_segment(elf, i, out); i++)
        if (out->type == (uint32_t)type)
            return true;
    return false;
}

bool ia_elf_section_of(const struct ia_elf *elf, enum ia_elf_section_type type, struct ia_elf_section *out)
{
    for (uint32_t i = 0; ia_elf_section(elf, i, out); i++)
        if (out->type == (uint32_t)type)
            return true;
    return false;
}

bool ia_elf_section_named(const struct ia_elf *elf, const char *name, struct ia_elf_section *out)
{
    for (uint32_t i = 0; ia_elf_section(elf, i, out); i++)
        if (ia_str_is(out->name, name))
            return true;
    return false;
}

bool ia_elf_mapped(const struct ia_elf *elf, uint64_t address, struct ia_extent *out)
{
    struct ia_elf_segment segment;
    for (uint32_t i = 0; ia_elf_segment(elf, i, &segment); i++) {
        if (segment.type != IA_ELF_LOAD || address < segment.address ||
            address - segment.address >= segment.part.size || !ia_examined_has(elf->x, segment.part))
            continue;
        uint64_t skip = address - segment.address;
        *out = (struct ia_extent){segment.part.offset + skip, segment.part.size - skip};
        return true;
    }
    return false;
}

/* ---- opening ---- */

struct header_counts {
    uint32_t segments, segment_size, sections, section_size, names;
};

/* Numbers that do not fit the header lie in the first section header. */
static struct header_counts read_counts(const struct ia_elf *elf)
{
    const struct ia_examined *x = elf->x;
    uint64_t at = layout_of(elf)->counts, first = elf->sections_at;
    struct header_counts counts = {
        .segment_size = ia_examined_u16(x, at),
        .segments = ia_examined_u16(x, at + 2),
        .section_size = ia_examined_u16(x, at + 4),
        .sections = ia_examined_u16(x, at + 6),
        .names = ia_examined_u16(x, at + 8),
    };
    if (first == 0 || !ia_examined_has(x, (struct ia_extent){first, layout_of(elf)->section_size}))
        return counts;
    if (counts.sections == 0) {
        uint64_t size = ia_examined_word(x, first + (elf->wide ? 32 : 20), elf->wide);
        counts.sections = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
    }
    if (counts.names == COUNT_EXTENDED)
        counts.names = ia_examined_u32(x, first + (elf->wide ? 40 : 24));
    if (counts.segments == COUNT_EXTENDED)
        counts.segments = ia_examined_u32(x, first + (elf->wide ? 44 : 28));
    return counts;
}

struct table {
    uint64_t at;
    uint32_t count, size, expected;
};

static const char *table_fault(const struct ia_examined *x, const struct table *table)
{
    if (table->count > COUNT_MOST)
        return "more than 65535 headers";
    if (table->size != table->expected)
        return "headers are of an unknown size";
    if (!ia_examined_has(x, (struct ia_extent){table->at, (uint64_t)table->count * table->size}))
        return "headers lie outside of the file";
    return NULL;
}

/* How many headers there are; 0 and a note when they cannot be read. */
static int read_table(struct ia_examined *x, const struct table *table, uint32_t *count)
{
    *count = 0;
    if (table->count == 0)
        return IMGA_OK;
    const char *fault = table_fault(x, table);
    if (fault)
        return ia_binary_fault(x, table->at, fault);
    *count = table->count;
    return IMGA_OK;
}

static int read_names(struct ia_elf *elf, uint32_t index)
{
    struct ia_elf_section names;
    if (elf->section_count == 0 || index == 0)
        return IMGA_OK;
    if (!ia_elf_section(elf, index, &names) || !ia_examined_has(elf->x, names.part) ||
        names.flags & IA_ELF_SECTION_COMPRESSED)
        return ia_binary_fault(elf->x, elf->sections_at, "the names of the sections cannot be read");
    elf->names = names.part;
    return IMGA_OK;
}

static int read_tables(struct ia_elf *elf)
{
    const struct header_layout *layout = layout_of(elf);
    struct ia_examined *x = elf->x;
    elf->segments_at = ia_examined_word(x, layout->segments, elf->wide);
    elf->sections_at = ia_examined_word(x, layout->sections, elf->wide);
    struct header_counts counts = read_counts(elf);
    struct table segments = {elf->segments_at, counts.segments, counts.segment_size, layout->segment_size};
    struct table sections = {elf->sections_at, counts.sections, counts.section_size, layout->section_size};
    IA_TRY(read_table(x, &segments, &elf->segment_count));
    IA_TRY(read_table(x, &sections, &elf->section_count));
    return read_names(elf, counts.names);
}

/* The first part that is not there tells of a truncated file; one note is enough. */
static int check_parts(const struct ia_elf *elf)
{
    struct ia_elf_segment segment;
    struct ia_elf_section section;
    for (uint32_t i = 0; ia_elf_segment(elf, i, &segment); i++)
        if (segment.type == IA_ELF_LOAD && !ia_examined_has(elf->x, segment.part))
            return ia_binary_fault(elf->x, segment.part.offset, "a segment lies outside of the file");
    for (uint32_t i = 0; ia_elf_section(elf, i, &section); i++)
        if (section.part.size && !ia_examined_has(elf->x, section.part))
            return ia_binary_fault(elf->x, section.part.offset, "a section lies outside of the file");
    return IMGA_OK;
}

/* Debug information that was split off keeps the headers of code that is not there. */
static bool is_detached(const struct ia_elf *elf)
{
    struct ia_elf_section section;
    bool absent = false;
    for (uint32_t i = 0; ia_elf_section(elf, i, &section); i++) {
        if (!(section.flags & IA_ELF_SECTION_EXECUTE))
            continue;
        if (section.type != IA_ELF_SECTION_NOBITS)
            return false;
        absent = true;
    }
    return absent;
}

static const char *header_fault(const struct ia_examined *x, uint8_t class, uint8_t data)
{
    if (class != CLASS_32 && class != CLASS_64)
        return "an ELF file of unknown class";
    if (data != DATA_LITTLE && data != DATA_BIG)
        return "an ELF file of unknown byte order";
    if (x->file.n < (class == CLASS_64 ? HEADER_64 : HEADER_32))
        return "the ELF header is truncated";
    return NULL;
}

int ia_elf_open(struct ia_examined *x, struct ia_elf *out)
{
    if (x->file.n <= DATA_AT)
        return ia_binary_fault(x, 0, "the ELF header is truncated");
    uint8_t class = x->file.p[CLASS_AT], data = x->file.p[DATA_AT];
    const char *fault = header_fault(x, class, data);
    if (fault)
        return ia_binary_fault(x, 0, fault);
    x->big = data == DATA_BIG;
    *out = (struct ia_elf){.x = x, .wide = class == CLASS_64};
    out->type = ia_examined_u16(x, TYPE_AT);
    out->machine = ia_examined_u16(x, MACHINE_AT);
    if (out->type == IA_ELF_REL || out->type == IA_ELF_CORE)
        return 0;
    if (out->type != IA_ELF_EXEC && out->type != IA_ELF_DYN)
        return ia_binary_fault(x, TYPE_AT, "an ELF file of unknown type");
    IA_TRY(read_tables(out));
    if (is_detached(out))
        return 0;
    IA_TRY(check_parts(out));
    return 1;
}
