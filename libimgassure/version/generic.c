/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions whose scheme is not known, as CPE names and banners carry them: [v]N(.N)*, then words and numbers; a CPE
 * update goes behind the version with a hyphen ("1.8.0-update_31"). There is no standard. An order is given only where
 * the usual readings agree: numbers by value, missing ones 0, release words (final, ga) nothing, alpha < beta < rc <
 * none < letters
 * ("1.0.2k") and patch levels. The rest is "cannot tell": words nobody knows, "1.0b2" and "1.0", "1.0-1" and "1.0",
 * what differs behind "+" only.
 */
#include "version/runs.h"
#include "version/version.h"

#include "base/macros.h"

enum { CANNOT_TELL = 2 };

/* What a word, with the numbers behind it, makes of the version before it. */
enum group {
    GROUP_NONE,     /* no word: the numbers in front, or the end */
    GROUP_RELEASE,  /* the same as no word */
    GROUP_UNSTABLE, /* below the release; different ones have no order */
    GROUP_RANKED,   /* below the release, by rank */
    GROUP_LETTER,   /* above the release, by letter */
    GROUP_PATCH,    /* above the release; different ones have no order */
    GROUP_EITHER,   /* below or above the release, below its next number */
    GROUP_UNKNOWN
};

enum { RANK_UNDERSCORE = 7 };

static const struct {
    const char *word;
    enum group group;
    int rank; /* words of one group and rank are the same */
} words[] = {
    {"final", GROUP_RELEASE, 0},      {"ga", GROUP_RELEASE, 0},      {"release", GROUP_RELEASE, 0},
    {"stable", GROUP_RELEASE, 0},     {"dev", GROUP_UNSTABLE, 1},    {"snapshot", GROUP_UNSTABLE, 2},
    {"nightly", GROUP_UNSTABLE, 3},   {"canary", GROUP_UNSTABLE, 4}, {"unstable", GROUP_UNSTABLE, 5},
    {"milestone", GROUP_UNSTABLE, 6}, {"pre", GROUP_UNSTABLE, 7},    {"preview", GROUP_UNSTABLE, 7},
    {"alpha", GROUP_RANKED, 1},       {"beta", GROUP_RANKED, 2},     {"rc", GROUP_RANKED, 3},
    {"cr", GROUP_RANKED, 3},          {"p", GROUP_PATCH, 1},         {"pl", GROUP_PATCH, 1},
    {"patch", GROUP_PATCH, 1},        {"update", GROUP_PATCH, 2},    {"u", GROUP_PATCH, 2},
    {"sp", GROUP_PATCH, 3},           {"post", GROUP_PATCH, 4},      {"hotfix", GROUP_PATCH, 5},
    {"hf", GROUP_PATCH, 5},           {"fix", GROUP_PATCH, 6},
};

struct piece {
    enum group group;
    int rank;
    struct ia_str word;
    struct ia_str numbers; /* with single dots between them */
};

static const char *const refusals[] = {"the first version is not a number with dots and words",
                                       "the second version is not a number with dots and words"};
static const char undecided[] = "the two versions differ in a part that has no known order";

static bool is_separator(char c)
{
    return c == '.' || c == '-' || c == '_' || c == '~';
}

static bool is_valid(struct ia_str text)
{
    bool build = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (!ia_is_digit(c) && !ia_is_alpha(c) && !is_separator(c) && (c != '+' || build))
            return false;
        build = build || c == '+';
    }
    return ia_is_digit(ia_run_first(text));
}

static struct ia_str without_v(struct ia_str text)
{
    return ia_lower(ia_run_first(text)) == 'v' ? ia_str_sub(text, 1, text.n) : text;
}

static struct ia_str take_separators(struct ia_str *rest)
{
    size_t n = 0;
    while (n < rest->n && is_separator(rest->p[n]))
        n++;
    struct ia_str run = ia_str_sub(*rest, 0, n);
    *rest = ia_str_sub(*rest, n, rest->n);
    return run;
}

static struct ia_str take_numbers(struct ia_str *rest)
{
    struct ia_str start = *rest, probe = *rest;
    while (ia_run_digits(&probe).n > 0) {
        *rest = probe;
        if (!ia_run_skip(&probe, '.'))
            break;
    }
    return ia_str_sub(start, 0, start.n - rest->n);
}

/* A letter or two right behind a number ("1.0.2k", "1.0.2zh"); one letter with a number ("1.0b2") has two readings. */
static enum group group_of_letters(const struct piece *piece, bool attached)
{
    char c = ia_lower(piece->word.p[0]);
    if (piece->numbers.n > 0)
        return piece->word.n == 1 && (c == 'a' || c == 'b' || c == 'c' || c == 'm' || c == 'r') ? GROUP_EITHER
                                                                                                : GROUP_UNKNOWN;
    return attached && piece->word.n <= 2 ? GROUP_LETTER : GROUP_UNKNOWN;
}

static void classify(struct piece *piece, bool attached)
{
    piece->group = GROUP_UNKNOWN;
    for (size_t i = 0; i < IA_COUNT(words); i++) {
        if (!ia_word_is(piece->word, words[i].word))
            continue;
        piece->group = words[i].group;
        piece->rank = words[i].rank;
    }
    bool letter = piece->word.n == 1 && attached && piece->numbers.n == 0;
    if (letter || piece->group == GROUP_UNKNOWN)
        piece->group = group_of_letters(piece, attached);
    if (piece->group == GROUP_RELEASE && piece->numbers.n > 0)
        piece->group = GROUP_UNKNOWN;
}

/* The numbers of a word may be divided from it, those of a letter may not. Numbers alone: "1.8.0_292", "1.0-1". */
static struct piece take_any(struct ia_str *rest)
{
    struct ia_str separators = take_separators(rest);
    struct piece piece = {.word = ia_run_letters(rest)};
    struct ia_str probe = *rest;
    if (piece.word.n > 1)
        take_separators(&probe);
    piece.numbers = take_numbers(&probe);
    if (piece.numbers.n > 0)
        *rest = probe;
    if (piece.word.n > 0) {
        classify(&piece, separators.n == 0);
    } else if (piece.numbers.n > 0) {
        bool patch = ia_str_is(separators, "_");
        piece.group = patch ? GROUP_PATCH : GROUP_EITHER;
        piece.rank = patch ? RANK_UNDERSCORE : 0;
    }
    return piece;
}

static struct piece take_piece(struct ia_str *rest)
{
    struct piece piece;
    do
        piece = take_any(rest);
    while (piece.group == GROUP_RELEASE);
    return piece;
}

/* Missing numbers are 0, unless what stands there is a word that nobody knows. */
static int compare_numbers(const struct piece *a, const struct piece *b, struct ia_str rest_a, struct ia_str rest_b)
{
    struct ia_str left = a->numbers, right = b->numbers;
    while (left.n > 0 || right.n > 0) {
        bool end_a = left.n == 0, end_b = right.n == 0;
        struct ia_str x = ia_run_digits(&left), y = ia_run_digits(&right);
        int order = ia_number_cmp(x, y);
        if (order != 0) {
            enum group next_a = take_piece(&rest_a).group, next_b = take_piece(&rest_b).group;
            bool unknown = (end_a && next_a == GROUP_UNKNOWN) || (end_b && next_b == GROUP_UNKNOWN);
            return unknown ? CANNOT_TELL : order;
        }
        ia_run_skip(&left, '.');
        ia_run_skip(&right, '.');
    }
    return 0;
}

/* Below the release, the release, above it; or CANNOT_TELL. */
static int side(enum group group)
{
    switch (group) {
    case GROUP_NONE:
        return 0;
    case GROUP_UNSTABLE:
    case GROUP_RANKED:
        return -1;
    case GROUP_LETTER:
    case GROUP_PATCH:
        return 1;
    default:
        return CANNOT_TELL;
    }
}

static int compare_words(const struct piece *a, const struct piece *b)
{
    int left = side(a->group), right = side(b->group);
    if (a->group != b->group)
        return left == right || left == CANNOT_TELL || right == CANNOT_TELL ? CANNOT_TELL : left < right ? -1 : 1;
    int order = a->rank != b->rank ? (a->rank < b->rank ? -1 : 1) : 0;
    if (a->group == GROUP_LETTER || left == CANNOT_TELL)
        order = ia_word_cmp(a->word, b->word);
    return order != 0 && a->group != GROUP_RANKED && a->group != GROUP_LETTER ? CANNOT_TELL : order;
}

static int compare(struct ia_str a, struct ia_str b)
{
    struct piece left = {.numbers = take_numbers(&a)}, right = {.numbers = take_numbers(&b)};
    for (;;) {
        int order = compare_words(&left, &right);
        if (order == 0)
            order = compare_numbers(&left, &right, a, b);
        if (order != 0)
            return order;
        left = take_piece(&a);
        right = take_piece(&b);
        if (left.group == GROUP_NONE && right.group == GROUP_NONE)
            return 0;
    }
}

int ia_generic_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    a = without_v(a);
    b = without_v(b);
    if (!ia_version_both(is_valid(a), is_valid(b), refusals, why))
        return IMGA_E_VERSION;
    size_t build_a = ia_str_find(a, '+'), build_b = ia_str_find(b, '+');
    int result = compare(ia_str_sub(a, 0, build_a), ia_str_sub(b, 0, build_b));
    if (result == 0 && !ia_str_eq(ia_str_sub(a, build_a, a.n), ia_str_sub(b, build_b, b.n)))
        result = CANNOT_TELL;
    if (result == CANNOT_TELL) {
        *why = undecided;
        return IMGA_E_VERSION;
    }
    *order = result;
    return IMGA_OK;
}
