/* SPDX-License-Identifier: Apache-2.0 */
/* Only the paths of interest go into a map; the lists of all packages go by it once. */
#include "catalog/ownership.h"

#include "base/map.h"

struct search {
    struct ia_rootfs *fs;
    struct ia_map owners;    /* path of interest -> 0, or 1 + index of its owner */
    struct ia_str directory; /* the last that was looked up, as it is written */
    struct ia_str real;      /* where it leads */
    bool known, found;
    struct ia_buf path;
};

/* By the rule that found it: a program's note that it was built as a package of the system is no such package. */
bool ia_is_system_package(const struct ia_package *package)
{
    static const char *const rules[] = {"dpkg", "apk", "rpm", "opkg", "pacman", "portage", "chisel"};
    for (size_t i = 0; i < IA_COUNT(rules); i++)
        if (ia_str_is(ia_str_from(package->how), rules[i]))
            return true;
    return false;
}

static int add_interest(struct search *search, struct ia_env *env, const struct ia_inventory *inventory)
{
    const struct ia_package *package;
    const struct ia_executable *executable;
    for (size_t i = 0; (package = ia_inventory_package(inventory, i)); i++)
        if (!ia_is_system_package(package) && ia_map_put(&search->owners, ia_str_from(package->path), 0) < 0)
            return ia_fail_nomem(env);
    for (size_t i = 0; (executable = ia_inventory_executable(inventory, i)); i++)
        if (ia_map_put(&search->owners, ia_str_from(executable->path), 0) < 0)
            return ia_fail_nomem(env);
    return IMGA_OK;
}

/* The same directory comes many times in a row. */
static int find_directory(struct search *search, struct ia_env *env, struct ia_str directory)
{
    if (search->known && ia_str_eq(search->directory, directory))
        return search->found;
    int found = ia_rootfs_directory(search->fs, env, directory, &search->real);
    search->known = true;
    search->directory = directory;
    search->found = found > 0;
    return found;
}

static int write_real(struct search *search, struct ia_str name)
{
    ia_buf_clear(&search->path);
    IA_TRY(ia_buf_str(&search->path, search->real));
    if (search->real.n)
        IA_TRY(ia_buf_char(&search->path, '/'));
    return ia_buf_str(&search->path, name);
}

static int claim(struct search *search, struct ia_env *env, struct ia_str path, size_t package)
{
    uint64_t owner;
    if (ia_map_get(&search->owners, path, &owner))
        return owner || ia_map_put(&search->owners, path, package + 1) == IMGA_OK ? 1 : ia_fail_nomem(env);
    return 0;
}

static int take_file(struct search *search, struct ia_env *env, struct ia_str path, size_t package)
{
    size_t slash = ia_str_find_last(path, '/');
    struct ia_str directory = ia_str_sub(path, 0, slash < path.n ? slash : 0);
    struct ia_str name = slash < path.n ? ia_str_sub(path, slash + 1, path.n) : path;
    uint64_t owner;
    int claimed = claim(search, env, path, package);
    if (claimed != 0)
        return claimed;
    IA_TRY(find_directory(search, env, directory));
    if (!search->found || ia_str_eq(search->real, directory))
        return IMGA_OK;
    if (write_real(search, name) < 0)
        return ia_fail_nomem(env);
    /* The key that is there stays: it lives as long as the inventory. */
    if (ia_map_get(&search->owners, ia_buf_view(&search->path), &owner) && owner == 0)
        return claim(search, env, ia_buf_view(&search->path), package);
    return IMGA_OK;
}

static int take_lists(struct search *search, struct ia_env *env, const struct ia_inventory *inventory)
{
    const struct ia_package *package;
    for (size_t i = 0; (package = ia_inventory_package(inventory, i)); i++) {
        if (!ia_is_system_package(package))
            continue;
        for (size_t k = 0; k < package->file_count; k++)
            IA_TRY(take_file(search, env, ia_str_from(package->files[k]), i));
        IA_TRY(ia_check_cancel(env));
    }
    return IMGA_OK;
}

static int32_t owner_of(const struct search *search, const char *path)
{
    uint64_t owner = 0;
    ia_map_get(&search->owners, ia_str_from(path), &owner);
    return owner > 0 && owner <= INT32_MAX ? (int32_t)(owner - 1) : -1;
}

static void set_owners(const struct search *search, struct ia_inventory *inventory)
{
    for (size_t i = 0; i < inventory->packages.n; i++) {
        struct ia_package *package = ia_vec_at(&inventory->packages, i);
        package->owner = ia_is_system_package(package) ? -1 : owner_of(search, package->path);
    }
    for (size_t i = 0; i < inventory->executables.n; i++) {
        struct ia_executable *executable = ia_vec_at(&inventory->executables, i);
        executable->owner = owner_of(search, executable->path);
    }
}

int ia_ownership_find(struct ia_env *env, struct ia_rootfs *fs, struct ia_inventory *inventory)
{
    struct search search = {.fs = fs};
    int status;
    ia_map_init(&search.owners, &env->alloc, env->seed);
    ia_buf_init(&search.path, &env->alloc, SIZE_MAX); /* as long as two paths */
    IA_GO(status, add_interest(&search, env, inventory));
    IA_GO(status, take_lists(&search, env, inventory));
    set_owners(&search, inventory);
out:
    ia_buf_free(&search.path);
    ia_map_free(&search.owners);
    return status < 0 ? status : IMGA_OK;
}
