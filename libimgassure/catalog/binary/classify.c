/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pass over a file, and what its matches mean. Nothing is allocated. A file shows at most 64 different matches;
 * more, or more than 65,536 in all, are noted.
 */
#include "catalog/binary/classify.h"

#include "catalog/products.h"

#include <string.h>

enum {
    WORD = 4,
    STEP = 256 * 1024, /* bytes between looks at the cancel token */
    VERSION_MOST = 64,
    MATCHES_MOST = 64,
    TRIES_MOST = 65536 /* matches, also of what was found before, and looks for a version near a text */
};

struct match {
    uint16_t rule;
    struct ia_str version;
    uint64_t offset;
};

struct classification {
    const struct ia_classifiers *set;
    struct ia_cursor content;
    struct ia_str name; /* the last component of the path */
    uint8_t applies[IA_CLASSIFIERS_MOST / 8];
    struct match matches[MATCHES_MOST];
    size_t match_count;
    size_t tries_left;
    bool more;
};

/* ---- paths ---- */

/* A glob whose only wildcard is a star; no recursion: the last star is tried again with one byte more. */
static bool glob_fits(struct ia_str glob, struct ia_str name)
{
    size_t g = 0, n = 0, star = glob.n, again = 0;
    while (n < name.n) {
        if (g < glob.n && glob.p[g] == '*') {
            star = g++;
            again = n;
        } else if (g < glob.n && glob.p[g] == name.p[n]) {
            g++;
            n++;
        } else if (star < glob.n) {
            g = star + 1;
            n = ++again;
        } else {
            return false;
        }
    }
    while (g < glob.n && glob.p[g] == '*')
        g++;
    return g == glob.n;
}

static bool path_fits(struct ia_str globs, struct ia_str name)
{
    struct ia_str glob;
    if (globs.n == 0)
        return true;
    while (ia_str_next(&globs, ',', &glob))
        if (glob_fits(glob, name))
            return true;
    return false;
}

static void choose_rules(struct classification *c, struct ia_str path)
{
    size_t slash = ia_str_find_last(path, '/');
    c->name = slash < path.n ? ia_str_sub(path, slash + 1, path.n) : path;
    memset(c->applies, 0, sizeof(c->applies));
    for (size_t i = 0; i < c->set->rule_count; i++)
        if (path_fits(c->set->rules[i].path, c->name))
            c->applies[i / 8] |= (uint8_t)(1U << (i % 8));
}

/* ---- matching at one place ---- */

static bool is_version_char(char c)
{
    return ia_is_digit(c) || ia_is_alpha(c) || c == '.' || c == '+' || c == '~' || c == '_' || c == '-';
}

static bool fits_form(char c, enum ia_classifier_version form)
{
    if (form == IA_CLASSIFIER_DIGITS)
        return ia_is_digit(c);
    return form == IA_CLASSIFIER_NUMBER ? ia_is_digit(c) || c == '.' : is_version_char(c);
}

static size_t digits_at(struct ia_str text, size_t at)
{
    size_t end = at;
    while (end < text.n && ia_is_digit(text.p[end]))
        end++;
    return end - at;
}

/* How many bytes of the text are a version of that form; 0: none. */
static size_t version_length(struct ia_str text, enum ia_classifier_version form)
{
    size_t end = digits_at(text, 0), first = end, part;
    if (end == 0 || form == IA_CLASSIFIER_DIGITS)
        return end;
    while (end + 1 < text.n && text.p[end] == '.' && (part = digits_at(text, end + 1)) > 0)
        end += 1 + part;
    if (end == first && form != IA_CLASSIFIER_LOOSE)
        return 0;
    size_t numbers = end;
    while (form != IA_CLASSIFIER_NUMBER && end < text.n && is_version_char(text.p[end]))
        end++;
    return form == IA_CLASSIFIER_TAGGED && end == numbers ? 0 : end;
}

static bool after_fits(struct ia_str after, struct ia_str text)
{
    if (after.n > text.n)
        return false;
    for (size_t i = 0; i < after.n; i++) {
        bool digit = after.p[i] == IA_CLASSIFIER_ANY_DIGIT && ia_is_digit(text.p[i]);
        if (!digit && after.p[i] != IA_CLASSIFIER_ANY && after.p[i] != text.p[i])
            return false;
    }
    return true;
}

static bool comes_before(const struct match *a, const struct match *b)
{
    return a->offset != b->offset ? a->offset < b->offset : a->rule < b->rule;
}

static bool may_try(struct classification *c)
{
    if (c->tries_left == 0) {
        c->more = true;
        return false;
    }
    c->tries_left--;
    return true;
}

/* In the order of the file, which is not quite the order in which the words of four bytes give them away. */
static void keep(struct classification *c, const struct match *match)
{
    size_t i;
    if (!may_try(c))
        return;
    for (i = 0; i < c->match_count; i++)
        if (c->matches[i].rule == match->rule && ia_str_eq(c->matches[i].version, match->version))
            return;
    if (c->match_count == MATCHES_MOST) {
        c->more = true;
        return;
    }
    for (i = c->match_count++; i > 0 && comes_before(match, &c->matches[i - 1]); i--)
        c->matches[i] = c->matches[i - 1];
    c->matches[i] = *match;
}

static bool has(const struct classification *c, uint64_t at, struct ia_str text)
{
    struct ia_cursor bytes;
    return ia_cursor_sub(&c->content, at, text.n, &bytes) && (text.n == 0 || memcmp(bytes.p, text.p, text.n) == 0);
}

/* The literal before the version would begin at this place. */
static void try_forwards(struct classification *c, uint16_t index, uint64_t at)
{
    const struct ia_classifier *rule = &c->set->rules[index];
    if (!has(c, at, rule->before))
        return;
    struct ia_str rest = ia_str_sub(ia_cursor_str(c->content), (size_t)at + rule->before.n, SIZE_MAX);
    size_t n = version_length(ia_str_sub(rest, 0, VERSION_MOST + 1), rule->form);
    if (n == 0 || n > VERSION_MOST || !after_fits(rule->after, ia_str_sub(rest, n, SIZE_MAX)))
        return;
    keep(c, &(struct match){index, ia_str_sub(rest, 0, n), at});
}

/* The literal after the version would begin at this place. */
static bool try_backwards(struct classification *c, uint16_t index, uint64_t at)
{
    const struct ia_classifier *rule = &c->set->rules[index];
    struct ia_str text = ia_cursor_str(c->content);
    size_t n = 0, end = (size_t)at;
    if (!after_fits(rule->after, ia_str_sub(text, end, SIZE_MAX)))
        return false;
    while (n < end && n <= VERSION_MOST && fits_form(text.p[end - n - 1], rule->form))
        n++;
    struct ia_str version = ia_str_sub(text, end - n, n);
    size_t before = end - n;
    if (n == 0 || n > VERSION_MOST || version_length(version, rule->form) != n || before < rule->before.n ||
        !has(c, before - rule->before.n, rule->before))
        return false;
    if (rule->before.n == 0 && before > 0 && is_version_char(text.p[before - 1]))
        return false;
    keep(c, &(struct match){index, version, before});
    return true;
}

/* The text near the version would begin at this place: the last version before it counts. */
static void try_near(struct classification *c, uint16_t index, uint64_t at)
{
    const struct ia_classifier *rule = &c->set->rules[index];
    size_t here = (size_t)at, least = here > IA_CLASSIFIER_NEAR ? here - IA_CLASSIFIER_NEAR : 1;
    if (!after_fits(rule->near, ia_str_sub(ia_cursor_str(c->content), here, SIZE_MAX)) || !may_try(c))
        return;
    for (size_t end = here; end >= least; end--)
        if (here - end >= rule->after.n && try_backwards(c, index, end))
            return;
}

static void try_rule(struct classification *c, uint16_t index, uint64_t at)
{
    if (!(c->applies[index / 8] >> (index % 8) & 1))
        return;
    if (c->set->rules[index].near.n)
        try_near(c, index, at);
    else if (c->set->rules[index].backwards)
        (void)try_backwards(c, index, at);
    else
        try_forwards(c, index, at);
}

static void look_up(struct classification *c, uint64_t at, uint32_t word, uint32_t hash)
{
    size_t bucket = hash % IA_CLASSIFIER_BUCKETS;
    for (size_t i = c->set->buckets[bucket]; i < c->set->buckets[bucket + 1]; i++) {
        const struct ia_classifier_anchor *anchor = &c->set->anchors[i];
        if (anchor->word == word && anchor->distance <= at)
            try_rule(c, anchor->rule, at - anchor->distance);
    }
}

static void scan(struct classification *c, size_t from, size_t to)
{
    const uint32_t *filter = c->set->filter;
    const uint8_t *p = c->content.p;
    for (size_t at = from; at < to; at += WORD) {
        uint32_t word = ia_load_u32le(&p[at]), hash = ia_classifier_hash(word);
        if (filter[hash / 32] >> (hash % 32) & 1)
            look_up(c, at, word, hash);
    }
}

static int scan_all(struct classification *c, struct ia_env *env)
{
    size_t end = c->content.n / WORD * WORD;
    for (size_t from = 0; from < end && !(c->more && c->tries_left == 0); from += STEP) {
        IA_TRY(ia_check_cancel(env));
        scan(c, from, end - from < STEP ? end : from + STEP);
    }
    return IMGA_OK;
}

/* ---- what counts ---- */

static bool is_before(const struct classification *c, uint16_t a, uint16_t b)
{
    bool path_a = c->set->rules[a].path.n != 0, path_b = c->set->rules[b].path.n != 0;
    return path_a != path_b ? path_a : a < b;
}

static bool same_family(const struct classification *c, uint16_t a, uint16_t b)
{
    const struct ia_classifier *x = &c->set->rules[a], *y = &c->set->rules[b];
    return ia_str_eq(x->type, y->type) && ia_str_eq(x->name, y->name);
}

/* Rules of one family, and all rules that say what the file itself is, exclude each other. */
static bool counts(const struct classification *c, const struct match *match)
{
    bool embedded = c->set->rules[match->rule].embedded;
    for (size_t i = 0; i < c->match_count; i++) {
        uint16_t other = c->matches[i].rule;
        if (other == match->rule || !is_before(c, other, match->rule))
            continue;
        if (same_family(c, other, match->rule) || (!embedded && !c->set->rules[other].embedded))
            return false;
    }
    return true;
}

/* ---- reporting ---- */

static int report_match(const struct classification *c, const struct match *match, struct ia_env *env,
                        struct ia_found *found)
{
    const struct ia_classifier *rule = &c->set->rules[match->rule];
    struct ia_field fields[1 + IA_PRODUCTS_MOST] = {{IA_STR("classifier"), rule->id}};
    struct ia_found_package package = {
        .type = rule->type,
        .name = rule->name,
        .version = match->version,
        .how = IA_STR("classifier"),
        .fields = fields,
    };
    struct ia_products products;
    int status = ia_products_write(&products, env, rule->products, match->version);
    package.field_count = 1 + products.count;
    if (status >= 0) {
        memcpy(fields + 1, products.fields, products.count * sizeof(*fields));
        status = ia_found_package(found, env, &package);
    }
    ia_products_free(&products);
    return status;
}

int ia_classify(const struct ia_classifiers *classifiers, const struct ia_analysed *file, struct ia_env *env,
                struct ia_found *found)
{
    struct classification c;
    c.set = classifiers;
    c.content = ia_cursor_from(file->content.p, file->content.n);
    c.match_count = 0;
    c.tries_left = TRIES_MOST;
    c.more = false;
    choose_rules(&c, file->path);
    IA_TRY(scan_all(&c, env));
    for (size_t i = 0; i < c.match_count; i++)
        if (counts(&c, &c.matches[i]))
            IA_TRY(report_match(&c, &c.matches[i], env, found));
    if (!c.more)
        return IMGA_OK;
    return ia_found_note(found, env, IMGA_NOTE_BINARY, -1, "more texts of programs than are looked at");
}
