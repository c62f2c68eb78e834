/* SPDX-License-Identifier: Apache-2.0 */
/* Which format a database has, by its first bytes: its name says little, as each has been called "Packages". */
#include "catalog/rpm/database.h"

#include "catalog/rpm/bdb.h"
#include "catalog/rpm/manifest.h"
#include "catalog/rpm/ndb.h"
#include "catalog/rpm/packages_table.h"
#include "catalog/rpm/sqlite.h"

static int read_any(struct ia_rpm_reader *reader, const struct ia_db_source *source)
{
    if (ia_sqlite_is(source))
        return ia_rpm_read_sqlite(reader, source);
    if (ia_rpm_is_bdb(source->text))
        return ia_rpm_read_bdb(reader, source->text);
    if (ia_rpm_is_ndb(source->text))
        return ia_rpm_read_ndb(reader, source->text);
    if (ia_rpm_is_manifest(source->text))
        return ia_rpm_read_manifest(reader, source->text);
    ia_damage_add(reader->damage, IA_DAMAGE_FORMAT, 0);
    return IMGA_OK;
}

int ia_rpm_read(struct ia_env *env, const struct ia_db_source *source, struct ia_damage *damage, ia_take_record *take,
                void *user)
{
    struct ia_rpm_reader reader = {
        .env = env, .damage = damage, .take = take, .user = user, .history = source->history};
    ia_buf_init(&reader.blob, &env->alloc, IA_RPM_HEADER_MAX);
    ia_buf_init(&reader.version, &env->alloc, IA_RPM_HEADER_MAX);
    ia_buf_init(&reader.directories, &env->alloc, IA_RPM_HEADER_MAX);
    ia_buf_init(&reader.nevra, &env->alloc, IA_RPM_HEADER_MAX);
    int status = read_any(&reader, source);
    ia_buf_free(&reader.blob);
    ia_buf_free(&reader.version);
    ia_buf_free(&reader.directories);
    ia_buf_free(&reader.nevra);
    return status;
}
