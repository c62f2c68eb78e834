/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RubyGems versions (Gem::Version): digits, then dots and runs of digits and letters, then "-" and more, which reads as
 * ".pre.". Zeros at the end of the leading numbers do not count, a missing segment is 0, and words are below numbers,
 * so any word makes a pre-release. Letters are compared by byte. A platform ("-java", "-x86_64-linux") is no part of a
 * version: the caller takes it off where the source has one.
 */
#include "version/runs.h"
#include "version/version.h"

static const char *const refusals[] = {"the first version is not one of RubyGems",
                                       "the second version is not one of RubyGems"};

enum segment_kind { SEGMENT_WORD, SEGMENT_NUMBER, SEGMENT_END };

struct segment {
    enum segment_kind kind;
    struct ia_str text;
};

struct scan {
    struct ia_str rest;
    bool words; /* a word was passed: zeros count again */
    bool solid; /* the zeros ahead are followed by a number */
};

static bool is_plain(char c)
{
    return ia_is_digit(c) || ia_is_alpha(c);
}

/* Dots and, after the first hyphen, hyphens divide; a dot needs a plain character or a hyphen on both sides. */
static bool is_valid(struct ia_str text)
{
    bool hyphen = false, open = false;
    if (ia_run_digits(&text).n == 0 || ia_is_alpha(ia_run_first(text)))
        return false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool first = c == '-' && !hyphen;
        if ((first || c == '.') && open)
            return false;
        if (!is_plain(c) && c != '-' && c != '.')
            return false;
        hyphen = hyphen || c == '-';
        open = first || c == '.';
    }
    return !open;
}

static struct segment take_segment(struct ia_str *rest)
{
    while (ia_run_skip(rest, '.')) {
    }
    if (ia_run_skip(rest, '-'))
        return (struct segment){SEGMENT_WORD, IA_STR("pre")};
    if (rest->n == 0)
        return (struct segment){SEGMENT_END, *rest};
    if (ia_is_digit(rest->p[0]))
        return (struct segment){SEGMENT_NUMBER, ia_run_digits(rest)};
    return (struct segment){SEGMENT_WORD, ia_run_letters(rest)};
}

static bool is_zero(struct segment segment)
{
    return segment.kind == SEGMENT_NUMBER && ia_number_is_zero(segment.text);
}

/* Zeros of the leading numbers are passed over when no number follows them. Each run is looked through once. */
static struct segment next(struct scan *scan)
{
    struct ia_str ahead = scan->rest;
    struct segment segment = take_segment(&ahead);
    if (!scan->words && !scan->solid && is_zero(segment)) {
        do
            segment = take_segment(&ahead);
        while (is_zero(segment));
        scan->solid = segment.kind == SEGMENT_NUMBER;
    }
    if (scan->solid)
        segment = take_segment(&scan->rest);
    else
        scan->rest = ahead;
    scan->solid = scan->solid && is_zero(segment);
    scan->words = scan->words || segment.kind == SEGMENT_WORD;
    return segment;
}

static int compare_segments(struct segment a, struct segment b)
{
    bool word_a = a.kind == SEGMENT_WORD, word_b = b.kind == SEGMENT_WORD;
    if (word_a != word_b)
        return word_a ? -1 : 1;
    return word_a ? ia_str_cmp(a.text, b.text) : ia_number_cmp(a.text, b.text);
}

static int compare(struct ia_str a, struct ia_str b)
{
    struct scan scan_a = {.rest = a}, scan_b = {.rest = b};
    for (;;) {
        struct segment left = next(&scan_a), right = next(&scan_b);
        if (left.kind == SEGMENT_END && right.kind == SEGMENT_END)
            return 0;
        int order = compare_segments(left, right);
        if (order != 0)
            return order;
    }
}

int ia_gem_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    a = ia_str_trim(a);
    b = ia_str_trim(b);
    if (!ia_version_both(is_valid(a), is_valid(b), refusals, why))
        return IMGA_E_VERSION;
    *order = compare(a, b);
    return IMGA_OK;
}
