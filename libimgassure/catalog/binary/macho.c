/* SPDX-License-Identifier: Apache-2.0 */
/* Load commands are walked where they lie, at most 65,535; a command that does not fit ends the walk and is noted. */
#include "catalog/binary/macho.h"

#include "base/hex.h"

enum {
    HEADER_32 = 28,
    HEADER_64 = 32,
    COMMAND_HEADER = 8,
    COMMANDS_MOST = 65535,
    COMMAND_BYTES = 1 << 24,
    SECTIONS_MOST = 256,
    TYPE_EXECUTE = 2,
    TYPE_LIBRARY = 6,
    TYPE_LINKER = 7,
    TYPE_BUNDLE = 8,
    COMMAND_SEGMENT = 0x01,
    COMMAND_SYMBOLS = 0x02,
    COMMAND_LINKER = 0x0E,
    COMMAND_SEGMENT_64 = 0x19,
    COMMAND_UUID = 0x1B,
    UUID_SIZE = 16,
    NAME_SIZE = 16,
    FLAG_STACK_EXECUTION = 0x20000,
    FLAG_PIE = 0x200000,
    FAT_HEADER = 8,
    FAT_ENTRY = 20,
    FAT_ENTRY_64 = 32
};
static const uint32_t magic_32 = 0xFEEDFACE, magic_64 = 0xFEEDFACF, magic_fat = 0xCAFEBABE, magic_fat_64 = 0xCAFEBABF;

int ia_macho_slices(struct ia_examined *x, struct ia_extent out[IA_MACHO_SLICES], size_t *count)
{
    struct ia_examined fat = *x;
    fat.big = true;
    uint32_t magic = ia_examined_u32(&fat, 0), claimed = ia_examined_u32(&fat, 4);
    bool wide = magic == magic_fat_64;
    uint64_t size = wide ? FAT_ENTRY_64 : FAT_ENTRY;
    *count = 0;
    if ((magic != magic_fat && !wide) || claimed > IA_MACHO_SLICES)
        return 0;
    if (claimed == 0 || !ia_examined_has(x, (struct ia_extent){FAT_HEADER, claimed * size})) {
        IA_TRY(ia_binary_fault(x, 0, "the header of a fat file is truncated"));
        return 1;
    }
    for (; *count < claimed; (*count)++) {
        uint64_t at = FAT_HEADER + *count * size + 8;
        out[*count].offset = ia_examined_word(&fat, at, wide);
        out[*count].size = ia_examined_word(&fat, at + (wide ? 8 : 4), wide);
    }
    return 1;
}

/* A command at *next within the commands; moves *next behind it. */
static bool take_command(const struct ia_macho *macho, uint64_t *next, uint32_t *command, struct ia_extent *out)
{
    uint64_t at = macho->commands.offset + *next, left = macho->commands.size - *next;
    uint32_t size = ia_examined_u32(macho->x, at + 4);
    if (left < COMMAND_HEADER || size < COMMAND_HEADER || size > left)
        return false;
    *command = ia_examined_u32(macho->x, at);
    *out = (struct ia_extent){at, size};
    *next += size;
    return true;
}

static int check_commands(const struct ia_macho *macho)
{
    struct ia_macho_segment segment;
    struct ia_extent part;
    uint64_t next = 0;
    uint32_t command;
    for (uint32_t i = 0; i < macho->command_count; i++)
        if (!take_command(macho, &next, &command, &part))
            return ia_binary_fault(macho->x, macho->commands.offset + next, "a load command is malformed");
    for (next = 0; ia_macho_segment(macho, &next, &segment);)
        if (!ia_examined_has(macho->x, segment.part))
            return ia_binary_fault(macho->x, segment.part.offset, "a segment lies outside of the file");
    return IMGA_OK;
}

int ia_macho_open(struct ia_examined *x, struct ia_macho *out)
{
    uint32_t magic;
    x->big = false;
    magic = ia_examined_u32(x, 0);
    if (magic != magic_32 && magic != magic_64) {
        x->big = true;
        magic = ia_examined_u32(x, 0);
    }
    if (magic != magic_32 && magic != magic_64)
        return 0;
    uint64_t header = magic == magic_64 ? HEADER_64 : HEADER_32;
    if (x->file.n < header)
        return ia_binary_fault(x, 0, "the Mach-O header is truncated");
    *out = (struct ia_macho){.x = x, .wide = magic == magic_64};
    out->cpu = ia_examined_u32(x, 4);
    out->type = ia_examined_u32(x, 12);
    out->command_count = ia_examined_u32(x, 16);
    out->commands = (struct ia_extent){header, ia_examined_u32(x, 20)};
    out->flags = ia_examined_u32(x, 24);
    if (out->type != TYPE_EXECUTE && out->type != TYPE_LIBRARY && out->type != TYPE_BUNDLE && out->type != TYPE_LINKER)
        return 0;
    if (out->command_count > COMMANDS_MOST || out->commands.size > COMMAND_BYTES ||
        !ia_examined_has(x, out->commands)) {
        IA_TRY(ia_binary_fault(x, header, "the load commands lie outside of the file"));
        out->commands.size = out->command_count = 0;
    }
    IA_TRY(check_commands(out));
    return 1;
}

bool ia_macho_segment(const struct ia_macho *macho, uint64_t *next, struct ia_macho_segment *out)
{
    const struct ia_examined *x = macho->x;
    bool wide = macho->wide;
    struct ia_extent part;
    uint32_t command;
    while (take_command(macho, next, &command, &part)) {
        if (command != (wide ? COMMAND_SEGMENT_64 : COMMAND_SEGMENT) || part.size < (wide ? 72U : 56U))
            continue;
        uint64_t at = part.offset;
        out->name = ia_examined_text(x, (struct ia_extent){at + 8, NAME_SIZE});
        out->address = ia_examined_word(x, at + 24, wide);
        out->part.offset = ia_examined_word(x, at + (wide ? 40 : 32), wide);
        out->part.size = ia_examined_word(x, at + (wide ? 48 : 36), wide);
        out->protection = ia_examined_u32(x, at + (wide ? 60 : 44));
        out->section_count = ia_examined_u32(x, at + (wide ? 64 : 48));
        out->sections_at = at + (wide ? 72 : 56);
        uint64_t room = (part.size - (wide ? 72 : 56)) / (wide ? 80 : 68);
        if (out->section_count > room)
            out->section_count = (uint32_t)room;
        return true;
    }
    return false;
}

bool ia_macho_section_named(const struct ia_macho *macho, const char *name, struct ia_macho_section *out)
{
    const struct ia_examined *x = macho->x;
    struct ia_macho_segment segment;
    bool wide = macho->wide;
    for (uint64_t next = 0; ia_macho_segment(macho, &next, &segment);)
        for (uint32_t i = 0; i < segment.section_count && i < SECTIONS_MOST; i++) {
            uint64_t at = segment.sections_at + (uint64_t)i * (wide ? 80 : 68);
            out->name = ia_examined_text(x, (struct ia_extent){at, NAME_SIZE});
            if (!ia_str_is(out->name, name))
                continue;
            out->address = ia_examined_word(x, at + 32, wide);
            out->part.size = ia_examined_word(x, at + (wide ? 40 : 36), wide);
            out->part.offset = ia_examined_u32(x, at + (wide ? 48 : 40));
            return true;
        }
    return false;
}

bool ia_macho_mapped(const struct ia_macho *macho, uint64_t address, struct ia_extent *out)
{
    struct ia_macho_segment segment;
    for (uint64_t next = 0; ia_macho_segment(macho, &next, &segment);) {
        if (address < segment.address || address - segment.address >= segment.part.size ||
            !ia_examined_has(macho->x, segment.part))
            continue;
        uint64_t skip = address - segment.address;
        *out = (struct ia_extent){segment.part.offset + skip, segment.part.size - skip};
        return true;
    }
    return false;
}

struct ia_str ia_macho_architecture(const struct ia_macho *macho)
{
    switch (macho->cpu) {
    case 7:
        return IA_STR("386");
    case 0x01000007:
        return IA_STR("amd64");
    case 12:
        return IA_STR("arm");
    case 0x0100000C:
        return IA_STR("arm64");
    case 18:
        return IA_STR("ppc");
    case 0x01000012:
        return IA_STR("ppc64");
    default:
        return IA_STR("unknown");
    }
}

static void read_commands(const struct ia_macho *macho, struct ia_extent *uuid, struct ia_found_executable *out)
{
    struct ia_extent part;
    uint32_t command;
    for (uint64_t next = 0; take_command(macho, &next, &command, &part);) {
        if (command == COMMAND_UUID && part.size >= COMMAND_HEADER + UUID_SIZE)
            *uuid = (struct ia_extent){part.offset + COMMAND_HEADER, UUID_SIZE};
        if (command == COMMAND_SYMBOLS && ia_examined_u32(macho->x, part.offset + 12) > 0)
            out->flags &= ~(uint32_t)IA_EXECUTABLE_STRIPPED;
        if (command == COMMAND_LINKER && ia_examined_u32(macho->x, part.offset + 8) < part.size) {
            uint32_t skip = ia_examined_u32(macho->x, part.offset + 8);
            out->interpreter = ia_examined_text(macho->x, (struct ia_extent){part.offset + skip, part.size - skip});
        }
    }
}

int ia_macho_describe(const struct ia_macho *macho, struct ia_str architectures)
{
    struct ia_found_executable executable = {.format = IA_STR("mach-o"), .architecture = architectures};
    struct ia_extent uuid = {0, 0};
    char hex[2 * UUID_SIZE + 1];
    executable.flags = IA_EXECUTABLE_STRIPPED | (macho->type != TYPE_EXECUTE ? IA_EXECUTABLE_LIBRARY : 0U) |
                       (macho->flags & FLAG_PIE ? IA_EXECUTABLE_PIE : 0U) |
                       (macho->flags & FLAG_STACK_EXECUTION ? 0U : IA_EXECUTABLE_NX);
    read_commands(macho, &uuid, &executable);
    struct ia_cursor id = ia_examined_bytes(macho->x, uuid);
    ia_hex_encode(id.p, id.n, hex);
    executable.build_id = ia_str_from(hex);
    return ia_found_executable(macho->x->found, macho->x->env, &executable);
}
