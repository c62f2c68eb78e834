/* SPDX-License-Identifier: Apache-2.0 */
/* Archives that can be read only once. That they answer as other archives do, image_case.c compares for every archive
 * of these tests; here is what is different with them. */
#include "pipe_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* The n-th order of the files. */
static void permute(struct ocifile *files, size_t count, size_t n)
{
    for (size_t left = count; left > 1; n /= left, left--) {
        struct ocifile last = files[left - 1];
        files[left - 1] = files[n % left];
        files[n % left] = last;
    }
}

static void check_order(const struct made *m, size_t order)
{
    struct ocifile files[16];
    struct run r;
    memcpy(files, m->files.p, m->files.n * sizeof(*files));
    permute(files, m->files.n, order);
    const struct ocifiles ordered = {files, m->files.n};
    struct tarball archive = ocifiles_tar(&ordered);
    run_init(&r, &archive);
    run_open(&r);
    cr_assert_eq(r.status, IMGA_OK, "order %zu: %s: %s", order, r.t.env.error.where, r.t.env.error.message);
    cr_expect_eq(ia_image_layer_count(r.image), 2);
    cr_expect_eq(taken_count(&r), 2, "order %zu", order);
    cr_expect_eq(r.sink.count, 2);
    cr_expect_eq(r.sink.bytes, m->tars[0].n + m->tars[1].n);
    run_close(&r);
    tarball_free(&archive);
}

Test(pipe, members_come_in_any_order)
{
    for (int is_oci = 0; is_oci < 2; is_oci++) {
        struct made m;
        made_open(&m, is_oci);
        cr_assert_eq(m.files.n, is_oci ? 6 : 4);
        for (size_t order = 0; order < (is_oci ? 720 : 24); order++)
            check_order(&m, order);
        made_close(&m);
    }
}

Test(pipe, numbers_of_the_sink_belong_to_layers)
{
    struct made m;
    struct run r;
    uint32_t taken[2] = {0, 0};
    made_open(&m, false);
    permute(m.files.p, m.files.n, 5);
    struct tarball archive = ocifiles_tar(&m.files);
    run_init(&r, &archive);
    run_open(&r);
    cr_assert_eq(r.status, IMGA_OK, "%s", r.t.env.error.message);
    cr_assert(ia_image_layer_taken(r.image, 0, &taken[0]));
    cr_assert(ia_image_layer_taken(r.image, 1, &taken[1]));
    cr_expect_not(ia_image_layer_taken(r.image, 2, &taken[0]));
    size_t first = 0;
    while (m.files.p[first].size != m.tars[0].n)
        first++;
    size_t second = 0;
    while (m.files.p[second].size != m.gzip.n)
        second++;
    cr_expect_eq(taken[0] < taken[1], first < second, "in the order of the archive");
    run_close(&r);
    tarball_free(&archive);
    made_close(&m);
}

/* Two images in one archive, of which one is asked for; the other's layers may be damaged. */
Test(pipe, several_images)
{
    struct tarball tars[] = {case_tar("one"), case_tar("two")}, gzip = pipe_gzip(&tars[1]);
    gzip.p[gzip.n - 5] ^= 1;
    const struct ociimage_layer layers[] = {
        {.tar = tars[0].p, .tar_size = tars[0].n},
        {.tar = tars[1].p, .tar_size = tars[1].n, .blob = gzip.p, .blob_size = gzip.n}};
    const struct ociimage images[] = {{.layers = &layers[0], .count = 1, .reference = "a:1"},
                                      {.layers = layers, .count = 2, .reference = "b:1"}};
    struct ocifiles files = {NULL, 0}, both = {NULL, 0};
    ociimage_docker(&both, &images[0]);
    ociimage_docker(&files, &images[1]);
    struct ocifile *first = &both.p[both.n - 1], *second = &files.p[files.n - 1];
    char list[2048];
    snprintf(list, sizeof(list), "[%.*s,%.*s]", (int)first->size - 2, first->data + 1, (int)second->size - 2,
             second->data + 1);
    for (size_t i = 0; i + 1 < files.n; i++)
        ocifiles_add(&both, files.p[i].name, files.p[i].data, files.p[i].size);
    ocifiles_text(&both, "manifest.json", list);
    struct tarball archive = ocifiles_tar(&both);
    static const struct {
        const char *reference;
        int status;
        size_t layers, taken;
    } rows[] = {{"a:1", IMGA_OK, 1, 1}, {"b:1", IMGA_OK, 2, 1}, {NULL, IMGA_E_AMBIGUOUS, 0, 0}};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct run r;
        run_init(&r, &archive);
        r.request.reference = rows[i].reference;
        run_open(&r);
        cr_expect_eq(r.status, rows[i].status, "%s", r.t.env.error.message);
        cr_expect_eq(r.sink.count, 3, "every candidate goes through the sink");
        if (r.image) {
            cr_expect_eq(ia_image_layer_count(r.image), rows[i].layers);
            cr_expect_eq(taken_count(&r), rows[i].taken, "%s", rows[i].reference);
        }
        if (rows[i].layers == 2)
            cr_expect_eq(pipe_layer(&r.t, r.image, 1), IMGA_E_CHECKSUM, "%s", r.t.env.error.message);
        run_close(&r);
        pipe_compare(&r.t, &archive, rows[i].reference, NULL);
    }
    tarball_free(&archive);
    ocifiles_free(&both);
    ocifiles_free(&files);
    tarball_free(&tars[0]);
    tarball_free(&tars[1]);
    tarball_free(&gzip);
}

/* One member for two layers; older docker save links to one. */
Test(pipe, a_layer_named_twice_and_links)
{
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layers[] = {{.tar = tar.p, .tar_size = tar.n}, {.tar = tar.p, .tar_size = tar.n}};
    const struct ociimage image = {.layers = layers, .count = 2};
    struct ocifiles files = {NULL, 0};
    char link[128];
    ociimage_docker(&files, &image);
    snprintf(link, sizeof(link), "../%s", files.p[1].name);
    char *own = files.p[2].name;
    ocifiles_link(&files, "x/layer.tar", link);
    struct ocifile *manifest = &files.p[3];
    char text[1024];
    char *at = strstr(manifest->data, own), *last = strstr(at + 1, own);
    cr_assert_not_null(last);
    snprintf(text, sizeof(text), "%.*sx/layer.tar%s", (int)(last - manifest->data), manifest->data, last + strlen(own));
    ocifiles_text(&files, "manifest.json", text);
    struct tarball archive = ocifiles_tar(&files);
    struct run r;
    uint32_t taken[2];
    run_init(&r, &archive);
    run_open(&r);
    cr_assert_eq(r.status, IMGA_OK, "%s", r.t.env.error.message);
    cr_expect(ia_image_layer_taken(r.image, 0, &taken[0]) && ia_image_layer_taken(r.image, 1, &taken[1]));
    cr_expect_eq(taken[0], taken[1], "one member, one number");
    cr_expect_eq(taken[0], 101, "of the two members of that name the last");
    cr_expect(case_has_note(r.image, IMGA_NOTE_DUPLICATE));
    run_close(&r);
    pipe_compare(&r.t, &archive, NULL, NULL);
    tarball_free(&archive);
    ocifiles_free(&files);
    tarball_free(&tar);
}

/* Layers that are no tar archives: what decides is what pulls them, and here that is content with everything. */
Test(pipe, layers_that_look_like_documents)
{
    static const struct {
        const char *name;
        char first;
        size_t size;
        bool taken;
    } rows[] = {
        {"tiny text", 'a', 10, false},
        {"the largest tiny text", 'a', 4096, false},
        {"text", 'a', 4097, true},
        {"tiny JSON", '{', 10, false},
        {"JSON", '{', 5000, false},
        {"an array", '[', 5000, false},
        {"blanks", ' ', 5000, false},
        {"zeros of a block", 0, 512, true},
        {"zeros of less than a block", 0, 511, false},
        {"zeros", 0, 10240, true},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        char *bytes = malloc(rows[i].size);
        memset(bytes, rows[i].first, rows[i].size);
        const struct ociimage_layer layer = {.tar = bytes, .tar_size = rows[i].size};
        const struct ociimage image = {.layers = &layer, .count = 1};
        struct tarball archives[] = {ociimage_oci_archive(&image), ociimage_docker_archive(&image)};
        for (size_t k = 0; k < IA_COUNT(archives); k++) {
            struct run r;
            run_init(&r, &archives[k]);
            run_open(&r);
            cr_assert_eq(r.status, IMGA_OK, "%s: %s", rows[i].name, r.t.env.error.message);
            cr_expect_eq(taken_count(&r), rows[i].taken, "%s", rows[i].name);
            cr_expect_eq(pipe_layer(&r.t, r.image, 0), 1, "%s: %s", rows[i].name, r.t.env.error.message);
            run_close(&r);
            pipe_compare(&r.t, &archives[k], NULL, NULL);
            tarball_free(&archives[k]);
        }
        free(bytes);
    }
}

/* The blobs are links to files of other names, before or behind them. */
Test(pipe, blobs_that_are_links)
{
    for (int is_first = 0; is_first < 2; is_first++) {
        struct made m;
        struct run r;
        made_open(&m, true);
        struct ocifiles files = {NULL, 0};
        for (size_t i = 0; i < m.files.n; i++) {
            const struct ocifile *f = &m.files.p[i];
            bool is_layer = i == 1 || i == 2;
            if (is_layer && is_first)
                ocifiles_link(&files, f->name, i == 1 ? "../../one" : "../../two");
            ocifiles_add(&files, is_layer ? (i == 1 ? "one" : "two") : f->name, f->data, f->size);
            if (is_layer && !is_first)
                ocifiles_link(&files, f->name, i == 1 ? "../../one" : "../../two");
        }
        struct tarball archive = ocifiles_tar(&files);
        run_init(&r, &archive);
        run_open(&r);
        cr_assert_eq(r.status, IMGA_OK, "%s", r.t.env.error.message);
        cr_expect_eq(taken_count(&r), 2);
        run_close(&r);
        pipe_compare(&r.t, &archive, NULL, NULL);
        tarball_free(&archive);
        ocifiles_free(&files);
        made_close(&m);
    }
}

/* Of two manifests the last counts, of two members of a layer's name, too. */
Test(pipe, duplicates)
{
    for (int bad_last = 0; bad_last < 2; bad_last++) {
        struct made m;
        struct run r;
        made_open(&m, false);
        struct ocifile *layer = &m.files.p[1];
        struct tarball other = case_tar("other");
        ocifiles_add(&m.files, layer->name, bad_last ? other.p : layer->data, other.n);
        if (!bad_last)
            memcpy(m.files.p[1].data, other.p, other.n);
        ocifiles_text(&m.files, "manifest.json", m.files.p[3].data);
        m.files.p[3].data[0] = '{';
        struct tarball archive = ocifiles_tar(&m.files);
        run_init(&r, &archive);
        run_open(&r);
        cr_assert_eq(r.status, IMGA_OK, "%s", r.t.env.error.message);
        cr_expect_eq(pipe_layer(&r.t, r.image, 0), bad_last ? IMGA_E_DIGEST : 1, "%s", r.t.env.error.message);
        cr_expect_eq(taken_count(&r), bad_last ? 1 : 2);
        run_close(&r);
        pipe_compare(&r.t, &archive, NULL, NULL);
        tarball_free(&archive);
        tarball_free(&other);
        made_close(&m);
    }
}

/* Wherever a pipe breaks: the archive is cut, and nothing else is said of it. */
Test(pipe, a_broken_pipe_is_told)
{
    for (int is_oci = 0; is_oci < 2; is_oci++)
        for (int way = WAY_PIPE; way <= WAY_PIPE_GZIP; way++) {
            struct made m;
            made_open(&m, is_oci);
            struct tarball archive = ocifiles_tar(&m.files), gzip = pipe_gzip(&archive);
            struct tarball whole = way == WAY_PIPE ? archive : gzip;
            size_t step = way == WAY_PIPE ? 127 : 13;
            for (size_t n = 0; n < whole.n; n += n + step < whole.n || n + 1 == whole.n ? step : whole.n - 1 - n) {
                struct tarball cut = {whole.p, n};
                struct run r;
                run_init(&r, &cut);
                r.request.step = 700;
                run_open(&r);
                cr_expect_eq(r.status, IMGA_E_TRUNCATED, "%s, %zu of %zu: %d %s: %s", pipe_ways[way], n, whole.n,
                             r.status, r.t.env.error.where, r.t.env.error.message);
                cr_expect_str_eq(r.t.env.error.where, "archive", "%zu", n);
                run_close(&r);
            }
            tarball_free(&archive);
            tarball_free(&gzip);
            made_close(&m);
        }
}

/* Cut exactly between two members, or within the end mark. */
Test(pipe, only_the_end_mark_is_the_end)
{
    struct made m;
    made_open(&m, false);
    struct tarball archive = ocifiles_tar(&m.files);
    for (size_t less = 0; less <= 1024; less += 512) {
        struct tarball cut = {archive.p, archive.n - less};
        for (int way = WAY_PIPE; way < WAYS; way++) {
            int expected = less && way == WAY_PIPE ? IMGA_E_TRUNCATED : IMGA_OK; /* a decoder knows its own end */
            struct run r;
            run_init(&r, &cut);
            r.request.way = (enum pipe_way)way;
            run_open(&r);
            cr_expect_eq(r.status, expected, "%s, %zu less: %s", pipe_ways[way], less, r.t.env.error.message);
            run_close(&r);
        }
    }
    tarball_free(&archive);
    made_close(&m);
}

static const struct {
    const char *name;
    int answer, open, layer; /* of the sink; of opening; of the first layer */
} answers[] = {
    {"format", IMGA_E_FORMAT, IMGA_OK, IMGA_E_FORMAT},
    {"truncated", IMGA_E_TRUNCATED, IMGA_OK, IMGA_E_TRUNCATED},
    {"checksum", IMGA_E_CHECKSUM, IMGA_OK, IMGA_E_CHECKSUM},
    {"limit", IMGA_E_LIMIT, IMGA_OK, IMGA_E_LIMIT},
    {"unsupported", IMGA_E_UNSUPPORTED, IMGA_OK, IMGA_E_UNSUPPORTED},
    {"path", IMGA_E_PATH, IMGA_OK, IMGA_E_PATH},
    {"memory", IMGA_E_NOMEM, IMGA_E_NOMEM, 0},
    {"input or output", IMGA_E_IO, IMGA_E_IO, 0},
    {"cancelled", IMGA_E_CANCELLED, IMGA_E_CANCELLED, 0},
    {"internal", IMGA_E_INTERNAL, IMGA_E_INTERNAL, 0},
    {"success without reading", 1, IMGA_OK, 1},
};

Test(pipe, what_the_sink_says)
{
    struct made m;
    made_open(&m, false);
    struct tarball archive = ocifiles_tar(&m.files);
    for (size_t i = 0; i < IA_COUNT(answers); i++) {
        struct run r;
        run_init(&r, &archive);
        r.sink.answer = answers[i].answer;
        run_open(&r);
        cr_expect_eq(r.status, answers[i].open, "%s: %d %s", answers[i].name, r.status, r.t.env.error.message);
        cr_expect_eq(r.sink.count, r.status < 0 ? 1 : 2, "%s", answers[i].name);
        for (size_t layer = 0; r.image && layer < 2; layer++) {
            int status = pipe_layer(&r.t, r.image, layer);
            cr_expect_eq(status, answers[i].layer, "%s: %d", answers[i].name, status);
            if (status < 0) {
                cr_expect_str_eq(r.t.env.error.message, "the sink said so");
                cr_expect_str_eq(r.t.env.error.where, "");
                cr_expect_eq(r.t.env.error.offset, 7);
                test_env_reset(&r.t);
                cr_expect_eq(ia_image_layer_verify(r.image, &r.t.env, layer), IMGA_OK, "the bytes are right");
            }
        }
        run_close(&r);
    }
    tarball_free(&archive);
    made_close(&m);
}

Test(pipe, without_a_sink_it_is_refused)
{
    struct made m;
    made_open(&m, true);
    struct tarball archive = ocifiles_tar(&m.files);
    for (int way = WAY_PIPE; way < WAYS; way++) {
        struct run r;
        run_init(&r, &archive);
        r.request.way = (enum pipe_way)way;
        r.request.sink = NULL;
        run_open(&r);
        cr_expect_eq(r.status, IMGA_E_UNSUPPORTED, "%s", pipe_ways[way]);
        cr_expect_not_null(strstr(r.t.env.error.message, "nothing examines its layers"), "%s", r.t.env.error.message);
        run_close(&r);
    }
    tarball_free(&archive);
    made_close(&m);
}

static const struct {
    const char *name, *bytes;
    size_t size;
    int status;
} strangers[] = {
    {"nothing", "", 0, IMGA_E_TRUNCATED},
    {"text", "hello\n", 6, IMGA_E_TRUNCATED},
    {"zip", "PK\003\004\0\0\0\0", 8, IMGA_E_FORMAT},
    {"gzip of nothing", "\x1f\x8b\x08\0\0\0\0\0\0\003\003\0\0\0\0\0\0\0\0\0", 20, IMGA_E_TRUNCATED},
};

Test(pipe, what_is_no_archive)
{
    for (size_t i = 0; i < IA_COUNT(strangers); i++) {
        struct tarball bytes = {(char *)strangers[i].bytes, strangers[i].size};
        struct run r;
        run_init(&r, &bytes);
        run_open(&r);
        cr_expect_eq(r.status, strangers[i].status, "%s: %d %s", strangers[i].name, r.status, r.t.env.error.message);
        cr_expect_not_null(strstr(r.t.env.error.message, "neither a docker save archive"), "%s: %s", strangers[i].name,
                           r.t.env.error.message);
        run_close(&r);
    }
}

/* The environment fails in the middle. */
Test(pipe, a_read_that_fails)
{
    struct made m;
    made_open(&m, false);
    struct tarball archive = ocifiles_tar(&m.files);
    for (size_t n = 0; n < archive.n; n += 333) {
        struct pipe_bytes bytes = {archive.p, n, 0, 4096, -1, 0};
        imga_stream_ops ops = pipe_ops(&bytes);
        struct ia_image_request request = {.reference = NULL};
        struct ia_image *image = NULL;
        struct run r;
        run_init(&r, &archive);
        request.sink = &r.sink.sink;
        cr_assert_eq(ia_source_stream(&r.t.env, &ops, &request.source), IMGA_OK);
        cr_expect_eq(ia_image_open(&r.t.env, &request, &image), IMGA_E_IO, "%zu: %s", n, r.t.env.error.message);
        cr_expect_null(image);
        ia_source_unref(request.source);
        cr_expect_eq(bytes.closes, 1);
        run_close(&r);
    }
    tarball_free(&archive);
    made_close(&m);
}

/* A document whose 148th byte begins the right checksum of a tar header. Such a file is no work of chance. */
Test(pipe, a_document_that_is_also_a_tar_header)
{
    char text[600];
    unsigned sum = 8 * ' ';
    memset(text, ' ', sizeof(text));
    memcpy(text, "[{\"Config\":\"c.json\",\"Layers\":[]}]", 33);
    for (size_t i = 0; i < 512; i++)
        sum += i >= 148 && i < 156 ? 0 : (unsigned char)text[i];
    struct tarball archive = {NULL, 0};
    snprintf(text + 148, 9, "%07o ", sum);
    text[156] = ' ';
    tarball_file(&archive, "c.json", "{}");
    tarball_add(&archive, &(struct tar_member){.name = "manifest.json", .data = text, .size = sizeof(text)});
    tarball_end(&archive);
    struct run r;
    run_init(&r, &archive);
    run_open(&r);
    cr_expect_eq(r.status, IMGA_E_FORMAT, "%s", r.t.env.error.message);
    cr_expect_str_eq(r.t.env.error.where, "manifest.json");
    cr_expect_not_null(strstr(r.t.env.error.message, "does not begin like a document"), "%s", r.t.env.error.message);
    run_close(&r);
    tarball_free(&archive);
}

/* The digest of the config is another algorithm than what was computed on the way. */
Test(pipe, a_digest_that_was_not_computed)
{
    static const char zeros[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
                                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    char with[256];
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    snprintf(with, sizeof(with), "\"diff_ids\":[\"sha512:%s\"],\"x\":[\"", zeros);
    const struct ociimage_edit edit = {EDIT_CONFIG, "\"diff_ids\":[\"", with, 0};
    const struct ociimage made = {.layers = &layer, .count = 1, .edits = &edit, .edit_count = 1};
    struct tarball archive = ociimage_oci_archive(&made);
    struct run r;
    run_init(&r, &archive);
    run_open(&r);
    cr_assert_eq(r.status, IMGA_OK, "%s", r.t.env.error.message);
    cr_expect_eq(pipe_layer(&r.t, r.image, 0), IMGA_E_UNSUPPORTED);
    cr_expect_not_null(strstr(r.t.env.error.message, "not computed"), "%s", r.t.env.error.message);
    run_close(&r);
    tarball_free(&archive);
    tarball_free(&tar);
}
