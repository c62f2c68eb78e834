/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two passes over the facts of the files, in the order of their paths: first what is said of others, then the packages,
 * because what belongs together may come in any order.
 */
#include "catalog/examined_files.h"

#include "catalog/system/nix.h"

/* The directory of a file, or one that many levels above. */
static struct ia_str directory_above(struct ia_str path, unsigned levels)
{
    for (uint64_t i = 0; i <= levels && path.n; i++) {
        size_t slash = ia_str_find_last(path, '/');
        path = ia_str_sub(path, 0, slash < path.n ? slash : 0);
    }
    return path;
}

static int damaged(struct ia_env *env, const struct ia_file *file)
{
    return ia_fail(env, IMGA_E_INTERNAL, -1, "what was found in %.*s cannot be read back",
                   (int)(file->path.n > 512 ? 512 : file->path.n), file->path.p);
}

/* ---- the first pass ---- */

static int attach_file(void *user, struct ia_env *env, struct ia_str path, const struct ia_file *file)
{
    struct ia_cursor left = ia_cursor_from(file->content.p, file->content.n);
    struct ia_found_item item;
    int status;
    while ((status = ia_found_next(&left, &item)) > 0) {
        const struct ia_field owned = {IA_STR(""), item.text};
        if (item.kind == IA_FOUND_ATTACH)
            IA_TRY(ia_attachments_add(user, env, directory_above(path, item.levels), &item.fields[0]));
        if (item.kind == IA_FOUND_ATTACH_PATH)
            IA_TRY(ia_attachments_add(user, env, directory_above(path, 0), &owned));
    }
    return status < 0 ? damaged(env, file) : IMGA_OK;
}

int ia_examined_attachments(struct ia_env *env, struct ia_rootfs *fs, struct ia_attachments *attachments)
{
    return ia_rootfs_examined(fs, env, attach_file, attachments);
}

/* ---- the second pass ---- */

/* One file; a package waits until its paths have come. */
struct taking {
    struct ia_package_builder *builder;
    const struct ia_file *file;
    struct ia_damage damage;
    struct ia_found_item pending; /* when waits */
    bool waits;
};

static int take_pending(struct taking *t, struct ia_env *env)
{
    struct ia_package_evidence evidence = {&t->pending.package, t->file->path, t->file->layer, &t->damage};
    if (!t->waits)
        return IMGA_OK;
    t->waits = false;
    t->pending.package.fields = t->pending.fields;
    return ia_package_take_found(t->builder, env, &evidence);
}

static int take_path(struct taking *t, struct ia_env *env, struct ia_str path)
{
    const struct ia_text_place place = {&t->damage, 0};
    const char *kept;
    int status = ia_package_keep(t->builder, env, &place, path, &kept);
    return status > 0 ? ia_paths_add(&t->builder->paths, env, kept) : status;
}

static int take_executable(struct taking *t, struct ia_env *env, const struct ia_found_executable *found)
{
    struct ia_executable executable = {.layer = (int32_t)t->file->layer, .owner = -1, .flags = found->flags};
    const struct ia_text_place place = {&t->damage, 0};
    IA_TRY(ia_package_keep(t->builder, env, &place, t->file->path, &executable.path));
    IA_TRY(ia_package_keep(t->builder, env, &place, found->format, &executable.format));
    IA_TRY(ia_package_keep(t->builder, env, &place, found->architecture, &executable.architecture));
    IA_TRY(ia_package_keep(t->builder, env, &place, found->build_id, &executable.build_id));
    IA_TRY(ia_package_keep(t->builder, env, &place, found->interpreter, &executable.interpreter));
    return ia_inventory_add_executable(env, t->builder->inventory, &executable);
}

static int take_item(struct taking *t, struct ia_env *env, const struct ia_found_item *item)
{
    switch (item->kind) {
    case IA_FOUND_PACKAGE:
        IA_TRY(take_pending(t, env));
        t->pending = *item;
        t->waits = true;
        return IMGA_OK;
    case IA_FOUND_PATH:
        return take_path(t, env, item->text);
    case IA_FOUND_EXECUTABLE:
        return take_executable(t, env, &item->executable);
    case IA_FOUND_NOTE:
        return ia_note(env, item->code, item->offset, t->file->path, "%.*s",
                       (int)(item->text.n > 512 ? 512 : item->text.n), item->text.p);
    case IA_FOUND_ATTACH:
    case IA_FOUND_ATTACH_PATH:
        break;
    }
    return IMGA_OK;
}

static int take_file(void *user, struct ia_env *env, struct ia_str path, const struct ia_file *file)
{
    struct taking t = {.builder = user, .file = file};
    struct ia_cursor left = ia_cursor_from(file->content.p, file->content.n);
    struct ia_found_item item;
    int status;
    while ((status = ia_found_next(&left, &item)) > 0)
        IA_TRY(take_item(&t, env, &item));
    if (status < 0)
        return damaged(env, file);
    IA_TRY(take_pending(&t, env));
    return ia_note_damage(env, path, &t.damage);
}

static int take_store_path(void *user, struct ia_env *env, const struct ia_found_package *package,
                           const struct ia_file *file)
{
    struct ia_damage damage = {.count = {0}};
    const struct ia_package_evidence evidence = {package, file->path, file->layer, &damage};
    IA_TRY(ia_package_take_found(user, env, &evidence));
    return ia_note_damage(env, file->path, &damage);
}

int ia_examined_take(struct ia_package_builder *builder, struct ia_env *env, struct ia_rootfs *fs)
{
    IA_TRY(ia_rootfs_examined(fs, env, take_file, builder));
    int status = ia_nix_take(env, fs, take_store_path, builder);
    return status < 0 ? status : IMGA_OK;
}
