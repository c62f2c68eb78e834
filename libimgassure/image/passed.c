/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members that went by in an archive that can be read only once: what became of them as layers, and which of them are
 * the layers of the image once its manifest is known.
 */
#include "image/passed.h"

#include "image/opened.h"

static int differ(struct ia_env *env, const struct ia_digest *is, const struct ia_digest *must, const char *what)
{
    char is_text[IA_DIGEST_TEXT], must_text[IA_DIGEST_TEXT];
    ia_digest_text(is, is_text);
    ia_digest_text(must, must_text);
    return ia_fail(env, IMGA_E_DIGEST, -1, "the %s has the digest %s but must have %s", what, is_text, must_text);
}

static int compare(struct ia_env *env, const struct ia_digest found[IA_FLOW_DIGESTS], const struct ia_digest *must,
                   const char *what)
{
    if (must->algorithm == 0)
        return IMGA_OK;
    for (size_t i = 0; i < IA_FLOW_DIGESTS; i++)
        if (found[i].algorithm == must->algorithm)
            return ia_digest_equal(&found[i], must) ? IMGA_OK : differ(env, &found[i], must, what);
    return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "the %s has gone by, and this kind of digest was not computed", what);
}

static int check(const struct ia_passed *passed, struct ia_env *env, const struct ia_passed_want *want)
{
    if (passed->status < 0) {
        int status = ia_fail(env, passed->status, passed->offset, "%s", passed->message);
        return passed->where[0] ? ia_error_at(env, status, "%s", passed->where) : status;
    }
    IA_TRY(compare(env, passed->blob, &want->blob, "blob"));
    return compare(env, passed->layer, &want->layer, "layer");
}

int ia_passed_verify(const struct ia_passed *passed, struct ia_env *env, const struct ia_digest *blob)
{
    if (compare(env, passed->blob, blob, "blob") == IMGA_E_DIGEST)
        return IMGA_E_DIGEST;
    ia_error_clear(env); /* a digest that was not computed cannot differ */
    return IMGA_OK;
}

struct passed_reader {
    struct ia_reader reader;
    struct ia_alloc alloc;
    const struct ia_passed *passed;
    struct ia_passed_want want;
};

static int passed_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    const struct passed_reader *r = (const struct passed_reader *)self;
    (void)out;
    return check(r->passed, env, &r->want);
}

static void passed_close(struct ia_reader *self)
{
    struct passed_reader *r = (struct passed_reader *)self;
    struct ia_alloc alloc = r->alloc;
    ia_free(&alloc, r);
}

int ia_passed_reader(const struct ia_passed *passed, struct ia_env *env, const struct ia_passed_want *want,
                     struct ia_reader **out)
{
    if (passed->is_shut)
        return check(passed, env, want);
    struct passed_reader *r = ia_new(&env->alloc, sizeof(*r));
    if (!r)
        return ia_fail_nomem(env);
    *r = (struct passed_reader){{passed_next, NULL, passed_close}, env->alloc, passed, *want};
    *out = &r->reader;
    return IMGA_OK;
}

/* What went by in place of a layer's blob; NULL when there is something that can be read, or nothing. */
static int find_passed(struct ia_env *env, const struct ia_image *image, const struct ia_layer_part *part,
                       const struct ia_passed **out)
{
    char name[IA_BLOB_NAME];
    struct ia_blob blob = {0};
    *out = NULL;
    if (!part->name)
        ia_blobs_name(&image->blobs, &part->digest, name);
    int status = ia_blobs_find(&image->blobs, env, part->name ? part->name : name, &blob);
    if (status >= 0)
        *out = blob.passed;
    ia_blob_free(&blob);
    return status;
}

/* Opens the layer and asks for its end: 1 when all is as it must be, 0 when it is not to be examined, or a status. */
static int prove(struct ia_env *env, struct ia_image *image, size_t index)
{
    struct ia_reader *reader = NULL;
    int status = ia_image_layer_open(image, env, index, &reader);
    if (status <= 0)
        return status;
    status = ia_reader_drain(reader, env);
    ia_reader_close(reader);
    return status < 0 ? status : 1;
}

static int take_layer(struct ia_env *env, struct ia_image *image, size_t index)
{
    struct ia_layer_part *part = &image->parts[index];
    struct ia_notes *notes = env->notes;
    const struct ia_passed *passed;
    env->notes = NULL;
    int status = find_passed(env, image, part, &passed);
    if (status >= 0)
        status = passed ? prove(env, image, index) : 0;
    env->notes = notes;
    if (status == IMGA_E_NOMEM || status == IMGA_E_CANCELLED)
        return status;
    if (status <= 0) {
        ia_error_clear(env); /* opening the layer will say it again */
        return IMGA_OK;
    }
    IA_TRY(prove(env, image, index)); /* for its notes */
    part->is_taken = true;
    part->taken = passed->taken;
    return IMGA_OK;
}

int ia_image_take_layers(struct ia_env *env, struct ia_image *image)
{
    for (size_t i = 0; image->blobs.is_spooled && i < image->count; i++)
        if (!image->parts[i].open)
            IA_TRY(take_layer(env, image, i));
    return IMGA_OK;
}
