/* SPDX-License-Identifier: Apache-2.0 */
/* Every public function with NULL, or a wrong size, in every place: refused, described, outputs untouched; no crash. */
#include "world.h"

static uint64_t storage; /* what no call may touch */
#define UNTOUCHED(type) ((type *)(void *)&storage)

struct pass {
    imga_error *error;
    imga_error **wanted; /* &error, or NULL */
    int calls;
};

static void check_refused(struct pass *p, const char *call, int64_t status, int out_kept)
{
    p->calls++;
    cr_expect_eq(status, IMGA_E_INVALID, "%s gave %lld", call, (long long)status);
    cr_expect(out_kept, "%s touched its output", call);
    if (!p->wanted)
        return;
    cr_expect_eq(imga_error_code(p->error), IMGA_E_INVALID, "%s", call);
    cr_expect_str_not_empty(imga_error_message(p->error), "%s", call);
    cr_expect_str_eq(imga_error_where(p->error), "", "%s", call);
    cr_expect_eq(imga_error_offset(p->error), -1, "%s", call);
    p->error = imga_error_free(p->error);
}

/* A call with the output variable "out". */
#define REFUSED(type, call)                                                                                            \
    do {                                                                                                               \
        type *out = UNTOUCHED(type);                                                                                   \
        int64_t status = (call);                                                                                       \
        check_refused(p, #call, status, out == UNTOUCHED(type));                                                       \
    } while (0)
#define REFUSED_PLAIN(call) check_refused(p, #call, (call), 1)

static int64_t read_nothing(void *user, uint64_t offset, void *buffer, size_t size)
{
    (void)user, (void)offset, (void)buffer, (void)size;
    return 0;
}

static int64_t read_no_more(void *user, void *buffer, size_t size)
{
    (void)user, (void)buffer, (void)size;
    return 0;
}

static void refuse_contexts(struct world *w, struct pass *p)
{
    imga_allocator no_size = w->memory.allocator, no_resize = w->memory.allocator;
    imga_limits limits = {.struct_size = sizeof(limits)};
    no_size.struct_size = 8;
    no_resize.resize = NULL;
    REFUSED_PLAIN(imga_context_new(NULL, NULL, p->wanted));
    REFUSED(imga_context, imga_context_new(&no_size, &out, p->wanted));
    REFUSED(imga_context, imga_context_new(&no_resize, &out, p->wanted));
    REFUSED_PLAIN(imga_context_set_limits(NULL, &limits, p->wanted));
    limits.struct_size = 0;
    REFUSED_PLAIN(imga_context_set_limits(w->context, &limits, p->wanted));
    limits.struct_size = 12;
    REFUSED_PLAIN(imga_context_set_limits(w->context, &limits, p->wanted));
    REFUSED_PLAIN(imga_context_set_classifiers(NULL, "", 0, p->wanted));
    REFUSED_PLAIN(imga_context_set_classifiers(w->context, NULL, 1, p->wanted));
    REFUSED_PLAIN(imga_cancel_new(NULL, p->wanted));
}

static void refuse_sources(struct world *w, struct pass *p)
{
    const imga_source_ops ops = {.struct_size = sizeof(ops), .size = 1, .read_at = read_nothing};
    const imga_source_ops no_size = {.struct_size = 8, .read_at = read_nothing};
    const imga_source_ops no_read = {.struct_size = sizeof(ops)};
    REFUSED(imga_source, imga_source_from_path(NULL, "x", &out, p->wanted));
    REFUSED(imga_source, imga_source_from_path(w->context, NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_source_from_path(w->context, "x", NULL, p->wanted));
    REFUSED(imga_source, imga_source_from_memory(NULL, "x", 1, &out, p->wanted));
    REFUSED(imga_source, imga_source_from_memory(w->context, NULL, 1, &out, p->wanted));
    REFUSED_PLAIN(imga_source_from_memory(w->context, "x", 1, NULL, p->wanted));
    REFUSED(imga_source, imga_source_from_ops(NULL, &ops, &out, p->wanted));
    REFUSED(imga_source, imga_source_from_ops(w->context, NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_source_from_ops(w->context, &ops, NULL, p->wanted));
    REFUSED(imga_source, imga_source_from_ops(w->context, &no_size, &out, p->wanted));
    REFUSED(imga_source, imga_source_from_ops(w->context, &no_read, &out, p->wanted));
}

static void refuse_streams(struct world *w, struct pass *p)
{
    const imga_stream_ops ops = {.struct_size = sizeof(ops), .read = read_no_more};
    const imga_stream_ops no_size = {.struct_size = 8, .read = read_no_more};
    const imga_stream_ops no_read = {.struct_size = sizeof(ops)};
    REFUSED(imga_source, imga_source_from_stream(NULL, &ops, &out, p->wanted));
    REFUSED(imga_source, imga_source_from_stream(w->context, NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_source_from_stream(w->context, &ops, NULL, p->wanted));
    REFUSED(imga_source, imga_source_from_stream(w->context, &no_size, &out, p->wanted));
    REFUSED(imga_source, imga_source_from_stream(w->context, &no_read, &out, p->wanted));
}

static void refuse_images(struct world *w, struct pass *p)
{
    const imga_image_options short_options = {.struct_size = 8};
    REFUSED(imga_image, imga_image_open(NULL, w->data.folder, NULL, &out, p->wanted));
    REFUSED(imga_image, imga_image_open(w->context, NULL, NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_image_open(w->context, w->data.folder, NULL, NULL, p->wanted));
    REFUSED(imga_image, imga_image_open(w->context, w->data.folder, &short_options, &out, p->wanted));
    REFUSED(imga_image, imga_image_open_source(NULL, w->docker, NULL, &out, p->wanted));
    REFUSED(imga_image, imga_image_open_source(w->context, NULL, NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_image_open_source(w->context, w->docker, NULL, NULL, p->wanted));
    REFUSED(imga_image, imga_image_open_source(w->context, w->docker, &short_options, &out, p->wanted));
}

static void refuse_image_options(struct world *w, struct pass *p)
{
    const imga_image_options verify = {.struct_size = sizeof(verify), .verify = 3};
    const imga_image_options form = {.struct_size = sizeof(form), .form = "nonsense"};
    const imga_gate_options good = {
        .struct_size = sizeof(good), .path = w->data.folder, .database = w->database, .policy = w->policy};
    REFUSED(imga_image, imga_image_open(w->context, w->data.folder, &verify, &out, p->wanted));
    REFUSED(imga_image, imga_image_open_source(w->context, w->docker, &verify, &out, p->wanted));
    REFUSED(imga_image, imga_image_open_source(w->context, w->docker, &form, &out, p->wanted));
    for (uint32_t bit = 4; bit; bit <<= 1) {
        const imga_image_options look = {.struct_size = sizeof(look), .look = bit | IMGA_LOOK_REMOVED};
        imga_gate_options gate = good;
        gate.look = look.look;
        REFUSED(imga_image, imga_image_open(w->context, w->data.folder, &look, &out, p->wanted));
        REFUSED(imga_image, imga_image_open_source(w->context, w->docker, &look, &out, p->wanted));
        REFUSED(imga_image_list, imga_image_list_open(w->context, w->data.folder, &look, &out, p->wanted));
        REFUSED(imga_verdict, imga_gate(w->context, &gate, &out, p->wanted));
    }
}

static void refuse_image_lists(struct world *w, struct pass *p)
{
    const imga_image_options short_options = {.struct_size = 8};
    REFUSED(imga_image_list, imga_image_list_open(NULL, w->data.folder, NULL, &out, p->wanted));
    REFUSED(imga_image_list, imga_image_list_open(w->context, NULL, NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_image_list_open(w->context, w->data.folder, NULL, NULL, p->wanted));
    REFUSED(imga_image_list, imga_image_list_open(w->context, w->data.folder, &short_options, &out, p->wanted));
}

static void refuse_inventories(struct world *w, struct pass *p)
{
    REFUSED(imga_inventory, imga_inventory_collect(NULL, w->image, &out, p->wanted));
    REFUSED(imga_inventory, imga_inventory_collect(w->context, NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_inventory_collect(w->context, w->image, NULL, p->wanted));
    REFUSED(imga_inventory, imga_inventory_read(NULL, w->docker, &out, p->wanted));
    REFUSED(imga_inventory, imga_inventory_read(w->context, NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_inventory_read(w->context, w->docker, NULL, p->wanted));
    REFUSED_PLAIN(imga_inventory_write(NULL, sink_write, NULL, p->wanted));
    REFUSED_PLAIN(imga_inventory_write(w->inventory, NULL, NULL, p->wanted));
}

static void refuse_files(struct world *w, struct pass *p)
{
    size_t count = imga_files_count(w->files);
    for (uint32_t bit = 4; bit; bit <<= 1)
        REFUSED(imga_files, imga_files_collect(w->context, w->image, bit | IMGA_FILES_REMOVED, &out, p->wanted));
    REFUSED(imga_files, imga_files_collect(NULL, w->image, 0, &out, p->wanted));
    REFUSED(imga_files, imga_files_collect(w->context, NULL, 0, &out, p->wanted));
    REFUSED_PLAIN(imga_files_collect(w->context, w->image, 0, NULL, p->wanted));
    REFUSED_PLAIN(imga_files_read(NULL, 0, sink_write, NULL, p->wanted));
    REFUSED_PLAIN(imga_files_read(w->files, 0, NULL, NULL, p->wanted));
    REFUSED_PLAIN(imga_files_read(w->files, count, sink_write, NULL, p->wanted));
    REFUSED_PLAIN(imga_files_read(w->files, SIZE_MAX, sink_write, NULL, p->wanted));
}

static void refuse_writers(struct world *w, struct pass *p)
{
    const imga_feed_options named = {.struct_size = sizeof(named), .name = "n"};
    const imga_feed_options no_name = {.struct_size = sizeof(named)};
    const imga_feed_options empty_name = {.struct_size = sizeof(named), .name = ""};
    const imga_feed_options no_size = {.struct_size = 8, .name = "n"};
    imga_database_writer *writer = NULL;
    OK(imga_database_writer_new(w->context, &writer, NULL));
    REFUSED(imga_database_writer, imga_database_writer_new(NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_database_writer_new(w->context, NULL, p->wanted));
    REFUSED_PLAIN(imga_database_writer_add(NULL, &named, w->docker, p->wanted));
    REFUSED_PLAIN(imga_database_writer_add(writer, NULL, w->docker, p->wanted));
    REFUSED_PLAIN(imga_database_writer_add(writer, &named, NULL, p->wanted));
    REFUSED_PLAIN(imga_database_writer_add(writer, &no_name, w->docker, p->wanted));
    REFUSED_PLAIN(imga_database_writer_add(writer, &empty_name, w->docker, p->wanted));
    REFUSED_PLAIN(imga_database_writer_add(writer, &no_size, w->docker, p->wanted));
    REFUSED_PLAIN(imga_database_writer_finish(NULL, sink_write, NULL, p->wanted));
    REFUSED_PLAIN(imga_database_writer_finish(writer, NULL, NULL, p->wanted));
    imga_database_writer_free(writer);
    REFUSED_PLAIN(imga_database_writer_add(w->odd_writer, &named, w->docker, p->wanted)); /* it is finished */
    REFUSED_PLAIN(imga_database_writer_finish(w->odd_writer, sink_write, NULL, p->wanted));
}

static void refuse_databases(struct world *w, struct pass *p)
{
    const char *bytes = w->database_bytes.p;
    REFUSED(imga_database, imga_database_open(NULL, "x", &out, p->wanted));
    REFUSED(imga_database, imga_database_open(w->context, NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_database_open(w->context, "x", NULL, p->wanted));
    REFUSED(imga_database, imga_database_open_memory(NULL, bytes, 8, &out, p->wanted));
    REFUSED(imga_database, imga_database_open_memory(w->context, NULL, 8, &out, p->wanted));
    REFUSED(imga_database, imga_database_open_memory(w->context, bytes + 1, 8, &out, p->wanted));
    REFUSED_PLAIN(imga_database_open_memory(w->context, bytes, 8, NULL, p->wanted));
    REFUSED(imga_findings, imga_match(NULL, w->inventory, w->database, &out, p->wanted));
    REFUSED(imga_findings, imga_match(w->context, NULL, w->database, &out, p->wanted));
    REFUSED(imga_findings, imga_match(w->context, w->inventory, NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_match(w->context, w->inventory, w->database, NULL, p->wanted));
    REFUSED_PLAIN(imga_findings_explain(NULL, 0, sink_write, NULL, p->wanted));
    REFUSED_PLAIN(imga_findings_explain(w->findings, 0, NULL, NULL, p->wanted));
    REFUSED_PLAIN(imga_findings_explain(w->findings, imga_findings_count(w->findings), sink_write, NULL, p->wanted));
}

static void refuse_policies(struct world *w, struct pass *p)
{
    REFUSED(imga_policy, imga_policy_read(NULL, w->policy_source, &out, p->wanted));
    REFUSED(imga_policy, imga_policy_read(w->context, NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_policy_read(w->context, w->policy_source, NULL, p->wanted));
    REFUSED(imga_verdict, imga_policy_evaluate(NULL, w->findings, 0, &out, p->wanted));
    REFUSED(imga_verdict, imga_policy_evaluate(w->policy, NULL, 0, &out, p->wanted));
    REFUSED_PLAIN(imga_policy_evaluate(w->policy, w->findings, 0, NULL, p->wanted));
}

static void refuse_reports(struct world *w, struct pass *p)
{
    const imga_report_options good = {.struct_size = sizeof(good), .format = IMGA_REPORT_JSON, .verdict = w->verdict};
    imga_report_options bad[] = {good, good, good, good, good, good};
    bad[0].struct_size = 16;
    bad[1].format = 0;
    bad[2].format = 99;
    bad[3].verdict = NULL;
    bad[4].findings = w->odd_findings;
    bad[5].inventory = w->odd_inventory;
    REFUSED_PLAIN(imga_report_write(NULL, &good, sink_write, NULL, p->wanted));
    REFUSED_PLAIN(imga_report_write(w->context, NULL, sink_write, NULL, p->wanted));
    REFUSED_PLAIN(imga_report_write(w->context, &good, NULL, NULL, p->wanted));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct sink out = {NULL, 0};
        REFUSED_PLAIN(imga_report_write(w->context, &bad[i], sink_write, &out, p->wanted));
        cr_expect_eq(out.n, 0, "bad report %zu wrote something", i);
        sink_free(&out);
    }
}

static void refuse_gates(struct world *w, struct pass *p)
{
    const imga_gate_options good = {
        .struct_size = sizeof(good), .path = w->data.folder, .database = w->database, .policy = w->policy};
    imga_gate_options bad[] = {good, good, good, good};
    bad[0].struct_size = 16;
    bad[1].path = NULL;
    bad[2].database = NULL;
    bad[3].policy = NULL;
    REFUSED(imga_verdict, imga_gate(NULL, &good, &out, p->wanted));
    REFUSED(imga_verdict, imga_gate(w->context, NULL, &out, p->wanted));
    REFUSED_PLAIN(imga_gate(w->context, &good, NULL, p->wanted));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        REFUSED(imga_verdict, imga_gate(w->context, &bad[i], &out, p->wanted));
}

static void refuse_versions(struct pass *p)
{
    int32_t order = 77;
    REFUSED_PLAIN(imga_version_compare(0, "1", "1", &order, p->wanted));
    REFUSED_PLAIN(imga_version_compare(99, "1", "1", &order, p->wanted));
    REFUSED_PLAIN(imga_version_compare(IMGA_SCHEME_DEB, NULL, "1", &order, p->wanted));
    REFUSED_PLAIN(imga_version_compare(IMGA_SCHEME_DEB, "1", NULL, &order, p->wanted));
    REFUSED_PLAIN(imga_version_compare(IMGA_SCHEME_DEB, "1", "1", NULL, p->wanted));
    cr_expect_eq(order, 77);
}

Test(arguments, refused)
{
    struct world w;
    world_open(&w);
    for (int wanted = 0; wanted < 2; wanted++) {
        struct pass pass = {NULL, NULL, 0}, *p = &pass;
        p->wanted = wanted ? &p->error : NULL;
        refuse_contexts(&w, p);
        refuse_sources(&w, p);
        refuse_streams(&w, p);
        refuse_images(&w, p);
        refuse_image_options(&w, p);
        refuse_image_lists(&w, p);
        refuse_inventories(&w, p);
        refuse_files(&w, p);
        refuse_writers(&w, p);
        refuse_databases(&w, p);
        refuse_policies(&w, p);
        refuse_reports(&w, p);
        refuse_gates(&w, p);
        refuse_versions(p);
        cr_expect_gt(p->calls, 80);
    }
    world_close(&w);
}

/* What asks an object that is not there. */
Test(arguments, getters)
{
    int64_t seconds = 5;
    cr_expect_eq(imga_error_code(NULL), IMGA_OK);
    cr_expect_str_eq(imga_error_message(NULL), "");
    cr_expect_str_eq(imga_error_where(NULL), "");
    cr_expect_eq(imga_error_offset(NULL), -1);
    cr_expect_eq(imga_image_layer_count(NULL), 0);
    cr_expect_eq(imga_image_list_count(NULL), 0);
    cr_expect_str_eq(imga_inventory_id(NULL), "");
    cr_expect_eq(imga_inventory_is_complete(NULL), 0);
    cr_expect_eq(imga_inventory_package_count(NULL), 0);
    cr_expect_eq(imga_inventory_layer_count(NULL), 0);
    cr_expect_eq(imga_inventory_note_count(NULL), 0);
    cr_expect_eq(imga_inventory_executable_count(NULL), 0);
    cr_expect_eq(imga_inventory_unowned_count(NULL), 0);
    cr_expect_eq(imga_files_count(NULL), 0);
    cr_expect_eq(imga_files_is_complete(NULL), 0);
    cr_expect_eq(imga_files_note_count(NULL), 0);
    cr_expect_eq(imga_database_writer_note_count(NULL), 0);
    cr_expect_str_eq(imga_database_id(NULL), "");
    cr_expect_eq(imga_database_record_count(NULL), 0);
    cr_expect_eq(imga_database_feed_count(NULL), 0);
    cr_expect_eq(imga_database_coverage_count(NULL), 0);
    cr_expect_eq(imga_findings_is_complete(NULL), 0);
    cr_expect_eq(imga_findings_count(NULL), 0);
    cr_expect_eq(imga_findings_note_count(NULL), 0);
    cr_expect_str_eq(imga_policy_id(NULL), "");
    cr_expect_str_eq(imga_policy_name(NULL), "");
    cr_expect_eq(imga_verdict_result(NULL), IMGA_VERDICT_INCOMPLETE);
    cr_expect_eq(imga_verdict_count(NULL), 0);
    cr_expect_eq(imga_verdict_exception_count(NULL), 0);
    cr_expect_null(imga_verdict_findings(NULL));
    cr_expect_null(imga_findings_inventory(NULL));
    cr_expect_null(imga_findings_database(NULL));
    cr_expect_eq(imga_time_parse(NULL, &seconds), IMGA_E_INVALID);
    cr_expect_eq(imga_time_parse("2024-01-01", NULL), IMGA_E_INVALID);
    cr_expect_eq(imga_time_parse("yesterday", &seconds), IMGA_E_FORMAT);
    cr_expect_eq(seconds, 5);
    cr_expect_eq(imga_report_format(NULL), 0);
    cr_expect_eq(imga_version_scheme(NULL), 0);
    cr_expect_eq(imga_feature(NULL), 0);
}

/* What does nothing to an object that is not there. */
Test(arguments, nothing)
{
    cr_expect_null(imga_error_free(NULL));
    cr_expect_null(imga_context_ref(NULL));
    cr_expect_null(imga_context_unref(NULL));
    cr_expect_null(imga_cancel_unref(NULL));
    cr_expect_null(imga_source_unref(NULL));
    cr_expect_null(imga_image_unref(NULL));
    cr_expect_null(imga_image_list_unref(NULL));
    cr_expect_null(imga_inventory_ref(NULL));
    cr_expect_null(imga_inventory_unref(NULL));
    cr_expect_null(imga_files_unref(NULL));
    cr_expect_null(imga_database_ref(NULL));
    cr_expect_null(imga_database_unref(NULL));
    cr_expect_null(imga_database_writer_free(NULL));
    cr_expect_null(imga_findings_ref(NULL));
    cr_expect_null(imga_findings_unref(NULL));
    cr_expect_null(imga_policy_unref(NULL));
    cr_expect_null(imga_verdict_unref(NULL));
    imga_cancel_set(NULL, 1);
    imga_limits_default(NULL);
    imga_context_set_log(NULL, NULL, NULL, 0);
    imga_context_set_progress(NULL, NULL, NULL);
    imga_context_set_cancel(NULL, NULL);
}
