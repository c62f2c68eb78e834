/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both schemas have an item for each package that was ever touched, and transaction items that say what was done to it
 * and which repository it was in; dnf 5 keeps names and architectures in tables of their own. The tables are read one
 * after the other, in an order in which each row can be put together from those before it. Numbers of rows are those of
 * the file: none is trusted to be an index.
 */
#include "catalog/rpm/history.h"

#include "base/utf8.h"
#include "catalog/rpm/sqlite.h"

#include <stdio.h>

struct schema {
    struct ia_sqlite_table changes, packages;
    bool is_split;     /* names and architectures are in tables of their own */
    unsigned puts;     /* bits of the actions after which a package is there */
    unsigned removals; /* and of those after which it is not; replaced ones are known by what replaced them */
    int64_t failed;    /* state of what was not done */
};

#define BIT(action) (1U << (action))

/* install, downgrade, obsolete, upgrade, reinstall; remove */
static const struct schema dnf4 = {
    {"trans_item", {"id", "item_id", "repo_id", "action", "state"}},
    {"rpm", {"item_id", "name", "epoch", "version", "release", "arch"}},
    false,
    BIT(1) | BIT(2) | BIT(4) | BIT(6) | BIT(9),
    BIT(8),
    2,
};

/* install, upgrade, downgrade, reinstall; remove */
static const struct schema dnf5 = {
    {"trans_item", {"id", "item_id", "repo_id", "action_id", "state_id"}},
    {"rpm", {"item_id", "name_id", "epoch", "version", "release", "arch_id"}},
    true,
    BIT(1) | BIT(2) | BIT(3) | BIT(4),
    BIT(5),
    3,
};

static const struct ia_sqlite_table repositories = {"repo", {"id", "repoid"}};
static const struct ia_sqlite_table names = {"pkg_name", {"id", "name"}};
static const struct ia_sqlite_table architectures = {"arch", {"id", "name"}};

/* A row that others name by its number. */
struct row {
    int64_t number;
    union {
        struct ia_str text;
        struct {
            int64_t when, repository;
            bool is_there; /* after it */
        } change;
    } is;
};

/* One database that is being read. */
struct database {
    struct ia_rpm_history *history;
    struct ia_damage *damage;
    const struct schema *schema;
    struct ia_arena rows;
    struct ia_map changes, repositories, names, architectures; /* numbers to rows */
    struct ia_map *texts;                                      /* that of the table at hand */
    struct ia_buf key;                                         /* at most as much as all keys may still take */
};

void ia_rpm_history_init(struct ia_rpm_history *history, const struct ia_env *env)
{
    ia_pool_init(&history->names, &env->alloc, env->seed);
    ia_map_init(&history->repositories, &env->alloc, env->seed);
}

void ia_rpm_history_free(struct ia_rpm_history *history)
{
    ia_map_free(&history->repositories);
    ia_pool_free(&history->names);
}

static void database_init(struct database *c, const struct ia_env *env)
{
    struct ia_map *maps[] = {&c->changes, &c->repositories, &c->names, &c->architectures};
    ia_arena_init(&c->rows, &env->alloc);
    for (size_t i = 0; i < IA_COUNT(maps); i++)
        ia_map_init(maps[i], &env->alloc, env->seed);
    ia_buf_init(&c->key, &env->alloc, 0);
}

static void database_free(struct database *c)
{
    ia_map_free(&c->changes);
    ia_map_free(&c->repositories);
    ia_map_free(&c->names);
    ia_map_free(&c->architectures);
    ia_arena_free(&c->rows);
    ia_buf_free(&c->key);
}

static int add_damage(struct database *c, enum ia_damage_kind kind)
{
    ia_damage_add(c->damage, kind, IA_DAMAGE_NOWHERE);
    return IMGA_OK;
}

/* ---- rows by their numbers ---- */

static struct ia_str number_key(const int64_t *number)
{
    return (struct ia_str){(const char *)number, sizeof(*number)};
}

static struct row *find_row(const struct ia_map *map, int64_t number)
{
    uint64_t address;
    return ia_map_get(map, number_key(&number), &address) ? (struct row *)(uintptr_t)address : NULL;
}

/* The row of a number, new ones zeroed. 1, 0 when there are too many, which is damage, or < 0. */
static int keep_row(struct database *c, struct ia_env *env, struct ia_map *map, int64_t number, struct row **out)
{
    *out = find_row(map, number);
    if (*out)
        return 1;
    if (map->used >= env->limits->packages)
        return add_damage(c, IA_DAMAGE_PAGE);
    *out = ia_arena_new(&c->rows, sizeof(**out));
    if (!*out)
        return ia_fail_nomem(env);
    (*out)->number = number;
    return ia_map_put(map, number_key(&(*out)->number), (uint64_t)(uintptr_t)*out) < 0 ? ia_fail_nomem(env) : 1;
}

/* ---- tables of texts ---- */

/* A text that can be shown as it is: dnf takes no other names. */
static bool is_text(const struct ia_sqlite_value *value)
{
    struct ia_str rest = value->bytes;
    uint32_t code;
    size_t n;
    while (rest.n && (n = ia_utf8_char(rest, &code)) && !ia_utf8_is_control(code))
        rest = ia_str_sub(rest, n, rest.n);
    return value->type == IA_SQLITE_TEXT && rest.n == 0;
}

static int take_text(void *user, struct ia_env *env, const struct ia_sqlite_value *values)
{
    struct database *c = user;
    struct row *row;
    if (values[0].type != IA_SQLITE_NUMBER || !is_text(&values[1]))
        return add_damage(c, IA_DAMAGE_PAGE);
    if (values[1].bytes.n > env->limits->string_bytes)
        return add_damage(c, IA_DAMAGE_LONG);
    int status = keep_row(c, env, c->texts, values[0].number, &row);
    if (status <= 0)
        return status;
    row->is.text = (struct ia_str){ia_arena_str(&c->rows, values[1].bytes), values[1].bytes.n};
    return row->is.text.p ? IMGA_OK : ia_fail_nomem(env);
}

static int read_texts(struct database *c, struct ia_sqlite *db, const struct ia_sqlite_table *table,
                      struct ia_map *texts)
{
    c->texts = texts;
    return ia_sqlite_read(db, table, take_text, c);
}

/* ---- what was done ---- */

static bool has_bit(unsigned bits, int64_t number)
{
    return number >= 0 && number < 32 && (bits & BIT(number));
}

/* An item or repository that is NULL is none; dnf lets them be so. */
static bool is_change(const struct ia_sqlite_value *values)
{
    bool number = true;
    for (size_t i = 0; i < 5; i++)
        number &= values[i].type == IA_SQLITE_NUMBER || (values[i].type == IA_SQLITE_NULL && (i == 1 || i == 2));
    return number;
}

static int take_change(void *user, struct ia_env *env, const struct ia_sqlite_value *values)
{
    enum { ID, ITEM, REPOSITORY, ACTION, STATE };
    struct database *c = user;
    bool puts = has_bit(c->schema->puts, values[ACTION].number);
    struct row *row;
    if (!is_change(values))
        return add_damage(c, IA_DAMAGE_PAGE);
    if (values[STATE].number == c->schema->failed || values[ITEM].type != IA_SQLITE_NUMBER ||
        !(puts || has_bit(c->schema->removals, values[ACTION].number)))
        return IMGA_OK;
    struct row *before = find_row(&c->changes, values[ITEM].number);
    if (before && before->is.change.when > values[ID].number)
        return IMGA_OK;
    int status = keep_row(c, env, &c->changes, values[ITEM].number, &row);
    if (status <= 0)
        return status;
    row->is.change.when = values[ID].number;
    row->is.change.repository = values[REPOSITORY].number;
    row->is.change.is_there = puts && values[REPOSITORY].type == IA_SQLITE_NUMBER;
    return IMGA_OK;
}

/* ---- packages ---- */

/* Of a column that has a text, or the number of one; false when it has neither. */
static bool text_of(const struct ia_sqlite_value *value, const struct ia_map *texts, struct ia_str *out)
{
    const struct row *row = value->type == IA_SQLITE_NUMBER ? find_row(texts, value->number) : NULL;
    *out = row ? row->is.text : value->bytes;
    return row || is_text(value);
}

/* "" for what says no more than that it is on the system, or that it is not. */
static struct ia_str repository_of(struct database *c, const struct row *change)
{
    const struct row *row;
    if (!change->is.change.is_there)
        return IA_STR("");
    row = find_row(&c->repositories, change->is.change.repository);
    if (!row)
        add_damage(c, IA_DAMAGE_PAGE);
    return row && !ia_str_is(row->is.text, "@System") ? row->is.text : IA_STR("");
}

/* Takes the key at hand off what all may take. 1, 0 when it is too long, as are all that follow, or < 0. */
static int make_key(struct database *c, struct ia_env *env, const struct ia_rpm_nevra *nevra)
{
    int status = ia_rpm_nevra_key(nevra, &c->key);
    if (status == IMGA_E_LIMIT) {
        c->key.max = 0;
        return add_damage(c, IA_DAMAGE_PAGE);
    }
    c->key.max -= c->key.n;
    return status < 0 ? ia_fail_nomem(env) : 1;
}

/* Under the key at hand. */
static int remember(struct database *c, struct ia_env *env, struct ia_str repository)
{
    struct ia_rpm_history *history = c->history;
    const char *key = ia_arena_str(&history->names.arena, ia_buf_view(&c->key));
    const char *name = ia_pool_str(&history->names, repository);
    if (!key || !name ||
        ia_map_put(&history->repositories, (struct ia_str){key, c->key.n}, (uint64_t)(uintptr_t)name) < 0)
        return ia_fail_nomem(env);
    return IMGA_OK;
}

static int take_package(void *user, struct ia_env *env, const struct ia_sqlite_value *values)
{
    enum { ITEM, NAME, EPOCH, VERSION, RELEASE, ARCHITECTURE };
    struct database *c = user;
    struct ia_rpm_nevra nevra = {.version = values[VERSION].bytes, .release = values[RELEASE].bytes};
    char epoch[24];
    if (values[ITEM].type != IA_SQLITE_NUMBER || values[EPOCH].type != IA_SQLITE_NUMBER || !is_text(&values[VERSION]) ||
        !is_text(&values[RELEASE]) || !text_of(&values[NAME], &c->names, &nevra.name) ||
        !text_of(&values[ARCHITECTURE], &c->architectures, &nevra.architecture))
        return add_damage(c, IA_DAMAGE_PAGE);
    const struct row *change = find_row(&c->changes, values[ITEM].number);
    if (!change)
        return IMGA_OK;
    snprintf(epoch, sizeof(epoch), "%lld", (long long)values[EPOCH].number);
    nevra.epoch = ia_str_from(epoch);
    int status = make_key(c, env, &nevra);
    return status > 0 ? remember(c, env, repository_of(c, change)) : status;
}

static int read_tables(struct database *c, struct ia_sqlite *db)
{
    int split = ia_sqlite_has(db, names.name);
    IA_TRY(split);
    c->schema = split ? &dnf5 : &dnf4;
    if (split) {
        IA_TRY(read_texts(c, db, &names, &c->names));
        IA_TRY(read_texts(c, db, &architectures, &c->architectures));
    }
    IA_TRY(read_texts(c, db, &repositories, &c->repositories));
    IA_TRY(ia_sqlite_read(db, &c->schema->changes, take_change, c));
    return ia_sqlite_read(db, &c->schema->packages, take_package, c);
}

int ia_rpm_history_read(struct ia_rpm_history *history, struct ia_env *env, const struct ia_db_source *source,
                        struct ia_damage *damage)
{
    struct database c = {.history = history, .damage = damage};
    struct ia_sqlite db;
    int status;
    if (!ia_sqlite_is(source)) {
        if (source->text.n)
            ia_damage_add(damage, IA_DAMAGE_FORMAT, 0);
        return IMGA_OK;
    }
    database_init(&c, env);
    IA_GO(status, ia_sqlite_open(&db, env, source, damage));
    c.key.max = db.size < SIZE_MAX / 2 ? 2 * (size_t)db.size : SIZE_MAX; /* short rows could share one long name */
    status = read_tables(&c, &db);
out:
    ia_sqlite_close(&db);
    database_free(&c);
    return status;
}

/* ---- looking up ---- */

/* Parts with an end that no part has. */
int ia_rpm_nevra_key(const struct ia_rpm_nevra *nevra, struct ia_buf *key)
{
    const struct ia_str parts[] = {nevra->name, nevra->epoch.n ? nevra->epoch : IA_STR("0"), nevra->version,
                                   nevra->release, nevra->architecture};
    ia_buf_clear(key);
    for (size_t i = 0; i < IA_COUNT(parts); i++) {
        IA_TRY(ia_buf_str(key, parts[i]));
        IA_TRY(ia_buf_char(key, '\0'));
    }
    return IMGA_OK;
}

struct ia_str ia_rpm_history_find(const struct ia_rpm_history *history, struct ia_str key)
{
    uint64_t address;
    if (!ia_map_get(&history->repositories, key, &address))
        return IA_STR("");
    return ia_str_from((const char *)(uintptr_t)address);
}
