/* SPDX-License-Identifier: Apache-2.0 */
/* bench_scan LAYOUT [ROUNDS]: a whole scan beside its floor, interleaved; benchmarks/README.md. Exit 77 without image.
 */
#include "floor.h"

#include <imgassure/imgassure.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_ROUNDS = 101 };

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(int status, imga_error *error)
{
    if (status == IMGA_OK)
        return;
    fprintf(stderr, "bench_scan: %s: %s\n", imga_error_where(error), imga_error_message(error));
    exit(1);
}

/* Opens the image and takes its inventory; number of packages. */
static size_t scan(const char *path)
{
    imga_context *context = NULL;
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    imga_error *error = NULL;
    must(imga_context_new(NULL, &context, &error), error);
    must(imga_image_open(context, path, NULL, &image, &error), error);
    must(imga_inventory_collect(context, image, &inventory, &error), error);
    size_t packages = imga_inventory_package_count(inventory);
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    imga_context_unref(context);
    return packages;
}

/* The blobs of the image's layers, one path each. */
static size_t layer_paths(const char *layout, char paths[][1024], size_t most)
{
    imga_context *context = NULL;
    imga_image *image = NULL;
    imga_error *error = NULL;
    imga_layer_row row = {.struct_size = sizeof(row)};
    size_t n = 0;
    must(imga_context_new(NULL, &context, &error), error);
    must(imga_image_open(context, layout, NULL, &image, &error), error);
    for (; n < most && imga_image_layers(image, n, &row, 1) == 1; n++)
        snprintf(paths[n], 1024, "%s/blobs/sha256/%s", layout, row.digest + strlen("sha256:"));
    imga_image_unref(image);
    imga_context_unref(context);
    return n;
}

/* A child that does one scan and nothing else. */
static long peak_kib(const char *path)
{
    struct rusage usage;
    int status;
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", "bench_scan", path, "once", (char *)NULL);
        _exit(127);
    }
    if (waitpid(child, &status, 0) != child || status != 0 || getrusage(RUSAGE_CHILDREN, &usage) != 0)
        return -1;
    return usage.ru_maxrss;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static char paths[512][1024];
    static double scans[MOST_ROUNDS], floors[MOST_ROUNDS], ratios[MOST_ROUNDS];
    struct stat info;
    struct floor_work work = {0, 0};
    int rounds = argc > 2 ? atoi(argv[2]) : 7;
    size_t packages = 0;
    if (argc < 2 || stat(argv[1], &info) != 0) {
        printf("no image\n");
        return 77;
    }
    if (argc > 2 && strcmp(argv[2], "once") == 0)
        return scan(argv[1]) == 0;
    if (rounds < 1 || rounds > MOST_ROUNDS)
        return 64;
    size_t layers = layer_paths(argv[1], paths, 512);
    for (int round = 0; round < rounds; round++) {
        double start = cpu_seconds();
        work = (struct floor_work){0, 0};
        for (size_t i = 0; i < layers; i++)
            if (floor_blob(paths[i], &work) != 0)
                return 1;
        double middle = cpu_seconds();
        packages = scan(argv[1]);
        scans[round] = cpu_seconds() - middle;
        floors[round] = middle - start;
        ratios[round] = scans[round] / floors[round];
    }
    qsort(scans, (size_t)rounds, sizeof(scans[0]), by_value);
    qsort(floors, (size_t)rounds, sizeof(floors[0]), by_value);
    qsort(ratios, (size_t)rounds, sizeof(ratios[0]), by_value);
    printf("image: %zu layers, %.1f MB compressed, %.1f MB uncompressed, %zu packages\n", layers,
           (double)work.compressed / 1e6, (double)work.uncompressed / 1e6, packages);
    printf("CPU seconds, best and median of %d rounds, %s:\n", rounds, floor_inflater());
    printf("  floor %.3f %.3f\n  scan  %.3f %.3f\n", floors[0], floors[rounds / 2], scans[0], scans[rounds / 2]);
    printf("scan / floor: %.3f best, %.3f median, %.3f worst of the pairs\n", ratios[0], ratios[rounds / 2],
           ratios[rounds - 1]);
    printf("peak memory of one scan: %.1f MiB\n", (double)peak_kib(argv[1]) / 1024);
    return 0;
}
