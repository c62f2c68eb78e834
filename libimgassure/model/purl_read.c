/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing package URLs: purl-spec 1.0, "How to parse", from right to left: subpath, qualifiers, type, version, name,
 * namespace. "pkg://" is read as "pkg:". Stricter than the letter in what must have been encoded: a second "?" or "#",
 * blanks, control characters, bytes outside ASCII, "%" without two digits, encoded NUL and invalid UTF-8 are refused,
 * as is a slash encoded within a segment.
 */
#include "model/purl.h"

#include "base/utf8.h"
#include "model/purl_rules.h"

#include <imgassure/status.h>

/* One reading. Everything decoded goes to storage, which has room for the whole text. */
struct reading {
    struct ia_buf *storage;
    struct ia_purl purl;
    const char *why;
    bool upper_keys; /* a key was not in lower case */
};

/* The parts of the text, not decoded yet. */
struct parts {
    struct ia_str type, namespace, name, version, qualifiers, subpath;
};

static int refuse(struct reading *reading, const char *why)
{
    reading->why = why;
    return IMGA_E_FORMAT;
}

static int hex_digit(char c)
{
    if (ia_is_digit(c))
        return c - '0';
    char lower = ia_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The next byte of *rest, decoded; -1 for a "%" without two digits. */
static int next_byte(struct ia_str *rest)
{
    char c = rest->p[0];
    size_t taken = 1;
    int byte = (uint8_t)c;
    if (c == '%') {
        int high = rest->n > 2 ? hex_digit(rest->p[1]) : -1, low = rest->n > 2 ? hex_digit(rest->p[2]) : -1;
        byte = high < 0 || low < 0 ? -1 : high * 16 + low;
        taken = 3;
    }
    *rest = ia_str_sub(*rest, taken, rest->n);
    return byte;
}

/* Appends a decoded component to storage. */
static int decode(struct reading *reading, struct ia_str text, struct ia_str *out)
{
    size_t from = reading->storage->n;
    while (text.n > 0) {
        int byte = next_byte(&text);
        if (byte < 0)
            return refuse(reading, "a percent sign is not followed by two hexadecimal digits");
        if (byte == 0)
            return refuse(reading, "there is an encoded NUL");
        IA_TRY(ia_buf_char(reading->storage, (char)byte));
    }
    *out = ia_str_sub(ia_buf_view(reading->storage), from, SIZE_MAX);
    return ia_utf8_valid(*out) ? 0 : refuse(reading, "a component is not UTF-8");
}

/* Decodes the segments of a path, with one slash between those that count. */
static int decode_path(struct reading *reading, struct ia_str path, bool dots, struct ia_str *out)
{
    struct ia_str segment, decoded;
    size_t from = reading->storage->n;
    while (ia_str_next(&path, '/', &segment)) {
        size_t before = reading->storage->n;
        if (segment.n == 0)
            continue;
        if (before > from)
            IA_TRY(ia_buf_char(reading->storage, '/'));
        IA_TRY(decode(reading, segment, &decoded));
        if (ia_str_find(decoded, '/') < decoded.n)
            return refuse(reading, "a segment has an encoded slash");
        if (!ia_purl_counts(decoded, dots))
            reading->storage->n = before;
    }
    *out = ia_str_sub(ia_buf_view(reading->storage), from, SIZE_MAX);
    return 0;
}

/* Spells a component that lies in storage; it can only shrink. */
static void spell(struct ia_buf *storage, struct ia_str *text, enum ia_purl_spelling spelling)
{
    struct ia_purl_letters letters = {spelling, false};
    size_t from = text->n ? (size_t)(text->p - storage->p) : 0, n = 0;
    for (size_t i = 0; i < text->n; i++) {
        char c = text->p[i];
        if (ia_purl_spell(&letters, &c))
            storage->p[from + n++] = c;
    }
    text->n = n;
}

static bool is_printable(struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= 0x20 || text.p[i] >= 0x7f)
            return false;
    return true;
}

/* Cuts what follows the first separator off text. */
static struct ia_str cut(struct ia_str *text, char separator)
{
    size_t at = ia_str_find(*text, separator);
    struct ia_str tail = ia_str_sub(*text, at + 1, text->n);
    *text = ia_str_sub(*text, 0, at);
    return tail;
}

/* The last "@", unless it begins a segment before the name: "@babel/core" has none. */
static struct ia_str cut_version(struct ia_str *path)
{
    size_t at = ia_str_find_last(*path, '@');
    struct ia_str version = ia_str_sub(*path, at + 1, path->n);
    bool begins = at == 0 || (at < path->n && path->p[at - 1] == '/');
    if (at == path->n || (begins && ia_str_find(version, '/') < version.n))
        return IA_STR("");
    *path = ia_str_sub(*path, 0, at);
    return version;
}

/* Name and namespace: the last segment and those before it; or the others and the first one. */
static void cut_name(struct parts *parts, struct ia_str path, bool path_name)
{
    size_t at = path_name ? ia_str_find(path, '/') : ia_str_find_last(path, '/');
    parts->namespace = ia_str_sub(path, 0, at < path.n ? at : 0);
    parts->name = at < path.n ? ia_str_sub(path, at + 1, path.n) : path;
}

static int cut_parts(struct reading *reading, struct ia_str text, struct parts *parts)
{
    parts->subpath = cut(&text, '#');
    parts->qualifiers = cut(&text, '?');
    if (ia_str_find(parts->subpath, '#') < parts->subpath.n || ia_str_find(parts->subpath, '?') < parts->subpath.n ||
        ia_str_find(parts->qualifiers, '?') < parts->qualifiers.n)
        return refuse(reading, "there is a second question mark or number sign");
    if (!ia_str_eq_case(ia_str_sub(text, 0, 4), IA_STR("pkg:")))
        return refuse(reading, "it does not begin with \"pkg:\"");
    text = ia_purl_strip_slashes(ia_str_sub(text, 4, text.n));
    struct ia_str path = text;
    parts->type = text;
    path = ia_purl_strip_slashes(cut(&parts->type, '/'));
    parts->version = cut_version(&path);
    cut_name(parts, path, ia_purl_spellings(parts->type, IA_STR(""), IA_STR("")).path_name);
    return 0;
}

static int read_qualifier(struct reading *reading, struct ia_str pair)
{
    struct ia_purl *purl = &reading->purl;
    struct ia_purl_qualifier qualifier = {pair, cut(&pair, '=')};
    qualifier.key = pair;
    if (qualifier.value.n == 0)
        return 0;
    if (purl->n_qualifiers == IA_PURL_QUALIFIERS)
        return refuse(reading, "there are too many qualifiers");
    if (ia_str_find(qualifier.key, '%') < qualifier.key.n)
        return refuse(reading, "a qualifier's key is percent-encoded");
    for (size_t i = 0; i < qualifier.key.n; i++)
        reading->upper_keys |= qualifier.key.p[i] != ia_lower(qualifier.key.p[i]);
    IA_TRY(decode(reading, qualifier.key, &qualifier.key));
    spell(reading->storage, &qualifier.key, IA_PURL_LOWER);
    IA_TRY(decode(reading, qualifier.value, &qualifier.value));
    purl->qualifiers[purl->n_qualifiers++] = qualifier;
    return 0;
}

static int read_qualifiers(struct reading *reading, struct ia_str text)
{
    struct ia_str pair;
    while (ia_str_next(&text, '&', &pair))
        if (pair.n > 0)
            IA_TRY(read_qualifier(reading, pair));
    return 0;
}

static int read_parts(struct reading *reading, const struct parts *parts)
{
    struct ia_purl *purl = &reading->purl;
    if (ia_str_find(parts->type, '%') < parts->type.n)
        return refuse(reading, "the type is percent-encoded");
    IA_TRY(decode(reading, parts->type, &purl->type));
    spell(reading->storage, &purl->type, IA_PURL_LOWER);
    IA_TRY(decode_path(reading, parts->namespace, true, &purl->namespace));
    if (ia_purl_spellings(purl->type, purl->namespace, IA_STR("")).path_name)
        IA_TRY(decode_path(reading, parts->name, true, &purl->name));
    else
        IA_TRY(decode(reading, parts->name, &purl->name));
    purl->name = ia_purl_strip_slashes(purl->name);
    IA_TRY(decode(reading, parts->version, &purl->version));
    IA_TRY(read_qualifiers(reading, parts->qualifiers));
    return decode_path(reading, parts->subpath, false, &purl->subpath);
}

/* Spells the components and asks for what every purl and, if wanted, this type demands. */
static int finish(struct reading *reading, bool demands)
{
    struct ia_purl *purl = &reading->purl;
    struct ia_purl_spellings spellings =
        ia_purl_spellings(purl->type, purl->namespace, ia_purl_qualifier(purl, "repository_url"));
    spell(reading->storage, &purl->namespace, spellings.namespace);
    spell(reading->storage, &purl->name, spellings.name);
    spell(reading->storage, &purl->version, spellings.version);
    if (demands && spellings.lower_keys && reading->upper_keys)
        return refuse(reading, "a qualifier's key is not in lower case");
    const char *fault = demands ? ia_purl_fault(purl) : ia_purl_syntax_fault(purl);
    return fault ? refuse(reading, fault) : 0;
}

static int read_purl(struct reading *reading, struct ia_str text, bool demands)
{
    struct parts parts = {.name = IA_STR("")};
    if (!is_printable(text))
        return refuse(reading, "there is a blank, a control character or a byte outside ASCII");
    IA_TRY(cut_parts(reading, text, &parts));
    IA_TRY(ia_buf_reserve(reading->storage, text.n));
    IA_TRY(read_parts(reading, &parts));
    return finish(reading, demands);
}

static int read_either(struct ia_str text, struct ia_buf *storage, struct ia_purl *out, const char **why, bool demands)
{
    struct reading reading = {.storage = storage, .why = ""};
    size_t before = storage->n;
    int status = read_purl(&reading, text, demands);
    *why = reading.why;
    if (status < 0)
        storage->n = before;
    else
        *out = reading.purl;
    return status;
}

int ia_purl_read(struct ia_str text, struct ia_buf *storage, struct ia_purl *out, const char **why)
{
    return read_either(text, storage, out, why, true);
}

int ia_purl_read_any(struct ia_str text, struct ia_buf *storage, struct ia_purl *out, const char **why)
{
    return read_either(text, storage, out, why, false);
}
