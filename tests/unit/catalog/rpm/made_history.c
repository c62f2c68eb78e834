/* SPDX-License-Identifier: Apache-2.0 */
#include "made_history.h"

#include "support.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const tables[MADE_SCHEMAS] = {
    [MADE_DNF4] =
        "CREATE TABLE repo (id INTEGER PRIMARY KEY, repoid TEXT NOT NULL);"
        "CREATE TABLE rpm (item_id INTEGER UNIQUE NOT NULL, name TEXT NOT NULL, epoch INTEGER NOT NULL, version TEXT, "
        "release TEXT, arch TEXT, UNIQUE (name, epoch, version, release, arch));"
        "CREATE TABLE trans_item (id INTEGER PRIMARY KEY AUTOINCREMENT, trans_id INTEGER, item_id INTEGER, repo_id "
        "INTEGER REFERENCES repo(id), action INTEGER NOT NULL, reason INTEGER NOT NULL, state INTEGER NOT NULL);"
        "CREATE INDEX i ON trans_item(item_id);"
        "INSERT INTO rpm VALUES (1,'a',0,'1','2','noarch'), (2,'b',0,'1','2','noarch'), (3,'c',0,'1','2','noarch'),"
        " (4,'d',3,'1','2','noarch'), (5,'a',0,'1','1','noarch'), (6,'a',1,'1','2','noarch'), "
        " (7,'a',0,'1','2','i686')",
    [MADE_DNF5] =
        "CREATE TABLE repo (id INTEGER, repoid TEXT NOT NULL, PRIMARY KEY(id));"
        "CREATE TABLE pkg_name (id INTEGER, name TEXT NOT NULL UNIQUE, PRIMARY KEY(id));"
        "CREATE TABLE arch (id INTEGER, name TEXT NOT NULL UNIQUE, PRIMARY KEY(id));"
        "CREATE TABLE rpm (item_id INTEGER NOT NULL UNIQUE, name_id INTEGER NOT NULL, epoch INTEGER NOT NULL, version "
        "TEXT, release TEXT, arch_id INTEGER NOT NULL);"
        "CREATE TABLE trans_item (id INTEGER, trans_id INTEGER, item_id INTEGER, repo_id INTEGER, action_id INTEGER "
        "NOT "
        "NULL, reason_id INTEGER NOT NULL, state_id INTEGER NOT NULL, PRIMARY KEY(id AUTOINCREMENT));"
        "INSERT INTO pkg_name VALUES (11,'a'), (12,'b'), (13,'c'), (14,'d');"
        "INSERT INTO arch VALUES (21,'noarch'), (22,'i686');"
        "INSERT INTO rpm VALUES (1,11,0,'1','2',21), (2,12,0,'1','2',21), (3,13,0,'1','2',21), (4,14,3,'1','2',21),"
        " (5,11,0,'1','1',21), (6,11,1,'1','2',21), (7,11,0,'1','2',22)",
};

static const char repositories[] =
    "INSERT INTO repo VALUES (1,'alpha'), (2,'beta'), (3,'@System'), (4,'@commandline'), (5,'')";

/* Numbers of actions; dnf 5 has no other for what obsoletes. */
static const int actions[MADE_SCHEMAS][8] = {
    [MADE_DNF4] = {1, 6, 2, 4, 9, 10, 8, 11},
    [MADE_DNF5] = {1, 2, 3, 1, 4, 6, 5, 7},
};

static const int states[MADE_SCHEMAS][2] = {[MADE_DNF4] = {1, 2}, [MADE_DNF5] = {2, 3}};

static void run(sqlite3 *db, const char *statements)
{
    if (statements)
        cr_assert_eq(sqlite3_exec(db, statements, NULL, NULL, NULL), SQLITE_OK, "%s: %s", sqlite3_errmsg(db),
                     statements);
}

static void fill(sqlite3 *db, enum made_schema schema, const struct made_deed deeds[MADE_DEEDS])
{
    run(db, tables[schema]);
    run(db, repositories);
    for (size_t i = 0; i < MADE_DEEDS && deeds[i].package; i++) {
        char text[200], repository[8] = "NULL";
        if (deeds[i].repository)
            snprintf(repository, sizeof(repository), "%d", (int)deeds[i].repository);
        snprintf(text, sizeof(text), "INSERT INTO trans_item VALUES (NULL, %zu, %d, %s, %d, 2, %d)", i + 1,
                 deeds[i].package, repository, actions[schema][deeds[i].action], states[schema][deeds[i].failed]);
        run(db, text);
    }
}

struct ia_str made_history(enum made_schema schema, const struct made_deed deeds[MADE_DEEDS], const char *statements)
{
    sqlite3 *db;
    sqlite3_int64 size;
    cr_assert_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
    run(db, "PRAGMA page_size=512");
    fill(db, schema, deeds);
    run(db, statements);
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

struct ia_str made_history_log(enum made_schema schema, const struct made_deed deeds[MADE_DEEDS], struct ia_str *wal)
{
    char folder[] = "/tmp/imgassure-dnf-XXXXXX", path[64], log[80], shared[80];
    sqlite3 *db;
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/history.sqlite", folder);
    snprintf(log, sizeof(log), "%s-wal", path);
    snprintf(shared, sizeof(shared), "%s-shm", path);
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    run(db, "PRAGMA page_size=512; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0");
    fill(db, schema, deeds);
    struct ia_str database = take_file(path);
    *wal = take_file(log);
    sqlite3_close(db);
    unlink(path);
    unlink(log);
    unlink(shared);
    rmdir(folder);
    return database;
}
