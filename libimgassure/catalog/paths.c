/* SPDX-License-Identifier: Apache-2.0 */
/* Limits: string_bytes for a text, package_files for the paths of all packages. */
#include "catalog/paths.h"

#include "base/utf8.h"

#include <string.h>

static bool has_control(struct ia_str text)
{
    uint32_t code;
    while (text.n) {
        size_t size = ia_utf8_char(text, &code);
        if (size == 0 || ia_utf8_is_control(code))
            return true;
        text = ia_str_sub(text, size, text.n);
    }
    return false;
}

int ia_keep_text(struct ia_env *env, struct ia_inventory *inventory, struct ia_str text, bool *odd, const char **out)
{
    bool repaired = false;
    *out = ia_inventory_str(env, inventory, text, &repaired);
    if (odd && *out && (repaired || has_control(text)))
        *odd = true;
    if (*out)
        return 1;
    if (env->error.status != IMGA_E_LIMIT)
        return env->error.status;
    ia_error_clear(env);
    *out = "";
    return 0;
}

static size_t count_limit(uint64_t limit)
{
    return limit > SIZE_MAX ? SIZE_MAX : (size_t)limit;
}

void ia_paths_init(struct ia_paths *paths, const struct ia_env *env, struct ia_inventory *inventory)
{
    *paths = (struct ia_paths){.inventory = inventory};
    ia_vec_init(&paths->rows, &env->alloc, sizeof(const char *), count_limit(env->limits->package_files));
}

void ia_paths_free(struct ia_paths *paths)
{
    ia_vec_free(&paths->rows);
}

int ia_paths_add(struct ia_paths *paths, struct ia_env *env, const char *path)
{
    int status =
        paths->used + paths->rows.n >= env->limits->package_files ? IMGA_E_LIMIT : ia_vec_push(&paths->rows, &path);
    return ia_described(env, status, "package_files", env->limits->package_files);
}

static void sift(const char **rows, size_t root, size_t count)
{
    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        const char *top = rows[root];
        if (child + 1 < count && strcmp(rows[child], rows[child + 1]) < 0)
            child++;
        if (strcmp(top, rows[child]) >= 0)
            return;
        rows[root] = rows[child];
        rows[child] = top;
        root = child;
    }
}

/* Heapsort: no memory besides the array (qsort of some C libraries allocates), and never quadratic. */
static void sort(const char **rows, size_t count)
{
    for (size_t root = count / 2; root-- > 0;)
        sift(rows, root, count);
    for (size_t last = count; last-- > 1;) {
        const char *top = rows[0];
        rows[0] = rows[last];
        rows[last] = top;
        sift(rows, 0, last);
    }
}

static bool is_sorted(const char *const *rows, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(rows[i - 1], rows[i]) >= 0)
            return false;
    return true;
}

/* Equal texts are one pointer: they are interned. */
static size_t drop_repeated(const char **rows, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || rows[kept - 1] != rows[i])
            rows[kept++] = rows[i];
    return kept;
}

int ia_paths_finish(struct ia_paths *paths, struct ia_env *env, struct ia_package *package)
{
    const char **rows = paths->rows.p;
    size_t count = paths->rows.n;
    package->files = NULL;
    package->file_count = 0;
    if (count == 0)
        return IMGA_OK;
    if (!is_sorted(rows, count)) {
        sort(rows, count);
        count = drop_repeated(rows, count);
    }
    const char **copy = ia_arena_new_array(&paths->inventory->pool.arena, count, sizeof(*copy));
    if (!copy)
        return ia_fail_nomem(env);
    memcpy(copy, rows, count * sizeof(*copy));
    package->files = copy;
    package->file_count = count;
    paths->used += count;
    paths->rows.n = 0;
    return IMGA_OK;
}
