/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building package URLs: purl-spec 1.0, "How to build" and "Character encoding". Letters, digits, ".-_~" and the colon
 * stay; every other byte is percent-encoded. Empty segments of namespace and subpath are dropped, as are "." and ".."
 * of the subpath, and slashes at both ends of the name.
 */
#include "model/purl.h"

#include "model/purl_rules.h"

#include <imgassure/status.h>

#include <string.h>

bool ia_purl_qualify(struct ia_purl *purl, const char *key, struct ia_str value)
{
    if (value.n == 0)
        return true;
    if (purl->n_qualifiers == IA_PURL_QUALIFIERS)
        return false;
    purl->qualifiers[purl->n_qualifiers++] = (struct ia_purl_qualifier){ia_str_from(key), value};
    return true;
}

struct ia_str ia_purl_qualifier(const struct ia_purl *purl, const char *key)
{
    for (size_t i = 0; i < purl->n_qualifiers; i++)
        if (ia_str_eq_case(purl->qualifiers[i].key, ia_str_from(key)))
            return purl->qualifiers[i].value;
    return IA_STR("");
}

static bool is_plain(char c)
{
    return ia_is_alpha(c) || ia_is_digit(c) || c == '.' || c == '-' || c == '_' || c == '~' || c == ':';
}

static int encode_char(struct ia_buf *out, char c)
{
    static const char hex[] = "0123456789ABCDEF";
    const char code[3] = {'%', hex[(uint8_t)c >> 4], hex[(uint8_t)c & 15]};
    return is_plain(c) ? ia_buf_char(out, c) : ia_buf_add(out, code, sizeof(code));
}

static int encode(struct ia_buf *out, struct ia_str text, enum ia_purl_spelling spelling)
{
    struct ia_purl_letters letters = {spelling, false};
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (ia_purl_spell(&letters, &c))
            IA_TRY(encode_char(out, c));
    }
    return 0;
}

/* The segments that count, with one slash between them. */
static int write_segments(struct ia_buf *out, struct ia_str path, enum ia_purl_spelling spelling, bool dots)
{
    struct ia_str segment;
    bool first = true;
    while (ia_str_next(&path, '/', &segment)) {
        if (!ia_purl_counts(segment, dots))
            continue;
        if (!first)
            IA_TRY(ia_buf_char(out, '/'));
        IA_TRY(encode(out, segment, spelling));
        first = false;
    }
    return 0;
}

/* Puts the indices of the qualifiers that have a value into the order of their keys. */
static size_t sort_qualifiers(const struct ia_purl *purl, size_t order[IA_PURL_QUALIFIERS])
{
    size_t n = 0;
    for (size_t i = 0; i < purl->n_qualifiers; i++) {
        size_t at = n;
        if (purl->qualifiers[i].value.n == 0)
            continue;
        while (at > 0 && ia_purl_key_order(purl->qualifiers[i].key, purl->qualifiers[order[at - 1]].key) < 0)
            at--;
        memmove(order + at + 1, order + at, (n - at) * sizeof(*order));
        order[at] = i;
        n++;
    }
    return n;
}

static int write_qualifiers(struct ia_buf *out, const struct ia_purl *purl)
{
    size_t order[IA_PURL_QUALIFIERS], n = sort_qualifiers(purl, order);
    for (size_t i = 0; i < n; i++) {
        const struct ia_purl_qualifier *qualifier = &purl->qualifiers[order[i]];
        IA_TRY(ia_buf_char(out, i ? '&' : '?'));
        IA_TRY(encode(out, qualifier->key, IA_PURL_LOWER));
        IA_TRY(ia_buf_char(out, '='));
        IA_TRY(encode(out, qualifier->value, IA_PURL_AS_IS));
    }
    return 0;
}

static int write_path(struct ia_buf *out, const struct ia_purl *purl)
{
    struct ia_purl_spellings spell = ia_purl_spellings(purl->type, ia_purl_strip_slashes(purl->namespace),
                                                       ia_purl_qualifier(purl, "repository_url"));
    IA_TRY(ia_buf_text(out, "pkg:"));
    for (size_t i = 0; i < purl->type.n; i++) /* never encoded, not even "+" */
        IA_TRY(ia_buf_char(out, ia_lower(purl->type.p[i])));
    IA_TRY(ia_buf_char(out, '/'));
    IA_TRY(write_segments(out, purl->namespace, spell.namespace, true));
    if (ia_purl_has_segments(purl->namespace, true))
        IA_TRY(ia_buf_char(out, '/'));
    if (spell.path_name)
        IA_TRY(write_segments(out, purl->name, spell.name, true));
    else
        IA_TRY(encode(out, ia_purl_strip_slashes(purl->name), spell.name));
    if (purl->version.n == 0)
        return 0;
    IA_TRY(ia_buf_char(out, '@'));
    return encode(out, purl->version, spell.version);
}

static int write_purl(struct ia_buf *out, const struct ia_purl *purl)
{
    IA_TRY(write_path(out, purl));
    IA_TRY(write_qualifiers(out, purl));
    if (!ia_purl_has_segments(purl->subpath, false))
        return 0;
    IA_TRY(ia_buf_char(out, '#'));
    return write_segments(out, purl->subpath, IA_PURL_AS_IS, false);
}

int ia_purl_write(struct ia_buf *out, const struct ia_purl *purl)
{
    size_t before = out->n;
    if (ia_purl_fault(purl))
        return IMGA_E_INVALID;
    int status = write_purl(out, purl);
    if (status < 0)
        out->n = before;
    return status;
}
