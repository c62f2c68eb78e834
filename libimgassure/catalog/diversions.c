/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg(1), lib/dpkg/db-fsys-divert.c: of a diverted path every package but the one that keeps it has the other name. A
 * name is looked up once: what it was diverted to is not diverted again.
 */
#include "catalog/diversions.h"

struct ia_diversion {
    struct ia_str to, keeper;
};

void ia_diversions_init(struct ia_diversions *diversions, const struct ia_env *env)
{
    ia_map_init(&diversions->by_path, &env->alloc, env->seed);
    ia_vec_init(&diversions->rows, &env->alloc, sizeof(struct ia_diversion), SIZE_MAX); /* as many as a text holds */
}

void ia_diversions_free(struct ia_diversions *diversions)
{
    ia_map_free(&diversions->by_path);
    ia_vec_free(&diversions->rows);
}

static struct ia_str relative(struct ia_str path)
{
    return ia_str_starts(path, IA_STR("/")) ? ia_str_sub(path, 1, path.n) : path;
}

static int add(struct ia_diversions *diversions, struct ia_str from, const struct ia_diversion *diversion)
{
    uint64_t known;
    if (ia_map_get(&diversions->by_path, from, &known))
        return IMGA_OK;
    IA_TRY(ia_vec_push(&diversions->rows, diversion));
    return ia_map_put(&diversions->by_path, from, diversions->rows.n - 1);
}

int ia_diversions_read(struct ia_diversions *diversions, struct ia_env *env, struct ia_str text)
{
    struct ia_str from, to, keeper;
    while (ia_str_next(&text, '\n', &from)) {
        struct ia_diversion diversion;
        IA_TRY(ia_check_cancel(env));
        if (!ia_str_next(&text, '\n', &to) || !ia_str_next(&text, '\n', &keeper))
            return 0;
        diversion = (struct ia_diversion){relative(to), keeper};
        if (add(diversions, relative(from), &diversion) < 0)
            return ia_fail_nomem(env);
    }
    return 1;
}

struct ia_str ia_diversions_real(const struct ia_diversions *diversions, struct ia_str path, struct ia_str package)
{
    const struct ia_diversion *diversion;
    uint64_t index;
    if (diversions->rows.n == 0 || !ia_map_get(&diversions->by_path, path, &index))
        return path;
    diversion = ia_vec_at(&diversions->rows, (size_t)index);
    return ia_str_eq(diversion->keeper, package) ? path : diversion->to;
}
