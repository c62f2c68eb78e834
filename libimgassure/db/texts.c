/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of a database being written: numbered as they come, laid out sorted and unique at the end. */
#include "db/rows.h"

#include "base/utf8.h"
#include "db/sort.h"

#include <string.h>

int ia_db_texts_init(struct ia_env *env, struct ia_db_texts *texts)
{
    uint32_t empty;
    ia_arena_init(&texts->arena, &env->alloc);
    ia_map_init(&texts->map, &env->alloc, env->seed);
    ia_vec_init(&texts->rows, &env->alloc, sizeof(struct ia_str), UINT32_MAX);
    return ia_db_texts_add(texts, env, IA_STR(""), &empty);
}

void ia_db_texts_free(struct ia_db_texts *texts)
{
    ia_vec_free(&texts->rows);
    ia_map_free(&texts->map);
    ia_arena_free(&texts->arena);
}

int ia_db_texts_add(struct ia_db_texts *texts, struct ia_env *env, struct ia_str text, uint32_t *number)
{
    uint64_t known;
    if (ia_map_get(&texts->map, text, &known)) {
        *number = (uint32_t)known;
        return IMGA_OK;
    }
    if (!ia_utf8_valid(text) || (text.n && memchr(text.p, '\0', text.n)))
        return ia_fail(env, IMGA_E_INVALID, -1, "a text for the database is not UTF-8 without NUL");
    struct ia_str copy = {ia_arena_str(&texts->arena, text), text.n};
    if (!copy.p)
        return ia_fail_nomem(env);
    *number = (uint32_t)texts->rows.n;
    IA_TRY(ia_described(env, ia_vec_push(&texts->rows, &copy), "distinct texts of a database", UINT32_MAX));
    if (ia_map_put(&texts->map, copy, *number) < 0)
        return ia_fail_nomem(env);
    return IMGA_OK;
}

/* Every number in the rows of a writer, one after the other. */
struct references {
    struct ia_db_writer *writer;
    void (*visit)(uint32_t *reference, uint32_t *table);
    uint32_t *table; /* by number */
};

static void visit_all(const struct references *r)
{
    struct ia_db_row *row;
    struct ia_db_cover *cover;
    struct ia_db_feed_row *feed;
    for (size_t i = 0; (row = ia_vec_at(&r->writer->rows, i)); i++)
        for (size_t text = 0; text < IA_TEXTS; text++)
            r->visit(&row->text[text], r->table);
    for (size_t i = 0; (cover = ia_vec_at(&r->writer->coverage, i)); i++)
        for (size_t text = 0; text < IA_COUNT(cover->text); text++)
            r->visit(&cover->text[text], r->table);
    for (size_t i = 0; (feed = ia_vec_at(&r->writer->feeds, i)); i++) {
        r->visit(&feed->name, r->table);
        r->visit(&feed->sha256, r->table);
    }
}

static void mark_used(uint32_t *reference, uint32_t *table)
{
    table[*reference] = 1;
}

static void replace(uint32_t *reference, uint32_t *table)
{
    *reference = table[*reference];
}

static int by_bytes(const void *rows, uint32_t a, uint32_t b)
{
    const struct ia_vec *texts = rows;
    return ia_str_cmp(*(const struct ia_str *)ia_vec_at(texts, a), *(const struct ia_str *)ia_vec_at(texts, b));
}

/* table: 1 for a used text on entry, its offset on return. The empty text sorts first and is always there. */
static int lay_out(const struct ia_db_texts *texts, struct ia_env *env, uint32_t *table, struct ia_buf *pool)
{
    uint32_t *sorted;
    int status = ia_db_sort(env, texts->rows.n, (struct ia_db_order){by_bytes, &texts->rows}, &sorted);
    table[0] = 1;
    for (size_t i = 0; status == IMGA_OK && i < texts->rows.n; i++) {
        const struct ia_str *text = ia_vec_at(&texts->rows, sorted[i]);
        if (!table[sorted[i]])
            continue;
        table[sorted[i]] = (uint32_t)pool->n;
        status = ia_described(env, ia_buf_add(pool, text->p, text->n + 1), "bytes of all texts", UINT32_MAX);
    }
    ia_free(&env->alloc, sorted);
    return status;
}

int ia_db_texts_place(struct ia_db_writer *writer, struct ia_env *env, struct ia_buf *pool)
{
    uint32_t *table = ia_new_array(&env->alloc, writer->texts.rows.n, sizeof(*table));
    if (!table)
        return ia_fail_nomem(env);
    visit_all(&(struct references){writer, mark_used, table});
    int status = lay_out(&writer->texts, env, table, pool);
    if (status == IMGA_OK)
        visit_all(&(struct references){writer, replace, table});
    ia_free(&env->alloc, table);
    return status;
}
