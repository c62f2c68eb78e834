/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs in a row: what is read back is the same, the one-call gate is the steps, same inputs give the same bytes.
 */
#include "world.h"

static imga_inventory *read_back(struct world *w, imga_inventory *inventory, struct sink *text)
{
    imga_source *source = NULL;
    imga_inventory *again = NULL;
    OK(imga_inventory_write(inventory, sink_write, text, NULL));
    OK(imga_source_from_memory(w->context, text->p, text->n, &source, NULL));
    OK(imga_inventory_read(w->context, source, &again, NULL));
    imga_source_unref(source);
    return again;
}

/* Also of an incomplete inventory, and with the same verdict. */
Test(calls, inventories_are_read_back)
{
    struct world w;
    world_open(&w);
    imga_inventory *inventories[] = {w.inventory, w.odd_inventory};
    for (size_t i = 0; i < 2; i++) {
        struct sink first = {NULL, 0}, second = {NULL, 0};
        imga_inventory *again = read_back(&w, inventories[i], &first);
        OK(imga_inventory_write(again, sink_write, &second, NULL));
        cr_expect_str_eq(imga_inventory_id(again), imga_inventory_id(inventories[i]));
        cr_expect_str_eq(first.p, second.p);
        cr_expect_eq(imga_inventory_is_complete(again), i == 0);
        cr_expect_eq(imga_inventory_note_count(again), imga_inventory_note_count(inventories[i]));
        imga_inventory_unref(again);
        sink_free(&first);
        sink_free(&second);
    }
    world_close(&w);
}

static imga_verdict *judge(struct world *w, imga_inventory *inventory)
{
    imga_findings *findings = NULL;
    imga_verdict *verdict = NULL;
    OK(imga_match(w->context, inventory, w->database, &findings, NULL));
    OK(imga_policy_evaluate(w->policy, findings, w->data.now, &verdict, NULL));
    imga_findings_unref(findings);
    return verdict;
}

Test(calls, verdict_without_the_image)
{
    struct world w;
    struct sink text = {NULL, 0};
    world_open(&w);
    imga_inventory *again = read_back(&w, w.inventory, &text);
    imga_verdict *verdict = judge(&w, again);
    struct sink now = world_report(&w, w.verdict), later = world_report(&w, verdict);
    cr_expect_str_eq(now.p, later.p);
    sink_free(&now);
    sink_free(&later);
    sink_free(&text);
    imga_verdict_unref(verdict);
    imga_inventory_unref(again);
    world_close(&w);
}

Test(calls, gate_is_the_steps)
{
    struct world w;
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    imga_verdict *verdict = NULL;
    world_open(&w);
    const imga_gate_options options = {.struct_size = sizeof(options),
                                       .path = w.data.folder,
                                       .database = w.database,
                                       .policy = w.policy,
                                       .now = w.data.now};
    OK(imga_image_open(w.context, w.data.folder, NULL, &image, NULL));
    OK(imga_inventory_collect(w.context, image, &inventory, NULL));
    imga_verdict *steps = judge(&w, inventory);
    OK(imga_gate(w.context, &options, &verdict, NULL));
    struct sink a = world_report(&w, steps), b = world_report(&w, verdict);
    cr_expect_str_eq(a.p, b.p);
    cr_expect_eq(imga_verdict_result(verdict), IMGA_VERDICT_FAIL);
    sink_free(&a);
    sink_free(&b);
    imga_verdict_unref(verdict);
    imga_verdict_unref(steps);
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    world_close(&w);
}

Test(calls, gate_fails_where_its_steps_fail)
{
    struct world w;
    imga_verdict *verdict = NULL;
    imga_error *error = NULL;
    world_open(&w);
    imga_gate_options options = {
        .struct_size = sizeof(options), .path = "/nothing/is/here", .database = w.database, .policy = w.policy};
    cr_expect_eq(imga_gate(w.context, &options, &verdict, &error), IMGA_E_NOT_FOUND);
    cr_expect(strstr(imga_error_where(error), "/nothing/is/here"), "%s", imga_error_where(error));
    imga_error_free(error);
    options.path = w.data.folder;
    options.reference = "no/such:thing";
    cr_expect_eq(imga_gate(w.context, &options, &verdict, NULL), IMGA_E_NOT_FOUND);
    cr_expect_null(verdict);
    world_close(&w);
}

/* Only what the policy says and the clock decide; the identity of a policy is that of its bytes. */
Test(calls, policies)
{
    struct world w;
    world_open(&w);
    imga_policy *a = world_policy(&w, "imgassure: 1\npolicy: a/b\nrules: []\n");
    imga_policy *b = world_policy(&w, "imgassure: 1\npolicy: a/b\nrules: []\n");
    imga_policy *c = world_policy(&w, "imgassure: 1\npolicy: a/b\nrules: [] \n");
    imga_verdict *verdict = NULL;
    cr_expect_str_eq(imga_policy_name(a), "a/b");
    cr_expect_str_eq(imga_policy_id(a), imga_policy_id(b));
    cr_expect_str_neq(imga_policy_id(a), imga_policy_id(c));
    cr_expect_eq(strlen(imga_policy_id(a)), strlen("sha256:") + 64);
    OK(imga_policy_evaluate(a, w.findings, w.data.now, &verdict, NULL));
    cr_expect_eq(imga_verdict_result(verdict), IMGA_VERDICT_PASS);
    cr_expect_eq(imga_verdict_count(verdict), 0);
    verdict = imga_verdict_unref(verdict);
    OK(imga_policy_evaluate(a, w.odd_findings, w.data.now, &verdict, NULL));
    cr_expect_eq(imga_verdict_result(verdict), IMGA_VERDICT_INCOMPLETE, "no feed for it");
    imga_verdict_unref(verdict);
    imga_policy_unref(a);
    imga_policy_unref(b);
    imga_policy_unref(c);
    world_close(&w);
}

Test(calls, report_shapes)
{
    struct world w;
    world_open(&w);
    imga_report_options options[] = {{.verdict = w.verdict},
                                     {.findings = w.findings},
                                     {.inventory = w.inventory},
                                     {.inventory = w.inventory, .findings = w.findings, .verdict = w.verdict}};
    static const char *const has[] = {"\"verdict\": {", "\"findings\": [", "\"packages\": [", "\"verdict\": {"};
    for (size_t i = 0; i < 4; i++) {
        struct sink out = {NULL, 0};
        options[i].struct_size = sizeof(options[i]);
        options[i].format = IMGA_REPORT_JSON;
        OK(imga_report_write(w.context, &options[i], sink_write, &out, NULL));
        cr_expect(strstr(out.p, has[i]), "shape %zu", i);
        cr_expect_eq(strstr(out.p, "\"verdict\": {") != NULL, i % 3 == 0, "shape %zu", i);
        sink_free(&out);
    }
    world_close(&w);
}

Test(calls, three_forms_of_an_image)
{
    struct world w;
    world_open(&w);
    imga_source *archive = NULL;
    imga_image *images[2] = {NULL, NULL};
    OK(imga_source_from_memory(w.context, w.data.oci.p, w.data.oci.n, &archive, NULL));
    OK(imga_image_open_source(w.context, archive, NULL, &images[0], NULL));
    OK(imga_image_open(w.context, w.data.folder, NULL, &images[1], NULL));
    for (int i = 0; i < 2; i++) {
        imga_inventory *inventory = NULL;
        imga_package_row a = {.struct_size = sizeof(a)}, b = {.struct_size = sizeof(b)};
        OK(imga_inventory_collect(w.context, images[i], &inventory, NULL));
        cr_expect_eq(imga_inventory_package_count(inventory), 3);
        for (size_t k = 0; imga_inventory_packages(w.inventory, k, &a, 1) == 1; k++) {
            cr_assert_eq(imga_inventory_packages(inventory, k, &b, 1), 1);
            cr_expect_str_eq(a.purl, b.purl);
            cr_expect_eq(a.layer, b.layer);
        }
        imga_inventory_unref(inventory);
        imga_image_unref(images[i]);
    }
    imga_source_unref(archive);
    world_close(&w);
}
