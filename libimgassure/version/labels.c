/* SPDX-License-Identifier: Apache-2.0 */
/* Labels divided by dots: SemVer 2.0.0, sections 9 to 11. A hyphen is a character of a label like a letter. */
#include "version/labels.h"

#include "version/runs.h"

static bool is_number(struct ia_str label)
{
    ia_run_digits(&label);
    return label.n == 0;
}

bool ia_labels_take(struct ia_str *rest, struct ia_str *out)
{
    size_t n, start = 0;
    for (n = 0; n < rest->n && rest->p[n] != '+'; n++) {
        char c = rest->p[n];
        if (c == '.' && n == start)
            return false;
        if (c == '.')
            start = n + 1;
        else if (!ia_is_digit(c) && !ia_is_alpha(c) && c != '-')
            return false;
    }
    *out = ia_str_sub(*rest, 0, n);
    *rest = ia_str_sub(*rest, n, rest->n);
    return n > start;
}

bool ia_labels_pad_numbers(struct ia_str labels)
{
    struct ia_str label;
    while (ia_str_next(&labels, '.', &label))
        if (label.n > 1 && label.p[0] == '0' && is_number(label))
            return true;
    return false;
}

typedef int (*compare_fn)(struct ia_str a, struct ia_str b);

static int compare_label(struct ia_str a, struct ia_str b, compare_fn compare_words)
{
    bool number_a = is_number(a), number_b = is_number(b);
    if (number_a != number_b)
        return number_a ? -1 : 1;
    return number_a ? ia_number_cmp(a, b) : compare_words(a, b);
}

static int compare(struct ia_str a, struct ia_str b, compare_fn compare_words)
{
    struct ia_str left, right;
    for (;;) {
        bool more_a = ia_str_next(&a, '.', &left), more_b = ia_str_next(&b, '.', &right);
        if (!more_a || !more_b)
            return more_a - more_b;
        int order = compare_label(left, right, compare_words);
        if (order != 0)
            return order;
    }
}

int ia_labels_cmp(struct ia_str a, struct ia_str b)
{
    return compare(a, b, ia_str_cmp);
}

int ia_labels_cmp_case(struct ia_str a, struct ia_str b)
{
    return compare(a, b, ia_word_cmp);
}
