/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a header to a record. A version is "[epoch:]version-release"; an epoch of 0 that is there is written. The source
 * package comes from its file name, "name-version-release.src.rpm", cut from the right, as names have dashes, too.
 */
#include "base/hex.h"
#include "catalog/rpm/reader.h"

#include <stdio.h>

/* "name-version-release.src.rpm"; false when it is not of this form. */
static bool split_source(struct ia_str file, struct ia_str *name, struct ia_str *version)
{
    static const char *const endings[] = {".src.rpm", ".nosrc.rpm"};
    size_t i = 0;
    while (i < IA_COUNT(endings) && !ia_str_ends(file, ia_str_from(endings[i])))
        i++;
    if (i == IA_COUNT(endings))
        return false;
    file = ia_str_sub(file, 0, file.n - ia_str_from(endings[i]).n);
    size_t release = ia_str_find_last(file, '-');
    size_t dash = ia_str_find_last(ia_str_sub(file, 0, release), '-');
    *name = ia_str_sub(file, 0, dash);
    *version = ia_str_sub(file, dash + 1, file.n);
    return release + 1 < file.n && dash > 0 && dash + 1 < release;
}

static int write_version(struct ia_buf *out, const struct ia_rpm_package *package)
{
    ia_buf_clear(out);
    if (package->epoch.n) {
        IA_TRY(ia_buf_str(out, package->epoch));
        IA_TRY(ia_buf_char(out, ':'));
    }
    IA_TRY(ia_buf_str(out, package->version));
    if (package->release.n) {
        IA_TRY(ia_buf_char(out, '-'));
        IA_TRY(ia_buf_str(out, package->release));
    }
    return IMGA_OK;
}

static void set_source(struct ia_rpm_reader *reader, const struct ia_rpm_package *package, struct ia_record *record)
{
    if (split_source(package->source, &record->source, &record->source_version))
        return;
    size_t epoch = package->epoch.n ? package->epoch.n + 1 : 0;
    record->source = package->name;
    record->source_version = ia_str_sub(record->version, epoch, record->version.n);
    if (package->source.n)
        ia_rpm_add_damage(reader, IA_DAMAGE_SOURCE, package->offset);
}

/* Where the package manager had it from; "" when that is not known. */
static int find_repository(struct ia_rpm_reader *reader, const struct ia_rpm_package *package, struct ia_str *out)
{
    const struct ia_rpm_nevra nevra = {package->name, package->epoch, package->version, package->release,
                                       package->architecture};
    *out = IA_STR("");
    if (!reader->history)
        return IMGA_OK;
    int status = ia_rpm_nevra_key(&nevra, &reader->nevra);
    if (status == IMGA_OK)
        *out = ia_rpm_history_find(reader->history, ia_buf_view(&reader->nevra));
    return status == IMGA_E_NOMEM ? ia_fail_nomem(reader->env) : IMGA_OK; /* one that is too long is in no history */
}

static size_t set_fields(struct ia_field fields[IA_RPM_FIELDS], const struct ia_rpm_package *package,
                         struct ia_str repository)
{
    const struct ia_field all[IA_RPM_FIELDS] = {
        {IA_STR("epoch"), package->epoch},
        {IA_STR("release"), package->release},
        {IA_STR("source-rpm"), package->source},
        {IA_STR("vendor"), package->vendor},
        {IA_STR("modularity"), package->modularity},
        {IA_STR("signature-key"), package->key},
        {IA_STR("install-time"), package->install_time},
        {IA_STR("md5"), package->md5},
        {IA_STR("repository"), repository},
    };
    size_t count = 0;
    for (size_t i = 0; i < IA_RPM_FIELDS; i++)
        if (all[i].value.n)
            fields[count++] = all[i];
    return count;
}

int ia_rpm_take_package(struct ia_rpm_reader *reader, const struct ia_rpm_package *package)
{
    struct ia_record record = {.name = package->name,
                               .architecture = package->architecture,
                               .license = package->license,
                               .maintainer = package->packager,
                               .offset = package->offset,
                               .installed = true,
                               .kept_apart = ia_str_is(package->name, "gpg-pubkey"),
                               .fields = reader->fields,
                               .files = package->files};
    struct ia_str repository;
    if (!package->name.n || !package->version.n) {
        ia_rpm_add_damage(reader, IA_DAMAGE_RECORD, package->offset);
        return IMGA_OK;
    }
    if (!package->release.n) /* no package is without one: half a version is another version */
        ia_rpm_add_damage(reader, IA_DAMAGE_HEADER, package->offset);
    if (write_version(&reader->version, package) < 0)
        return ia_fail_nomem(reader->env);
    record.version = ia_buf_view(&reader->version);
    set_source(reader, package, &record);
    IA_TRY(find_repository(reader, package, &repository));
    record.field_count = set_fields(reader->fields, package, repository);
    return reader->take(reader->user, reader->env, &record);
}

/* The key of the first signature that names one: that over the header, then that over header and payload. */
static struct ia_str signing_key(struct ia_rpm_reader *reader, const struct ia_rpm_header *header)
{
    static const enum ia_rpm_value_name signatures[] = {IA_RPM_SIGNATURE_RSA, IA_RPM_SIGNATURE_DSA,
                                                        IA_RPM_SIGNATURE_PGP, IA_RPM_SIGNATURE_GPG};
    uint8_t key[IA_KEY_ID_BYTES];
    for (size_t i = 0; i < IA_COUNT(signatures); i++) {
        struct ia_cursor packet = ia_rpm_header_bytes(header, signatures[i]);
        if (packet.n && ia_openpgp_issuer(packet, key)) {
            ia_hex_encode(key, sizeof(key), reader->key);
            return ia_str_from(reader->key);
        }
    }
    return IA_STR("");
}

/* The digest that rpm verifies an unsigned package with; other sizes are none. */
static struct ia_str digest_of(struct ia_rpm_reader *reader, const struct ia_rpm_header *header)
{
    struct ia_cursor md5 = ia_rpm_header_bytes(header, IA_RPM_MD5);
    if (md5.n != IA_RPM_MD5_BYTES)
        return IA_STR("");
    ia_hex_encode(md5.p, md5.n, reader->md5);
    return ia_str_from(reader->md5);
}

int ia_rpm_take_header(struct ia_rpm_reader *reader, struct ia_str blob, size_t offset)
{
    struct ia_rpm_header header;
    struct ia_rpm_package package = {.offset = offset};
    char epoch[24];
    uint64_t number;
    IA_TRY(ia_check_cancel(reader->env));
    if (!ia_rpm_header_open(blob, offset, reader->damage, &header))
        return IMGA_OK;
    package.name = ia_rpm_header_string(&header, IA_RPM_NAME);
    package.version = ia_rpm_header_string(&header, IA_RPM_VERSION);
    package.release = ia_rpm_header_string(&header, IA_RPM_RELEASE);
    package.architecture = ia_rpm_header_string(&header, IA_RPM_ARCHITECTURE);
    package.license = ia_rpm_header_string(&header, IA_RPM_LICENSE);
    package.vendor = ia_rpm_header_string(&header, IA_RPM_VENDOR);
    package.packager = ia_rpm_header_string(&header, IA_RPM_PACKAGER);
    package.source = ia_rpm_header_string(&header, IA_RPM_SOURCE);
    if (ia_str_is(package.source, "(none)")) /* as rpm itself writes into the headers of keys */
        package.source = IA_STR("");
    package.modularity = ia_rpm_header_string(&header, IA_RPM_MODULARITY);
    package.key = signing_key(reader, &header);
    package.md5 = digest_of(reader, &header);
    if (ia_rpm_header_number(&header, IA_RPM_EPOCH, &number)) {
        snprintf(epoch, sizeof(epoch), "%llu", (unsigned long long)number);
        package.epoch = ia_str_from(epoch);
    }
    if (ia_rpm_header_number(&header, IA_RPM_INSTALL_TIME, &number) && number <= INT64_MAX) {
        ia_time_text((int64_t)number, reader->time);
        package.install_time = ia_str_from(reader->time);
    }
    IA_TRY(ia_rpm_list_files(reader, &header, &package.files));
    return ia_rpm_take_package(reader, &package);
}
