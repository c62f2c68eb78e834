/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed packages of Node.js, by package.json (docs.npmjs.com, "package.json"; nodejs.org, "Modules: Loading from
 * node_modules folders"). One counts when it is where an installer puts it: directly in a node_modules folder, in
 * Debian's folders "nodejs", or in an unpacked release ("yarn-v1.22.19", "yarn/1.22.19"). Applications, tests and
 * templates have such files, too, and are not installed.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/lang.h"
#include "catalog/lang/members.h"
#include "catalog/lang/place.h"

enum { NAME, VERSION, LICENSE, LICENSE_TYPE, LICENSES, AUTHOR, AUTHOR_NAME, PRIVATE, IN_BUNDLE, RESOLVED };

static const char *const paths[] = {"name",   "version",     "license", "license.type", "licenses[].type",
                                    "author", "author.name", "private", "_inBundle",    "_resolved",
                                    NULL};

enum place { ELSEWHERE, MODULE, RELEASE };

struct manifest {
    const struct ia_analysed *file;
    struct ia_found *found;
    enum place place;
};

/* ---- where it lies ---- */

static bool is_node_modules(struct ia_str component)
{
    return ia_str_is(component, "node_modules");
}

/* Takes "name" or "@scope/name" off the front of the path; false when there is no such thing. */
static bool take_module(struct ia_str *rest)
{
    struct ia_str part;
    if (!ia_str_next(rest, '/', &part) || part.n == 0 || part.p[0] == '.' || is_node_modules(part))
        return false;
    return part.p[0] != '@' || (ia_str_next(rest, '/', &part) && part.n > 0);
}

/* What comes after a node_modules folder: false when it is a file of a package, or belongs to a package's tests. */
static bool is_module_directory(struct ia_str rest)
{
    struct ia_str part;
    bool sample = false;
    while (rest.n) {
        if (sample || !take_module(&rest))
            return false;
        if (rest.n == 0)
            return true;
        while (ia_str_next(&rest, '/', &part) && !is_node_modules(part))
            sample = sample || ia_place_is_sample(part);
        if (!is_node_modules(part))
            return false;
    }
    return false;
}

/* pnpm's store: "node_modules/.pnpm/name@1.0.0/node_modules/name". */
static struct ia_str skip_store(struct ia_str rest)
{
    struct ia_str after = rest, part;
    if (!ia_str_next(&after, '/', &part) || part.n == 0 || part.p[0] != '.')
        return rest;
    while (ia_str_next(&after, '/', &part))
        if (is_node_modules(part))
            return after;
    return rest;
}

static bool is_version(struct ia_str text)
{
    size_t at = text.n && (text.p[0] == 'v' || text.p[0] == 'V');
    return at < text.n && ia_is_digit(text.p[at]);
}

/* A folder whose name ends like that of a release, "yarn-v1.22.19", or is a version. */
static bool may_be_release(struct ia_str name)
{
    for (struct ia_str rest = name; rest.n; rest = ia_str_sub(rest, ia_str_find(rest, '-') + 1, rest.n))
        if (is_version(rest))
            return true;
    return false;
}

/* Debian's folders of modules: "usr/share/nodejs", "usr/lib/nodejs", "usr/lib/x86_64-linux-gnu/nodejs". */
static bool is_debian_folder(struct ia_str folder)
{
    struct ia_str above = ia_place_directory(folder);
    return ia_str_is(ia_place_name(folder), "nodejs") &&
           (ia_str_is(ia_place_name(above), "share") || ia_str_is(ia_place_name(above), "lib") ||
            ia_str_is(ia_place_parent(above), "lib"));
}

static enum place place_of(struct ia_str path)
{
    struct ia_str directory = ia_place_directory(path), rest = directory, part;
    while (ia_str_next(&rest, '/', &part))
        if (is_node_modules(part))
            return is_module_directory(skip_store(rest)) ? MODULE : ELSEWHERE;
    struct ia_str folder = ia_place_directory(directory);
    if (ia_str_starts(ia_place_name(folder), IA_STR("@")))
        folder = ia_place_directory(folder);
    if (is_debian_folder(folder))
        return MODULE;
    return may_be_release(ia_place_name(directory)) ? RELEASE : ELSEWHERE;
}

static bool wants(struct ia_str path)
{
    return place_of(path) != ELSEWHERE && !ia_place_in_conda_cache(path);
}

/* "yarn-v1.22.19" and "yarn-1.22.19" for yarn 1.22.19. */
static bool is_name_and_version(struct ia_str directory, struct ia_str name, struct ia_str version)
{
    if (!ia_str_starts(directory, name) || directory.n < name.n + 1 || directory.p[name.n] != '-')
        return false;
    directory = ia_str_sub(directory, name.n + 1, directory.n);
    return ia_str_eq(directory, version) ||
           (ia_str_starts(directory, IA_STR("v")) && ia_str_eq(ia_str_sub(directory, 1, directory.n), version));
}

/* Whether the package of this name and version was put there by an installer. */
static bool is_released_there(struct ia_str path, struct ia_str name, struct ia_str version)
{
    struct ia_str directory = ia_place_directory(path), last = ia_place_name(name);
    struct ia_str base = ia_place_name(directory), above = ia_place_parent(directory);
    return is_name_and_version(base, last, version) || (ia_str_eq(base, version) && ia_str_eq(above, last));
}

/* "name" or "@scope/name" of the folder. */
static struct ia_str module_of(struct ia_str path)
{
    struct ia_str directory = ia_place_directory(path), name = ia_place_name(directory);
    struct ia_str scope = ia_place_parent(directory);
    size_t n = ia_str_starts(scope, IA_STR("@")) ? scope.n + 1 + name.n : name.n;
    return ia_str_sub(directory, directory.n - n, n);
}

/* ---- what it says ---- */

static struct ia_str license_of(const struct ia_member_record *record)
{
    static const size_t order[] = {LICENSE, LICENSE_TYPE, LICENSES};
    struct ia_str license = {0};
    for (size_t i = 0; license.n == 0 && i < IA_COUNT(order); i++)
        license = ia_member(record, order[i]);
    return license;
}

static void set_fields(const struct manifest *manifest, const struct ia_member_record *record, struct ia_fields *fields)
{
    struct ia_str folder = module_of(manifest->file->path);
    if (manifest->place == MODULE && !ia_str_eq(folder, ia_member(record, NAME)))
        ia_fields_add(fields, "alias", folder);
    ia_fields_flag(fields, "bundled", ia_member_true(record, IN_BUNDLE));
    ia_fields_flag(fields, "private", ia_member_true(record, PRIVATE));
    ia_fields_add(fields, "url", ia_member(record, RESOLVED));
}

static int add_package(const struct manifest *manifest, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_str author = ia_member(record, AUTHOR);
    struct ia_fields fields = {.n = 0};
    set_fields(manifest, record, &fields);
    struct ia_found_package package = {
        .type = IA_STR("npm"),
        .name = ia_member(record, NAME),
        .version = ia_member(record, VERSION),
        .license = license_of(record),
        .supplier = author.n ? author : ia_member(record, AUTHOR_NAME),
        .how = IA_STR("package-json"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(manifest->found, env, &package);
}

static int note(const struct manifest *manifest, struct ia_env *env, int64_t offset, const char *text)
{
    if (manifest->place != MODULE)
        return IMGA_OK;
    return ia_found_note(manifest->found, env, IMGA_NOTE_DB_PARTIAL, offset, "%s", text);
}

static int take(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    const struct manifest *manifest = user;
    struct ia_str name = ia_member(record, NAME), version = ia_member(record, VERSION);
    if (record->repeated && manifest->place == MODULE)
        IA_TRY(ia_found_note(manifest->found, env, IMGA_NOTE_DUPLICATE, -1, "a member comes twice; the last counts"));
    if (manifest->place == RELEASE &&
        (!record->whole || name.n == 0 || version.n == 0 || !is_released_there(manifest->file->path, name, version)))
        return IMGA_OK;
    if (name.n && version.n)
        return add_package(manifest, env, record);
    if (!ia_member_named(record, NAME) && !ia_member_named(record, VERSION)) /* {"type": "module"} and the like */
        return IMGA_OK;
    return note(manifest, env, record->offset, name.n ? "the package has no version" : "the package has no name");
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const struct ia_member_table table = {"", paths, false, take};
    struct manifest manifest = {file, found, place_of(file->path)};
    int status = ia_members_read(env, file->content, &table, &manifest, manifest.place == MODULE ? found : NULL);
    return status < 0 ? status : IMGA_OK;
}

static const char *const names[] = {"package.json", NULL};

const struct ia_analyser ia_npm_analyser = {"npm", 1, names, NULL, NULL, wants, analyse};
