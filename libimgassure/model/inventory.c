/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inventory's records: strings are repaired and interned here, counts are limited (layers, packages, string_bytes),
 * and packages get one full order, so that the same packages give the same bytes in whatever order they were found.
 */
#include "model/inventory.h"

#include "base/utf8.h"

#include <string.h>

static size_t count_limit(uint64_t limit)
{
    return limit > SIZE_MAX ? SIZE_MAX : (size_t)limit;
}

static void clear_facts(struct ia_inventory *inventory)
{
    inventory->image = (struct ia_image_facts){"", "", "", "", "", "", "", "", ""};
    inventory->distro = (struct ia_distro){"", "", "", "", "", "", ""};
    inventory->id[0] = '\0';
}

int ia_inventory_init(struct ia_env *env, struct ia_inventory *inventory)
{
    memset(inventory, 0, sizeof(*inventory));
    clear_facts(inventory);
    ia_pool_init(&inventory->pool, &env->alloc, env->seed);
    ia_vec_init(&inventory->layers, &env->alloc, sizeof(struct ia_layer), count_limit(env->limits->layers));
    ia_vec_init(&inventory->packages, &env->alloc, sizeof(struct ia_package), count_limit(env->limits->packages));
    ia_vec_init(&inventory->executables, &env->alloc, sizeof(struct ia_executable),
                count_limit(env->limits->package_files));
    ia_notes_init(&inventory->notes, &env->alloc, count_limit(env->limits->notes));
    return IMGA_OK;
}

void ia_inventory_free(struct ia_inventory *inventory)
{
    ia_vec_free(&inventory->layers);
    ia_vec_free(&inventory->packages);
    ia_vec_free(&inventory->executables);
    ia_notes_free(&inventory->notes);
    ia_pool_free(&inventory->pool);
    clear_facts(inventory);
}

/* Like ia_utf8_repair(), and U+0000 is replaced too: the strings leave the library NUL-terminated. */
static int repair(struct ia_buf *out, struct ia_str text, bool *replaced)
{
    while (text.n) {
        size_t nul = ia_str_find(text, '\0');
        IA_TRY(ia_utf8_repair(out, ia_str_sub(text, 0, nul), replaced));
        if (nul < text.n) {
            *replaced = true;
            IA_TRY(ia_utf8_encode(out, 0xfffd));
        }
        text = ia_str_sub(text, nul + 1, text.n);
    }
    return IMGA_OK;
}

static const char *intern(struct ia_env *env, struct ia_inventory *inventory, struct ia_str text)
{
    const char *copy = ia_pool_str(&inventory->pool, text);
    if (!copy)
        ia_fail_nomem(env);
    return copy;
}

/* The repaired text must fit the limit as well: the written document is read back under the same limit. */
const char *ia_inventory_str(struct ia_env *env, struct ia_inventory *inventory, struct ia_str text, bool *repaired)
{
    uint64_t limit = env->limits->string_bytes;
    const char *copy = NULL;
    bool replaced = false;
    struct ia_buf buf;
    if (text.n == 0)
        return "";
    if (text.n > limit) {
        ia_fail_limit(env, -1, "string_bytes", limit, text);
        return NULL;
    }
    if (ia_str_find(text, '\0') == text.n && ia_utf8_valid(text))
        return intern(env, inventory, text);
    ia_buf_init(&buf, &env->alloc, count_limit(limit));
    if (ia_described(env, repair(&buf, text, &replaced), "string_bytes", limit) == IMGA_OK)
        copy = intern(env, inventory, ia_buf_view(&buf));
    ia_buf_free(&buf);
    if (copy && replaced && repaired)
        *repaired = true;
    return copy;
}

static void or_empty(const char **text)
{
    if (!*text)
        *text = "";
}

void ia_package_defaults(struct ia_package *package)
{
    or_empty(&package->type);
    or_empty(&package->name);
    or_empty(&package->version);
    or_empty(&package->architecture);
    or_empty(&package->source);
    or_empty(&package->source_version);
    or_empty(&package->license);
    or_empty(&package->expression);
    or_empty(&package->purl);
    or_empty(&package->path);
    or_empty(&package->inside);
    or_empty(&package->how);
    or_empty(&package->maintainer);
}

const char *ia_package_property(const struct ia_package *package, const char *name)
{
    for (size_t i = 0; i < package->property_count; i++)
        if (strcmp(package->properties[i].name, name) == 0)
            return package->properties[i].value;
    return NULL;
}

bool ia_package_is_fact(const struct ia_package *package)
{
    static const char *const types[] = {"rpm-key", "redhat-content-set", "redhat-container"};
    for (size_t i = 0; i < IA_COUNT(types); i++)
        if (strcmp(package->type, types[i]) == 0)
            return true;
    return false;
}

void ia_layer_defaults(struct ia_layer *layer)
{
    or_empty(&layer->digest);
    or_empty(&layer->diff_id);
    or_empty(&layer->media_type);
    or_empty(&layer->created_by);
    or_empty(&layer->chain_id);
    or_empty(&layer->created);
    or_empty(&layer->comment);
}

void ia_executable_defaults(struct ia_executable *executable)
{
    or_empty(&executable->path);
    or_empty(&executable->format);
    or_empty(&executable->architecture);
    or_empty(&executable->build_id);
    or_empty(&executable->interpreter);
}

int ia_inventory_add_executable(struct ia_env *env, struct ia_inventory *inventory,
                                const struct ia_executable *executable)
{
    struct ia_executable copy = *executable;
    ia_executable_defaults(&copy);
    return ia_described(env, ia_vec_push(&inventory->executables, &copy), "package_files", env->limits->package_files);
}

size_t ia_inventory_unowned(const struct ia_inventory *inventory)
{
    const struct ia_executable *it;
    size_t count = 0;
    for (size_t i = 0; (it = ia_inventory_executable(inventory, i)); i++)
        count += it->owner < 0;
    return count;
}

int ia_inventory_add_package(struct ia_env *env, struct ia_inventory *inventory, const struct ia_package *package)
{
    struct ia_package copy = *package;
    ia_package_defaults(&copy);
    return ia_described(env, ia_vec_push(&inventory->packages, &copy), "packages", env->limits->packages);
}

int ia_inventory_add_layer(struct ia_env *env, struct ia_inventory *inventory, const struct ia_layer *layer)
{
    struct ia_layer copy = *layer;
    ia_layer_defaults(&copy);
    return ia_described(env, ia_vec_push(&inventory->layers, &copy), "layers", env->limits->layers);
}

static int order_text(const char *a, const char *b)
{
    int order = a == b ? 0 : strcmp(a, b);
    return (order > 0) - (order < 0);
}

static int order_files(const struct ia_package *a, const struct ia_package *b)
{
    if (a->file_count != b->file_count)
        return a->file_count < b->file_count ? -1 : 1;
    for (size_t i = 0; i < a->file_count; i++) {
        int order = order_text(a->files[i], b->files[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

static int order_properties(const struct ia_package *a, const struct ia_package *b)
{
    if (a->property_count != b->property_count)
        return a->property_count < b->property_count ? -1 : 1;
    for (size_t i = 0; i < a->property_count; i++) {
        int order = order_text(a->properties[i].name, b->properties[i].name);
        if (order == 0)
            order = order_text(a->properties[i].value, b->properties[i].value);
        if (order != 0)
            return order;
    }
    return 0;
}

/* The five fields of the contract, then all others but the owner, which follows from the order: two packages that tie
   cannot be told apart. */
int ia_package_order(const struct ia_package *a, const struct ia_package *b)
{
    const char *const left[] = {a->type,   a->name,   a->architecture,   a->version, a->path,
                                a->inside, a->source, a->source_version, a->license, a->expression,
                                a->purl,   a->how,    a->maintainer};
    const char *const right[] = {b->type,   b->name,   b->architecture,   b->version, b->path,
                                 b->inside, b->source, b->source_version, b->license, b->expression,
                                 b->purl,   b->how,    b->maintainer};
    for (size_t i = 0; i < IA_COUNT(left); i++) {
        int order = order_text(left[i], right[i]);
        if (order != 0)
            return order;
    }
    if (a->layer != b->layer)
        return a->layer < b->layer ? -1 : 1;
    int order = order_properties(a, b);
    return order ? order : order_files(a, b);
}

static void swap(struct ia_package *a, struct ia_package *b)
{
    struct ia_package t = *a;
    *a = *b;
    *b = t;
}

static void sift(struct ia_package *rows, size_t root, size_t count)
{
    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && ia_package_order(&rows[child], &rows[child + 1]) < 0)
            child++;
        if (ia_package_order(&rows[root], &rows[child]) >= 0)
            return;
        swap(&rows[root], &rows[child]);
        root = child;
    }
}

/* Heapsort: no memory besides the array (qsort of some C libraries allocates), and never quadratic. */
void ia_inventory_sort(struct ia_inventory *inventory)
{
    struct ia_package *rows = inventory->packages.p;
    size_t count = inventory->packages.n;
    for (size_t root = count / 2; root-- > 0;)
        sift(rows, root, count);
    for (size_t last = count; last-- > 1;) {
        swap(&rows[0], &rows[last]);
        sift(rows, 0, last);
    }
}

const struct ia_package *ia_inventory_package(const struct ia_inventory *inventory, size_t index)
{
    return ia_vec_at(&inventory->packages, index);
}

const struct ia_executable *ia_inventory_executable(const struct ia_inventory *inventory, size_t index)
{
    return ia_vec_at(&inventory->executables, index);
}

const struct ia_layer *ia_inventory_layer(const struct ia_inventory *inventory, size_t index)
{
    return ia_vec_at(&inventory->layers, index);
}
