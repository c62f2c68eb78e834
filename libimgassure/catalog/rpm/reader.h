/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the back ends share: whoever takes the records, and memory that is used again for each of them. A back end finds
 * the headers in its database and hands each over; damage is counted, and only what ends the whole call is a failure.
 */
#ifndef IA_CATALOG_RPM_READER_H
#define IA_CATALOG_RPM_READER_H

#include "catalog/rpm/header.h"
#include "catalog/rpm/history.h"
#include "catalog/rpm/signature.h"
#include "model/time.h"

enum { IA_RPM_FIELDS = 9, IA_RPM_MD5_BYTES = 16 };

struct ia_rpm_reader {
    struct ia_env *env;
    struct ia_damage *damage;
    ia_take_record *take;
    void *user;
    const struct ia_rpm_history *history; /* NULL: none */
    struct ia_buf blob;                   /* a header that lies in pieces */
    struct ia_buf version;                /* [epoch:]version-release */
    struct ia_buf directories;            /* where each directory name begins */
    struct ia_buf nevra;                  /* what the history is asked for */
    struct ia_field fields[IA_RPM_FIELDS];
    char key[2 * IA_KEY_ID_BYTES + 1];
    char time[IA_TIME_TEXT];
    char md5[2 * IA_RPM_MD5_BYTES + 1];
};

/* What a package says of itself, from whatever format; "" for what is absent. */
struct ia_rpm_package {
    struct ia_str name, epoch, version, release, architecture, license, vendor, packager, source, modularity;
    struct ia_str key, md5, install_time;
    struct ia_record_files files;
    size_t offset; /* in the database; IA_DAMAGE_NOWHERE */
};

/* Makes a record of it and hands that over; one without name or version is damage. */
int ia_rpm_take_package(struct ia_rpm_reader *reader, const struct ia_rpm_package *package);
/* The same for a header, whose bytes stay valid during the call. */
int ia_rpm_take_header(struct ia_rpm_reader *reader, struct ia_str blob, size_t offset);

/* The files of a header; out stays valid until the next header. IMGA_E_NOMEM only. */
int ia_rpm_list_files(struct ia_rpm_reader *reader, const struct ia_rpm_header *header, struct ia_record_files *out);

static inline void ia_rpm_add_damage(struct ia_rpm_reader *reader, enum ia_damage_kind kind, uint64_t offset)
{
    ia_damage_add(reader->damage, kind, offset > SIZE_MAX ? IA_DAMAGE_NOWHERE : (size_t)offset);
}

#endif
