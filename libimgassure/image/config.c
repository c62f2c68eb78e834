/* SPDX-License-Identifier: Apache-2.0 */
/* Image configurations. OCI image-spec 1.1 config.md. Limits: layers; manifest_bytes by the caller. */
#include "image/config.h"

#include "image/document.h"

enum { CREATED, ARCHITECTURE, OS, VARIANT, ROOTFS, HISTORY };
static const char *const config_names[] = {"created", "architecture", "os", "variant", "rootfs", "history"};
static const struct ia_members config_members = {config_names, IA_COUNT(config_names), false};

enum { TYPE, DIFF_IDS };
static const char *const rootfs_names[] = {"type", "diff_ids"};
static const struct ia_members rootfs_members = {rootfs_names, IA_COUNT(rootfs_names), false};

enum { CREATED_BY, EMPTY_LAYER };
static const char *const history_names[] = {"created_by", "empty_layer"};
static const struct ia_members history_members = {history_names, IA_COUNT(history_names), false};

static int read_diff_ids(struct ia_document *d, struct ia_config *out)
{
    struct ia_digest digest;
    int status = ia_array_begin(d);
    while (status > 0 && (status = ia_array_next(d)) > 0) {
        IA_TRY(ia_document_digest(d, &digest));
        IA_TRY(ia_described(d->env, ia_vec_push(&out->diff_ids, &digest), "layers", d->env->limits->layers));
    }
    return status;
}

static int read_rootfs(struct ia_document *d, struct ia_config *out)
{
    struct ia_object object;
    const char *type = "";
    unsigned index;
    int status = ia_object_begin(d, &object, &rootfs_members);
    while (status > 0 && (status = ia_object_next(d, &object, &index)) > 0)
        IA_TRY(index == TYPE ? ia_document_text(d, &type) : read_diff_ids(d, out));
    if (status == 0 && type[0] && !ia_str_is(ia_str_from(type), "layers"))
        return ia_fail(d->env, IMGA_E_UNSUPPORTED, ia_document_offset(d), "rootfs of type %.100s is not supported",
                       type);
    return status;
}

static int read_step(struct ia_document *d, struct ia_config *out)
{
    struct ia_object object;
    const char *created_by = "";
    bool is_empty = false;
    unsigned index;
    int status = ia_object_begin(d, &object, &history_members);
    if (status == 0)
        return ia_fail(d->env, IMGA_E_FORMAT, ia_document_offset(d), "an entry of the history is null");
    while (status > 0 && (status = ia_object_next(d, &object, &index)) > 0)
        IA_TRY(index == CREATED_BY ? ia_document_text(d, &created_by) : ia_document_bool(d, &is_empty));
    if (status < 0 || is_empty)
        return status;
    if (out->history++ >= out->created_by.max)
        return IMGA_OK;
    return ia_described(d->env, ia_vec_push(&out->created_by, &created_by), "layers", d->env->limits->layers);
}

static int read_history(struct ia_document *d, struct ia_config *out)
{
    int status = ia_array_begin(d);
    while (status > 0 && (status = ia_array_next(d)) > 0)
        IA_TRY(read_step(d, out));
    return status;
}

static int read_member(struct ia_document *d, unsigned index, struct ia_config *out)
{
    switch (index) {
    case CREATED:
        return ia_document_text(d, &out->created);
    case ARCHITECTURE:
        return ia_document_text(d, &out->architecture);
    case OS:
        return ia_document_text(d, &out->os);
    case VARIANT:
        return ia_document_text(d, &out->variant);
    case ROOTFS:
        return read_rootfs(d, out);
    default:
        return read_history(d, out);
    }
}

int ia_config_parse(struct ia_env *env, struct ia_arena *arena, struct ia_str bytes, struct ia_config *out)
{
    struct ia_document d;
    struct ia_object object;
    unsigned index;
    int status;
    *out = (struct ia_config){.os = "", .architecture = "", .variant = "", .created = ""};
    ia_vec_init(&out->diff_ids, &env->alloc, sizeof(struct ia_digest), (size_t)env->limits->layers);
    ia_vec_init(&out->created_by, &env->alloc, sizeof(const char *), (size_t)env->limits->layers);
    IA_GO(status, ia_document_open(&d, env, arena, bytes));
    IA_GO(status, ia_object_begin(&d, &object, &config_members));
    if (status == 0)
        IA_GO(status, ia_fail(env, IMGA_E_FORMAT, 0, "the config is null, not an object"));
    while ((status = ia_object_next(&d, &object, &index)) > 0)
        IA_GO(status, read_member(&d, index, out));
    IA_GO(status, status);
    IA_GO(status, ia_document_end(&d));
    if (!(object.seen & 1U << ROOTFS))
        status = ia_fail(env, IMGA_E_FORMAT, -1, "the config has no rootfs");
out:
    ia_document_close(&d);
    return status;
}

void ia_config_free(struct ia_config *config)
{
    ia_vec_free(&config->diff_ids);
    ia_vec_free(&config->created_by);
}

const char *ia_config_created_by(const struct ia_config *config, size_t index, size_t count)
{
    const char *const *text = ia_vec_at(&config->created_by, index);
    return text && config->history == count ? *text : "";
}
