/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every purl must hold, whatever its type: purl-spec 1.0, "Rules for each purl component". Text is UTF-8 without
 * NUL, because readers of purls hand it on as such.
 */
#include "model/purl_rules.h"

#include "base/utf8.h"

struct ia_str ia_purl_strip_slashes(struct ia_str text)
{
    while (text.n > 0 && text.p[text.n - 1] == '/')
        text.n--;
    while (text.n > 0 && text.p[0] == '/')
        text = ia_str_sub(text, 1, text.n);
    return text;
}

bool ia_purl_counts(struct ia_str segment, bool dots)
{
    return segment.n > 0 && (dots || (!ia_str_is(segment, ".") && !ia_str_is(segment, "..")));
}

bool ia_purl_has_segments(struct ia_str path, bool dots)
{
    struct ia_str segment;
    while (ia_str_next(&path, '/', &segment))
        if (ia_purl_counts(segment, dots))
            return true;
    return false;
}

int ia_purl_key_order(struct ia_str a, struct ia_str b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        char left = ia_lower(a.p[i]), right = ia_lower(b.p[i]);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return a.n < b.n ? -1 : a.n > b.n;
}

static bool is_type(struct ia_str type)
{
    for (size_t i = 0; i < type.n; i++) {
        char c = type.p[i];
        if (!ia_is_alpha(c) && !ia_is_digit(c) && c != '.' && c != '+' && c != '-')
            return false;
    }
    return type.n > 0 && !ia_is_digit(type.p[0]);
}

static bool is_key(struct ia_str key)
{
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        if (!ia_is_alpha(c) && !ia_is_digit(c) && c != '.' && c != '-' && c != '_')
            return false;
    }
    return key.n > 0 && !ia_is_digit(key.p[0]);
}

static bool is_text(struct ia_str text)
{
    return ia_utf8_valid(text) && ia_str_find(text, '\0') == text.n;
}

static const char *qualifier_fault(const struct ia_purl *purl)
{
    if (purl->n_qualifiers > IA_PURL_QUALIFIERS)
        return "there are too many qualifiers";
    for (size_t i = 0; i < purl->n_qualifiers; i++) {
        if (!is_key(purl->qualifiers[i].key))
            return "a qualifier's key has a character that is not allowed";
        if (!is_text(purl->qualifiers[i].value))
            return "a qualifier is not UTF-8 text";
        for (size_t j = 0; j < i; j++)
            if (ia_purl_key_order(purl->qualifiers[i].key, purl->qualifiers[j].key) == 0)
                return "a qualifier stands twice";
    }
    return NULL;
}

const char *ia_purl_syntax_fault(const struct ia_purl *purl)
{
    if (!is_type(purl->type))
        return "the type is empty or has a character that is not allowed";
    if (!ia_purl_has_segments(purl->name, true))
        return "the name is empty";
    if (!is_text(purl->namespace) || !is_text(purl->name) || !is_text(purl->version) || !is_text(purl->subpath))
        return "a component is not UTF-8 text";
    return qualifier_fault(purl);
}

const char *ia_purl_fault(const struct ia_purl *purl)
{
    const char *fault = ia_purl_syntax_fault(purl);
    return fault ? fault : ia_purl_demand(purl);
}
