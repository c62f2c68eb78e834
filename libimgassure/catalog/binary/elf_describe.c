/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an ELF file is: architecture in OCI's words (GOARCH), build id, interpreter, and how it was hardened. CANARY and
 * FORTIFY are read off the symbols that it asks other libraries for; in a static program off those it holds, while it
 * still has names. A stripped static program shows neither.
 */
#include "catalog/binary/elf.h"

#include "base/hex.h"

#include <stdio.h>

enum {
    DYNAMIC_MOST = 65536, /* entries */
    SYMBOLS_MOST = 1 << 22,
    SYMBOL_TEXT = 64, /* of the names that are looked for, and a NUL */
    BUILD_ID_MOST = 64,
    MACHINE_TEXT = 24
};

enum dynamic_tag {
    TAG_END = 0,
    TAG_NEEDED = 1,
    TAG_STRTAB = 5,
    TAG_SYMTAB = 6,
    TAG_SONAME = 14,
    TAG_BIND_NOW = 24,
    TAG_FLAGS = 30,
    TAG_FLAGS_1 = 0x6FFFFFFB
};

enum { FLAGS_BIND_NOW = 8, FLAGS_1_NOW = 1 };
static const uint64_t flags_1_pie = 0x08000000;

/* ---- architecture ---- */

struct machine {
    uint16_t number;
    const char *words[4]; /* 32 bits little, 32 big, 64 little, 64 big; NULL: the one before */
};

static const struct machine machines[] = {
    {2, {"sparc"}},
    {3, {"386"}},
    {4, {"m68k"}},
    {8, {"mipsle", "mips", "mips64le", "mips64"}},
    {15, {"hppa"}},
    {18, {"sparc"}},
    {20, {"ppc"}},
    {21, {"ppc64le", "ppc64", "ppc64le", "ppc64"}},
    {22, {"s390", "s390", "s390x", "s390x"}},
    {40, {"arm", "armbe"}},
    {42, {"sh4"}},
    {43, {"sparc64"}},
    {50, {"ia64"}},
    {62, {"amd64p32", NULL, "amd64", NULL}},
    {183, {"arm64", "arm64be", "arm64", "arm64be"}},
    {243, {"riscv", NULL, "riscv64", NULL}},
    {258, {"loong32", NULL, "loong64", NULL}},
    {0x9026, {"alpha"}},
};

static const char *machine_words(const struct ia_elf *elf, char unknown[MACHINE_TEXT])
{
    size_t class = elf->wide ? 2 : 0, order = elf->x->big ? 1 : 0;
    for (size_t i = 0; i < IA_COUNT(machines); i++) {
        const char *const *words = machines[i].words;
        if (machines[i].number == elf->machine)
            return words[class + order] ? words[class + order] : words[class] ? words[class] : words[0];
    }
    snprintf(unknown, MACHINE_TEXT, "elf-machine-%u", elf->machine);
    return unknown;
}

/* ---- the dynamic section ---- */

struct dynamic {
    bool there, needed, soname, now, pie;
    uint64_t strings, symbols; /* addresses */
};

static void read_entry(struct dynamic *dynamic, uint64_t tag, uint64_t value)
{
    switch (tag) {
    case TAG_NEEDED:
        dynamic->needed = true;
        break;
    case TAG_SONAME:
        dynamic->soname = true;
        break;
    case TAG_STRTAB:
        dynamic->strings = value;
        break;
    case TAG_SYMTAB:
        dynamic->symbols = value;
        break;
    case TAG_BIND_NOW:
        dynamic->now = true;
        break;
    case TAG_FLAGS:
        dynamic->now |= (value & FLAGS_BIND_NOW) != 0;
        break;
    case TAG_FLAGS_1:
        dynamic->now |= (value & FLAGS_1_NOW) != 0;
        dynamic->pie |= (value & flags_1_pie) != 0;
        break;
    default:
        break;
    }
}

static bool find_dynamic(const struct ia_elf *elf, struct ia_extent *out)
{
    struct ia_elf_segment segment;
    struct ia_elf_section section;
    if (ia_elf_segment_of(elf, IA_ELF_DYNAMIC, &segment)) {
        *out = segment.part;
        return true;
    }
    if (!ia_elf_section_of(elf, IA_ELF_SECTION_DYNAMIC, &section))
        return false;
    *out = section.part;
    return true;
}

static int read_dynamic(const struct ia_elf *elf, struct dynamic *out)
{
    struct ia_extent part;
    uint64_t word = elf->wide ? 8 : 4;
    *out = (struct dynamic){0};
    if (!find_dynamic(elf, &part))
        return IMGA_OK;
    out->there = true;
    if (!ia_examined_has(elf->x, part))
        return ia_binary_fault(elf->x, part.offset, "the dynamic section lies outside of the file");
    for (uint64_t i = 0; i < part.size / (2 * word); i++) {
        uint64_t at = part.offset + i * 2 * word;
        uint64_t tag = ia_examined_word(elf->x, at, elf->wide);
        if (tag == TAG_END)
            return IMGA_OK;
        if (i >= DYNAMIC_MOST)
            return ia_binary_fault(elf->x, at, "more than 65536 dynamic entries");
        read_entry(out, tag, ia_examined_word(elf->x, at + word, elf->wide));
    }
    return IMGA_OK;
}

/* ---- symbols ---- */

struct symbols {
    struct ia_extent table, strings;
    bool defined; /* those that the file defines count, too */
};

static bool symbols_of_section(const struct ia_elf *elf, enum ia_elf_section_type type, struct symbols *out)
{
    struct ia_elf_section table, strings;
    if (!ia_elf_section_of(elf, type, &table) || !ia_elf_section(elf, table.link, &strings))
        return false;
    out->table = table.part;
    out->strings = strings.part;
    return true;
}

/* Without sections the table's length is written nowhere plainly; link editors put the strings behind it. */
static bool symbols_of_segment(const struct ia_elf *elf, const struct dynamic *dynamic, struct symbols *out)
{
    if (dynamic->symbols == 0 || dynamic->strings <= dynamic->symbols ||
        !ia_elf_mapped(elf, dynamic->symbols, &out->table) || !ia_elf_mapped(elf, dynamic->strings, &out->strings))
        return false;
    uint64_t size = dynamic->strings - dynamic->symbols;
    if (out->table.size > size)
        out->table.size = size;
    return true;
}

static bool find_symbols(const struct ia_elf *elf, const struct dynamic *dynamic, bool is_static, struct symbols *out)
{
    *out = (struct symbols){.defined = is_static};
    if (is_static)
        return symbols_of_section(elf, IA_ELF_SECTION_SYMTAB, out);
    return symbols_of_section(elf, IA_ELF_SECTION_DYNSYM, out) || symbols_of_segment(elf, dynamic, out);
}

static uint32_t flag_of_name(struct ia_str name)
{
    if (ia_str_is(name, "__stack_chk_fail") || ia_str_is(name, "__stack_chk_guard") ||
        ia_str_is(name, "__stack_chk_fail_local") || ia_str_is(name, "__stack_smash_handler"))
        return IA_EXECUTABLE_CANARY;
    if (name.n > 6 && ia_str_starts(name, IA_STR("__")) && ia_str_ends(name, IA_STR("_chk")))
        return IA_EXECUTABLE_FORTIFY;
    return 0;
}

static uint32_t flags_of_symbols(const struct ia_elf *elf, const struct symbols *symbols)
{
    const uint32_t all = IA_EXECUTABLE_CANARY | IA_EXECUTABLE_FORTIFY;
    uint64_t size = elf->wide ? 24 : 16, section_at = elf->wide ? 6 : 14, count = symbols->table.size / size;
    uint32_t flags = 0;
    if (!ia_examined_has(elf->x, symbols->table) || !ia_examined_has(elf->x, symbols->strings))
        return 0;
    for (uint64_t i = 0; i < count && i < SYMBOLS_MOST && flags != all; i++) {
        uint64_t at = symbols->table.offset + i * size, name = ia_examined_u32(elf->x, at);
        bool defined = ia_examined_u16(elf->x, at + section_at) != 0;
        if (name == 0 || name >= symbols->strings.size || (defined && !symbols->defined))
            continue;
        uint64_t left = symbols->strings.size - name;
        struct ia_extent text = {symbols->strings.offset + name, left < SYMBOL_TEXT ? left : SYMBOL_TEXT};
        flags |= flag_of_name(ia_examined_text(elf->x, text));
    }
    return flags;
}

/* ---- all together ---- */

static struct ia_str interpreter_of(const struct ia_elf *elf)
{
    struct ia_elf_segment segment;
    struct ia_elf_section section;
    if (ia_elf_segment_of(elf, IA_ELF_INTERP, &segment))
        return ia_examined_text(elf->x, segment.part);
    if (elf->segment_count == 0 && ia_elf_section_named(elf, ".interp", &section))
        return ia_examined_text(elf->x, section.part);
    return (struct ia_str){NULL, 0};
}

/* Whether it is a program is clear of ET_EXEC; of the rest, what says so, what has a library's name, what can start. */
static bool is_library(const struct ia_elf *elf, const struct dynamic *dynamic, struct ia_str interpreter)
{
    if (elf->type == IA_ELF_EXEC || dynamic->pie)
        return false;
    return dynamic->soname || interpreter.n == 0;
}

static uint32_t flags_of_shape(const struct ia_elf *elf, const struct dynamic *dynamic, struct ia_str interpreter)
{
    struct ia_elf_section symbols;
    uint32_t flags = 0;
    if (is_library(elf, dynamic, interpreter))
        flags |= IA_EXECUTABLE_LIBRARY;
    else if (interpreter.n == 0 && !dynamic->needed)
        flags |= IA_EXECUTABLE_STATIC;
    if (elf->type == IA_ELF_DYN && !(flags & IA_EXECUTABLE_LIBRARY))
        flags |= IA_EXECUTABLE_PIE;
    if (!ia_elf_section_of(elf, IA_ELF_SECTION_SYMTAB, &symbols))
        flags |= IA_EXECUTABLE_STRIPPED;
    return flags;
}

static uint32_t flags_of_segments(const struct ia_elf *elf)
{
    struct ia_elf_segment segment;
    uint32_t flags = 0;
    if (ia_elf_segment_of(elf, IA_ELF_GNU_RELRO, &segment))
        flags |= IA_EXECUTABLE_RELRO;
    if (ia_elf_segment_of(elf, IA_ELF_GNU_STACK, &segment) && !(segment.flags & IA_ELF_EXECUTE))
        flags |= IA_EXECUTABLE_NX;
    return flags;
}

int ia_elf_describe(const struct ia_elf *elf, const struct ia_elf_notes *notes)
{
    struct ia_found_executable executable = {.format = IA_STR("elf"), .interpreter = interpreter_of(elf)};
    struct ia_cursor id = ia_examined_bytes(elf->x, notes->build_id);
    char unknown[MACHINE_TEXT], hex[2 * BUILD_ID_MOST + 1];
    struct dynamic dynamic;
    struct symbols symbols;
    IA_TRY(read_dynamic(elf, &dynamic));
    executable.flags = flags_of_shape(elf, &dynamic, executable.interpreter) | flags_of_segments(elf);
    executable.flags |= (dynamic.now ? IA_EXECUTABLE_NOW : 0U) | (notes->guarded ? IA_EXECUTABLE_CET : 0U);
    if (find_symbols(elf, &dynamic, (executable.flags & IA_EXECUTABLE_STATIC) != 0, &symbols))
        executable.flags |= flags_of_symbols(elf, &symbols);
    ia_hex_encode(id.p, id.n <= BUILD_ID_MOST ? id.n : BUILD_ID_MOST, hex);
    executable.build_id = ia_str_from(hex);
    executable.architecture = ia_str_from(machine_words(elf, unknown));
    return ia_found_executable(elf->x->found, elf->x->env, &executable);
}
