/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inventory: plain records in one arena. Strings are NUL-terminated valid UTF-8, never NULL ("" when absent).
 * Built once, then read-only.
 */
#ifndef IA_MODEL_INVENTORY_H
#define IA_MODEL_INVENTORY_H

#include "base/arena.h"
#include "base/env.h"
#include "base/notes.h"
#include "base/pool.h"
#include "base/vec.h"

struct ia_layer {
    const char *digest;
    const char *diff_id;
    const char *media_type;
    const char *created_by;
    uint64_t size;
    const char *chain_id;       /* of the stack up to this layer; "" when a diff_id of it is unknown */
    const char *created;        /* of the history entry that made it */
    const char *comment;        /* of that entry */
    uint64_t uncompressed_size; /* bytes of the tar; 0 until known */
    uint32_t step;              /* 1 + index of that entry in the history; 0: none */
};

struct ia_image_facts {
    const char *form;
    const char *reference;
    const char *manifest_digest;
    const char *config_digest;
    const char *os;
    const char *architecture;
    const char *variant;
    const char *created;
    const char *verified; /* what reading the image proves: "full", "blob", "none" */
};

struct ia_distro {
    const char *id;
    const char *version_id;
    const char *codename;
    const char *release; /* the name feeds use; "" when unknown */
    const char *pretty_name;
    const char *id_like;
    const char *services; /* of longer support that the system is attached to: "esm-apps,esm-infra" */
};

/* A fact about a package; docs/inventory.md has the names. */
struct ia_property {
    const char *name;
    const char *value;
};

struct ia_package {
    int32_t layer; /* -1 when unknown */
    int32_t owner; /* index of the system's package that owns the file at path; -1: none */
    const char *type;
    const char *name;
    const char *version;
    const char *architecture;
    const char *source;
    const char *source_version;
    const char *license;    /* as declared */
    const char *expression; /* the same as an SPDX expression; "" when it cannot be told */
    const char *purl;
    const char *path;   /* the file that lists it */
    const char *inside; /* where in that file; "" when it is the file's own */
    const char *how;    /* the rule that found it: "dpkg", "dist-info", "classifier" */
    const char *maintainer;
    const char *const *files; /* sorted by bytes, unique */
    size_t file_count;
    const struct ia_property *properties; /* sorted by name, unique */
    size_t property_count;
};

/* A program or shared library of the image. */
struct ia_executable {
    int32_t layer;
    int32_t owner;  /* index of the package that owns it; -1: none */
    uint32_t flags; /* IMGA_EXECUTABLE_* */
    const char *path;
    const char *format; /* "elf", "pe", "mach-o" */
    const char *architecture;
    const char *build_id; /* hex */
    const char *interpreter;
};

struct ia_inventory {
    struct ia_pool pool; /* every string */
    struct ia_image_facts image;
    struct ia_distro distro;
    struct ia_vec layers;      /* struct ia_layer, bottom first */
    struct ia_vec packages;    /* struct ia_package, sorted */
    struct ia_vec executables; /* struct ia_executable, sorted by path */
    struct ia_notes notes;
    char id[72]; /* "sha256:..." and NUL; set last */
};

int ia_inventory_init(struct ia_env *env, struct ia_inventory *inventory); /* empty records, "" everywhere */
void ia_inventory_free(struct ia_inventory *inventory);                    /* a zeroed one is fine */

/*
 * An interned, repaired copy of text: invalid UTF-8 and U+0000 become U+FFFD and *repaired becomes true (it is never
 * set to false; may be NULL). NULL: described in env (memory, limit string_bytes).
 */
const char *ia_inventory_str(struct ia_env *env, struct ia_inventory *inventory, struct ia_str text, bool *repaired);
/* The value of a property; NULL when the package has none of that name. */
const char *ia_package_property(const struct ia_package *package, const char *name);
/* Listed like a package, but what the system trusts or was made from: without purl, and nothing to match. */
bool ia_package_is_fact(const struct ia_package *package);
/* Sets every NULL string of the record to "". */
void ia_package_defaults(struct ia_package *package);
void ia_layer_defaults(struct ia_layer *layer);
void ia_executable_defaults(struct ia_executable *executable);
/* Appends; E_LIMIT with the limit's name. */
int ia_inventory_add_package(struct ia_env *env, struct ia_inventory *inventory, const struct ia_package *package);
int ia_inventory_add_layer(struct ia_env *env, struct ia_inventory *inventory, const struct ia_layer *layer);
/* Those that no package owns, programs and libraries. */
size_t ia_inventory_unowned(const struct ia_inventory *inventory);
int ia_inventory_add_executable(struct ia_env *env, struct ia_inventory *inventory,
                                const struct ia_executable *executable);
/* By type, name, architecture, version, path. */
int ia_package_order(const struct ia_package *a, const struct ia_package *b);
void ia_inventory_sort(struct ia_inventory *inventory);

const struct ia_package *ia_inventory_package(const struct ia_inventory *inventory, size_t index); /* NULL past end */
const struct ia_executable *ia_inventory_executable(const struct ia_inventory *inventory, size_t index);
const struct ia_layer *ia_inventory_layer(const struct ia_inventory *inventory, size_t index); /* NULL past end */

#endif
