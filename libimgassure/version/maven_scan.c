/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cuts a Maven version into items and leaves out those that count as nothing. A zero counts when a number follows in
 * its list, or when the list behind it does not start with a word. What follows is looked up once for a run of zeros
 * and lists, so the walk is linear.
 */
#include "version/maven.h"

#include "version/runs.h"

static bool is_letter(char c)
{
    return !ia_is_digit(c) && c != '.' && c != '-';
}

static struct ia_str take_word(struct ia_str *rest)
{
    size_t n = 0;
    while (n < rest->n && is_letter(rest->p[n]))
        n++;
    struct ia_str word = ia_str_sub(*rest, 0, n);
    *rest = ia_str_sub(*rest, n, rest->n);
    return word;
}

/* A dot ends an item; a hyphen, and a letter right behind a number, also open a list. */
static void take_divider(struct ia_maven_scan *scan)
{
    if (ia_run_skip(&scan->rest, '.') || scan->rest.n == 0)
        return;
    ia_run_skip(&scan->rest, '-');
    scan->open = true;
}

/* A word and a number that follows it, with or without a hyphen, are one item. */
static struct ia_maven_item take_with_word(struct ia_maven_scan *scan)
{
    struct ia_maven_item item = {.kind = IA_MAVEN_WORD, .word = take_word(&scan->rest)};
    struct ia_str probe = scan->rest;
    ia_run_skip(&probe, '-');
    item.digits = ia_run_digits(&probe);
    bool last = scan->rest.n == 0;
    if (item.digits.n > 0) {
        item.kind = IA_MAVEN_BOTH;
        scan->rest = probe;
    }
    take_divider(scan);
    if (!scan->filled || (item.kind == IA_MAVEN_WORD && !last))
        return item;
    scan->waiting = item;
    return (struct ia_maven_item){.kind = IA_MAVEN_LIST};
}

static struct ia_maven_item take_raw(struct ia_maven_scan *scan)
{
    struct ia_maven_item item = {.kind = IA_MAVEN_LIST};
    if (scan->waiting.kind != IA_MAVEN_END) {
        item = scan->waiting;
        scan->waiting.kind = IA_MAVEN_END;
        scan->filled = true;
    } else if (scan->open) {
        scan->open = scan->filled = false;
    } else if (scan->rest.n == 0) {
        item.kind = IA_MAVEN_END;
    } else if (is_letter(scan->rest.p[0])) {
        item = take_with_word(scan);
        scan->filled = true;
    } else {
        item.kind = IA_MAVEN_NUMBER;
        item.digits = ia_run_digits(&scan->rest);
        take_divider(scan);
        scan->filled = true;
    }
    return item;
}

static bool is_nothing(struct ia_maven_item item)
{
    return item.kind == IA_MAVEN_LIST || (item.kind == IA_MAVEN_NUMBER && ia_number_is_zero(item.digits));
}

/* Looks for the first item that is not nothing, from the one that was taken last. */
static void look_ahead(struct ia_maven_scan *scan, struct ia_maven_item item)
{
    struct ia_maven_scan probe = *scan;
    scan->ahead_lists = 0;
    do {
        scan->ahead_first = item.kind == IA_MAVEN_LIST;
        scan->ahead_lists += scan->ahead_first;
        item = take_raw(&probe);
    } while (is_nothing(item));
    scan->ahead = item.kind;
}

/* A zero, with what is ahead of it known. */
static bool counts(const struct ia_maven_scan *scan)
{
    if (scan->ahead_lists > 1)
        return true;
    if (scan->ahead == IA_MAVEN_BOTH && scan->ahead_lists == 1)
        return !scan->ahead_first;
    return scan->ahead != IA_MAVEN_WORD;
}

struct ia_maven_item ia_maven_next(struct ia_maven_scan *scan)
{
    for (;;) {
        struct ia_maven_item item = take_raw(scan);
        if (!is_nothing(item)) {
            scan->ahead = IA_MAVEN_END;
            return item;
        }
        if (scan->ahead == IA_MAVEN_END)
            look_ahead(scan, item);
        if (scan->ahead == IA_MAVEN_END) {
            *scan = (struct ia_maven_scan){.rest = {"", 0}};
            return (struct ia_maven_item){.kind = IA_MAVEN_END};
        }
        if (item.kind == IA_MAVEN_LIST)
            scan->ahead_lists--;
        if (item.kind == IA_MAVEN_LIST || counts(scan))
            return item;
    }
}
