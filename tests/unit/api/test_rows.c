/* SPDX-License-Identifier: Apache-2.0 */
/* Rows: one by one, in batches, shorter and longer than ours, past the end. */
#include "world.h"

enum { ROW_MAX = 640, MARK = 0x5a };

typedef int64_t rows_fn(struct world *w, size_t first, void *rows, size_t count);

#define ROWS(name, call)                                                                                               \
    static int64_t name(struct world *w, size_t first, void *rows, size_t count)                                       \
    {                                                                                                                  \
        return call;                                                                                                   \
    }
ROWS(image_layers, imga_image_layers(w->image, first, rows, count))
ROWS(layers, imga_inventory_layers(w->inventory, first, rows, count))
ROWS(packages, imga_inventory_packages(w->inventory, first, rows, count))
ROWS(notes, imga_inventory_notes(w->odd_inventory, first, rows, count))
ROWS(evident_packages, imga_inventory_packages(w->evident_inventory, first, rows, count))
ROWS(properties, imga_inventory_properties(w->evident_inventory, world_package(w, "@corp/left"), first, rows, count))
ROWS(cpes, imga_inventory_cpes(w->evident_inventory, world_package(w, "@corp/left"), first, rows, count))
ROWS(executables, imga_inventory_executables(w->evident_inventory, first, rows, count))
ROWS(files, imga_files_rows(w->files, first, rows, count))
ROWS(writer_notes, imga_database_writer_notes(w->odd_writer, first, rows, count))
ROWS(feeds, imga_database_feeds(w->database, first, rows, count))
ROWS(coverage, imga_database_coverage(w->database, first, rows, count))
ROWS(findings, imga_findings_rows(w->findings, first, rows, count))
ROWS(findings_notes, imga_findings_notes(w->odd_findings, first, rows, count))
ROWS(items, imga_verdict_rows(w->verdict, first, rows, count))
ROWS(exceptions, imga_verdict_exceptions(w->verdict, first, rows, count))
#undef ROWS

struct table {
    const char *name;
    rows_fn *rows;
    size_t size;
    size_t least; /* rows there are at least */
};

static const struct table tables[] = {
    {"image layers", image_layers, sizeof(imga_layer_row), 2},
    {"layers", layers, sizeof(imga_layer_row), 2},
    {"packages", packages, sizeof(imga_package_row), 3},
    {"evident packages", evident_packages, sizeof(imga_package_row), 4},
    {"properties", properties, sizeof(imga_property_row), 1},
    {"cpes", cpes, sizeof(imga_cpe_row), 1},
    {"executables", executables, sizeof(imga_executable_row), 2},
    {"notes", notes, sizeof(imga_note_row), 1},
    {"files", files, sizeof(imga_file_row), 10},
    {"writer notes", writer_notes, sizeof(imga_note_row), 1},
    {"feeds", feeds, sizeof(imga_feed_row), 2},
    {"coverage", coverage, sizeof(imga_coverage_row), 2},
    {"findings", findings, sizeof(imga_finding_row), 5},
    {"findings notes", findings_notes, sizeof(imga_note_row), 1},
    {"items", items, sizeof(imga_verdict_row), 4},
    {"exceptions", exceptions, sizeof(imga_exception_row), 2},
};

static void set_size(void *row, uint32_t size)
{
    memcpy(row, &size, sizeof(size));
}

static size_t count_rows(struct world *w, const struct table *table)
{
    uint64_t row[ROW_MAX / 8];
    size_t n = 0;
    for (;; n++) {
        set_size(row, (uint32_t)table->size);
        int64_t filled = table->rows(w, n, row, 1);
        cr_assert(filled == 0 || filled == 1, "%s row %zu: %lld", table->name, n, (long long)filled);
        if (filled == 0)
            return n;
    }
}

/* One batch gives what single calls give, and not a byte more than asked for. */
static void check_batches(struct world *w, const struct table *table, size_t total)
{
    unsigned char *all = malloc((total + 2) * ROW_MAX);
    uint64_t one[ROW_MAX / 8];
    for (size_t ask = 1; ask <= total + 1; ask++) {
        size_t expected = ask < total ? ask : total;
        memset(all, MARK, (total + 2) * ROW_MAX);
        set_size(all, (uint32_t)table->size);
        int64_t n = table->rows(w, 0, all, ask);
        cr_expect_eq(n, (int64_t)expected, "%s: %zu asked, %lld", table->name, ask, (long long)n);
        cr_expect_eq(all[expected * table->size], MARK, "%s: a byte too many", table->name);
        for (size_t i = 0; i < expected; i++) {
            set_size(one, (uint32_t)table->size);
            cr_assert_eq(table->rows(w, i, one, 1), 1);
            cr_expect_eq(memcmp(one, all + i * table->size, table->size), 0, "%s row %zu of %zu", table->name, i, ask);
        }
    }
    free(all);
}

/* A shorter row holds the beginning of ours, a longer one ours and zeros; both keep the caller's size. */
static void check_sizes(struct world *w, const struct table *table)
{
    unsigned char full[ROW_MAX], row[2 * ROW_MAX];
    set_size(full, (uint32_t)table->size);
    cr_assert_eq(table->rows(w, 0, full, 1), 1);
    for (uint32_t size = 8; size <= ROW_MAX; size += 8) {
        size_t common = size < table->size ? size : table->size;
        uint32_t kept;
        memset(row, MARK, sizeof(row));
        set_size(row, size);
        cr_expect_eq(table->rows(w, 0, row, 1), 1, "%s of %u bytes", table->name, size);
        memcpy(&kept, row, sizeof(kept));
        cr_expect_eq(kept, size, "%s of %u bytes keeps its size", table->name, size);
        cr_expect_eq(memcmp(row + 4, full + 4, common - 4), 0, "%s of %u bytes", table->name, size);
        for (size_t i = common; i < size; i++)
            cr_expect_eq(row[i], 0, "%s of %u bytes: byte %zu", table->name, size, i);
        cr_expect_eq(row[size], MARK, "%s of %u bytes: one too many", table->name, size);
    }
}

static void check_refusals(struct world *w, const struct table *table, size_t total)
{
    static const uint32_t wrong[] = {0, 1, 4, 7, 9, 12, 63};
    uint64_t row[ROW_MAX / 8];
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        set_size(row, wrong[i]);
        cr_expect_eq(table->rows(w, 0, row, 1), IMGA_E_INVALID, "%s of %u bytes", table->name, wrong[i]);
    }
    set_size(row, (uint32_t)table->size);
    cr_expect_eq(table->rows(w, 0, NULL, 1), IMGA_E_INVALID, "%s into nothing", table->name);
    cr_expect_eq(table->rows(w, 0, NULL, 0), 0, "%s: no rows into nothing", table->name);
    cr_expect_eq(table->rows(w, 0, row, 0), 0, "%s: no rows", table->name);
    cr_expect_eq(table->rows(w, total, row, 1), 0, "%s past the end", table->name);
    cr_expect_eq(table->rows(w, SIZE_MAX, row, 1), 0, "%s far past the end", table->name);
}

Test(rows, tables)
{
    struct world w;
    world_open(&w);
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        size_t total = count_rows(&w, &tables[i]);
        cr_expect_geq(total, tables[i].least, "%s: %zu rows", tables[i].name, total);
        check_batches(&w, &tables[i], total);
        check_sizes(&w, &tables[i]);
        check_refusals(&w, &tables[i], total);
    }
    world_close(&w);
}

Test(rows, without_object)
{
    uint64_t row[ROW_MAX / 8] = {0};
    const char *path = NULL;
    set_size(row, 64);
    cr_expect_eq(imga_image_layers(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_inventory_layers(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_inventory_packages(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_inventory_notes(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_inventory_files(NULL, 0, 0, &path, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_inventory_properties(NULL, 0, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_inventory_cpes(NULL, 0, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_inventory_executables(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_files_rows(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_files_notes(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_database_writer_notes(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_database_feeds(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_database_coverage(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_findings_rows(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_findings_notes(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_verdict_rows(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_verdict_exceptions(NULL, 0, (void *)row, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_image_describe(NULL, (void *)row), IMGA_E_INVALID);
    cr_expect_eq(imga_inventory_image(NULL, (void *)row), IMGA_E_INVALID);
    cr_expect_eq(imga_inventory_distro(NULL, (void *)row), IMGA_E_INVALID);
}

Test(rows, single)
{
    struct world w;
    world_open(&w);
    imga_image_row image = {.struct_size = sizeof(image)}, of_inventory = {.struct_size = sizeof(image)};
    imga_distro_row distro = {.struct_size = sizeof(distro)};
    OK(imga_image_describe(w.image, &image));
    OK(imga_inventory_image(w.inventory, &of_inventory));
    OK(imga_inventory_distro(w.inventory, &distro));
    cr_expect_str_eq(image.form, "docker-archive");
    cr_expect_str_eq(image.config_digest, of_inventory.config_digest);
    cr_expect_str_eq(image.reference, "test:latest");
    cr_expect_str_eq(distro.id, "debian");
    cr_expect_str_eq(distro.release, "bookworm");
    cr_expect_eq(imga_image_describe(w.image, NULL), IMGA_E_INVALID);
    cr_expect_eq(imga_inventory_image(w.inventory, NULL), IMGA_E_INVALID);
    cr_expect_eq(imga_inventory_distro(w.inventory, NULL), IMGA_E_INVALID);
    distro = (imga_distro_row){.struct_size = 16};
    OK(imga_inventory_distro(w.inventory, &distro));
    cr_expect_str_eq(distro.id, "debian");
    cr_expect_null(distro.version_id, "a short row is not filled beyond its size");
    image.struct_size = 4;
    cr_expect_eq(imga_image_describe(w.image, &image), IMGA_E_INVALID);
    world_close(&w);
}

/* Rows name each other by index. */
Test(rows, meaning)
{
    struct world w;
    world_open(&w);
    imga_verdict_row item = {.struct_size = sizeof(item)};
    imga_finding_row finding = {.struct_size = sizeof(finding)};
    imga_package_row package = {.struct_size = sizeof(package)};
    for (size_t i = 0; imga_verdict_rows(w.verdict, i, &item, 1) == 1; i++) {
        char both[256] = "";
        if (item.package < 0)
            continue;
        cr_assert_eq(imga_inventory_packages(w.inventory, (size_t)item.package, &package, 1), 1);
        if (item.finding >= 0) {
            cr_assert_eq(imga_findings_rows(w.findings, (size_t)item.finding, &finding, 1), 1);
            cr_expect_eq(finding.package, (uint64_t)item.package);
            snprintf(both, sizeof(both), "%s in ", finding.id);
        }
        snprintf(both + strlen(both), sizeof(both) - strlen(both), "%s %s", package.name, package.version);
        cr_expect_str_eq(item.item, both);
        cr_expect_gt(item.line, 0);
    }
    world_close(&w);
}

Test(rows, files)
{
    struct world w;
    world_open(&w);
    imga_package_row package = {.struct_size = sizeof(package)};
    const char *paths[4] = {NULL};
    for (size_t i = 0; imga_inventory_packages(w.inventory, i, &package, 1) == 1; i++) {
        int64_t n = imga_inventory_files(w.inventory, i, 0, paths, 4);
        cr_expect_eq(n, (int64_t)package.file_count, "%s", package.name);
        cr_expect_eq(imga_inventory_files(w.inventory, i, package.file_count, paths, 4), 0);
        cr_expect_eq(imga_inventory_files(w.inventory, i, SIZE_MAX, paths, 4), 0);
        cr_expect_eq(imga_inventory_files(w.inventory, i, 0, NULL, 0), 0);
        cr_expect_eq(imga_inventory_files(w.inventory, i, 0, NULL, 1), IMGA_E_INVALID);
        if (strcmp(package.name, "zlib1g") == 0)
            cr_expect_gt(n, 0);
    }
    cr_expect_eq(imga_inventory_files(w.inventory, 99, 0, paths, 4), IMGA_E_INVALID, "no such package");
    world_close(&w);
}
