/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records become packages. Two records of one name and architecture both count, and the database is noted: which of
 * them a tool would believe is not for an inventory to guess. Only records that agree in all that matching looks at are
 * one package.
 */
#include "catalog/package.h"

#include "catalog/package_purl.h"
#include "model/license.h"

void ia_package_builder_init(struct ia_package_builder *builder, const struct ia_env *env,
                             struct ia_inventory *inventory, struct ia_origin *origin)
{
    *builder = (struct ia_package_builder){.inventory = inventory, .origin = origin};
    ia_file_lists_init(&builder->lists, env);
    ia_paths_init(&builder->paths, env, inventory);
    ia_properties_init(&builder->properties, env, inventory);
    ia_arena_init(&builder->keys, &env->alloc);
    ia_map_init(&builder->seen, &env->alloc, env->seed);
    ia_buf_init(&builder->scratch, &env->alloc, SIZE_MAX); /* as long as a few texts in memory */
}

void ia_package_builder_free(struct ia_package_builder *builder)
{
    ia_file_lists_free(&builder->lists);
    ia_paths_free(&builder->paths);
    ia_properties_free(&builder->properties);
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

int ia_package_keep(struct ia_package_builder *b, struct ia_env *env, const struct ia_text_place *place,
                    struct ia_str text, const char **out)
{
    bool odd = false;
    int status = ia_keep_text(env, b->inventory, text, &odd, out);
    if (odd)
        ia_damage_add(place->damage, IA_DAMAGE_NAME, place->offset);
    if (status == 0)
        ia_damage_add(place->damage, IA_DAMAGE_LONG, place->offset);
    return status;
}

/* Texts of a package, one after the other: 1, 0 when one is too long, < 0. */
struct text {
    struct ia_str text;
    const char **out;
};

static int keep_all(struct ia_package_builder *b, struct ia_env *env, const struct ia_text_place *place,
                    const struct text *texts, size_t count)
{
    int status = 1;
    for (size_t i = 0; i < count && status > 0; i++)
        status = ia_package_keep(b, env, place, texts[i].text, texts[i].out);
    return status;
}

static int add_property(struct ia_package_builder *b, struct ia_env *env, const struct ia_text_place *place,
                        const struct ia_field *field)
{
    struct ia_property property;
    const struct text texts[] = {{field->name, &property.name}, {field->value, &property.value}};
    int status = keep_all(b, env, place, texts, IA_COUNT(texts));
    return status > 0 ? ia_properties_add(&b->properties, env, &property) : status;
}

static int add_properties(struct ia_package_builder *b, struct ia_env *env, const struct ia_text_place *place,
                          const struct ia_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        IA_TRY(add_property(b, env, place, &fields[i]));
    return IMGA_OK;
}

static int keep_purl(struct ia_package_builder *b, struct ia_env *env, const struct ia_text_place *place,
                     struct ia_package *package)
{
    IA_TRY(ia_package_purl(env, &b->inventory->distro, package, &b->scratch));
    return ia_package_keep(b, env, place, ia_buf_view(&b->scratch), &package->purl);
}

/* In which words a package declares its licence. */
static enum ia_license_form form_of(const struct ia_package *package)
{
    struct ia_str type = ia_str_from(package->type);
    if (ia_str_is(type, "deb"))
        return IA_LICENSE_DEBIAN;
    if (ia_str_is(type, "rpm"))
        return IA_LICENSE_FEDORA;
    return ia_str_starts(ia_str_from(package->license), IA_STR("License ::")) ? IA_LICENSE_PYTHON : IA_LICENSE_TEXT;
}

/* "" when the declared words are no expression that is known. */
static int keep_expression(struct ia_package_builder *b, struct ia_env *env, const struct ia_text_place *place,
                           struct ia_package *package)
{
    bool known;
    ia_buf_clear(&b->scratch);
    int status = ia_license_normalise(ia_str_from(package->license), form_of(package), &b->scratch, &known);
    if (status == IMGA_E_NOMEM)
        return ia_fail_nomem(env);
    if (status < 0 || !known)
        return IMGA_OK;
    return ia_package_keep(b, env, place, ia_buf_view(&b->scratch), &package->expression);
}

/* ---- records of databases ---- */

/* 1, or 0 when one of the texts that matching needs is too long to be kept. */
static int keep_identity(struct ia_package_builder *b, struct ia_env *env, const struct ia_listed *listed,
                         struct ia_package *package)
{
    const struct ia_record *record = listed->record;
    const struct ia_text_place place = {listed->damage, record->offset};
    const struct text texts[] = {
        {record->name, &package->name},
        {record->version, &package->version},
        {record->architecture, &package->architecture},
        {record->source, &package->source},
        {record->source_version, &package->source_version},
    };
    return keep_all(b, env, &place, texts, IA_COUNT(texts));
}

/* What the files in usr/share/doc/NAME say; that may be a link to the folder of another package. < 0, or 0. */
static int find_document(struct ia_package_builder *b, struct ia_env *env, struct ia_str name,
                         const struct ia_attachment **out)
{
    struct ia_str directory;
    *out = NULL;
    ia_buf_clear(&b->scratch);
    if (ia_buf_text(&b->scratch, "usr/share/doc/") < 0 || ia_buf_str(&b->scratch, name) < 0)
        return ia_fail_nomem(env);
    int found = ia_rootfs_directory(b->fs, env, ia_buf_view(&b->scratch), &directory);
    if (found > 0)
        *out = ia_attachments_of(b->attachments, directory);
    return found < 0 ? found : IMGA_OK;
}

/* dpkg keeps no licences: they are in the copyright file of the package, which may say that no program can tell. */
static int keep_license(struct ia_package_builder *b, struct ia_env *env, const struct ia_listed *listed,
                        struct ia_package *package)
{
    const struct ia_text_place place = {listed->damage, listed->record->offset};
    struct ia_str license = listed->record->license;
    const struct ia_attachment *at = NULL;
    if (license.n == 0 && ia_str_is(ia_str_from(listed->type), "deb"))
        IA_TRY(find_document(b, env, listed->record->name, &at));
    for (; at; at = ia_attachments_next(b->attachments, at)) {
        if (ia_str_is(at->field.name, "license"))
            license = at->field.value;
        else if (at->field.name.n)
            IA_TRY(add_property(b, env, &place, &at->field));
    }
    IA_TRY(ia_package_keep(b, env, &place, license, &package->license));
    return keep_expression(b, env, &place, package);
}

/* The program whose database it is. */
static const char *rule_of(const char *type)
{
    return ia_str_is(ia_str_from(type), "deb") ? "dpkg" : type;
}

/* What is missing here when it is too long does not hide the package. */
static int keep_details(struct ia_package_builder *b, struct ia_env *env, const struct ia_listed *listed,
                        struct ia_package *package)
{
    const struct ia_record *record = listed->record;
    const struct ia_text_place place = {listed->damage, record->offset};
    IA_TRY(keep_license(b, env, listed, package));
    IA_TRY(ia_package_keep(b, env, &place, record->maintainer, &package->maintainer));
    IA_TRY(ia_package_keep(b, env, &place, listed->path, &package->path));
    IA_TRY(add_properties(b, env, &place, record->fields, record->field_count));
    IA_TRY(ia_properties_finish(&b->properties, env, package));
    IA_TRY(keep_purl(b, env, &place, package));
    IA_TRY(ia_origin_find(b->origin, env, listed->type, record, &package->layer));
    IA_TRY(ia_file_lists_collect(&b->lists, env, listed, &b->paths));
    return ia_paths_finish(&b->paths, env, package);
}

int ia_package_take(void *builder, struct ia_env *env, const struct ia_listed *listed)
{
    struct ia_package_builder *b = builder;
    struct ia_package package = {
        .type = listed->record->kept_apart ? IA_KEY_TYPE : listed->type, .owner = -1, .how = rule_of(listed->type)};
    int status = is_wanted(b, env, listed);
    if (status > 0)
        status = keep_identity(b, env, listed, &package);
    if (status <= 0)
        return status;
    IA_TRY(keep_details(b, env, listed, &package));
    return ia_inventory_add_package(env, b->inventory, &package);
}

/* ---- what files tell ---- */

static struct ia_str directory_of(struct ia_str path)
{
    size_t slash = ia_str_find_last(path, '/');
    return ia_str_sub(path, 0, slash < path.n ? slash : 0);
}

/* A licence in a file of its own is that of the package, if it declares none itself. */
static int add_attached(struct ia_package_builder *b, struct ia_env *env, const struct ia_package_evidence *evidence,
                        struct ia_str *license)
{
    const struct ia_text_place place = {evidence->damage, 0};
    const struct ia_attachment *at = ia_attachments_of(b->attachments, directory_of(evidence->path));
    for (; at; at = ia_attachments_next(b->attachments, at)) {
        const char *path;
        if (license->n == 0 && ia_str_is(at->field.name, "license"))
            *license = at->field.value;
        else if (at->field.name.n)
            IA_TRY(add_property(b, env, &place, &at->field));
        if (at->field.name.n)
            continue;
        int kept = ia_package_keep(b, env, &place, at->field.value, &path);
        if (kept > 0)
            kept = ia_paths_add(&b->paths, env, path);
        IA_TRY(kept);
    }
    return IMGA_OK;
}

static int keep_found(struct ia_package_builder *b, struct ia_env *env, const struct ia_package_evidence *evidence,
                      struct ia_package *package)
{
    const struct ia_found_package *found = evidence->package;
    const struct ia_text_place place = {evidence->damage, 0};
    const struct text texts[] = {
        {found->type, &package->type},       {found->name, &package->name},
        {found->version, &package->version}, {found->architecture, &package->architecture},
        {found->how, &package->how},         {evidence->path, &package->path},
        {found->inside, &package->inside},
    };
    return keep_all(b, env, &place, texts, IA_COUNT(texts));
}

static int keep_found_details(struct ia_package_builder *b, struct ia_env *env,
                              const struct ia_package_evidence *evidence, struct ia_package *package)
{
    const struct ia_found_package *found = evidence->package;
    const struct ia_text_place place = {evidence->damage, 0};
    struct ia_str license = found->license;
    IA_TRY(add_properties(b, env, &place, found->fields, found->field_count));
    IA_TRY(add_attached(b, env, evidence, &license));
    IA_TRY(ia_package_keep(b, env, &place, license, &package->license));
    IA_TRY(keep_expression(b, env, &place, package));
    IA_TRY(ia_package_keep(b, env, &place, found->supplier, &package->maintainer));
    IA_TRY(ia_properties_finish(&b->properties, env, package));
    IA_TRY(keep_purl(b, env, &place, package));
    return ia_paths_finish(&b->paths, env, package);
}

int ia_package_take_found(struct ia_package_builder *b, struct ia_env *env, const struct ia_package_evidence *evidence)
{
    struct ia_package package = {.layer = (int32_t)evidence->layer, .owner = -1};
    int status = keep_found(b, env, evidence, &package);
    if (status <= 0) {
        b->paths.rows.n = 0;
        return status;
    }
    IA_TRY(keep_found_details(b, env, evidence, &package));
    return ia_inventory_add_package(env, b->inventory, &package);
}
