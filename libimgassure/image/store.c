/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Storages of engines. Limits: document_bytes for a table; an id is checked before it becomes part of a path.
 */
#include "image/store.h"

#include "base/hex.h"
#include "image/subfolder.h"
#include "image/tar_split.h"

#include <stdio.h>
#include <string.h>

enum { SHORT_ID = 12, ID_PREFIX = 4 }; /* digits that are shown; that are enough to ask for */

bool ia_store_is_id(struct ia_str id)
{
    bool is_id = id.n > 0 && id.n <= IA_STORE_ID;
    for (size_t i = 0; is_id && i < id.n; i++)
        is_id = ia_is_digit(id.p[i]) || (id.p[i] >= 'a' && id.p[i] <= 'z') || id.p[i] == '-';
    return is_id;
}

int ia_store_table(struct ia_env *env, const struct ia_image *image, const char *name, struct ia_buf *buf)
{
    struct ia_blob blob = {0};
    int status = ia_blobs_find(&image->blobs, env, name, &blob);
    if (status >= 0)
        status = ia_error_at(env, ia_source_slurp(blob.source, env, "document_bytes", env->limits->document_bytes, buf),
                             "%.200s", name);
    ia_blob_free(&blob);
    return status;
}

int ia_store_list(struct ia_env *env, struct ia_image_list *list, const char *name, const char *id, const char *digest)
{
    char text[sizeof("sha256:") + IA_STORE_ID];
    snprintf(text, sizeof(text), "sha256:%.*s", IA_STORE_ID, id);
    const struct ia_image_entry entry = {
        .kind = IA_ENTRY_IMAGE, .reference = name, .digest = digest[0] ? digest : text};
    return ia_image_list_add(env, list, &entry);
}

/* Whether the reference is the id or the beginning of it. */
static unsigned id_match(struct ia_str reference, struct ia_str id)
{
    for (size_t i = 0; i < reference.n; i++)
        if (!ia_is_digit(reference.p[i]) && (reference.p[i] < 'a' || reference.p[i] > 'f'))
            return 0;
    if (reference.n < ID_PREFIX || !ia_str_starts(id, reference))
        return 0;
    return reference.n == id.n ? 2 : 1;
}

/* Whether the digest that is looked for is the id. */
static bool is_digest(const struct ia_digest *digest, const char *id)
{
    char hex[2 * IA_DIGEST_MAX + 1];
    ia_hex_encode(digest->bytes, ia_digest_size(digest->algorithm), hex);
    return strcmp(hex, id) == 0;
}

static unsigned score(const struct ia_choice *choice, const char *id, const char *name, bool has_digest)
{
    if (choice->digest.algorithm)
        return has_digest || is_digest(&choice->digest, id);
    if (choice->reference.n == 0)
        return 1;
    unsigned by_name = ia_reference_match(choice->reference, name);
    unsigned by_id = id_match(choice->reference, ia_str_from(id));
    return by_name > by_id ? by_name : by_id;
}

void ia_store_offer(struct ia_store_search *search, const char *id, const char *name, bool has_digest)
{
    char text[SHORT_ID + 1];
    unsigned fit = score(search->choice, id, name, has_digest);
    snprintf(text, sizeof(text), "%.*s", SHORT_ID, id);
    ia_listing_add(&search->listing, name[0] ? name : text);
    if (fit > search->best) {
        search->best = fit;
        search->id = id;
        search->name = name;
        search->several = false;
    } else if (fit && fit == search->best && strcmp(id, search->id) != 0) {
        search->several = true;
    }
}

int ia_store_chosen(struct ia_env *env, const struct ia_store_search *search)
{
    if (search->several)
        return ia_fail(env, IMGA_E_AMBIGUOUS, -1, "several images fit, a reference must say which: %s",
                       search->listing.text);
    if (search->best == 0 && search->listing.count == 0)
        return ia_fail(env, IMGA_E_NOT_FOUND, -1, "the storage holds no image");
    if (search->best == 0)
        return ia_fail(env, IMGA_E_NOT_FOUND, -1, "no image fits the reference; there are: %s", search->listing.text);
    if (!ia_store_is_id(ia_str_from(search->id)))
        return ia_fail(env, IMGA_E_FORMAT, -1, "the id of the image is malformed");
    return IMGA_OK;
}

int ia_store_prove_id(struct ia_env *env, const struct ia_store_search *search, const struct ia_digest *config)
{
    bool by_id = !search->choice->digest.algorithm && id_match(search->choice->reference, ia_str_from(search->id)) &&
                 !ia_reference_match(search->choice->reference, search->name);
    if (!by_id || is_digest(config, search->id))
        return IMGA_OK;
    return ia_fail(env, IMGA_E_DIGEST, -1, "the id %.64s is not the digest of the image's config", search->id);
}

static int open_layer(const struct ia_image *image, struct ia_env *env, size_t index, struct ia_reader **out)
{
    const struct ia_layer_part *part = &image->parts[index];
    struct ia_tar_split_files files = {0};
    struct ia_blob blob = {0};
    struct ia_reader *input = NULL;
    int directory, status;
    unsigned alive = env->chunks_alive;
    IA_GO(status, ia_blobs_find(&image->blobs, env, part->name, &blob));
    env->chunks_alive = 1;
    status = ia_blob_reader(&blob, env, &input);
    env->chunks_alive = alive;
    IA_GO(status, status);
    IA_GO(status, ia_subfolder_open(env, image->blobs.directory, part->folder, &directory));
    IA_GO(status, ia_tar_split_folder(env, directory, &files));
    status = ia_tar_split_reader(env, input, &files, part->name, out);
    input = NULL;
out:
    ia_reader_close(input);
    ia_blob_free(&blob);
    return status;
}

int ia_store_add_layer(struct ia_env *env, struct ia_image *image, size_t index, const char *split, const char *folder)
{
    struct ia_layer_part *part = &image->parts[index];
    part->name = ia_arena_str(&image->arena, ia_str_from(split));
    part->folder = ia_arena_str(&image->arena, ia_str_from(folder));
    part->open = open_layer;
    return part->name && part->folder ? IMGA_OK : ia_fail_nomem(env);
}
