/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For every public call that allocates: fail the n-th allocation, once and from then on, for every n. The call must
 * give IMGA_E_NOMEM with its outputs untouched, or the same result as without failure; and leak nothing either way.
 */
#include "evident.h"
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scene {
    struct scenario data;
    struct failing memory;
    imga_context *context;
    struct sink database_bytes;
    struct sink inventory_bytes;
    struct tarball evident_bytes;
    struct sink evident_text;
    char database_path[64];
    imga_source *docker, *inventory_source, *evident, *evident_document, *tracker, *secdb, *policy_source;
    imga_image *image;
    imga_inventory *inventory;
    imga_image *evident_image;
    imga_inventory *evident_inventory;
    imga_files *files;
    size_t os_release; /* its row */
    imga_database *database;
    imga_findings *findings;
    imga_policy *policy;
    imga_verdict *verdict;
};

/* Runs one call; *result receives what it made, as text to compare. Returns its status. out_kept tells 0 when an output
   was touched by a failed call. */
struct outcome {
    struct sink text;
    int out_kept;
    int has_no_error; /* the call gives a status only */
};

#define UNTOUCHED(type) ((type *)(uintptr_t)16)

static void describe(struct outcome *o, const char *text)
{
    sink_write(&o->text, text, strlen(text));
}

static int run_context(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_context *context = UNTOUCHED(imga_context);
    int status = imga_context_new(&s->memory.allocator, &context, error);
    o->out_kept = status == IMGA_OK || context == UNTOUCHED(imga_context);
    if (status == IMGA_OK)
        imga_context_unref(context);
    return status;
}

static int run_classifiers(struct scene *s, struct outcome *o, imga_error **error)
{
    static const char rule[] = "extra/banner\tprogram\t*\tExtra version {number}\tpkg:generic/extra@{version}\t-\n";
    o->out_kept = 1;
    int status = imga_context_set_classifiers(s->context, rule, sizeof(rule) - 1, error);
    if (status == IMGA_OK)
        imga_context_set_classifiers(s->context, NULL, 0, NULL);
    return status;
}

static int run_source_memory(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_source *source = UNTOUCHED(imga_source);
    int status = imga_source_from_memory(s->context, "x", 1, &source, error);
    o->out_kept = status == IMGA_OK || source == UNTOUCHED(imga_source);
    if (status == IMGA_OK)
        imga_source_unref(source);
    return status;
}

static int closed;

static int64_t read_nothing(void *user, uint64_t offset, void *buffer, size_t size)
{
    (void)user, (void)offset, (void)buffer, (void)size;
    return 0;
}

static void count_close(void *user)
{
    (void)user;
    closed++;
}

static int run_source_ops(struct scene *s, struct outcome *o, imga_error **error)
{
    const imga_source_ops ops = {.struct_size = sizeof(ops), .read_at = read_nothing, .close = count_close};
    imga_source *source = UNTOUCHED(imga_source);
    closed = 0;
    int status = imga_source_from_ops(s->context, &ops, &source, error);
    o->out_kept = status == IMGA_OK || (source == UNTOUCHED(imga_source) && closed == 0);
    if (status == IMGA_OK)
        imga_source_unref(source);
    return status;
}

static int run_source_path(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_source *source = UNTOUCHED(imga_source);
    int status = imga_source_from_path(s->context, s->database_path, &source, error);
    o->out_kept = status == IMGA_OK || source == UNTOUCHED(imga_source);
    if (status == IMGA_OK)
        imga_source_unref(source);
    return status;
}

static int finish_image(struct outcome *o, int status, imga_image *image)
{
    imga_image_row row = {.struct_size = sizeof(row)};
    o->out_kept = status == IMGA_OK || image == UNTOUCHED(imga_image);
    if (status != IMGA_OK)
        return status;
    imga_image_describe(image, &row);
    describe(o, row.config_digest);
    imga_image_unref(image);
    return status;
}

static int run_image_folder(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_image *image = UNTOUCHED(imga_image);
    int status = imga_image_open(s->context, s->data.folder, NULL, &image, error);
    return finish_image(o, status, image);
}

static int run_image_source(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_image *image = UNTOUCHED(imga_image);
    int status = imga_image_open_source(s->context, s->docker, NULL, &image, error);
    return finish_image(o, status, image);
}

static int run_image_evident(struct scene *s, struct outcome *o, imga_error **error)
{
    const imga_image_options look = {.struct_size = sizeof(look), .look = IMGA_LOOK_LOCKFILES | IMGA_LOOK_REMOVED};
    imga_image *image = UNTOUCHED(imga_image);
    int status = imga_image_open_source(s->context, s->evident, &look, &image, error);
    return finish_image(o, status, image);
}

static int run_image_list(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_image_list *list = UNTOUCHED(imga_image_list);
    imga_image_entry_row row = {.struct_size = sizeof(row)};
    int status = imga_image_list_open(s->context, s->data.folder, NULL, &list, error);
    o->out_kept = status == IMGA_OK || list == UNTOUCHED(imga_image_list);
    if (status != IMGA_OK)
        return status;
    if (imga_image_list_rows(list, 0, &row, 1) == 1)
        describe(o, row.digest);
    imga_image_list_unref(list);
    return status;
}

static int finish_inventory(struct outcome *o, int status, imga_inventory *inventory)
{
    o->out_kept = status == IMGA_OK || inventory == UNTOUCHED(imga_inventory);
    if (status != IMGA_OK)
        return status;
    describe(o, imga_inventory_id(inventory));
    imga_inventory_unref(inventory);
    return status;
}

static int run_collect(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_inventory *inventory = UNTOUCHED(imga_inventory);
    int status = imga_inventory_collect(s->context, s->image, &inventory, error);
    return finish_inventory(o, status, inventory);
}

static int run_collect_evident(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_inventory *inventory = UNTOUCHED(imga_inventory);
    int status = imga_inventory_collect(s->context, s->evident_image, &inventory, error);
    return finish_inventory(o, status, inventory);
}

/* The only call that fills rows and allocates: it has no error object. */
static int run_cpes(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_cpe_row rows[17] = {{.struct_size = sizeof(rows[0])}};
    int64_t n = 0;
    (void)error;
    for (size_t i = 0; n >= 0 && i < imga_inventory_package_count(s->evident_inventory); i++) {
        rows[0].struct_size = sizeof(rows[0]);
        n = imga_inventory_cpes(s->evident_inventory, i, 0, rows, 17);
        for (int64_t k = 0; k < n; k++)
            describe(o, rows[k].cpe);
    }
    o->out_kept = o->has_no_error = 1;
    return n < 0 ? (int)n : IMGA_OK;
}

static int run_files(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_files *files = UNTOUCHED(imga_files);
    imga_file_row row = {.struct_size = sizeof(row)};
    int status = imga_files_collect(s->context, s->image, IMGA_FILES_DIGESTS | IMGA_FILES_REMOVED, &files, error);
    o->out_kept = status == IMGA_OK || files == UNTOUCHED(imga_files);
    if (status != IMGA_OK)
        return status;
    for (size_t i = 0; imga_files_rows(files, i, &row, 1) == 1; i++) {
        describe(o, row.path);
        describe(o, row.digest);
    }
    imga_files_unref(files);
    return status;
}

static int run_files_read(struct scene *s, struct outcome *o, imga_error **error)
{
    o->out_kept = 1;
    return imga_files_read(s->files, s->os_release, sink_write, &o->text, error);
}

static int run_inventory_read(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_inventory *inventory = UNTOUCHED(imga_inventory);
    int status = imga_inventory_read(s->context, s->inventory_source, &inventory, error);
    return finish_inventory(o, status, inventory);
}

static int run_inventory_read_evident(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_inventory *inventory = UNTOUCHED(imga_inventory);
    int status = imga_inventory_read(s->context, s->evident_document, &inventory, error);
    return finish_inventory(o, status, inventory);
}

static int run_inventory_write(struct scene *s, struct outcome *o, imga_error **error)
{
    o->out_kept = 1;
    return imga_inventory_write(s->inventory, sink_write, &o->text, error);
}

static int add_feed(imga_database_writer *writer, const char *name, imga_source *source, imga_error **error)
{
    const imga_feed_options feed = {.struct_size = sizeof(feed), .name = name};
    return imga_database_writer_add(writer, &feed, source, error);
}

/* The whole life of a writer; a failed add must leave it as it was, so that a second try succeeds. */
static int run_writer(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_database_writer *writer = UNTOUCHED(imga_database_writer);
    int status = imga_database_writer_new(s->context, &writer, error);
    o->out_kept = status == IMGA_OK || writer == UNTOUCHED(imga_database_writer);
    if (status != IMGA_OK)
        return status;
    status = add_feed(writer, "debian", s->tracker, error);
    if (status == IMGA_OK)
        status = add_feed(writer, "alpine", s->secdb, error);
    if (status == IMGA_OK)
        status = imga_database_writer_finish(writer, sink_write, &o->text, error);
    imga_database_writer_free(writer);
    return status;
}

static int run_writer_again(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_database_writer *writer = NULL;
    o->out_kept = 1;
    size_t at = s->memory.fail_at;
    failing_disarm(&s->memory);
    if (imga_database_writer_new(s->context, &writer, error) != IMGA_OK)
        abort();
    s->memory.fail_at = at;
    s->memory.count = 0;
    int status = add_feed(writer, "debian", s->tracker, error);
    failing_disarm(&s->memory);
    if (status == IMGA_E_NOMEM) {
        if (error)
            *error = imga_error_free(*error);
        status = add_feed(writer, "debian", s->tracker, error);
    }
    if (status == IMGA_OK)
        status = imga_database_writer_finish(writer, sink_write, &o->text, error);
    imga_database_writer_free(writer);
    return status;
}

static int finish_database(struct outcome *o, int status, imga_database *database)
{
    o->out_kept = status == IMGA_OK || database == UNTOUCHED(imga_database);
    if (status != IMGA_OK)
        return status;
    describe(o, imga_database_id(database));
    imga_database_unref(database);
    return status;
}

static int run_database_memory(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_database *database = UNTOUCHED(imga_database);
    int status = imga_database_open_memory(s->context, s->database_bytes.p, s->database_bytes.n, &database, error);
    return finish_database(o, status, database);
}

static int run_database_path(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_database *database = UNTOUCHED(imga_database);
    int status = imga_database_open(s->context, s->database_path, &database, error);
    return finish_database(o, status, database);
}

static int run_match(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_findings *findings = UNTOUCHED(imga_findings);
    char count[32];
    int status = imga_match(s->context, s->inventory, s->database, &findings, error);
    o->out_kept = status == IMGA_OK || findings == UNTOUCHED(imga_findings);
    if (status != IMGA_OK)
        return status;
    snprintf(count, sizeof(count), "%zu findings", imga_findings_count(findings));
    describe(o, count);
    imga_findings_unref(findings);
    return status;
}

static int run_explain(struct scene *s, struct outcome *o, imga_error **error)
{
    int status = IMGA_OK;
    o->out_kept = 1;
    for (size_t i = 0; i < imga_findings_count(s->findings) && status == IMGA_OK; i++)
        status = imga_findings_explain(s->findings, i, sink_write, &o->text, error);
    return status;
}

static int run_policy_read(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_policy *policy = UNTOUCHED(imga_policy);
    int status = imga_policy_read(s->context, s->policy_source, &policy, error);
    o->out_kept = status == IMGA_OK || policy == UNTOUCHED(imga_policy);
    if (status != IMGA_OK)
        return status;
    describe(o, imga_policy_id(policy));
    imga_policy_unref(policy);
    return status;
}

static void describe_verdict(struct outcome *o, const imga_verdict *verdict)
{
    imga_verdict_row row = {.struct_size = sizeof(row)};
    describe(o, imga_verdict_name(imga_verdict_result(verdict)));
    for (size_t i = 0; imga_verdict_rows(verdict, i, &row, 1) == 1; i++)
        describe(o, row.evidence);
}

static int finish_verdict(struct outcome *o, int status, imga_verdict *verdict)
{
    o->out_kept = status == IMGA_OK || verdict == UNTOUCHED(imga_verdict);
    if (status != IMGA_OK)
        return status;
    describe_verdict(o, verdict);
    imga_verdict_unref(verdict);
    return status;
}

static int run_evaluate(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_verdict *verdict = UNTOUCHED(imga_verdict);
    int status = imga_policy_evaluate(s->policy, s->findings, s->data.now, &verdict, error);
    return finish_verdict(o, status, verdict);
}

static int run_gate(struct scene *s, struct outcome *o, imga_error **error)
{
    imga_verdict *verdict = UNTOUCHED(imga_verdict);
    const imga_gate_options gate = {.struct_size = sizeof(gate),
                                    .path = s->data.folder,
                                    .database = s->database,
                                    .policy = s->policy,
                                    .now = s->data.now};
    int status = imga_gate(s->context, &gate, &verdict, error);
    return finish_verdict(o, status, verdict);
}

static int report(struct scene *s, struct outcome *o, int32_t format, imga_error **error)
{
    const imga_report_options options = {.struct_size = sizeof(options), .format = format, .verdict = s->verdict};
    o->out_kept = 1;
    return imga_report_write(s->context, &options, sink_write, &o->text, error);
}

static int run_report_json(struct scene *s, struct outcome *o, imga_error **error)
{
    return report(s, o, IMGA_REPORT_JSON, error);
}

static int run_report_table(struct scene *s, struct outcome *o, imga_error **error)
{
    return report(s, o, IMGA_REPORT_TABLE, error);
}

static const struct {
    const char *name;
    int (*run)(struct scene *s, struct outcome *o, imga_error **error);
} calls[] = {
    {"imga_context_new", run_context},
    {"imga_context_set_classifiers", run_classifiers},
    {"imga_source_from_memory", run_source_memory},
    {"imga_source_from_ops", run_source_ops},
    {"imga_source_from_path", run_source_path},
    {"imga_image_open", run_image_folder},
    {"imga_image_open_source", run_image_source},
    {"imga_image_open_source, all evidence", run_image_evident},
    {"imga_image_list_open", run_image_list},
    {"imga_inventory_collect", run_collect},
    {"imga_inventory_collect, all evidence", run_collect_evident},
    {"imga_inventory_cpes", run_cpes},
    {"imga_files_collect", run_files},
    {"imga_files_read", run_files_read},
    {"imga_inventory_read", run_inventory_read},
    {"imga_inventory_read, all evidence", run_inventory_read_evident},
    {"imga_inventory_write", run_inventory_write},
    {"imga_database_writer", run_writer},
    {"imga_database_writer_add, twice", run_writer_again},
    {"imga_database_open_memory", run_database_memory},
    {"imga_database_open", run_database_path},
    {"imga_match", run_match},
    {"imga_findings_explain", run_explain},
    {"imga_policy_read", run_policy_read},
    {"imga_policy_evaluate", run_evaluate},
    {"imga_gate", run_gate},
    {"imga_report_write json", run_report_json},
    {"imga_report_write table", run_report_table},
};

static int failures;

static void check(int holds, const char *call, size_t n, const char *what)
{
    if (holds)
        return;
    failures++;
    printf("not ok: %s, allocation %zu: %s\n", call, n, what);
}

/* One run with the n-th allocation failing; 0 when no allocation failed any more. */
static int sweep_one(struct scene *s, size_t call, size_t n, int for_ever, const struct sink *expected)
{
    struct outcome o = {.out_kept = 0};
    imga_error *error = NULL;
    size_t live = s->memory.live;
    failing_arm(&s->memory, n, for_ever);
    int status = calls[call].run(s, &o, &error);
    size_t failed = s->memory.failed;
    failing_disarm(&s->memory);
    check(status == IMGA_OK || status == IMGA_E_NOMEM, calls[call].name, n, imga_status_name(status));
    check(o.has_no_error ? !error : status == imga_error_code(error), calls[call].name, n,
          "status and error object differ");
    check(o.out_kept, calls[call].name, n, "an output was touched");
    if (status == IMGA_OK)
        check(o.text.n == expected->n && (!o.text.n || memcmp(o.text.p, expected->p, o.text.n) == 0), calls[call].name,
              n, "another result");
    imga_error_free(error);
    check(s->memory.live == live, calls[call].name, n, "a leak");
    sink_free(&o.text);
    return failed > 0;
}

static void sweep(struct scene *s, size_t call)
{
    struct outcome good = {.out_kept = 0};
    imga_error *error = NULL;
    size_t n;
    check(calls[call].run(s, &good, &error) == IMGA_OK, calls[call].name, 0, imga_error_message(error));
    for (n = 1; sweep_one(s, call, n, 0, &good.text); n++)
        sweep_one(s, call, n, 1, &good.text);
    printf("ok: %s, %zu allocations\n", calls[call].name, n - 1);
    sink_free(&good.text);
}

static void must(int status, const char *what)
{
    if (status == IMGA_OK)
        return;
    fprintf(stderr, "cannot prepare: %s (%s)\n", what, imga_status_name(status));
    exit(1);
}

static imga_source *source(struct scene *s, const void *data, size_t size)
{
    imga_source *made = NULL;
    must(imga_source_from_memory(s->context, data, size, &made, NULL), "source");
    return made;
}

static void open_files(struct scene *s)
{
    imga_file_row row = {.struct_size = sizeof(row)};
    must(imga_files_collect(s->context, s->image, 0, &s->files, NULL), "files");
    while (imga_files_rows(s->files, s->os_release, &row, 1) == 1 && strcmp(row.path, "etc/os-release") != 0)
        s->os_release++;
}

static void prepare_evidence(struct scene *s)
{
    const imga_image_options look = {.struct_size = sizeof(look), .look = IMGA_LOOK_LOCKFILES | IMGA_LOOK_REMOVED};
    s->evident_bytes = evident_image();
    s->evident = source(s, s->evident_bytes.p, s->evident_bytes.n);
    must(imga_image_open_source(s->context, s->evident, &look, &s->evident_image, NULL), "evident image");
    must(imga_inventory_collect(s->context, s->evident_image, &s->evident_inventory, NULL), "evident inventory");
    must(imga_inventory_write(s->evident_inventory, sink_write, &s->evident_text, NULL), "evident document");
    s->evident_document = source(s, s->evident_text.p, s->evident_text.n);
}

static void prepare(struct scene *s)
{
    memset(s, 0, sizeof(*s));
    scenario_make(&s->data);
    failing_init(&s->memory);
    must(imga_context_new(&s->memory.allocator, &s->context, NULL), "context");
    scenario_database(&s->data, s->context, &s->database_bytes);
    snprintf(s->database_path, sizeof(s->database_path), "/tmp/imgassure-oom-XXXXXX");
    int descriptor = mkstemp(s->database_path);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    must(file && fwrite(s->database_bytes.p, 1, s->database_bytes.n, file) == s->database_bytes.n ? 0 : IMGA_E_IO,
         "file");
    fclose(file);
    s->docker = source(s, s->data.docker.p, s->data.docker.n);
    s->tracker = source(s, s->data.tracker, strlen(s->data.tracker));
    s->secdb = source(s, s->data.secdb, strlen(s->data.secdb));
    s->policy_source = source(s, s->data.policy, strlen(s->data.policy));
    must(imga_image_open_source(s->context, s->docker, NULL, &s->image, NULL), "image");
    must(imga_inventory_collect(s->context, s->image, &s->inventory, NULL), "inventory");
    prepare_evidence(s);
    open_files(s);
    must(imga_inventory_write(s->inventory, sink_write, &s->inventory_bytes, NULL), "inventory document");
    s->inventory_source = source(s, s->inventory_bytes.p, s->inventory_bytes.n);
    must(imga_database_open(s->context, s->database_path, &s->database, NULL), "database");
    must(imga_match(s->context, s->inventory, s->database, &s->findings, NULL), "findings");
    must(imga_policy_read(s->context, s->policy_source, &s->policy, NULL), "policy");
    must(imga_policy_evaluate(s->policy, s->findings, s->data.now, &s->verdict, NULL), "verdict");
}

static void clean_up(struct scene *s)
{
    imga_verdict_unref(s->verdict);
    imga_policy_unref(s->policy);
    imga_findings_unref(s->findings);
    imga_database_unref(s->database);
    imga_files_unref(s->files);
    imga_inventory_unref(s->inventory);
    imga_inventory_unref(s->evident_inventory);
    imga_image_unref(s->evident_image);
    imga_image_unref(s->image);
    imga_source *sources[] = {s->docker,           s->tracker, s->secdb,           s->policy_source,
                              s->inventory_source, s->evident, s->evident_document};
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        imga_source_unref(sources[i]);
    imga_context_unref(s->context);
    check(s->memory.live == 0, "everything", 0, "memory is left");
    remove(s->database_path);
    sink_free(&s->database_bytes);
    sink_free(&s->inventory_bytes);
    sink_free(&s->evident_text);
    tarball_free(&s->evident_bytes);
    scenario_free(&s->data);
}

int main(void)
{
    struct scene s;
    prepare(&s);
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        sweep(&s, i);
    clean_up(&s);
    printf("%d failures\n", failures);
    return failures ? 1 : 0;
}
