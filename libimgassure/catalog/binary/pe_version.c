/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version resource (VS_VERSIONINFO, "VERSIONINFO resource" of the Windows documentation): three levels of resource
 * directories (type, name, language; the first of each is taken), then blocks in blocks: StringFileInfo, StringTable,
 * String. Every block begins with its length, the length of its value, a type and a key in UTF-16.
 */
#include "catalog/binary/pe.h"

#include "base/utf8.h"

enum {
    DIRECTORY_SIZE = 16,
    ENTRY_SIZE = 8,
    ENTRIES_MOST = 4096,
    TYPE_VERSION = 16,
    BLOCK_HEADER = 6,
    BLOCKS_MOST = 256,
    TEXT_UNITS = 256, /* of one key or value */
    TEXT_MOST = 16 * 1024,
    LEVELS = 3
};
static const uint32_t is_directory = 0x80000000;

enum part { PART_NAME, PART_ORIGINAL, PART_PRODUCT, PART_PRODUCT_VERSION, PART_FILE_VERSION, PART_COMPANY, PARTS };
static const char *const keys[PARTS] = {"InternalName",   "OriginalFilename", "ProductName",
                                        "ProductVersion", "FileVersion",      "CompanyName"};

struct version_reading {
    const struct ia_pe *pe;
    struct ia_extent resources; /* in the file */
    struct ia_buf text;
    size_t from[PARTS], size[PARTS];
};

struct block {
    struct ia_extent key, value, children;
    bool is_text;
};

/* ---- directories ---- */

/* The offset within the resources of the entry with that number, or of the first; false when there is none. */
static bool find_entry(const struct version_reading *r, uint64_t directory, uint32_t wanted, uint32_t *out)
{
    const struct ia_examined *x = r->pe->x;
    uint64_t at = r->resources.offset + directory;
    uint32_t named = ia_examined_u16(x, at + 12), count = named + ia_examined_u16(x, at + 14);
    for (uint32_t i = 0; i < count && i < ENTRIES_MOST; i++) {
        uint64_t entry = at + DIRECTORY_SIZE + (uint64_t)i * ENTRY_SIZE;
        *out = ia_examined_u32(x, entry + 4);
        if (wanted == 0 || ia_examined_u32(x, entry) == wanted)
            return true;
    }
    return false;
}

/* 1: *out is the first version resource; 0: there is none; < 0: a status. */
static int find_resource(struct version_reading *r, struct ia_extent *out)
{
    const struct ia_pe *pe = r->pe;
    uint32_t offset = 0;
    for (unsigned level = 0; level < LEVELS; level++) {
        bool there = find_entry(r, offset, level == 0 ? TYPE_VERSION : 0, &offset);
        if (level == 0 && !there)
            return 0;
        if (!there || ((offset & is_directory) != 0) != (level + 1 < LEVELS))
            return ia_binary_fault(pe->x, r->resources.offset, "the resources of a PE file are malformed");
        offset &= ~is_directory;
    }
    uint64_t at = r->resources.offset + offset;
    uint32_t address = ia_examined_u32(pe->x, at), size = ia_examined_u32(pe->x, at + 4);
    if (!ia_pe_mapped(pe, address, out) || size > out->size)
        return ia_binary_fault(pe->x, at, "the version resource lies outside of the file");
    out->size = size;
    return 1;
}

/* ---- blocks ---- */

static uint64_t aligned(uint64_t from, uint64_t at)
{
    return from + (at - from + 3) / 4 * 4;
}

static struct ia_extent between(uint64_t from, uint64_t to)
{
    return (struct ia_extent){from, to > from ? to - from : 0};
}

/* Takes the block at the front of *rest, whose parts are aligned from base on; false when it does not fit. */
static bool take_block(const struct ia_examined *x, uint64_t base, struct ia_extent *rest, struct block *out)
{
    uint64_t at = rest->offset, size = ia_examined_u16(x, at), value = ia_examined_u16(x, at + 2), end = at + size;
    if (rest->size < BLOCK_HEADER || size < BLOCK_HEADER || size > rest->size)
        return false;
    out->is_text = ia_examined_u16(x, at + 4) == 1;
    uint64_t key_end = at + BLOCK_HEADER;
    while (key_end + 2 <= end && ia_examined_u16(x, key_end) != 0)
        key_end += 2;
    out->key = between(at + BLOCK_HEADER, key_end);
    uint64_t value_at = aligned(base, key_end + 2), value_end = value_at + (out->is_text ? 2 * value : value);
    if (value_end > end)
        value_end = end; /* resource compilers disagree whether lengths are units or bytes */
    out->value = between(value_at, value_end);
    out->children = between(aligned(base, value_end), end);
    *rest = between(aligned(base, end), rest->offset + rest->size);
    return true;
}

static bool key_is(const struct ia_examined *x, struct ia_extent key, const char *text)
{
    struct ia_str expected = ia_str_from(text);
    if (key.size != 2 * expected.n)
        return false;
    for (size_t i = 0; i < expected.n; i++)
        if (ia_examined_u16(x, key.offset + 2 * i) != (unsigned char)expected.p[i])
            return false;
    return true;
}

/* UTF-16 up to a NUL; a lone surrogate becomes U+FFFD. */
static int add_text(struct version_reading *r, struct ia_extent text)
{
    const struct ia_examined *x = r->pe->x;
    uint64_t units = text.size / 2 < TEXT_UNITS ? text.size / 2 : TEXT_UNITS;
    for (uint64_t i = 0; i < units; i++) {
        uint32_t code = ia_examined_u16(x, text.offset + 2 * i), low;
        if (code == 0)
            break;
        low = code >> 10 == 0x36 && i + 1 < units ? ia_examined_u16(x, text.offset + 2 * i + 2) : 0;
        if (low >> 10 == 0x37) {
            code = 0x10000 + ((code & 0x3FF) << 10 | (low & 0x3FF));
            i++;
        }
        IA_TRY(ia_utf8_encode(&r->text, code));
    }
    return IMGA_OK;
}

static int keep(struct version_reading *r, const struct block *string)
{
    for (size_t part = 0; part < PARTS; part++) {
        if (!key_is(r->pe->x, string->key, keys[part]) || r->size[part])
            continue;
        r->from[part] = r->text.n;
        IA_TRY(ia_described(r->pe->x->env, add_text(r, string->value), "version resource", TEXT_MOST));
        r->size[part] = r->text.n - r->from[part];
    }
    return IMGA_OK;
}

/* Walks the blocks of one level; goes down into the first one of the given key, or into the first when key is NULL. */
static bool enter(const struct version_reading *r, uint64_t base, struct ia_extent *level, const char *key)
{
    struct block block;
    for (unsigned i = 0; i < BLOCKS_MOST && level->size && take_block(r->pe->x, base, level, &block); i++) {
        if (key && !key_is(r->pe->x, block.key, key))
            continue;
        *level = block.children;
        return true;
    }
    return false;
}

static int read_strings(struct version_reading *r, struct ia_extent level)
{
    uint64_t base = level.offset;
    struct block string;
    if (!enter(r, base, &level, "VS_VERSION_INFO"))
        return ia_binary_fault(r->pe->x, base, "a version resource is malformed");
    if (!enter(r, base, &level, "StringFileInfo") || !enter(r, base, &level, NULL))
        return IMGA_OK;
    for (unsigned i = 0; i < BLOCKS_MOST && level.size; i++) {
        if (!take_block(r->pe->x, base, &level, &string))
            return ia_binary_fault(r->pe->x, level.offset, "a text of a version resource is malformed");
        IA_TRY(keep(r, &string));
    }
    return IMGA_OK;
}

/* ---- the package ---- */

static struct ia_str part_of(const struct version_reading *r, enum part part)
{
    return ia_str_trim(ia_str_sub(ia_buf_view(&r->text), r->from[part], r->size[part]));
}

/* Of an assembly the file's name without its ending is the name of the package; else the product's name. */
static struct ia_str name_of(const struct version_reading *r, bool assembly)
{
    struct ia_str product = part_of(r, PART_PRODUCT), file = part_of(r, PART_ORIGINAL);
    if (file.n == 0)
        file = part_of(r, PART_NAME);
    if (ia_str_ends(file, IA_STR(".dll")) || ia_str_ends(file, IA_STR(".exe")))
        file.n -= 4;
    if (assembly)
        return file.n ? file : product;
    return product.n ? product : file;
}

static int report(const struct version_reading *r)
{
    struct ia_field fields[4];
    bool assembly = r->pe->assembly.size != 0;
    struct ia_str product = part_of(r, PART_PRODUCT), file = part_of(r, PART_FILE_VERSION);
    struct ia_found_package package = {
        .type = assembly ? IA_STR("nuget") : IA_STR("generic"),
        .name = name_of(r, assembly),
        .version = part_of(r, PART_PRODUCT_VERSION),
        .supplier = part_of(r, PART_COMPANY),
        .how = IA_STR("pe-version"),
        .fields = fields,
    };
    if (package.version.n == 0)
        package.version = file;
    if (package.name.n == 0)
        return IMGA_OK;
    if (assembly)
        fields[package.field_count++] = (struct ia_field){IA_STR("pe-assembly"), IA_STR("1")};
    if (product.n)
        fields[package.field_count++] = (struct ia_field){IA_STR("product-name"), product};
    if (r->size[PART_PRODUCT_VERSION])
        fields[package.field_count++] = (struct ia_field){IA_STR("product-version"), part_of(r, PART_PRODUCT_VERSION)};
    if (file.n)
        fields[package.field_count++] = (struct ia_field){IA_STR("file-version"), file};
    return ia_found_package(r->pe->x->found, r->pe->x->env, &package);
}

int ia_pe_version(const struct ia_pe *pe)
{
    struct version_reading r = {.pe = pe};
    struct ia_extent resource;
    if (pe->resources.size == 0)
        return IMGA_OK;
    if (!ia_pe_mapped(pe, pe->resources.offset, &r.resources))
        return ia_binary_fault(pe->x, 0, "the resources of a PE file lie outside of the file");
    int status = find_resource(&r, &resource);
    if (status <= 0)
        return status;
    ia_buf_init(&r.text, &pe->x->env->alloc, TEXT_MOST);
    status = read_strings(&r, resource);
    if (status >= 0)
        status = report(&r);
    ia_buf_free(&r.text);
    return status;
}
