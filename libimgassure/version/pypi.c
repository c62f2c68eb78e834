/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Python versions: [v][N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local], PEP 440 and the version specifiers specification of
 * packaging.python.org, with all spellings that its appendix B permits. This is the order of versions; that specifiers
 * such as "<1.0" leave pre-releases out is no part of it. What PEP 440 does not take ("2004d", "1.0-custom") is "cannot
 * tell"; "legacy" orders of old tools are not followed. Numbers have no upper bound.
 */
#include "version/runs.h"
#include "version/version.h"

#include "base/macros.h"

/* In the order of the versions that are otherwise alike. A development release alone is below all pre-releases. */
enum stage { STAGE_DEV, STAGE_ALPHA, STAGE_BETA, STAGE_RC, STAGE_FINAL };

struct pep440 {
    struct ia_str epoch, release;
    enum stage stage;
    struct ia_str stage_number;
    bool has_post, has_dev, has_local;
    struct ia_str post, dev, local;
};

static const char *const refusals[] = {"the first version is not one of PEP 440",
                                       "the second version is not one of PEP 440"};

/* Longer spellings first. */
static const struct {
    const char *word;
    enum stage stage;
} stages[] = {
    {"alpha", STAGE_ALPHA}, {"a", STAGE_ALPHA}, {"beta", STAGE_BETA}, {"b", STAGE_BETA},
    {"preview", STAGE_RC},  {"pre", STAGE_RC},  {"rc", STAGE_RC},     {"c", STAGE_RC},
};
static const char *const post_words[] = {"post", "rev", "r"};

static void skip_separator(struct ia_str *rest)
{
    char c = ia_run_first(*rest);
    if (c == '.' || c == '-' || c == '_')
        *rest = ia_str_sub(*rest, 1, rest->n);
}

static bool take_word(struct ia_str *rest, const char *word)
{
    struct ia_str front = ia_str_sub(*rest, 0, ia_str_from(word).n);
    if (!ia_word_is(front, word))
        return false;
    *rest = ia_str_sub(*rest, front.n, rest->n);
    return true;
}

/* The number of a segment may be divided from its word, or be missing: then it is 0. */
static struct ia_str take_number(struct ia_str *rest)
{
    skip_separator(rest);
    return ia_run_digits(rest);
}

static bool take_release(struct ia_str *rest, struct ia_str *out)
{
    struct ia_str start = *rest;
    do {
        if (ia_run_digits(rest).n == 0)
            return false;
    } while (rest->n > 1 && rest->p[0] == '.' && ia_is_digit(rest->p[1]) && ia_run_skip(rest, '.'));
    *out = ia_str_sub(start, 0, start.n - rest->n);
    return true;
}

static void take_epoch(struct ia_str *rest, struct ia_str *out)
{
    struct ia_str probe = *rest, digits = ia_run_digits(&probe);
    if (digits.n == 0 || !ia_run_skip(&probe, '!'))
        return;
    *out = digits;
    *rest = probe;
}

static void take_stage(struct ia_str *rest, struct pep440 *out)
{
    struct ia_str probe = *rest;
    skip_separator(&probe);
    for (size_t i = 0; i < IA_COUNT(stages); i++) {
        if (!take_word(&probe, stages[i].word))
            continue;
        out->stage = stages[i].stage;
        out->stage_number = take_number(&probe);
        *rest = probe;
        return;
    }
}

/* "-1" is a post-release of its own spelling. */
static void take_post(struct ia_str *rest, struct pep440 *out)
{
    struct ia_str probe = *rest;
    if (ia_run_skip(&probe, '-') && ia_is_digit(ia_run_first(probe))) {
        out->has_post = true;
        out->post = ia_run_digits(&probe);
        *rest = probe;
        return;
    }
    probe = *rest;
    skip_separator(&probe);
    for (size_t i = 0; i < IA_COUNT(post_words) && !out->has_post; i++)
        out->has_post = take_word(&probe, post_words[i]);
    if (!out->has_post)
        return;
    out->post = take_number(&probe);
    *rest = probe;
}

static void take_dev(struct ia_str *rest, struct pep440 *out)
{
    struct ia_str probe = *rest;
    skip_separator(&probe);
    if (!take_word(&probe, "dev"))
        return;
    out->has_dev = true;
    out->dev = take_number(&probe);
    *rest = probe;
}

static bool is_local(struct ia_str text)
{
    bool boundary = true;
    for (size_t i = 0; i < text.n; i++) {
        bool plain = ia_is_digit(text.p[i]) || ia_is_alpha(text.p[i]);
        if (!plain && (boundary || (text.p[i] != '.' && text.p[i] != '-' && text.p[i] != '_')))
            return false;
        boundary = !plain;
    }
    return !boundary;
}

static bool parse(struct ia_str text, struct pep440 *out)
{
    struct ia_str rest = ia_str_trim(text);
    *out = (struct pep440){.stage = STAGE_FINAL};
    take_word(&rest, "v");
    take_epoch(&rest, &out->epoch);
    if (!take_release(&rest, &out->release))
        return false;
    take_stage(&rest, out);
    take_post(&rest, out);
    take_dev(&rest, out);
    if (out->has_dev && !out->has_post && out->stage == STAGE_FINAL)
        out->stage = STAGE_DEV;
    out->has_local = ia_run_skip(&rest, '+');
    out->local = rest;
    return out->has_local ? is_local(rest) : rest.n == 0;
}

/* Missing numbers are 0. */
static int compare_release(struct ia_str a, struct ia_str b)
{
    while (a.n > 0 || b.n > 0) {
        struct ia_str left = ia_run_digits(&a), right = ia_run_digits(&b);
        int order = ia_number_cmp(left, right);
        if (order != 0)
            return order;
        ia_run_skip(&a, '.');
        ia_run_skip(&b, '.');
    }
    return 0;
}

static struct ia_str take_segment(struct ia_str *rest)
{
    size_t n = 0;
    while (n < rest->n && (ia_is_digit(rest->p[n]) || ia_is_alpha(rest->p[n])))
        n++;
    struct ia_str segment = ia_str_sub(*rest, 0, n);
    *rest = ia_str_sub(*rest, n + 1, rest->n);
    return segment;
}

static bool is_number(struct ia_str segment)
{
    ia_run_digits(&segment);
    return segment.n == 0;
}

/* Numbers are above words; what ends first is smaller. */
static int compare_local(struct ia_str a, struct ia_str b)
{
    while (a.n > 0 && b.n > 0) {
        struct ia_str left = take_segment(&a), right = take_segment(&b);
        bool number_a = is_number(left), number_b = is_number(right);
        if (number_a != number_b)
            return number_a ? 1 : -1;
        int order = number_a ? ia_number_cmp(left, right) : ia_word_cmp(left, right);
        if (order != 0)
            return order;
    }
    return (a.n > 0) - (b.n > 0);
}

static int compare_optional(bool has_a, bool has_b, struct ia_str a, struct ia_str b)
{
    if (has_a != has_b)
        return has_a ? 1 : -1;
    return ia_number_cmp(a, b);
}

static int compare_parsed(const struct pep440 *a, const struct pep440 *b)
{
    int order = ia_number_cmp(a->epoch, b->epoch);
    if (order == 0)
        order = compare_release(a->release, b->release);
    if (order == 0)
        order = (a->stage > b->stage) - (a->stage < b->stage);
    if (order == 0)
        order = ia_number_cmp(a->stage_number, b->stage_number);
    if (order == 0)
        order = compare_optional(a->has_post, b->has_post, a->post, b->post);
    if (order == 0 && a->has_dev != b->has_dev)
        order = a->has_dev ? -1 : 1;
    if (order == 0)
        order = ia_number_cmp(a->dev, b->dev);
    if (order == 0 && a->has_local != b->has_local)
        order = a->has_local ? 1 : -1;
    return order == 0 ? compare_local(a->local, b->local) : order;
}

int ia_pypi_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    struct pep440 left, right;
    bool valid_a = parse(a, &left), valid_b = parse(b, &right);
    if (!ia_version_both(valid_a, valid_b, refusals, why))
        return IMGA_E_VERSION;
    *order = compare_parsed(&left, &right);
    return IMGA_OK;
}
