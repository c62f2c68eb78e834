/* SPDX-License-Identifier: Apache-2.0 */
/* bench_match DATABASE INVENTORY [PACKAGES]: matching beside a plain loop over the same records; benchmarks/README.md.
 */
#include "api/object.h"
#include "base/env.h"
#include "match/match.h"
#include "version/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 51 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void must(int status, imga_error *error)
{
    if (status == IMGA_OK)
        return;
    fprintf(stderr, "bench_match: %s: %s\n", imga_error_where(error), imga_error_message(error));
    exit(1);
}

/* The inventory's packages, repeated or cut until there are count of them. */
static void resize_inventory(struct ia_env *env, struct ia_inventory *inventory, size_t count)
{
    size_t have = inventory->packages.n;
    for (size_t i = 0; inventory->packages.n < count; i++) {
        struct ia_package copy = *ia_inventory_package(inventory, i % have);
        must(ia_inventory_add_package(env, inventory, &copy), NULL);
    }
    if (inventory->packages.n > count)
        inventory->packages.n = count;
}

/* What matching cannot avoid: find each package's records and compare each version. */
static size_t plain(const struct ia_inventory *inventory, const struct ia_db *db)
{
    struct ia_str id = ia_str_from(inventory->distro.id), release = ia_str_from(inventory->distro.release);
    size_t found = 0;
    for (size_t i = 0; i < inventory->packages.n; i++) {
        const struct ia_package *p = ia_inventory_package(inventory, i);
        const struct ia_version_scheme *scheme = ia_version_scheme_named(ia_str_from(p->type));
        size_t first, n = ia_db_find(db, id, release, ia_str_from(p->source), &first);
        for (size_t k = 0; k < n; k++) {
            struct ia_db_record record;
            const char *why;
            int order = 0;
            ia_db_record(db, first + k, &record);
            if (*record.fixed_version)
                scheme->compare(ia_str_from(p->source_version), ia_str_from(record.fixed_version), &order, &why);
            found++;
        }
    }
    return found;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static double matches[ROUNDS], loops[ROUNDS];
    imga_context *context = NULL;
    imga_database *database = NULL;
    imga_source *source = NULL;
    imga_inventory *inventory = NULL;
    imga_error *error = NULL;
    struct ia_env env;
    size_t records = 0, findings = 0;
    if (argc < 3) {
        fprintf(stderr, "usage: bench_match DATABASE INVENTORY [PACKAGES]\n");
        return 64;
    }
    must(imga_context_new(NULL, &context, &error), error);
    double start = now();
    must(imga_database_open(context, argv[1], &database, &error), error);
    double opened = now() - start;
    must(imga_source_from_path(context, argv[2], &source, &error), error);
    must(imga_inventory_read(context, source, &inventory, &error), error);
    ia_api_begin(&env, context);
    resize_inventory(&env, &inventory->inventory, argc > 3 ? (size_t)atol(argv[3]) : 500);
    for (int round = 0; round < ROUNDS; round++) {
        struct ia_findings result;
        start = now();
        records = plain(&inventory->inventory, database->db);
        double middle = now();
        must(ia_match(&env, &inventory->inventory, database->db, &result), NULL);
        matches[round] = now() - middle;
        loops[round] = middle - start;
        findings = result.rows.n;
        ia_findings_free(&result);
    }
    qsort(matches, ROUNDS, sizeof(matches[0]), by_value);
    qsort(loops, ROUNDS, sizeof(loops[0]), by_value);
    printf("%zu packages, %zu records looked at, %zu findings; database opened and verified in %.2f ms\n",
           inventory->inventory.packages.n, records, findings, opened);
    printf("milliseconds, best and median of %d rounds: plain loop %.3f %.3f, match %.3f %.3f\n", ROUNDS, loops[0],
           loops[ROUNDS / 2], matches[0], matches[ROUNDS / 2]);
    printf("match / plain loop: %.2f\n", matches[ROUNDS / 2] / loops[ROUNDS / 2]);
    imga_inventory_unref(inventory);
    imga_source_unref(source);
    imga_database_unref(database);
    imga_context_unref(context);
    return 0;
}
