/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records become packages. Two records of one name and architecture both count, and the database is noted: which of
 * them a tool would believe is not for an inventory to guess. Only records that agree in all that matching looks at are
 * one package.
 */
#include "catalog/package.h"

#include "model/distro.h"
#include "model/purl.h"

void ia_package_builder_init(struct ia_package_builder *builder, const struct ia_env *env,
                             struct ia_inventory *inventory, struct ia_origin *origin)
{
    *builder = (struct ia_package_builder){.inventory = inventory, .origin = origin};
    ia_file_lists_init(&builder->lists, env);
    ia_paths_init(&builder->paths, env, inventory);
    ia_arena_init(&builder->keys, &env->alloc);
    ia_map_init(&builder->seen, &env->alloc, env->seed);
    ia_buf_init(&builder->scratch, &env->alloc, SIZE_MAX); /* as long as a few texts in memory */
}

void ia_package_builder_free(struct ia_package_builder *builder)
{
    ia_file_lists_free(&builder->lists);
    ia_paths_free(&builder->paths);
    ia_map_free(&builder->seen);
    ia_arena_free(&builder->keys);
    ia_buf_free(&builder->scratch);
}

static int add_part(struct ia_buf *key, struct ia_str part)
{
    IA_TRY(ia_buf_u64(key, part.n));
    IA_TRY(ia_buf_char(key, ':'));
    return ia_buf_str(key, part);
}

/* What a record is known by: type, name and architecture, or with details all that tells two packages apart. */
static int write_key(struct ia_buf *key, const struct ia_listed *listed, bool details)
{
    const struct ia_record *record = listed->record;
    ia_buf_clear(key);
    IA_TRY(ia_buf_char(key, details ? 'd' : 'n'));
    IA_TRY(add_part(key, ia_str_from(listed->type)));
    IA_TRY(add_part(key, record->name));
    IA_TRY(add_part(key, record->architecture));
    if (!details)
        return IMGA_OK;
    IA_TRY(add_part(key, record->version));
    IA_TRY(add_part(key, record->source));
    return add_part(key, record->source_version);
}

/* Whether the key was there, and in which database last; puts it there. */
static int remember(struct ia_package_builder *b, const struct ia_listed *listed, bool details, uint64_t *database)
{
    IA_TRY(write_key(&b->scratch, listed, details));
    struct ia_str key = ia_buf_view(&b->scratch);
    bool known = ia_map_get(&b->seen, key, database);
    key.p = ia_arena_str(&b->keys, key);
    if (!key.p)
        return IMGA_E_NOMEM;
    IA_TRY(ia_map_put(&b->seen, key, listed->database));
    return known;
}

/* 1 when the record is to become a package. A record that is not installed is only remembered for the remark. */
static int is_wanted(struct ia_package_builder *b, struct ia_env *env, const struct ia_listed *listed)
{
    uint64_t database;
    int known = remember(b, listed, false, &database);
    if (known > 0 && database == listed->database)
        ia_damage_add(listed->damage, IA_DAMAGE_DUPLICATE, listed->record->offset);
    if (known >= 0 && !listed->record->installed)
        return 0;
    if (known >= 0)
        known = remember(b, listed, true, &database);
    return known < 0 ? ia_fail_nomem(env) : !known;
}

static int keep(struct ia_package_builder *b, struct ia_env *env, const struct ia_listed *listed, struct ia_str text,
                const char **out)
{
    bool odd = false;
    int status = ia_keep_text(env, b->inventory, text, &odd, out);
    if (odd)
        ia_damage_add(listed->damage, IA_DAMAGE_NAME, listed->record->offset);
    if (status == 0)
        ia_damage_add(listed->damage, IA_DAMAGE_LONG, listed->record->offset);
    return status;
}

/* 1, or 0 when one of the texts that matching needs is too long to be kept. */
static int keep_identity(struct ia_package_builder *b, struct ia_env *env, const struct ia_listed *listed,
                         struct ia_package *package)
{
    const struct ia_record *record = listed->record;
    int status = keep(b, env, listed, record->name, &package->name);
    if (status > 0)
        status = keep(b, env, listed, record->version, &package->version);
    if (status > 0)
        status = keep(b, env, listed, record->architecture, &package->architecture);
    if (status > 0)
        status = keep(b, env, listed, record->source, &package->source);
    if (status > 0)
        status = keep(b, env, listed, record->source_version, &package->source_version);
    return status;
}

/* "debian-12", or "debian-forky" where there is no number; empty when the release is unknown. */
static int write_distro(struct ia_buf *out, const struct ia_distro *distro)
{
    const char *release = *distro->version_id ? distro->version_id : distro->codename;
    ia_buf_clear(out);
    if (!*distro->id || !*release)
        return IMGA_OK;
    IA_TRY(ia_buf_text(out, distro->id));
    IA_TRY(ia_buf_char(out, '-'));
    return ia_buf_text(out, release);
}

/* The distribution names the packages of its own kind; others (an apk database on Debian) get their kind's usual one.
 */
static int write_purl(struct ia_buf *out, struct ia_buf *release, const struct ia_distro *distro,
                      const struct ia_package *package)
{
    struct ia_str kind = ia_str_from(ia_distro_package_type(ia_str_from(distro->id)));
    bool own = *distro->id && (kind.n == 0 || ia_str_is(kind, package->type));
    bool deb = ia_str_is(ia_str_from(package->type), "deb");
    struct ia_purl purl = {.type = ia_str_from(package->type),
                           .namespace = ia_str_from(own   ? distro->id
                                                    : deb ? "debian"
                                                          : "alpine"),
                           .name = ia_str_from(package->name),
                           .version = ia_str_from(package->version),
                           .arch = ia_str_from(package->architecture)};
    if (own)
        IA_TRY(write_distro(release, distro));
    purl.distro = ia_buf_view(release);
    ia_buf_clear(out);
    return ia_purl_write(out, &purl);
}

static int keep_purl(struct ia_package_builder *b, struct ia_env *env, const struct ia_listed *listed,
                     struct ia_package *package)
{
    struct ia_buf release;
    ia_buf_init(&release, &env->alloc, SIZE_MAX); /* as long as two texts of os-release */
    int status = write_purl(&b->scratch, &release, &b->inventory->distro, package);
    ia_buf_free(&release);
    if (status < 0)
        return ia_fail_nomem(env);
    return keep(b, env, listed, ia_buf_view(&b->scratch), &package->purl);
}

/* What is missing here when it is too long does not hide the package. */
static int keep_details(struct ia_package_builder *b, struct ia_env *env, const struct ia_listed *listed,
                        struct ia_package *package)
{
    IA_TRY(keep(b, env, listed, listed->record->license, &package->license));
    IA_TRY(keep(b, env, listed, listed->record->maintainer, &package->maintainer));
    IA_TRY(keep(b, env, listed, listed->path, &package->path));
    IA_TRY(keep_purl(b, env, listed, package));
    IA_TRY(ia_origin_find(b->origin, env, listed->type, listed->record, &package->layer));
    IA_TRY(ia_file_lists_collect(&b->lists, env, listed, &b->paths));
    return ia_paths_finish(&b->paths, env, package);
}

int ia_package_take(void *builder, struct ia_env *env, const struct ia_listed *listed)
{
    struct ia_package_builder *b = builder;
    struct ia_package package = {.type = listed->type};
    int status = is_wanted(b, env, listed);
    if (status > 0)
        status = keep_identity(b, env, listed, &package);
    if (status <= 0)
        return status;
    IA_TRY(keep_details(b, env, listed, &package));
    return ia_inventory_add_package(env, b->inventory, &package);
}
