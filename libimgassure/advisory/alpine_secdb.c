/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alpine's secdb, one branch and repository: {distroversion, reponame, packages: [{pkg: {name, secfixes: {version:
 * [ids]}}}]}, members in any order, so that records wait until the root object ends. Memory: every distinct text once
 * and three pointers per record; texts are bounded by feed_bytes, records by db_records. Version "0" means that the
 * release never was affected. One string may hold several identifiers between blanks.
 */
#include "advisory/feed_format.h"

#include "base/pool.h"
#include "base/vec.h"

#include <imgassure/findings.h>

struct row {
    const char *package, *version, *id;
};

struct secdb {
    struct ia_pool pool;
    struct ia_vec rows;               /* struct row */
    const char *release, *repository; /* NULL: not seen */
    const char *package;              /* of the entry being read; NULL: not seen */
    const char *version;
    bool has_packages, has_secfixes;
};

static const char *const root_members[] = {"distroversion", "apkurl", "archs", "reponame", "urlprefix", "packages"};

bool ia_feed_is_secdb_member(struct ia_str key)
{
    for (size_t i = 0; i < IA_COUNT(root_members); i++)
        if (ia_str_is(key, root_members[i]))
            return true;
    return false;
}

static int secdb_open(struct ia_feed_parse *parse)
{
    uint64_t max = parse->env->limits->db_records;
    struct secdb *secdb = ia_new(&parse->env->alloc, sizeof(*secdb));
    if (!secdb)
        return ia_fail_nomem(parse->env);
    parse->state = secdb;
    ia_pool_init(&secdb->pool, &parse->env->alloc, parse->env->seed);
    ia_vec_init(&secdb->rows, &parse->env->alloc, sizeof(struct row), max > SIZE_MAX ? SIZE_MAX : (size_t)max);
    return IMGA_OK;
}

static void secdb_close(struct ia_feed_parse *parse)
{
    struct secdb *secdb = parse->state;
    if (!secdb)
        return;
    ia_vec_free(&secdb->rows);
    ia_pool_free(&secdb->pool);
    ia_free(&parse->env->alloc, secdb);
}

static int keep(struct ia_feed_parse *parse, struct ia_str text, const char **out)
{
    struct secdb *secdb = parse->state;
    *out = ia_pool_str(&secdb->pool, text);
    return *out ? IMGA_OK : ia_fail_nomem(parse->env);
}

static int document_fails(struct ia_feed_parse *parse, const char *member, const char *problem)
{
    return ia_fail(parse->env, IMGA_E_FORMAT, ia_json_offset(parse->json), "secdb: %s %s", member, problem);
}

/* A member that says what the whole document is about; without it no record means anything. */
static int read_root_text(struct ia_feed_parse *parse, const char *member, const char **out)
{
    struct ia_str text;
    int event = ia_json_next(parse->json, parse->env, &text);
    IA_TRY(event);
    if (*out)
        return document_fails(parse, member, "is there twice");
    if (event != IA_JSON_STRING || !ia_feed_is_text(text))
        return document_fails(parse, member, "is not a name");
    return keep(parse, text, out);
}

static bool is_identifier(struct ia_str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (ia_is_digit(word.p[i]))
            return ia_feed_is_text(word);
    return false;
}

/* For remarks: the name may come later. */
static const char *package_name(const struct secdb *secdb)
{
    return secdb->package ? secdb->package : "a package";
}

static int take_ids(struct ia_feed_parse *parse, struct ia_str ids)
{
    struct secdb *secdb = parse->state;
    int64_t offset = ia_json_offset(parse->json);
    struct row row = {NULL, secdb->version, NULL};
    struct ia_str word;
    bool any = false;
    while (ia_str_word(&ids, &word)) {
        any = true;
        if (!is_identifier(word)) {
            IA_TRY(ia_feed_malformed(parse, offset, "%s, fixed in %s: \"%.*s\" is not an identifier",
                                     package_name(secdb), secdb->version, IA_FEED_SHOW(word)));
            continue;
        }
        IA_TRY(keep(parse, word, &row.id));
        IA_TRY(ia_described(parse->env, ia_vec_push(&secdb->rows, &row), "db_records", parse->env->limits->db_records));
    }
    return any ? IMGA_OK
               : ia_feed_malformed(parse, offset, "%s, fixed in %s: an empty identifier", package_name(secdb),
                                   secdb->version);
}

static int read_ids(struct ia_feed_parse *parse)
{
    const struct secdb *secdb = parse->state;
    struct ia_str text;
    int event;
    while ((event = ia_json_next(parse->json, parse->env, &text)) > 0 && event != IA_JSON_ARRAY_END) {
        int64_t offset = ia_json_offset(parse->json);
        if (event == IA_JSON_STRING) {
            IA_TRY(take_ids(parse, text));
            continue;
        }
        IA_TRY(ia_json_skip(parse->json, parse->env, event));
        IA_TRY(ia_feed_malformed(parse, offset, "%s, fixed in %s: an identifier is not a string", package_name(secdb),
                                 secdb->version));
    }
    return event < 0 ? event : IMGA_OK;
}

static int read_fixes(struct ia_feed_parse *parse, struct ia_str version)
{
    struct secdb *secdb = parse->state;
    struct ia_str text;
    int64_t offset = ia_json_offset(parse->json);
    bool named = ia_feed_is_text(version);
    IA_TRY(keep(parse, named ? version : IA_STR("?"), &secdb->version));
    int event = ia_json_next(parse->json, parse->env, &text);
    IA_TRY(event);
    if (named && event == IA_JSON_ARRAY)
        return read_ids(parse);
    IA_TRY(ia_json_skip(parse->json, parse->env, event));
    return ia_feed_malformed(parse, offset, "%s, fixed in %s: %s", package_name(secdb), secdb->version,
                             named ? "not a list of identifiers" : "not a version");
}

static int read_secfixes(struct ia_feed_parse *parse)
{
    struct secdb *secdb = parse->state;
    struct ia_str key;
    int event = ia_json_next(parse->json, parse->env, &key);
    IA_TRY(event);
    secdb->has_secfixes = true;
    if (event != IA_JSON_OBJECT) {
        int64_t offset = ia_json_offset(parse->json);
        IA_TRY(ia_json_skip(parse->json, parse->env, event));
        return ia_feed_malformed(parse, offset, "secfixes is not an object");
    }
    while ((event = ia_json_next(parse->json, parse->env, &key)) == IA_JSON_KEY)
        IA_TRY(read_fixes(parse, key));
    return event < 0 ? event : IMGA_OK;
}

/* *problem is set when the entry has no name of its own. */
static int read_name(struct ia_feed_parse *parse, const char **problem)
{
    struct secdb *secdb = parse->state;
    struct ia_str text;
    int event = ia_json_next(parse->json, parse->env, &text);
    IA_TRY(event);
    if (secdb->package)
        *problem = "a second name";
    else if (event != IA_JSON_STRING || !ia_feed_is_text(text))
        *problem = "the name is not a package name";
    else
        return keep(parse, text, &secdb->package);
    return ia_json_skip(parse->json, parse->env, event);
}

static int read_pkg_members(struct ia_feed_parse *parse, const char **problem)
{
    struct secdb *secdb = parse->state;
    struct ia_str key;
    int event;
    secdb->package = NULL;
    secdb->has_secfixes = false;
    while ((event = ia_json_next(parse->json, parse->env, &key)) == IA_JSON_KEY) {
        if (ia_str_is(key, "name"))
            IA_TRY(read_name(parse, problem));
        else if (ia_str_is(key, "secfixes"))
            IA_TRY(read_secfixes(parse));
        else
            IA_TRY(ia_json_skip(parse->json, parse->env, event));
    }
    if (!*problem && !secdb->package)
        *problem = "no name";
    if (!*problem && !secdb->has_secfixes)
        *problem = "no secfixes";
    return event < 0 ? event : IMGA_OK;
}

/* The name may come after the fixes: they get it here, or go. */
static int read_pkg(struct ia_feed_parse *parse)
{
    struct secdb *secdb = parse->state;
    struct ia_str text;
    size_t first = secdb->rows.n;
    int64_t offset = ia_json_offset(parse->json);
    const char *problem = NULL;
    int event = ia_json_next(parse->json, parse->env, &text);
    IA_TRY(event);
    if (event == IA_JSON_OBJECT) {
        IA_TRY(read_pkg_members(parse, &problem));
    } else {
        problem = "pkg is not an object";
        IA_TRY(ia_json_skip(parse->json, parse->env, event));
    }
    if (problem) {
        secdb->rows.n = first;
        return ia_feed_malformed(parse, offset, "%s", problem);
    }
    for (size_t i = first; i < secdb->rows.n; i++)
        ((struct row *)ia_vec_at(&secdb->rows, i))->package = secdb->package;
    return IMGA_OK;
}

static int read_package(struct ia_feed_parse *parse, int event)
{
    struct ia_str key;
    int64_t offset = ia_json_offset(parse->json);
    bool found = false;
    if (event != IA_JSON_OBJECT) {
        IA_TRY(ia_json_skip(parse->json, parse->env, event));
        return ia_feed_malformed(parse, offset, "an entry of packages is not an object");
    }
    while ((event = ia_json_next(parse->json, parse->env, &key)) == IA_JSON_KEY) {
        bool pkg = ia_str_is(key, "pkg");
        found = found || pkg;
        IA_TRY(pkg ? read_pkg(parse) : ia_json_skip(parse->json, parse->env, event));
    }
    IA_TRY(event);
    return found ? IMGA_OK : ia_feed_malformed(parse, offset, "an entry of packages without pkg");
}

static int read_packages(struct ia_feed_parse *parse)
{
    struct secdb *secdb = parse->state;
    struct ia_str text;
    int event = ia_json_next(parse->json, parse->env, &text);
    IA_TRY(event);
    if (secdb->has_packages)
        return document_fails(parse, "packages", "is there twice");
    if (event != IA_JSON_ARRAY)
        return document_fails(parse, "packages", "is not a list");
    secdb->has_packages = true;
    while ((event = ia_json_next(parse->json, parse->env, &text)) > 0 && event != IA_JSON_ARRAY_END)
        IA_TRY(read_package(parse, event));
    return event < 0 ? event : IMGA_OK;
}

static int secdb_member(struct ia_feed_parse *parse, struct ia_str key)
{
    struct secdb *secdb = parse->state;
    if (ia_str_is(key, "distroversion"))
        return read_root_text(parse, "distroversion", &secdb->release);
    if (ia_str_is(key, "reponame"))
        return read_root_text(parse, "reponame", &secdb->repository);
    if (ia_str_is(key, "packages"))
        return read_packages(parse);
    return ia_json_skip(parse->json, parse->env, IA_JSON_KEY);
}

static int hand_over(struct ia_feed_parse *parse, struct ia_advisory *record)
{
    const struct secdb *secdb = parse->state;
    for (size_t i = 0; i < secdb->rows.n; i++) {
        const struct row *row = ia_vec_at(&secdb->rows, i);
        bool never = ia_str_is(ia_str_from(row->version), "0");
        record->package = ia_str_from(row->package);
        record->id = ia_str_from(row->id);
        record->fixed_version = never ? IA_STR("") : ia_str_from(row->version);
        record->status = never ? IA_ADVISORY_NOT_AFFECTED : IA_ADVISORY_AFFECTED;
        IA_TRY(ia_check_cancel(parse->env));
        IA_TRY(ia_feed_record(parse, record));
    }
    return IMGA_OK;
}

static int secdb_finish(struct ia_feed_parse *parse)
{
    const struct secdb *secdb = parse->state;
    if (!secdb->release)
        return document_fails(parse, "distroversion", "is missing");
    if (!secdb->has_packages)
        return document_fails(parse, "packages", "is missing");
    struct ia_advisory record = {
        .distro = IA_STR("alpine"),
        .release = ia_str_from(secdb->release),
        .repository = ia_str_from(secdb->repository),
        .severity = IMGA_SEVERITY_UNKNOWN,
    };
    IA_TRY(parse->sink->covers(parse->sink->user, parse->env, &record));
    return hand_over(parse, &record);
}

const struct ia_feed_format ia_feed_alpine_secdb = {
    IMGA_FEED_ALPINE_SECDB, secdb_open, secdb_member, secdb_finish, secdb_close,
};
