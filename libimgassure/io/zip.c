/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The central directory of a zip archive (APPNOTE 4.3.12) as a list of members, each compared with its local header
 * (4.3.7). zip64 numbers (4.5.3) are taken where the 32 bits are all set. What the directory says holds; of the local
 * header only the lengths of name and extra field are believed, because the data begin behind them.
 */
#include "io/zip.h"

#include "io/zip_end.h"
#include "io/zip_spans.h"

#include "base/checked.h"
#include "base/map.h"
#include "base/vec.h"

#include <string.h>

enum {
    ENCRYPTED = 1,          /* general purpose bits (4.4.4) */
    DESCRIPTOR = 8,         /* sizes follow the data: the local ones may be 0 */
    MASKED = 0x2000,        /* the local header is masked: its directory is encrypted */
    EXTRA_ZIP64 = 1,        /* id of the extended information extra field */
    CANCEL_EVERY = 1 << 12, /* members */
    STORED = 0,
    DEFLATED = 8
};

struct ia_zip {
    struct ia_alloc alloc;
    struct ia_vec members; /* struct ia_zip_member */
    unsigned flags;
};

/* What both kinds of headers say about a member. */
struct header {
    uint16_t bits, method;
    uint32_t crc;
    uint64_t packed, size, offset;
    struct ia_str name;
    struct ia_cursor extra;
};

struct walk {
    struct ia_env *env;
    struct ia_zip *zip;
    struct ia_cursor bytes;
    struct ia_zip_end end;
    struct ia_vec spans; /* struct ia_zip_span */
    struct ia_map names;
};

static bool skip(struct ia_cursor *c, size_t size)
{
    struct ia_cursor part;
    return ia_cursor_take(c, size, &part);
}

/* From "general purpose bits" to "extra field length" both headers are alike. Gives the two lengths. */
static bool read_common(struct ia_cursor *c, struct header *out, uint16_t *name, uint16_t *extra)
{
    uint32_t packed, size;
    if (!ia_cursor_u16le(c, &out->bits) || !ia_cursor_u16le(c, &out->method) || !skip(c, 4) ||
        !ia_cursor_u32le(c, &out->crc) || !ia_cursor_u32le(c, &packed) || !ia_cursor_u32le(c, &size) ||
        !ia_cursor_u16le(c, name) || !ia_cursor_u16le(c, extra))
        return false;
    out->packed = packed;
    out->size = size;
    return true;
}

static bool take_names(struct ia_cursor *c, struct header *out, uint16_t name, uint16_t extra)
{
    struct ia_cursor text;
    if (!ia_cursor_take(c, name, &text) || !ia_cursor_take(c, extra, &out->extra))
        return false;
    out->name = ia_cursor_str(text);
    return true;
}

/* The fields of the extra field whose 32 bits are all set, in this order; what is missing stays as it is. */
static void take_zip64(struct header *header)
{
    uint64_t *wide[] = {&header->size, &header->packed, &header->offset};
    struct ia_cursor extra = header->extra, field;
    uint16_t id, size;
    while (ia_cursor_u16le(&extra, &id) && ia_cursor_u16le(&extra, &size) && ia_cursor_take(&extra, size, &field)) {
        if (id != EXTRA_ZIP64)
            continue;
        for (size_t i = 0; i < IA_COUNT(wide); i++)
            if (*wide[i] == UINT32_MAX && !ia_cursor_u64le(&field, wide[i]))
                return;
        return;
    }
}

/* False: the directory is damaged here. */
static bool read_central(struct ia_cursor *directory, struct header *out)
{
    struct ia_cursor c = *directory;
    uint32_t signature, offset;
    uint16_t name, extra, comment;
    if (!ia_cursor_u32le(&c, &signature) || signature != IA_ZIP_CENTRAL || !skip(&c, 4) ||
        !read_common(&c, out, &name, &extra) || !ia_cursor_u16le(&c, &comment) || !skip(&c, 8) ||
        !ia_cursor_u32le(&c, &offset) || !take_names(&c, out, name, extra) || !skip(&c, comment))
        return false;
    out->offset = offset;
    take_zip64(out);
    *directory = c;
    return true;
}

static bool read_local(struct ia_cursor c, struct header *out, size_t *size)
{
    size_t before = c.n;
    uint32_t signature;
    uint16_t name, extra;
    if (!ia_cursor_u32le(&c, &signature) || signature != IA_ZIP_LOCAL || !skip(&c, 2) ||
        !read_common(&c, out, &name, &extra) || !take_names(&c, out, name, extra))
        return false;
    out->offset = 0;
    take_zip64(out);
    *size = before - c.n;
    return true;
}

static bool is_same_number(const struct header *local, uint64_t ours, uint64_t theirs)
{
    return ours == theirs || (local->bits & DESCRIPTOR && ours == 0);
}

static bool is_same(const struct header *local, const struct header *central)
{
    return ia_str_eq(local->name, central->name) && local->method == central->method &&
           (local->bits & (ENCRYPTED | MASKED)) == (central->bits & (ENCRYPTED | MASKED)) &&
           is_same_number(local, local->crc, central->crc) && is_same_number(local, local->packed, central->packed) &&
           is_same_number(local, local->size, central->size);
}

static bool is_odd_component(struct ia_str component)
{
    return ia_str_is(component, "..") || ia_str_find(component, '\\') < component.n ||
           ia_str_find(component, '\0') < component.n;
}

static bool is_odd_name(struct ia_str name)
{
    struct ia_str rest = name, component;
    if (name.n == 0 || name.p[0] == '/' || (name.n > 1 && name.p[1] == ':' && ia_is_alpha(name.p[0])))
        return true;
    while (ia_str_next(&rest, '/', &component))
        if (is_odd_component(component))
            return true;
    return false;
}

static bool is_readable(const struct header *header)
{
    return !(header->bits & ENCRYPTED) && (header->method == STORED || header->method == DEFLATED);
}

/* Finds the data and where they and their header lie; false: lost. */
static bool find_data(const struct walk *w, const struct header *central, struct ia_zip_member *member,
                      struct ia_zip_span *span)
{
    struct ia_cursor rest;
    struct header local;
    size_t size;
    if (!ia_add_u64(central->offset, w->end.base, &member->offset) || member->offset > w->bytes.n ||
        !ia_cursor_sub(&w->bytes, member->offset, w->bytes.n - member->offset, &rest) ||
        !read_local(rest, &local, &size))
        return false;
    /* Deflated data may end before: they are read up to the end of the archive, and overlap the directory then. */
    uint64_t packed = central->packed < rest.n - size ? central->packed : rest.n - size;
    (void)ia_cursor_sub(&rest, size, packed, &member->packed);
    member->flags |= is_same(&local, central) ? 0 : IA_ZIP_ODD_LOCAL;
    *span = (struct ia_zip_span){member->offset, member->offset + size + packed};
    return true;
}

static int see_name(struct walk *w, struct ia_zip_member *member)
{
    uint64_t before;
    if (ia_map_get(&w->names, member->name, &before))
        member->flags |= IA_ZIP_DUPLICATE;
    return ia_described(w->env, ia_map_put(&w->names, member->name, 1), "", 0);
}

static int add_member(struct walk *w, const struct header *central)
{
    struct ia_zip_member member = {.name = central->name, .packed = {w->bytes.p, 0}};
    struct ia_zip_span span;
    member.packed_size = central->packed;
    member.size = central->size;
    member.crc = central->crc;
    member.method = central->method;
    member.flags =
        (is_odd_name(central->name) ? IA_ZIP_ODD_NAME : 0U) | (is_readable(central) ? 0U : IA_ZIP_UNREADABLE);
    IA_TRY(see_name(w, &member));
    if (!find_data(w, central, &member, &span))
        member.flags |= IA_ZIP_LOST;
    else
        IA_TRY(ia_described(w->env, ia_vec_push(&w->spans, &span), "", 0));
    w->zip->flags |= member.flags;
    return ia_described(w->env, ia_vec_push(&w->zip->members, &member), "", 0);
}

static int read_directory(struct walk *w)
{
    struct ia_cursor directory = {w->bytes.p, 0};
    struct ia_vec *members = &w->zip->members;
    struct header central;
    if (!ia_cursor_sub(&w->bytes, w->end.directory, w->end.size, &directory))
        w->zip->flags |= IA_ZIP_CUT;
    while (directory.n && members->n < members->max) {
        if (!read_central(&directory, &central)) {
            w->zip->flags |= IA_ZIP_CUT;
            return IMGA_OK;
        }
        IA_TRY(add_member(w, &central));
        if (members->n % CANCEL_EVERY == 0)
            IA_TRY(ia_check_cancel(w->env));
    }
    if (directory.n)
        w->zip->flags |= IA_ZIP_MORE;
    else if ((members->n ^ w->end.count) & UINT16_MAX || (w->end.count > UINT16_MAX && members->n != w->end.count))
        w->zip->flags |= IA_ZIP_ODD_END;
    return IMGA_OK;
}

/* With a part of the members only, the others would look hidden. */
static void check_spans(struct walk *w)
{
    const unsigned partly = IA_ZIP_CUT | IA_ZIP_MORE;
    struct ia_zip_span *spans = w->spans.p;
    ia_zip_spans_sort(spans, w->spans.n);
    unsigned flags = ia_zip_spans_check(w->bytes, spans, w->spans.n, w->end.directory);
    w->zip->flags |= w->zip->flags & partly ? flags & ~(unsigned)IA_ZIP_HIDDEN : flags;
}

static int list_members(struct ia_env *env, struct ia_cursor bytes, const struct ia_zip_end *end, struct ia_zip *zip)
{
    struct walk w = {.env = env, .zip = zip, .bytes = bytes, .end = *end};
    ia_vec_init(&w.spans, &env->alloc, sizeof(struct ia_zip_span), zip->members.max);
    ia_map_init(&w.names, &env->alloc, env->seed);
    int status = read_directory(&w);
    if (status == IMGA_OK)
        check_spans(&w);
    ia_map_free(&w.names);
    ia_vec_free(&w.spans);
    return status;
}

int ia_zip_open(struct ia_env *env, struct ia_cursor bytes, size_t most, struct ia_zip **out)
{
    struct ia_zip_end end;
    if (!ia_zip_find_end(bytes, &end))
        return ia_fail(env, IMGA_E_FORMAT, -1, "no zip archive: there is no directory of members at its end");
    struct ia_zip *zip = ia_new(&env->alloc, sizeof(*zip));
    if (!zip)
        return ia_fail_nomem(env);
    zip->alloc = env->alloc;
    zip->flags = end.flags;
    ia_vec_init(&zip->members, &env->alloc, sizeof(struct ia_zip_member), most);
    int status = list_members(env, bytes, &end, zip);
    if (status < 0) {
        ia_zip_free(zip);
        return status;
    }
    *out = zip;
    return IMGA_OK;
}

void ia_zip_free(struct ia_zip *zip)
{
    if (!zip)
        return;
    struct ia_alloc alloc = zip->alloc;
    ia_vec_free(&zip->members);
    ia_free(&alloc, zip);
}

unsigned ia_zip_flags(const struct ia_zip *zip)
{
    return zip->flags;
}

size_t ia_zip_count(const struct ia_zip *zip)
{
    return zip->members.n;
}

const struct ia_zip_member *ia_zip_at(const struct ia_zip *zip, size_t index)
{
    return ia_vec_at(&zip->members, index);
}
