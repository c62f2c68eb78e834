/* SPDX-License-Identifier: Apache-2.0 */
/* Properties: "syft:location:0:path" and "syft:distro:*" (syft), "aquasecurity:trivy:Src*" and ":FilePath" (trivy). */
#include "catalog/cyclonedx_foreign.h"

#include "catalog/paths.h"
#include "model/distro.h"
#include "model/license.h"
#include "model/purl.h"

#include <string.h>

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool is(const char *text, const char *wanted)
{
    return text && strcmp(text, wanted) == 0;
}

void ia_cyclonedx_foreign_init(struct ia_cyclonedx_foreign *foreign, const struct ia_env *env,
                               struct ia_inventory *inventory)
{
    *foreign = (struct ia_cyclonedx_foreign){.inventory = inventory};
    foreign->image = (struct ia_image_facts){"cyclonedx", "", "", "", "", "", "", "", "none"};
    foreign->distro = (struct ia_distro){"", "", "", "", "", "", ""};
    ia_properties_init(&foreign->properties, env, inventory);
    ia_buf_init(&foreign->storage, &env->alloc, SIZE_MAX); /* as long as a purl */
    ia_buf_init(&foreign->text, &env->alloc, SIZE_MAX);    /* as long as what one component says */
}

void ia_cyclonedx_foreign_free(struct ia_cyclonedx_foreign *foreign)
{
    ia_properties_free(&foreign->properties);
    ia_buf_free(&foreign->storage);
    ia_buf_free(&foreign->text);
}

static int note(struct ia_env *env, const struct ia_cyclonedx_component *component, const char *what)
{
    const char *place = component->ref ? component->ref : or_empty(component->name);
    return ia_note(env, IMGA_NOTE_DB_PARTIAL, component->offset, ia_str_from(place), "the component %s", what);
}

/* A text over the limit is "" and a note. */
static int keep(struct ia_cyclonedx_foreign *f, struct ia_env *env, const struct ia_cyclonedx_component *component,
                struct ia_str text, const char **out)
{
    int kept = ia_keep_text(env, f->inventory, text, NULL, out);
    return kept == 0 ? note(env, component, "has a text over the limit, which is left out") : kept;
}

static const char *property(const struct ia_cyclonedx_component *component, const char *name)
{
    for (size_t i = 0; i < component->fact_count; i++)
        if (component->facts[i].kind == IA_CYCLONEDX_PROPERTY && is(component->facts[i].name, name))
            return component->facts[i].value;
    return "";
}

/* Bare statuses of ia_buf: there is no limit but memory. */
static int made(struct ia_env *env, int status)
{
    return status < 0 ? ia_fail_nomem(env) : status;
}

/* ---- the subject and the system ---- */

static void take_subject(struct ia_cyclonedx_foreign *f, const struct ia_cyclonedx_component *component)
{
    if (!is(component->type, "container"))
        return;
    f->image.reference = or_empty(component->name);
    if (component->version && ia_str_starts(ia_str_from(component->version), IA_STR("sha256:")))
        f->image.manifest_digest = component->version;
}

/* Names that purls and trivy give to systems whose os-release says something else. */
static const char *id_of(const char *name)
{
    static const struct {
        const char *name, *id;
    } rows[] = {{"redhat", "rhel"}, {"oracle", "ol"}, {"amazon", "amzn"}, {"suse linux enterprise server", "sles"}};
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].id;
    return name;
}

static int take_system(struct ia_cyclonedx_foreign *f, struct ia_env *env,
                       const struct ia_cyclonedx_component *component)
{
    const char *id = property(component, "syft:distro:id"), *version = property(component, "syft:distro:versionID");
    if (!*id)
        id = id_of(or_empty(component->name));
    if (!*version)
        version = or_empty(component->version);
    if (*f->distro.id)
        return is(f->distro.id, id) && is(f->distro.version_id, version)
                   ? IMGA_OK
                   : ia_note(env, IMGA_NOTE_OS, component->offset, ia_str_from(id),
                             "the document names another system, too; the first counts");
    f->distro = (struct ia_distro){.id = id,
                                   .version_id = version,
                                   .codename = property(component, "syft:distro:versionCodename"),
                                   .release = "",
                                   .pretty_name = property(component, "syft:distro:prettyName"),
                                   .id_like = property(component, "syft:distro:idLike:0"),
                                   .services = ""};
    return IMGA_OK;
}

/* ---- packages ---- */

/* Whose purls have the distribution as namespace. */
static bool is_system_type(struct ia_str type)
{
    static const char *const types[] = {"deb", "apk", "rpm", "alpm", "opkg", "bitnami"};
    for (size_t i = 0; i < IA_COUNT(types); i++)
        if (ia_str_is(type, types[i]))
            return true;
    return false;
}

static int keep_name(struct ia_cyclonedx_foreign *f, struct ia_env *env, const struct ia_cyclonedx_component *component,
                     const struct ia_purl *purl, struct ia_package *package)
{
    ia_buf_clear(&f->text);
    if (purl->namespace.n && !is_system_type(purl->type)) {
        IA_TRY(made(env, ia_buf_str(&f->text, purl->namespace)));
        IA_TRY(made(env, ia_buf_char(&f->text, ia_str_is(purl->type, "maven") ? ':' : '/')));
    }
    IA_TRY(made(env, ia_buf_str(&f->text, purl->name)));
    return keep(f, env, component, ia_buf_view(&f->text), &package->name);
}

/* "1:2.3-4" of the epoch 1 and "2.3-4", unless it has one. */
static int keep_version(struct ia_cyclonedx_foreign *f, struct ia_env *env,
                        const struct ia_cyclonedx_component *component, const struct ia_purl *purl,
                        struct ia_package *package)
{
    struct ia_str version = purl->version.n ? purl->version : ia_str_from(component->version);
    struct ia_str epoch = ia_purl_qualifier(purl, "epoch");
    bool has_epoch = ia_str_find(version, ':') < version.n;
    ia_buf_clear(&f->text);
    if (version.n && epoch.n && !has_epoch && !ia_str_is(epoch, "0") && is_system_type(purl->type)) {
        IA_TRY(made(env, ia_buf_str(&f->text, epoch)));
        IA_TRY(made(env, ia_buf_char(&f->text, ':')));
    }
    IA_TRY(made(env, ia_buf_str(&f->text, version)));
    return keep(f, env, component, ia_buf_view(&f->text), &package->version);
}

/* "name@version", "name-version-release.src.rpm", or a name. */
static void split_upstream(struct ia_str upstream, struct ia_str *name, struct ia_str *version)
{
    const struct ia_str end = IA_STR(".src.rpm");
    size_t at = ia_str_find_last(upstream, '@');
    if (ia_str_ends(upstream, end)) {
        upstream = ia_str_sub(upstream, 0, upstream.n - end.n);
        at = ia_str_find_last(ia_str_sub(upstream, 0, ia_str_find_last(upstream, '-')), '-');
        at = at < upstream.n && upstream.p[at] == '-' ? at : upstream.n;
    }
    *name = ia_str_sub(upstream, 0, at);
    *version = ia_str_sub(upstream, at + 1, upstream.n);
}

/* Trivy: epoch, version and release apart. */
static int join_source_version(struct ia_cyclonedx_foreign *f, struct ia_env *env,
                               const struct ia_cyclonedx_component *component)
{
    const char *epoch = property(component, "aquasecurity:trivy:SrcEpoch");
    const char *release = property(component, "aquasecurity:trivy:SrcRelease");
    ia_buf_clear(&f->text);
    if (*epoch && !is(epoch, "0")) {
        IA_TRY(made(env, ia_buf_text(&f->text, epoch)));
        IA_TRY(made(env, ia_buf_char(&f->text, ':')));
    }
    IA_TRY(made(env, ia_buf_text(&f->text, property(component, "aquasecurity:trivy:SrcVersion"))));
    if (*release)
        IA_TRY(made(env, ia_buf_char(&f->text, '-')));
    return made(env, ia_buf_text(&f->text, release));
}

static int keep_source(struct ia_cyclonedx_foreign *f, struct ia_env *env,
                       const struct ia_cyclonedx_component *component, const struct ia_purl *purl,
                       struct ia_package *package)
{
    struct ia_str name, version;
    split_upstream(ia_purl_qualifier(purl, "upstream"), &name, &version);
    if (name.n == 0) {
        name = ia_str_from(property(component, "aquasecurity:trivy:SrcName"));
        IA_TRY(join_source_version(f, env, component));
        version = ia_buf_view(&f->text);
    }
    if (ia_str_is(purl->type, "deb") || ia_str_is(purl->type, "apk")) {
        f->system_packages++;
        f->sourced += name.n > 0;
    }
    if (name.n == 0)
        return IMGA_OK;
    IA_TRY(keep(f, env, component, name, &package->source));
    return keep(f, env, component, version, &package->source_version);
}

static int keep_purl(struct ia_cyclonedx_foreign *f, struct ia_env *env, const struct ia_cyclonedx_component *component,
                     const struct ia_purl *purl, struct ia_package *package)
{
    ia_buf_clear(&f->text);
    int status = component->purl ? ia_purl_write(&f->text, purl) : IMGA_E_INVALID;
    if (status == IMGA_E_NOMEM)
        return ia_fail_nomem(env);
    struct ia_str text = status < 0 ? ia_str_from(component->purl) : ia_buf_view(&f->text);
    return keep(f, env, component, text, &package->purl);
}

static bool has_choice(struct ia_str expression)
{
    struct ia_str word;
    while (ia_str_word(&expression, &word))
        if (ia_str_is(word, "OR"))
            return true;
    return false;
}

/* Several licences of a component all count: "A AND (B OR C)". */
static int join_licenses(struct ia_cyclonedx_foreign *f, struct ia_env *env,
                         const struct ia_cyclonedx_component *component)
{
    size_t count = 0;
    for (size_t i = 0; i < component->fact_count; i++)
        count += component->facts[i].kind != IA_CYCLONEDX_PROPERTY;
    ia_buf_clear(&f->text);
    for (size_t i = 0; i < component->fact_count; i++) {
        const struct ia_cyclonedx_fact *fact = &component->facts[i];
        if (fact->kind == IA_CYCLONEDX_PROPERTY)
            continue;
        bool is_choice = count > 1 && has_choice(ia_str_from(fact->value));
        if (f->text.n)
            IA_TRY(made(env, ia_buf_text(&f->text, " AND ")));
        IA_TRY(made(env, ia_buf_text(&f->text, is_choice ? "(" : "")));
        IA_TRY(made(env, ia_buf_text(&f->text, fact->value)));
        IA_TRY(made(env, ia_buf_text(&f->text, is_choice ? ")" : "")));
    }
    return IMGA_OK;
}

static int keep_license(struct ia_cyclonedx_foreign *f, struct ia_env *env,
                        const struct ia_cyclonedx_component *component, struct ia_package *package)
{
    bool known;
    IA_TRY(join_licenses(f, env, component));
    IA_TRY(keep(f, env, component, ia_buf_view(&f->text), &package->license));
    ia_buf_clear(&f->text);
    int status = ia_license_normalise(ia_str_from(package->license), IA_LICENSE_TEXT, &f->text, &known);
    if (status == IMGA_E_NOMEM)
        return ia_fail_nomem(env);
    return status < 0 || !known ? IMGA_OK : keep(f, env, component, ia_buf_view(&f->text), &package->expression);
}

/* Paths of an inventory are relative to the root. */
static int keep_path(struct ia_cyclonedx_foreign *f, struct ia_env *env, const struct ia_cyclonedx_component *component,
                     struct ia_package *package)
{
    const char *places[] = {or_empty(component->location), property(component, "syft:location:0:path"),
                            property(component, "aquasecurity:trivy:FilePath")};
    const char *path = "";
    package->inside = component->inside;
    for (size_t i = 0; i < IA_COUNT(places) && !*path; i++)
        path = places[i];
    while (*path == '/')
        path++;
    return keep(f, env, component, ia_str_from(path), &package->path);
}

static int keep_properties(struct ia_cyclonedx_foreign *f, struct ia_env *env,
                           const struct ia_cyclonedx_component *component, struct ia_package *package)
{
    const struct ia_property cpe = {"cpe", component->cpe}, sbom = {"sbom", "1"};
    IA_TRY(ia_properties_add(&f->properties, env, &sbom));
    if (component->cpe && *component->cpe)
        IA_TRY(ia_properties_add(&f->properties, env, &cpe));
    return ia_properties_finish(&f->properties, env, package);
}

/* What the purls say of the system, for documents that say it nowhere else. */
static int compare_systems(struct ia_cyclonedx_foreign *f, struct ia_env *env,
                           const struct ia_cyclonedx_component *component, const struct ia_purl *purl)
{
    struct ia_str distro = ia_purl_qualifier(purl, "distro");
    if (distro.n == 0 || !is_system_type(purl->type))
        return IMGA_OK;
    if (f->named_by)
        return ia_str_is(distro, f->named_by) ? IMGA_OK
                                              : ia_note(env, IMGA_NOTE_OS, component->offset, IA_STR(""),
                                                        "the packages are of several systems; the first counts");
    IA_TRY(keep(f, env, component, purl->namespace, &f->named_space));
    return keep(f, env, component, distro, &f->named_by);
}

static const char *first_of(const char *a, const char *b, const char *c)
{
    if (a && *a)
        return a;
    return b && *b ? b : or_empty(c);
}

static int add_package(struct ia_cyclonedx_foreign *f, struct ia_env *env,
                       const struct ia_cyclonedx_component *component, const struct ia_purl *purl)
{
    struct ia_package package = {.layer = -1, .owner = -1, .how = "cyclonedx"};
    package.maintainer = first_of(component->publisher, component->supplier, component->author);
    IA_TRY(keep(f, env, component, purl->type, &package.type));
    IA_TRY(keep(f, env, component, ia_purl_qualifier(purl, "arch"), &package.architecture));
    IA_TRY(keep_name(f, env, component, purl, &package));
    IA_TRY(keep_version(f, env, component, purl, &package));
    IA_TRY(keep_source(f, env, component, purl, &package));
    IA_TRY(keep_purl(f, env, component, purl, &package));
    IA_TRY(keep_license(f, env, component, &package));
    IA_TRY(keep_path(f, env, component, &package));
    IA_TRY(keep_properties(f, env, component, &package));
    IA_TRY(compare_systems(f, env, component, purl));
    return ia_inventory_add_package(env, f->inventory, &package);
}

/* Files, containers, models and the like are none, nor is what trivy groups the packages of a lock file under. */
static bool is_package(const struct ia_cyclonedx_component *component)
{
    static const char *const types[] = {"library", "framework", "platform", "firmware"};
    if (!component->type || component->purl)
        return true;
    for (size_t i = 0; i < IA_COUNT(types); i++)
        if (strcmp(component->type, types[i]) == 0)
            return true;
    return strcmp(component->type, "application") == 0 && component->version && *component->version;
}

/* Without a purl it is a package of no ecosystem, for which no advisory will speak. */
static int take_package(struct ia_cyclonedx_foreign *f, struct ia_env *env,
                        const struct ia_cyclonedx_component *component)
{
    const struct ia_purl none = {
        .type = IA_STR("generic"), .namespace = ia_str_from(component->group), .name = ia_str_from(component->name)};
    struct ia_purl purl;
    const char *why = "";
    f->components++;
    if (!is_package(component))
        return IMGA_OK;
    if (!component->name && !component->purl)
        return note(env, component, "has neither name nor package URL");
    if (!component->purl)
        return add_package(f, env, component, &none);
    ia_buf_clear(&f->storage);
    int status = ia_purl_read_any(ia_str_from(component->purl), &f->storage, &purl, &why);
    if (status == IMGA_E_NOMEM)
        return ia_fail_nomem(env);
    if (status == IMGA_OK)
        return add_package(f, env, component, &purl);
    IA_TRY(note(env, component, "has a package URL that cannot be read"));
    return add_package(f, env, component, &none);
}

int ia_cyclonedx_foreign_take(struct ia_cyclonedx_foreign *foreign, struct ia_env *env,
                              const struct ia_cyclonedx_component *component)
{
    if (component->is_subject) {
        take_subject(foreign, component);
        return IMGA_OK;
    }
    if (is(component->type, "operating-system"))
        return take_system(foreign, env, component);
    return take_package(foreign, env, component);
}

/* ---- the end ---- */

/* "debian-12" of debian is its release 12; another word is a codename. */
static void name_system(struct ia_cyclonedx_foreign *f)
{
    struct ia_str named = ia_str_from(f->named_by), space = ia_str_from(f->named_space);
    if (*f->distro.id || !f->named_by)
        return;
    const char *id = id_of(f->named_space);
    size_t dash = ia_str_find(named, '-');
    bool has_id = ia_str_eq(ia_str_sub(named, 0, dash), space) || ia_str_is(ia_str_sub(named, 0, dash), id);
    f->distro.id = id;
    if (has_id && dash < named.n)
        f->distro.version_id = named.p + dash + 1;
    else
        f->distro.codename = f->named_by;
}

static int finish_system(struct ia_cyclonedx_foreign *f, struct ia_env *env)
{
    struct ia_distro *distro = &f->distro;
    name_system(f);
    if (!*distro->id)
        IA_TRY(ia_note(env, IMGA_NOTE_OS, -1, IA_STR(""), "no component says which system it is"));
    ia_buf_clear(&f->text);
    IA_TRY(made(env, ia_distro_release(&f->text, ia_str_from(distro->id), ia_str_from(distro->version_id),
                                       ia_str_from(distro->codename))));
    distro->release = ia_inventory_str(env, f->inventory, ia_buf_view(&f->text), NULL);
    f->inventory->distro = *distro;
    return distro->release ? IMGA_OK : env->error.status;
}

int ia_cyclonedx_foreign_finish(struct ia_cyclonedx_foreign *f, struct ia_env *env)
{
    struct ia_inventory *inventory = f->inventory;
    inventory->image = f->image;
    IA_TRY(finish_system(f, env));
    if (f->system_packages && !f->sourced)
        IA_TRY(ia_note(env, IMGA_NOTE_DB_PARTIAL, -1, IA_STR(""),
                       "no package of the system names its source package, of which advisories speak"));
    if (f->is_incomplete)
        IA_TRY(ia_note(env, IMGA_NOTE_SKIPPED, -1, IA_STR("compositions"), "the document says that it is incomplete"));
    if (inventory->packages.n == 0)
        IA_TRY(ia_note(env, IMGA_NOTE_NO_PACKAGES, -1, IA_STR(""), "the document lists no packages"));
    /* Components of ours that another tool has taken over: what they refer to is not here. */
    for (size_t i = 0; i < inventory->packages.n; i++) {
        struct ia_package *package = ia_vec_at(&inventory->packages, i);
        package->layer = -1;
        package->owner = -1;
    }
    ia_inventory_sort(inventory);
    return IMGA_OK;
}
