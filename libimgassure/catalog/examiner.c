/* SPDX-License-Identifier: Apache-2.0 */
/* Two maps from the words of the table to sets of its rows; what has no word is asked for its magic. */
#include "catalog/examiner.h"

#include <imgassure/image.h>

enum { BY_MAGIC = 64, ROWS_MOST = 64, MAGIC_BYTES = 4 };

/* The rows of both tables, one after the other. */
static const struct ia_analyser *analyser_at(size_t row)
{
    return row < ia_analyser_count ? ia_analysers[row] : ia_lock_file_analysers[row - ia_analyser_count];
}

static struct ia_str last_component(struct ia_str path)
{
    size_t slash = ia_str_find_last(path, '/');
    return slash < path.n ? ia_str_sub(path, slash + 1, path.n) : path;
}

static uint64_t rows_of(const struct ia_file_examiner *x, struct ia_str name)
{
    uint64_t by_name = 0, by_extension = 0;
    size_t dot = ia_str_find_last(name, '.');
    ia_map_get(&x->names, name, &by_name);
    if (dot < name.n)
        ia_map_get(&x->extensions, ia_str_sub(name, dot + 1, name.n), &by_extension);
    return by_name | by_extension;
}

/* The number of a row and one more; BY_MAGIC + 1 for all that have no name to go by. */
static unsigned wants(const void *user, struct ia_str path)
{
    uint64_t rows = rows_of(user, last_component(path));
    for (unsigned i = 0; rows >> i && i < ROWS_MOST; i++)
        if ((rows >> i & 1) && (!analyser_at(i)->wants || analyser_at(i)->wants(path)))
            return i + 1;
    return BY_MAGIC + 1;
}

static const struct ia_analyser *by_magic(struct ia_str head)
{
    struct ia_str magic = ia_str_sub(head, 0, MAGIC_BYTES);
    for (size_t i = 0; i < ia_analyser_count; i++) {
        const char *const *row = ia_analysers[i]->magics;
        for (; row && *row; row++)
            if (ia_str_starts(magic, ia_str_from(*row)))
                return ia_analysers[i];
    }
    return NULL;
}

static bool accepts(const void *user, unsigned what, struct ia_str head)
{
    (void)user;
    return what != BY_MAGIC + 1 || by_magic(head);
}

static int analyse(struct ia_env *env, const struct ia_examined *file, struct ia_found *found)
{
    const struct ia_analysed analysed = {file->path, file->content, file->mode};
    const struct ia_analyser *analyser = file->what == BY_MAGIC + 1 ? NULL : analyser_at(file->what - 1);
    if (!file->whole)
        return ia_found_note(found, env, IMGA_NOTE_SKIPPED, -1,
                             "over the limit file_bytes, or sparse: what it holds is not known");
    if (!analyser)
        analyser = by_magic(file->content);
    return analyser ? analyser->analyse(&analysed, env, found) : IMGA_OK;
}

static int examine(const void *user, struct ia_env *env, const struct ia_examined *file, struct ia_buf *facts)
{
    struct ia_found found = {*facts};
    (void)user;
    int status = analyse(env, file, &found);
    *facts = found.packed;
    return status;
}

static int add_words(struct ia_map *map, const char *const *words, size_t row)
{
    for (; words && *words; words++) {
        struct ia_str word = ia_str_from(*words);
        uint64_t rows = 0;
        ia_map_get(map, word, &rows);
        IA_TRY(ia_map_put(map, word, rows | (uint64_t)1 << row));
    }
    return IMGA_OK;
}

/* "npm 1;pypi 1;": what is found may change with each of them. */
static int add_row(struct ia_file_examiner *x, size_t row)
{
    const struct ia_analyser *analyser = analyser_at(row);
    IA_TRY(add_words(&x->names, analyser->names, row));
    IA_TRY(add_words(&x->extensions, analyser->extensions, row));
    IA_TRY(ia_buf_text(&x->version, analyser->name));
    IA_TRY(ia_buf_char(&x->version, ' '));
    IA_TRY(ia_buf_u64(&x->version, analyser->version));
    return ia_buf_char(&x->version, ';');
}

int ia_file_examiner_init(struct ia_file_examiner *x, struct ia_env *env, uint32_t look)
{
    size_t rows = ia_analyser_count + (look & IMGA_LOOK_LOCKFILES ? ia_lock_file_analyser_count : 0);
    int status = IMGA_OK;
    ia_map_init(&x->names, &env->alloc, env->seed);
    ia_map_init(&x->extensions, &env->alloc, env->seed);
    ia_buf_init(&x->version, &env->alloc, SIZE_MAX); /* as long as the table */
    for (size_t i = 0; i < rows && status == IMGA_OK; i++)
        status = add_row(x, i);
    if (status == IMGA_OK && env->classifiers_id)
        status = ia_buf_text(&x->version, env->classifiers_id);
    if (status < 0 || ia_buf_char(&x->version, '\0') < 0)
        return ia_fail_nomem(env);
    x->examiner = (struct ia_examiner){x, x->version.p, wants, accepts, examine};
    return IMGA_OK;
}

void ia_file_examiner_free(struct ia_file_examiner *x)
{
    ia_map_free(&x->names);
    ia_map_free(&x->extensions);
    ia_buf_free(&x->version);
}
