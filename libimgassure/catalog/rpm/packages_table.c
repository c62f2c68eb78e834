/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers that only the write-ahead log has count. That it has any is damage all the same: rpm empties its log at the
 * end, so it was interrupted.
 */
#include "catalog/rpm/packages_table.h"

#include "catalog/rpm/sqlite.h"

static const struct ia_sqlite_table packages = {"Packages", {"blob"}};

/* A value that is no blob is an empty header: that is damage. */
static int take_row(void *user, struct ia_env *env, const struct ia_sqlite_value *values)
{
    struct ia_str blob = values[0].type == IA_SQLITE_BLOB ? values[0].bytes : IA_STR("");
    (void)env;
    return ia_rpm_take_header(user, blob, IA_DAMAGE_NOWHERE);
}

int ia_rpm_read_sqlite(struct ia_rpm_reader *reader, const struct ia_db_source *source)
{
    struct ia_sqlite db;
    int status;
    IA_GO(status, ia_sqlite_open(&db, reader->env, source, reader->damage));
    if (db.is_behind)
        ia_damage_add(reader->damage, IA_DAMAGE_JOURNAL, IA_DAMAGE_NOWHERE);
    status = ia_sqlite_read(&db, &packages, take_row, reader);
out:
    ia_sqlite_close(&db);
    return status;
}
