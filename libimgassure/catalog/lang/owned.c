/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/lang/owned.h"

#include "catalog/lang/place.h"

enum { PATHS_MOST = 1 << 18, TEXT_MOST = 64 << 20 };

void ia_owned_init(struct ia_owned *owned, const struct ia_env *env, struct ia_found *found, struct ia_str directory)
{
    uint64_t most = env->limits->path_bytes;
    *owned = (struct ia_owned){.found = found, .directory = directory};
    ia_buf_init(&owned->joined, &env->alloc, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
}

void ia_owned_free(struct ia_owned *owned)
{
    ia_buf_free(&owned->joined);
}

static bool has_room(struct ia_owned *owned, const struct ia_env *env)
{
    if (owned->count >= env->limits->package_files || owned->count >= PATHS_MOST ||
        owned->joined.n > TEXT_MOST - owned->text)
        return false;
    owned->count++;
    owned->text += owned->joined.n;
    return true;
}

int ia_owned_add(struct ia_owned *owned, struct ia_env *env, struct ia_str path)
{
    int status = ia_place_join(&owned->joined, owned->directory, path);
    if (status == IMGA_E_NOMEM)
        return ia_fail_nomem(env);
    if (status <= 0) {
        owned->outside += status == 0 && path.n > 0;
        return IMGA_OK;
    }
    if (!has_room(owned, env)) {
        owned->dropped++;
        return IMGA_OK;
    }
    return owned->attached ? ia_found_attach_path(owned->found, env, ia_buf_view(&owned->joined))
                           : ia_found_path(owned->found, env, ia_buf_view(&owned->joined));
}

int ia_owned_finish(struct ia_owned *owned, struct ia_env *env)
{
    if (owned->outside)
        IA_TRY(ia_found_note(owned->found, env, IMGA_NOTE_PATH, -1, "%zu paths of files lead out of the root",
                             owned->outside));
    if (owned->dropped == 0)
        return IMGA_OK;
    return ia_found_note(owned->found, env, IMGA_NOTE_SKIPPED, -1, "%zu paths of files are more than one list may have",
                         owned->dropped);
}
