/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Red Hat's build systems leave in an image, below root/buildinfo or usr/share/buildinfo: the documents in
 * content_manifests (newer images: content-sets.json, beside or instead of them) name the content sets (repositories)
 * that its packages came from, which decide what advisories apply; labels.json says which image it is, as the container
 * catalog names it.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/members.h"
#include "catalog/lang/place.h"
#include "catalog/system/system.h"

enum { CONTENT_SETS };
enum { NAME, VERSION, RELEASE, ARCHITECTURE };

struct labels {
    struct ia_found *found;
    struct ia_buf version;
};

static bool is_labels(struct ia_str path)
{
    return ia_str_is(ia_place_name(path), "labels.json") && ia_str_is(ia_place_parent(path), "buildinfo");
}

static bool wants(struct ia_str path)
{
    struct ia_str folder = ia_place_directory(path);
    if (ia_str_is(ia_place_name(folder), "buildinfo"))
        return is_labels(path) || ia_str_is(ia_place_name(path), "content-sets.json");
    return ia_str_is(ia_place_name(folder), "content_manifests") && ia_str_is(ia_place_parent(folder), "buildinfo");
}

static int take_sets(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_str set;
    size_t at = 0;
    while (ia_member_next(record, CONTENT_SETS, &at, &set)) {
        const struct ia_found_package package = {
            .type = IA_STR("redhat-content-set"), .name = set, .how = IA_STR("content-manifest")};
        if (set.n)
            IA_TRY(ia_found_package(user, env, &package));
    }
    return IMGA_OK;
}

static int write_version(struct ia_buf *out, const struct ia_member_record *record)
{
    struct ia_str release = ia_member(record, RELEASE);
    IA_TRY(ia_buf_str(out, ia_member(record, VERSION)));
    if (release.n == 0)
        return IMGA_OK;
    IA_TRY(ia_buf_char(out, '-'));
    return ia_buf_str(out, release);
}

static int take_labels(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct labels *labels = user;
    if (write_version(&labels->version, record) < 0)
        return ia_fail_nomem(env);
    const struct ia_found_package package = {
        .type = IA_STR("redhat-container"),
        .name = ia_member(record, NAME),
        .version = ia_buf_view(&labels->version),
        .architecture = ia_member(record, ARCHITECTURE),
        .how = IA_STR("labels"),
    };
    if (package.name.n == 0)
        return ia_found_note(labels->found, env, IMGA_NOTE_DB_PARTIAL, 0, "the labels do not name the image");
    return ia_found_package(labels->found, env, &package);
}

static int analyse_labels(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const char *const paths[] = {"name", "version", "release", "architecture", NULL};
    static const struct ia_member_table table = {"", paths, false, take_labels};
    struct labels labels = {.found = found};
    ia_buf_init(&labels.version, &env->alloc, SIZE_MAX);
    int status = ia_members_read(env, file->content, &table, &labels, found);
    ia_buf_free(&labels.version);
    return status < 0 ? status : IMGA_OK;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const char *const paths[] = {"content_sets[]", NULL};
    static const struct ia_member_table table = {"", paths, false, take_sets};
    if (is_labels(file->path))
        return analyse_labels(file, env, found);
    int status = ia_members_read(env, file->content, &table, found, found);
    return status < 0 ? status : IMGA_OK;
}

static const char *const extensions[] = {"json", NULL};

const struct ia_analyser ia_content_manifest_analyser = {"content-manifest", 2, NULL, extensions, NULL, wants, analyse};
