/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_layers LAYOUT [ROUNDS]: reading the layers of an OCI layout on one and two threads beside the floor that the
 * rates of the parts give, measured in the same rounds, and beside gzip -dc | sha256sum; benchmarks/README.md. Exit 77
 * without image.
 */
#include "apart.h"
#include "measure.h"
#include "rates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { THREADS = 2, ONE_CACHE = 0, TWO_CACHES };
static const double NEAR = 150e-9; /* seconds; cores of one cache answer in 50 to 100 ns */

struct results {
    struct series decode, evp, many;           /* bytes per second */
    struct series floors[THREADS];             /* seconds on one and two threads */
    struct series wall[THREADS], cpu[THREADS]; /* of the scan */
    /* Scan / floor of the same round; CPU seconds always against the floor of one thread: that much work there is. */
    struct series wall_ratio[THREADS], cpu_ratio[THREADS];
    struct series apart;                         /* two cores, seconds */
    struct series hindrance;                     /* two threads that inflate at once / one */
    struct series apart_wall[2], apart_ratio[2]; /* of two threads, in rounds in which they had one cache or two */
    struct used yardstick;
    unsigned lanes;
    size_t packages;
    double load; /* at the beginning */
};

/* Cores that change their place in a round count for neither. */
static void add_apart(struct results *r, double before, double wall, double ratio)
{
    double after = cores_apart();
    series_add(&r->apart, before > after ? before : after);
    if ((before > NEAR) != (after > NEAR))
        return;
    series_add(&r->apart_wall[after > NEAR], wall);
    series_add(&r->apart_ratio[after > NEAR], ratio);
}

static void scan_round(struct results *r, const char *layout, const struct floor_times *floor)
{
    for (unsigned t = 0; t < THREADS; t++) {
        double apart = t ? cores_apart() : 0;
        struct used start = measure_now();
        r->packages = scan_layout(layout, t + 1);
        struct used used = measure_since(start);
        series_add(&r->wall[t], used.wall);
        series_add(&r->cpu[t], used.cpu);
        series_add(&r->wall_ratio[t], used.wall / (t ? floor->two : floor->one));
        series_add(&r->cpu_ratio[t], used.cpu / floor->one);
        if (t)
            add_apart(r, apart, used.wall, used.wall / floor->two);
    }
}

static void round_of(struct results *r, imga_context *context, const char *layout, const struct bench_layers *layers)
{
    static struct floor_rates rates;
    struct floor_times floor;
    rates_measure(context, layers, &rates);
    floor_model(layers, &rates, &floor);
    r->lanes = rates.lanes;
    series_add(&r->decode, (double)layers->work.uncompressed / floor.decode);
    series_add(&r->evp, rates.evp);
    series_add(&r->many, rates.many[rates.lanes - 1]);
    series_add(&r->floors[0], floor.one);
    series_add(&r->floors[1], floor.two);
    scan_round(r, layout, &floor);
    series_add(&r->hindrance, rates_hindrance(layers));
}

static const char *tool_for(enum ia_compression kind)
{
    switch (kind) {
    case IA_COMPRESSION_GZIP:
        return "gzip -dc \"$0\" | sha256sum";
    case IA_COMPRESSION_ZSTD:
        return "zstd -dcq \"$0\" | sha256sum";
    default:
        return "sha256sum \"$0\"";
    }
}

/* What one would type: the digests of the layers only, blob after blob. */
static void yardstick(struct results *r, const struct bench_layers *layers)
{
    for (size_t i = 0; i < layers->count; i++) {
        const char *argv[] = {"sh", "-c", tool_for(layers->rows[i].kind), layers->rows[i].path, NULL};
        struct used used;
        must(run_child(argv, &used) == 0, "gzip, zstd or sha256sum fails");
        r->yardstick.wall += used.wall;
        r->yardstick.cpu += used.cpu;
    }
}

static void print_rate(const char *name, const struct series *seconds_or_rates)
{
    printf("  %-36s %8.0f\n", name, series_median(seconds_or_rates) / 1e6);
}

static void print_row(const char *name, const struct series *seconds, const struct series *ratios, uint64_t bytes)
{
    double median = series_median(seconds);
    printf("  %-36s %8.3f %8.3f %8.0f", name, series_least(seconds), median, (double)bytes / median / 1e6);
    if (ratios)
        printf("   %6.3f %6.3f", series_least(ratios), series_median(ratios));
    printf("\n");
}

static void print_parts(const struct results *r, const struct bench_layers *layers)
{
    char name[64];
    printf("%zu layers (%s), %.1f MB, uncompressed %.1f MB, %llu entries; %zu packages\n", layers->count,
           ia_compression_name(layers->rows[0].kind), (double)layers->work.compressed / 1e6,
           (double)layers->work.uncompressed / 1e6, (unsigned long long)layers->entries, r->packages);
    printf("%zu rounds; load average %.1f at first, %.1f now\n", r->decode.count, r->load, load_average());
    printf("the parts, by themselves, MB per CPU second, median:\n");
    snprintf(name, sizeof(name), "inflating (%s)",
             layers->rows[0].kind == IA_COMPRESSION_GZIP ? floor_inflater() : "libzstd");
    print_rate(name, &r->decode);
    print_rate("SHA-256, one message, EVP", &r->evp);
    snprintf(name, sizeof(name), "SHA-256, %u messages at once", r->lanes);
    print_rate(name, &r->many);
    printf("  %-36s %8.2f us an entry, %.3f s\n", "tar walk", layers->walk / (double)layers->entries * 1e6,
           layers->walk);
}

static void print_table(const struct results *r, const char *layout, const struct bench_layers *layers)
{
    uint64_t bytes = layers->work.uncompressed;
    printf("%s\n", layout);
    print_parts(r, layers);
    printf("  %-36s %8s %8s %8s   %s\n", "", "best s", "median s", "MB/s", "times the floor, best and median");
    print_row("floor, one thread", &r->floors[0], NULL, bytes);
    print_row("scan, one thread, CPU", &r->cpu[0], &r->cpu_ratio[0], bytes);
    print_row("scan, one thread, wall", &r->wall[0], &r->wall_ratio[0], bytes);
    print_row("floor, two threads", &r->floors[1], NULL, bytes);
    print_row("scan, two threads, CPU", &r->cpu[1], &r->cpu_ratio[1], bytes);
    print_row("scan, two threads, wall", &r->wall[1], &r->wall_ratio[1], bytes);
    if (r->apart_wall[ONE_CACHE].count)
        print_row("  the same, cores with one cache", &r->apart_wall[ONE_CACHE], &r->apart_ratio[ONE_CACHE], bytes);
    if (r->apart_wall[TWO_CACHES].count)
        print_row("  the same, cores with two caches", &r->apart_wall[TWO_CACHES], &r->apart_ratio[TWO_CACHES], bytes);
    printf(
        "  the two cores answer each other in %.0f ns (median); of %zu rounds they had one cache in %zu, two in %zu\n",
        series_median(&r->apart) * 1e9, r->apart.count, r->apart_wall[ONE_CACHE].count,
        r->apart_wall[TWO_CACHES].count);
    printf("  two threads that only inflate, each all layers, take %.3f times as long as one (median)\n",
           series_median(&r->hindrance));
    printf("  %-36s CPU %.3f s, wall %.3f s: %.2f times the CPU of the scan\n", tool_for(layers->rows[0].kind),
           r->yardstick.cpu, r->yardstick.wall, r->yardstick.cpu / series_median(&r->cpu[0]));
}

/* The peak of a process that does one scan and nothing else. */
static void print_peaks(const char *layout)
{
    for (unsigned t = 1; t <= THREADS; t++) {
        char threads[16];
        const char *arguments[] = {layout, "once", threads, NULL};
        long kib[2];
        snprintf(threads, sizeof(threads), "%u", t);
        run_again(arguments, kib);
        printf("  peak memory of one scan, %u thread%-8s %8.1f MiB\n", t, t > 1 ? "s" : "", (double)kib[1] / 1024);
    }
}

static int run_once(const char *layout, unsigned threads)
{
    long before = resident_kib();
    scan_layout(layout, threads);
    printf("%ld %ld\n", before, peak_kib());
    return 0;
}

int main(int argc, char **argv)
{
    static struct results results;
    struct bench_layers layers;
    struct stat info;
    imga_context *context = NULL;
    int rounds = argc > 2 ? atoi(argv[2]) : 7;
    if (argc < 2 || stat(argv[1], &info) != 0) {
        printf("no image\n");
        return 77;
    }
    if (argc > 3 && strcmp(argv[2], "once") == 0)
        return run_once(argv[1], (unsigned)atoi(argv[3]));
    if (rounds < 1 || rounds > MOST_ROUNDS)
        return 64;
    must(imga_context_new(NULL, &context, NULL) == IMGA_OK, "no context");
    results.load = load_average();
    layers_read(context, argv[1], &layers);
    must(layers.count > 0, "the image has no layers");
    for (int i = 0; i < rounds; i++)
        round_of(&results, context, argv[1], &layers);
    yardstick(&results, &layers);
    print_table(&results, argv[1], &layers);
    print_peaks(argv[1]);
    layers_free(&layers);
    imga_context_unref(context);
    return 0;
}
