/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guesses at vendor and product of a package in NVD, which has no such field as a package's name. Known pairs come
 * first, then vendors that the package itself names (Java group, scope, path, author, home page), then the habits of
 * NVD's editors: "NAME_project" above all for language packages, the name itself for others. A guess says how it was
 * made: whoever matches by it decides how far to trust that.
 */
#include "model/cpe.h"

#include "model/cpe_known.h"

#include <imgassure/status.h>

enum { MOST_NAME = 128, STORAGE = 8192, MOST_PRODUCTS = 4, MOST_VENDORS = 8 };

/* How NVD's editors name what an ecosystem holds. */
static const struct habit {
    const char *type;
    const char *target_sw;
    const char *vendors[2];
    const char *prefixes[3], *suffixes[3]; /* often left out of the product */
} habits[] = {
    {"cargo", "rust", {"rust-lang", NULL}, {NULL}, {"-rs", NULL}},
    {"composer", "", {NULL}, {"php-", NULL}, {"-php", NULL}},
    {"gem", "ruby", {"ruby-lang", "rubyonrails"}, {"ruby-", NULL}, {"-ruby", NULL}},
    {"golang", "go", {"golang", NULL}, {"go-", NULL}, {"-go", ".go", NULL}},
    {"hex", "", {NULL}, {NULL}, {NULL}},
    {"jenkins-plugin", "jenkins", {"jenkins", NULL}, {"jenkins-", NULL}, {"-plugin", NULL}},
    {"maven", "", {NULL}, {NULL}, {"-core", NULL}},
    {"npm", "node.js", {NULL}, {"node-", NULL}, {".js", "-js", NULL}},
    {"pear", "", {"php", "pear"}, {NULL}, {NULL}},
    {"pecl", "", {"php", NULL}, {NULL}, {NULL}},
    {"pypi", "python", {"python", NULL}, {"python-", "py", NULL}, {"-python", NULL}},
    {"wordpress-plugin", "wordpress", {NULL}, {"wp-", NULL}, {"-plugin", "-lite", NULL}},
    {"wordpress-theme", "wordpress", {NULL}, {NULL}, {"-lite", NULL}},
};

static const struct habit no_habit = {"", "", {NULL}, {NULL}, {NULL}};

struct vendor {
    struct ia_str name;
    const char *how;
};

struct guess {
    struct ia_cpe_candidates *out;
    const struct habit *habit;
    const struct ia_cpe_facts *facts;
    struct ia_str products[MOST_PRODUCTS];
    struct vendor vendors[MOST_VENDORS];
    size_t n_products, n_vendors;
};

static const struct habit *habit_of(struct ia_str type)
{
    for (size_t i = 0; i < IA_COUNT(habits); i++)
        if (ia_str_is(type, habits[i].type))
            return &habits[i];
    return &no_habit;
}

/* A name in lower case, blanks as "_", in storage; empty when the text is none. */
static int name_of(struct guess *guess, struct ia_str text, struct ia_str *out)
{
    struct ia_buf *storage = &guess->out->storage;
    size_t from = storage->n;
    text = ia_str_trim(text);
    *out = IA_STR("");
    if (text.n == 0 || text.n > MOST_NAME)
        return 0;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < 0x20 || text.p[i] >= 0x7f)
            return 0;
    for (size_t i = 0; i < text.n; i++)
        IA_TRY(ia_buf_char(storage, text.p[i] == ' ' ? '_' : ia_lower(text.p[i])));
    *out = ia_str_sub(ia_buf_view(storage), from, SIZE_MAX);
    return 0;
}

static void add_candidate(struct guess *guess, struct vendor vendor, struct ia_str product)
{
    struct ia_cpe_candidates *out = guess->out;
    for (size_t i = 0; i < out->n; i++)
        if (ia_str_eq(out->rows[i].vendor, vendor.name) && ia_str_eq(out->rows[i].product, product))
            return;
    if (out->n < IA_CPE_CANDIDATES && vendor.name.n > 0 && product.n > 0)
        out->rows[out->n++] = (struct ia_cpe_candidate){vendor.name, product, guess->habit->target_sw, vendor.how};
}

static void add_product(struct guess *guess, struct ia_str name)
{
    for (size_t i = 0; i < guess->n_products; i++)
        if (ia_str_eq(guess->products[i], name))
            return;
    if (name.n > 0 && guess->n_products < MOST_PRODUCTS)
        guess->products[guess->n_products++] = name;
}

static void add_vendor(struct guess *guess, struct ia_str name, const char *how)
{
    if (name.n > 0 && guess->n_vendors < MOST_VENDORS)
        guess->vendors[guess->n_vendors++] = (struct vendor){name, how};
}

static int add_vendor_text(struct guess *guess, struct ia_str text, const char *how)
{
    struct ia_str name;
    IA_TRY(name_of(guess, text, &name));
    add_vendor(guess, name, how);
    return 0;
}

/* "v2", "v3": the major version that ends a Go module's path. */
static bool is_major(struct ia_str segment)
{
    uint64_t number;
    return segment.n > 1 && segment.p[0] == 'v' && ia_str_u64(ia_str_sub(segment, 1, segment.n), &number);
}

static struct ia_str last_segment(struct ia_str *path)
{
    size_t at = ia_str_find_last(*path, '/');
    struct ia_str last = at < path->n ? ia_str_sub(*path, at + 1, path->n) : *path;
    *path = ia_str_sub(*path, 0, at < path->n ? at : 0);
    return last;
}

static bool is_forge(struct ia_str host)
{
    static const char *const forges[] = {"github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com"};
    for (size_t i = 0; i < IA_COUNT(forges); i++)
        if (ia_str_is(host, forges[i]))
            return true;
    return false;
}

/* "example" of "www.example.org", "docs.example.co.uk" and "example.org". */
static struct ia_str domain_word(struct ia_str host)
{
    struct ia_str top = IA_STR(""), word = IA_STR("");
    static const char *const second[] = {"co", "com", "org", "net", "ac", "gov", "github", "gitlab", "readthedocs"};
    size_t at;
    while ((at = ia_str_find_last(host, '.')) < host.n) {
        top = ia_str_sub(host, at + 1, host.n);
        host = ia_str_sub(host, 0, at);
        at = ia_str_find_last(host, '.');
        word = at < host.n ? ia_str_sub(host, at + 1, host.n) : host;
        bool generic = false;
        for (size_t i = 0; i < IA_COUNT(second); i++)
            generic |= ia_str_is(word, second[i]);
        if (!generic)
            break;
    }
    return top.n > 0 ? word : IA_STR("");
}

/* The product a Go module's path names: the repository on a forge, else the last segment; without major version. */
static void guess_go(struct guess *guess, struct ia_str path)
{
    struct ia_str host = IA_STR(""), owner = IA_STR(""), last = IA_STR(""), rest = path;
    ia_str_next(&rest, '/', &host);
    if (is_forge(host)) {
        ia_str_next(&rest, '/', &owner);
        ia_str_next(&rest, '/', &last);
        add_product(guess, last);
        add_vendor(guess, owner, "go-path");
    }
    last = last_segment(&path);
    if (is_major(last))
        last = last_segment(&path);
    size_t dot = ia_str_find_last(last, '.');
    if (dot < last.n && is_major(ia_str_sub(last, dot + 1, last.n)))
        last = ia_str_sub(last, 0, dot);
    add_product(guess, last);
    if (!is_forge(host))
        add_vendor(guess, domain_word(host), "go-host");
}

/* "apache" of "org.apache.commons", "user" of "io.github.user". */
static void guess_group(struct guess *guess, struct ia_str group)
{
    static const char *const tops[] = {"com", "org", "net", "io", "de",     "fr",     "uk",
                                       "edu", "gov", "dev", "co", "github", "gitlab", "sourceforge"};
    struct ia_str word, rest = group;
    size_t last = ia_str_find_last(group, '.');
    while (ia_str_next(&rest, '.', &word)) {
        bool top = false;
        for (size_t i = 0; i < IA_COUNT(tops); i++)
            top |= ia_str_is(word, tops[i]);
        if (top)
            continue;
        add_vendor(guess, word, "java-group");
        break;
    }
    if (last < group.n)
        add_product(guess, ia_str_sub(group, last + 1, group.n));
}

/* "Jane Doe <jane@example.org>": the name, and the mail's domain where it is not that of a mail service. */
static int guess_author(struct guess *guess, struct ia_str author)
{
    static const char *const services[] = {"gmail",      "googlemail", "hotmail", "outlook", "yahoo",    "gmx",
                                           "protonmail", "proton",     "icloud",  "web",     "fastmail", "users"};
    size_t open = ia_str_find(author, '<'), at = ia_str_find(author, '@');
    struct ia_str domain = ia_str_sub(author, at + 1, author.n);
    if (open > 0 && (open < author.n || at == author.n))
        IA_TRY(add_vendor_text(guess, ia_str_sub(author, 0, open), "author"));
    domain = domain_word(ia_str_sub(domain, 0, ia_str_find(domain, '>')));
    for (size_t i = 0; i < IA_COUNT(services); i++)
        if (ia_str_eq_case(domain, ia_str_from(services[i])))
            return 0;
    return add_vendor_text(guess, domain, "author-domain");
}

/* The owner on a forge, or the domain. */
static int guess_url(struct guess *guess, struct ia_str url)
{
    struct ia_str host, owner;
    for (size_t i = 0; i + 3 <= url.n; i++)
        if (ia_str_is(ia_str_sub(url, i, 3), "://")) {
            url = ia_str_sub(url, i + 3, url.n);
            break;
        }
    if (!ia_str_next(&url, '/', &host))
        return 0;
    host = ia_str_sub(host, 0, ia_str_find(host, ':'));
    if (ia_str_starts(host, IA_STR("www.")))
        host = ia_str_sub(host, 4, host.n);
    if (!is_forge(host))
        return add_vendor_text(guess, domain_word(host), "url-domain");
    return ia_str_next(&url, '/', &owner) ? add_vendor_text(guess, owner, "url-owner") : 0;
}

/* The name with one letter for another; nothing when it has none of them. */
static int add_respelt(struct guess *guess, struct ia_str name, char from, char to)
{
    struct ia_buf *storage = &guess->out->storage;
    size_t start = storage->n;
    if (ia_str_find(name, from) == name.n)
        return 0;
    for (size_t i = 0; i < name.n; i++)
        IA_TRY(ia_buf_char(storage, name.p[i] == from ? to : name.p[i]));
    add_product(guess, ia_str_sub(ia_buf_view(storage), start, SIZE_MAX));
    return 0;
}

/* Other spellings of the first product. */
static int add_variants(struct guess *guess)
{
    const struct habit *habit = guess->habit;
    struct ia_str name = guess->products[0], stripped = name;
    for (size_t i = 0; i < IA_COUNT(habit->prefixes) && habit->prefixes[i]; i++)
        if (ia_str_starts(stripped, ia_str_from(habit->prefixes[i])))
            stripped = ia_str_sub(stripped, ia_str_from(habit->prefixes[i]).n, stripped.n);
    for (size_t i = 0; i < IA_COUNT(habit->suffixes) && habit->suffixes[i]; i++)
        if (ia_str_ends(stripped, ia_str_from(habit->suffixes[i])))
            stripped.n -= ia_str_from(habit->suffixes[i]).n;
    IA_TRY(add_respelt(guess, stripped, '-', '_'));
    add_product(guess, stripped);
    IA_TRY(add_respelt(guess, name, '-', '_'));
    return add_respelt(guess, name, '_', '-');
}

/* The name itself and "NAME_project". */
static int add_own_vendors(struct guess *guess, struct ia_str product)
{
    struct ia_buf *storage = &guess->out->storage;
    size_t from = storage->n;
    IA_TRY(ia_buf_str(storage, product));
    IA_TRY(ia_buf_text(storage, "_project"));
    struct vendor project = {ia_str_sub(ia_buf_view(storage), from, SIZE_MAX), "name-project"};
    struct vendor name = {product, "name-as-vendor"};
    bool language = *guess->habit->type != '\0';
    add_candidate(guess, language ? project : name, product);
    add_candidate(guess, language ? name : project, product);
    return 0;
}

static void add_known(struct guess *guess, struct ia_str name)
{
    size_t count;
    const struct ia_cpe_known *rows = ia_cpe_known(guess->facts->type, name, &count);
    for (size_t i = 0; i < count; i++)
        add_candidate(guess, (struct vendor){ia_str_from(rows[i].vendor), "known-pair"}, ia_str_from(rows[i].product));
}

/* The name as the known pairs have it: with the namespace where the type's names are paths. */
static int whole_name(struct guess *guess, struct ia_str *out)
{
    const struct ia_cpe_facts *facts = guess->facts;
    struct ia_buf *storage = &guess->out->storage;
    struct ia_str name;
    size_t from = storage->n;
    IA_TRY(name_of(guess, facts->namespace, out));
    if (out->n > 0)
        IA_TRY(ia_buf_char(storage, '/'));
    IA_TRY(name_of(guess, facts->name, &name));
    bool path = ia_str_is(facts->type, "golang") || ia_str_is(facts->type, "composer");
    *out = path && name.n > 0 ? ia_str_sub(ia_buf_view(storage), from, SIZE_MAX) : name;
    return 0;
}

static int collect(struct guess *guess)
{
    const struct ia_cpe_facts *facts = guess->facts;
    struct ia_str whole, namespace, name;
    IA_TRY(whole_name(guess, &whole));
    IA_TRY(name_of(guess, facts->name, &name));
    IA_TRY(name_of(guess, facts->namespace, &namespace));
    if (name.n == 0)
        return 0;
    add_known(guess, whole);
    if (ia_str_is(facts->type, "golang"))
        guess_go(guess, whole);
    else
        add_product(guess, name);
    if (ia_str_is(facts->type, "maven"))
        guess_group(guess, namespace);
    else if (ia_str_is(facts->type, "npm") && namespace.n > 0)
        add_vendor(guess, namespace.p[0] == '@' ? ia_str_sub(namespace, 1, namespace.n) : namespace, "scope");
    else if (ia_str_is(facts->type, "composer"))
        add_vendor(guess, namespace, "scope");
    IA_TRY(guess_url(guess, facts->url));
    IA_TRY(guess_author(guess, facts->vendor));
    for (size_t i = 0; i < IA_COUNT(guess->habit->vendors) && guess->habit->vendors[i]; i++)
        add_vendor(guess, ia_str_from(guess->habit->vendors[i]), "ecosystem");
    return add_variants(guess);
}

/* The vendors that are named for the likeliest product, its own name, then the same for its other spellings. */
static int combine(struct guess *guess)
{
    for (size_t p = 0; p < guess->n_products; p++) {
        for (size_t v = 0; v < guess->n_vendors; v++)
            add_candidate(guess, guess->vendors[v], guess->products[p]);
        IA_TRY(add_own_vendors(guess, guess->products[p]));
    }
    return 0;
}

void ia_cpe_candidates_init(struct ia_cpe_candidates *candidates, const struct ia_alloc *alloc)
{
    *candidates = (struct ia_cpe_candidates){.n = 0};
    ia_buf_init(&candidates->storage, alloc, STORAGE);
}

void ia_cpe_candidates_free(struct ia_cpe_candidates *candidates)
{
    ia_buf_free(&candidates->storage);
    candidates->n = 0;
}

int ia_cpe_candidates_find(struct ia_cpe_candidates *candidates, const struct ia_cpe_facts *facts)
{
    struct guess guess = {.out = candidates, .habit = habit_of(facts->type), .facts = facts};
    candidates->n = 0;
    ia_buf_clear(&candidates->storage);
    int status = ia_buf_reserve(&candidates->storage, STORAGE); /* no text may move */
    if (status == IMGA_OK)
        status = collect(&guess);
    if (status == IMGA_OK)
        status = combine(&guess);
    if (status < 0)
        candidates->n = 0;
    return status;
}

int ia_cpe_candidate_write(struct ia_buf *out, const struct ia_cpe_candidate *candidate, struct ia_str version)
{
    IA_TRY(ia_buf_text(out, "cpe:2.3:a"));
    IA_TRY(ia_cpe_write_plain(out, candidate->vendor));
    IA_TRY(ia_cpe_write_plain(out, candidate->product));
    IA_TRY(ia_cpe_write_plain(out, version));
    IA_TRY(ia_buf_text(out, ":*:*:*:*"));
    IA_TRY(ia_cpe_write_plain(out, ia_str_from(candidate->target_sw)));
    return ia_buf_text(out, ":*:*");
}
