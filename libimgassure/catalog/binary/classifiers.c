/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules as text, one a line, six columns between tabs (docs/classifiers.md):
 *
 *   id  scope  path  pattern  purl  products
 *
 * and the tables that the pass over a file needs. The same code compiles the built-in rules when the library is built.
 */
#include "catalog/binary/classify.h"

#include "base/vec.h"

#include <string.h>

enum {
    COLUMNS = 6,
    LITERAL_LEAST = 6,
    LITERAL_MOST = 256,
    WORD = 4,
    WINDOW = 7, /* bytes of which one aligned word is a part, wherever they lie */
    DIGITS = 10,
    RARITY_LEAST = 7,
    ANCHORS_MOST = 65535
};

enum column { COLUMN_ID, COLUMN_SCOPE, COLUMN_PATH, COLUMN_PATTERN, COLUMN_PURL, COLUMN_PRODUCTS };

struct rule_reading {
    struct ia_env *env;
    struct ia_classifiers *set;
    struct ia_vec rules; /* struct ia_classifier */
    uint64_t line;
};

static int refuse(const struct rule_reading *r, const char *why)
{
    return ia_fail(r->env, IMGA_E_FORMAT, -1, "classifiers, line %llu: %s", (unsigned long long)r->line, why);
}

static int copy(const struct rule_reading *r, struct ia_str text, struct ia_str *out)
{
    char *p = ia_arena_new(&r->set->arena, text.n + 1);
    if (!p)
        return ia_fail_nomem(r->env);
    if (text.n)
        memcpy(p, text.p, text.n);
    *out = (struct ia_str){p, text.n};
    return IMGA_OK;
}

/* ---- literals ---- */

static bool stands_for_others(char c)
{
    return c == IA_CLASSIFIER_ANY_DIGIT || c == IA_CLASSIFIER_ANY;
}

/*
 * The more of its bytes are different letters, the rarer are the words of a window; 0: they are not certain. One digit,
 * whichever, is certain enough: there are ten words for each. Before a version all bytes are exact, also those that
 * stand for others elsewhere; no window has them.
 */
static unsigned rarity(struct ia_str window, bool exact)
{
    unsigned score = 1, any_digits = 0;
    for (size_t i = 0; i < window.n; i++) {
        char c = window.p[i];
        bool first = ia_str_find(window, c) == i;
        if (!exact && c == IA_CLASSIFIER_ANY_DIGIT && any_digits++ == 0)
            continue;
        if (stands_for_others(c))
            return 0;
        score += first && c != '\0' && c != ' ' ? 2U : 0U;
        score += c >= 'A' && c <= 'Z' ? 1U : 0U;
    }
    return score;
}

/* Where the best window of a literal begins. One of six bytes takes the first digit of the version with it. */
static size_t window_of(struct ia_str literal, bool exact)
{
    size_t best = 0;
    for (size_t at = 1; at + WINDOW <= literal.n; at++)
        if (rarity(ia_str_sub(literal, at, WINDOW), exact) > rarity(ia_str_sub(literal, best, WINDOW), exact))
            best = at;
    return best;
}

/* Words of zeros are everywhere: three letters that differ are asked for. */
static bool is_rare(struct ia_str literal, bool exact)
{
    return rarity(ia_str_sub(literal, window_of(literal, exact), WINDOW), exact) >= RARITY_LEAST;
}

/* ---- patterns ---- */

static bool hex_digit(char c, unsigned *out)
{
    c = ia_lower(c);
    if (ia_is_digit(c))
        *out = (unsigned)(c - '0');
    else if (c >= 'a' && c <= 'f')
        *out = (unsigned)(c - 'a') + 10;
    else
        return false;
    return true;
}

/* One byte of a literal, which may be escaped; false when the escape is unknown. */
static bool take_byte(struct ia_str *rest, bool after, char *out)
{
    static const char letters[] = "0tnr\\{d?";
    static const char bytes[] = {'\0', '\t', '\n', '\r', '\\', '{', IA_CLASSIFIER_ANY_DIGIT, IA_CLASSIFIER_ANY};
    unsigned high, low;
    *out = rest->p[0];
    if (*out != '\\') {
        *rest = ia_str_sub(*rest, 1, rest->n);
        return !after || !stands_for_others(*out);
    }
    if (rest->n < 2)
        return false;
    char letter = rest->p[1];
    if (letter == 'x' && rest->n >= 4 && hex_digit(rest->p[2], &high) && hex_digit(rest->p[3], &low)) {
        *out = (char)(high << 4 | low);
        *rest = ia_str_sub(*rest, 4, rest->n);
        return !after || !stands_for_others(*out);
    }
    for (size_t i = 0; i < sizeof(bytes); i++) {
        if (letters[i] != letter || (stands_for_others(bytes[i]) && !after))
            continue;
        *out = bytes[i];
        *rest = ia_str_sub(*rest, 2, rest->n);
        return true;
    }
    return false;
}

/* The bytes up to a brace or the end. */
static int read_literal(const struct rule_reading *r, struct ia_str *rest, bool after, struct ia_str *out)
{
    char bytes[LITERAL_MOST];
    size_t n = 0;
    while (rest->n && rest->p[0] != '{') {
        if (n == LITERAL_MOST)
            return refuse(r, "a pattern is longer than 256 bytes");
        if (!take_byte(rest, after, &bytes[n]))
            return refuse(r, "an unknown escape in a pattern");
        n++;
    }
    return copy(r, (struct ia_str){bytes, n}, out);
}

static int read_form(const struct rule_reading *r, struct ia_str *rest, enum ia_classifier_version *out)
{
    static const char *const words[] = {"{version}", "{number}", "{digits}", "{tagged}", "{loose}"};
    for (size_t i = 0; i < IA_COUNT(words); i++) {
        struct ia_str word = ia_str_from(words[i]);
        if (!ia_str_starts(*rest, word))
            continue;
        *out = (enum ia_classifier_version)i;
        *rest = ia_str_sub(*rest, word.n, rest->n);
        return IMGA_OK;
    }
    return refuse(r, "a pattern without a form of version");
}

/* {near} and a text. */
static int read_near(const struct rule_reading *r, struct ia_str *rest, struct ia_classifier *out)
{
    const struct ia_str word = IA_STR("{near}");
    if (!ia_str_starts(*rest, word))
        return copy(r, (struct ia_str){NULL, 0}, &out->near);
    *rest = ia_str_sub(*rest, word.n, rest->n);
    IA_TRY(read_literal(r, rest, true, &out->near));
    if (out->near.n < WINDOW || out->after.n == 0)
        return refuse(r, "fewer than 7 bytes after {near}, or none between the version and it");
    return IMGA_OK;
}

static int read_pattern(const struct rule_reading *r, struct ia_str text, struct ia_classifier *out)
{
    IA_TRY(read_literal(r, &text, false, &out->before));
    IA_TRY(read_form(r, &text, &out->form));
    IA_TRY(read_literal(r, &text, true, &out->after));
    IA_TRY(read_near(r, &text, out));
    if (text.n)
        return refuse(r, "a pattern with more than one version");
    out->backwards = out->before.n < LITERAL_LEAST;
    if (out->near.n == 0 && out->backwards && out->after.n < WINDOW)
        return refuse(r, "fewer than 6 bytes before the version and 7 after it");
    if (!is_rare(ia_classifier_anchored(out), ia_classifier_reads_on(out)))
        return refuse(r, "a pattern whose text is too common");
    return IMGA_OK;
}

/* ---- the other columns ---- */

/* pkg:TYPE/NAME@{version} */
static int read_purl(const struct rule_reading *r, struct ia_str text, struct ia_classifier *out)
{
    const struct ia_str head = IA_STR("pkg:"), tail = IA_STR("@{version}");
    if (!ia_str_starts(text, head) || !ia_str_ends(text, tail) || text.n < head.n + tail.n)
        return refuse(r, "a purl is not pkg:type/name@{version}");
    text = ia_str_sub(text, head.n, text.n - head.n - tail.n);
    size_t slash = ia_str_find(text, '/');
    struct ia_str name = ia_str_sub(text, slash + 1, text.n);
    if (slash == 0 || name.n == 0)
        return refuse(r, "a purl without type or name");
    IA_TRY(copy(r, ia_str_sub(text, 0, slash), &out->type));
    return copy(r, name, &out->name);
}

/* vendor:product, more of them after commas, or - for none. */
static int read_products(const struct rule_reading *r, struct ia_str text, struct ia_classifier *out)
{
    struct ia_str rest = text, product;
    if (ia_str_is(text, "-"))
        return copy(r, (struct ia_str){NULL, 0}, &out->products);
    while (ia_str_next(&rest, ',', &product)) {
        size_t colon = ia_str_find(product, ':');
        if (colon == 0 || colon + 1 >= product.n || ia_str_find_last(product, ':') != colon)
            return refuse(r, "a product is not vendor:product");
    }
    return copy(r, text, &out->products);
}

static int read_scope(const struct rule_reading *r, struct ia_str text, struct ia_classifier *out)
{
    out->embedded = ia_str_is(text, "embedded");
    return out->embedded || ia_str_is(text, "program") ? IMGA_OK : refuse(r, "the scope is not program or embedded");
}

static bool is_known(const struct rule_reading *r, struct ia_str id)
{
    for (size_t i = 0; i < r->rules.n; i++)
        if (ia_str_eq(((const struct ia_classifier *)ia_vec_at(&r->rules, i))->id, id))
            return true;
    return false;
}

static int add_rule(struct rule_reading *r, const struct ia_classifier *rule)
{
    return ia_described(r->env, ia_vec_push(&r->rules, rule), "classifiers", IA_CLASSIFIERS_MOST);
}

/* Columns lie between tabs; several tabs in a row are one. */
static bool split(struct ia_str line, struct ia_str out[COLUMNS])
{
    struct ia_str part;
    size_t n = 0;
    while (ia_str_next(&line, '\t', &part)) {
        if (part.n == 0)
            continue;
        if (n == COLUMNS)
            return false;
        out[n++] = part;
    }
    return n == COLUMNS;
}

static int read_rule(struct rule_reading *r, struct ia_str line)
{
    struct ia_str columns[COLUMNS];
    struct ia_classifier rule = {.embedded = false};
    if (!split(line, columns))
        return refuse(r, "not six columns");
    if (is_known(r, columns[COLUMN_ID]))
        return refuse(r, "an id that is there already");
    bool anywhere = ia_str_is(columns[COLUMN_PATH], "*");
    IA_TRY(copy(r, columns[COLUMN_ID], &rule.id));
    IA_TRY(read_scope(r, columns[COLUMN_SCOPE], &rule));
    IA_TRY(copy(r, anywhere ? (struct ia_str){NULL, 0} : columns[COLUMN_PATH], &rule.path));
    IA_TRY(read_pattern(r, columns[COLUMN_PATTERN], &rule));
    IA_TRY(read_purl(r, columns[COLUMN_PURL], &rule));
    IA_TRY(read_products(r, columns[COLUMN_PRODUCTS], &rule));
    return add_rule(r, &rule);
}

static int read_rules(struct rule_reading *r, struct ia_str text, const struct ia_classifiers *base)
{
    struct ia_str line;
    while (ia_str_next(&text, '\n', &line)) {
        r->line++;
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        if (line.n && line.p[0] != '#')
            IA_TRY(read_rule(r, line));
    }
    for (size_t i = 0; base && i < base->rule_count; i++)
        if (!is_known(r, base->rules[i].id))
            IA_TRY(add_rule(r, &base->rules[i]));
    return IMGA_OK;
}

/* ---- tables ---- */

static int add_anchor(struct ia_env *env, struct ia_vec *anchors, struct ia_classifier_anchor anchor, const char *bytes)
{
    anchor.word = ia_load_u32le((const uint8_t *)bytes);
    return ia_described(env, ia_vec_push(anchors, &anchor), "classifiers", ANCHORS_MOST);
}

/* A word with any digit in it, or with the version's first one after it, is ten words. */
static int add_word(struct ia_env *env, struct ia_vec *anchors, struct ia_classifier_anchor anchor, struct ia_str part)
{
    char bytes[WORD] = {IA_CLASSIFIER_ANY_DIGIT, IA_CLASSIFIER_ANY_DIGIT, IA_CLASSIFIER_ANY_DIGIT,
                        IA_CLASSIFIER_ANY_DIGIT};
    memcpy(bytes, part.p, part.n);
    size_t any = ia_str_find((struct ia_str){bytes, WORD}, IA_CLASSIFIER_ANY_DIGIT);
    if (any == WORD)
        return add_anchor(env, anchors, anchor, bytes);
    for (int digit = 0; digit < DIGITS; digit++) {
        bytes[any] = (char)('0' + digit);
        IA_TRY(add_anchor(env, anchors, anchor, bytes));
    }
    return IMGA_OK;
}

static int add_anchors(struct ia_env *env, struct ia_vec *anchors, const struct ia_classifier *rule, uint16_t index)
{
    struct ia_str literal = ia_classifier_anchored(rule);
    size_t window = window_of(literal, ia_classifier_reads_on(rule));
    for (size_t i = 0; i + WORD <= WINDOW; i++) {
        struct ia_classifier_anchor anchor = {.rule = index, .distance = (uint16_t)(window + i)};
        IA_TRY(add_word(env, anchors, anchor, ia_str_sub(literal, window + i, WORD)));
    }
    return IMGA_OK;
}

static size_t bucket_of(const struct ia_classifier_anchor *anchor)
{
    return ia_classifier_hash(anchor->word) % IA_CLASSIFIER_BUCKETS;
}

/* Counting sort: the anchors of a bucket lie together, in the order of the rules. */
static int build_tables(struct ia_env *env, struct ia_classifiers *set, const struct ia_vec *unsorted)
{
    const struct ia_classifier_anchor *from = unsorted->p;
    uint32_t *filter = ia_arena_new_array(&set->arena, IA_CLASSIFIER_FILTER / 32, sizeof(*filter));
    uint16_t *buckets = ia_arena_new_array(&set->arena, IA_CLASSIFIER_BUCKETS + 1, sizeof(*buckets));
    uint16_t *next = ia_arena_new_array(&set->arena, IA_CLASSIFIER_BUCKETS, sizeof(*next));
    struct ia_classifier_anchor *to = ia_arena_new_array(&set->arena, unsorted->n + 1, sizeof(*to));
    if (!filter || !buckets || !next || !to)
        return ia_fail_nomem(env);
    for (size_t i = 0; i < unsorted->n; i++) {
        uint32_t hash = ia_classifier_hash(from[i].word);
        filter[hash / 32] |= UINT32_C(1) << (hash % 32);
        buckets[bucket_of(&from[i]) + 1]++;
    }
    for (size_t i = 0; i < IA_CLASSIFIER_BUCKETS; i++) {
        buckets[i + 1] = (uint16_t)(buckets[i + 1] + buckets[i]);
        next[i] = buckets[i];
    }
    for (size_t i = 0; i < unsorted->n; i++)
        to[next[bucket_of(&from[i])]++] = from[i];
    set->filter = filter;
    set->buckets = buckets;
    set->anchors = to;
    return IMGA_OK;
}

static int finish(struct rule_reading *r)
{
    struct ia_classifiers *set = r->set;
    struct ia_classifier *rules = ia_arena_new_array(&set->arena, r->rules.n + 1, sizeof(*rules));
    struct ia_vec anchors;
    int status = IMGA_OK;
    if (!rules)
        return ia_fail_nomem(r->env);
    if (r->rules.n)
        memcpy(rules, r->rules.p, r->rules.n * sizeof(*rules));
    set->rules = rules;
    set->rule_count = r->rules.n;
    ia_vec_init(&anchors, &r->env->alloc, sizeof(struct ia_classifier_anchor), ANCHORS_MOST);
    for (size_t i = 0; status >= 0 && i < set->rule_count; i++)
        status = add_anchors(r->env, &anchors, &rules[i], (uint16_t)i);
    if (status >= 0)
        status = build_tables(r->env, set, &anchors);
    ia_vec_free(&anchors);
    return status;
}

int ia_classifiers_parse(struct ia_env *env, struct ia_str text, const struct ia_classifiers *base,
                         struct ia_classifiers **out)
{
    struct rule_reading r = {.env = env, .set = ia_new(&env->alloc, sizeof(struct ia_classifiers))};
    if (!r.set)
        return ia_fail_nomem(env);
    ia_arena_init(&r.set->arena, &env->alloc);
    ia_vec_init(&r.rules, &env->alloc, sizeof(struct ia_classifier), IA_CLASSIFIERS_MOST);
    int status = read_rules(&r, text, base);
    if (status >= 0)
        status = finish(&r);
    ia_vec_free(&r.rules);
    if (status < 0)
        ia_classifiers_free(r.set);
    else
        *out = r.set;
    return status;
}

void ia_classifiers_free(struct ia_classifiers *classifiers)
{
    if (!classifiers)
        return;
    struct ia_alloc alloc = classifiers->arena.alloc;
    ia_arena_free(&classifiers->arena);
    ia_free(&alloc, classifiers);
}
