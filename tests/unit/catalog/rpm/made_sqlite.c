/* SPDX-License-Identifier: Apache-2.0 */
#include "made_sqlite.h"

#include "support.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void made_run(sqlite3 *db, const char *statements)
{
    if (statements)
        cr_assert_eq(sqlite3_exec(db, statements, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
}

static sqlite3 *open_with(const char *path, int page_size, const char *more)
{
    char pragmas[128];
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    snprintf(pragmas, sizeof(pragmas), "PRAGMA page_size=%d;%s", page_size, more);
    made_run(db, pragmas);
    return db;
}

sqlite3 *made_in_memory(int page_size)
{
    return open_with(":memory:", page_size, "");
}

struct ia_str made_closed(sqlite3 *db)
{
    sqlite3_int64 size;
    unsigned char *bytes = sqlite3_serialize(db, "main", &size, 0);
    char *copy = malloc((size_t)size);
    memcpy(copy, bytes, (size_t)size);
    sqlite3_free(bytes);
    sqlite3_close(db);
    return (struct ia_str){copy, (size_t)size};
}

static struct ia_str take_file(const char *path)
{
    size_t size = 0;
    char *bytes = test_file(path, &size);
    return (struct ia_str){bytes, bytes ? size : 0};
}

void made_logged_open(struct made_logged *l, int page_size)
{
    snprintf(l->folder, sizeof(l->folder), "/tmp/imgassure-log-XXXXXX");
    cr_assert_not_null(mkdtemp(l->folder));
    snprintf(l->path, sizeof(l->path), "%s/db.sqlite", l->folder);
    snprintf(l->wal, sizeof(l->wal), "%s/db.sqlite-wal", l->folder);
    snprintf(l->shared, sizeof(l->shared), "%s/db.sqlite-shm", l->folder);
    l->db = open_with(l->path, page_size, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0");
}

void made_logged_take(struct made_logged *l, struct ia_str *database, struct ia_str *wal)
{
    *database = take_file(l->path);
    *wal = take_file(l->wal);
    sqlite3_close(l->db);
    unlink(l->path);
    unlink(l->wal);
    unlink(l->shared);
    rmdir(l->folder);
}
