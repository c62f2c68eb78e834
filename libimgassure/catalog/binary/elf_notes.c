/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes lie in PT_NOTE segments, in SHT_NOTE sections, or in both, which are then read twice: what was found first
 * stays. 65,536 notes and properties are looked at in one file.
 */
#include "catalog/binary/elf.h"

enum {
    NOTE_HEADER = 12,
    NOTES_MOST = 65536,
    GNU_BUILD_ID = 3,
    GNU_PROPERTIES = 5,
    BUILD_ID_MOST = 64,
    MACHINE_386 = 3,
    MACHINE_X86_64 = 62,
    MACHINE_AARCH64 = 183,
    BOTH_FEATURES = 3 /* IBT and SHSTK; BTI and PAC */
};
static const uint32_t fdo_package = 0xCAFE1A7E;
static const uint32_t x86_features = 0xC0000002;
static const uint32_t aarch64_features = 0xC0000000;

struct note {
    uint32_t type;
    struct ia_str name;    /* without its NUL */
    struct ia_extent text; /* the descriptor */
};

struct note_walk {
    const struct ia_elf *elf;
    struct ia_elf_notes *notes;
    unsigned left; /* notes and properties still looked at */
};

static uint64_t aligned(uint64_t value, uint64_t align)
{
    return (value + align - 1) / align * align;
}

/* Takes the note at the front of *rest; false when it is longer than what is left. Sizes have 32 bits: no sum wraps. */
static bool take_note(const struct ia_elf *elf, struct ia_extent *rest, uint64_t align, struct note *out)
{
    uint64_t name = ia_examined_u32(elf->x, rest->offset), text = ia_examined_u32(elf->x, rest->offset + 4);
    uint64_t text_at = aligned(NOTE_HEADER + name, align), end = text_at + text;
    if (rest->size < NOTE_HEADER || end > rest->size)
        return false;
    out->type = ia_examined_u32(elf->x, rest->offset + 8);
    out->name = ia_examined_text(elf->x, (struct ia_extent){rest->offset + NOTE_HEADER, name});
    out->text = (struct ia_extent){rest->offset + text_at, text};
    uint64_t taken = aligned(end, align);
    if (taken > rest->size)
        taken = rest->size;
    *rest = (struct ia_extent){rest->offset + taken, rest->size - taken};
    return true;
}

static bool is_guard(const struct ia_elf *elf, uint32_t property)
{
    if (elf->machine == MACHINE_X86_64 || elf->machine == MACHINE_386)
        return property == x86_features;
    return elf->machine == MACHINE_AARCH64 && property == aarch64_features;
}

static int read_properties(struct note_walk *walk, struct ia_extent rest)
{
    const struct ia_elf *elf = walk->elf;
    while (rest.size >= 8 && walk->left) {
        walk->left--; /* many notes may be the same bytes */
        uint32_t property = ia_examined_u32(elf->x, rest.offset), size = ia_examined_u32(elf->x, rest.offset + 4);
        uint64_t taken = aligned(8 + (uint64_t)size, elf->wide ? 8 : 4);
        if (taken > rest.size)
            return ia_binary_fault(elf->x, rest.offset, "a GNU property is longer than its note");
        if (size >= 4 && is_guard(elf, property))
            walk->notes->guarded = (ia_examined_u32(elf->x, rest.offset + 8) & BOTH_FEATURES) == BOTH_FEATURES;
        rest = (struct ia_extent){rest.offset + taken, rest.size - taken};
    }
    return IMGA_OK;
}

static int read_note(struct note_walk *walk, const struct note *note)
{
    struct ia_elf_notes *notes = walk->notes;
    if (ia_str_is(note->name, "FDO") && note->type == fdo_package && notes->package.size == 0)
        notes->package = note->text;
    if (!ia_str_is(note->name, "GNU"))
        return IMGA_OK;
    if (note->type == GNU_PROPERTIES)
        return read_properties(walk, note->text);
    if (note->type != GNU_BUILD_ID || notes->build_id.size)
        return IMGA_OK;
    if (note->text.size > BUILD_ID_MOST)
        return ia_binary_fault(walk->elf->x, note->text.offset, "a build id of more than 64 bytes");
    notes->build_id = note->text;
    return IMGA_OK;
}

static bool is_blank(const struct ia_examined *x, struct ia_extent part)
{
    struct ia_cursor bytes = ia_examined_bytes(x, part);
    for (size_t i = 0; i < bytes.n; i++)
        if (bytes.p[i] != 0)
            return false;
    return true;
}

static int read_notes(struct note_walk *walk, struct ia_extent part, uint64_t align)
{
    struct note note;
    if (!ia_examined_has(walk->elf->x, part))
        return ia_binary_fault(walk->elf->x, part.offset, "notes lie outside of the file");
    while (part.size >= NOTE_HEADER && walk->left) {
        walk->left--;
        if (!take_note(walk->elf, &part, align == 8 ? 8 : 4, &note))
            return ia_binary_fault(walk->elf->x, part.offset, "a note is longer than its section");
        IA_TRY(read_note(walk, &note));
    }
    if (walk->left && part.size && !is_blank(walk->elf->x, part))
        return ia_binary_fault(walk->elf->x, part.offset, "a note is truncated");
    return IMGA_OK;
}

int ia_elf_notes(const struct ia_elf *elf, struct ia_elf_notes *out)
{
    struct note_walk walk = {elf, out, NOTES_MOST};
    struct ia_elf_segment segment;
    struct ia_elf_section section;
    *out = (struct ia_elf_notes){0};
    for (uint32_t i = 0; walk.left && ia_elf_segment(elf, i, &segment); i++)
        if (segment.type == IA_ELF_NOTE)
            IA_TRY(read_notes(&walk, segment.part, segment.align));
    for (uint32_t i = 0; walk.left && ia_elf_section(elf, i, &section); i++) {
        if (section.type != IA_ELF_SECTION_NOTE)
            continue;
        if (section.flags & IA_ELF_SECTION_COMPRESSED)
            IA_TRY(ia_binary_fault(elf->x, section.part.offset, "a compressed section of notes"));
        else
            IA_TRY(read_notes(&walk, section.part, section.align));
    }
    return walk.left ? IMGA_OK : ia_binary_fault(elf->x, 0, "more than 65536 notes and properties");
}
