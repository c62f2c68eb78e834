/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purl-spec's type definitions: packages of a system are named by the distribution and qualified by architecture and
 * release, rpm's epoch is a qualifier, and ecosystems write the namespace into the name ("@scope/name",
 * "group:artifact").
 */
#include "catalog/package_purl.h"

#include "model/distro.h"
#include "model/purl.h"

static const struct {
    const char *type;
    const char *usual; /* whose packages they are when the distribution has others of its own */
} system_types[] = {{"deb", "debian"}, {"apk", "alpine"}, {"rpm", "redhat"}, {"alpm", "arch"}, {"opkg", ""}};

/* Names of os-release that purls write in another way. */
static const struct {
    const char *id;
    const char *namespace;
} namespaces[] = {{"rhel", "redhat"}, {"ol", "oracle"}, {"amzn", "amazon"}, {"sles", "suse"}};

/* "debian-12", or "debian-forky" where there is no number; empty when the release is unknown. */
static int write_release(struct ia_buf *out, const struct ia_distro *distro)
{
    const char *release = *distro->version_id ? distro->version_id : distro->codename;
    if (!*distro->id || !*release)
        return IMGA_OK;
    IA_TRY(ia_buf_text(out, distro->id));
    IA_TRY(ia_buf_char(out, '-'));
    return ia_buf_text(out, release);
}

static struct ia_str namespace_of(const char *id)
{
    for (size_t i = 0; i < IA_COUNT(namespaces); i++)
        if (ia_str_is(ia_str_from(id), namespaces[i].id))
            return ia_str_from(namespaces[i].namespace);
    return ia_str_from(id);
}

/* The distribution names the packages of its own kind; others (an apk database on Debian) get their kind's usual one.
 */
static int write_system(struct ia_buf *out, struct ia_buf *release, const struct ia_distro *distro,
                        const struct ia_package *package, const char *usual)
{
    struct ia_str kind = ia_str_from(ia_distro_package_type(ia_str_from(distro->id)));
    bool own = *distro->id && (kind.n == 0 || ia_str_is(kind, package->type));
    struct ia_purl purl = {.type = ia_str_from(package->type),
                           .namespace = own ? namespace_of(distro->id) : ia_str_from(usual),
                           .name = ia_str_from(package->name),
                           .version = ia_str_from(package->version)};
    const char *epoch = ia_package_property(package, "epoch");
    size_t colon = ia_str_find(purl.version, ':');
    if (ia_str_is(purl.type, "rpm") && colon < purl.version.n)
        purl.version = ia_str_sub(purl.version, colon + 1, purl.version.n);
    if (own)
        IA_TRY(write_release(release, distro));
    ia_purl_qualify(&purl, "arch", ia_str_from(package->architecture));
    ia_purl_qualify(&purl, "distro", ia_buf_view(release));
    if (ia_str_is(purl.type, "rpm"))
        ia_purl_qualify(&purl, "epoch", ia_str_from(epoch));
    return ia_purl_write(out, &purl);
}

/* Where the namespace ends in a name: the last of a character, but npm's only behind a scope. */
static size_t split_at(struct ia_str type, struct ia_str name)
{
    if (ia_str_is(type, "maven"))
        return ia_str_find(name, ':');
    if (ia_str_is(type, "npm") && !ia_str_starts(name, IA_STR("@")))
        return name.n;
    return ia_str_find_last(name, '/');
}

static int write_ecosystem(struct ia_buf *out, const struct ia_package *package)
{
    struct ia_purl purl = {.type = ia_str_from(package->type),
                           .name = ia_str_from(package->name),
                           .version = ia_str_from(package->version)};
    size_t at = split_at(purl.type, purl.name);
    if (at < purl.name.n) {
        purl.namespace = ia_str_sub(purl.name, 0, at);
        purl.name = ia_str_sub(purl.name, at + 1, purl.name.n);
    }
    return ia_purl_write(out, &purl);
}

/* What the file itself says is its purl, if it is one. */
static int write_given(struct ia_env *env, struct ia_buf *out, struct ia_str text)
{
    struct ia_buf storage;
    struct ia_purl purl;
    const char *why;
    ia_buf_init(&storage, &env->alloc, text.n);
    int status = ia_purl_read(text, &storage, &purl, &why);
    if (status == IMGA_OK)
        status = ia_purl_write(out, &purl);
    ia_buf_free(&storage);
    return status;
}

/* Chisel cuts packages of Ubuntu only, and what it makes often has no os-release. */
static const char *usual_of(const struct ia_package *package, const char *usual)
{
    return package->how && ia_str_is(ia_str_from(package->how), "chisel") ? "ubuntu" : usual;
}

static int write(struct ia_env *env, const struct ia_distro *distro, const struct ia_package *package,
                 struct ia_buf *out, struct ia_buf *release)
{
    struct ia_str given = ia_str_from(ia_package_property(package, "purl")), type = ia_str_from(package->type);
    int status = given.n ? write_given(env, out, given) : IMGA_E_FORMAT;
    if (status == IMGA_OK || status == IMGA_E_NOMEM)
        return status;
    ia_buf_clear(out);
    if (ia_package_is_fact(package))
        return IMGA_OK;
    for (size_t i = 0; i < IA_COUNT(system_types); i++)
        if (ia_str_is(type, system_types[i].type))
            return write_system(out, release, distro, package, usual_of(package, system_types[i].usual));
    return write_ecosystem(out, package);
}

int ia_package_purl(struct ia_env *env, const struct ia_distro *distro, const struct ia_package *package,
                    struct ia_buf *out)
{
    struct ia_buf release;
    ia_buf_clear(out);
    ia_buf_init(&release, &env->alloc, SIZE_MAX); /* as long as two texts of os-release */
    int status = write(env, distro, package, out, &release);
    ia_buf_free(&release);
    if (status == IMGA_E_NOMEM)
        return ia_fail_nomem(env);
    if (status < 0)
        ia_buf_clear(out); /* no valid name, or no purl type */
    return IMGA_OK;
}
