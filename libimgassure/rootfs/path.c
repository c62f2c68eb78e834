/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Normalising of names: POSIX.1-2017 section 4.13 for slashes and dots; ".." by text, as container runtimes clean the
 * names of entries, and clamped at the root. Limits: path_bytes, path_components.
 */
#include "rootfs/path.h"

#include "base/utf8.h"

int ia_path_split(struct ia_env *env, struct ia_str name, struct ia_vec *parts, unsigned *odd)
{
    struct ia_str part;
    parts->n = 0;
    *odd = 0;
    if (name.n > env->limits->path_bytes)
        return 0;
    if (ia_str_starts(name, IA_STR("/")))
        *odd |= IA_PATH_ABSOLUTE;
    if (ia_str_ends(name, IA_STR("/")))
        *odd |= IA_PATH_SLASH;
    while (ia_str_next(&name, '/', &part)) {
        if (part.n == 0 || ia_str_is(part, "."))
            continue;
        if (ia_str_is(part, "..")) {
            *odd |= IA_PATH_PARENT;
            parts->n -= parts->n > 0;
            continue;
        }
        if (parts->n >= env->limits->path_components)
            return 0;
        if (ia_vec_push(parts, &part) < 0)
            return ia_fail_nomem(env);
    }
    return 1;
}

bool ia_path_is_plain(struct ia_str name)
{
    uint32_t code;
    size_t at = 0;
    while (at < name.n && name.p[at] >= ' ' && name.p[at] <= '~')
        at++;
    for (name = ia_str_sub(name, at, name.n); name.n;) {
        size_t step = ia_utf8_char(name, &code);
        if (step == 0 || ia_utf8_is_control(code))
            return false;
        name = ia_str_sub(name, step, name.n);
    }
    return true;
}
