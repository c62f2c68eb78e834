/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listings. An entry whose document is missing or damaged is still an image here: whoever opens it is told what is
 * wrong, and nobody overlooks it. The same image under several names is listed under each. Limits: layers (times
 * IA_LISTED_FACTOR), index_depth, manifest_bytes.
 */
#include "image/listing.h"

#include "image/choose.h"
#include "image/descent.h"
#include "image/form.h"

static uint64_t most(const struct ia_env *env)
{
    uint64_t layers = env->limits->layers;
    return layers < SIZE_MAX / IA_LISTED_FACTOR ? layers * IA_LISTED_FACTOR : SIZE_MAX;
}

static int fail_many(struct ia_env *env)
{
    return ia_fail_limit(env, -1, "layers", env->limits->layers, IA_STR("a sixteenth of what is to be listed"));
}

static int copy(struct ia_env *env, struct ia_image_list *list, const char **text)
{
    if (!*text)
        *text = "";
    else
        *text = ia_arena_str(&list->arena, ia_str_from(*text));
    return *text ? IMGA_OK : ia_fail_nomem(env);
}

int ia_image_list_add(struct ia_env *env, struct ia_image_list *list, const struct ia_image_entry *entry)
{
    struct ia_image_entry kept = *entry;
    const char **const texts[] = {&kept.reference, &kept.digest,     &kept.os,     &kept.architecture,
                                  &kept.variant,   &kept.media_type, &kept.subject};
    for (size_t i = 0; i < IA_COUNT(texts); i++)
        IA_TRY(copy(env, list, texts[i]));
    int status = ia_vec_push(&list->entries, &kept);
    return status == IMGA_E_LIMIT ? fail_many(env) : ia_described(env, status, "layers", env->limits->layers);
}

bool ia_list_goes_on(struct ia_env *env, int status)
{
    bool goes_on = status != IMGA_E_NOMEM && status != IMGA_E_IO && status != IMGA_E_CANCELLED &&
                   status != IMGA_E_LIMIT && status != IMGA_E_INTERNAL;
    if (goes_on)
        ia_error_clear(env);
    return goes_on;
}

int ia_list_count(struct ia_env *env, struct ia_image_list *list, const struct ia_buf *document)
{
    uint64_t limit = env->limits->manifest_bytes;
    list->read += document->n;
    if (list->read / IA_LISTED_BYTES <= limit)
        return IMGA_OK;
    return ia_fail_limit(env, -1, "manifest_bytes", limit, IA_STR("a part of the documents of what is to be listed"));
}

/* The strings of the entry are copied to the list, because the config's go. */
static int take_platform(struct ia_env *env, const struct ia_config *config, struct ia_image_list *list,
                         struct ia_image_entry *entry)
{
    entry->os = config->os;
    entry->architecture = config->architecture;
    entry->variant = config->variant;
    IA_TRY(copy(env, list, &entry->os));
    IA_TRY(copy(env, list, &entry->architecture));
    return copy(env, list, &entry->variant);
}

int ia_list_platform(struct ia_env *env, const struct ia_image *image, const struct ia_list_config *config,
                     struct ia_image_list *list, struct ia_image_entry *entry)
{
    struct ia_config parsed = {0};
    struct ia_arena arena;
    struct ia_buf buf;
    ia_arena_init(&arena, &env->alloc);
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    int status = ia_blobs_document(&image->blobs, env, config->name, &config->want, &buf);
    if (status >= 0)
        status = ia_config_parse(env, &arena, ia_buf_view(&buf), &parsed);
    if (status >= 0)
        status = take_platform(env, &parsed, list, entry);
    else if (ia_list_goes_on(env, status))
        status = IMGA_OK;
    if (status >= 0)
        status = ia_list_count(env, list, &buf);
    ia_config_free(&parsed);
    ia_buf_free(&buf);
    ia_arena_free(&arena);
    return status;
}

/* What a manifest is, and the platform that its config says unless the entry knows one. */
static int describe(struct ia_env *env, struct ia_image *image, const struct ia_manifest *manifest,
                    struct ia_image_list *list, struct ia_image_entry *entry)
{
    static const enum ia_image_entry_kind kinds[] = {[IA_MANIFEST_OF_IMAGE] = IA_ENTRY_IMAGE,
                                                     [IA_MANIFEST_OF_ATTESTATION] = IA_ENTRY_ATTESTATION,
                                                     [IA_MANIFEST_OF_OTHER] = IA_ENTRY_UNKNOWN};
    char name[IA_BLOB_NAME];
    const struct ia_list_config config = {name, {manifest->config.digest, manifest->config.size}};
    if (entry->kind == IA_ENTRY_IMAGE)
        entry->kind = kinds[ia_manifest_kind_of(manifest)];
    if (entry->kind != IA_ENTRY_IMAGE || entry->os)
        return IMGA_OK;
    ia_blobs_name(&image->blobs, &manifest->config.digest, name);
    return ia_list_platform(env, image, &config, list, entry);
}

int ia_manifest_list(struct ia_env *env, struct ia_image *image, const struct ia_digest *digest,
                     const struct ia_manifest *manifest, struct ia_image_list *list)
{
    char text[IA_DIGEST_TEXT];
    struct ia_image_entry entry = {.kind = IA_ENTRY_IMAGE, .digest = text, .media_type = manifest->media_type};
    ia_digest_text(digest, text);
    IA_TRY(describe(env, image, manifest, list, &entry));
    return ia_image_list_add(env, list, &entry);
}

/* One index on the way down. */
struct level {
    struct ia_manifest index;
    struct ia_arena arena; /* its strings */
    size_t next;           /* of its entries */
    const char *name;      /* under which it was found */
};

struct walk {
    struct ia_image *image;
    struct ia_image_list *list;
    struct ia_vec levels; /* struct level */
    struct ia_buf buf;
    uint64_t visited;
};

static void free_level(struct level *level)
{
    ia_manifest_free(&level->index);
    ia_arena_free(&level->arena);
}

/* Takes level over. */
static int push(struct walk *w, struct ia_env *env, struct level *level)
{
    int status = IMGA_OK;
    if (w->levels.n > env->limits->index_depth)
        status = ia_fail_limit(env, -1, "index_depth", env->limits->index_depth, IA_STR("nested indexes"));
    if (status >= 0)
        status = ia_described(env, ia_vec_push(&w->levels, level), "index_depth", env->limits->index_depth);
    if (status < 0)
        free_level(level);
    return status;
}

static enum ia_image_entry_kind kind_of(const struct ia_descriptor *d)
{
    enum ia_media media = ia_media_of(d->media_type);
    if (media == IA_MEDIA_SCHEMA1 || media == IA_MEDIA_OTHER)
        return IA_ENTRY_UNKNOWN;
    return ia_descriptor_is_attestation(d) ? IA_ENTRY_ATTESTATION : IA_ENTRY_IMAGE;
}

/* Whether the entry alone says all that is listed. */
static bool is_plain(const struct ia_descriptor *d)
{
    bool is_manifest = ia_media_of(d->media_type) == IA_MEDIA_MANIFEST;
    return kind_of(d) != IA_ENTRY_IMAGE || (is_manifest && d->has_platform);
}

/* Reads the document behind an entry: 1 when it was an index, which is the next level now; 0; or a status. */
static int look_behind(struct walk *w, struct ia_env *env, const struct ia_descriptor *d, struct ia_image_entry *entry)
{
    struct level level = {.name = entry->reference};
    const struct ia_document_room room = {&level.arena, &w->buf};
    ia_arena_init(&level.arena, &env->alloc);
    ia_buf_clear(&w->buf);
    int status = ia_manifest_load(env, &w->image->blobs, d, &room, &level.index);
    if (status >= 0 && level.index.is_index) {
        IA_TRY(push(w, env, &level));
        IA_TRY(ia_list_count(env, w->list, &w->buf));
        return 1;
    }
    if (status >= 0)
        status = describe(env, w->image, &level.index, w->list, entry);
    else if (ia_list_goes_on(env, status))
        status = IMGA_OK;
    free_level(&level);
    return status < 0 ? status : ia_list_count(env, w->list, &w->buf);
}

static int visit(struct walk *w, struct ia_env *env, const struct ia_descriptor *d, const char *name)
{
    char text[IA_DIGEST_TEXT];
    struct ia_image_entry entry = {.kind = kind_of(d),
                                   .reference = name,
                                   .digest = text,
                                   .os = d->has_platform ? d->os : NULL,
                                   .architecture = d->architecture,
                                   .variant = d->variant,
                                   .media_type = d->media_type,
                                   .subject = d->subject};
    int status = is_plain(d) ? 0 : look_behind(w, env, d, &entry);
    ia_digest_text(&d->digest, text);
    return status == 0 ? ia_image_list_add(env, w->list, &entry) : status;
}

/* One more entry: 1; 0 when there is none left. */
static int step(struct walk *w, struct ia_env *env)
{
    struct level *level = ia_vec_at(&w->levels, w->levels.n - 1);
    IA_TRY(ia_check_cancel(env));
    if (level->next == level->index.manifests.n) {
        free_level(level);
        return --w->levels.n > 0;
    }
    const struct ia_descriptor d = *(const struct ia_descriptor *)ia_vec_at(&level->index.manifests, level->next++);
    const char *own = ia_descriptor_name(&d);
    if (++w->visited > most(env))
        return fail_many(env);
    IA_TRY(visit(w, env, &d, own[0] ? own : level->name));
    return 1;
}

int ia_index_list(struct ia_env *env, struct ia_image *image, struct ia_manifest *index, struct ia_image_list *list)
{
    struct walk w = {.image = image, .list = list};
    struct level top = {.index = *index, .name = ""};
    *index = (struct ia_manifest){.is_index = false};
    ia_arena_init(&top.arena, &env->alloc); /* its strings are the image's */
    ia_vec_init(&w.levels, &env->alloc, sizeof(struct level), SIZE_MAX);
    ia_buf_init(&w.buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    int status = push(&w, env, &top);
    while (status >= 0 && w.levels.n && (status = step(&w, env)) > 0)
        ;
    for (size_t i = 0; i < w.levels.n; i++)
        free_level(ia_vec_at(&w.levels, i));
    ia_vec_free(&w.levels);
    ia_buf_free(&w.buf);
    return status;
}

/* A form that holds one image: what opening it tells. */
static int list_one(struct ia_env *env, const struct ia_located *at, struct ia_image_list *list)
{
    struct ia_choice choice;
    const struct ia_image_facts *facts = &at->image->facts;
    IA_TRY(ia_choice_parse(env, NULL, NULL, &choice));
    IA_TRY(at->form->open(env, at->image, &choice));
    const struct ia_image_entry entry = {.kind = IA_ENTRY_IMAGE,
                                         .reference = facts->reference,
                                         .digest =
                                             facts->manifest_digest[0] ? facts->manifest_digest : facts->config_digest,
                                         .os = facts->os,
                                         .architecture = facts->architecture,
                                         .variant = facts->variant};
    return ia_image_list_add(env, list, &entry);
}

static bool is_wanted(const struct ia_choice *choice, const struct ia_image_entry *entry)
{
    char text[IA_DIGEST_TEXT];
    if (!choice->digest.algorithm)
        return ia_reference_match(choice->reference, entry->reference) > 0;
    ia_digest_text(&choice->digest, text);
    return ia_str_is(ia_str_from(text), entry->digest) || ia_str_is(ia_str_from(text), entry->subject);
}

/* Only what a reference names. */
static int narrow(struct ia_env *env, const char *reference, struct ia_image_list *list)
{
    struct ia_choice choice;
    size_t kept = 0;
    if (!reference)
        return IMGA_OK;
    IA_TRY(ia_choice_parse(env, reference, NULL, &choice));
    for (size_t i = 0; i < list->entries.n; i++) {
        struct ia_image_entry *to = ia_vec_at(&list->entries, kept);
        const struct ia_image_entry *entry = ia_vec_at(&list->entries, i);
        if (!is_wanted(&choice, entry))
            continue;
        *to = *entry;
        kept++;
    }
    list->entries.n = kept;
    return IMGA_OK;
}

/* In an archive that can be read only once the layers go by, and nobody looks at them. */
static int let_pass(void *user, struct ia_env *env, struct ia_reader *stream, uint32_t *taken)
{
    (void)user;
    *taken = 0;
    return ia_reader_drain(stream, env);
}

int ia_image_list_read(struct ia_env *env, const struct ia_image_request *request, struct ia_image_list *out)
{
    const struct ia_layer_sink sink = {let_pass, NULL};
    struct ia_image_request listed = *request;
    struct ia_notes *notes = env->notes;
    struct ia_located at;
    listed.sink = &sink;
    listed.verify = IA_VERIFY_NONE;
    *out = (struct ia_image_list){.entries = {.n = 0}};
    ia_arena_init(&out->arena, &env->alloc);
    ia_vec_init(&out->entries, &env->alloc, sizeof(struct ia_image_entry), (size_t)most(env));
    if (!request->source && !request->path)
        return ia_fail(env, IMGA_E_INVALID, -1, "there is neither a path nor a source");
    IA_TRY(ia_image_locate(env, &listed, &at));
    env->notes = &at.image->notes;
    int status = at.form->list ? at.form->list(env, at.image, out) : list_one(env, &at, out);
    if (status >= 0)
        status = narrow(env, at.reference, out);
    env->notes = notes;
    ia_image_close(at.image);
    return status < 0 ? status : IMGA_OK;
}

void ia_image_list_free(struct ia_image_list *list)
{
    ia_vec_free(&list->entries);
    ia_arena_free(&list->arena);
}

size_t ia_image_list_count(const struct ia_image_list *list)
{
    return list->entries.n;
}

const struct ia_image_entry *ia_image_list_at(const struct ia_image_list *list, size_t index)
{
    return ia_vec_at(&list->entries, index);
}
