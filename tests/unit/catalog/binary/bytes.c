/* SPDX-License-Identifier: Apache-2.0 */
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 24, MARK = 16 };

void bytes_open(struct bytes *b, int big)
{
    ia_buf_init(&b->buf, &ia_alloc_libc, MOST);
    b->big = big;
}

void bytes_close(struct bytes *b)
{
    ia_buf_free(&b->buf);
}

struct ia_str bytes_view(const struct bytes *b)
{
    return ia_buf_view(&b->buf);
}

void put(struct bytes *b, const void *data, size_t size)
{
    if (ia_buf_add(&b->buf, data, size) < 0)
        abort();
}

void put_text(struct bytes *b, const char *text)
{
    put(b, text, strlen(text) + 1);
}

static void encode(const struct bytes *b, uint64_t value, int size, unsigned char *out)
{
    for (int i = 0; i < size; i++)
        out[b->big ? size - 1 - i : i] = (unsigned char)(value >> (8 * i));
}

void put_number(struct bytes *b, uint64_t value, int size)
{
    unsigned char bytes[8];
    encode(b, value, size, bytes);
    put(b, bytes, (size_t)size);
}

void set_number(struct bytes *b, size_t at, uint64_t value, int size)
{
    encode(b, value, size, (unsigned char *)b->buf.p + at);
}

void put_zeros(struct bytes *b, size_t count)
{
    while (count--)
        put(b, "", 1);
}

void put_utf16(struct bytes *b, const char *text)
{
    for (size_t i = 0; i <= strlen(text); i++)
        put_number(b, (unsigned char)text[i], 2);
    put_zeros(b, -b->buf.n & 3);
}

/* ---- ELF ---- */

static size_t count_sections(const struct elf_file *file)
{
    size_t n = 0;
    while (n < ELF_SECTIONS && file->sections[n].name)
        n++;
    return n;
}

static size_t count_segments(const struct elf_file *file)
{
    size_t n = 0;
    while (n < ELF_SEGMENTS && file->segments[n].type)
        n++;
    return n;
}

static void put_header(const struct elf_file *file, struct bytes *out)
{
    int word = file->narrow ? 4 : 8;
    size_t sections = count_sections(file), segments = count_segments(file);
    put(out, "\177ELF", 4);
    put_number(out, file->narrow ? 1 : 2, 1);
    put_number(out, file->big ? 2 : 1, 1);
    put_number(out, 1, 1);
    put_zeros(out, 9);
    put_number(out, file->type, 2);
    put_number(out, file->machine, 2);
    put_number(out, 1, 4);
    put_number(out, ELF_ADDRESS, word);
    put_number(out, segments ? (file->narrow ? 52 : 64) : 0, word);
    put_number(out, 0, word); /* e_shoff, written later */
    put_number(out, 0, 4);
    put_number(out, file->narrow ? 52 : 64, 2);
    put_number(out, file->narrow ? 32 : 56, 2);
    put_number(out, segments, 2);
    put_number(out, file->narrow ? 40 : 64, 2);
    put_number(out, file->no_sections ? 0 : sections + 2, 2);
    put_number(out, file->no_sections ? 0 : sections + 1, 2);
}

static void put_sections(struct elf_file *file, struct bytes *out)
{
    for (size_t i = 0; i < count_sections(file); i++) {
        struct elf_section *section = &file->sections[i];
        put_zeros(out, -out->buf.n & 15);
        section->at = out->buf.n;
        if (section->data && section->type != 8)
            put(out, section->data, section->size);
        else if (section->type != 8)
            put_zeros(out, section->size);
    }
}

static void put_section_header(struct bytes *out, const struct elf_section *section, uint32_t name, int word)
{
    put_number(out, name, 4);
    put_number(out, section->type, 4);
    put_number(out, section->flags, word);
    put_number(out, section->address, word);
    put_number(out, section->at, word);
    put_number(out, section->size, word);
    put_number(out, section->link, 4);
    put_number(out, 0, 4);
    put_number(out, 1, word);
    put_number(out, 0, word);
}

static void put_section_table(struct elf_file *file, struct bytes *out, int word)
{
    size_t count = count_sections(file);
    struct elf_section names = {.name = ".shstrtab", .type = 3, .at = out->buf.n}, none = {.name = ""};
    uint32_t name[ELF_SECTIONS + 1];
    put_text(out, "");
    for (size_t i = 0; i < count; i++) {
        name[i] = (uint32_t)(out->buf.n - names.at);
        put_text(out, file->sections[i].name);
    }
    name[count] = (uint32_t)(out->buf.n - names.at);
    put_text(out, names.name);
    names.size = out->buf.n - names.at;
    put_zeros(out, -out->buf.n & 7);
    set_number(out, file->narrow ? 32 : 40, out->buf.n, word);
    put_section_header(out, &none, 0, word);
    for (size_t i = 0; i < count; i++)
        put_section_header(out, &file->sections[i], name[i], word);
    put_section_header(out, &names, name[count], word);
}

static void set_segments(const struct elf_file *file, struct bytes *out, int word)
{
    for (size_t i = 0; i < count_segments(file); i++) {
        const struct elf_segment *segment = &file->segments[i];
        uint64_t at = 0, size = out->buf.n, address = ELF_ADDRESS;
        size_t p = (file->narrow ? 52 : 64) + i * (file->narrow ? 32U : 56U);
        if (segment->section >= 0) {
            at = file->sections[segment->section].at;
            size = file->sections[segment->section].size;
            address = segment->address ? segment->address : file->sections[segment->section].address;
        }
        set_number(out, p, segment->type, 4);
        set_number(out, p + (file->narrow ? 24 : 4), segment->flags, 4);
        set_number(out, p + (file->narrow ? 4 : 8), at, word);
        set_number(out, p + (file->narrow ? 8 : 16), address, word);
        set_number(out, p + (file->narrow ? 16 : 32), size, word);
        set_number(out, p + (file->narrow ? 20 : 40), size, word);
        set_number(out, p + (file->narrow ? 28 : 48), segment->align, word);
    }
}

void elf_write(struct elf_file *file, struct bytes *out)
{
    int word = file->narrow ? 4 : 8;
    bytes_open(out, file->big);
    put_header(file, out);
    put_zeros(out, count_segments(file) * (file->narrow ? 32U : 56U));
    put_sections(file, out);
    if (!file->no_sections)
        put_section_table(file, out, word);
    set_segments(file, out, word);
}

void put_note(struct bytes *b, const char *name, uint32_t type, const void *desc, size_t size)
{
    put_number(b, strlen(name) + 1, 4);
    put_number(b, size, 4);
    put_number(b, type, 4);
    put_text(b, name);
    put_zeros(b, -b->buf.n & 3);
    put(b, desc, size);
    put_zeros(b, -b->buf.n & 3);
}

/* ---- Go ---- */

static void put_varint(struct bytes *b, size_t value)
{
    for (; value >= 0x80; value >>= 7)
        put_number(b, value | 0x80, 1);
    put_number(b, value, 1);
}

void put_go_inline(struct bytes *b, const char *version, const char *modules)
{
    put(b, "\xff Go buildinf:", 14);
    put_number(b, 8, 1);
    put_number(b, 2, 1);
    put_zeros(b, 16);
    put_varint(b, strlen(version));
    put(b, version, strlen(version));
    put_varint(b, modules ? strlen(modules) + 2 * MARK : 0);
    if (!modules)
        return;
    put(b, "0123456789abcdef", MARK);
    put(b, modules, strlen(modules));
    put(b, "fedcba9876543210", MARK);
}
