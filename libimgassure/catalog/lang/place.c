/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as they come from the layers: relative, normalised, components divided by one '/'. */
#include "catalog/lang/place.h"

struct ia_str ia_place_name(struct ia_str path)
{
    size_t slash = ia_str_find_last(path, '/');
    return slash < path.n ? ia_str_sub(path, slash + 1, path.n) : path;
}

struct ia_str ia_place_directory(struct ia_str path)
{
    size_t slash = ia_str_find_last(path, '/');
    return ia_str_sub(path, 0, slash < path.n ? slash : 0);
}

struct ia_str ia_place_parent(struct ia_str path)
{
    return ia_place_name(ia_place_directory(path));
}

bool ia_place_has(struct ia_str path, const char *component)
{
    struct ia_str part;
    while (ia_str_next(&path, '/', &part))
        if (ia_str_is(part, component))
            return true;
    return false;
}

bool ia_place_is_sample(struct ia_str component)
{
    static const char *const names[] = {"test",         "tests",     "__tests__", "spec",     "fixture", "fixtures",
                                        "__fixtures__", "template",  "example",   "examples", "demo",    "demos",
                                        "bench",        "benchmark", "templates", NULL};
    for (const char *const *name = names; *name; name++)
        if (ia_str_is(component, *name))
            return true;
    return false;
}

/* "name-version-build", as conda names the directories there. */
static bool is_conda_distribution(struct ia_str name)
{
    size_t build = ia_str_find_last(name, '-');
    return build < name.n && ia_str_find(name, '-') < build;
}

bool ia_place_in_conda_cache(struct ia_str path)
{
    struct ia_str part;
    while (ia_str_next(&path, '/', &part))
        if (ia_str_is(part, "pkgs") && is_conda_distribution(ia_str_sub(path, 0, ia_str_find(path, '/'))))
            return true;
    return false;
}

/* Steps out of the last component; false when there is none. */
static bool step_out(struct ia_buf *out)
{
    if (out->n == 0)
        return false;
    out->n = ia_place_directory(ia_buf_view(out)).n;
    return true;
}

int ia_place_join(struct ia_buf *out, struct ia_str directory, struct ia_str path)
{
    struct ia_str part;
    ia_buf_clear(out);
    if (path.n == 0)
        return 0;
    if (!ia_str_starts(path, IA_STR("/")))
        IA_TRY(ia_buf_str(out, directory));
    while (ia_str_next(&path, '/', &part)) {
        if (part.n == 0 || ia_str_is(part, "."))
            continue;
        if (ia_str_is(part, "..")) {
            if (!step_out(out))
                return 0;
            continue;
        }
        if (out->n)
            IA_TRY(ia_buf_char(out, '/'));
        IA_TRY(ia_buf_str(out, part));
    }
    return out->n > 0;
}
