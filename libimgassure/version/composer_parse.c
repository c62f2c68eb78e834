/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms that composer/semver's VersionParser::normalize takes: versions of one to four numbers (the first of at
 * most five digits), dates of four digits and then one to six pairs and one group of up to three, numeric branches,
 * named branches. "@dev" and the like and "+metadata" at the end are dropped.
 */
#include "version/composer.h"

#include "version/runs.h"

#include "base/macros.h"

enum {
    PARTS = 4,
    FIRST_MOST = 5,
    YEAR = 4,
    PAIRS_MOST = 6,
    GROUPS_MOST = 1,
    GROUP_DIGITS = 3,
    DATE_MOST = 32,
    DEV = 3
};

/* Longer words first. */
static const struct {
    const char *word;
    enum ia_composer_rank rank;
} stabilities[] = {
    {"alpha", IA_COMPOSER_ALPHA}, {"a", IA_COMPOSER_ALPHA}, {"beta", IA_COMPOSER_BETA},
    {"b", IA_COMPOSER_BETA},      {"rc", IA_COMPOSER_RC},   {"patch", IA_COMPOSER_PATCH},
    {"pl", IA_COMPOSER_PATCH},    {"p", IA_COMPOSER_PATCH}, {"stable", IA_COMPOSER_UNKNOWN},
};

static bool skip_word(struct ia_str *rest, const char *word)
{
    struct ia_str front = ia_str_sub(*rest, 0, ia_str_from(word).n);
    if (!ia_word_is(front, word))
        return false;
    *rest = ia_str_sub(*rest, front.n, rest->n);
    return true;
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && ia_str_find(ia_str_from(set), c) < ia_str_from(set).n;
}

/* ([.-]?digits)* */
static struct ia_str take_counter(struct ia_str *rest)
{
    struct ia_str start = *rest;
    for (;;) {
        struct ia_str probe = *rest;
        if (is_one_of(ia_run_first(probe), ".-"))
            probe = ia_str_sub(probe, 1, probe.n);
        if (ia_run_digits(&probe).n == 0)
            return ia_str_sub(start, 0, start.n - rest->n);
        *rest = probe;
    }
}

/* "stable" in small letters ends a version, whatever comes behind it. */
static void take_stability(struct ia_str *rest, struct ia_composer *out)
{
    struct ia_str start = *rest;
    for (size_t i = 0; i < IA_COUNT(stabilities); i++) {
        if (!skip_word(rest, stabilities[i].word))
            continue;
        out->rank = stabilities[i].rank;
        out->counter = take_counter(rest);
        break;
    }
    if (ia_str_starts(start, IA_STR("stable"))) {
        out->rank = IA_COMPOSER_NONE;
        out->counter = ia_str_sub(start, 0, 0);
    }
}

/* What may follow the numbers: [._-]?(stability counter)?([.-]?dev)? */
static bool take_modifiers(struct ia_str rest, struct ia_composer *out)
{
    if (is_one_of(ia_run_first(rest), "._-"))
        rest = ia_str_sub(rest, 1, rest.n);
    bool stable = ia_str_starts(rest, IA_STR("stable"));
    take_stability(&rest, out);
    struct ia_str probe = rest;
    if (is_one_of(ia_run_first(probe), ".-"))
        probe = ia_str_sub(probe, 1, probe.n);
    if (skip_word(&probe, "dev")) {
        out->dev = !stable;
        rest = probe;
    }
    return rest.n == 0;
}

static bool parse_classical(struct ia_str text, struct ia_composer *out)
{
    struct ia_str rest = text;
    size_t first = ia_run_digits(&rest).n;
    if (first == 0 || first > FIRST_MOST)
        return false;
    for (int i = 1; i < PARTS && rest.n > 1 && rest.p[0] == '.' && ia_is_digit(rest.p[1]); i++) {
        ia_run_skip(&rest, '.');
        ia_run_digits(&rest);
    }
    *out = (struct ia_composer){.least = PARTS, .missing = IA_STR("0")};
    out->numbers = ia_str_sub(text, 0, text.n - rest.n);
    return take_modifiers(rest, out);
}

/* Whether digits and separators can be cut into a number of pairs and then up to two groups. */
static bool has_date_form(struct ia_str rest, int pairs)
{
    int groups = 0;
    for (; pairs > 0; pairs--) {
        if (is_one_of(ia_run_first(rest), ".:-"))
            rest = ia_str_sub(rest, 1, rest.n);
        struct ia_str pair = ia_str_sub(rest, 0, 2);
        if (ia_run_digits(&pair).n != 2)
            return false;
        rest = ia_str_sub(rest, 2, rest.n);
    }
    for (; rest.n > 0; groups++) {
        if (is_one_of(ia_run_first(rest), ".:-"))
            rest = ia_str_sub(rest, 1, rest.n);
        struct ia_str group = ia_str_sub(rest, 0, GROUP_DIGITS);
        size_t digits = ia_run_digits(&group).n;
        if (digits == 0)
            return false;
        rest = ia_str_sub(rest, digits, rest.n);
    }
    return groups <= GROUPS_MOST;
}

/* Digits with one separator between them. */
static size_t date_length(struct ia_str text)
{
    size_t n = 0;
    while (n < text.n && n < DATE_MOST) {
        if (ia_is_digit(text.p[n]))
            n++;
        else if (is_one_of(text.p[n], ".:-") && n + 1 < text.n && ia_is_digit(text.p[n + 1]))
            n += 2;
        else
            break;
    }
    return n;
}

static bool parse_date(struct ia_str text, struct ia_composer *out)
{
    bool found = false;
    struct ia_str date = ia_str_sub(text, 0, date_length(text)), year = ia_str_sub(date, 0, YEAR);
    if (ia_run_digits(&year).n != YEAR)
        return false;
    for (int pairs = 1; pairs <= PAIRS_MOST && !found; pairs++)
        found = has_date_form(ia_str_sub(date, YEAR, date.n), pairs);
    *out = (struct ia_composer){.numbers = date};
    return found && take_modifiers(ia_str_sub(text, date.n, text.n), out);
}

/* "1.x-dev", "2.3.*-dev", "123456.7-dev". */
static bool parse_branch(struct ia_str text, struct ia_composer *out)
{
    if (text.n <= DEV || !ia_word_is(ia_str_sub(text, text.n - DEV, DEV), "dev"))
        return false;
    text.n -= DEV;
    if (is_one_of(text.p[text.n - 1], ".-"))
        text.n--;
    struct ia_str rest = text;
    if (ia_run_digits(&rest).n == 0)
        return false;
    for (int i = 1; i < PARTS && ia_run_skip(&rest, '.'); i++) {
        if (is_one_of(ia_run_first(rest), "xX*"))
            rest = ia_str_sub(rest, 1, rest.n);
        else if (ia_run_digits(&rest).n == 0)
            return false;
    }
    *out = (struct ia_composer){.numbers = text, .least = PARTS, .missing = IA_STR("9999999"), .dev = true};
    return rest.n == 0;
}

static struct ia_str without_flag(struct ia_str text)
{
    static const char *const flags[] = {"stable", "rc", "beta", "alpha", "dev"};
    size_t at = ia_str_find_last(text, '@');
    for (size_t i = 0; i < IA_COUNT(flags); i++)
        if (ia_word_is(ia_str_sub(text, at + 1, text.n), flags[i]))
            return ia_str_sub(text, 0, at);
    return text;
}

static struct ia_str without_metadata(struct ia_str text)
{
    size_t at = ia_str_find(text, '+');
    return at > 0 && at + 1 < text.n ? ia_str_sub(text, 0, at) : text;
}

static bool parse_named(struct ia_str text, struct ia_composer *out)
{
    struct ia_str rest = text;
    *out = (struct ia_composer){.branch = text};
    if (skip_word(&rest, "dev-")) {
        out->branch = rest;
        return rest.n > 0;
    }
    return ia_str_is(text, "master") || ia_str_is(text, "trunk") || ia_str_is(text, "default");
}

bool ia_composer_parse(struct ia_str text, struct ia_composer *out)
{
    text = without_flag(ia_str_trim(text));
    if (text.n == 0 || !ia_run_is_visible(text))
        return false;
    if (parse_named(text, out))
        return true;
    text = without_metadata(text);
    if (ia_lower(ia_run_first(text)) == 'v')
        text = ia_str_sub(text, 1, text.n);
    return parse_classical(text, out) || parse_date(text, out) || parse_branch(text, out);
}
