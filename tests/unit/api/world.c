/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "evident.h"
#include "ociimage.h"

imga_source *world_text(struct world *w, const char *text)
{
    imga_source *source = NULL;
    OK(imga_source_from_memory(w->context, text, strlen(text), &source, NULL));
    return source;
}

imga_image *world_image(struct world *w, const struct tarball *archive, uint32_t look)
{
    const imga_image_options options = {.struct_size = sizeof(options), .look = look};
    imga_source *source = NULL;
    imga_image *image = NULL;
    OK(imga_source_from_memory(w->context, archive->p, archive->n, &source, NULL));
    OK(imga_image_open_source(w->context, source, &options, &image, NULL));
    imga_source_unref(source);
    return image;
}

imga_policy *world_policy(struct world *w, const char *text)
{
    imga_source *source = world_text(w, text);
    imga_policy *policy = NULL;
    OK(imga_policy_read(w->context, source, &policy, NULL));
    imga_source_unref(source);
    return policy;
}

size_t world_package(struct world *w, const char *name)
{
    imga_package_row row = {.struct_size = sizeof(row)};
    size_t i = 0;
    while (imga_inventory_packages(w->evident_inventory, i, &row, 1) == 1 && strcmp(row.name, name) != 0)
        i++;
    cr_assert_lt(i, imga_inventory_package_count(w->evident_inventory), "there is no %s", name);
    return i;
}

struct sink world_report(struct world *w, const imga_verdict *verdict)
{
    const imga_report_options options = {
        .struct_size = sizeof(options), .format = IMGA_REPORT_JSON, .verdict = verdict};
    struct sink out = {NULL, 0};
    OK(imga_report_write(w->context, &options, sink_write, &out, NULL));
    return out;
}

static void open_odd_inventory(struct world *w)
{
    struct tarball layer = {NULL, 0};
    tarball_file(&layer, "etc/motd", "hello\n");
    tarball_end(&layer);
    const struct ociimage_layer layers[] = {{.tar = layer.p, .tar_size = layer.n}};
    struct tarball archive =
        ociimage_docker_archive(&(struct ociimage){.layers = layers, .count = 1, .reference = "odd:1"});
    imga_image *image = world_image(w, &archive, 0);
    OK(imga_inventory_collect(w->context, image, &w->odd_inventory, NULL));
    imga_image_unref(image);
    tarball_free(&archive);
    tarball_free(&layer);
}

static void open_odd_findings(struct world *w)
{
    static const char feed[] =
        "{\"distroversion\":\"v3.18\",\"reponame\":\"main\",\"packages\":[{\"pkg\":{\"name\":\"a\","
        "\"secfixes\":{\"1-r0\":[\"CVE-2023-2650\"]}}},{\"pkg\":17}]}";
    const imga_feed_options options = {.struct_size = sizeof(options), .name = "odd"};
    imga_source *source = world_text(w, feed);
    imga_database *database = NULL;
    OK(imga_database_writer_new(w->context, &w->odd_writer, NULL));
    OK(imga_database_writer_add(w->odd_writer, &options, source, NULL));
    OK(imga_database_writer_finish(w->odd_writer, sink_write, &w->odd_bytes, NULL));
    OK(imga_database_open_memory(w->context, w->odd_bytes.p, w->odd_bytes.n, &database, NULL));
    OK(imga_match(w->context, w->inventory, database, &w->odd_findings, NULL));
    imga_database_unref(database);
    imga_source_unref(source);
}

void world_open(struct world *w)
{
    memset(w, 0, sizeof(*w));
    scenario_make(&w->data);
    failing_init(&w->memory);
    OK(imga_context_new(&w->memory.allocator, &w->context, NULL));
    OK(imga_source_from_memory(w->context, w->data.docker.p, w->data.docker.n, &w->docker, NULL));
    w->policy_source = world_text(w, w->data.policy);
    OK(imga_image_open_source(w->context, w->docker, NULL, &w->image, NULL));
    OK(imga_inventory_collect(w->context, w->image, &w->inventory, NULL));
    OK(imga_files_collect(w->context, w->image, IMGA_FILES_DIGESTS | IMGA_FILES_REMOVED, &w->files, NULL));
    scenario_database(&w->data, w->context, &w->database_bytes);
    OK(imga_database_open_memory(w->context, w->database_bytes.p, w->database_bytes.n, &w->database, NULL));
    OK(imga_match(w->context, w->inventory, w->database, &w->findings, NULL));
    OK(imga_policy_read(w->context, w->policy_source, &w->policy, NULL));
    OK(imga_policy_evaluate(w->policy, w->findings, w->data.now, &w->verdict, NULL));
    w->evident = evident_image();
    w->evident_image = world_image(w, &w->evident, IMGA_LOOK_LOCKFILES | IMGA_LOOK_REMOVED);
    OK(imga_inventory_collect(w->context, w->evident_image, &w->evident_inventory, NULL));
    open_odd_inventory(w);
    open_odd_findings(w);
}

void world_close(struct world *w)
{
    imga_verdict_unref(w->verdict);
    imga_policy_unref(w->policy);
    imga_findings_unref(w->findings);
    imga_findings_unref(w->odd_findings);
    imga_database_unref(w->database);
    imga_database_writer_free(w->odd_writer);
    imga_inventory_unref(w->inventory);
    imga_inventory_unref(w->odd_inventory);
    imga_inventory_unref(w->evident_inventory);
    imga_image_unref(w->evident_image);
    imga_files_unref(w->files);
    imga_image_unref(w->image);
    imga_source_unref(w->policy_source);
    imga_source_unref(w->docker);
    imga_context_unref(w->context);
    cr_expect_eq(w->memory.live, 0, "%zu allocations are left", w->memory.live);
    sink_free(&w->database_bytes);
    sink_free(&w->odd_bytes);
    tarball_free(&w->evident);
    scenario_free(&w->data);
}
