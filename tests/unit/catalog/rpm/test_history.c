/* SPDX-License-Identifier: Apache-2.0 */
/* Which repository dnf's history names for a package; and that no history takes a package away. */
#include "catalog/rpm/history.h"

#include "listed.h"
#include "made.h"
#include "made_history.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { PACKAGES = 4 };

/* "a", "b", "c" and "d" 1-2 noarch, d with an epoch of 3. */
static struct ia_str make_packages(void)
{
    static const char *const names[PACKAGES] = {"a", "b", "c", "d"};
    static const uint32_t epoch = 3;
    struct made made[PACKAGES];
    struct ia_str headers[PACKAGES];
    for (size_t i = 0; i < PACKAGES; i++) {
        made_open(&made[i]);
        made_package(&made[i], names[i]);
        if (i == 3)
            made_numbers(&made[i], TAG_EPOCH, &epoch, 1);
        headers[i] = made_header(&made[i]);
    }
    struct ia_str database = made_ndb(headers, PACKAGES);
    for (size_t i = 0; i < PACKAGES; i++)
        made_close(&made[i]);
    return database;
}

/* "name=repository" for each package that has one, '-' in place of "=..." for each other; then the history's damage. */
static void shorten(const char *listed, const struct ia_damage *damage, char out[LISTED])
{
    static const char mark[] = "repository=";
    out[0] = '\0';
    for (const char *line = listed, *end; *line && *line != '!'; line = end + 1) {
        end = strchr(line, '\n');
        const char *value = strstr(line, mark);
        size_t n = strlen(out);
        if (value && value < end)
            snprintf(out + n, LISTED - n, "%c=%.*s ", *line, (int)strcspn(value + strlen(mark), ",|"),
                     value + strlen(mark));
        else
            snprintf(out + n, LISTED - n, "%c- ", *line);
    }
    for (size_t i = 0; i < IA_DAMAGE_KINDS; i++)
        if (damage->count[i])
            snprintf(out + strlen(out), LISTED - strlen(out), "!%zu ", i);
}

/* What the packages have with these histories, one after the other. */
static int look_up(struct test_env *t, const struct ia_db_source *histories, size_t count, char out[LISTED])
{
    struct ia_rpm_history history;
    struct ia_damage damage = {.count = {0}};
    struct ia_str packages = make_packages();
    char listed[LISTED];
    int status = IMGA_OK;
    ia_rpm_history_init(&history, &t->env);
    for (size_t i = 0; i < count && status == IMGA_OK; i++)
        status = ia_rpm_history_read(&history, &t->env, &histories[i], &damage);
    struct ia_db_source source = {.text = packages, .history = &history};
    if (status == IMGA_OK)
        status = list_database(t, &source, listed);
    if (status == IMGA_OK)
        shorten(listed, &damage, out);
    ia_rpm_history_free(&history);
    free((char *)packages.p);
    return status;
}

/* In an environment of its own. */
static void look_up_bytes(struct ia_str history, char out[LISTED])
{
    struct test_env t;
    char *exact = malloc(history.n ? history.n : 1);
    if (history.n)
        memcpy(exact, history.p, history.n);
    struct ia_db_source source = {.text = {exact, history.n}};
    test_env_open(&t);
    cr_expect_eq(look_up(&t, &source, 1, out), IMGA_OK, "%s", t.env.error.message);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
    free(exact);
}

static const struct {
    const char *name;
    struct made_change changes[MADE_CHANGES];
    const char *found;
} cases[] = {
    {"nothing was done", {{0}}, "a- b- c- d- "},
    {"installed", {{1, ALPHA, INSTALL, 0}, {2, BETA, INSTALL, 0}, {4, BETA, INSTALL, 0}}, "a=alpha b=beta c- d=beta "},
    {"upgraded, downgraded, obsoleting",
     {{1, ALPHA, UPGRADE, 0}, {2, BETA, DOWNGRADE, 0}, {3, ALPHA, OBSOLETE, 0}},
     "a=alpha b=beta c=alpha d- "},
    {"reinstalled from elsewhere",
     {{1, ALPHA, INSTALL, 0}, {1, BETA, REINSTALL, 0}, {1, SYSTEM, REPLACED, 0}},
     "a=beta b- c- d- "},
    {"another version, epoch, architecture",
     {{5, ALPHA, INSTALL, 0}, {6, ALPHA, INSTALL, 0}, {7, ALPHA, INSTALL, 0}},
     "a- b- c- d- "},
    {"an older version is replaced",
     {{5, ALPHA, INSTALL, 0}, {1, BETA, UPGRADE, 0}, {5, SYSTEM, REPLACED, 0}},
     "a=beta b- c- d- "},
    {"removed, and there again by other means",
     {{1, ALPHA, INSTALL, 0}, {1, SYSTEM, REMOVE, 0}, {2, BETA, INSTALL, 0}, {2, BETA, REMOVE, 0}},
     "a- b- c- d- "},
    {"removed and installed",
     {{1, ALPHA, INSTALL, 0}, {1, SYSTEM, REMOVE, 0}, {1, BETA, INSTALL, 0}},
     "a=beta b- c- d- "},
    {"only the reason changed",
     {{1, ALPHA, INSTALL, 0}, {1, UNNAMED, REASON, 0}, {2, BETA, REASON, 0}},
     "a=alpha b- c- d- "},
    {"from a file", {{1, FROM_FILE, INSTALL, 0}}, "a=@commandline b- c- d- "},
    {"from where is not known",
     {{1, SYSTEM, INSTALL, 0}, {2, UNNAMED, INSTALL, 0}, {3, NO_REPOSITORY, INSTALL, 0}},
     "a- b- c- d- "},
    {"what failed was not done",
     {{1, ALPHA, INSTALL, 0},
      {1, BETA, REINSTALL, 1},
      {2, BETA, INSTALL, 1},
      {3, ALPHA, INSTALL, 0},
      {3, SYSTEM, REMOVE, 1}},
     "a=alpha b- c=alpha d- "},
    {"a group", {{9, ALPHA, INSTALL, 0}, {1, ALPHA, INSTALL, 0}}, "a=alpha b- c- d- "},
};

Test(rpm_history, what_counts)
{
    for (size_t i = 0; i < IA_COUNT(cases); i++) {
        for (int schema = 0; schema < MADE_SCHEMAS; schema++) {
            char out[LISTED];
            struct ia_str history = made_history((enum made_schema)schema, cases[i].changes, NULL);
            look_up_bytes(history, out);
            cr_expect_str_eq(out, cases[i].found, "%s, schema %d: got %s", cases[i].name, schema, out);
            free((char *)history.p);
        }
    }
}

static const struct made_change both[MADE_CHANGES] = {
    {1, ALPHA, INSTALL, 0}, {2, BETA, INSTALL, 0}, {4, BETA, INSTALL, 0}};
#define BOTH "a=alpha b=beta c- d=beta "
#define NONE "a- b- c- d- "
#define PAGE "!9 " /* IA_DAMAGE_PAGE */

/* dnf 5 came later: what it says goes before, and what it does not know stays. */
Test(rpm_history, several)
{
    static const struct made_change later[MADE_CHANGES] = {
        {1, BETA, REINSTALL, 0}, {3, FROM_FILE, INSTALL, 0}, {4, SYSTEM, REMOVE, 0}};
    struct ia_str first = made_history(MADE_DNF4, both, NULL), second = made_history(MADE_DNF5, later, NULL);
    struct ia_db_source sources[] = {{.text = first}, {.text = second}};
    struct test_env t;
    char out[LISTED];
    test_env_open(&t);
    cr_expect_eq(look_up(&t, sources, 2, out), IMGA_OK);
    cr_expect_str_eq(out, "a=beta b=beta c=@commandline d- ", "%s", out);
    test_env_close(&t);
    free((char *)first.p);
    free((char *)second.p);
}

/* Every format of rpm's database asks it. */
Test(rpm_history, formats)
{
    static const struct made_change changes[MADE_CHANGES] = {{1, ALPHA, INSTALL, 0}};
    static const char expected[] = "a 1-2 noarch a 1-2 ||release=2,source-rpm=a-1-2.src.rpm,repository=alpha|\n";
    static const char line[] = "a\t1-2\t\t\t\t(none)\t\tnoarch\t0\ta-1-2.src.rpm\n";
    struct made m;
    struct ia_rpm_history history;
    struct ia_damage damage = {.count = {0}};
    struct ia_db_source source = {.text = made_history(MADE_DNF5, changes, NULL)};
    struct test_env t;
    made_open(&m);
    made_package(&m, "a");
    struct ia_str header = made_header(&m);
    struct ia_str databases[] = {made_bdb(&header, 1, false, 4096),
                                 made_ndb(&header, 1),
                                 made_sqlite(&header, 1, NULL),
                                 {strdup(line), sizeof(line) - 1}};
    test_env_open(&t);
    ia_rpm_history_init(&history, &t.env);
    cr_assert_eq(ia_rpm_history_read(&history, &t.env, &source, &damage), IMGA_OK);
    for (size_t i = 0; i < IA_COUNT(databases); i++) {
        struct ia_db_source database = {.text = databases[i], .history = &history};
        char out[LISTED];
        cr_expect_eq(list_database(&t, &database, out), IMGA_OK);
        cr_expect_str_eq(out, expected, "format %zu: %s", i, out);
        free((char *)databases[i].p);
    }
    ia_rpm_history_free(&history);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
    free((char *)source.text.p);
    made_close(&m);
}

/* ---- histories that lie ---- */

#define SCHEMA "PRAGMA writable_schema=ON; "

static const struct {
    const char *name;
    enum made_schema schema;
    const char *statements, *found;
} hostile[] = {
    {"other things", MADE_DNF4,
     "CREATE TABLE z(a, b AS (abs(a))); CREATE TRIGGER t AFTER INSERT ON repo BEGIN DELETE FROM rpm; END; CREATE VIEW "
     "v "
     "AS SELECT 1; CREATE INDEX x ON repo(length(repoid))",
     BOTH},
    {"an index that says something else", MADE_DNF4,
     "CREATE TABLE z AS SELECT id, trans_id, item_id, 4 AS repo_id, action, reason, state, zeroblob(300) FROM "
     "trans_item; CREATE INDEX x ON trans_item(item_id, repo_id, action, state); CREATE INDEX y ON z(item_id, repo_id, "
     "action, state); " SCHEMA "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = "
     "'y') WHERE name = 'x'",
     BOTH},
    {"an unknown virtual table", MADE_DNF5,
     SCHEMA "INSERT INTO sqlite_master VALUES('table','v','v',0,'CREATE VIRTUAL TABLE v USING nosuchmodule(x)')", BOTH},
    {"no packages", MADE_DNF4, "DROP TABLE rpm", NONE PAGE},
    {"no repositories", MADE_DNF4, "DROP TABLE repo", NONE PAGE},
    {"nothing that was done", MADE_DNF5, "DROP TABLE trans_item", NONE PAGE},
    {"no architectures", MADE_DNF5, "DROP TABLE arch", NONE PAGE},
    {"no names, so that it seems to be dnf 4", MADE_DNF5, "DROP TABLE pkg_name", NONE PAGE},
    {"a view of packages", MADE_DNF4, "ALTER TABLE rpm RENAME TO p; CREATE VIEW rpm AS SELECT * FROM p", NONE PAGE},
    {"a view of names", MADE_DNF5, "ALTER TABLE pkg_name RENAME TO p; CREATE VIEW pkg_name AS SELECT * FROM p",
     NONE PAGE},
    {"a virtual table of repositories", MADE_DNF4,
     SCHEMA "UPDATE sqlite_master SET sql = 'CREATE VIRTUAL TABLE repo USING fts5(id, repoid)' WHERE name = 'repo'",
     NONE PAGE},
    {"a column that is not there", MADE_DNF4, "ALTER TABLE trans_item RENAME COLUMN action TO change", NONE PAGE},
    {"a column that is computed", MADE_DNF4,
     "DROP TABLE repo; CREATE TABLE repo (id INTEGER PRIMARY KEY, x, repoid AS (zeroblob(1000000000))); INSERT INTO "
     "repo(id) VALUES (1), (2)",
     NONE PAGE},
    {"a column that calls a function", MADE_DNF4,
     "DROP TABLE repo; CREATE TABLE repo (id INTEGER PRIMARY KEY, x, repoid AS (hex(x))); INSERT INTO repo(id, x) "
     "VALUES (1, 'x'), (2, 'y')",
     NONE PAGE},
    {"a column that is another one", MADE_DNF4,
     "DROP TABLE repo; CREATE TABLE repo (id INTEGER PRIMARY KEY, x, repoid AS (x)); INSERT INTO repo(id, x) VALUES "
     "(1, 'x'), (2, 'y')",
     NONE PAGE},
    {"without row numbers", MADE_DNF4,
     "CREATE TABLE p (id INTEGER PRIMARY KEY, repoid) WITHOUT ROWID; INSERT INTO p SELECT * FROM repo; DROP TABLE "
     "repo; "
     "ALTER TABLE p RENAME TO repo",
     BOTH},
    {"a definition without end", MADE_DNF4, SCHEMA "UPDATE sqlite_master SET sql = 'CREATE TABLE'", NONE PAGE},
    {"a definition that is too long", MADE_DNF4,
     SCHEMA "UPDATE sqlite_master SET sql = sql || ' /*' || hex(zeroblob(50000)) || '*/' WHERE name = 'repo'",
     NONE PAGE},
    {"two tables of one name", MADE_DNF4,
     SCHEMA
     "INSERT INTO sqlite_master SELECT type, name, tbl_name, 0, 'CREATE VIEW rpm AS SELECT 1' FROM sqlite_master "
     "WHERE name = 'rpm'",
     NONE PAGE},
    {"a repository that is a blob", MADE_DNF4, "UPDATE repo SET repoid = x'616c706861' WHERE id = 1",
     "a- b=beta c- d=beta " PAGE},
    {"a repository with a NUL", MADE_DNF4, "UPDATE repo SET repoid = CAST(x'616c00' AS TEXT) WHERE id = 1",
     "a- b=beta c- d=beta " PAGE},
    {"a repository with an escape", MADE_DNF5, "UPDATE repo SET repoid = 'a' || char(27) || '[2J' WHERE id = 1",
     "a- b=beta c- d=beta " PAGE},
    {"a repository that is not UTF-8", MADE_DNF5, "UPDATE repo SET repoid = CAST(x'61ff' AS TEXT) WHERE id = 1",
     "a- b=beta c- d=beta " PAGE},
    {"a repository that nobody has", MADE_DNF4, "DELETE FROM repo WHERE id = 1", "a- b=beta c- d=beta " PAGE},
    {"a repository twice, by its number", MADE_DNF4,
     "ALTER TABLE repo RENAME TO r; CREATE TABLE repo (id, repoid); INSERT INTO repo SELECT * FROM r; INSERT INTO repo "
     "VALUES (1, 'omega')",
     "a=omega b=beta c- d=beta "},
    {"a name that nobody has", MADE_DNF5, "DELETE FROM pkg_name WHERE id = 12", "a=alpha b- c- d=beta " PAGE},
    {"a name that is a number", MADE_DNF4,
     "ALTER TABLE rpm RENAME TO r; CREATE TABLE rpm (item_id, name, epoch, version, release, arch); INSERT INTO rpm "
     "SELECT * FROM r; UPDATE rpm SET name = 2 WHERE item_id = 2",
     "a=alpha b- c- d=beta " PAGE},
    {"an epoch that is a text", MADE_DNF4, "UPDATE rpm SET epoch = 'x' WHERE item_id = 1", "a- b=beta c- d=beta " PAGE},
    {"a version that is none", MADE_DNF4, "UPDATE rpm SET version = NULL WHERE item_id = 1",
     "a- b=beta c- d=beta " PAGE},
    {"numbers that are texts", MADE_DNF4, "UPDATE trans_item SET action = 'Install' WHERE item_id = 1",
     "a- b=beta c- d=beta " PAGE},
    {"numbers with a fraction", MADE_DNF5, "UPDATE trans_item SET item_id = 1.5 WHERE item_id = 1",
     "a- b=beta c- d=beta " PAGE},
    {"actions far from any", MADE_DNF4,
     "UPDATE trans_item SET action = -1 WHERE item_id = 1; UPDATE trans_item SET action = 9223372036854775807 WHERE "
     "item_id = 2; UPDATE trans_item SET action = 4294967297 WHERE item_id = 4",
     NONE},
    {"the order of rows is no order of changes", MADE_DNF4,
     "ALTER TABLE trans_item RENAME TO t; CREATE TABLE trans_item (id, trans_id, item_id, repo_id, action, reason, "
     "state); INSERT INTO trans_item VALUES (9223372036854775807, 1, 2, 1, 1, 1, 1), (7, 1, 1, 2, 1, 1, 1), (-1, 1, 1, "
     "1, 1, 1, 1), (5, 1, 2, 2, 1, 1, 1)",
     "a=beta b=alpha c- d- "},
    {"a long name, shared by all", MADE_DNF5,
     "INSERT INTO pkg_name VALUES (15, hex(zeroblob(5000))); WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 "
     "FROM n WHERE i < 1000) INSERT INTO rpm SELECT i, 15, i, '1', '2', 21 FROM n; INSERT INTO trans_item SELECT NULL, "
     "1, item_id, 1, 1, 1, 2 FROM rpm WHERE item_id >= 100",
     BOTH PAGE},
};

Test(rpm_history, lies)
{
    for (size_t i = 0; i < IA_COUNT(hostile); i++) {
        char out[LISTED];
        struct ia_str history = made_history(hostile[i].schema, both, hostile[i].statements);
        look_up_bytes(history, out);
        cr_expect_str_eq(out, hostile[i].found, "%s: got %s", hostile[i].name, out);
        free((char *)history.p);
    }
}

/* Rows that have to be kept: as many as the limit, and one more. */
Test(rpm_history, too_many_rows)
{
    struct ia_str history = made_history(MADE_DNF4, both, NULL);
    struct ia_db_source source = {.text = history};
    for (uint64_t limit = 5; limit <= 6; limit++) { /* repositories */
        struct test_env t;
        char out[LISTED];
        test_env_open(&t);
        t.limits.packages = limit - 1;
        cr_expect_eq(look_up(&t, &source, 1, out), IMGA_OK);
        cr_expect_str_eq(out, limit == 5 ? BOTH PAGE : BOTH, "%llu: %s", (unsigned long long)limit, out);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
    free((char *)history.p);
}

Test(rpm_history, long_texts)
{
    struct ia_str history = made_history(MADE_DNF4, both, NULL);
    struct ia_db_source source = {.text = history};
    static const struct {
        uint64_t limit;
        const char *found;
    } rows[] = {{12, BOTH}, {11, BOTH "!5 "}, {4, "a- b=beta c- d=beta !5 !9 "}};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct test_env t;
        char out[LISTED];
        test_env_open(&t);
        t.limits.string_bytes = rows[i].limit;
        cr_expect_eq(look_up(&t, &source, 1, out), IMGA_OK);
        cr_expect_str_eq(out, rows[i].found, "%zu: %s", i, out);
        test_env_close(&t);
    }
    free((char *)history.p);
}

Test(rpm_history, no_history)
{
    static const struct {
        const char *bytes, *found;
        size_t size;
    } rows[] = {
        {"", NONE, 0},
        {"not a database", NONE "!8 ", 14},
        {"SQLite format 3", NONE "!8 ", 15},
        {"SQLite format 3", NONE PAGE, 16},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        char out[LISTED];
        look_up_bytes((struct ia_str){rows[i].bytes, rows[i].size}, out);
        cr_expect_str_eq(out, rows[i].found, "%zu: %s", i, out);
    }
}

/* Cut off anywhere: every package is there, and what is missing is said. */
Test(rpm_history, cut_off)
{
    for (int schema = 0; schema < MADE_SCHEMAS; schema++) {
        struct ia_str history = made_history((enum made_schema)schema, both, NULL);
        for (size_t i = 1; i <= 64; i++) {
            char out[LISTED];
            look_up_bytes((struct ia_str){history.p, history.n * i / 65}, out);
            cr_expect_eq(strspn(out, "a"), 1);
            cr_expect(strstr(out, " d") && (strchr(out, '!') || strcmp(out, BOTH) == 0), "%zu of 65: %s", i, out);
        }
        free((char *)history.p);
    }
}

/* Any byte changed: every package is there. */
Test(rpm_history, changed_bytes)
{
    for (int schema = 0; schema < MADE_SCHEMAS; schema++) {
        struct ia_str history = made_history((enum made_schema)schema, both, NULL);
        for (size_t i = 0; i < 400; i++) {
            size_t at = i < 200 ? i : (i * 2654435761U) % history.n;
            char out[LISTED], *byte = (char *)history.p + at, before = *byte;
            *byte = (char)(before ^ (1 << (i % 8)));
            look_up_bytes(history, out);
            for (const char *name = "abcd"; *name; name++)
                cr_expect(strchr(out, *name), "byte %zu: %s", at, out);
            *byte = before;
        }
        free((char *)history.p);
    }
}

/* A log that is whole counts in silence: dnf leaves one behind whenever it ends. */
Test(rpm_history, logs)
{
    for (int schema = 0; schema < MADE_SCHEMAS; schema++) {
        struct ia_str wal, database = made_history_log((enum made_schema)schema, both, &wal);
        const struct {
            const char *name, *found;
            struct ia_db_source source;
        } rows[] = {
            {"whole", BOTH, {.text = database, .beside = {[IA_RPM_WAL] = wal}}},
            {"no database yet", BOTH, {.beside = {[IA_RPM_WAL] = wal}}},
            {"no log", NONE PAGE, {.text = database}},
            {"no log at all", NONE "!13 !9 ", {.text = database, .beside = {[IA_RPM_WAL] = IA_STR("text")}}},
            {"a hot journal",
             BOTH "!13 ",
             {.text = database, .beside = {[IA_RPM_WAL] = wal, [IA_RPM_JOURNAL] = IA_STR("\xd9\xd5")}}},
        };
        for (size_t i = 0; i < IA_COUNT(rows); i++) {
            struct test_env t;
            char out[LISTED];
            test_env_open(&t);
            cr_expect_eq(look_up(&t, &rows[i].source, 1, out), IMGA_OK);
            cr_expect(strncmp(out, rows[i].found, 8) == 0, "%s: %s", rows[i].name, out);
            cr_expect_eq(strchr(out, '!') != NULL, strchr(rows[i].found, '!') != NULL, "%s: %s", rows[i].name, out);
            test_env_close(&t);
        }
        free((char *)database.p);
        free((char *)wal.p);
    }
}

Test(rpm_history, memory_that_ends)
{
    for (int schema = 0; schema < MADE_SCHEMAS; schema++) {
        struct ia_str wal, database = made_history_log((enum made_schema)schema, both, &wal);
        struct ia_db_source source = {.text = database, .beside = {[IA_RPM_WAL] = wal}};
        char out[LISTED] = "";
        int status = IMGA_E_NOMEM;
        for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
            struct test_env t;
            test_env_open(&t);
            t.fail_at = n;
            status = look_up(&t, &source, 1, out);
            cr_expect(status == IMGA_E_NOMEM || status == IMGA_OK, "%zu: %d", n, status);
            test_env_close(&t);
            cr_expect_eq(t.live, 0, "%zu", n);
        }
        cr_expect_str_eq(out, BOTH, "%s", out);
        free((char *)database.p);
        free((char *)wal.p);
    }
}

Test(rpm_history, cancelled)
{
    struct ia_str history = made_history(MADE_DNF4, both, NULL);
    struct ia_db_source source = {.text = history};
    struct test_env t;
    char out[LISTED];
    test_env_open(&t);
    atomic_store(&t.cancel.flag, 1);
    cr_expect_eq(look_up(&t, &source, 1, out), IMGA_E_CANCELLED);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
    free((char *)history.p);
}
