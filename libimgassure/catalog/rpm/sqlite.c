/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings follow SQLite's advice for databases of others (sqlite.org/security.html), and go further: an authorizer
 * lets a statement read the columns of two tables and nothing else, so that neither views, triggers, virtual tables nor
 * functions in generated columns can run. Whatever SQLite reports about the file is damage.
 */
#include "catalog/rpm/sqlite.h"

#include "catalog/rpm/wal.h"

#include <sqlite3.h>
#include <string.h>

enum {
    WRITE_VERSION = 18, /* byte in the first page: 2 with a write-ahead log, 1 without; the next one is for readers */
    STEPS_AT_ONCE = 1000,
    SCHEMA_STEPS = 50,          /* times that: rpm's own schema takes one */
    SCHEMA_TEXT_MAX = 16 << 10, /* one definition */
    ROW_MIN = 16                /* what a row counts at least */
};

struct table {
    struct ia_rpm_reader *reader;
    sqlite3 *db;
    uint64_t size;  /* of the database */
    uint64_t steps; /* left, in units of STEPS_AT_ONCE */
};

bool ia_rpm_is_sqlite(const struct ia_db_source *source)
{
    static const char magic[16] = "SQLite format 3"; /* with its NUL */
    struct ia_wal wal;
    return ia_str_starts(source->text, (struct ia_str){magic, sizeof(magic)}) ||
           (source->text.n == 0 && ia_wal_open(source->beside[IA_RPM_WAL], &wal));
}

static void add_row_damage(struct table *t)
{
    ia_damage_add(t->reader->damage, IA_DAMAGE_PAGE, IA_DAMAGE_NOWHERE);
}

/* What SQLite said of the file. Memory is no exception: damaged pages make it claim that there is none. */
static int take_result(struct table *t, int result)
{
    IA_TRY(ia_check_cancel(t->reader->env));
    if (result != SQLITE_OK && result != SQLITE_DONE)
        add_row_damage(t);
    return IMGA_OK;
}

static int on_steps(void *user)
{
    struct table *t = user;
    if (t->steps == 0 || ia_cancel_is_set(t->reader->env->hooks->cancel))
        return 1;
    t->steps--;
    return 0;
}

static int authorize(void *user, int action, const char *what, const char *column, const char *database,
                     const char *inner)
{
    (void)user;
    (void)column;
    (void)database;
    if (inner) /* a view or trigger asks */
        return SQLITE_DENY;
    if (action == SQLITE_SELECT)
        return SQLITE_OK;
    bool read = action == SQLITE_READ && what &&
                (sqlite3_stricmp(what, "Packages") == 0 || sqlite3_stricmp(what, "sqlite_master") == 0);
    return read ? SQLITE_OK : SQLITE_DENY;
}

/* Before anything of the file is read. */
static void distrust(struct table *t)
{
    static const struct {
        int option, value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
    };
    static const struct {
        int limit, value;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, SCHEMA_TEXT_MAX},
        {SQLITE_LIMIT_SQL_LENGTH, SCHEMA_TEXT_MAX},
        {SQLITE_LIMIT_COLUMN, 100},
        {SQLITE_LIMIT_EXPR_DEPTH, 10},
        {SQLITE_LIMIT_COMPOUND_SELECT, 3},
        {SQLITE_LIMIT_VDBE_OP, 25000},
        {SQLITE_LIMIT_FUNCTION_ARG, 8},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 10},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    for (size_t i = 0; i < IA_COUNT(options); i++)
        sqlite3_db_config(t->db, options[i].option, options[i].value, NULL);
    for (size_t i = 0; i < IA_COUNT(limits); i++)
        sqlite3_limit(t->db, limits[i].limit, limits[i].value);
    sqlite3_progress_handler(t->db, STEPS_AT_ONCE, on_steps, t);
}

/* A connection to the bytes of image, which it only reads. */
static int open_database(struct table *t, struct ia_str image)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    int result = sqlite3_open_v2(":memory:", &t->db, flags, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(t->db, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY", NULL,
                              NULL, NULL);
    if (result == SQLITE_OK) /* not written to: the flag says so, and SQLite's page cache has copies */
        result = sqlite3_deserialize(t->db, "main", (unsigned char *)image.p, (sqlite3_int64)image.n,
                                     (sqlite3_int64)image.n, SQLITE_DESERIALIZE_READONLY);
    if (result != SQLITE_OK)
        return result;
    distrust(t);
    return sqlite3_set_authorizer(t->db, authorize, NULL);
}

/* Whether Packages is a plain table, not a view or something virtual. */
static int find_table(struct table *t, bool *found)
{
    static const char query[] = "SELECT type, rootpage, sql FROM sqlite_master WHERE name = 'Packages' COLLATE NOCASE";
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(t->db, query, sizeof(query), &statement, NULL);
    *found = false;
    while (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        const unsigned char *type = sqlite3_column_text(statement, 0), *sql = sqlite3_column_text(statement, 2);
        *found = type && sql && sqlite3_stricmp((const char *)type, "table") == 0 &&
                 sqlite3_column_int64(statement, 1) > 0 &&
                 sqlite3_strnicmp((const char *)sql, "CREATE TABLE", strlen("CREATE TABLE")) == 0;
        result = SQLITE_OK;
        if (!*found)
            break;
    }
    sqlite3_finalize(statement);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

/*
 * Takes a row off what is left: 1, 0 when there are more rows or bytes than the file has room for, as with pages that
 * are shared, or < 0. Values that are no blobs are not converted.
 */
static int take_row(struct table *t, sqlite3_stmt *statement, uint64_t *left)
{
    bool is_blob = sqlite3_column_type(statement, 0) == SQLITE_BLOB;
    const void *bytes = is_blob ? sqlite3_column_blob(statement, 0) : NULL;
    size_t size = bytes ? (size_t)sqlite3_column_bytes(statement, 0) : 0;
    uint64_t cost = size > ROW_MIN ? size : ROW_MIN;
    if (cost > *left) {
        add_row_damage(t);
        return 0;
    }
    *left -= cost;
    IA_TRY(ia_rpm_take_header(t->reader, (struct ia_str){bytes, size}, IA_DAMAGE_NOWHERE)); /* none is damage, too */
    return 1;
}

/* In the order of the table itself: an index may hold something else. */
static int read_rows(struct table *t)
{
    static const char query[] = "SELECT blob FROM Packages NOT INDEXED";
    sqlite3_stmt *statement = NULL;
    uint64_t left = t->size;
    int status = IMGA_OK;
    t->steps = SCHEMA_STEPS + t->size / STEPS_AT_ONCE;
    sqlite3_limit(t->db, SQLITE_LIMIT_LENGTH, (int)(t->size < IA_RPM_HEADER_MAX ? t->size : IA_RPM_HEADER_MAX));
    int result = sqlite3_prepare_v2(t->db, query, sizeof(query), &statement, NULL);
    while (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        IA_GO(status, take_row(t, statement, &left));
        result = status > 0 ? SQLITE_OK : SQLITE_DONE;
    }
    status = take_result(t, result);
out:
    sqlite3_finalize(statement);
    return status;
}

static int read_image(struct ia_rpm_reader *reader, struct ia_str image)
{
    struct table t = {.reader = reader, .size = image.n, .steps = SCHEMA_STEPS};
    bool found = false;
    int result = open_database(&t, image), status = IMGA_OK;
    if (result == SQLITE_NOMEM) { /* nothing of the file has been looked at */
        status = ia_fail_nomem(reader->env);
        goto out;
    }
    if (result == SQLITE_OK)
        result = find_table(&t, &found);
    IA_GO(status, take_result(&t, result));
    if (found)
        status = read_rows(&t);
    else if (result == SQLITE_OK)
        add_row_damage(&t);
out:
    sqlite3_close(t.db);
    return status;
}

/* With a log in place, SQLite would open the database only beside files of its own. */
static int without_log(struct ia_rpm_reader *reader, struct ia_str database, struct ia_buf *image)
{
    static const char versions[] = {1, 1};
    if (image->n == 0 && ia_buf_str(image, database) < 0)
        return ia_fail_nomem(reader->env);
    if (image->n >= WRITE_VERSION + sizeof(versions))
        memcpy(image->p + WRITE_VERSION, versions, sizeof(versions));
    return IMGA_OK;
}

static int apply_log(struct ia_rpm_reader *reader, const struct ia_db_source *source, struct ia_buf *image)
{
    struct ia_wal wal;
    bool changed = true;
    if (source->beside[IA_RPM_WAL].n == 0)
        return IMGA_OK;
    int status = ia_wal_open(source->beside[IA_RPM_WAL], &wal)
                     ? ia_wal_apply(&wal, reader->env, source->text, image, &changed)
                     : IMGA_E_FORMAT;
    if (changed) /* also when it cannot be read: what it holds is unknown */
        ia_damage_add(reader->damage, IA_DAMAGE_JOURNAL, IA_DAMAGE_NOWHERE);
    return status == IMGA_E_FORMAT ? IMGA_OK : status;
}

/* A journal that was finished with is empty, or its header is zero. */
static bool is_hot(struct ia_str journal)
{
    return journal.n > 0 && journal.p[0] != 0;
}

int ia_rpm_read_sqlite(struct ia_rpm_reader *reader, const struct ia_db_source *source)
{
    struct ia_str database = source->text;
    struct ia_buf image;
    int status;
    ia_buf_init(&image, &reader->env->alloc, SIZE_MAX); /* as much as both files have */
    if (is_hot(source->beside[IA_RPM_JOURNAL]))
        ia_damage_add(reader->damage, IA_DAMAGE_JOURNAL, IA_DAMAGE_NOWHERE);
    IA_GO(status, apply_log(reader, source, &image));
    if (image.n || (database.n > WRITE_VERSION && database.p[WRITE_VERSION] != 1))
        IA_GO(status, without_log(reader, database, &image));
    status = read_image(reader, image.n ? ia_buf_view(&image) : database);
out:
    ia_buf_free(&image);
    return status;
}
