/* SPDX-License-Identifier: Apache-2.0 */
/* Properties, CPE names, executables and owners of the evident image; what is looked for, by options of any age. */
#include "world.h"

#include <stddef.h>

static imga_package_row package_row(struct world *w, const char *name)
{
    imga_package_row row = {.struct_size = sizeof(row)};
    cr_assert_eq(imga_inventory_packages(w->evident_inventory, world_package(w, name), &row, 1), 1);
    return row;
}

Test(evidence, packages)
{
    struct world w;
    world_open(&w);
    imga_package_row tool = package_row(&w, "tool"), left = package_row(&w, "@corp/left"), pad = package_row(&w, "pad");
    cr_expect_str_eq(tool.how, "dpkg");
    cr_expect_str_eq(tool.path, "var/lib/dpkg/status");
    cr_expect_str_eq(tool.inside, "");
    cr_expect_str_eq(tool.expression, "");
    cr_expect_eq(tool.owner, -1);
    cr_expect_str_eq(left.license, "(MIT OR Apache-2.0)");
    cr_expect_str_eq(left.expression, "MIT OR Apache-2.0");
    cr_expect_str_eq(left.path, "app/node_modules/@corp/left/package.json");
    cr_expect_str_eq(left.purl, "pkg:npm/%40corp/left@4.5.6");
    cr_expect_eq(left.owner, -1);
    cr_expect_eq(left.layer, 1);
    cr_expect_eq(pad.owner, (int32_t)world_package(&w, "tool"), "its file belongs to the package of the system");
    world_close(&w);
}

/* Every package: as many properties as its row says, in order of their names. */
Test(evidence, properties)
{
    struct world w;
    imga_package_row package = {.struct_size = sizeof(package)};
    imga_property_row rows[32];
    size_t all = 0;
    world_open(&w);
    for (size_t i = 0; imga_inventory_packages(w.evident_inventory, i, &package, 1) == 1; i++) {
        rows[0].struct_size = sizeof(rows[0]);
        int64_t n = imga_inventory_properties(w.evident_inventory, i, 0, rows, 32);
        cr_expect_eq(n, (int64_t)package.property_count, "%s", package.name);
        for (int64_t k = 1; k < n; k++)
            cr_expect_lt(strcmp(rows[k - 1].name, rows[k].name), 0, "%s of %s", rows[k].name, package.name);
        all += (size_t)n;
    }
    cr_expect_gt(all, 0);
    rows[0].struct_size = sizeof(rows[0]);
    cr_assert_eq(imga_inventory_properties(w.evident_inventory, world_package(&w, "@corp/left"), 0, rows, 32), 1);
    cr_expect_str_eq(rows[0].name, "url");
    cr_expect_str_eq(rows[0].value, "https://registry.npmjs.org/@corp/left/-/left-4.5.6.tgz");
    cr_expect_eq(imga_inventory_properties(w.evident_inventory, 99, 0, rows, 1), IMGA_E_INVALID, "no such package");
    cr_expect_eq(imga_inventory_properties(w.evident_inventory, SIZE_MAX, 0, rows, 1), IMGA_E_INVALID);
    world_close(&w);
}

Test(evidence, cpes)
{
    struct world w;
    imga_package_row package = {.struct_size = sizeof(package)};
    imga_cpe_row rows[18];
    world_open(&w);
    for (size_t i = 0; imga_inventory_packages(w.evident_inventory, i, &package, 1) == 1; i++) {
        rows[0].struct_size = sizeof(rows[0]);
        int64_t n = imga_inventory_cpes(w.evident_inventory, i, 0, rows, 18);
        cr_assert(n >= 0 && n <= 17, "%s: %lld", package.name, (long long)n);
        for (int64_t k = 0; k < n; k++) {
            cr_expect_eq(strncmp(rows[k].cpe, "cpe:2.3:a:", 10), 0, "%s", rows[k].cpe);
            cr_expect_str_not_empty(rows[k].how, "%s", rows[k].cpe);
        }
    }
    rows[0].struct_size = sizeof(rows[0]);
    cr_expect_gt(imga_inventory_cpes(w.evident_inventory, world_package(&w, "@corp/left"), 0, rows, 18), 0);
    cr_expect_not_null(strstr(rows[0].cpe, ":left:4.5.6:"), "%s", rows[0].cpe);
    cr_expect_eq(imga_inventory_cpes(w.evident_inventory, 99, 0, rows, 1), IMGA_E_INVALID, "no such package");
    world_close(&w);
}

Test(evidence, executables)
{
    struct world w;
    imga_executable_row rows[2] = {{.struct_size = sizeof(rows[0])}};
    world_open(&w);
    cr_expect_eq(imga_inventory_executable_count(w.evident_inventory), 2);
    cr_expect_eq(imga_inventory_unowned_count(w.evident_inventory), 1);
    cr_expect_eq(imga_inventory_executable_count(w.inventory), 0);
    cr_assert_eq(imga_inventory_executables(w.evident_inventory, 0, rows, 2), 2);
    cr_expect_str_eq(rows[0].path, "usr/bin/tool");
    cr_expect_str_eq(rows[0].format, "elf");
    cr_expect_str_eq(rows[0].architecture, "amd64");
    cr_expect_str_eq(rows[0].build_id, "deadbeef");
    cr_expect_str_eq(rows[0].interpreter, "/lib64/ld-linux-x86-64.so.2");
    cr_expect_eq(rows[0].flags, (uint32_t)(IMGA_EXECUTABLE_NX | IMGA_EXECUTABLE_STRIPPED));
    cr_expect_eq(rows[0].owner, (int32_t)world_package(&w, "tool"));
    cr_expect_eq(rows[0].layer, 0);
    cr_expect_str_eq(rows[1].path, "usr/local/bin/extra");
    cr_expect_eq(rows[1].flags, (uint32_t)(IMGA_EXECUTABLE_NX | IMGA_EXECUTABLE_STRIPPED | IMGA_EXECUTABLE_STATIC));
    cr_expect_eq(rows[1].owner, -1);
    cr_expect_eq(rows[1].layer, 1);
    world_close(&w);
}

/* Whether an inventory with these options has a package with that property. */
static int has_property(struct world *w, uint32_t look, const char *name)
{
    imga_image *image = world_image(w, &w->evident, look);
    imga_inventory *inventory = NULL;
    imga_property_row row = {.struct_size = sizeof(row)};
    int found = 0;
    OK(imga_inventory_collect(w->context, image, &inventory, NULL));
    for (size_t i = 0; i < imga_inventory_package_count(inventory); i++)
        for (size_t k = 0; imga_inventory_properties(inventory, i, k, &row, 1) == 1; k++)
            found |= strcmp(row.name, name) == 0;
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    return found;
}

Test(evidence, looked_for)
{
    struct world w;
    world_open(&w);
    for (uint32_t look = 0; look <= (IMGA_LOOK_LOCKFILES | IMGA_LOOK_REMOVED); look++) {
        cr_expect_eq(has_property(&w, look, "removed"), (look & IMGA_LOOK_REMOVED) != 0, "look %u", (unsigned)look);
        cr_expect_eq(has_property(&w, look, "lock-file"), (look & IMGA_LOOK_LOCKFILES) != 0, "look %u", (unsigned)look);
    }
    world_close(&w);
}

/* Options of the first version end before the form: what lies behind them is not read. */
Test(evidence, options_of_older_callers)
{
    struct world w;
    imga_image_options old = {
        .struct_size = offsetof(imga_image_options, form), .form = "nonsense", .verify = 99, .look = UINT32_MAX};
    imga_image *image = NULL;
    imga_image_list *list = NULL;
    imga_verdict *verdict = NULL;
    world_open(&w);
    OK(imga_image_open(w.context, w.data.folder, &old, &image, NULL));
    imga_image_unref(image);
    OK(imga_image_open_source(w.context, w.docker, &old, &image, NULL));
    imga_image_unref(image);
    OK(imga_image_list_open(w.context, w.data.folder, &old, &list, NULL));
    imga_image_list_unref(list);
    imga_gate_options gate = {.struct_size = offsetof(imga_gate_options, source),
                              .path = w.data.folder,
                              .database = w.database,
                              .policy = w.policy,
                              .now = w.data.now,
                              .source = w.docker,
                              .look = UINT32_MAX};
    OK(imga_gate(w.context, &gate, &verdict, NULL));
    imga_verdict_unref(verdict);
    world_close(&w);
}

/* Packages of the evident image with the context's classifiers. */
static size_t count_packages(struct world *w)
{
    imga_image *image = world_image(w, &w->evident, 0);
    imga_inventory *inventory = NULL;
    OK(imga_inventory_collect(w->context, image, &inventory, NULL));
    size_t count = imga_inventory_package_count(inventory);
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    return count;
}

/* Rules of the caller count until there are others; malformed ones change nothing. */
Test(evidence, classifiers)
{
    static const char rule[] =
        "extra/banner\tprogram\t*\tEvident Extra version {number}\tpkg:generic/extra@{version}\t-\n";
    static const char bad[] = "# comment\nnonsense\n";
    struct world w;
    imga_error *error = NULL;
    world_open(&w);
    size_t before = count_packages(&w);
    OK(imga_context_set_classifiers(w.context, rule, sizeof(rule) - 1, &error));
    cr_expect_eq(count_packages(&w), before + 1);
    cr_expect_eq(imga_context_set_classifiers(w.context, bad, sizeof(bad) - 1, &error), IMGA_E_FORMAT);
    cr_expect(strstr(imga_error_message(error), "line 2"), "%s", imga_error_message(error));
    imga_error_free(error);
    cr_expect_eq(count_packages(&w), before + 1);
    OK(imga_context_set_classifiers(w.context, "", 0, NULL));
    cr_expect_eq(count_packages(&w), before);
    OK(imga_context_set_classifiers(w.context, rule, sizeof(rule) - 1, NULL));
    OK(imga_context_set_classifiers(w.context, NULL, 0, NULL));
    cr_expect_eq(count_packages(&w), before);
    world_close(&w);
}
