/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Nix store (nix.dev, "Store path"): nix/store/HASH-NAME, HASH in 32 letters of Nix's base 32; where a name ends
 * and its version begins is decided as builtins.parseDrvName does: at the first dash that no letter follows. Names
 * without a version are scripts and settings, and such as end like archives, patches or derivations are what was built
 * from.
 */
#include "catalog/system/nix.h"

#include "catalog/lang/fields.h"

enum { HASH = 32 };

struct taking {
    ia_nix_take_package *take;
    void *user;
    bool any;
};

/* Digits and letters but e, o, t and u. */
static bool is_base32(char c)
{
    return ia_is_digit(c) || (c >= 'a' && c <= 'z' && c != 'e' && c != 'o' && c != 't' && c != 'u');
}

static bool drop_hash(struct ia_str *entry)
{
    if (entry->n <= HASH + 1 || entry->p[HASH] != '-')
        return false;
    for (size_t i = 0; i < HASH; i++)
        if (!is_base32(entry->p[i]))
            return false;
    *entry = ia_str_sub(*entry, HASH + 1, entry->n);
    return true;
}

static bool is_source(struct ia_str name)
{
    static const char *const endings[] = {".drv",     ".patch", ".diff",    ".lock", ".tar.gz", ".tar.xz",
                                          ".tar.bz2", ".tgz",   ".tar.zst", ".zip",  ".crate",  ".chroot"};
    for (size_t i = 0; i < IA_COUNT(endings); i++)
        if (ia_str_ends(name, ia_str_from(endings[i])))
            return true;
    return false;
}

/* Where the version begins, or n. */
static size_t version_at(struct ia_str name)
{
    for (size_t i = 1; i + 1 < name.n; i++)
        if (name.p[i] == '-' && !ia_is_alpha(name.p[i + 1]))
            return i + 1;
    return name.n;
}

/* "openssl-3.0.14-bin": an output of its own, not a part of the version. */
static struct ia_str take_output(struct ia_str *version)
{
    static const char *const outputs[] = {
        "bin",     "dev",     "lib",    "out",       "doc",       "man",      "info",      "devdoc",
        "dist",    "static",  "debug",  "terminfo",  "host",      "libgcc",   "py",        "python",
        "data",    "getent",  "su",     "mount",     "login",     "swap",     "scripts",   "tests",
        "modules", "drivers", "opencl", "unbundled", "p11kit",    "hashed",   "jit",       "tex",
        "tlpkg",   "texdoc",  "plperl", "pltcl",     "plpython3", "dnsutils", "texsource", "fuse2fs"};
    size_t dash = ia_str_find_last(*version, '-');
    struct ia_str output = ia_str_sub(*version, dash + 1, version->n);
    for (size_t i = 0; i < IA_COUNT(outputs); i++) {
        if (!ia_str_is(output, outputs[i]))
            continue;
        *version = ia_str_sub(*version, 0, dash);
        return output;
    }
    return (struct ia_str){0};
}

bool ia_nix_name(struct ia_str entry, struct ia_found_package *package, struct ia_str *output)
{
    if (!drop_hash(&entry) || is_source(entry))
        return false;
    size_t at = version_at(entry);
    if (at == entry.n || !ia_is_digit(entry.p[at]))
        return false;
    *package = (struct ia_found_package){.type = IA_STR("nix"), .how = IA_STR("nix-store")};
    package->name = ia_str_sub(entry, 0, at - 1);
    package->version = ia_str_sub(entry, at, entry.n);
    *output = take_output(&package->version);
    return true;
}

static int take_entry(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    struct taking *t = user;
    struct ia_found_package package;
    struct ia_fields fields = {.n = 0};
    struct ia_str output;
    t->any = true;
    if (!ia_nix_name(name, &package, &output))
        return IMGA_OK;
    ia_fields_add(&fields, "output", output);
    package.fields = fields.rows;
    package.field_count = fields.n;
    return t->take(t->user, env, &package, file);
}

int ia_nix_take(struct ia_env *env, struct ia_rootfs *fs, ia_nix_take_package *take, void *user)
{
    struct taking taking = {take, user, false};
    IA_TRY(ia_rootfs_names(fs, env, "nix/store", take_entry, &taking));
    return taking.any;
}
