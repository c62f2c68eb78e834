/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alpine package versions: digits{.digits}{letter}{_suffix{digits}}{~hash}{-rdigits}. The order is that of apk-tools 3
 * (apk-package(5), "pkgver"). Where 3 calls one of two versions malformed, both go by the wider grammar and the order
 * of apk-tools 2, because feeds and old images hold such versions ("1.9.5p1-r1", "0.8.21.r2"); the two orders differ
 * on zeros after a dot ("8.2.0" and "8.2.001"). What neither grammar takes is "cannot tell". A version is cut into
 * tokens; the first token that differs decides. Numbers have no upper bound.
 */
#include "version/runs.h"
#include "version/version.h"

#include "base/macros.h"

/* In the order that decides when two versions go on differently: the earlier kind is the greater version. */
enum token_kind {
    TOKEN_PART,   /* digits after a dot */
    TOKEN_DIGITS, /* the first digits; generation 2: also those after zeros or after a letter */
    TOKEN_LETTER,
    TOKEN_SUFFIX,
    TOKEN_NUMBER, /* of a suffix */
    TOKEN_HASH,
    TOKEN_REVISION,
    TOKEN_END,
    TOKEN_MALFORMED
};

struct scan {
    struct ia_str rest;
    enum token_kind kind; /* of the token that was cut off last */
    struct ia_str text;   /* its digits, letter or hash */
    int rank;             /* of a suffix: below 0 for those of a pre-release */
    bool zeros;           /* generation 2: text is a run of zeros, and a TOKEN_DIGITS must follow */
};

typedef void (*next_fn)(struct scan *scan);

static const struct {
    const char *name;
    int rank;
} suffixes[] = {
    {"alpha", -4}, {"beta", -3}, {"pre", -2}, {"rc", -1}, {"cvs", 0}, {"svn", 1}, {"git", 2}, {"hg", 3}, {"p", 4},
};

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_hex(char c)
{
    return ia_is_digit(c) || (c >= 'a' && c <= 'f');
}

static void drop(struct scan *scan, size_t count)
{
    scan->rest = ia_str_sub(scan->rest, count, scan->rest.n);
}

/* Cuts the longest run of characters of a class off. */
static struct ia_str take(struct scan *scan, bool (*in_class)(char c))
{
    size_t n = 0;
    while (n < scan->rest.n && in_class(scan->rest.p[n]))
        n++;
    struct ia_str run = ia_str_sub(scan->rest, 0, n);
    drop(scan, n);
    return run;
}

static bool is_zero(char c)
{
    return c == '0';
}

/* Generation 3: each kind in its place, nothing empty, suffixes in full. */

static enum token_kind suffix_rank(struct scan *scan, struct ia_str name)
{
    for (size_t i = 0; i < IA_COUNT(suffixes); i++) {
        if (!ia_str_is(name, suffixes[i].name))
            continue;
        scan->rank = suffixes[i].rank;
        return TOKEN_SUFFIX;
    }
    return TOKEN_MALFORMED;
}

static enum token_kind take_text(struct scan *scan, enum token_kind kind, size_t mark, bool (*in_class)(char c))
{
    drop(scan, mark);
    scan->text = take(scan, in_class);
    return scan->text.n > 0 ? kind : TOKEN_MALFORMED;
}

static enum token_kind token_3(struct scan *scan)
{
    enum token_kind before = scan->kind;
    char c = ia_run_first(scan->rest);
    if (scan->rest.n == 0)
        return TOKEN_END;
    if (c == '.' && before <= TOKEN_DIGITS)
        return take_text(scan, TOKEN_PART, 1, ia_is_digit);
    if (is_lower(c) && before <= TOKEN_DIGITS) {
        scan->text = ia_str_sub(scan->rest, 0, 1);
        drop(scan, 1);
        return TOKEN_LETTER;
    }
    if (c == '_' && before <= TOKEN_NUMBER) {
        drop(scan, 1);
        return suffix_rank(scan, take(scan, is_lower));
    }
    if (ia_is_digit(c) && before == TOKEN_SUFFIX)
        return take_text(scan, TOKEN_NUMBER, 0, ia_is_digit);
    if (c == '~' && before < TOKEN_HASH)
        return take_text(scan, TOKEN_HASH, 1, is_hex);
    if (ia_str_starts(scan->rest, IA_STR("-r")) && before < TOKEN_REVISION)
        return take_text(scan, TOKEN_REVISION, 2, ia_is_digit);
    return TOKEN_MALFORMED;
}

static void next_3(struct scan *scan)
{
    scan->kind = token_3(scan);
}

static void start_3(struct scan *scan, struct ia_str text)
{
    *scan = (struct scan){.rest = text};
    scan->kind = take_text(scan, TOKEN_DIGITS, 0, ia_is_digit);
}

/*
 * Generation 2: digits may be missing anywhere, a letter may be followed by digits, suffixes by
 * suffixes and revisions by revisions; there is no hash. After a dot leading zeros are a token of their own.
 */

static enum token_kind kind_2(const struct scan *scan)
{
    char c = ia_run_first(scan->rest);
    if (is_lower(c) && scan->kind <= TOKEN_DIGITS)
        return TOKEN_LETTER;
    if (ia_is_digit(c) && scan->kind == TOKEN_LETTER)
        return TOKEN_DIGITS;
    if (ia_is_digit(c) && scan->kind == TOKEN_SUFFIX)
        return TOKEN_NUMBER;
    if (c == '.' && scan->kind <= TOKEN_DIGITS)
        return TOKEN_PART;
    if (c == '_' && scan->kind <= TOKEN_NUMBER)
        return TOKEN_SUFFIX;
    if (ia_str_starts(scan->rest, IA_STR("-r")))
        return TOKEN_REVISION;
    return TOKEN_MALFORMED;
}

/* The first name that the text starts with; at the end of the version there is none, and it ranks as "cvs" does. */
static enum token_kind suffix_prefix(struct scan *scan)
{
    scan->rank = 0;
    if (scan->rest.n == 0)
        return TOKEN_SUFFIX;
    for (size_t i = 0; i < IA_COUNT(suffixes); i++) {
        struct ia_str name = ia_str_from(suffixes[i].name);
        if (!ia_str_starts(scan->rest, name))
            continue;
        scan->rank = suffixes[i].rank;
        drop(scan, name.n);
        return TOKEN_SUFFIX;
    }
    return TOKEN_MALFORMED;
}

static void start_2(struct scan *scan, struct ia_str text)
{
    *scan = (struct scan){.rest = text, .kind = text.n > 0 ? TOKEN_DIGITS : TOKEN_MALFORMED};
    scan->text = take(scan, ia_is_digit);
}

static void next_2(struct scan *scan)
{
    bool zeros = scan->zeros;
    scan->zeros = false;
    if (!zeros && scan->rest.n == 0) {
        scan->kind = TOKEN_END;
        return;
    }
    scan->kind = zeros ? TOKEN_DIGITS : kind_2(scan);
    if (scan->kind == TOKEN_LETTER) {
        scan->text = ia_str_sub(scan->rest, 0, 1);
        drop(scan, 1);
        return;
    }
    drop(scan, scan->kind == TOKEN_REVISION ? 2 : scan->kind == TOKEN_PART || scan->kind == TOKEN_SUFFIX);
    if (scan->kind == TOKEN_SUFFIX) {
        scan->kind = suffix_prefix(scan);
        return;
    }
    scan->zeros = scan->kind == TOKEN_PART && ia_run_first(scan->rest) == '0';
    scan->text = take(scan, scan->zeros ? is_zero : ia_is_digit);
}

/* Generation 3 compares as text when one side has a leading zero: "1.01" is before "1.1". */
static int compare_parts(struct ia_str a, struct ia_str b)
{
    if (ia_run_first(a) == '0' || ia_run_first(b) == '0')
        return ia_str_cmp(a, b);
    return ia_number_cmp(a, b);
}

/* Generation 2: how many zeros the part after a dot starts with; a part without digits counts as one zero. */
static size_t zeros_of(const struct scan *scan)
{
    if (scan->kind == TOKEN_PART && scan->text.n == 0)
        return 1;
    return scan->zeros ? scan->text.n : 0;
}

/* Two tokens of one kind. Generation 2: the more zeros, the smaller, and any zeros are below any number. */
static int compare_tokens(const struct scan *a, const struct scan *b)
{
    size_t zeros_a = zeros_of(a), zeros_b = zeros_of(b);
    if (zeros_a != zeros_b)
        return zeros_a > zeros_b ? -1 : 1;
    if (zeros_a > 0)
        return 0;
    switch (a->kind) {
    case TOKEN_PART:
        return compare_parts(a->text, b->text);
    case TOKEN_LETTER:
    case TOKEN_HASH:
        return ia_str_cmp(a->text, b->text);
    case TOKEN_SUFFIX:
        return (a->rank > b->rank) - (a->rank < b->rank);
    default:
        return ia_number_cmp(a->text, b->text);
    }
}

/* A pre-release suffix is below whatever the other version has there. */
static int compare_kinds(const struct scan *a, const struct scan *b)
{
    if (a->kind == TOKEN_SUFFIX && a->rank < 0)
        return -1;
    if (b->kind == TOKEN_SUFFIX && b->rank < 0)
        return 1;
    return a->kind > b->kind ? -1 : 1;
}

/* Both are well-formed, so the walk comes to an end. */
static int compare_scans(struct scan a, struct scan b, next_fn next)
{
    while (a.kind == b.kind && a.kind != TOKEN_END) {
        int order = compare_tokens(&a, &b);
        if (order != 0)
            return order;
        next(&a);
        next(&b);
    }
    return a.kind == b.kind ? 0 : compare_kinds(&a, &b);
}

static bool is_well_formed(struct scan scan, next_fn next)
{
    while (scan.kind < TOKEN_END)
        next(&scan);
    return scan.kind == TOKEN_END;
}

bool ia_apk_is_current(struct ia_str version)
{
    struct scan scan;
    start_3(&scan, version);
    return is_well_formed(scan, next_3);
}

/* Across the two grammars the older order decides, and the two orders differ. */
int ia_apk_family(struct ia_str version)
{
    return ia_apk_is_current(version) ? 1 : 0;
}

static bool is_old(struct ia_str version)
{
    struct scan scan;
    start_2(&scan, version);
    return is_well_formed(scan, next_2);
}

int ia_apk_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    struct scan left, right;
    bool current_a = ia_apk_is_current(a), current_b = ia_apk_is_current(b);
    bool old_a = is_old(a), old_b = is_old(b);
    *why = "";
    if (current_a && current_b) {
        start_3(&left, a);
        start_3(&right, b);
        *order = compare_scans(left, right, next_3);
        return IMGA_OK;
    }
    if (old_a && old_b) {
        start_2(&left, a);
        start_2(&right, b);
        *order = compare_scans(left, right, next_2);
        return IMGA_OK;
    }
    if (!current_a && !old_a)
        *why = "the first version is not one of apk-tools";
    else if (!current_b && !old_b)
        *why = "the second version is not one of apk-tools";
    else
        *why = "no release of apk-tools can parse both versions";
    return IMGA_E_VERSION;
}
