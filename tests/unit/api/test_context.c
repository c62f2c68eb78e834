/* SPDX-License-Identifier: Apache-2.0 */
/* Limits, log, progress and cancellation of a context. */
#include "world.h"

#include "api/object.h"

Test(context, default_limits)
{
    imga_limits all = {.struct_size = sizeof(all)};
    imga_limits_default(&all);
    cr_expect_eq(all.struct_size, sizeof(all));
    const uint64_t *values = &all.manifest_bytes;
    for (size_t i = 0; i < (sizeof(all) - offsetof(imga_limits, manifest_bytes)) / sizeof(uint64_t); i++)
        cr_expect_gt(values[i], 0, "limit %zu has a default", i);
    imga_limits part;
    memset(&part, 0x5a, sizeof(part));
    part.struct_size = offsetof(imga_limits, layers);
    imga_limits_default(&part);
    cr_expect_eq(part.struct_size, offsetof(imga_limits, layers));
    cr_expect_eq(part.index_depth, all.index_depth);
    cr_expect_eq(part.layers, 0x5a5a5a5a5a5a5a5a, "no more than struct_size");
}

/* Whether a policy of 100 bytes is read under these limits. */
static int read_under(struct world *w, const imga_limits *limits)
{
    imga_policy *policy = NULL;
    OK(imga_context_set_limits(w->context, limits, NULL));
    int status = imga_policy_read(w->context, w->policy_source, &policy, NULL);
    imga_policy_unref(policy);
    return status;
}

Test(context, limits)
{
    struct world w;
    imga_limits limits = {.struct_size = sizeof(limits)};
    world_open(&w);
    imga_limits_default(&limits);
    limits.document_bytes = strlen(w.data.policy);
    cr_expect_eq(read_under(&w, &limits), IMGA_OK);
    limits.document_bytes--;
    cr_expect_eq(read_under(&w, &limits), IMGA_E_LIMIT);
    limits.struct_size = offsetof(imga_limits, document_bytes);
    cr_expect_eq(read_under(&w, &limits), IMGA_OK, "fields beyond the size keep their defaults");
    limits.struct_size = offsetof(imga_limits, feed_bytes);
    cr_expect_eq(read_under(&w, &limits), IMGA_E_LIMIT);
    cr_expect_eq(read_under(&w, NULL), IMGA_OK, "NULL restores the defaults");
    limits.document_bytes = 0;
    cr_expect_eq(read_under(&w, &limits), IMGA_E_LIMIT, "0 is a limit of 0");
    world_close(&w);
}

/* Callers of later versions hand in more; a wrong size changes nothing. */
Test(context, limits_of_other_versions)
{
    struct {
        imga_limits limits;
        uint64_t more[3];
    } longer = {.limits = {.struct_size = sizeof(longer)}};
    struct world w;
    world_open(&w);
    imga_limits_default(&longer.limits);
    cr_expect_eq(longer.limits.struct_size, sizeof(longer));
    longer.limits.document_bytes = 1;
    cr_expect_eq(read_under(&w, &longer.limits), IMGA_E_LIMIT);
    imga_policy *policy = NULL;
    longer.limits.struct_size = 3;
    longer.limits.document_bytes = 1000000;
    cr_expect_eq(imga_context_set_limits(w.context, &longer.limits, NULL), IMGA_E_INVALID);
    cr_expect_eq(imga_policy_read(w.context, w.policy_source, &policy, NULL), IMGA_E_LIMIT, "the limits before hold");
    world_close(&w);
}

struct lines {
    int count;
    int32_t level;
    char text[256];
};

static void take_line(void *user, int32_t level, const char *text)
{
    struct lines *lines = user;
    lines->count++;
    lines->level = level;
    snprintf(lines->text, sizeof(lines->text), "%s", text);
}

Test(context, log)
{
    struct world w;
    struct lines lines = {0, -1, ""};
    struct ia_env env;
    world_open(&w);
    imga_context_set_log(w.context, take_line, &lines, IMGA_LOG_WARNING);
    ia_api_begin(&env, w.context);
    ia_log(&env, IMGA_LOG_INFO, "not wanted");
    cr_expect_eq(lines.count, 0);
    ia_log(&env, IMGA_LOG_WARNING, "%s", "one\033[2J\nline");
    cr_expect_eq(lines.count, 1);
    cr_expect_eq(lines.level, IMGA_LOG_WARNING);
    cr_expect_str_eq(lines.text, "one\\u{1b}[2J\\u{a}line");
    imga_context_set_log(w.context, NULL, NULL, IMGA_LOG_DEBUG);
    ia_api_begin(&env, w.context);
    ia_log(&env, IMGA_LOG_ERROR, "nobody listens");
    cr_expect_eq(lines.count, 1);
    world_close(&w);
}

struct watch {
    int calls[3];
    uint64_t last[3];
    int32_t stop_at; /* stage, or -1 */
};

static int take_progress(void *user, int32_t stage, uint64_t done, uint64_t total)
{
    struct watch *watch = user;
    cr_assert(stage >= 0 && stage < 3, "stage %d", stage);
    cr_expect(total == 0 || done <= total, "stage %d: %llu of %llu", stage, (unsigned long long)done,
              (unsigned long long)total);
    cr_expect_geq(done, watch->last[stage], "stage %d goes forward", stage);
    watch->last[stage] = done;
    watch->calls[stage]++;
    return stage == watch->stop_at;
}

static int run_all(struct world *w)
{
    imga_inventory *inventory = NULL;
    imga_findings *findings = NULL;
    imga_database_writer *writer = NULL;
    imga_source *feed = world_text(w, w->data.tracker);
    const imga_feed_options options = {.struct_size = sizeof(options), .name = "debian"};
    OK(imga_database_writer_new(w->context, &writer, NULL));
    int status = imga_database_writer_add(writer, &options, feed, NULL);
    if (status == IMGA_OK)
        status = imga_inventory_collect(w->context, w->image, &inventory, NULL);
    if (status == IMGA_OK)
        status = imga_match(w->context, inventory, w->database, &findings, NULL);
    cr_expect_eq(findings != NULL, status == IMGA_OK);
    imga_findings_unref(findings);
    imga_inventory_unref(inventory);
    imga_database_writer_free(writer);
    imga_source_unref(feed);
    return status;
}

Test(context, progress)
{
    for (int32_t stop_at = -1; stop_at < 3; stop_at++) {
        struct world w;
        struct watch watch = {{0}, {0}, stop_at};
        world_open(&w);
        imga_context_set_progress(w.context, take_progress, &watch);
        cr_expect_eq(run_all(&w), stop_at < 0 ? IMGA_OK : IMGA_E_CANCELLED, "stop at stage %d", stop_at);
        for (int stage = 0; stage < 3; stage++)
            cr_expect(stop_at >= 0 || watch.calls[stage] > 0, "stage %d was reported", stage);
        cr_expect(stop_at < 0 || watch.calls[stop_at] == 1, "no call after the stop");
        imga_context_set_progress(w.context, NULL, NULL);
        cr_expect_eq(run_all(&w), IMGA_OK, "usable again after stage %d", stop_at);
        world_close(&w);
    }
}

static void expect_cancelled(struct world *w)
{
    imga_error *error = NULL;
    imga_verdict *verdict = NULL;
    imga_inventory *inventory = NULL;
    imga_findings *findings = NULL;
    cr_expect_eq(imga_inventory_collect(w->context, w->image, &inventory, &error), IMGA_E_CANCELLED);
    cr_expect_eq(imga_error_code(error), IMGA_E_CANCELLED);
    imga_error_free(error);
    cr_expect_eq(imga_match(w->context, w->inventory, w->database, &findings, NULL), IMGA_E_CANCELLED);
    cr_expect_eq(imga_policy_evaluate(w->policy, w->findings, 0, &verdict, NULL), IMGA_E_CANCELLED);
    cr_expect(!inventory && !findings && !verdict);
}

Test(context, cancel)
{
    struct world w;
    imga_cancel *cancel = NULL, *other = NULL;
    world_open(&w);
    OK(imga_cancel_new(&cancel, NULL));
    OK(imga_cancel_new(&other, NULL));
    imga_context_set_cancel(w.context, cancel);
    cr_expect_eq(run_all(&w), IMGA_OK);
    imga_cancel_set(cancel, 1);
    cr_expect_eq(run_all(&w), IMGA_E_CANCELLED);
    expect_cancelled(&w);
    imga_cancel_set(cancel, 0);
    cr_expect_eq(run_all(&w), IMGA_OK, "the token is usable again");
    imga_cancel_set(cancel, 1);
    imga_context_set_cancel(w.context, other);
    cr_expect_null(imga_cancel_unref(cancel));
    cr_expect_eq(run_all(&w), IMGA_OK, "another token");
    imga_cancel_set(other, 1);
    cr_expect_null(imga_cancel_unref(other));
    expect_cancelled(&w); /* the context keeps it */
    imga_context_set_cancel(w.context, NULL);
    cr_expect_eq(run_all(&w), IMGA_OK, "no token");
    world_close(&w);
}

/* A log callback is copied with the context, the allocator too: the struct may go. */
Test(context, allocator_is_copied)
{
    struct failing memory;
    imga_context *context = NULL;
    failing_init(&memory);
    imga_allocator *allocator = malloc(sizeof(*allocator));
    *allocator = memory.allocator;
    OK(imga_context_new(allocator, &context, NULL));
    memset(allocator, 0, sizeof(*allocator));
    free(allocator);
    cr_expect_gt(memory.live, 0);
    cr_expect_eq(imga_context_ref(context), context);
    cr_expect_null(imga_context_unref(context));
    cr_expect_gt(memory.live, 0, "one reference is left");
    cr_expect_null(imga_context_unref(context));
    cr_expect_eq(memory.live, 0);
}
