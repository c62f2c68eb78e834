/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image configurations. OCI image-spec 1.1 config.md; docker image-spec v1.2 and v1.0. The members of the document
 * itself, of rootfs and of the history must have the types and spellings of the specification, or null for absent ones;
 * the execution parameters are read by image/execution.c. Limits: layers; manifest_bytes by the caller.
 */
#include "image/config.h"

/* Entries of a history that made no layer; docker's own limit of 127 layers leaves images far below it. */
enum { EMPTY_STEPS = 4096 };

/* The first two are not known to documents of v1.0, the last four only to them. */
enum {
    ROOTFS,
    HISTORY,
    CREATED,
    ARCHITECTURE,
    OS,
    VARIANT,
    AUTHOR,
    CONFIG,
    OS_VERSION,
    OS_FEATURES,
    V1_ID,
    V1_PARENT,
    V1_COMMENT,
    V1_CONTAINER_CONFIG
};
static const char *const names[] = {"rootfs",  "history", "created", "architecture",    "os",
                                    "variant", "author",  "config",  "os.version",      "os.features",
                                    "id",      "parent",  "comment", "container_config"};
static const struct ia_members config_members = {names, V1_ID, false};
static const struct ia_members v1_members = {names + CREATED, IA_COUNT(names) - CREATED, false};

enum { TYPE, DIFF_IDS };
static const char *const rootfs_names[] = {"type", "diff_ids"};
static const struct ia_members rootfs_members = {rootfs_names, IA_COUNT(rootfs_names), false};

enum { STEP_CREATED, STEP_CREATED_BY, STEP_AUTHOR, STEP_COMMENT, STEP_EMPTY };
static const char *const step_names[] = {"created", "created_by", "author", "comment", "empty_layer"};
static const struct ia_members step_members = {step_names, IA_COUNT(step_names), false};

static const struct ia_step no_step = {"", "", "", "", 0};

/* A document that is being read. */
struct reading {
    struct ia_document d;
    struct ia_execution_reader execution, container; /* the latter of a document of v1.0 */
    struct ia_vec steps;                             /* struct ia_step */
    uint64_t empty;                                  /* entries of the history that made no layer */
    uint64_t dropped;                                /* entries of the history that were not kept */
    struct ia_config *out;
};

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

static int read_step_member(struct ia_document *d, unsigned index, struct ia_step *step, bool *is_empty)
{
    switch (index) {
    case STEP_CREATED:
        return ia_document_text(d, &step->created);
    case STEP_CREATED_BY:
        return ia_document_text(d, &step->created_by);
    case STEP_AUTHOR:
        return ia_document_text(d, &step->author);
    case STEP_COMMENT:
        return ia_document_text(d, &step->comment);
    default:
        return ia_document_bool(d, is_empty);
    }
}

/* A hostile history must not take more memory than the layers it could be about. */
static int add_step(struct reading *r, struct ia_step *step, bool is_empty)
{
    const imga_limits *limits = r->d.env->limits;
    uint64_t *count = is_empty ? &r->empty : &r->out->kept->made;
    uint64_t most = is_empty ? EMPTY_STEPS : limits->layers;
    step->layer = is_empty ? UINT32_MAX : (uint32_t)*count;
    if ((*count)++ < most)
        return ia_described(r->d.env, ia_vec_push(&r->steps, step), "manifest_bytes", limits->manifest_bytes);
    r->dropped++;
    return IMGA_OK;
}

static int read_step(struct reading *r)
{
    struct ia_object object;
    struct ia_step step = no_step;
    bool is_empty = false;
    unsigned index;
    int status = ia_object_begin(&r->d, &object, &step_members);
    if (status == 0)
        return ia_fail(r->d.env, IMGA_E_FORMAT, ia_document_offset(&r->d), "an entry of the history is null");
    while (status > 0 && (status = ia_object_next(&r->d, &object, &index)) > 0)
        IA_TRY(read_step_member(&r->d, index, &step, &is_empty));
    return status < 0 ? status : add_step(r, &step, is_empty);
}

static int read_history(struct reading *r)
{
    int status = ia_array_begin(&r->d);
    while (status > 0 && (status = ia_array_next(&r->d)) > 0)
        IA_TRY(read_step(r));
    return status;
}

/* A member that every document has. */
static int read_member(struct reading *r, unsigned index)
{
    struct ia_config *out = r->out;
    switch (index) {
    case ROOTFS:
        return read_rootfs(&r->d, out);
    case HISTORY:
        return read_history(r);
    case CREATED:
        return ia_document_text(&r->d, &out->created);
    case ARCHITECTURE:
        return ia_document_text(&r->d, &out->architecture);
    case OS:
        return ia_document_text(&r->d, &out->os);
    case VARIANT:
        return ia_document_text(&r->d, &out->variant);
    case AUTHOR:
        return ia_document_text(&r->d, &out->kept->author);
    case OS_VERSION:
        return ia_document_text(&r->d, &out->kept->os_version);
    case OS_FEATURES:
        return ia_execution_strings(&r->execution, IA_CONFIG_OS_FEATURES);
    default:
        return ia_execution_read(&r->execution);
    }
}

static int keep_steps(struct reading *r)
{
    struct ia_image_config *kept = r->out->kept;
    struct ia_step *steps;
    if (r->dropped)
        IA_TRY(ia_note(r->d.env, IMGA_NOTE_SKIPPED, -1, IA_STR("config"),
                       "the history is too long: %llu of its entries were not kept", (unsigned long long)r->dropped));
    if (r->steps.n == 0)
        return IMGA_OK;
    steps = ia_arena_new_array(r->d.arena, r->steps.n, sizeof(*steps));
    if (!steps)
        return ia_fail_nomem(r->d.env);
    for (size_t i = 0; i < r->steps.n; i++)
        steps[i] = *(const struct ia_step *)ia_vec_at(&r->steps, i);
    kept->steps = steps;
    kept->step_count = r->steps.n;
    return IMGA_OK;
}

static int begin(struct reading *r, struct ia_env *env, struct ia_arena *arena, struct ia_str bytes)
{
    struct ia_config *out = r->out;
    *out = (struct ia_config){.os = "", .architecture = "", .variant = "", .created = ""};
    ia_vec_init(&out->diff_ids, &env->alloc, sizeof(struct ia_digest), (size_t)env->limits->layers);
    ia_vec_init(&r->steps, &env->alloc, sizeof(struct ia_step), (size_t)env->limits->manifest_bytes);
    out->kept = ia_arena_new(arena, sizeof(*out->kept));
    if (!out->kept)
        return ia_fail_nomem(env);
    out->kept->author = out->kept->os_version = "";
    IA_TRY(ia_document_open(&r->d, env, arena, bytes));
    ia_execution_begin(&r->execution, &r->d, &out->kept->execution);
    return IMGA_OK;
}

static int end(struct reading *r)
{
    IA_TRY(ia_document_end(&r->d));
    IA_TRY(ia_execution_end(&r->execution));
    return keep_steps(r);
}

static void release(struct reading *r, int status)
{
    if (status < 0)
        r->out->kept = NULL;
    ia_document_close(&r->d);
    ia_execution_free(&r->execution);
    ia_execution_free(&r->container);
    ia_vec_free(&r->steps);
}

int ia_config_parse(struct ia_env *env, struct ia_arena *arena, struct ia_str bytes, struct ia_config *out)
{
    struct reading r = {.out = out};
    struct ia_object object;
    unsigned index;
    int status;
    IA_GO(status, begin(&r, env, arena, bytes));
    IA_GO(status, ia_object_begin(&r.d, &object, &config_members));
    if (status == 0)
        IA_GO(status, ia_fail(env, IMGA_E_FORMAT, 0, "the config is null, not an object"));
    while ((status = ia_object_next(&r.d, &object, &index)) > 0)
        IA_GO(status, read_member(&r, index));
    IA_GO(status, status);
    IA_GO(status, end(&r));
    if (!(object.seen & 1U << ROOTFS))
        status = ia_fail(env, IMGA_E_FORMAT, -1, "the config has no rootfs");
out:
    release(&r, status);
    return status;
}

static int read_v1_member(struct reading *r, unsigned index, struct ia_config_v1 *out)
{
    switch (index) {
    case V1_ID:
        return ia_document_text(&r->d, &out->id);
    case V1_PARENT:
        return ia_document_text(&r->d, &out->parent);
    case V1_COMMENT:
        return ia_document_text(&r->d, &out->step.comment);
    case V1_CONTAINER_CONFIG:
        return ia_execution_read(&r->container);
    default:
        return read_member(r, index);
    }
}

/* The words of the command, as docker itself makes created_by of them. */
static int join_words(struct ia_env *env, struct ia_arena *arena, const struct ia_config_list *words, const char **out)
{
    struct ia_buf buf;
    int status = IMGA_OK;
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    for (size_t i = 0; i < words->n && status >= 0; i++) {
        status = i ? ia_buf_char(&buf, ' ') : IMGA_OK;
        if (status >= 0)
            status = ia_buf_text(&buf, words->p[i].value);
    }
    status = ia_described(env, status, "manifest_bytes", env->limits->manifest_bytes);
    if (status >= 0 && !(*out = ia_arena_str(arena, ia_buf_view(&buf))))
        status = ia_fail_nomem(env);
    ia_buf_free(&buf);
    return status;
}

int ia_config_parse_v1(struct ia_env *env, struct ia_arena *arena, struct ia_str bytes, struct ia_config_v1 *out)
{
    struct reading r = {.out = &out->config};
    struct ia_execution container;
    struct ia_object object;
    unsigned index;
    int status;
    *out = (struct ia_config_v1){.id = "", .parent = "", .step = no_step};
    IA_GO(status, begin(&r, env, arena, bytes));
    ia_execution_begin(&r.container, &r.d, &container);
    IA_GO(status, ia_object_begin(&r.d, &object, &v1_members));
    if (status == 0)
        IA_GO(status, ia_fail(env, IMGA_E_FORMAT, 0, "the document is null, not an object"));
    while ((status = ia_object_next(&r.d, &object, &index)) > 0)
        IA_GO(status, read_v1_member(&r, index + CREATED, out));
    IA_GO(status, status);
    IA_GO(status, end(&r));
    IA_GO(status, ia_execution_end(&r.container));
    IA_GO(status, join_words(env, arena, &container.lists[IA_CONFIG_CMD], &out->step.created_by));
    out->step.created = out->config.created;
    out->step.author = out->config.kept->author;
out:
    release(&r, status);
    return status;
}

void ia_config_free(struct ia_config *config)
{
    ia_vec_free(&config->diff_ids);
}

void ia_config_set_steps(struct ia_config *config, struct ia_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        steps[i].layer = (uint32_t)i;
    config->kept->steps = steps;
    config->kept->step_count = count;
    config->kept->made = count;
}

const struct ia_step *ia_config_step(const struct ia_image_config *kept, size_t index, size_t count)
{
    for (size_t i = 0; kept && kept->made == count && i < kept->step_count; i++)
        if (kept->steps[i].layer == index)
            return &kept->steps[i];
    return NULL;
}

const char *ia_config_created_by(const struct ia_config *config, size_t index, size_t count)
{
    const struct ia_step *step = ia_config_step(config->kept, index, count);
    return step ? step->created_by : "";
}
