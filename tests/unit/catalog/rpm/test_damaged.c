/* SPDX-License-Identifier: Apache-2.0 */
/* Databases that lie: a package may be missing only with damage, and every reading ends. */
#include "listed.h"
#include "made.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { PACKAGES = 3 };

struct packages {
    struct made made[PACKAGES];
    struct ia_str headers[PACKAGES];
};

static void open_packages(struct packages *p)
{
    static const char *const names[PACKAGES] = {"a", "b", "c"};
    static const char long_text[700] = "";
    for (size_t i = 0; i < PACKAGES; i++) {
        made_open(&p->made[i]);
        made_package(&p->made[i], names[i]);
        made_bytes(&p->made[i], 9999, long_text, sizeof(long_text)); /* more than a page of 512 bytes */
        p->headers[i] = made_header(&p->made[i]);
    }
}

static void close_packages(struct packages *p)
{
    for (size_t i = 0; i < PACKAGES; i++)
        made_close(&p->made[i]);
}

/* Up to three numbers in place of those that are there. */
struct patch {
    size_t at;
    unsigned bytes;
    uint32_t value;
};

struct row {
    const char *name;
    struct patch patches[3];
    const char *listed; /* the names, in order */
    const char *damage; /* NULL: none */
};

static void apply(uint8_t *bytes, const struct patch *patch)
{
    for (unsigned i = 0; i < patch->bytes; i++)
        bytes[patch->at + i] = (uint8_t)(patch->value >> (8 * i));
}

static void names_of(const char *listed, char *names)
{
    for (const char *line = listed; *line && *line != '!'; line = strchr(line, '\n') + 1)
        *names++ = *line;
    *names = '\0';
}

static void run(struct ia_str (*make)(const struct packages *), const struct row *rows, size_t count)
{
    struct packages p;
    open_packages(&p);
    for (size_t i = 0; i < count; i++) {
        char out[LISTED], names[LISTED];
        struct ia_str database = make(&p);
        for (size_t k = 0; k < 3; k++)
            apply((uint8_t *)database.p, &rows[i].patches[k]);
        list_bytes(database, out);
        names_of(out, names);
        cr_expect_str_eq(names, rows[i].listed, "%s: got\n%s", rows[i].name, out);
        cr_expect_eq(strchr(out, '!') != NULL, rows[i].damage != NULL, "%s: got\n%s", rows[i].name, out);
        if (rows[i].damage)
            cr_expect(is_damaged(out, rows[i].damage), "%s: got\n%s", rows[i].name, out);
        free((char *)database.p);
    }
    close_packages(&p);
}

static struct ia_str small_bdb(const struct packages *p)
{
    return made_bdb(p->headers, PACKAGES, false, 512);
}

/* Each header takes two pages: 2 and 3, 4 and 5, 6 and 7. The bucket at 512 has four pairs. */
Test(rpm_damaged, bdb)
{
    static const struct row rows[] = {
        {"sound", {{0}}, "abc", NULL},
        {"page size 0", {{20, 4, 0}}, "", "page"},
        {"page size below 512", {{20, 4, 256}}, "", "page"},
        {"page size no power of two", {{20, 4, 768}}, "", "page"},
        {"page size beyond 64 KiB", {{20, 4, 0xfffffe00}}, "", "page"},
        {"page size larger than the file", {{20, 4, 65536}}, "", "page"},
        {"encrypted", {{24, 1, 1}}, "", "page"},
        {"checksums", {{26, 1, 1}}, "", "page"},
        {"a tree", {{25, 1, 9}}, "", "page"},
        {"last page not there", {{32, 4, 8}}, "abc", "page"},
        {"last page far away", {{32, 4, 0xffffffff}}, "abc", "page"},
        {"last page too small", {{32, 4, 0}}, "abc", NULL}, /* rpm does not look at it either */
        {"page next to itself", {{2 * 512 + 16, 4, 2}}, "abc", "page"},
        {"empty page next to itself", {{2 * 512 + 16, 4, 2}, {2 * 512 + 22, 2, 0}}, "bc", "page"},
        {"no next page", {{4 * 512 + 16, 4, 0}}, "abc", "page"},
        {"next page outside", {{4 * 512 + 16, 4, 0x7fffffff}}, "abc", "page"},
        {"next page of another chain", {{6 * 512 + 16, 4, 3}}, "abc", "page"},
        {"two values with one chain", {{512 + 512 - 10 - 17 - 17 + 4, 4, 2}}, "ac", "page"},
        {"more on the page than it has", {{2 * 512 + 22, 2, 487}}, "bc", "page"},
        {"chain longer than the value", {{512 + 512 - 10 - 17 + 8, 4, 600}}, "abc", "page"},
        {"value of 4 GiB", {{512 + 512 - 10 - 17 + 8, 4, 0xffffffff}}, "bc", "page"},
        {"value of no bytes", {{512 + 512 - 10 - 17 + 8, 4, 0}}, "bc", "header"},
        {"value of an unknown kind", {{512 + 512 - 10 - 17, 1, 4}}, "bc", "page"},
        {"value too short to be elsewhere", {{512 + 26 + 6, 2, 490}}, "bc", "page"},
        {"65,535 items", {{512 + 20, 2, 65535}}, "abc", "page"},
        {"odd number of items", {{512 + 20, 2, 7}}, "ab", "page"},
        {"item in the header of its page", {{512 + 26, 2, 3}}, "", "page"},
        {"item outside its page", {{512 + 26, 2, 600}}, "", "page"},
        {"items upwards", {{512 + 26 + 4, 2, 505}}, "", "page"},
        {"bucket of the older kind", {{512 + 25, 1, 2}}, "abc", NULL},
    };
    run(small_bdb, rows, IA_COUNT(rows));
}

static struct ia_str small_ndb(const struct packages *p)
{
    return made_ndb(p->headers, PACKAGES);
}

Test(rpm_damaged, ndb)
{
    static const struct row rows[] = {
        {"sound", {{0}}, "abc", NULL},
        {"another version", {{4, 4, 1}}, "abc", "page"},
        {"no page of slots", {{12, 4, 0}}, "abc", "page"},
        {"pages of slots wrap", {{12, 4, 0x01000001}}, "abc", "page"},
        {"slot without magic", {{32, 1, 'x'}}, "bc", "page"},
        {"slot outside", {{32 + 8, 4, 0xfffffff0}, {32 + 12, 4, 0x20}}, "bc", "page"},
        {"slot of no blocks", {{32 + 12, 4, 0}}, "bc", "page"},
        {"slot of one block", {{32 + 12, 4, 1}}, "bc", "page"},
        {"slot of 4 GiB blocks", {{32 + 12, 4, 0xffffffff}}, "bc", "page"},
        {"slot of another package", {{32 + 4, 4, 9}}, "bc", "page"},
        {"free slot", {{32 + 4, 4, 0}}, "bc", NULL},
        {"blob without magic", {{4096, 1, 'x'}}, "bc", "page"},
        {"blob of another package", {{4096 + 4, 4, 9}}, "bc", "page"},
        {"blob of no bytes", {{4096 + 12, 4, 0}}, "bc", "page"},
        {"blob longer than its blocks", {{4096 + 12, 4, 0xffffffff}}, "abc", "page"},
        {"changed byte", {{4096 + 16 + 200, 1, 'x'}}, "abc", "page"},
        {"two slots for a blob", {{48 + 4, 4, 1}, {48 + 8, 4, 256}}, "aac", NULL},
    };
    run(small_ndb, rows, IA_COUNT(rows));
}

/* Slots by the thousand for one blob: no more is read than the file has. */
Test(rpm_damaged, ndb_slots_for_one_blob)
{
    struct packages p;
    char out[LISTED];
    size_t lines = 0;
    open_packages(&p);
    struct ia_str database = made_ndb(p.headers, PACKAGES);
    for (size_t slot = 32; slot + 16 <= 4096; slot += 16)
        memcpy((char *)database.p + slot, database.p + 32, 16);
    list_bytes(database, out);
    for (const char *line = out; (line = strchr(line, '\n')); line++)
        lines++;
    cr_expect(is_damaged(out, "page"));
    cr_expect_lt(lines, 10, "%zu", lines);
    free((char *)database.p);
    close_packages(&p);
}

static struct ia_str patched_sqlite(const struct packages *p)
{
    return made_sqlite(p->headers, PACKAGES, NULL);
}

/* Pages of 1,024 bytes: 1 is the schema, 2 the table. */
Test(rpm_damaged, sqlite)
{
    static const struct row rows[] = {
        {"sound", {{0}}, "abc", NULL},
        {"versions of a log", {{18, 2, 0x0202}}, "abc", NULL},
        {"a later version", {{18, 2, 0x0303}}, "abc", NULL},
        {"page size", {{16, 2, 0x0002}}, "", "page"},
        {"no page size", {{16, 2, 0}}, "", "page"},
        {"reserved bytes", {{20, 1, 255}}, "", "page"},
        {"root page of another type", {{1024, 1, 0x0a}}, "", "page"},
        {"root page its own child", {{1024, 1, 5}, {1024 + 8, 4, 0x02000000}, {1024 + 3, 2, 0}}, "", "page"},
        {"65,535 cells", {{1024 + 3, 2, 0xffff}}, "", "page"},
        {"schema of another type", {{100, 1, 0}}, "", "page"},
    };
    run(patched_sqlite, rows, IA_COUNT(rows));
}

/* Schemas that want to do more than hold a table. */
Test(rpm_damaged, sqlite_schemas)
{
    static const struct {
        const char *name, *statements, *listed;
        bool damaged;
    } rows[] = {
        {"other things",
         "CREATE TABLE z(a, b AS (abs(a))); CREATE TRIGGER t AFTER INSERT ON z BEGIN DELETE FROM Packages; END; "
         "CREATE INDEX i ON z(length(a)); CREATE VIEW v AS SELECT 1",
         "abc", false},
        {"unknown virtual table",
         "PRAGMA writable_schema=ON; INSERT INTO sqlite_master VALUES('table','v','v',0,'CREATE VIRTUAL TABLE v USING "
         "nosuchmodule(x)')",
         "abc", false},
        {"no table", "DROP TABLE Packages", "", true},
        {"a view", "ALTER TABLE Packages RENAME TO p; CREATE VIEW Packages AS SELECT hnum, blob FROM p", "", true},
        {"no column", "ALTER TABLE Packages RENAME COLUMN blob TO x", "", true},
        {"a column that is computed",
         "DROP TABLE Packages; CREATE TABLE Packages (hnum, blob AS (zeroblob(1000000000))); "
         "INSERT INTO Packages VALUES (1)",
         "", true},
        {"a column that is computed from another",
         "ALTER TABLE Packages RENAME TO p; CREATE TABLE Packages (hnum, x, blob AS (substr(x, 1))); INSERT INTO "
         "Packages(hnum, x) SELECT hnum, blob FROM p",
         "", true},
        {"another column that is computed", "ALTER TABLE Packages ADD COLUMN y AS (hex(blob))", "abc", false},
        {"another way to write it", "ALTER TABLE Packages RENAME TO p; ALTER TABLE p RENAME TO pAcKaGeS", "abc", false},
        {"an index that covers it", "CREATE INDEX i ON Packages(blob)", "abc", false},
        {"without row numbers",
         "CREATE TABLE p (hnum INTEGER PRIMARY KEY, blob) WITHOUT ROWID; INSERT INTO p SELECT hnum, blob FROM "
         "Packages; DROP TABLE Packages; ALTER TABLE p RENAME TO Packages",
         "abc", false},
        {"rows of other types", "INSERT INTO Packages(blob) VALUES (7), ('text'), (1.5), (x''), (zeroblob(100000))",
         "abc", true},
        {"a definition without end", "PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql = 'CREATE TABLE'", "",
         true},
        {"a definition that is too long",
         "PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql = sql || ' /*' || hex(zeroblob(50000)) || '*/' WHERE "
         "name = 'Name'",
         "", true},
        {"two tables of this name",
         "PRAGMA writable_schema=ON; INSERT INTO sqlite_master SELECT type, name, tbl_name, 0, 'CREATE VIEW Packages "
         "AS SELECT 1' FROM sqlite_master WHERE name = 'Packages'",
         "", true},
    };
    struct packages p;
    open_packages(&p);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        char out[LISTED], names[LISTED];
        struct ia_str database = made_sqlite(p.headers, PACKAGES, rows[i].statements);
        list_bytes(database, out);
        names_of(out, names);
        cr_expect_str_eq(names, rows[i].listed, "%s: got\n%s", rows[i].name, out);
        cr_expect_eq(strchr(out, '!') != NULL, rows[i].damaged, "%s: got\n%s", rows[i].name, out);
        free((char *)database.p);
    }
    close_packages(&p);
}

/* Cut off anywhere: what is missing is said. */
Test(rpm_damaged, cut_off)
{
    struct ia_str (*const makers[])(const struct packages *) = {small_bdb, small_ndb, patched_sqlite};
    struct packages p;
    open_packages(&p);
    for (size_t f = 0; f < IA_COUNT(makers); f++) {
        struct ia_str database = makers[f](&p);
        for (size_t n = 0; n < database.n; n += n < 64 ? 1 : 61) {
            char out[LISTED], names[LISTED];
            list_bytes((struct ia_str){database.p, n}, out);
            names_of(out, names);
            cr_expect(strchr(out, '!') != NULL || strcmp(names, "abc") == 0, "format %zu, %zu bytes: %s", f, n, out);
        }
        free((char *)database.p);
    }
    close_packages(&p);
}

/* Any byte changed: nothing is missing in silence but one package whose slot or row was made free. */
Test(rpm_damaged, changed_bytes)
{
    struct ia_str (*const makers[])(const struct packages *) = {small_bdb, small_ndb, patched_sqlite};
    struct packages p;
    open_packages(&p);
    for (size_t f = 0; f < IA_COUNT(makers); f++) {
        struct ia_str database = makers[f](&p);
        for (size_t at = 0; at < database.n; at += at < 200 ? 1 : 13) {
            char out[LISTED], *byte = (char *)database.p + at, before = *byte;
            *byte = (char)(before ^ 0x55);
            list_bytes(database, out);
            cr_expect_str_neq(out, "", "format %zu, byte %zu", f, at);
            *byte = before;
        }
        free((char *)database.p);
    }
    close_packages(&p);
}

Test(rpm_damaged, unknown_formats)
{
    static const struct {
        const char *name, *bytes;
        size_t size;
    } rows[] = {
        {"text", "not a database", 14},
        {"nothing", "", 0},
        {"beginning of SQLite", "SQLite format 3", 15},
        {"Berkeley tree", "\0\0\0\0\0\0\0\0\0\0\0\0\x62\x31\x05\0", 16},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        char out[LISTED];
        list_bytes((struct ia_str){rows[i].bytes, rows[i].size}, out);
        cr_expect_str_eq(out, "!format*1\n", "%s: got\n%s", rows[i].name, out);
    }
}
