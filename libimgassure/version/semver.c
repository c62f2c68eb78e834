/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SemVer 2.0.0 (semver.org), sections 2, 9, 10, 11, and what npm, Cargo, Go, Pub and Hex make of it: one parser with
 * their differences as rules. Build metadata has no order, except for Pub. Numbers have no upper bound but that of
 * node-semver (2^53-1) and of Cargo (2^64-1), in the three main numbers; labels are compared in full.
 */
#include "version/labels.h"
#include "version/runs.h"
#include "version/version.h"

#include <string.h>

enum flag {
    FLAG_V = 1,         /* a leading "v" is dropped */
    FLAG_SHORT = 2,     /* "1" and "1.2" stand for "1.0.0" and "1.2.0", alone */
    FLAG_ZEROS = 4,     /* numbers may start with zeros */
    FLAG_BUILD = 8,     /* build metadata is compared, too: none is below any */
    FLAG_BLANKS = 16,   /* blanks around are dropped */
    FLAG_TOOLCHAIN = 32 /* "go1.22rc1" stands for "1.22.0-rc.1" */
};

struct rules {
    unsigned flags;
    const char *largest; /* of the main numbers; NULL: any */
    size_t longest;      /* in bytes; 0: any */
};

enum fault { FAULT_NONE, FAULT_FORM, FAULT_ZERO, FAULT_BIG, FAULT_LONG };

static const char *const faults[][2] = {
    [FAULT_NONE] = {"", ""},
    [FAULT_FORM] = {"the first version is not of the form of SemVer",
                    "the second version is not of the form of SemVer"},
    [FAULT_ZERO] = {"a number of the first version starts with a zero",
                    "a number of the second version starts with a zero"},
    [FAULT_BIG] = {"a number of the first version is too big", "a number of the second version is too big"},
    [FAULT_LONG] = {"the first version is too long", "the second version is too long"},
};

enum { PARTS = 3, TOOLCHAIN_LABEL = 32 };

struct semver {
    struct ia_str parts[PARTS];
    struct ia_str labels; /* of the pre-release; empty: none */
    struct ia_str build;
    char toolchain[TOOLCHAIN_LABEL]; /* labels of "go1.22rc1": "rc.1" */
};

static enum fault take_number(const struct rules *rules, struct ia_str *rest, struct ia_str *out)
{
    *out = ia_run_digits(rest);
    if (out->n == 0)
        return FAULT_FORM;
    if (out->n > 1 && out->p[0] == '0' && !(rules->flags & FLAG_ZEROS))
        return FAULT_ZERO;
    if (rules->largest && ia_number_cmp(*out, ia_str_from(rules->largest)) > 0)
        return FAULT_BIG;
    return FAULT_NONE;
}

static enum fault take_parts(const struct rules *rules, struct ia_str *rest, struct semver *out)
{
    enum fault fault = take_number(rules, rest, &out->parts[0]);
    for (int i = 1; i < PARTS && fault == FAULT_NONE; i++) {
        if (rest->n == 0 && rules->flags & FLAG_SHORT)
            break;
        fault = ia_run_skip(rest, '.') ? take_number(rules, rest, &out->parts[i]) : FAULT_FORM;
    }
    return fault;
}

static enum fault take_tail(const struct rules *rules, struct ia_str rest, struct semver *out)
{
    if (ia_run_skip(&rest, '-') && !ia_labels_take(&rest, &out->labels))
        return FAULT_FORM;
    if (!(rules->flags & FLAG_ZEROS) && ia_labels_pad_numbers(out->labels))
        return FAULT_ZERO;
    if (ia_run_skip(&rest, '+') && !ia_labels_take(&rest, &out->build))
        return FAULT_FORM;
    return rest.n == 0 ? FAULT_NONE : FAULT_FORM;
}

/* After the numbers: "rc1", "beta2". */
static enum fault take_toolchain(struct ia_str rest, struct semver *out)
{
    struct ia_str word = ia_run_letters(&rest), number = ia_run_digits(&rest);
    if (rest.n > 0 || number.n == 0 || !(ia_str_is(word, "rc") || ia_str_is(word, "beta")))
        return FAULT_FORM;
    if (word.n + 1 + number.n > sizeof(out->toolchain))
        return FAULT_BIG;
    memcpy(out->toolchain, word.p, word.n);
    out->toolchain[word.n] = '.';
    memcpy(out->toolchain + word.n + 1, number.p, number.n);
    out->labels = (struct ia_str){out->toolchain, word.n + 1 + number.n};
    return FAULT_NONE;
}

static enum fault parse_toolchain(const struct rules *rules, struct ia_str rest, struct semver *out)
{
    enum fault fault = take_number(rules, &rest, &out->parts[0]);
    for (int i = 1; i < PARTS && fault == FAULT_NONE && ia_run_skip(&rest, '.'); i++)
        fault = take_number(rules, &rest, &out->parts[i]);
    return fault == FAULT_NONE && rest.n > 0 ? take_toolchain(rest, out) : fault;
}

static enum fault parse(const struct rules *rules, struct ia_str text, struct semver *out)
{
    *out = (struct semver){0};
    if (rules->longest > 0 && text.n > rules->longest)
        return FAULT_LONG;
    if (rules->flags & FLAG_BLANKS)
        text = ia_str_trim(text);
    if (rules->flags & FLAG_TOOLCHAIN && ia_str_starts(text, IA_STR("go")))
        return parse_toolchain(rules, ia_str_sub(text, 2, text.n), out);
    if (rules->flags & FLAG_V)
        ia_run_skip(&text, 'v');
    enum fault fault = take_parts(rules, &text, out);
    return fault == FAULT_NONE ? take_tail(rules, text, out) : fault;
}

/* No labels: above any when they are of a pre-release, below any when they are of a build. */
static int compare_labels(struct ia_str a, struct ia_str b, int none)
{
    if (a.n == 0 || b.n == 0)
        return a.n == b.n ? 0 : a.n == 0 ? none : -none;
    return ia_labels_cmp(a, b);
}

static int compare_parsed(const struct rules *rules, const struct semver *a, const struct semver *b)
{
    int order = 0;
    for (int i = 0; i < PARTS && order == 0; i++)
        order = ia_number_cmp(a->parts[i], b->parts[i]);
    if (order == 0)
        order = compare_labels(a->labels, b->labels, 1);
    if (order == 0 && rules->flags & FLAG_BUILD)
        order = compare_labels(a->build, b->build, -1);
    return order;
}

static int compare(const struct rules *rules, struct ia_str a, struct ia_str b, int *order, const char **why)
{
    struct semver left, right;
    enum fault fault_a = parse(rules, a, &left), fault_b = parse(rules, b, &right);
    *why = fault_a != FAULT_NONE ? faults[fault_a][0] : faults[fault_b][1];
    if (fault_a != FAULT_NONE || fault_b != FAULT_NONE)
        return IMGA_E_VERSION;
    *order = compare_parsed(rules, &left, &right);
    return IMGA_OK;
}

int ia_semver_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    return compare(&(struct rules){.flags = FLAG_V}, a, b, order, why);
}

int ia_npm_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    const struct rules rules = {.flags = FLAG_V | FLAG_BLANKS, .largest = "9007199254740991", .longest = 256};
    return compare(&rules, a, b, order, why);
}

int ia_cargo_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    return compare(&(struct rules){.largest = "18446744073709551615"}, a, b, order, why);
}

int ia_go_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    return compare(&(struct rules){.flags = FLAG_V | FLAG_SHORT | FLAG_TOOLCHAIN}, a, b, order, why);
}

int ia_pub_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    return compare(&(struct rules){.flags = FLAG_V | FLAG_ZEROS | FLAG_BUILD}, a, b, order, why);
}

int ia_hex_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    return compare(&(struct rules){0}, a, b, order, why);
}
