/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/files.h>: listings, and the content of what is listed. */
#include "world.h"

#include "ociimage.h"

enum { LARGE = 300000 };

static const char sparse_map[] = "22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n";

/* Two layers: files, links, a sparse file; the upper one replaces and removes. */
struct shop {
    struct failing memory;
    imga_context *context;
    struct tarball archive;
    char *large;
};

static void lower_layer(struct tarball *t, const char *large)
{
    tarball_dir(t, "d/");
    tarball_file(t, "d/a", "first");
    tarball_hardlink(t, "d/b", "d/a");
    tarball_link(t, "d/l", "a");
    tarball_file(t, "empty", "");
    tarball_file(t, "gone", "it was here");
    tarball_add(t, &(struct tar_member){.name = "large", .data = large, .size = LARGE, .mode = 04755});
    tarball_add(t, &(struct tar_member){.name = "p", .type = 'x', .data = sparse_map, .size = sizeof(sparse_map) - 1});
    tarball_add(t, &(struct tar_member){.name = "sparse", .data = "0\n", .size = 2});
    tarball_end(t);
}

static void upper_layer(struct tarball *t)
{
    tarball_file(t, "d/a", "second");
    tarball_file(t, ".wh.gone", "");
    tarball_file(t, "e\033[m", "");
    tarball_end(t);
}

static void shop_open(struct shop *s)
{
    struct tarball below = {0}, above = {0};
    *s = (struct shop){.large = malloc(LARGE)};
    for (size_t i = 0; i < LARGE; i++)
        s->large[i] = (char)(i * 7 + i / 512);
    lower_layer(&below, s->large);
    upper_layer(&above);
    const struct ociimage_layer layers[] = {{.tar = below.p, .tar_size = below.n},
                                            {.tar = above.p, .tar_size = above.n}};
    s->archive = ociimage_docker_archive(&(struct ociimage){.layers = layers, .count = 2, .reference = "shop:1"});
    tarball_free(&below);
    tarball_free(&above);
    failing_init(&s->memory);
    OK(imga_context_new(&s->memory.allocator, &s->context, NULL));
}

static void shop_close(struct shop *s)
{
    imga_context_unref(s->context);
    cr_expect_eq(s->memory.live, 0, "%zu allocations are left", s->memory.live);
    tarball_free(&s->archive);
    free(s->large);
}

static imga_image *open_image(struct shop *s, uint32_t verify)
{
    const imga_image_options options = {.struct_size = sizeof(options), .verify = verify};
    imga_source *source = NULL;
    imga_image *image = NULL;
    OK(imga_source_from_memory(s->context, s->archive.p, s->archive.n, &source, NULL));
    OK(imga_image_open_source(s->context, source, &options, &image, NULL));
    imga_source_unref(source);
    return image;
}

static imga_files *list(struct shop *s, uint32_t verify, uint32_t flags)
{
    imga_image *image = open_image(s, verify);
    imga_files *files = NULL;
    OK(imga_files_collect(s->context, image, flags, &files, NULL));
    imga_image_unref(image); /* the listing keeps it */
    return files;
}

static imga_file_row row_at(const imga_files *files, size_t index)
{
    imga_file_row row = {.struct_size = sizeof(row)};
    cr_assert_eq(imga_files_rows(files, index, &row, 1), 1, "row %zu", index);
    return row;
}

static size_t find(const imga_files *files, const char *path, int32_t removed)
{
    size_t count = imga_files_count(files);
    for (size_t i = 0; i < count; i++) {
        imga_file_row row = row_at(files, i);
        if (strcmp(row.path, path) == 0 && row.removed_layer == removed)
            return i;
    }
    cr_assert_fail("%s is not listed", path);
    return count;
}

Test(files, listing)
{
    static const struct {
        const char *path;
        int32_t type, first, last, removed;
        uint32_t mode, hard;
        uint64_t size;
        const char *link;
    } rows[] = {
        {"d", IMGA_FILE_DIRECTORY, 0, 0, -1, 0644, 0, 0, ""},
        {"d/a", IMGA_FILE_REGULAR, 0, 0, 1, 0644, 1, 5, ""},
        {"d/a", IMGA_FILE_REGULAR, 0, 1, -1, 0644, 0, 6, ""},
        {"d/b", IMGA_FILE_REGULAR, 0, 0, -1, 0644, 1, 5, ""},
        {"d/l", IMGA_FILE_SYMLINK, 0, 0, -1, 0777, 0, 0, "a"},
        {"e\033[m", IMGA_FILE_REGULAR, 1, 1, -1, 0644, 0, 0, ""},
        {"empty", IMGA_FILE_REGULAR, 0, 0, -1, 0644, 0, 0, ""},
        {"gone", IMGA_FILE_REGULAR, 0, 0, 1, 0644, 0, 11, ""},
        {"large", IMGA_FILE_REGULAR, 0, 0, -1, 04755, 0, LARGE, ""},
        {"sparse", IMGA_FILE_REGULAR, 0, 0, -1, 0644, 0, 2, ""},
    };
    enum { COUNT = sizeof(rows) / sizeof(rows[0]) };
    for (uint32_t flags = 0; flags < 4; flags++) {
        struct shop s;
        shop_open(&s);
        imga_files *files = list(&s, IMGA_VERIFY_FULL, flags);
        size_t at = 0;
        for (size_t i = 0; i < COUNT; i++) {
            if (rows[i].removed >= 0 && !(flags & IMGA_FILES_REMOVED))
                continue;
            imga_file_row row = row_at(files, at++);
            cr_expect_str_eq(row.path, rows[i].path);
            cr_expect_eq(row.path_size, strlen(rows[i].path));
            cr_expect_eq(row.type, rows[i].type, "%s", row.path);
            cr_expect_eq(row.first_layer, rows[i].first, "%s", row.path);
            cr_expect_eq(row.last_layer, rows[i].last, "%s", row.path);
            cr_expect_eq(row.removed_layer, rows[i].removed, "%s", row.path);
            cr_expect_eq(row.mode, rows[i].type == IMGA_FILE_DIRECTORY ? 0755 : rows[i].mode, "%s", row.path);
            cr_expect_eq(row.size, rows[i].size, "%s", row.path);
            cr_expect_eq(row.hard_linked, rows[i].hard, "%s", row.path);
            cr_expect_str_eq(row.link, rows[i].link);
            cr_expect_eq(row.link_size, strlen(rows[i].link));
            int digest = (flags & IMGA_FILES_DIGESTS) && row.type == IMGA_FILE_REGULAR && strcmp(row.path, "sparse");
            cr_expect_eq(strncmp(row.digest, "sha256:", 7) == 0, digest, "%s: %s", row.path, row.digest);
            cr_expect_eq(strlen(row.digest), digest ? 7 + 64 : 0, "%s", row.path);
        }
        cr_expect_eq(imga_files_count(files), at);
        imga_files_unref(files);
        shop_close(&s);
    }
}

/* A name with control characters is a note, which is not a gap. */
Test(files, notes)
{
    struct shop s;
    imga_note_row note = {.struct_size = sizeof(note)};
    imga_limits limits = {.struct_size = sizeof(limits)};
    int names = 0, skipped = 0;
    shop_open(&s);
    imga_image *image = open_image(&s, IMGA_VERIFY_FULL);
    imga_files *files = NULL;
    OK(imga_files_collect(s.context, image, 0, &files, NULL));
    for (size_t i = 0; imga_files_notes(files, i, &note, 1) == 1; i++)
        names += note.code == IMGA_NOTE_NAME;
    cr_expect_eq(names, 1);
    cr_expect_eq(imga_files_is_complete(files), 1);
    imga_files_unref(files);
    imga_limits_default(&limits);
    limits.path_bytes = 5;
    OK(imga_context_set_limits(s.context, &limits, NULL));
    OK(imga_files_collect(s.context, image, 0, &files, NULL));
    imga_image_unref(image);
    for (size_t i = 0; imga_files_notes(files, i, &note, 1) == 1; i++)
        skipped += note.code == IMGA_NOTE_SKIPPED;
    cr_expect_geq(skipped, 1);
    cr_expect_eq(imga_files_is_complete(files), 0);
    cr_expect_eq(imga_files_count(files), 8, "sparse is not there, and gone is: both names are too long");
    imga_files_unref(files);
    shop_close(&s);
}

Test(files, limits)
{
    struct shop s;
    imga_files *files = NULL;
    imga_error *error = NULL;
    imga_limits limits = {.struct_size = sizeof(limits)};
    shop_open(&s);
    imga_limits_default(&limits);
    limits.layer_entries = 8;
    imga_image *image = open_image(&s, IMGA_VERIFY_FULL);
    OK(imga_context_set_limits(s.context, &limits, NULL));
    OK(imga_files_collect(s.context, image, 0, &files, NULL));
    files = imga_files_unref(files);
    limits.layer_entries = 7;
    OK(imga_context_set_limits(s.context, &limits, NULL));
    cr_expect_eq(imga_files_collect(s.context, image, 0, &files, &error), IMGA_E_LIMIT);
    cr_expect_null(files);
    cr_expect_neq(strstr(imga_error_message(error), "layer_entries"), NULL, "%s", imga_error_message(error));
    imga_error_free(error);
    imga_image_unref(image);
    shop_close(&s);
}

static const struct {
    const char *path;
    int32_t removed;
    int status;
    const char *content; /* NULL: the large one */
} contents[] = {
    {"d/a", -1, IMGA_OK, "second"}, {"d/a", 1, IMGA_OK, "first"},    {"d/b", -1, IMGA_OK, "first"},
    {"empty", -1, IMGA_OK, ""},     {"large", -1, IMGA_OK, NULL},    {"gone", 1, IMGA_OK, "it was here"},
    {"d", -1, IMGA_E_INVALID, ""},  {"d/l", -1, IMGA_E_INVALID, ""}, {"sparse", -1, IMGA_E_UNSUPPORTED, ""},
};

static void check_contents(struct shop *s, const imga_files *files)
{
    for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
        struct sink out = {NULL, 0};
        imga_error *error = NULL;
        size_t index = find(files, contents[i].path, contents[i].removed);
        cr_expect_eq(imga_files_read(files, index, sink_write, &out, &error), contents[i].status, "%s: %s",
                     contents[i].path, imga_error_message(error));
        const char *wanted = contents[i].content ? contents[i].content : s->large;
        size_t n = contents[i].content ? strlen(wanted) : LARGE;
        cr_expect_eq(out.n, n, "%s: %zu bytes", contents[i].path, out.n);
        cr_expect(n == 0 || (out.n == n && memcmp(out.p, wanted, n) == 0), "%s", contents[i].path);
        imga_error_free(error);
        sink_free(&out);
    }
}

Test(files, contents)
{
    struct shop s;
    shop_open(&s);
    for (uint32_t flags = IMGA_FILES_REMOVED; flags < 4; flags++) {
        for (uint32_t verify = IMGA_VERIFY_FULL; verify <= IMGA_VERIFY_NONE; verify++) {
            imga_files *files = list(&s, verify, flags);
            check_contents(&s, files);
            imga_files_unref(files);
        }
    }
    shop_close(&s);
}

/* The listing keeps image and context. */
Test(files, outlives_its_parents)
{
    struct shop s;
    struct sink out = {NULL, 0};
    shop_open(&s);
    imga_files *files = list(&s, IMGA_VERIFY_FULL, 0);
    s.context = imga_context_unref(s.context);
    OK(imga_files_read(files, find(files, "d/b", -1), sink_write, &out, NULL));
    cr_expect_str_eq(out.p, "first");
    imga_files_unref(files);
    sink_free(&out);
    shop_close(&s);
}

static int stop_at_second(void *user, const void *data, size_t size)
{
    (void)data, (void)size;
    return ++*(int *)user == 2;
}

Test(files, writer_stops)
{
    struct shop s;
    int pieces = 0;
    shop_open(&s);
    imga_files *files = list(&s, IMGA_VERIFY_FULL, 0);
    cr_expect_eq(imga_files_read(files, find(files, "large", -1), stop_at_second, &pieces, NULL), IMGA_E_IO);
    cr_expect_eq(pieces, 2);
    imga_files_unref(files);
    shop_close(&s);
}

/* Where text stands in the archive. */
static char *in_archive(struct shop *s, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i + n <= s->archive.n; i++)
        if (memcmp(s->archive.p + i, text, n) == 0)
            return s->archive.p + i;
    cr_assert_fail("%s is not in the archive", text);
    return NULL;
}

/* Another type in a header, with the right checksum. */
static void set_type(char *header, char type)
{
    unsigned sum = 8 * ' ';
    char digits[8];
    header[156] = type;
    for (size_t i = 0; i < 512; i++)
        sum += i >= 148 && i < 156 ? 0U : (unsigned char)header[i];
    snprintf(digits, sizeof(digits), "%06o", sum);
    memcpy(header + 148, digits, 6);
}

/* The layer changes between listing and reading. What is written may be wrong, and the call says so. */
Test(files, damaged_layers)
{
    struct shop s;
    struct sink out = {NULL, 0};
    shop_open(&s);
    imga_files *files = list(&s, IMGA_VERIFY_FULL, IMGA_FILES_REMOVED);
    imga_files *trusting = list(&s, IMGA_VERIFY_NONE, IMGA_FILES_REMOVED);
    size_t first = find(files, "d/b", -1), upper = find(files, "d/a", -1);
    *in_archive(&s, "first") = 'F';
    cr_expect_eq(imga_files_read(files, first, sink_write, &out, NULL), IMGA_E_DIGEST);
    cr_expect_str_eq(out.p, "First");
    cr_expect_eq(imga_files_read(files, find(files, "empty", -1), sink_write, &out, NULL), IMGA_E_DIGEST);
    sink_free(&out);
    out = (struct sink){NULL, 0};
    OK(imga_files_read(trusting, first, sink_write, &out, NULL));
    cr_expect_str_eq(out.p, "First", "nobody asked for digests");
    set_type(in_archive(&s, "second") - 512, '6'); /* a FIFO has no data: what follows is no header */
    cr_expect_lt(imga_files_read(trusting, upper, sink_write, &out, NULL), 0);
    sink_free(&out);
    imga_files_unref(files);
    imga_files_unref(trusting);
    shop_close(&s);
}

/* Under no verification, an entry that is no longer the same. */
Test(files, changed_layers)
{
    struct shop s;
    struct sink out = {NULL, 0};
    shop_open(&s);
    imga_files *files = list(&s, IMGA_VERIFY_NONE, 0);
    set_type(in_archive(&s, "large"), '7'); /* a contiguous file is one, too */
    OK(imga_files_read(files, find(files, "large", -1), sink_write, &out, NULL));
    set_type(in_archive(&s, "empty"), '6');
    cr_expect_eq(imga_files_read(files, find(files, "empty", -1), sink_write, &out, NULL), IMGA_E_NOT_FOUND);
    sink_free(&out);
    imga_files_unref(files);
    shop_close(&s);
}

struct calls {
    const struct tarball *archive;
    int64_t answer; /* 0: as asked; below: the failure to give */
    size_t reads;
};

static int64_t read_at(void *user, uint64_t offset, void *buffer, size_t size)
{
    struct calls *calls = user;
    size_t left = offset < calls->archive->n ? calls->archive->n - (size_t)offset : 0;
    size_t n = size < left ? size : left;
    calls->reads++;
    if (calls->answer < 0)
        return calls->answer;
    memcpy(buffer, calls->archive->p + offset, n > 1000 ? 1000 : n);
    return (int64_t)(n > 1000 ? 1000 : n);
}

Test(files, through_callbacks)
{
    struct shop s;
    imga_source *source = NULL;
    imga_image *image = NULL;
    imga_files *files = NULL;
    struct sink out = {NULL, 0};
    shop_open(&s);
    struct calls calls = {.archive = &s.archive};
    const imga_source_ops ops = {.struct_size = sizeof(ops), .size = s.archive.n, .read_at = read_at, .user = &calls};
    OK(imga_source_from_ops(s.context, &ops, &source, NULL));
    OK(imga_image_open_source(s.context, source, NULL, &image, NULL));
    OK(imga_files_collect(s.context, image, IMGA_FILES_DIGESTS | IMGA_FILES_REMOVED, &files, NULL));
    imga_image_unref(image);
    imga_source_unref(source);
    check_contents(&s, files);
    size_t before = calls.reads;
    calls.answer = -1;
    cr_expect_eq(imga_files_read(files, find(files, "large", -1), sink_write, &out, NULL), IMGA_E_IO);
    cr_expect_gt(calls.reads, before);
    calls.answer = 0;
    check_contents(&s, files);
    imga_files_unref(files);
    sink_free(&out);
    shop_close(&s);
}

static int64_t read_once(void *user, void *buffer, size_t size)
{
    struct sink *left = user;
    size_t n = size < left->n ? size : left->n;
    memcpy(buffer, left->p, n);
    left->p += n;
    left->n -= n;
    return (int64_t)n;
}

/* What has gone by can be listed, but not be read again. */
Test(files, of_an_image_that_was_read_once)
{
    struct shop s;
    imga_source *source = NULL;
    imga_image *image = NULL;
    imga_files *files = NULL;
    struct sink out = {NULL, 0};
    shop_open(&s);
    struct sink left = {s.archive.p, s.archive.n};
    const imga_stream_ops ops = {.struct_size = sizeof(ops), .read = read_once, .user = &left};
    OK(imga_source_from_stream(s.context, &ops, &source, NULL));
    OK(imga_image_open_source(s.context, source, NULL, &image, NULL));
    cr_expect_eq(imga_files_collect(s.context, image, IMGA_FILES_DIGESTS, &files, NULL), IMGA_E_UNSUPPORTED);
    cr_expect_null(files);
    OK(imga_files_collect(s.context, image, IMGA_FILES_REMOVED, &files, NULL));
    imga_files *wanted = list(&s, IMGA_VERIFY_FULL, IMGA_FILES_REMOVED);
    cr_assert_eq(imga_files_count(files), imga_files_count(wanted));
    for (size_t i = 0; i < imga_files_count(files); i++)
        cr_expect_str_eq(row_at(files, i).path, row_at(wanted, i).path);
    cr_expect_eq(imga_files_read(files, find(files, "d/a", -1), sink_write, &out, NULL), IMGA_E_UNSUPPORTED);
    cr_expect_eq(out.n, 0);
    imga_files_unref(wanted);
    imga_files_unref(files);
    imga_image_unref(image);
    imga_source_unref(source);
    shop_close(&s);
}
