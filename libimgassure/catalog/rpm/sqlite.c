/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings follow SQLite's advice for databases of others (sqlite.org/security.html), and go further: an authorizer
 * lets a statement read the columns that were asked for and the schema, so that neither views, triggers nor virtual
 * tables can run. It is not asked about the functions of generated columns, which could work for long on few steps:
 * only columns that are stored as they are count. Memory is no exception: damaged pages make SQLite claim that there is
 * none, so that is damage, too.
 */
#include "catalog/rpm/sqlite.h"

#include "catalog/rpm/wal.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum {
    WRITE_VERSION = 18, /* byte in the first page: 2 with a write-ahead log, 1 without; the next one is for readers */
    STEPS_AT_ONCE = 1000,
    SCHEMA_STEPS = 50,          /* times that: rpm's own schema takes one */
    SCHEMA_TEXT_MAX = 16 << 10, /* one definition */
    VALUE_MAX = 257 << 20,      /* one value of a row */
    ROW_MIN = 8,                /* what a row counts at least; a cell of two columns has as much */
    QUERY_MAX = 256
};

static void add_damage(struct ia_sqlite *db)
{
    ia_damage_add(db->damage, IA_DAMAGE_PAGE, IA_DAMAGE_NOWHERE);
}

/* What SQLite said of the file. */
static int take_result(struct ia_sqlite *db, int result)
{
    IA_TRY(ia_check_cancel(db->env));
    if (result != SQLITE_OK && result != SQLITE_DONE)
        add_damage(db);
    return IMGA_OK;
}

static int on_steps(void *user)
{
    struct ia_sqlite *db = user;
    if (db->steps == 0 || ia_cancel_is_set(db->env->hooks->cancel))
        return 1;
    db->steps--;
    return 0;
}

static bool is_named(const struct ia_sqlite_table *table, const char *column)
{
    for (const char *const *name = table->columns; *name; name++)
        if (sqlite3_stricmp(column, *name) == 0)
            return true;
    return false;
}

static bool may_read(const struct ia_sqlite *db, const char *table, const char *column)
{
    if (sqlite3_stricmp(table, "sqlite_master") == 0)
        return true;
    return db->table && sqlite3_stricmp(table, db->table->name) == 0 && is_named(db->table, column);
}

static int authorize(void *user, int action, const char *what, const char *column, const char *database,
                     const char *inner)
{
    (void)database;
    if (inner) /* a view or trigger asks */
        return SQLITE_DENY;
    if (action == SQLITE_SELECT)
        return SQLITE_OK;
    if (action == SQLITE_PRAGMA)
        return what && sqlite3_stricmp(what, "table_xinfo") == 0 ? SQLITE_OK : SQLITE_DENY;
    bool read = action == SQLITE_READ && what && column && may_read(user, what, column);
    return read ? SQLITE_OK : SQLITE_DENY;
}

/* Before anything of the file is read. */
static void distrust(struct ia_sqlite *db)
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
        sqlite3_db_config(db->connection, options[i].option, options[i].value, NULL);
    for (size_t i = 0; i < IA_COUNT(limits); i++)
        sqlite3_limit(db->connection, limits[i].limit, limits[i].value);
    sqlite3_progress_handler(db->connection, STEPS_AT_ONCE, on_steps, db);
}

/* How much the next statement may take. */
static void allow(struct ia_sqlite *db, uint64_t steps, uint64_t value_size)
{
    db->steps = steps;
    sqlite3_limit(db->connection, SQLITE_LIMIT_LENGTH, (int)(value_size < VALUE_MAX ? value_size : VALUE_MAX));
}

/* A connection to the bytes of image, which it only reads. */
static int connect_to(struct ia_sqlite *db, struct ia_str image)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    int result = sqlite3_open_v2(":memory:", &db->connection, flags, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(db->connection, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY",
                              NULL, NULL, NULL);
    if (result == SQLITE_OK) /* not written to: the flag says so, and SQLite's page cache has copies */
        result = sqlite3_deserialize(db->connection, "main", (unsigned char *)image.p, (sqlite3_int64)image.n,
                                     (sqlite3_int64)image.n, SQLITE_DESERIALIZE_READONLY);
    if (result != SQLITE_OK)
        return result;
    distrust(db);
    return sqlite3_set_authorizer(db->connection, authorize, db);
}

/* ---- the log ---- */

bool ia_sqlite_is(const struct ia_db_source *source)
{
    static const char magic[16] = "SQLite format 3"; /* with its NUL */
    struct ia_wal wal;
    return ia_str_starts(source->text, (struct ia_str){magic, sizeof(magic)}) ||
           (source->text.n == 0 && ia_wal_open(source->beside[IA_RPM_WAL], &wal));
}

/* With a log in place, SQLite would open the database only beside files of its own. */
static int without_log(struct ia_sqlite *db, struct ia_str database)
{
    static const char versions[] = {1, 1};
    if (db->image.n == 0 && ia_buf_str(&db->image, database) < 0)
        return ia_fail_nomem(db->env);
    if (db->image.n >= WRITE_VERSION + sizeof(versions))
        memcpy(db->image.p + WRITE_VERSION, versions, sizeof(versions));
    return IMGA_OK;
}

static int apply_log(struct ia_sqlite *db, const struct ia_db_source *source)
{
    struct ia_str log = source->beside[IA_RPM_WAL];
    struct ia_wal wal;
    if (log.n == 0)
        return IMGA_OK;
    int status =
        ia_wal_open(log, &wal) ? ia_wal_apply(&wal, db->env, source->text, &db->image, &db->is_behind) : IMGA_E_FORMAT;
    if (status != IMGA_E_FORMAT)
        return status;
    db->is_behind = false; /* what the log holds is unknown */
    ia_damage_add(db->damage, IA_DAMAGE_JOURNAL, IA_DAMAGE_NOWHERE);
    return IMGA_OK;
}

/* A journal that was finished with is empty, or its header is zero. */
static bool is_hot(struct ia_str journal)
{
    return journal.n > 0 && journal.p[0] != 0;
}

int ia_sqlite_open(struct ia_sqlite *db, struct ia_env *env, const struct ia_db_source *source,
                   struct ia_damage *damage)
{
    struct ia_str database = source->text;
    *db = (struct ia_sqlite){.env = env, .damage = damage};
    ia_buf_init(&db->image, &env->alloc, SIZE_MAX); /* as much as both files have */
    if (is_hot(source->beside[IA_RPM_JOURNAL]))
        ia_damage_add(damage, IA_DAMAGE_JOURNAL, IA_DAMAGE_NOWHERE);
    IA_TRY(apply_log(db, source));
    if (db->image.n || (database.n > WRITE_VERSION && database.p[WRITE_VERSION] != 1))
        IA_TRY(without_log(db, database));
    if (db->image.n)
        database = ia_buf_view(&db->image);
    db->size = database.n;
    int result = connect_to(db, database);
    if (result == SQLITE_OK)
        return IMGA_OK;
    sqlite3_close(db->connection);
    db->connection = NULL;
    return result == SQLITE_NOMEM ? ia_fail_nomem(env) /* nothing of the file has been looked at */
                                  : take_result(db, result);
}

void ia_sqlite_close(struct ia_sqlite *db)
{
    sqlite3_close(db->connection);
    db->connection = NULL;
    ia_buf_free(&db->image);
}

/* ---- tables ---- */

static bool is_plain(sqlite3_stmt *row)
{
    const unsigned char *type = sqlite3_column_text(row, 0), *sql = sqlite3_column_text(row, 2);
    return type && sql && sqlite3_stricmp((const char *)type, "table") == 0 && sqlite3_column_int64(row, 1) > 0 &&
           sqlite3_strnicmp((const char *)sql, "CREATE TABLE", strlen("CREATE TABLE")) == 0;
}

/* Whether name is a plain table, not a view or something virtual. */
static int find_table(struct ia_sqlite *db, const char *name, bool *found)
{
    static const char query[] = "SELECT type, rootpage, sql FROM sqlite_master WHERE name = ?1 COLLATE NOCASE";
    sqlite3_stmt *statement = NULL;
    *found = false;
    db->table = NULL;
    allow(db, SCHEMA_STEPS, SCHEMA_TEXT_MAX);
    int result = sqlite3_prepare_v2(db->connection, query, sizeof(query), &statement, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    while (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        *found = is_plain(statement);
        result = *found ? SQLITE_OK : SQLITE_DONE;
    }
    sqlite3_finalize(statement);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

int ia_sqlite_has(struct ia_sqlite *db, const char *name)
{
    bool found = false;
    if (db->connection)
        IA_TRY(take_result(db, find_table(db, name, &found)));
    return found;
}

/* Whether none of the columns is computed. */
static int find_columns(struct ia_sqlite *db, const struct ia_sqlite_table *table, bool *stored)
{
    enum { NAME = 1, HIDDEN = 6 };
    sqlite3_stmt *statement = NULL;
    char query[QUERY_MAX];
    *stored = true;
    snprintf(query, sizeof(query), "PRAGMA table_xinfo([%s])", table->name);
    int result = sqlite3_prepare_v2(db->connection, query, -1, &statement, NULL);
    while (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        const unsigned char *name = sqlite3_column_text(statement, NAME);
        *stored &= name && (sqlite3_column_int(statement, HIDDEN) == 0 || !is_named(table, (const char *)name));
        result = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    *stored &= result == SQLITE_DONE;
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

/* In the order of the table itself: an index may hold something else. Names in brackets are never taken as texts. */
static void write_query(const struct ia_sqlite_table *table, char query[QUERY_MAX])
{
    int n = snprintf(query, QUERY_MAX, "SELECT ");
    for (size_t i = 0; table->columns[i]; i++)
        n += snprintf(query + n, QUERY_MAX - (size_t)n, "%s[%s]", i ? ", " : "", table->columns[i]);
    snprintf(query + n, QUERY_MAX - (size_t)n, " FROM [%s] NOT INDEXED", table->name);
}

static struct ia_sqlite_value value_of(sqlite3_stmt *row, int column)
{
    struct ia_sqlite_value value = {.type = IA_SQLITE_OTHER};
    const void *bytes = NULL;
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL:
        value.type = IA_SQLITE_NULL;
        break;
    case SQLITE_INTEGER:
        value.type = IA_SQLITE_NUMBER;
        value.number = sqlite3_column_int64(row, column);
        break;
    case SQLITE_TEXT:
        bytes = sqlite3_column_text(row, column);
        value.type = bytes ? IA_SQLITE_TEXT : IA_SQLITE_OTHER;
        break;
    case SQLITE_BLOB:
        bytes = sqlite3_column_blob(row, column); /* NULL when it is empty */
        value.type = IA_SQLITE_BLOB;
        break;
    default:
        break;
    }
    value.bytes = (struct ia_str){bytes, bytes ? (size_t)sqlite3_column_bytes(row, column) : 0};
    return value;
}

/*
 * Takes a row off what is left: 1, 0 when there are more rows or bytes than the file has room for, as with pages that
 * are shared, or < 0.
 */
static int read_row(struct ia_sqlite *db, sqlite3_stmt *row, uint64_t *left, struct ia_sqlite_value *values)
{
    uint64_t cost = 0;
    for (size_t i = 0; db->table->columns[i]; i++) {
        values[i] = value_of(row, (int)i);
        cost += values[i].bytes.n;
    }
    if (cost < ROW_MIN)
        cost = ROW_MIN;
    if (cost > *left) {
        add_damage(db);
        return 0;
    }
    *left -= cost;
    IA_TRY(ia_check_cancel(db->env));
    return 1;
}

static int read_rows(struct ia_sqlite *db, ia_take_row *take, void *user)
{
    struct ia_sqlite_value values[IA_SQLITE_COLUMNS];
    sqlite3_stmt *statement = NULL;
    uint64_t left = db->size;
    char query[QUERY_MAX];
    int status = IMGA_OK;
    write_query(db->table, query);
    allow(db, SCHEMA_STEPS + db->size / STEPS_AT_ONCE, db->size);
    int result = sqlite3_prepare_v2(db->connection, query, -1, &statement, NULL);
    while (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        IA_GO(status, read_row(db, statement, &left, values));
        result = status > 0 ? SQLITE_OK : SQLITE_DONE;
        if (status > 0)
            IA_GO(status, take(user, db->env, values));
    }
    status = take_result(db, result);
out:
    sqlite3_finalize(statement);
    return status;
}

int ia_sqlite_read(struct ia_sqlite *db, const struct ia_sqlite_table *table, ia_take_row *take, void *user)
{
    bool found, stored = false;
    if (!db->connection)
        return IMGA_OK;
    int result = find_table(db, table->name, &found);
    IA_TRY(take_result(db, result));
    if (found) { /* also when more of the schema cannot be read */
        result = find_columns(db, table, &stored);
        IA_TRY(take_result(db, result));
    }
    if (result == SQLITE_OK && !stored)
        add_damage(db);
    db->table = table;
    return stored ? read_rows(db, take, user) : IMGA_OK;
}
