/* SPDX-License-Identifier: Apache-2.0 */
/* The config and the history of an image through the public API: values, wrong arguments, rows of every size. */
#include "ociimage.h"
#include "world.h"

enum { ROW_MAX = 256, MARK = 0x5a };

#define CONFIG                                                                                                         \
    "{\"User\":\"www\",\"WorkingDir\":\"/srv\",\"StopSignal\":\"SIGQUIT\",\"ExposedPorts\":{\"80/tcp\":{}},"           \
    "\"Env\":[\"PATH=/bin\",\"A=b=c\",\"NAME\"],\"Entrypoint\":[\"/init\"],\"Cmd\":[\"x\",\"y\"],\"Volumes\":"         \
    "{\"/b\":{},\"/a\":{}},\"Labels\":{\"z\":\"1\",\"y\":\"2\"},\"OnBuild\":[\"RUN z\"],\"Shell\":[\"sh\",\"-c\"],"    \
    "\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"],\"Interval\":1,\"Timeout\":2,\"StartPeriod\":3,\"StartInterval\":4," \
    "\"Retries\":5}},\"author\":\"me\",\"os.version\":\"10\",\"os.features\":[\"win32k\"]"
#define HISTORY                                                                                                        \
    "[{\"created_by\":\"ENV\",\"empty_layer\":true},{\"created\":\"t\",\"created_by\":\"ADD\",\"author\":\"x\","       \
    "\"comment\":\"y\"}]"

struct run {
    struct failing memory;
    imga_context *context;
    imga_image *image; /* with that config and history */
    imga_image *plain; /* with a history only */
};

static imga_image *open_image(struct run *r, const struct ociimage_edit *edits, size_t count)
{
    struct tarball tar = {NULL, 0};
    imga_source *source = NULL;
    imga_image *image = NULL;
    tarball_file(&tar, "etc/motd", "hello\n");
    tarball_end(&tar);
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    struct tarball archive =
        ociimage_oci_archive(&(struct ociimage){.layers = &layer, .count = 1, .edits = edits, .edit_count = count});
    OK(imga_source_from_memory(r->context, archive.p, archive.n, &source, NULL));
    OK(imga_image_open_source(r->context, source, NULL, &image, NULL));
    imga_source_unref(source);
    tarball_free(&archive);
    tarball_free(&tar);
    return image;
}

static void run_open(struct run *r)
{
    static const struct ociimage_edit edits[] = {{EDIT_CONFIG, "\"config\":{}", "\"config\":" CONFIG, 0},
                                                 {EDIT_CONFIG, "[{\"created_by\":\"step 0\"}]", HISTORY, 0}};
    failing_init(&r->memory);
    OK(imga_context_new(&r->memory.allocator, &r->context, NULL));
    r->image = open_image(r, edits, 2);
    r->plain = open_image(r, NULL, 0);
}

static void run_close(struct run *r)
{
    imga_image_unref(r->image);
    imga_image_unref(r->plain);
    imga_context_unref(r->context);
    cr_expect_eq(r->memory.live, 0);
}

static const struct {
    int32_t list;
    size_t count;
    const char *values[6]; /* key and value of each */
} lists[] = {
    {IMGA_CONFIG_ENV, 3, {"PATH", "/bin", "A", "b=c", "NAME", ""}},
    {IMGA_CONFIG_PORTS, 1, {"", "80/tcp"}},
    {IMGA_CONFIG_VOLUMES, 2, {"", "/a", "", "/b"}},
    {IMGA_CONFIG_LABELS, 2, {"y", "2", "z", "1"}},
    {IMGA_CONFIG_ENTRYPOINT, 1, {"", "/init"}},
    {IMGA_CONFIG_CMD, 2, {"", "x", "", "y"}},
    {IMGA_CONFIG_HEALTHCHECK, 2, {"", "CMD", "", "true"}},
    {IMGA_CONFIG_ONBUILD, 1, {"", "RUN z"}},
    {IMGA_CONFIG_SHELL, 2, {"", "sh", "", "-c"}},
    {IMGA_CONFIG_OS_FEATURES, 1, {"", "win32k"}},
    {0, 0, {NULL}},
    {11, 0, {NULL}},
    {-1, 0, {NULL}},
    {INT32_MIN, 0, {NULL}},
    {INT32_MAX, 0, {NULL}},
};

Test(image_config, lists)
{
    struct run r;
    run_open(&r);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        imga_config_value_row rows[4] = {{.struct_size = sizeof(rows[0])}};
        const int32_t list = lists[i].list;
        const int64_t n = imga_image_config_values(r.image, list, 0, rows, 4);
        cr_expect_eq(imga_image_config_count(r.image, list), lists[i].count, "list %d", list);
        cr_expect_eq(imga_image_config_count(r.plain, list), 0, "list %d", list);
        cr_expect_eq(imga_image_config_count(NULL, list), 0, "list %d", list);
        cr_expect_eq(imga_image_config_values(NULL, list, 0, rows, 1), IMGA_E_INVALID, "list %d", list);
        cr_expect_eq(n, lists[i].count ? (int64_t)lists[i].count : IMGA_E_INVALID, "list %d: %d", list, (int)n);
        for (int64_t k = 0; k < n; k++) {
            cr_expect_str_eq(rows[k].key, lists[i].values[2 * k], "list %d, key %d", list, (int)k);
            cr_expect_str_eq(rows[k].value, lists[i].values[2 * k + 1], "list %d, value %d", list, (int)k);
        }
        if (n > 0)
            cr_expect_eq(imga_image_config_values(r.plain, list, 0, rows, 4), 0, "list %d", list);
    }
    run_close(&r);
}

Test(image_config, what_it_says)
{
    imga_config_row row = {.struct_size = sizeof(row)};
    struct run r;
    run_open(&r);
    OK(imga_image_config(r.image, &row));
    cr_expect_str_eq(row.user, "www");
    cr_expect_str_eq(row.working_dir, "/srv");
    cr_expect_str_eq(row.stop_signal, "SIGQUIT");
    cr_expect_str_eq(row.author, "me");
    cr_expect_str_eq(row.os_version, "10");
    cr_expect_eq(row.health_interval_ns, 1);
    cr_expect_eq(row.health_timeout_ns, 2);
    cr_expect_eq(row.health_start_period_ns, 3);
    cr_expect_eq(row.health_start_interval_ns, 4);
    cr_expect_eq(row.health_retries, 5);
    cr_expect_eq(row.has_healthcheck, 1);
    OK(imga_image_config(r.plain, &row));
    cr_expect_str_eq(row.user, "");
    cr_expect_str_eq(row.os_version, "");
    cr_expect_eq(row.has_healthcheck, 0);
    cr_expect_eq(imga_image_config(NULL, &row), IMGA_E_INVALID);
    cr_expect_eq(imga_image_config(r.image, NULL), IMGA_E_INVALID);
    run_close(&r);
}

Test(image_config, history_and_layers)
{
    imga_history_row rows[3] = {{.struct_size = sizeof(rows[0])}};
    imga_layer_row layer = {.struct_size = sizeof(layer)};
    struct run r;
    run_open(&r);
    cr_expect_eq(imga_image_history_count(NULL), 0);
    cr_expect_eq(imga_image_history_count(r.image), 2);
    cr_assert_eq(imga_image_history(r.image, 0, rows, 3), 2);
    cr_expect_eq(rows[0].layer, UINT32_MAX);
    cr_expect_str_eq(rows[0].created_by, "ENV");
    cr_expect_str_eq(rows[0].created, "");
    cr_expect_eq(rows[1].layer, 0);
    cr_expect_str_eq(rows[1].created, "t");
    cr_expect_str_eq(rows[1].created_by, "ADD");
    cr_expect_str_eq(rows[1].author, "x");
    cr_expect_str_eq(rows[1].comment, "y");
    cr_assert_eq(imga_image_layers(r.image, 0, &layer, 1), 1);
    cr_expect_eq(layer.history, 1);
    cr_expect_str_eq(layer.created, "t");
    cr_expect_str_eq(layer.created_by, "ADD");
    cr_expect_str_eq(layer.comment, "y");
    cr_expect_str_eq(layer.chain_id, layer.diff_id, "the bottom layer");
    cr_expect_eq(layer.uncompressed_size, 0);
    cr_expect_eq(imga_image_history(NULL, 0, rows, 1), IMGA_E_INVALID);
    run_close(&r);
}

/* The inventory's rows say the same; one that was read from a document knows less. */
Test(image_config, layers_of_an_inventory)
{
    struct world w;
    imga_layer_row image = {.struct_size = sizeof(image)}, inventory = image, again = image;
    imga_inventory *read = NULL;
    struct sink document = {NULL, 0};
    imga_source *source = NULL;
    world_open(&w);
    OK(imga_inventory_write(w.inventory, sink_write, &document, NULL));
    OK(imga_source_from_memory(w.context, document.p, document.n, &source, NULL));
    OK(imga_inventory_read(w.context, source, &read, NULL));
    cr_assert_eq(imga_image_layers(w.image, 1, &image, 1), 1);
    cr_assert_eq(imga_inventory_layers(w.inventory, 1, &inventory, 1), 1);
    cr_assert_eq(imga_inventory_layers(read, 1, &again, 1), 1);
    cr_expect_str_eq(inventory.chain_id, image.chain_id);
    cr_expect_neq(image.chain_id[0], '\0');
    cr_expect_str_neq(image.chain_id, image.diff_id);
    cr_expect_eq(inventory.history, image.history);
    cr_expect_eq(image.history, 1);
    cr_expect_str_eq(again.diff_id, image.diff_id);
    cr_expect_str_eq(again.chain_id, "");
    cr_expect_str_eq(again.created, "");
    cr_expect_eq(again.history, UINT32_MAX);
    imga_inventory_unref(read);
    imga_source_unref(source);
    sink_free(&document);
    world_close(&w);
}

typedef int64_t rows_fn(const struct run *r, size_t first, void *rows, size_t count);

static int64_t labels(const struct run *r, size_t first, void *rows, size_t count)
{
    return imga_image_config_values(r->image, IMGA_CONFIG_LABELS, first, rows, count);
}

static int64_t history(const struct run *r, size_t first, void *rows, size_t count)
{
    return imga_image_history(r->image, first, rows, count);
}

/* One row is a table of one. */
static int64_t config(const struct run *r, size_t first, void *rows, size_t count)
{
    return count && first == 0 && imga_image_config(r->image, rows) < 0 ? IMGA_E_INVALID : count && first == 0;
}

static const struct table {
    const char *name;
    rows_fn *rows;
    size_t size, total;
} tables[] = {
    {"labels", labels, sizeof(imga_config_value_row), 2},
    {"history", history, sizeof(imga_history_row), 2},
    {"config", config, sizeof(imga_config_row), 1},
};

static void set_size(void *row, uint32_t size)
{
    memcpy(row, &size, sizeof(size));
}

/* A shorter row holds the beginning of ours, a longer one ours and zeros; not a byte more is touched. */
static void check_sizes(const struct run *r, const struct table *table)
{
    unsigned char full[ROW_MAX], row[2 * ROW_MAX];
    set_size(full, (uint32_t)table->size);
    cr_assert_eq(table->rows(r, 0, full, 1), 1);
    for (uint32_t size = 8; size <= ROW_MAX; size += 8) {
        size_t common = size < table->size ? size : table->size;
        memset(row, MARK, sizeof(row));
        set_size(row, size);
        cr_expect_eq(table->rows(r, 0, row, 1), 1, "%s of %u bytes", table->name, size);
        cr_expect_eq(memcmp(row + 4, full + 4, common - 4), 0, "%s of %u bytes", table->name, size);
        for (size_t i = common; i < size; i++)
            cr_expect_eq(row[i], 0, "%s of %u bytes: byte %zu", table->name, size, i);
        cr_expect_eq(row[size], MARK, "%s of %u bytes: one too many", table->name, size);
    }
}

Test(image_config, rows)
{
    static const uint32_t wrong[] = {0, 1, 4, 7, 9, 12, 63};
    uint64_t row[ROW_MAX / 8];
    struct run r;
    run_open(&r);
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        const struct table *table = &tables[i];
        check_sizes(&r, table);
        for (size_t k = 0; k < sizeof(wrong) / sizeof(wrong[0]); k++) {
            set_size(row, wrong[k]);
            cr_expect_eq(table->rows(&r, 0, row, 1), IMGA_E_INVALID, "%s of %u bytes", table->name, wrong[k]);
        }
        set_size(row, (uint32_t)table->size);
        cr_expect_eq(table->rows(&r, 0, NULL, 1), IMGA_E_INVALID, "%s into nothing", table->name);
        cr_expect_eq(table->rows(&r, 0, NULL, 0), 0, "%s: no rows", table->name);
        cr_expect_eq(table->rows(&r, table->total - 1, row, 1), 1, "%s: the last", table->name);
        cr_expect_eq(table->rows(&r, table->total, row, 1), 0, "%s past the end", table->name);
        cr_expect_eq(table->rows(&r, SIZE_MAX, row, 1), 0, "%s far past the end", table->name);
    }
    run_close(&r);
}

/* A caller that was built with the shorter row of layers. */
Test(image_config, a_layer_row_of_before)
{
    imga_layer_row full = {.struct_size = sizeof(full)};
    unsigned char old[sizeof(full)];
    const size_t size = offsetof(imga_layer_row, chain_id);
    struct run r;
    run_open(&r);
    memset(old, MARK, sizeof(old));
    set_size(old, (uint32_t)size);
    cr_assert_eq(imga_image_layers(r.image, 0, (void *)old, 1), 1);
    cr_assert_eq(imga_image_layers(r.image, 0, &full, 1), 1);
    cr_expect_eq(size, 48);
    cr_expect_eq(memcmp(old + 4, (unsigned char *)&full + 4, size - 4), 0);
    for (size_t i = size; i < sizeof(old); i++)
        cr_expect_eq(old[i], MARK, "byte %zu", i);
    run_close(&r);
}
