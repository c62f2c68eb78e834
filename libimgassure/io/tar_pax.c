/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PAX records: "LENGTH KEY=VALUE\n", LENGTH in decimal and counting the whole record. A record whose length is wrong,
 * or that does not end in a newline, makes the header an error: a reader that skips it sees another archive.
 */
#include "io/tar_pax.h"

#include "io/tar.h"

struct record {
    struct ia_str key, value;
};

static bool has_nul(struct ia_str text)
{
    return ia_str_find(text, '\0') < text.n;
}

static bool take_record(struct ia_str *rest, struct record *out)
{
    uint64_t length;
    size_t blank = ia_str_find(*rest, ' ');
    if (!ia_str_u64(ia_str_sub(*rest, 0, blank), &length) || length > rest->n || length < blank + 2)
        return false;
    size_t size = (size_t)length - blank - 2; /* without the blank and the newline */
    struct ia_str body = ia_str_sub(*rest, blank + 1, size);
    size_t equals = ia_str_find(body, '=');
    if (rest->p[length - 1] != '\n' || equals == body.n || equals == 0)
        return false;
    out->key = ia_str_sub(body, 0, equals);
    out->value = ia_str_sub(body, equals + 1, body.n);
    *rest = ia_str_sub(*rest, (size_t)length, rest->n);
    return !has_nul(out->key);
}

/* A value that becomes a name. An empty one leaves the value of the ustar header. */
static bool set_name(struct ia_pax *pax, struct ia_str *slot, struct ia_str value)
{
    if (slot->n)
        pax->flags |= IA_TAR_ODD_PAX;
    *slot = value;
    return !has_nul(value);
}

static bool set_size(struct ia_pax *pax, struct ia_str value)
{
    if (pax->has_size)
        pax->flags |= IA_TAR_ODD_PAX;
    pax->has_size = value.n > 0;
    return !value.n || (ia_str_u64(value, &pax->size) && pax->size <= INT64_MAX);
}

static void set_id(struct ia_pax *pax, struct ia_str value, uint32_t *id, bool *has)
{
    uint64_t number = 0;
    *has = value.n > 0;
    if (*has && (!ia_str_u64(value, &number) || number > UINT32_MAX)) {
        pax->flags |= IA_TAR_ODD_NUMBER;
        number = 0;
    }
    *id = (uint32_t)number;
}

static bool set_sparse(struct ia_pax *pax, const struct record *record)
{
    struct ia_str key = ia_str_sub(record->key, sizeof("GNU.sparse.") - 1, record->key.n);
    pax->has_sparse = true;
    if (ia_str_is(key, "name"))
        return set_name(pax, &pax->sparse_name, record->value);
    if (ia_str_is(key, "major"))
        pax->sparse_major = record->value;
    else if (ia_str_is(key, "minor"))
        pax->sparse_minor = record->value;
    else if (ia_str_is(key, "offset") || ia_str_is(key, "numbytes"))
        pax->has_sparse_parts = pax->sparse_parts++ || record->value.n;
    else if (ia_str_is(key, "map"))
        pax->has_sparse_map = record->value.n > 0;
    return true;
}

static bool is_overlay(struct ia_str key)
{
    static const struct ia_str prefixes[] = {
        {"SCHILY.xattr.", sizeof("SCHILY.xattr.") - 1},
        {"LIBARCHIVE.xattr.", sizeof("LIBARCHIVE.xattr.") - 1},
    };
    for (size_t i = 0; i < IA_COUNT(prefixes); i++) {
        struct ia_str name = ia_str_sub(key, prefixes[i].n, key.n);
        if (ia_str_starts(key, prefixes[i]))
            return ia_str_starts(name, IA_STR("trusted.overlay.")) || ia_str_starts(name, IA_STR("user.overlay."));
    }
    return false;
}

static bool set_plain(struct ia_pax *pax, const struct record *record)
{
    struct ia_str key = record->key;
    if (ia_str_is(key, "path"))
        return set_name(pax, &pax->path, record->value);
    if (ia_str_is(key, "linkpath"))
        return set_name(pax, &pax->link, record->value);
    if (ia_str_is(key, "size"))
        return set_size(pax, record->value);
    if (ia_str_is(key, "uid"))
        set_id(pax, record->value, &pax->uid, &pax->has_uid);
    else if (ia_str_is(key, "gid"))
        set_id(pax, record->value, &pax->gid, &pax->has_gid);
    else if (ia_str_is(key, "uname") || ia_str_is(key, "gname"))
        return !has_nul(record->value);
    return true;
}

/* Long keys have a dot in them, the plain ones have none. */
static bool set(struct ia_pax *pax, const struct record *record)
{
    if (ia_str_starts(record->key, IA_STR("GNU.sparse.")))
        return set_sparse(pax, record);
    if (ia_str_find(record->key, '.') == record->key.n)
        return set_plain(pax, record);
    if (is_overlay(record->key))
        pax->flags |= IA_TAR_OVERLAY;
    return true;
}

int ia_pax_read(struct ia_env *env, struct ia_str text, uint64_t offset, struct ia_pax *out)
{
    struct ia_str rest = text;
    struct record record;
    *out = (struct ia_pax){.size = 0};
    while (rest.n) {
        int64_t at = (int64_t)(offset + (text.n - rest.n));
        if (!take_record(&rest, &record))
            return ia_fail(env, IMGA_E_FORMAT, at, "a record of a PAX header is malformed");
        if (!set(out, &record))
            return ia_fail(env, IMGA_E_FORMAT, at, "a value in a PAX header is not valid for its key");
    }
    return IMGA_OK;
}

bool ia_pax_is_sparse(const struct ia_pax *pax)
{
    if (ia_str_is(pax->sparse_major, "1"))
        return ia_str_is(pax->sparse_minor, "0");
    if (ia_str_is(pax->sparse_major, "0"))
        return ia_str_is(pax->sparse_minor, "0") || ia_str_is(pax->sparse_minor, "1");
    /* Go joins the parts of 0.0 by commas into a map, which replaces the map of 0.1; an empty map is none. */
    bool has_map = pax->sparse_parts ? pax->has_sparse_parts : pax->has_sparse_map;
    return !pax->sparse_major.n && !pax->sparse_minor.n && has_map;
}
