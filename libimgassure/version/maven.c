/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maven versions, in the order of ComparableVersion in Maven 4 (maven-artifact). A version is a list of numbers, words
 * and words with a number; "-", and a change between digits and letters, open a list inside the list, always as its
 * last item, so the lists form a chain. Zeros that nothing or a word follows are dropped. The order of Maven 3 differs
 * in rare cases. It is not transitive when words stand between dots ("1.x.1") or carry a number after a release word
 * ("1-ga1"). Bytes outside ASCII and unresolved properties ("${revision}") are "cannot tell".
 */
#include "version/maven.h"

#include "version/runs.h"
#include "version/version.h"

#include "base/macros.h"

static const char *const refusals[] = {"the first version is not one that Maven can order",
                                       "the second version is not one that Maven can order"};

enum { RANK_RELEASE = 5, RANK_UNKNOWN = 7 };

static const struct {
    const char *word;
    int rank;
} qualifiers[] = {
    {"alpha", 0},
    {"beta", 1},
    {"milestone", 2},
    {"rc", 3},
    {"cr", 3},
    {"snapshot", 4},
    {"ga", RANK_RELEASE},
    {"final", RANK_RELEASE},
    {"release", RANK_RELEASE},
    {"sp", 6},
};

static int rank(const struct ia_maven_item *item)
{
    char c = item->word.n == 1 ? ia_lower(item->word.p[0]) : '\0';
    if (item->kind == IA_MAVEN_BOTH && (c == 'a' || c == 'b'))
        return c - 'a';
    if (item->kind == IA_MAVEN_BOTH && c == 'm')
        return 2;
    for (size_t i = 0; i < IA_COUNT(qualifiers); i++)
        if (ia_word_is(item->word, qualifiers[i].word))
            return qualifiers[i].rank;
    return RANK_UNKNOWN;
}

static int compare_words(const struct ia_maven_item *a, const struct ia_maven_item *b)
{
    int left = rank(a), right = rank(b);
    if (left != right)
        return left < right ? -1 : 1;
    return left == RANK_UNKNOWN ? ia_word_cmp(a->word, b->word) : 0;
}

/* An item with nothing; what is inside a list is compared with nothing as well. */
static int compare_with_nothing(const struct ia_maven_item *item)
{
    switch (item->kind) {
    case IA_MAVEN_NUMBER:
        return ia_number_is_zero(item->digits) ? 0 : 1;
    case IA_MAVEN_WORD:
    case IA_MAVEN_BOTH:
        return (rank(item) > RANK_RELEASE) - (rank(item) < RANK_RELEASE);
    default:
        return 0;
    }
}

/* A word with a number is above the word alone. */
static int compare_same_level(const struct ia_maven_item *a, const struct ia_maven_item *b)
{
    int order = compare_words(a, b);
    if (order == 0 && a->kind != b->kind)
        return a->kind == IA_MAVEN_BOTH ? 1 : -1;
    return order != 0 ? order : ia_number_cmp(a->digits, b->digits);
}

/* Words, lists and numbers stand in this order. */
static int level(enum ia_maven_kind kind)
{
    return kind == IA_MAVEN_NUMBER ? 2 : kind == IA_MAVEN_LIST;
}

static int compare_items(const struct ia_maven_item *a, const struct ia_maven_item *b)
{
    if (a->kind == IA_MAVEN_END)
        return -compare_with_nothing(b);
    if (b->kind == IA_MAVEN_END)
        return compare_with_nothing(a);
    if (level(a->kind) != level(b->kind))
        return level(a->kind) < level(b->kind) ? -1 : 1;
    return a->kind == IA_MAVEN_LIST ? 0 : compare_same_level(a, b);
}

static bool is_valid(struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= ' ' || text.p[i] > '~' || (text.p[i] == '{' && i > 0 && text.p[i - 1] == '$'))
            return false;
    return text.n > 0;
}

/* Numbers and dots, then perhaps a hyphen and a word, with a number unless it is a release word. */
int ia_maven_family(struct ia_str version)
{
    struct ia_maven_item item = {.kind = IA_MAVEN_WORD};
    do {
        if (ia_run_digits(&version).n == 0)
            return -1;
    } while (ia_run_skip(&version, '.'));
    if (version.n == 0)
        return 0;
    if (!ia_run_skip(&version, '-'))
        return -1;
    item.word = ia_run_letters(&version);
    bool number = ia_run_digits(&version).n > 0;
    return item.word.n == 0 || version.n > 0 || (number && rank(&item) == RANK_RELEASE) ? -1 : 0;
}

int ia_maven_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    struct ia_maven_scan left = {.rest = a}, right = {.rest = b};
    struct ia_maven_item item_a, item_b;
    if (!ia_version_both(is_valid(a), is_valid(b), refusals, why))
        return IMGA_E_VERSION;
    do {
        item_a = ia_maven_next(&left);
        item_b = ia_maven_next(&right);
        *order = compare_items(&item_a, &item_b);
    } while (*order == 0 && (item_a.kind != IA_MAVEN_END || item_b.kind != IA_MAVEN_END));
    return IMGA_OK;
}
