/* SPDX-License-Identifier: Apache-2.0 */
/* By its first bytes a file goes to the reader of its format; whatever that one makes of it, its texts are looked at.
 */
#include "catalog/binary/binary.h"

#include "catalog/binary/elf.h"
#include "catalog/binary/go.h"
#include "catalog/binary/macho.h"
#include "catalog/binary/package_note.h"
#include "catalog/binary/pe.h"
#include "catalog/binary/rust.h"

#include <string.h>

enum { MAGIC = 4, ARCHITECTURES_TEXT = 256, UPX_HEADER = 12 };
static const uint32_t pe_data = 0x40, pe_writable = 0x80000000, macho_writable = 2;

static int report_go(const struct ia_go_place *place)
{
    struct ia_go_info info;
    int status = ia_go_info(place, &info);
    return status > 0 ? ia_go_packages(place->x, &info) : status;
}

/* ---- ELF ---- */

static bool elf_mapped(const void *elf, uint64_t address, struct ia_extent *out)
{
    return ia_elf_mapped(elf, address, out);
}

static bool find_elf_go(const struct ia_elf *elf, struct ia_go_place *out)
{
    struct ia_elf_section section;
    struct ia_elf_segment segment;
    *out = (struct ia_go_place){.x = elf->x, .mapped = elf_mapped, .format = elf};
    out->named = ia_elf_section_named(elf, ".go.buildinfo", &section);
    if (out->named) {
        out->data = section.part;
        out->address = section.address;
        return true;
    }
    for (uint32_t i = 0; ia_elf_segment(elf, i, &segment); i++) {
        if (segment.type != IA_ELF_LOAD || !(segment.flags & IA_ELF_WRITE) || (segment.flags & IA_ELF_EXECUTE))
            continue;
        out->data = segment.part;
        out->address = segment.address;
        return ia_examined_has(elf->x, segment.part); /* otherwise noted already */
    }
    return false;
}

static int report_elf_rust(const struct ia_elf *elf)
{
    struct ia_elf_section section;
    if (!ia_elf_section_named(elf, ".dep-v0", &section))
        return IMGA_OK;
    if (section.flags & IA_ELF_SECTION_COMPRESSED)
        return ia_binary_fault(elf->x, section.part.offset, ".dep-v0 is a compressed section");
    return ia_rust_packages(elf->x, section.part);
}

/* The header that UPX puts behind the program headers of what it packs: the real texts are not to be seen. */
static int note_packed(const struct ia_elf *elf)
{
    uint64_t at = elf->segments_at + (uint64_t)elf->segment_count * (elf->wide ? 56 : 32);
    struct ia_str mark = ia_cursor_str(ia_examined_bytes(elf->x, (struct ia_extent){at, UPX_HEADER}));
    if (elf->segment_count == 0 || !ia_str_eq(ia_str_sub(mark, 4, 4), IA_STR("UPX!")))
        return IMGA_OK;
    return ia_found_note(elf->x->found, elf->x->env, IMGA_NOTE_SKIPPED, (int64_t)at, "the program is packed by UPX");
}

static int report_elf(struct ia_examined *x)
{
    struct ia_elf_notes notes;
    struct ia_go_place place;
    struct ia_elf elf;
    int status = ia_elf_open(x, &elf);
    if (status <= 0)
        return status;
    IA_TRY(ia_elf_notes(&elf, &notes));
    IA_TRY(ia_elf_describe(&elf, &notes));
    if (notes.package.size)
        IA_TRY(ia_package_note(x, notes.package));
    if (find_elf_go(&elf, &place))
        IA_TRY(report_go(&place));
    IA_TRY(report_elf_rust(&elf));
    IA_TRY(note_packed(&elf));
    return 1;
}

/* ---- PE ---- */

/* Pointers are absolute: the preferred address of the image is part of them. */
static bool pe_mapped(const void *format, uint64_t address, struct ia_extent *out)
{
    const struct ia_pe *pe = format;
    return address >= pe->base && ia_pe_mapped(pe, address - pe->base, out);
}

static bool find_pe_go(const struct ia_pe *pe, struct ia_go_place *out)
{
    struct ia_pe_section section;
    *out = (struct ia_go_place){.x = pe->x, .mapped = pe_mapped, .format = pe};
    for (uint32_t i = 0; ia_pe_section(pe, i, &section); i++) {
        if (!(section.flags & pe_data) || !(section.flags & pe_writable) || section.part.size == 0)
            continue;
        out->data = section.part;
        out->address = section.address;
        return ia_examined_has(pe->x, section.part);
    }
    return false;
}

static int report_pe(struct ia_examined *x)
{
    struct ia_pe_section section;
    struct ia_go_place place;
    struct ia_pe pe;
    int status = ia_pe_open(x, &pe);
    if (status <= 0)
        return status;
    IA_TRY(ia_pe_describe(&pe));
    IA_TRY(ia_pe_version(&pe));
    if (find_pe_go(&pe, &place))
        IA_TRY(report_go(&place));
    if (ia_pe_section_named(&pe, ".dep-v0", &section)) {
        if (section.size < section.part.size) /* what follows fills the section up */
            section.part.size = section.size;
        IA_TRY(ia_rust_packages(x, section.part));
    }
    return 1;
}

/* ---- Mach-O ---- */

static bool macho_mapped(const void *macho, uint64_t address, struct ia_extent *out)
{
    return ia_macho_mapped(macho, address, out);
}

static bool find_macho_go(const struct ia_macho *macho, struct ia_go_place *out)
{
    struct ia_macho_section section;
    struct ia_macho_segment segment;
    *out = (struct ia_go_place){.x = macho->x, .mapped = macho_mapped, .format = macho};
    out->named = ia_macho_section_named(macho, "__go_buildinfo", &section);
    if (out->named) {
        out->data = section.part;
        out->address = section.address;
        return true;
    }
    for (uint64_t next = 0; ia_macho_segment(macho, &next, &segment);) {
        if (segment.part.size == 0 || !(segment.protection & macho_writable))
            continue;
        out->data = segment.part;
        out->address = segment.address;
        return ia_examined_has(macho->x, segment.part);
    }
    return false;
}

static int report_macho_packages(const struct ia_macho *macho)
{
    struct ia_macho_section section;
    struct ia_go_place place;
    if (find_macho_go(macho, &place))
        IA_TRY(report_go(&place));
    if (ia_macho_section_named(macho, ".dep-v0", &section))
        IA_TRY(ia_rust_packages(macho->x, section.part));
    return IMGA_OK;
}

static int report_thin(struct ia_examined *x)
{
    struct ia_macho macho;
    int status = ia_macho_open(x, &macho);
    if (status <= 0)
        return status;
    IA_TRY(ia_macho_describe(&macho, ia_macho_architecture(&macho)));
    IA_TRY(report_macho_packages(&macho));
    return 1;
}

/* "amd64,arm64" */
static void add_architecture(char text[ARCHITECTURES_TEXT], size_t *n, struct ia_str architecture)
{
    if (*n + architecture.n + 1 >= ARCHITECTURES_TEXT)
        return;
    if (*n)
        text[(*n)++] = ',';
    memcpy(&text[*n], architecture.p, architecture.n);
    *n += architecture.n;
}

/* 1: it was opened as *out, whose file is *part. */
static int open_slice(struct ia_examined *x, struct ia_extent slice, struct ia_examined *part, struct ia_macho *out)
{
    if (!ia_examined_has(x, slice))
        return ia_binary_fault(x, slice.offset, "an architecture lies outside of the file");
    *part = *x;
    part->file = ia_examined_bytes(x, slice);
    part->start = slice.offset;
    int status = ia_macho_open(part, out);
    return status ? status : ia_binary_fault(x, slice.offset, "an architecture of a fat file is no program");
}

/* One executable, described as its first slice is; its packages are those of the first slice, too. */
static int report_fat(struct ia_examined *x, const struct ia_extent *slices, size_t count)
{
    struct ia_examined first_part, part;
    struct ia_macho first, macho;
    char architectures[ARCHITECTURES_TEXT];
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        int status = open_slice(x, slices[i], n ? &part : &first_part, n ? &macho : &first);
        IA_TRY(status);
        if (status > 0)
            add_architecture(architectures, &n, ia_macho_architecture(n ? &macho : &first));
    }
    if (n == 0)
        return 0;
    IA_TRY(ia_macho_describe(&first, (struct ia_str){architectures, n}));
    IA_TRY(report_macho_packages(&first));
    return 1;
}

static int report_macho(struct ia_examined *x)
{
    struct ia_extent slices[IA_MACHO_SLICES];
    size_t count;
    int status = ia_macho_slices(x, slices, &count);
    IA_TRY(status);
    return status ? report_fat(x, slices, count) : report_thin(x);
}

/* ---- all ---- */

static int report_format(struct ia_examined *x)
{
    struct ia_str start = ia_cursor_str(x->file);
    if (start.n < MAGIC)
        return ia_binary_fault(x, 0, "the file is truncated");
    if (ia_str_starts(start, IA_STR("\177ELF")))
        return report_elf(x);
    if (ia_str_starts(start, IA_STR("MZ")))
        return report_pe(x);
    return report_macho(x);
}

int ia_executable_analyse(const struct ia_analysed *file, const struct ia_classifiers *classifiers, struct ia_env *env,
                          struct ia_found *found)
{
    struct ia_examined x = {
        .file = ia_cursor_from(file->content.p, file->content.n),
        .env = env,
        .found = found,
    };
    int status = report_format(&x);
    if (status > 0 && classifiers)
        status = ia_classify(classifiers, file, env, found);
    return status < 0 ? status : IMGA_OK;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    return ia_executable_analyse(file, env->classifiers ? env->classifiers : &ia_classifiers_builtin, env, found);
}

/* A Java class begins like a fat file and is told apart by its version, which is larger than any count of slices. */
static const char *const magics[] = {"\177ELF",
                                     "MZ\220\0",
                                     "MZP\0",
                                     "MZ\0\0",
                                     "\xFE\xED\xFA\xCE",
                                     "\xFE\xED\xFA\xCF",
                                     "\xCE\xFA\xED\xFE",
                                     "\xCF\xFA\xED\xFE",
                                     "\xCA\xFE\xBA\xBE",
                                     "\xCA\xFE\xBA\xBF",
                                     NULL};

const struct ia_analyser ia_executable_analyser = {
    .name = "executable",
    .version = 2,
    .magics = magics,
    .analyse = analyse,
};
