/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One context, database, policy, inventory and findings shared by 1, 2 and 8 threads, each with images of its own: the
 * reports of all threads must be the same bytes. Built with ThreadSanitizer by scripts/test.
 */
#include "scenario.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 8, ROUNDS = 20 };

struct shared {
    struct scenario data;
    imga_context *context;
    imga_database *database;
    imga_policy *policy;
    imga_inventory *inventory;
    imga_findings *findings;
    imga_cancel *cancel;
};

struct worker {
    pthread_t thread;
    struct shared *shared;
    struct sink report;
    int failed;
};

static int write_report(struct shared *s, const imga_verdict *verdict, struct sink *out)
{
    const imga_report_options options = {
        .struct_size = sizeof(options), .format = IMGA_REPORT_JSON, .verdict = verdict};
    return imga_report_write(s->context, &options, sink_write, out, NULL);
}

/* An image of its own through everything, with the shared database and policy. */
static int own_image(struct shared *s, struct sink *out)
{
    const imga_gate_options gate = {.struct_size = sizeof(gate),
                                    .path = s->data.folder,
                                    .database = s->database,
                                    .policy = s->policy,
                                    .now = s->data.now};
    imga_verdict *verdict = NULL;
    int status = imga_gate(s->context, &gate, &verdict, NULL);
    if (status == IMGA_OK)
        status = write_report(s, verdict, out);
    imga_verdict_unref(verdict);
    return status;
}

/* The shared inventory and findings, references taken and dropped. */
static int shared_inventory(struct shared *s, struct sink *out)
{
    imga_inventory *inventory = imga_inventory_ref(s->inventory);
    imga_findings *own = NULL, *common = imga_findings_ref(s->findings);
    imga_verdict *verdict = NULL;
    int status = imga_match(s->context, inventory, s->database, &own, NULL);
    imga_inventory_unref(inventory);
    if (status == IMGA_OK)
        status = imga_policy_evaluate(s->policy, common, s->data.now, &verdict, NULL);
    if (status == IMGA_OK)
        status = write_report(s, verdict, out);
    imga_verdict_unref(verdict);
    imga_findings_unref(common);
    imga_findings_unref(own);
    return status;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    for (int round = 0; round < ROUNDS && !worker->failed; round++) {
        sink_free(&worker->report);
        worker->failed = own_image(worker->shared, &worker->report) != IMGA_OK ||
                         shared_inventory(worker->shared, &worker->report) != IMGA_OK;
    }
    return NULL;
}

static void must(int status, const char *what)
{
    if (status == IMGA_OK)
        return;
    fprintf(stderr, "cannot prepare: %s (%s)\n", what, imga_status_name(status));
    exit(1);
}

static void prepare(struct shared *s, struct sink *bytes)
{
    imga_source *source = NULL;
    imga_image *image = NULL;
    memset(s, 0, sizeof(*s));
    scenario_make(&s->data);
    must(imga_context_new(NULL, &s->context, NULL), "context");
    must(imga_cancel_new(&s->cancel, NULL), "cancel token");
    imga_context_set_cancel(s->context, s->cancel);
    scenario_database(&s->data, s->context, bytes);
    must(imga_database_open_memory(s->context, bytes->p, bytes->n, &s->database, NULL), "database");
    must(imga_source_from_memory(s->context, s->data.policy, strlen(s->data.policy), &source, NULL), "source");
    must(imga_policy_read(s->context, source, &s->policy, NULL), "policy");
    must(imga_image_open(s->context, s->data.folder, NULL, &image, NULL), "image");
    must(imga_inventory_collect(s->context, image, &s->inventory, NULL), "inventory");
    must(imga_match(s->context, s->inventory, s->database, &s->findings, NULL), "findings");
    imga_image_unref(image);
    imga_source_unref(source);
}

/* 1 when every thread made the expected report. */
static int run(struct shared *s, int count, struct sink *expected)
{
    struct worker workers[MOST];
    int ok = 1;
    memset(workers, 0, sizeof(workers));
    for (int i = 0; i < count; i++) {
        workers[i].shared = s;
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            abort();
    }
    for (int i = 0; i < count; i++) {
        pthread_join(workers[i].thread, NULL);
        if (!expected->p)
            sink_write(expected, workers[i].report.p, workers[i].report.n);
        ok = ok && !workers[i].failed && workers[i].report.n == expected->n &&
             memcmp(workers[i].report.p, expected->p, expected->n) == 0;
        sink_free(&workers[i].report);
    }
    printf("%s: %d threads, %d rounds, %zu bytes of reports each\n", ok ? "ok" : "not ok", count, ROUNDS, expected->n);
    return ok;
}

/* A token set in one thread stops the call in another. */
static void *set_token(void *argument)
{
    imga_cancel_set(argument, 1);
    return NULL;
}

static int cancelled(struct shared *s)
{
    pthread_t thread;
    struct sink out = {NULL, 0};
    if (pthread_create(&thread, NULL, set_token, s->cancel) != 0)
        abort();
    pthread_join(thread, NULL);
    int status = own_image(s, &out);
    sink_free(&out);
    printf("%s: cancelled from another thread\n", status == IMGA_E_CANCELLED ? "ok" : "not ok");
    return status == IMGA_E_CANCELLED;
}

int main(void)
{
    struct shared s;
    struct sink database = {NULL, 0}, expected = {NULL, 0};
    prepare(&s, &database);
    int ok = run(&s, 1, &expected) & run(&s, 2, &expected) & run(&s, MOST, &expected) & cancelled(&s);
    imga_findings_unref(s.findings);
    imga_inventory_unref(s.inventory);
    imga_policy_unref(s.policy);
    imga_database_unref(s.database);
    imga_context_unref(s.context);
    imga_cancel_unref(s.cancel);
    scenario_free(&s.data);
    sink_free(&database);
    sink_free(&expected);
    return ok && expected.n == 0 ? 0 : 1;
}
