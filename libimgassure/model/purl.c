/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canonical package URLs: package-url/purl-spec, "Rules for each purl component" and "Character encoding", and the
 * definitions of the types deb and apk: namespace and name in lower case. Letters, digits, ".-_~" and the colon stay;
 * every other byte is percent-encoded.
 */
#include "model/purl.h"

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

static int encode(struct ia_buf *out, struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++)
        IA_TRY(encode_char(out, text.p[i]));
    return 0;
}

static int encode_lower(struct ia_buf *out, struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++)
        IA_TRY(encode_char(out, ia_lower(text.p[i])));
    return 0;
}

/* Segments between slashes; empty ones are dropped. */
static int write_namespace(struct ia_buf *out, struct ia_str namespace)
{
    struct ia_str segment;
    while (ia_str_next(&namespace, '/', &segment)) {
        if (segment.n == 0)
            continue;
        IA_TRY(encode_lower(out, segment));
        IA_TRY(ia_buf_char(out, '/'));
    }
    return 0;
}

static int write_qualifier(struct ia_buf *out, char *separator, const char *key, struct ia_str value)
{
    if (value.n == 0)
        return 0;
    IA_TRY(ia_buf_char(out, *separator));
    *separator = '&';
    IA_TRY(ia_buf_text(out, key));
    IA_TRY(ia_buf_char(out, '='));
    return encode(out, value);
}

int ia_purl_write(struct ia_buf *out, const struct ia_purl *purl)
{
    char separator = '?';
    IA_TRY(ia_buf_text(out, "pkg:"));
    IA_TRY(encode_lower(out, purl->type));
    IA_TRY(ia_buf_char(out, '/'));
    IA_TRY(write_namespace(out, purl->namespace));
    IA_TRY(encode_lower(out, purl->name));
    if (purl->version.n > 0) {
        IA_TRY(ia_buf_char(out, '@'));
        IA_TRY(encode(out, purl->version));
    }
    IA_TRY(write_qualifier(out, &separator, "arch", purl->arch));
    return write_qualifier(out, &separator, "distro", purl->distro);
}
