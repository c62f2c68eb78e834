/* SPDX-License-Identifier: Apache-2.0 */
/* Root folders and root archives: one layer that proves nothing, however it is stored. */
#include "form_case.h"

#include "io/tar.h"
#include "pipe_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void root_files(struct ocifiles *files)
{
    ocifiles_text(files, "etc/os-release", "ID=test\n");
    ocifiles_text(files, "usr/bin/tool", "program");
    ocifiles_text(files, "var/lib/dpkg/status", "");
}

static void expect_facts(const struct ia_image *image)
{
    const struct ia_image_facts *facts = ia_image_facts(image);
    const struct ia_layer *layer = ia_image_layer(image, 0);
    cr_expect_str_eq(facts->form, "rootfs");
    cr_expect_str_eq(facts->os, "linux");
    cr_expect_str_eq(facts->architecture, "");
    cr_expect_str_eq(facts->reference, "");
    cr_expect_str_eq(facts->manifest_digest, "");
    cr_expect_str_eq(facts->config_digest, "");
    cr_expect_str_eq(facts->verified, "none");
    cr_assert_eq(ia_image_layer_count(image), 1);
    cr_expect_str_eq(layer->digest, "");
    cr_expect_str_eq(layer->diff_id, "");
    cr_expect_str_eq(layer->chain_id, "");
    cr_expect_str_eq(layer->media_type, "");
}

/* The regular files of the only layer, " " after each; the status at the end of its tar. */
static int layer_names(struct test_env *t, struct ia_image *image, char *out, size_t room)
{
    struct ia_reader *reader = NULL;
    struct ia_tar *tar = NULL;
    struct ia_tar_entry entry;
    int status;
    *out = '\0';
    cr_assert_eq(ia_image_layer_open(image, &t->env, 0, &reader), 1, "%s", t->env.error.message);
    cr_assert_eq(ia_tar_new(&t->env, reader, &tar), IMGA_OK);
    while ((status = ia_tar_next(tar, &t->env, &entry)) == 1)
        if (entry.type == IA_TAR_FILE)
            snprintf(out + strlen(out), room - strlen(out), "%.*s ", (int)entry.name.n, entry.name.p);
    ia_tar_free(tar);
    ia_reader_close(reader);
    return status;
}

Test(root, a_folder)
{
    struct ocifiles files = {NULL, 0};
    struct ia_image *image = NULL;
    struct test_env t;
    char names[256];
    test_env_open(&t);
    test_env_crypto(&t);
    root_files(&files);
    char *folder = ocifiles_folder(&files);
    const struct ia_image_request request = {.path = folder};
    cr_assert_eq(form_open(&t, &request, &image), IMGA_OK, "%s", t.env.error.message);
    expect_facts(image);
    for (int again = 0; again < 2; again++) {
        cr_expect_eq(layer_names(&t, image, names, sizeof(names)), 0, "%s", t.env.error.message);
        cr_expect_str_eq(names, "etc/os-release usr/bin/tool var/lib/dpkg/status ");
    }
    ia_image_close(image);
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

enum { PLAIN, GZIP, ZSTD, PACKINGS };

static struct tarball pack(const struct tarball *tar, int packing)
{
    struct tarball copy = {malloc(tar->n), tar->n};
    memcpy(copy.p, tar->p, tar->n);
    if (packing == PLAIN)
        return copy;
    tarball_free(&copy);
    return packing == GZIP ? pipe_gzip(tar) : pipe_zstd(tar);
}

Test(root, archives)
{
    struct ocifiles files = {NULL, 0};
    char names[256];
    root_files(&files);
    struct tarball tar = ocifiles_tar(&files);
    for (int packing = PLAIN; packing < PACKINGS; packing++)
        for (int told = 0; told < 2; told++) {
            struct tarball archive = pack(&tar, packing);
            struct ia_image *image = NULL;
            struct test_env t;
            test_env_open(&t);
            test_env_crypto(&t);
            cr_assert_eq(form_open_tar(&t, &archive, told ? "rootfs" : NULL, &image), IMGA_OK, "%d %d: %s", packing,
                         told, t.env.error.message);
            expect_facts(image);
            cr_expect_eq(ia_image_layer(image, 0)->size, archive.n);
            for (int again = 0; again < 2; again++) {
                cr_expect_eq(layer_names(&t, image, names, sizeof(names)), 0, "%s", t.env.error.message);
                cr_expect_str_eq(names, "etc/os-release usr/bin/tool var/lib/dpkg/status ");
            }
            cr_expect_eq(ia_notes_count(ia_image_notes(image)), 0);
            ia_image_close(image);
            tarball_free(&archive);
            test_env_close(&t);
            cr_expect_eq(t.live, 0);
        }
    tarball_free(&tar);
    ocifiles_free(&files);
}

Test(root, what_a_root_cannot_answer)
{
    struct ocifiles files = {NULL, 0};
    root_files(&files);
    char *folder = ocifiles_folder(&files);
    const struct ia_image_request by_name = {.path = folder, .reference = "v1"};
    const struct ia_image_request by_platform = {.path = folder, .platform = "linux/amd64"};
    const struct ia_image_request *const requests[] = {&by_name, &by_platform};
    for (size_t i = 0; i < IA_COUNT(requests); i++) {
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        cr_expect_eq(form_read(&t, requests[i]), IMGA_E_NOT_FOUND, "%zu", i);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
}

/* Damage: never a root by content, and told so when it was said to be one. */
Test(root, damaged_archives)
{
    struct ocifiles files = {NULL, 0};
    root_files(&files);
    struct tarball whole = ocifiles_tar(&files);
    char names[256];
    const struct {
        const char *name;
        size_t size;
        size_t flip; /* offset of a byte that is changed; 0: none */
        int status, told;
    } rows[] = {
        {"whole", whole.n, 0, IMGA_OK, IMGA_OK},
        {"cut in a header", 1124, 0, IMGA_E_TRUNCATED, IMGA_OK}, /* told: found to be one before */
        {"cut in the first header", 100, 0, IMGA_E_TRUNCATED, IMGA_E_TRUNCATED},
        {"wrong checksum", whole.n, 1030, IMGA_E_CHECKSUM, IMGA_OK},
        {"wrong first checksum", whole.n, 10, IMGA_E_FORMAT, IMGA_E_FORMAT},
        {"empty", 0, 0, IMGA_E_TRUNCATED, IMGA_E_TRUNCATED},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        for (int told = 0; told < 2; told++) {
            struct tarball archive = {malloc(whole.n), rows[i].size};
            struct ia_image *image = NULL;
            struct test_env t;
            test_env_open(&t);
            test_env_crypto(&t);
            memcpy(archive.p, whole.p, whole.n);
            if (rows[i].flip)
                archive.p[rows[i].flip] ^= 1;
            int status = form_open_tar(&t, &archive, told ? "rootfs" : NULL, &image);
            cr_expect_eq(status, told ? rows[i].told : rows[i].status, "%s, %d: %d %s", rows[i].name, told, status,
                         t.env.error.message);
            if (status == IMGA_OK && i > 0)
                cr_expect_lt(layer_names(&t, image, names, sizeof(names)), 0, "%s", rows[i].name);
            ia_image_close(image);
            tarball_free(&archive);
            test_env_close(&t);
            cr_expect_eq(t.live, 0, "%s", rows[i].name);
        }
    tarball_free(&whole);
    ocifiles_free(&files);
}

Test(root, limits)
{
    static const struct {
        const char *name;
        const char *form;
        uint64_t entries, bytes;
        int status; /* of opening, and of the layer */
    } rows[] = {
        {"enough", NULL, 3, 1 << 20, 1},
        {"one entry too many", NULL, 2, 1 << 20, IMGA_E_LIMIT},
        {"as many bytes as there are", "rootfs", 3, 3584, 1},
        {"one byte too many", "rootfs", 3, 3583, IMGA_E_LIMIT},
    };
    struct ocifiles files = {NULL, 0};
    root_files(&files);
    struct tarball archive = ocifiles_tar(&files);
    cr_assert_eq(archive.n, 3584);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        t.limits.layer_entries = rows[i].entries;
        t.limits.layer_bytes = rows[i].bytes;
        int status = form_open_tar(&t, &archive, rows[i].form, &image);
        if (status == IMGA_OK)
            status = case_layer(&t, image, 0);
        cr_expect_eq(status, rows[i].status, "%s: %d %s", rows[i].name, status, t.env.error.message);
        ia_image_close(image);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", rows[i].name);
    }
    tarball_free(&archive);
    ocifiles_free(&files);
}

/* Nothing else would tell that something is missing. */
Test(root, archives_without_end_mark_are_noted)
{
    struct ocifiles files = {NULL, 0};
    root_files(&files);
    struct tarball whole = ocifiles_tar(&files);
    static const struct {
        size_t less;
        bool noted;
    } rows[] = {{0, false}, {1, true}, {512, true}, {1024, true}, {1536, true}};
    for (int packing = PLAIN; packing < PACKINGS; packing++)
        for (size_t i = 0; i < IA_COUNT(rows); i++) {
            const struct tarball cut = {whole.p, whole.n - rows[i].less};
            struct tarball archive = pack(&cut, packing);
            struct ia_image *image = NULL;
            struct test_env t;
            char names[256];
            test_env_open(&t);
            test_env_crypto(&t);
            cr_assert_eq(form_open_tar(&t, &archive, "rootfs", &image), IMGA_OK, "%s", t.env.error.message);
            int status = layer_names(&t, image, names, sizeof(names));
            cr_expect(status == 0 || rows[i].less % 512, "%zu: %d", rows[i].less, status);
            if (status == 0)
                cr_expect_eq(test_has_note(&t, IMGA_NOTE_SKIPPED), rows[i].noted, "%zu", rows[i].less);
            ia_image_close(image);
            tarball_free(&archive);
            test_env_close(&t);
            cr_expect_eq(t.live, 0);
        }
    tarball_free(&whole);
    ocifiles_free(&files);
}

/* A root from a pipe goes through the sink, when it is said to be one. */
Test(root, streams)
{
    static const struct {
        const char *form;
        int packing, with_sink, cut, status;
    } rows[] = {
        {"rootfs", PLAIN, 1, 0, IMGA_OK},   {"rootfs", GZIP, 1, 0, IMGA_OK},
        {"rootfs", GZIP, 1, 1024, IMGA_OK}, {"rootfs", PLAIN, 0, 0, IMGA_E_UNSUPPORTED},
        {NULL, PLAIN, 1, 0, IMGA_E_FORMAT},
    };
    struct ocifiles files = {NULL, 0};
    root_files(&files);
    struct tarball tar = ocifiles_tar(&files);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        const struct tarball part = {tar.p, tar.n - (size_t)rows[i].cut};
        struct tarball archive = pack(&part, rows[i].packing);
        struct pipe_bytes bytes = {.p = archive.p, .n = archive.n, .step = 1000};
        const imga_stream_ops ops = pipe_ops(&bytes);
        struct pipe_sink sink;
        struct ia_image_request request = {.form = rows[i].form};
        struct ia_image *image = NULL;
        struct test_env t;
        uint32_t taken = 0;
        test_env_open(&t);
        test_env_crypto(&t);
        pipe_sink_init(&sink);
        request.sink = rows[i].with_sink ? &sink.sink : NULL;
        cr_assert_eq(ia_source_stream(&t.env, &ops, &request.source), IMGA_OK);
        int status = form_open(&t, &request, &image);
        cr_expect_eq(status, rows[i].status, "%zu: %d %s", i, status, t.env.error.message);
        if (status == IMGA_OK) {
            cr_expect(ia_image_layer_taken(image, 0, &taken), "%zu", i);
            cr_expect_eq(taken, 100);
            cr_expect_eq(sink.bytes, part.n, "%zu", i);
            cr_expect_eq(case_has_note(image, IMGA_NOTE_SKIPPED), rows[i].cut > 0, "%zu", i);
            expect_facts(image);
        }
        ia_image_close(image);
        ia_source_unref(request.source);
        tarball_free(&archive);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%zu", i);
    }
    tarball_free(&tar);
    ocifiles_free(&files);
}

Test(root, out_of_memory)
{
    struct ocifiles files = {NULL, 0};
    root_files(&files);
    struct tarball tar = ocifiles_tar(&files), archive = pack(&tar, GZIP);
    char *folder = ocifiles_folder(&files);
    for (int is_folder = 0; is_folder < 2; is_folder++) {
        int status = IMGA_E_NOMEM;
        for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
            const struct ia_image_request request = {.path = folder};
            struct ia_image *image = NULL;
            struct test_env t;
            test_env_open(&t);
            test_env_crypto(&t);
            t.fail_at = n;
            status = is_folder ? form_read(&t, &request) : form_open_tar(&t, &archive, NULL, &image);
            if (image)
                status = case_layer(&t, image, 0);
            cr_expect(status == IMGA_E_NOMEM || status >= 0, "allocation %zu: %d %s", n, status, t.env.error.message);
            ia_image_close(image);
            test_env_close(&t);
            cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
            cr_assert_lt(n, 2000);
        }
    }
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
    tarball_free(&archive);
    tarball_free(&tar);
}
