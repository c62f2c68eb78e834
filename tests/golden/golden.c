/* SPDX-License-Identifier: Apache-2.0 */
/*
 * golden CASES OUT, run in the folder of the inputs: does through the public C API what the tests of the bindings do
 * through theirs, and writes the same files: inventories, reports, explanations, every row, every error of the table.
 */
#include <imgassure/imgassure.h>

#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t feed_date = 1700000000, now = 1750000000;
static const char *out_folder;

static void check(int status, imga_error *error, const char *what)
{
    if (status >= 0)
        return;
    fprintf(stderr, "golden: %s: %s: %s\n", what, imga_error_where(error), imga_error_message(error));
    exit(1);
}

static FILE *create(const char *name)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", out_folder, name);
    FILE *file = fopen(path, "wb");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static void finish(FILE *file)
{
    if (fclose(file) != 0) {
        perror("golden: close");
        exit(1);
    }
}

static int write_file(void *user, const void *data, size_t size)
{
    return fwrite(data, 1, size, user) == size ? 0 : 1;
}

static imga_inventory *collect(imga_context *context, const char *input, const char *output)
{
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    imga_error *error = NULL;
    check(imga_image_open(context, input, NULL, &image, &error), error, input);
    check(imga_inventory_collect(context, image, &inventory, &error), error, input);
    FILE *file = create(output);
    check(imga_inventory_write(inventory, write_file, file, &error), error, output);
    finish(file);
    imga_image_unref(image);
    return inventory;
}

static void add_feed(imga_context *context, imga_database_writer *writer, const char *name, const char *path)
{
    const imga_feed_options options = {.struct_size = sizeof(options), .name = name, .as_of = feed_date};
    imga_source *source = NULL;
    imga_error *error = NULL;
    check(imga_source_from_path(context, path, &source, &error), error, path);
    check(imga_database_writer_add(writer, &options, source, &error), error, path);
    imga_source_unref(source);
}

static void compile(imga_context *context)
{
    imga_database_writer *writer = NULL;
    imga_error *error = NULL;
    check(imga_database_writer_new(context, &writer, &error), error, "writer");
    add_feed(context, writer, "debian", "tracker.json");
    add_feed(context, writer, "alpine", "secdb.json");
    FILE *file = create("advisories.db");
    check(imga_database_writer_finish(writer, write_file, file, &error), error, "advisories.db");
    finish(file);
    imga_database_writer_free(writer);
}

struct memory {
    char *p;
    size_t n;
};

static int write_memory(void *user, const void *data, size_t size)
{
    struct memory *m = user;
    char *grown = realloc(m->p, m->n + size);
    if (!grown)
        return 1;
    memcpy(grown + m->n, data, size);
    *m = (struct memory){grown, m->n + size};
    return 0;
}

/* A feed with a malformed record, for another distribution: notes of a writer and of a match. */
static void odd(imga_context *context, imga_inventory *inventory, FILE *rows)
{
    imga_database_writer *writer = NULL;
    imga_database *database = NULL;
    imga_findings *findings = NULL;
    imga_error *error = NULL;
    struct memory memory = {NULL, 0};
    check(imga_database_writer_new(context, &writer, &error), error, "writer");
    add_feed(context, writer, "odd", "odd.json");
    rows_writer(rows, writer);
    check(imga_database_writer_finish(writer, write_memory, &memory, &error), error, "odd.json");
    imga_database_writer_free(writer);
    check(imga_database_open_memory(context, memory.p, memory.n, &database, &error), error, "odd.json");
    check(imga_match(context, inventory, database, &findings, &error), error, "odd.json");
    rows_findings(rows, findings);
    imga_findings_unref(findings);
    imga_database_unref(database);
    free(memory.p);
}

static void reports(imga_context *context, const imga_verdict *verdict)
{
    imga_report_options options = {.struct_size = sizeof(options), .format = IMGA_REPORT_JSON, .verdict = verdict};
    imga_error *error = NULL;
    FILE *file = create("report.json");
    check(imga_report_write(context, &options, write_file, file, &error), error, "report.json");
    finish(file);
    options.format = IMGA_REPORT_TABLE;
    options.all = 1;
    options.width = 100;
    file = create("report.txt");
    check(imga_report_write(context, &options, write_file, file, &error), error, "report.txt");
    finish(file);
    const imga_findings *findings = imga_verdict_findings(verdict);
    file = create("explain.txt");
    for (size_t i = 0; i < imga_findings_count(findings); i++)
        check(imga_findings_explain(findings, i, write_file, file, &error), error, "explain.txt");
    finish(file);
}

static imga_verdict *gate(imga_context *context)
{
    imga_gate_options options = {.struct_size = sizeof(options), .path = "docker.tar", .now = now};
    imga_source *text = NULL;
    imga_verdict *verdict = NULL;
    imga_error *error = NULL;
    check(imga_database_open(context, "advisories.db", &options.database, &error), error, "advisories.db");
    check(imga_source_from_path(context, "policy.yaml", &text, &error), error, "policy.yaml");
    check(imga_policy_read(context, text, &options.policy, &error), error, "policy.yaml");
    check(imga_gate(context, &options, &verdict, &error), error, "gate");
    imga_source_unref(text);
    imga_policy_unref(options.policy);
    imga_database_unref(options.database);
    return verdict;
}

static imga_image *open_image(imga_context *context, const char *path, uint32_t verify, uint32_t look)
{
    const imga_image_options options = {.struct_size = sizeof(options), .verify = verify, .look = look};
    imga_image *image = NULL;
    imga_error *error = NULL;
    check(imga_image_open(context, path, &options, &image, &error), error, path);
    return image;
}

/* What images say of themselves, in each way of verifying; what a layout holds; the files of an image. */
static void images(imga_context *context)
{
    imga_image_list *list = NULL;
    imga_files *files = NULL;
    imga_error *error = NULL;
    FILE *file = create("images.jsonl");
    for (uint32_t verify = IMGA_VERIFY_FULL; verify <= IMGA_VERIFY_NONE; verify++) {
        imga_image *image = open_image(context, "config.tar", verify, 0);
        rows_image(file, image);
        imga_image_unref(image);
    }
    check(imga_image_list_open(context, "platforms", NULL, &list, &error), error, "platforms");
    rows_list(file, list);
    imga_image_list_unref(list);
    imga_image *image = open_image(context, "docker.tar", IMGA_VERIFY_FULL, 0);
    check(imga_files_collect(context, image, IMGA_FILES_DIGESTS | IMGA_FILES_REMOVED, &files, &error), error, "files");
    rows_files(file, files);
    imga_files_unref(files);
    imga_image_unref(image);
    finish(file);
}

/* Packages, executables, owners, what an upper layer removed, what a lock file names. */
static void evidence(imga_context *context)
{
    imga_image *image = open_image(context, "evident.tar", IMGA_VERIFY_FULL, IMGA_LOOK_LOCKFILES | IMGA_LOOK_REMOVED);
    imga_inventory *inventory = NULL;
    imga_error *error = NULL;
    FILE *file = create("evidence.jsonl");
    check(imga_inventory_collect(context, image, &inventory, &error), error, "evident.tar");
    rows_inventory(file, inventory);
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    finish(file);
}

static void whole(imga_context *context)
{
    images(context);
    evidence(context);
    imga_inventory_unref(collect(context, "oci.tar", "inventory-oci.json"));
    imga_inventory_unref(collect(context, "layout", "inventory-layout.json"));
    imga_inventory *inventory = collect(context, "docker.tar", "inventory.json");
    compile(context);
    imga_verdict *verdict = gate(context);
    reports(context, verdict);
    FILE *file = create("rows.jsonl");
    rows_inventory(file, inventory);
    rows_verdict(file, verdict);
    odd(context, inventory, file);
    finish(file);
    imga_verdict_unref(verdict);
    imga_inventory_unref(inventory);
}

/* One line of the table. */
struct failure {
    const char *name, *operation, *input, *extra, *limits;
};

static int64_t memory_read(void *user, uint64_t offset, void *buffer, size_t size)
{
    const struct memory *m = user;
    if (offset >= m->n)
        return 0;
    size_t left = m->n - (size_t)offset;
    if (size > left)
        size = left;
    memcpy(buffer, m->p + offset, size);
    return (int64_t)size;
}

static void memory_close(void *user)
{
    struct memory *m = user;
    free(m->p);
    free(m);
}

static int memory_source(imga_context *context, const char *path, imga_source **out, imga_error **error)
{
    struct memory *m = calloc(1, sizeof(*m));
    FILE *file = fopen(path, "rb");
    if (!m || !file || !(m->p = malloc(1 << 20)))
        exit(1);
    m->n = fread(m->p, 1, 1 << 20, file);
    finish(file);
    const imga_source_ops ops = {sizeof(ops), 0, m->n, memory_read, memory_close, m};
    return imga_source_from_ops(context, &ops, out, error);
}

static int do_open(imga_context *context, const struct failure *f, imga_image **out, imga_error **error)
{
    imga_image_options options = {.struct_size = sizeof(options)};
    if (strncmp(f->extra, "reference=", 10) == 0)
        options.reference = f->extra + 10;
    if (strncmp(f->extra, "platform=", 9) == 0)
        options.platform = f->extra + 9;
    if (strcmp(f->operation, "open-source") != 0)
        return imga_image_open(context, f->input, &options, out, error);
    imga_source *source = NULL;
    int status = memory_source(context, f->input, &source, error);
    if (status >= 0)
        status = imga_image_open_source(context, source, &options, out, error);
    imga_source_unref(source);
    return status;
}

static int do_match(imga_context *context, imga_inventory *inventory, imga_error **error)
{
    imga_database *database = NULL;
    imga_findings *findings = NULL;
    int status = imga_database_open(context, "advisories.db", &database, error);
    if (status >= 0)
        status = imga_match(context, inventory, database, &findings, error);
    imga_findings_unref(findings);
    imga_database_unref(database);
    return status;
}

static int do_image(imga_context *context, const struct failure *f, imga_error **error)
{
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    int status = do_open(context, f, &image, error);
    if (status >= 0 && strncmp(f->operation, "open", 4) != 0)
        status = imga_inventory_collect(context, image, &inventory, error);
    if (status >= 0 && strcmp(f->operation, "match") == 0)
        status = do_match(context, inventory, error);
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    return status;
}

static int do_feed(imga_context *context, imga_source *source, imga_error **error)
{
    const imga_feed_options options = {.struct_size = sizeof(options), .name = "feed"};
    imga_database_writer *writer = NULL;
    int status = imga_database_writer_new(context, &writer, error);
    if (status >= 0)
        status = imga_database_writer_add(writer, &options, source, error);
    imga_database_writer_free(writer);
    return status;
}

static int do_document(imga_context *context, const struct failure *f, imga_error **error)
{
    imga_source *source = NULL;
    imga_policy *policy = NULL;
    imga_inventory *inventory = NULL;
    int status = imga_source_from_path(context, f->input, &source, error);
    if (status >= 0 && strcmp(f->operation, "feed") == 0)
        status = do_feed(context, source, error);
    else if (status >= 0 && strcmp(f->operation, "policy") == 0)
        status = imga_policy_read(context, source, &policy, error);
    else if (status >= 0)
        status = imga_inventory_read(context, source, &inventory, error);
    imga_source_unref(source);
    imga_policy_unref(policy);
    imga_inventory_unref(inventory);
    return status;
}

static int do_operation(imga_context *context, const struct failure *f, imga_error **error)
{
    imga_database *database = NULL;
    int32_t order = 0;
    if (strncmp(f->operation, "compare-", 8) == 0)
        return imga_version_compare(imga_version_scheme(f->operation + 8), f->input, f->extra, &order, error);
    if (strcmp(f->operation, "database") == 0) {
        int status = imga_database_open(context, f->input, &database, error);
        imga_database_unref(database);
        return status;
    }
    static const char *const documents[] = {"feed", "policy", "inventory"};
    for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++)
        if (strcmp(f->operation, documents[i]) == 0)
            return do_document(context, f, error);
    return do_image(context, f, error);
}

static void set_limit(imga_context *context, const char *text)
{
    static const struct {
        const char *name;
        size_t at;
    } known[] = {
#define LIMIT(name) {#name "=", offsetof(imga_limits, name)}
        LIMIT(manifest_bytes), LIMIT(layers),      LIMIT(archive_members), LIMIT(json_depth),
        LIMIT(layer_bytes),    LIMIT(image_bytes), LIMIT(layer_entries),   LIMIT(packages),
        LIMIT(findings),       LIMIT(feed_bytes),  LIMIT(document_bytes),
#undef LIMIT
    };
    imga_limits limits = {.struct_size = sizeof(limits)};
    imga_limits_default(&limits);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strncmp(text, known[i].name, strlen(known[i].name)) != 0)
            continue;
        uint64_t value = strtoull(text + strlen(known[i].name), NULL, 10);
        memcpy((char *)&limits + known[i].at, &value, sizeof(value));
        check(imga_context_set_limits(context, &limits, NULL), NULL, text);
        return;
    }
    fprintf(stderr, "golden: unknown limit %s\n", text);
    exit(1);
}

static void one_case(FILE *file, const struct failure *f)
{
    imga_context *context = NULL;
    imga_error *error = NULL;
    check(imga_context_new(NULL, &context, NULL), NULL, "context");
    if (*f->limits)
        set_limit(context, f->limits);
    int32_t status = do_operation(context, f, &error);
    rows_error(file, f->name, status, error);
    imga_error_free(error);
    imga_context_unref(context);
}

/* Cuts the next column off a line. */
static const char *column(char **line)
{
    char *start = *line, *end = strpbrk(start, "\t\n");
    *line = end ? end + 1 : start + strlen(start);
    if (end)
        *end = '\0';
    return start;
}

static void errors(const char *cases)
{
    char line[1024], *rest;
    FILE *table = fopen(cases, "r"), *file = create("errors.jsonl");
    if (!table) {
        perror(cases);
        exit(1);
    }
    while ((rest = fgets(line, sizeof(line), table))) {
        if (*line == '#')
            continue;
        struct failure f = {.name = column(&rest)};
        f.operation = column(&rest);
        f.input = column(&rest);
        f.extra = column(&rest);
        f.limits = column(&rest);
        one_case(file, &f);
    }
    finish(table);
    finish(file);
}

int main(int argc, char **argv)
{
    imga_context *context = NULL;
    if (argc != 3) {
        fputs("usage: golden CASES OUT\n", stderr);
        return 64;
    }
    out_folder = argv[2];
    check(imga_context_new(NULL, &context, NULL), NULL, "context");
    whole(context);
    imga_context_unref(context);
    errors(argv[1]);
    return 0;
}
