/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_shapes [ROUNDS]: how time and memory grow with the number of entries and with the bytes of an image, whether
 * both lie on a straight line: of the layer pass, and of an inventory; benchmarks/README.md.
 */
#include "api/object.h"
#include "measure.h"
#include "shapes.h"

#include <imgassure/imgassure.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 4 };
static const uint64_t GiB = 1024 * 1024 * 1024;

typedef void make_shape(struct ia_env *env, uint64_t count, struct ia_buf *archive);

enum verb { LAYERS, INVENTORY, VERBS };
static const char *const verbs[VERBS] = {"layers", "inventory"};

struct point {
    uint64_t count;
    struct ia_buf archive;
    struct series cpu[VERBS];
};

static void check(int status, imga_error *error)
{
    if (status == IMGA_OK)
        return;
    fprintf(stderr, "bench_shapes: %s: %s\n", imga_error_where(error), imga_error_message(error));
    exit(1);
}

static void take_layers(imga_context *context, imga_image *image)
{
    imga_files *files = NULL;
    imga_error *error = NULL;
    check(imga_files_collect(context, image, 0, &files, &error), error);
    imga_files_unref(files);
}

static void take_inventory(imga_context *context, imga_image *image)
{
    imga_inventory *inventory = NULL;
    imga_error *error = NULL;
    check(imga_inventory_collect(context, image, &inventory, &error), error);
    imga_inventory_unref(inventory);
}

static void scan(const struct ia_buf *archive, enum verb verb)
{
    imga_context *context = NULL;
    imga_source *source = NULL;
    imga_image *image = NULL;
    imga_error *error = NULL;
    check(imga_context_new(NULL, &context, &error), error);
    check(imga_source_from_memory(context, archive->p, archive->n, &source, &error), error);
    check(imga_image_open_source(context, source, NULL, &image, &error), error);
    if (verb == LAYERS)
        take_layers(context, image);
    else
        take_inventory(context, image);
    imga_image_unref(image);
    imga_source_unref(source);
    imga_context_unref(context);
}

/* What an inventory of a shape takes: KiB before it, and at most. Runs in a child. */
static int run_once(make_shape *make, uint64_t count)
{
    imga_context *context = NULL;
    struct ia_env env;
    struct ia_buf archive;
    must(imga_context_new(NULL, &context, NULL) == IMGA_OK, "no context");
    ia_api_begin(&env, context);
    make(&env, count, &archive);
    forget_peak();
    long before = resident_kib();
    scan(&archive, INVENTORY);
    printf("%ld %ld\n", before, peak_kib());
    ia_buf_free(&archive);
    imga_context_unref(context);
    return 0;
}

static void peak_of(const char *shape, uint64_t count, long kib[2])
{
    char number[32];
    const char *arguments[] = {shape, number, NULL};
    snprintf(number, sizeof(number), "%" PRIu64, count);
    run_again(arguments, kib);
}

/* The line a + b n with the least squares of relative deviations. */
static void fit(const struct point points[POINTS], enum verb verb, double *a, double *b)
{
    double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
    for (size_t i = 0; i < POINTS; i++) {
        double x = (double)points[i].count, y = series_least(&points[i].cpu[verb]), weight = 1 / (y * y);
        w += weight;
        wx += weight * x;
        wy += weight * y;
        wxx += weight * x * x;
        wxy += weight * x * y;
    }
    *b = (w * wxy - wx * wy) / (w * wxx - wx * wx);
    *a = (wy - *b * wx) / w;
}

static void measure(struct ia_env *env, make_shape *make, struct point points[POINTS], int rounds)
{
    for (size_t i = 0; i < POINTS; i++)
        make(env, points[i].count, &points[i].archive);
    for (int round = 0; round < rounds; round++)
        for (size_t i = 0; i < VERBS * POINTS; i++) {
            struct point *point = &points[i / VERBS];
            double start = measure_cpu();
            scan(&point->archive, i % VERBS);
            series_add(&point->cpu[i % VERBS], measure_cpu() - start);
        }
    for (size_t i = 0; i < POINTS; i++)
        ia_buf_free(&points[i].archive);
}

static void print_line(const struct point points[POINTS], enum verb verb, double scale, const char *unit)
{
    double a, b, worst = 0;
    fit(points, verb, &a, &b);
    printf("  %12s %10s %10s %10s\n", verbs[verb], "CPU s", unit, "off line");
    for (size_t i = 0; i < POINTS; i++) {
        double seconds = series_least(&points[i].cpu[verb]), off = seconds / (a + b * (double)points[i].count) - 1;
        worst = fabs(off) > fabs(worst) ? off : worst;
        printf("  %12" PRIu64 " %10.4f %10.3f %+9.1f%%\n", points[i].count, seconds,
               seconds / (double)points[i].count * scale, off * 100);
    }
    printf("  line: %.6f s + %.3f %s; largest deviation %+.1f%%\n", a, b * scale, unit, worst * 100);
}

static void print_points(const char *shape, const struct point points[POINTS], double scale, const char *unit)
{
    printf("%s\n", shape);
    for (enum verb verb = 0; verb < VERBS; verb++)
        print_line(points, verb, scale, unit);
    for (size_t i = 0; i < POINTS; i++) {
        long kib[2];
        peak_of(shape, points[i].count, kib);
        printf("  %12" PRIu64 " peak of an inventory %.1f MiB, %.1f of it by the scan\n", points[i].count,
               (double)kib[1] / 1024, (double)(kib[1] - kib[0]) / 1024);
    }
}

static void bench(struct ia_env *env, int rounds)
{
    static struct point entries[POINTS] = {{.count = 1000}, {.count = 10000}, {.count = 100000}, {.count = 1000000}};
    static struct point bytes[POINTS];
    long kib[2];
    for (size_t i = 0; i < POINTS; i++)
        bytes[i].count = GiB / 16 << (2 * i);
    printf("CPU seconds, best of %d interleaved rounds, one thread; load average %.1f\n", rounds, load_average());
    measure(env, shape_entries, entries, rounds);
    print_points("entries", entries, 1e6, "us each");
    measure(env, shape_zeros, bytes, rounds);
    print_points("zeros", bytes, 1e9, "ns each");
    peak_of("zeros", 10 * GiB, kib);
    printf("  10 GiB of zeros: peak %.1f MiB, %.1f of it by the scan\n", (double)kib[1] / 1024,
           (double)(kib[1] - kib[0]) / 1024);
}

int main(int argc, char **argv)
{
    imga_context *context = NULL;
    struct ia_env env;
    int rounds = argc > 1 ? atoi(argv[1]) : 5;
    if (argc > 2 && strcmp(argv[1], "entries") == 0)
        return run_once(shape_entries, strtoull(argv[2], NULL, 10));
    if (argc > 2 && strcmp(argv[1], "zeros") == 0)
        return run_once(shape_zeros, strtoull(argv[2], NULL, 10));
    if (rounds < 1 || rounds > MOST_ROUNDS)
        return 64;
    must(imga_context_new(NULL, &context, NULL) == IMGA_OK, "no context");
    ia_api_begin(&env, context);
    bench(&env, rounds);
    imga_context_unref(context);
    return 0;
}
