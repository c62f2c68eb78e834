/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For every public call that reads through the caller's callbacks: the n-th read fails, gives fewer bytes, ends early
 * or claims more than was asked for, once and from then on, for every n; for every call that writes, the n-th write
 * fails. A failure is IMGA_E_IO; fewer bytes change nothing; an early end is an error. What comes out is never another
 * result, nothing is leaked, and an image that could not be read is readable again when its source is.
 */
#include "ociimage.h"
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum fault { FAIL, FEWER, END, MORE, FAULTS };

static const char *const fault_names[] = {"fails", "gives one byte", "ends early", "claims too much"};

/* A source that goes wrong at one read. */
struct faulty {
    const char *p;
    size_t n;
    size_t at;    /* of a stream */
    size_t chunk; /* no read gives more */
    size_t reads;
    size_t fault_at; /* 0: never */
    enum fault fault;
    int for_ever;
    size_t hits;
};

struct scene {
    struct scenario data;
    struct tarball packed; /* OCI archive with a gzip layer */
    struct failing memory;
    imga_context *context;
    struct sink inventory_text;
    struct sink database_bytes;
    imga_database *database;
    struct faulty input;
    imga_inventory *inventory;
    imga_findings *findings;
    imga_policy *policy;
    imga_verdict *verdict;
};

static int failures;

static void check(int holds, const char *what, const char *how)
{
    if (holds)
        return;
    failures++;
    printf("not ok: %s: %s\n", what, how);
}

static void must(int status, const char *what)
{
    if (status == IMGA_OK)
        return;
    fprintf(stderr, "cannot prepare: %s (%s)\n", what, imga_status_name(status));
    exit(1);
}

static int64_t give(struct faulty *f, size_t offset, void *buffer, size_t size)
{
    size_t n = f->n - offset < size ? f->n - offset : size;
    n = n < f->chunk ? n : f->chunk;
    f->reads++;
    int is_hit = f->fault_at && (f->reads == f->fault_at || (f->for_ever && f->reads > f->fault_at));
    f->hits += is_hit ? 1 : 0;
    if (is_hit && f->fault == FAIL)
        return -1;
    if (is_hit && f->fault == END)
        return 0;
    if (is_hit && f->fault == FEWER && n > 1)
        n = 1;
    memcpy(buffer, f->p + offset, n);
    return is_hit && f->fault == MORE ? (int64_t)size + 1 : (int64_t)n;
}

static int64_t read_at(void *user, uint64_t offset, void *buffer, size_t size)
{
    return give(user, (size_t)offset, buffer, size);
}

static int64_t read_next(void *user, void *buffer, size_t size)
{
    struct faulty *f = user;
    int64_t n = give(f, f->at, buffer, size);
    if (n > 0 && (uint64_t)n <= size)
        f->at += (size_t)n;
    return n;
}

static imga_source *source_of(struct scene *s, int is_stream)
{
    const imga_source_ops ops = {.struct_size = sizeof(ops), .size = s->input.n, .read_at = read_at, .user = &s->input};
    const imga_stream_ops stream = {.struct_size = sizeof(stream), .read = read_next, .user = &s->input};
    imga_source *source = NULL;
    s->input.at = 0;
    must(is_stream ? imga_source_from_stream(s->context, &stream, &source, NULL)
                   : imga_source_from_ops(s->context, &ops, &source, NULL),
         "source");
    return source;
}

static void tell(struct sink *out, const char *text)
{
    sink_write(out, text, strlen(text));
}

static void tell_inventory(struct sink *out, imga_inventory *inventory)
{
    tell(out, imga_inventory_id(inventory));
    imga_inventory_unref(inventory);
}

/* When the image was opened and could not be read, it is read again without faults. */
static int run_image(struct scene *s, imga_source *source, struct sink *out, imga_error **error)
{
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    int status = imga_image_open_source(s->context, source, NULL, &image, error);
    if (status != IMGA_OK)
        return status;
    status = imga_inventory_collect(s->context, image, &inventory, error);
    if (status != IMGA_OK && s->input.at == 0) { /* not a stream */
        s->input.fault_at = 0;
        check(imga_inventory_collect(s->context, image, &inventory, NULL) == IMGA_OK, "image", "not readable again");
        imga_inventory_unref(inventory);
    } else if (status == IMGA_OK) {
        tell_inventory(out, inventory);
    }
    imga_image_unref(image);
    return status;
}

static int run_inventory(struct scene *s, imga_source *source, struct sink *out, imga_error **error)
{
    imga_inventory *inventory = NULL;
    int status = imga_inventory_read(s->context, source, &inventory, error);
    if (status == IMGA_OK)
        tell_inventory(out, inventory);
    return status;
}

static int run_policy(struct scene *s, imga_source *source, struct sink *out, imga_error **error)
{
    imga_policy *policy = NULL;
    int status = imga_policy_read(s->context, source, &policy, error);
    if (status == IMGA_OK)
        tell(out, imga_policy_id(policy));
    imga_policy_unref(policy);
    return status;
}

static int run_feed(struct scene *s, imga_source *source, struct sink *out, imga_error **error)
{
    const imga_feed_options feed = {.struct_size = sizeof(feed), .name = "feed"};
    imga_database_writer *writer = NULL;
    must(imga_database_writer_new(s->context, &writer, NULL), "writer");
    int status = imga_database_writer_add(writer, &feed, source, error);
    if (status == IMGA_OK)
        status = imga_database_writer_finish(writer, sink_write, out, error);
    imga_database_writer_free(writer);
    return status;
}

typedef int run_fn(struct scene *s, imga_source *source, struct sink *out, imga_error **error);

static int run_one(struct scene *s, run_fn *run, int is_stream, struct sink *out, imga_error **error)
{
    imga_source *source = source_of(s, is_stream);
    s->input.reads = s->input.hits = 0;
    int status = run(s, source, out, error);
    imga_source_unref(source);
    return status;
}

static int is_allowed(enum fault fault, int status)
{
    if (fault == FEWER)
        return status == IMGA_OK;
    if (fault == END)
        return status != IMGA_E_INTERNAL && status != IMGA_E_NOMEM && status != IMGA_E_INVALID;
    return status == IMGA_E_IO;
}

/* 0 when the n-th read does not come any more. */
static int read_fault(struct scene *s, run_fn *run, int is_stream, const char *name, const struct sink *expected)
{
    char what[160];
    struct sink out = {NULL, 0};
    imga_error *error = NULL;
    size_t live = s->memory.live, at = s->input.fault_at;
    int status = run_one(s, run, is_stream, &out, &error);
    int is_hit = s->input.hits > 0;
    snprintf(what, sizeof(what), "%s, %s of %zu bytes, read %zu %s%s: %s", name, is_stream ? "stream" : "chunks",
             s->input.chunk, at, fault_names[s->input.fault], s->input.for_ever ? " for ever" : "",
             imga_status_name(status));
    check(!is_hit || is_allowed(s->input.fault, status), what, "not the status it should be");
    check(status == imga_error_code(error), what, "status and error object differ");
    check(status != IMGA_OK || (out.n == expected->n && memcmp(out.p, expected->p, out.n) == 0), what,
          "another result");
    imga_error_free(error);
    check(s->memory.live == live, what, "a leak");
    sink_free(&out);
    return is_hit;
}

/* Every read, every fault, once and for ever; how many reads there are. */
static size_t sweep_reads(struct scene *s, run_fn *run, int is_stream, const char *name)
{
    struct sink good = {NULL, 0};
    s->input.fault_at = 0;
    must(run_one(s, run, is_stream, &good, NULL), name);
    size_t reads = s->input.reads;
    for (enum fault fault = FAIL; fault < FAULTS; fault++) {
        for (size_t n = 1; n <= reads; n++) {
            for (int for_ever = 0; for_ever < 2; for_ever++) {
                s->input.fault = fault;
                s->input.fault_at = n;
                s->input.for_ever = for_ever;
                check(read_fault(s, run, is_stream, name, &good), name, "a read did not come");
            }
        }
    }
    sink_free(&good);
    return reads;
}

static void sweep_input(struct scene *s, const char *name, run_fn *run, struct sink bytes)
{
    static const size_t chunks[] = {(size_t)1 << 30, 700};
    size_t reads = 0;
    for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
        for (int is_stream = 0; is_stream < 2; is_stream++) {
            s->input = (struct faulty){.p = bytes.p, .n = bytes.n, .chunk = chunks[i]};
            reads += sweep_reads(s, run, is_stream, name);
        }
    }
    printf("ok: %s, %zu reads\n", name, reads);
}

/* A writer that fails at one write. */
struct full {
    struct sink text;
    size_t writes;
    size_t fail_at;
};

static int write_until(void *user, const void *data, size_t size)
{
    struct full *full = user;
    if (++full->writes == full->fail_at)
        return 1;
    return sink_write(&full->text, data, size);
}

static int write_inventory(struct scene *s, struct full *full, imga_error **error)
{
    return imga_inventory_write(s->inventory, write_until, full, error);
}

static int write_database(struct scene *s, struct full *full, imga_error **error)
{
    const imga_feed_options feed = {.struct_size = sizeof(feed), .name = "feed"};
    imga_database_writer *writer = NULL;
    imga_source *source = NULL;
    must(imga_source_from_memory(s->context, s->data.tracker, strlen(s->data.tracker), &source, NULL), "feed");
    must(imga_database_writer_new(s->context, &writer, NULL), "writer");
    must(imga_database_writer_add(writer, &feed, source, NULL), "feed");
    int status = imga_database_writer_finish(writer, write_until, full, error);
    imga_database_writer_free(writer);
    imga_source_unref(source);
    return status;
}

static int write_explanation(struct scene *s, struct full *full, imga_error **error)
{
    return imga_findings_explain(s->findings, 0, write_until, full, error);
}

static int report(struct scene *s, int32_t format, struct full *full, imga_error **error)
{
    const imga_report_options options = {.struct_size = sizeof(options), .format = format, .verdict = s->verdict};
    return imga_report_write(s->context, &options, write_until, full, error);
}

static int write_json(struct scene *s, struct full *full, imga_error **error)
{
    return report(s, IMGA_REPORT_JSON, full, error);
}

static int write_table(struct scene *s, struct full *full, imga_error **error)
{
    return report(s, IMGA_REPORT_TABLE, full, error);
}

typedef int write_fn(struct scene *s, struct full *full, imga_error **error);

static void write_fault(struct scene *s, const char *name, write_fn *run, size_t n, const struct sink *expected)
{
    char what[96];
    struct full full = {.fail_at = n};
    imga_error *error = NULL;
    size_t live = s->memory.live;
    snprintf(what, sizeof(what), "%s, write %zu", name, n);
    int status = run(s, &full, &error);
    check(status == IMGA_E_IO && imga_error_code(error) == IMGA_E_IO, what, imga_status_name(status));
    check(full.writes == n, what, "more is written after a failure");
    check(full.text.n < expected->n && (!full.text.n || memcmp(full.text.p, expected->p, full.text.n) == 0), what,
          "what was written is not a beginning of the whole");
    imga_error_free(error);
    check(s->memory.live == live, what, "a leak");
    sink_free(&full.text);
}

static void sweep_writes(struct scene *s, const char *name, write_fn *run)
{
    struct full good = {.fail_at = 0};
    must(run(s, &good, NULL), name);
    for (size_t n = 1; n <= good.writes; n++)
        write_fault(s, name, run, n, &good.text);
    printf("ok: %s, %zu writes\n", name, good.writes);
    sink_free(&good.text);
}

static void make_packed(struct scene *s)
{
    struct tarball layer = {NULL, 0};
    char blob[4096];
    z_stream z = {.next_out = (Bytef *)blob, .avail_out = sizeof(blob)};
    tarball_file(&layer, "etc/os-release", "ID=debian\nVERSION_ID=12\n");
    tarball_file(&layer, "var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\n\n");
    tarball_end(&layer);
    z.next_in = (Bytef *)layer.p;
    z.avail_in = (uInt)layer.n;
    if (deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    const struct ociimage_layer stored = {
        .tar = layer.p, .tar_size = layer.n, .blob = blob, .blob_size = z.total_out, .media_type = OCI_LAYER "+gzip"};
    deflateEnd(&z);
    s->packed = ociimage_oci_archive(&(struct ociimage){.layers = &stored, .count = 1});
    tarball_free(&layer);
}

static imga_source *memory_source(struct scene *s, const void *data, size_t size)
{
    imga_source *source = NULL;
    must(imga_source_from_memory(s->context, data, size, &source, NULL), "source");
    return source;
}

static void prepare(struct scene *s)
{
    imga_image *image = NULL;
    memset(s, 0, sizeof(*s));
    scenario_make(&s->data);
    make_packed(s);
    failing_init(&s->memory);
    must(imga_context_new(&s->memory.allocator, &s->context, NULL), "context");
    scenario_database(&s->data, s->context, &s->database_bytes);
    imga_source *docker = memory_source(s, s->data.docker.p, s->data.docker.n);
    imga_source *policy = memory_source(s, s->data.policy, strlen(s->data.policy));
    must(imga_image_open_source(s->context, docker, NULL, &image, NULL), "image");
    must(imga_inventory_collect(s->context, image, &s->inventory, NULL), "inventory");
    must(imga_inventory_write(s->inventory, sink_write, &s->inventory_text, NULL), "inventory document");
    must(imga_database_open_memory(s->context, s->database_bytes.p, s->database_bytes.n, &s->database, NULL),
         "database");
    must(imga_match(s->context, s->inventory, s->database, &s->findings, NULL), "findings");
    must(imga_policy_read(s->context, policy, &s->policy, NULL), "policy");
    must(imga_policy_evaluate(s->policy, s->findings, s->data.now, &s->verdict, NULL), "verdict");
    imga_image_unref(image);
    imga_source_unref(docker);
    imga_source_unref(policy);
}

static void clean_up(struct scene *s)
{
    imga_verdict_unref(s->verdict);
    imga_policy_unref(s->policy);
    imga_findings_unref(s->findings);
    imga_database_unref(s->database);
    imga_inventory_unref(s->inventory);
    imga_context_unref(s->context);
    check(s->memory.live == 0, "everything", "memory is left");
    sink_free(&s->database_bytes);
    sink_free(&s->inventory_text);
    tarball_free(&s->packed);
    scenario_free(&s->data);
}

static struct sink text_of(const char *text)
{
    return (struct sink){(char *)text, strlen(text)};
}

int main(void)
{
    struct scene s;
    prepare(&s);
    sweep_input(&s, "docker archive", run_image, (struct sink){s.data.docker.p, s.data.docker.n});
    sweep_input(&s, "OCI archive", run_image, (struct sink){s.data.oci.p, s.data.oci.n});
    sweep_input(&s, "OCI archive with gzip", run_image, (struct sink){s.packed.p, s.packed.n});
    sweep_input(&s, "inventory", run_inventory, s.inventory_text);
    sweep_input(&s, "policy", run_policy, text_of(s.data.policy));
    sweep_input(&s, "Debian feed", run_feed, text_of(s.data.tracker));
    sweep_input(&s, "Alpine feed", run_feed, text_of(s.data.secdb));
    sweep_writes(&s, "imga_inventory_write", write_inventory);
    sweep_writes(&s, "imga_database_writer_finish", write_database);
    sweep_writes(&s, "imga_findings_explain", write_explanation);
    sweep_writes(&s, "imga_report_write json", write_json);
    sweep_writes(&s, "imga_report_write table", write_table);
    clean_up(&s);
    printf("%d failures\n", failures);
    return failures ? 1 : 0;
}
