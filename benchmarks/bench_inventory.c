/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_inventory LAYOUT [ROUNDS]: what an inventory costs beside the layer pass alone, interleaved, on one and two
 * threads, and the memory of an image with many packages; benchmarks/README.md.
 */
#include "api/object.h"
#include "layers.h"
#include "measure.h"
#include "shapes.h"

#include <imgassure/imgassure.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 5, PACKAGES = 100000 };

struct run {
    struct series cpu, wall;
};

typedef size_t work_fn(const char *layout, unsigned threads);

static size_t run_once(struct run *run, work_fn *work, const char *layout, unsigned threads)
{
    struct used start = measure_now();
    size_t count = work(layout, threads);
    struct used used = measure_since(start);
    series_add(&run->cpu, used.cpu);
    series_add(&run->wall, used.wall);
    return count;
}

static void compare(const char *layout, unsigned threads, size_t rounds)
{
    struct run layers = {.cpu = {.count = 0}}, inventory = {.cpu = {.count = 0}};
    size_t packages = 0;
    for (size_t i = 0; i < rounds; i++) {
        run_once(&layers, scan_layout, layout, threads);
        packages = run_once(&inventory, inventory_layout, layout, threads);
    }
    printf("%u thread%s  layers %.3f s CPU %.3f s wall   inventory %.3f s CPU %.3f s wall   +%.1f%% CPU +%.1f%% wall   "
           "%zu packages\n",
           threads, threads == 1 ? " " : "s", series_least(&layers.cpu), series_least(&layers.wall),
           series_least(&inventory.cpu), series_least(&inventory.wall),
           100 * (series_least(&inventory.cpu) / series_least(&layers.cpu) - 1),
           100 * (series_least(&inventory.wall) / series_least(&layers.wall) - 1), packages);
}

/* An image in memory: KiB before its inventory is taken, and at most. Runs in a child. */
static int many_packages(void)
{
    imga_context *context = NULL;
    imga_source *source = NULL;
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    struct ia_env env;
    struct ia_buf archive;
    must(imga_context_new(NULL, &context, NULL) == IMGA_OK, "a context");
    ia_api_begin(&env, context);
    shape_packages(&env, PACKAGES, &archive);
    must(imga_source_from_memory(context, archive.p, archive.n, &source, NULL) == IMGA_OK, "a source");
    must(imga_image_open_source(context, source, NULL, &image, NULL) == IMGA_OK, "an image");
    long before = resident_kib();
    forget_peak();
    must(imga_inventory_collect(context, image, &inventory, NULL) == IMGA_OK, "an inventory");
    must(imga_inventory_package_count(inventory) == PACKAGES, "every package is found");
    printf("%ld %ld\n", before, peak_kib());
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    imga_source_unref(source);
    imga_context_unref(context);
    ia_buf_free(&archive);
    return 0;
}

static void print_memory(void)
{
    const char *const arguments[] = {"packages", NULL};
    long kib[2];
    run_again(arguments, kib);
    printf("%d packages: %.1f MiB by the inventory\n", PACKAGES, (double)(kib[1] - kib[0]) / 1024);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "packages") == 0)
        return many_packages();
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: bench_inventory LAYOUT [ROUNDS]\n");
        return 2;
    }
    size_t rounds = argc == 3 ? strtoul(argv[2], NULL, 10) : ROUNDS;
    must(rounds > 0 && rounds <= MOST_ROUNDS, "a number of rounds");
    printf("best of %zu interleaved rounds; load average %.1f\n", rounds, load_average());
    compare(argv[1], 1, rounds);
    compare(argv[1], 2, rounds);
    print_memory();
    return 0;
}
