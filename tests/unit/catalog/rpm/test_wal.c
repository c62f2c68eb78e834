/* SPDX-License-Identifier: Apache-2.0 */
/* Write-ahead logs, written by SQLite itself in a folder of its own. */
#include "listed.h"
#include "made.h"
#include "made_sqlite.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct logged {
    struct ia_str database, wal;
};

static void insert(sqlite3 *db, const char *name)
{
    struct made m;
    sqlite3_stmt *statement;
    made_open(&m);
    made_package(&m, name);
    struct ia_str header = made_header(&m);
    sqlite3_prepare_v2(db, "INSERT INTO Packages (blob) VALUES (?)", -1, &statement, NULL);
    sqlite3_bind_blob(statement, 1, header.p, (int)header.n, SQLITE_STATIC);
    cr_assert_eq(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
    made_close(&m);
}

/* A package "a", which is in the database when checkpointed, and then "b", which is in the log alone. */
static struct logged make_logged(bool checkpointed, const char *more)
{
    struct made_logged made;
    struct logged l;
    made_logged_open(&made, 1024);
    made_run(made.db, "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)");
    insert(made.db, "a");
    if (checkpointed)
        cr_assert_eq(sqlite3_wal_checkpoint_v2(made.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL), SQLITE_OK);
    insert(made.db, "b");
    made_run(made.db, more);
    made_logged_take(&made, &l.database, &l.wal);
    return l;
}

static void free_logged(struct logged *l)
{
    free((char *)l->database.p);
    free((char *)l->wal.p);
}

static void expect(const char *name, const struct logged *l, const char *names, bool damaged)
{
    struct ia_db_source source = {.text = l->database, .beside = {l->wal}};
    struct test_env t;
    char out[LISTED], found[LISTED];
    size_t count = 0;
    test_env_open(&t);
    cr_expect_eq(list_database(&t, &source, out), IMGA_OK, "%s: %s", name, t.env.error.message);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
    for (const char *line = out; *line && *line != '!'; line = strchr(line, '\n') + 1)
        found[count++] = *line;
    found[count] = '\0';
    cr_expect_str_eq(found, names, "%s: got\n%s", name, out);
    cr_expect_eq(is_damaged(out, "journal"), damaged, "%s: got\n%s", name, out);
}

Test(rpm_wal, committed_pages_count)
{
    struct logged l = make_logged(true, NULL);
    struct ia_str wal = l.wal, database = l.database;
    expect("log applied", &l, "ab", true);
    l.wal = IA_STR("");
    expect("without the log", &l, "a", false);
    l.wal = wal;
    l.database = IA_STR("");
    expect("without the database", &l, "", true);
    l.database = database;
    free_logged(&l);
    l = make_logged(false, NULL);
    expect("everything in the log", &l, "ab", true);
    database = l.database;
    l.database = IA_STR("");
    expect("everything in the log, no database", &l, "ab", true);
    l.database = database;
    free_logged(&l);
}

Test(rpm_wal, what_is_not_committed_does_not_count)
{
    struct logged l = make_logged(true, "PRAGMA cache_size=1; BEGIN; DELETE FROM Packages; CREATE TABLE x(y); "
                                        "INSERT INTO x VALUES (zeroblob(100000))");
    expect("transaction that is open", &l, "ab", true);
    free_logged(&l);
    l = make_logged(true, "DELETE FROM Packages");
    expect("deleted", &l, "", true);
    free_logged(&l);
}

/* Already in the database: nothing is open. */
Test(rpm_wal, log_that_is_applied)
{
    struct logged l = make_logged(true, "PRAGMA wal_checkpoint(FULL)");
    cr_assert_gt(l.wal.n, 0);
    expect("full checkpoint", &l, "ab", false);
    free_logged(&l);
}

/* As SQLite: up to the first frame that does not fit. Nothing is taken from a log that is not whole without a word. */
Test(rpm_wal, damaged_logs)
{
    struct logged l = make_logged(true, NULL);
    struct ia_str whole = l.wal;
    uint8_t *bytes = (uint8_t *)l.wal.p;
    static const size_t places[] = {0, 3, 4, 8, 11, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 600, 1079};
    for (size_t i = 0; i < IA_COUNT(places); i++) {
        bytes[places[i]] ^= 0x21;
        expect("changed byte", &l, "a", true);
        bytes[places[i]] ^= 0x21;
    }
    for (size_t n = 1; n < whole.n; n += 37) {
        l.wal.n = n;
        expect("cut off", &l, "a", true);
    }
    l.wal = whole;
    expect("as it was", &l, "ab", true);
    free_logged(&l);
}

Test(rpm_wal, rollback_journals)
{
    struct made m;
    struct test_env t;
    char out[LISTED];
    made_open(&m);
    made_package(&m, "a");
    struct ia_str header = made_header(&m), database = made_sqlite(&header, 1, NULL);
    static const struct {
        const char *journal;
        size_t size;
        bool damaged;
    } rows[] = {{"", 0, false}, {"\0\0\0\0\0\0\0\0", 8, false}, {"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8, true}};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_db_source source = {.text = database, .beside = {[IA_RPM_JOURNAL] = {rows[i].journal, rows[i].size}}};
        test_env_open(&t);
        cr_expect_eq(list_database(&t, &source, out), IMGA_OK);
        cr_expect_eq(is_damaged(out, "journal"), rows[i].damaged, "%zu: %s", i, out);
        cr_expect_eq(out[0], 'a');
        test_env_close(&t);
    }
    free((char *)database.p);
    made_close(&m);
}

Test(rpm_wal, memory_that_ends)
{
    struct logged l = make_logged(true, NULL);
    struct ia_db_source source = {.text = l.database, .beside = {l.wal}};
    char out[LISTED];
    int status = IMGA_E_NOMEM;
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct test_env t;
        test_env_open(&t);
        t.fail_at = n;
        status = list_database(&t, &source, out);
        cr_expect(status == IMGA_E_NOMEM || status == IMGA_OK);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
    cr_expect_eq(out[0], 'a');
    free_logged(&l);
}
