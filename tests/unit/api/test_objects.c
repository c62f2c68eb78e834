/* SPDX-License-Identifier: Apache-2.0 */
/* References: children keep what they need, the last reference frees, callbacks are closed once. */
#include "world.h"

Test(objects, verdict_keeps_everything)
{
    struct world w;
    world_open(&w);
    w.findings = imga_findings_unref(w.findings);
    w.policy = imga_policy_unref(w.policy);
    w.inventory = imga_inventory_unref(w.inventory);
    w.database = imga_database_unref(w.database);
    w.image = imga_image_unref(w.image);
    w.docker = imga_source_unref(w.docker);
    imga_context *context = w.context;
    imga_context_ref(context); /* for the report */
    imga_findings *findings = imga_verdict_findings(w.verdict);
    imga_inventory *inventory = imga_findings_inventory(findings);
    cr_expect_eq(imga_inventory_package_count(inventory), 3);
    cr_expect_eq(imga_database_feed_count(imga_findings_database(findings)), 2);
    struct sink report = world_report(&w, w.verdict);
    cr_expect(strstr(report.p, "\"test/all\""));
    sink_free(&report);
    imga_context_unref(context);
    world_close(&w);
}

Test(objects, context_may_go_first)
{
    struct world w;
    world_open(&w);
    w.context = imga_context_unref(w.context);
    struct sink text = {NULL, 0};
    OK(imga_inventory_write(w.inventory, sink_write, &text, NULL));
    OK(imga_findings_explain(w.findings, 0, sink_write, &text, NULL));
    cr_expect_gt(text.n, 0);
    sink_free(&text);
    world_close(&w);
}

Test(objects, references_count)
{
    struct world w;
    world_open(&w);
    cr_expect_eq(imga_inventory_ref(w.inventory), w.inventory);
    cr_expect_eq(imga_database_ref(w.database), w.database);
    cr_expect_eq(imga_findings_ref(w.findings), w.findings);
    size_t live = w.memory.live;
    cr_expect_null(imga_inventory_unref(w.inventory));
    cr_expect_null(imga_database_unref(w.database));
    cr_expect_null(imga_findings_unref(w.findings));
    cr_expect_eq(w.memory.live, live, "nothing was freed");
    cr_expect_eq(imga_inventory_package_count(w.inventory), 3);
    world_close(&w);
}

struct bytes {
    const char *p;
    size_t n, at_once;
    int closed;
    int fail;
};

static int64_t read_bytes(void *user, uint64_t offset, void *buffer, size_t size)
{
    struct bytes *bytes = user;
    if (bytes->fail)
        return -5;
    size_t n = offset < bytes->n ? bytes->n - (size_t)offset : 0;
    n = n < size ? n : size;
    n = n < bytes->at_once ? n : bytes->at_once;
    memcpy(buffer, bytes->p + offset, n);
    return (int64_t)n;
}

static void close_bytes(void *user)
{
    ((struct bytes *)user)->closed++;
}

/* A source of callbacks that hands out a little at a time gives the same inventory, and is closed once, at the end. */
Test(objects, callbacks)
{
    struct world w;
    world_open(&w);
    struct bytes bytes = {w.data.docker.p, w.data.docker.n, 100, 0, 0};
    const imga_source_ops ops = {sizeof(ops), 0, bytes.n, read_bytes, close_bytes, &bytes};
    imga_source *source = NULL;
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    OK(imga_source_from_ops(w.context, &ops, &source, NULL));
    OK(imga_image_open_source(w.context, source, NULL, &image, NULL));
    imga_source_unref(source);
    cr_expect_eq(bytes.closed, 0, "the image still reads it");
    OK(imga_inventory_collect(w.context, image, &inventory, NULL));
    cr_expect_str_eq(imga_inventory_id(inventory), imga_inventory_id(w.inventory));
    imga_inventory_unref(inventory);
    inventory = NULL;
    bytes.fail = 1;
    cr_expect_eq(imga_inventory_collect(w.context, image, &inventory, NULL), IMGA_E_IO);
    cr_expect_null(inventory);
    imga_image_unref(image);
    cr_expect_eq(bytes.closed, 1);
    world_close(&w);
}

static int refuse_write(void *user, const void *data, size_t size)
{
    (void)user, (void)data, (void)size;
    return 1;
}

Test(objects, sinks_that_fail)
{
    struct world w;
    imga_error *error = NULL;
    imga_database_writer *writer = NULL;
    world_open(&w);
    imga_report_options options = {.struct_size = sizeof(options), .format = IMGA_REPORT_JSON, .verdict = w.verdict};
    cr_expect_eq(imga_report_write(w.context, &options, refuse_write, NULL, &error), IMGA_E_IO);
    cr_expect_eq(imga_error_code(error), IMGA_E_IO);
    imga_error_free(error);
    options.format = IMGA_REPORT_TABLE;
    cr_expect_eq(imga_report_write(w.context, &options, refuse_write, NULL, NULL), IMGA_E_IO);
    cr_expect_eq(imga_inventory_write(w.inventory, refuse_write, NULL, NULL), IMGA_E_IO);
    cr_expect_eq(imga_findings_explain(w.findings, 0, refuse_write, NULL, NULL), IMGA_E_IO);
    OK(imga_database_writer_new(w.context, &writer, NULL));
    cr_expect_eq(imga_database_writer_finish(writer, refuse_write, NULL, NULL), IMGA_E_IO);
    imga_database_writer_free(writer);
    world_close(&w);
}
