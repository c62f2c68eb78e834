/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_rpmdb [history=FILE] DATABASE...: reading rpm databases in any of their formats, each package with its files,
 * beside SHA-256 of the same bytes, in interleaved rounds; benchmarks/README.md. With a history of dnf, that is read
 * each time, too.
 */
#include "catalog/rpm/database.h"
#include "catalog/rpm/history.h"
#include "crypto/digest.h"
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct counts {
    size_t packages, files, repositories;
};

static int count_record(void *user, struct ia_env *env, const struct ia_record *record)
{
    struct ia_record_files files = record->files;
    struct ia_str directory, name;
    struct counts *counts = user;
    (void)env;
    counts->packages++;
    for (size_t i = 0; i < record->field_count; i++)
        counts->repositories += ia_str_is(record->fields[i].name, "repository");
    while (files.next && files.next(&files, &directory, &name))
        counts->files++;
    return IMGA_OK;
}

static struct ia_str read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    must(file && fseek(file, 0, SEEK_END) == 0, "a database cannot be opened");
    long size = ftell(file);
    must(size > 0 && fseek(file, 0, SEEK_SET) == 0, "a database is empty");
    char *bytes = malloc((size_t)size);
    must(bytes && fread(bytes, 1, (size_t)size, file) == (size_t)size, "a database cannot be read");
    fclose(file);
    return (struct ia_str){bytes, (size_t)size};
}

static double read_seconds(struct ia_env *env, struct ia_str history, struct ia_str database, struct counts *counts)
{
    struct ia_rpm_history known;
    const struct ia_db_source past = {.text = history}, source = {.text = database, .history = &known};
    struct ia_damage damage = {.count = {0}};
    *counts = (struct counts){0, 0, 0};
    struct used start = measure_now();
    ia_rpm_history_init(&known, env);
    must(ia_rpm_history_read(&known, env, &past, &damage) == IMGA_OK, "reading the history fails");
    must(ia_rpm_read(env, &source, &damage, count_record, counts) == IMGA_OK, "reading fails");
    ia_rpm_history_free(&known);
    return measure_since(start).cpu;
}

static double hash_seconds(struct ia_env *env, struct ia_str database)
{
    struct ia_digest digest;
    struct used start = measure_now();
    must(ia_digest_of(env, database.p, database.n, &digest) == IMGA_OK, "hashing fails");
    return measure_since(start).cpu;
}

static void measure(struct ia_env *env, struct ia_str history, const char *path)
{
    struct ia_str database = read_file(path);
    struct series reading = {.count = 0}, hashing = {.count = 0};
    struct counts counts;
    for (size_t round = 0; round < MOST_ROUNDS; round++) {
        series_add(&reading, read_seconds(env, history, database, &counts));
        series_add(&hashing, hash_seconds(env, database));
    }
    double read = series_median(&reading), hash = series_median(&hashing);
    printf("%s: %zu packages (%zu with a repository), %zu files, %.1f MB: %.2f ms (least %.2f), SHA-256 %.2f ms, "
           "ratio %.2f\n",
           path, counts.packages, counts.repositories, counts.files, (double)database.n / 1e6, read * 1e3,
           series_least(&reading) * 1e3, hash * 1e3, read / hash);
    free((char *)database.p);
}

int main(int argc, char **argv)
{
    static imga_limits limits;
    static const struct ia_hooks hooks;
    struct ia_env env = {.alloc = ia_alloc_libc, .limits = &limits, .hooks = &hooks};
    struct ia_str history = IA_STR("");
    int first = argc > 1 && strncmp(argv[1], "history=", 8) == 0 ? 2 : 1;
    if (argc <= first)
        return 64;
    if (first == 2)
        history = read_file(argv[1] + 8);
    ia_limits_fill(&limits);
    must(ia_crypto_new(&ia_alloc_libc, &env.crypto) == IMGA_OK, "no crypto");
    for (int i = first; i < argc; i++)
        measure(&env, history, argv[i]);
    if (history.n)
        free((char *)history.p);
    ia_crypto_unref(env.crypto);
    return 0;
}
