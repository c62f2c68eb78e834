/* SPDX-License-Identifier: Apache-2.0 */
#include "made_history.h"

#include "made_sqlite.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { PAGE_SIZE = 512 };

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

static void fill(sqlite3 *db, enum made_schema schema, const struct made_change changes[MADE_CHANGES])
{
    made_run(db, tables[schema]);
    made_run(db, repositories);
    for (size_t i = 0; i < MADE_CHANGES && changes[i].package; i++) {
        char text[200], repository[8] = "NULL";
        if (changes[i].repository)
            snprintf(repository, sizeof(repository), "%d", (int)changes[i].repository);
        snprintf(text, sizeof(text), "INSERT INTO trans_item VALUES (NULL, %zu, %d, %s, %d, 2, %d)", i + 1,
                 changes[i].package, repository, actions[schema][changes[i].action], states[schema][changes[i].failed]);
        made_run(db, text);
    }
}

struct ia_str made_history(enum made_schema schema, const struct made_change changes[MADE_CHANGES],
                           const char *statements)
{
    sqlite3 *db = made_in_memory(PAGE_SIZE);
    fill(db, schema, changes);
    made_run(db, statements);
    return made_closed(db);
}

struct ia_str made_history_log(enum made_schema schema, const struct made_change changes[MADE_CHANGES],
                               struct ia_str *wal)
{
    struct made_logged logged;
    struct ia_str database;
    made_logged_open(&logged, PAGE_SIZE);
    fill(logged.db, schema, changes);
    made_logged_take(&logged, &database, wal);
    return database;
}
