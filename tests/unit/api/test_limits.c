/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every field of imga_limits through the public API: an input that needs exactly N of it passes under a limit of N, and
 * under N - 1 the call fails with IMGA_E_LIMIT and names the limit, or the inventory says by a note what was left out.
 * The defaults are those of docs/limits.md.
 */
#include "world.h"

#include "ociimage.h"
#include "support.h"

#include <inttypes.h>
#include <stddef.h>
#include <zlib.h>

#define KIB UINT64_C(1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)

static const char status_file[] = "Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n"
                                  "Package: b\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n"
                                  "Package: c\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n";
static const char os_release[] = "ID=debian\nVERSION_ID=\"12\"\n";

enum { BASE_ENTRIES = 6, BASE_PACKAGES = 3, ZSTD_WINDOW_LOG = 17 };

/* Bytes of an input, and how much of the limit they need; 0: to be searched for. */
struct input {
    struct tarball bytes;
    uint64_t need;
};

struct outcome {
    imga_error *error;
    size_t packages;
    int complete;
    uint32_t notes; /* a bit for each code */
};

/* Each directory is an entry of its own, so that none is implied. */
static void add_base(struct tarball *t)
{
    tarball_dir(t, "etc/");
    tarball_file(t, "etc/os-release", os_release);
    tarball_dir(t, "var/");
    tarball_dir(t, "var/lib/");
    tarball_dir(t, "var/lib/dpkg/");
    tarball_file(t, "var/lib/dpkg/status", status_file);
}

/* An OCI archive of these layers; they are freed. */
static struct tarball archive_of(struct tarball *layers, size_t count)
{
    struct ociimage_layer stored[3] = {{.tar = NULL}};
    for (size_t i = 0; i < count; i++)
        stored[i] = (struct ociimage_layer){.tar = layers[i].p, .tar_size = layers[i].n};
    struct tarball archive = ociimage_oci_archive(&(struct ociimage){.layers = stored, .count = count});
    for (size_t i = 0; i < count; i++)
        tarball_free(&layers[i]);
    return archive;
}

static struct input of_layer(struct tarball *layer, uint64_t need)
{
    tarball_end(layer);
    return (struct input){archive_of(layer, 1), need};
}

/* The blob is freed, and the tar. */
static struct input of_blob(struct tarball *tar, struct tarball *blob, const char *suffix, uint64_t need)
{
    char type[96];
    snprintf(type, sizeof(type), "%s%s", OCI_LAYER, suffix);
    const struct ociimage_layer stored = {
        .tar = tar->p, .tar_size = tar->n, .blob = blob->p, .blob_size = blob->n, .media_type = type};
    struct tarball archive = ociimage_oci_archive(&(struct ociimage){.layers = &stored, .count = 1});
    tarball_free(tar);
    tarball_free(blob);
    return (struct input){archive, need};
}

/* The files of an OCI archive of one layer. */
static struct ocifiles files_of_base(void)
{
    struct tarball layer = {NULL, 0};
    struct ocifiles files = {NULL, 0};
    add_base(&layer);
    tarball_end(&layer);
    const struct ociimage_layer stored = {.tar = layer.p, .tar_size = layer.n};
    ociimage_layout(&files, &(struct ociimage){.layers = &stored, .count = 1});
    tarball_free(&layer);
    return files;
}

static struct input of_files(struct ocifiles *files, uint64_t need)
{
    struct input input = {ocifiles_tar(files), need};
    ocifiles_free(files);
    return input;
}

static struct input of_text(const char *text, uint64_t need)
{
    return (struct input){{strdup(text), strlen(text)}, need};
}

static struct input make_documents(struct world *w)
{
    (void)w;
    struct ocifiles files = files_of_base();
    uint64_t largest = 0;
    for (size_t i = 0; i < files.n; i++)
        if (files.p[i].data[0] == '{' && files.p[i].size > largest)
            largest = files.p[i].size;
    return of_files(&files, largest);
}

/* index.json, an index, one more, the manifest. */
static struct input make_indexes(struct world *w)
{
    (void)w;
    struct tarball layer = {NULL, 0};
    struct ocifiles files = {NULL, 0};
    char descriptor[OCI_DESCRIPTOR], document[2 * OCI_DESCRIPTOR];
    static const char form[] = "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX "\",\"manifests\":[{%s}]}";
    add_base(&layer);
    tarball_end(&layer);
    const struct ociimage_layer stored = {.tar = layer.p, .tar_size = layer.n};
    ociimage_blobs(&files, &(struct ociimage){.layers = &stored, .count = 1}, descriptor);
    for (int i = 0; i < 2; i++) {
        snprintf(document, sizeof(document), form, descriptor);
        ocifiles_blob(&files, OCI_INDEX, document, strlen(document), descriptor);
    }
    snprintf(document, sizeof(document), form, descriptor);
    ocifiles_text(&files, "index.json", document);
    ocifiles_text(&files, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    tarball_free(&layer);
    return of_files(&files, 2);
}

static struct input make_layers(struct world *w)
{
    (void)w;
    struct tarball layers[3] = {{NULL, 0}};
    add_base(&layers[0]);
    tarball_file(&layers[1], "etc/motd", "one");
    tarball_file(&layers[2], "etc/motd", "two");
    for (size_t i = 0; i < 3; i++)
        tarball_end(&layers[i]);
    return (struct input){archive_of(layers, 3), 3};
}

static struct input make_layer_bytes(struct world *w)
{
    (void)w;
    struct tarball layer = {NULL, 0};
    add_base(&layer);
    struct input input = of_layer(&layer, 0);
    input.need = BASE_ENTRIES * 512 + 2 * 512 + 1024; /* headers, two files of a block, the end */
    return input;
}

static struct input make_image_bytes(struct world *w)
{
    (void)w;
    struct tarball layers[2] = {{NULL, 0}};
    add_base(&layers[0]);
    tarball_file(&layers[1], "etc/motd", "one");
    tarball_end(&layers[0]);
    tarball_end(&layers[1]);
    uint64_t sum = layers[0].n + layers[1].n;
    return (struct input){archive_of(layers, 2), sum};
}

/* A file of zeros goes to a thousandth: more than the first MiB, which is free. */
static struct input make_ratio(struct world *w)
{
    (void)w;
    enum { ZEROS = 8 << 20, LEVEL = 9 };
    struct tarball layer = {NULL, 0}, blob = {NULL, 0};
    char *zeros = calloc(1, ZEROS);
    add_base(&layer);
    tarball_add(&layer, &(struct tar_member){.name = "etc/zeros", .data = zeros, .size = ZEROS});
    tarball_end(&layer);
    free(zeros);
    z_stream z = {.next_in = (Bytef *)layer.p, .avail_in = (uInt)layer.n};
    cr_assert_eq(deflateInit2(&z, LEVEL, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    blob = (struct tarball){malloc(layer.n), 0};
    z.next_out = (Bytef *)blob.p;
    z.avail_out = (uInt)layer.n;
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    blob.n = z.total_out;
    deflateEnd(&z);
    return of_blob(&layer, &blob, "+gzip", 0);
}

/* One frame with a window of 128 KiB and one raw block. RFC 8878 3.1.1 */
static struct input make_window(struct world *w)
{
    (void)w;
    struct tarball layer = {NULL, 0}, blob = {NULL, 0};
    add_base(&layer);
    tarball_end(&layer);
    uint32_t block = 1 | (uint32_t)layer.n << 3;
    const unsigned char head[] = {0x28,
                                  0xb5,
                                  0x2f,
                                  0xfd,
                                  0,
                                  (ZSTD_WINDOW_LOG - 10) << 3,
                                  (unsigned char)block,
                                  (unsigned char)(block >> 8),
                                  (unsigned char)(block >> 16)};
    blob = (struct tarball){malloc(sizeof(head) + layer.n), sizeof(head) + layer.n};
    memcpy(blob.p, head, sizeof(head));
    memcpy(blob.p + sizeof(head), layer.p, layer.n);
    return of_blob(&layer, &blob, "+zstd", UINT64_C(1) << ZSTD_WINDOW_LOG);
}

static void little(char *out, uint32_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (char)(value >> (8 * i));
}

/* A gzip member with one stored block. RFC 1952 2.3, RFC 1951 3.2.4 */
static void add_member(struct tarball *blob, const char *data, size_t size)
{
    static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff\1";
    char *p = blob->p = realloc(blob->p, blob->n + size + 23);
    p += blob->n;
    memcpy(p, head, 11);
    little(p + 11, (uint32_t)size, 2);
    little(p + 13, ~(uint32_t)size, 2);
    memcpy(p + 15, data, size);
    little(p + 15 + size, (uint32_t)crc32(0, (const Bytef *)data, (uInt)size), 4);
    little(p + 19 + size, (uint32_t)size, 4);
    blob->n += size + 23;
}

static struct input make_members(struct world *w)
{
    (void)w;
    struct tarball layer = {NULL, 0}, blob = {NULL, 0};
    add_base(&layer);
    tarball_end(&layer);
    add_member(&blob, layer.p, 700);
    add_member(&blob, layer.p + 700, 1000);
    add_member(&blob, layer.p + 1700, layer.n - 1700);
    return of_blob(&layer, &blob, "+gzip", 3);
}

static struct input make_archive(struct world *w)
{
    (void)w;
    struct ocifiles files = files_of_base();
    return of_files(&files, files.n);
}

static struct input make_entries(struct world *w)
{
    (void)w;
    struct tarball layer = {NULL, 0};
    add_base(&layer);
    return of_layer(&layer, BASE_ENTRIES);
}

static struct input make_image_entries(struct world *w)
{
    (void)w;
    struct tarball layers[2] = {{NULL, 0}};
    add_base(&layers[0]);
    tarball_file(&layers[1], "etc/motd", "one");
    tarball_file(&layers[1], "etc/hosts", "two");
    tarball_end(&layers[0]);
    tarball_end(&layers[1]);
    return (struct input){archive_of(layers, 2), BASE_ENTRIES + 2};
}

static struct input make_path(struct world *w)
{
    (void)w;
    char name[151];
    struct tarball layer = {NULL, 0};
    memset(name, 'n', 150);
    name[150] = '\0';
    add_base(&layer);
    tarball_long_name(&layer, name);
    tarball_file(&layer, name, "");
    return of_layer(&layer, 150);
}

static struct input make_components(struct world *w)
{
    (void)w;
    struct tarball layer = {NULL, 0};
    add_base(&layer);
    tarball_file(&layer, "1/2/3/4/5/6/7/8/9", "");
    return of_layer(&layer, 9);
}

static struct input make_links(struct world *w)
{
    (void)w;
    struct tarball layer = {NULL, 0};
    tarball_file(&layer, "etc/os-release", os_release);
    tarball_link(&layer, "var/lib/dpkg", "/one");
    tarball_link(&layer, "one", "two");
    tarball_link(&layer, "two/status", "../three");
    tarball_file(&layer, "three", status_file);
    return of_layer(&layer, 3);
}

static struct input make_header(struct world *w)
{
    (void)w;
    char value[501];
    struct tarball layer = {NULL, 0};
    memset(value, 'v', 500);
    value[500] = '\0';
    add_base(&layer);
    tarball_pax(&layer, "comment", value);
    tarball_file(&layer, "etc/motd", "");
    return of_layer(&layer, sizeof("513 comment=\n") - 1 + 500);
}

static struct input make_file(struct world *w)
{
    struct input input = make_entries(w);
    input.need = sizeof(status_file) - 1;
    return input;
}

static struct input make_kept(struct world *w)
{
    struct input input = make_entries(w);
    input.need = sizeof(status_file) - 1 + sizeof(os_release) - 1;
    return input;
}

static struct input make_packages(struct world *w)
{
    struct input input = make_entries(w);
    input.need = BASE_PACKAGES;
    return input;
}

static struct input make_package_files(struct world *w)
{
    (void)w;
    struct tarball layer = {NULL, 0};
    add_base(&layer);
    tarball_file(&layer, "var/lib/dpkg/info/a.list", "/usr\n/usr/a\n/usr/b\n");
    tarball_file(&layer, "var/lib/dpkg/info/b.list", "/usr\n/usr/c\n");
    return of_layer(&layer, 5);
}

/* Two notes on each file: a malformed line, and no record. One more is kept for the remark that there are more. */
static struct input make_notes(struct world *w)
{
    (void)w;
    char name[] = "var/lib/dpkg/status.d/0";
    struct tarball layer = {NULL, 0};
    add_base(&layer);
    tarball_dir(&layer, "var/lib/dpkg/status.d/");
    for (int i = 0; i < 5; i++) {
        name[sizeof(name) - 2]++;
        tarball_file(&layer, name, "no record\n");
    }
    return of_layer(&layer, 2 * 5 + 1);
}

/* Objects, from the outermost: document, source, advisory, releases, release. */
static struct input make_feed(struct world *w)
{
    return of_text(w->data.tracker, 5);
}

static struct input make_feed_bytes(struct world *w)
{
    return of_text(w->data.tracker, strlen(w->data.tracker));
}

static struct input make_string(struct world *w)
{
    (void)w;
    static const char name[] = "a-source-package-with-a-long-name";
    char text[256];
    snprintf(text, sizeof(text), "{\"%s\":{\"CVE-2023-0001\":{\"releases\":{\"bookworm\":{\"status\":\"open\"}}}}}",
             name);
    return of_text(text, sizeof(name) - 1);
}

static struct input make_findings(struct world *w)
{
    return (struct input){{NULL, 0}, imga_findings_count(w->findings)};
}

static struct input make_inventory(struct world *w)
{
    struct sink text = {NULL, 0};
    OK(imga_inventory_write(w->inventory, sink_write, &text, NULL));
    return (struct input){{text.p, text.n}, text.n};
}

static struct input make_policy(struct world *w)
{
    return of_text(w->data.policy, strlen(w->data.policy));
}

static imga_source *source_of(struct world *w, const struct tarball *bytes)
{
    imga_source *source = NULL;
    OK(imga_source_from_memory(w->context, bytes->p, bytes->n, &source, NULL));
    return source;
}

static void describe(struct outcome *o, const imga_inventory *inventory)
{
    imga_note_row row = {.struct_size = sizeof(row)};
    o->packages = imga_inventory_package_count(inventory);
    o->complete = imga_inventory_is_complete(inventory);
    for (size_t i = 0; imga_inventory_notes(inventory, i, &row, 1) == 1; i++)
        o->notes |= (uint32_t)1 << row.code;
}

static int call_collect(struct world *w, const struct tarball *bytes, struct outcome *o)
{
    imga_source *source = source_of(w, bytes);
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    int status = imga_image_open_source(w->context, source, NULL, &image, &o->error);
    if (status == IMGA_OK)
        status = imga_inventory_collect(w->context, image, &inventory, &o->error);
    if (status == IMGA_OK)
        describe(o, inventory);
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    imga_source_unref(source);
    return status;
}

static int call_feed(struct world *w, const struct tarball *bytes, struct outcome *o)
{
    const imga_feed_options feed = {.struct_size = sizeof(feed), .name = "debian"};
    imga_source *source = source_of(w, bytes);
    imga_database_writer *writer = NULL;
    OK(imga_database_writer_new(w->context, &writer, NULL));
    int status = imga_database_writer_add(writer, &feed, source, &o->error);
    imga_database_writer_free(writer);
    imga_source_unref(source);
    return status;
}

static int call_match(struct world *w, const struct tarball *bytes, struct outcome *o)
{
    (void)bytes;
    imga_findings *findings = NULL;
    int status = imga_match(w->context, w->inventory, w->database, &findings, &o->error);
    imga_findings_unref(findings);
    return status;
}

static int call_inventory(struct world *w, const struct tarball *bytes, struct outcome *o)
{
    imga_source *source = source_of(w, bytes);
    imga_inventory *inventory = NULL;
    int status = imga_inventory_read(w->context, source, &inventory, &o->error);
    imga_inventory_unref(inventory);
    imga_source_unref(source);
    return status;
}

static int call_policy(struct world *w, const struct tarball *bytes, struct outcome *o)
{
    imga_source *source = source_of(w, bytes);
    imga_policy *policy = NULL;
    int status = imga_policy_read(w->context, source, &policy, &o->error);
    imga_policy_unref(policy);
    imga_source_unref(source);
    return status;
}

#define ROW(field, standard, make, call, note)                                                                         \
    {                                                                                                                  \
#field, offsetof(imga_limits, field), standard, make, call, note                                               \
    }

/* In the order of the struct; a field may have more than one row. */
static const struct limit_row {
    const char *name;
    size_t at;
    uint64_t standard; /* the default */
    struct input (*make)(struct world *w);
    int (*call)(struct world *w, const struct tarball *bytes, struct outcome *o);
    int32_t note; /* what the inventory says instead; 0: the call fails */
} rows[] = {
    ROW(manifest_bytes, 4 * MIB, make_documents, call_collect, 0),
    ROW(index_depth, 4, make_indexes, call_collect, 0),
    ROW(layers, 512, make_layers, call_collect, 0),
    ROW(layer_bytes, 32 * GIB, make_layer_bytes, call_collect, 0),
    ROW(image_bytes, 64 * GIB, make_image_bytes, call_collect, 0),
    ROW(gzip_ratio, 1100, make_ratio, call_collect, 0),
    ROW(zstd_window, 128 * MIB, make_window, call_collect, 0),
    ROW(gzip_members, 1000000, make_members, call_collect, 0),
    ROW(archive_members, 65536, make_archive, call_collect, 0),
    ROW(layer_entries, 2000000, make_entries, call_collect, 0),
    ROW(image_entries, 8000000, make_image_entries, call_collect, 0),
    ROW(path_bytes, 4096, make_path, call_collect, IMGA_NOTE_SKIPPED),
    ROW(path_components, 512, make_components, call_collect, IMGA_NOTE_SKIPPED),
    ROW(links, 40, make_links, call_collect, IMGA_NOTE_LINK_LOOP),
    ROW(tar_header_bytes, MIB, make_header, call_collect, 0),
    ROW(file_bytes, 256 * MIB, make_file, call_collect, IMGA_NOTE_DB_PARTIAL),
    ROW(kept_bytes, 384 * MIB, make_kept, call_collect, 0),
    ROW(json_depth, 128, make_feed, call_feed, 0),
    ROW(string_bytes, MIB, make_string, call_feed, 0),
    ROW(packages, 200000, make_packages, call_collect, 0),
    ROW(package_files, 10000000, make_package_files, call_collect, 0),
    ROW(findings, 5000000, make_findings, call_match, 0),
    ROW(notes, 1000, make_notes, call_collect, IMGA_NOTE_DROPPED),
    ROW(document_bytes, 256 * MIB, make_inventory, call_inventory, 0),
    ROW(document_bytes, 256 * MIB, make_policy, call_policy, 0),
    ROW(feed_bytes, 4 * GIB, make_feed_bytes, call_feed, 0),
    ROW(db_records, 50000000, make_feed, call_feed, 0),
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static int call_under(struct world *w, const struct limit_row *row, const struct input *input, struct outcome *o)
{
    imga_limits limits = {.struct_size = sizeof(limits)};
    imga_limits_default(&limits);
    memcpy((char *)&limits + row->at, &input->need, sizeof(input->need));
    OK(imga_context_set_limits(w->context, &limits, NULL));
    *o = (struct outcome){.error = NULL};
    return row->call(w, &input->bytes, o);
}

/* The smallest limit that lets the input pass; the default does. */
static uint64_t search(struct world *w, const struct limit_row *row, struct input input)
{
    uint64_t low = 1, high = row->standard;
    while (low < high) {
        struct outcome o;
        input.need = (low + high) / 2;
        if (call_under(w, row, &input, &o) == IMGA_OK)
            high = input.need;
        else
            low = input.need + 1;
        imga_error_free(o.error);
    }
    return low;
}

static void expect_within(struct world *w, const struct limit_row *row, const struct input *input)
{
    struct outcome o;
    int status = call_under(w, row, input, &o);
    cr_expect_eq(status, IMGA_OK, "%s %" PRIu64 ": %s", row->name, input->need, imga_error_message(o.error));
    cr_expect(!row->note || !(o.notes >> row->note & 1), "%s: a note at the limit", row->name);
    if (row->call == call_collect)
        cr_expect(o.packages == BASE_PACKAGES, "%s: %zu packages", row->name, o.packages);
    imga_error_free(o.error);
}

static void expect_over(struct world *w, const struct limit_row *row, const struct input *input)
{
    struct outcome o;
    char named[64];
    int status = call_under(w, row, input, &o);
    snprintf(named, sizeof(named), "the limit %s (%" PRIu64 ")", row->name, input->need);
    if (row->note) {
        cr_expect_eq(status, IMGA_OK, "%s: %s", row->name, imga_error_message(o.error));
        cr_expect(o.notes >> row->note & 1, "%s: notes %" PRIx32 " over the limit", row->name, o.notes);
        cr_expect(!o.complete, "%s: complete over the limit", row->name);
    } else {
        cr_expect_eq(status, IMGA_E_LIMIT, "%s %" PRIu64 ": %d", row->name, input->need, status);
        cr_expect_eq(imga_error_code(o.error), status);
        cr_expect_not_null(strstr(imga_error_message(o.error), named), "%s: %s", named, imga_error_message(o.error));
    }
    imga_error_free(o.error);
}

Test(limits, at_the_limit_and_one_over)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct world w;
        world_open(&w);
        struct input input = rows[i].make(&w);
        if (input.need == 0)
            input.need = search(&w, &rows[i], input);
        cr_assert(input.need > 1 && input.need < rows[i].standard, "%s: %" PRIu64, rows[i].name, input.need);
        expect_within(&w, &rows[i], &input);
        input.need--;
        expect_over(&w, &rows[i], &input);
        tarball_free(&input.bytes);
        world_close(&w);
    }
}

/* 8 MiB less the free one in about 8 KiB: the ratio that was searched for is the one of the stream. */
Test(limits, ratio_is_that_of_the_stream)
{
    struct world w;
    world_open(&w);
    struct input input = make_ratio(&w);
    uint64_t least = 7 * MIB / input.bytes.n, found = 0;
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].make == make_ratio)
            found = search(&w, &rows[i], input);
    cr_expect(found >= least && found <= 1032, "%" PRIu64 ", at least %" PRIu64, found, least);
    tarball_free(&input.bytes);
    world_close(&w);
}

/* Whoever adds a field adds a row. */
Test(limits, every_field_has_a_row)
{
    for (size_t at = offsetof(imga_limits, manifest_bytes); at < sizeof(imga_limits); at += sizeof(uint64_t)) {
        size_t found = 0;
        for (size_t i = 0; i < ROWS; i++)
            found += rows[i].at == at;
        cr_expect_gt(found, 0, "the field at %zu has no row", at);
    }
}

static void write_value(char *out, size_t size, uint64_t value)
{
    if (value % GIB == 0)
        snprintf(out, size, "%" PRIu64 " GiB", value / GIB);
    else if (value % MIB == 0)
        snprintf(out, size, "%" PRIu64 " MiB", value / MIB);
    else
        snprintf(out, size, "%" PRIu64, value);
}

Test(limits, defaults_are_those_of_the_documentation)
{
    char path[4096], line[128], value[32];
    imga_limits limits = {.struct_size = sizeof(limits)};
    size_t size = 0;
    const char *source = getenv("IMGASSURE_SOURCE");
    cr_assert_not_null(source, "IMGASSURE_SOURCE names the folder of the sources");
    snprintf(path, sizeof(path), "%s/docs/limits.md", source);
    char *page = test_file(path, &size);
    cr_assert_not_null(page, "%s", path);
    imga_limits_default(&limits);
    for (size_t i = 0; i < ROWS; i++) {
        uint64_t standard;
        memcpy(&standard, (char *)&limits + rows[i].at, sizeof(standard));
        cr_expect_eq(standard, rows[i].standard, "%s: %" PRIu64, rows[i].name, standard);
        write_value(value, sizeof(value), rows[i].standard);
        snprintf(line, sizeof(line), "\n| `%s` | %s |", rows[i].name, value);
        cr_expect_not_null(strstr(page, line), "docs/limits.md has no line%s", line);
    }
    free(page);
}
