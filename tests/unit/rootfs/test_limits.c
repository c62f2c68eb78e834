/* SPDX-License-Identifier: Apache-2.0 */
/* Every limit of the view at N and N + 1. */
#include "layers.h"
#include "rootfs/view.h"

#include <criterion/criterion.h>
#include <imgassure/status.h>
#include <stdlib.h>
#include <string.h>

static const struct ia_want wants[] = {{"db/status", NULL}, {"info", ".list"}, {"etc/os-release", NULL}};
enum { WANTS = sizeof(wants) / sizeof(wants[0]) };

/* Applies one archive to a new view; returns the status. */
static int apply_tar(struct test_env *t, const struct tarball *tar, size_t step, struct ia_rootfs **out)
{
    cr_assert_eq(ia_rootfs_new(&t->env, wants, WANTS, out), 0);
    return layers_apply_tar(*out, t, 0, tar, step);
}

Test(rootfs, entry_limits)
{
    static const struct {
        uint64_t layer, image;
        size_t layers;
        int status;
        const char *limit;
    } cases[] = {
        {3, 100, 1, 0, ""},
        {2, 100, 1, IMGA_E_LIMIT, "layer_entries"},
        {3, 6, 2, 0, ""},
        {3, 5, 2, IMGA_E_LIMIT, "image_entries"},
        {0, 100, 1, IMGA_E_LIMIT, "layer_entries"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct test_env t;
        struct layers layers = {.n = 0};
        int status = 0;
        struct ia_rootfs *fs;
        test_env_open(&t);
        t.limits.layer_entries = cases[i].layer;
        t.limits.image_entries = cases[i].image;
        cr_assert_eq(ia_rootfs_new(&t.env, wants, WANTS, &fs), 0);
        for (size_t k = 0; k < cases[i].layers && status >= 0; k++) {
            layers_add(&layers, "f a 1\nf b 2\nf c 3\n");
            status = layers_apply(fs, &t, &layers, k, 4096);
        }
        cr_expect_eq(status, cases[i].status, "case %zu: %d", i, status);
        cr_expect_neq(strstr(t.env.error.message, cases[i].limit), NULL, "%s", t.env.error.message);
        ia_rootfs_free(fs);
        layers_free(&layers);
        test_env_close(&t);
    }
}

Test(rootfs, implied_directories_are_limited)
{
    static const struct {
        uint64_t limit;
        int status;
    } cases[] = {{4, 0}, {3, IMGA_E_LIMIT}};
    for (size_t i = 0; i < 2; i++) {
        struct test_env t;
        struct tarball tar = {0};
        struct ia_rootfs *fs;
        test_env_open(&t);
        t.limits.layer_entries = cases[i].limit;
        tarball_file(&tar, "a/b/c/d/e", "");
        cr_expect_eq(apply_tar(&t, &tar, 512, &fs), cases[i].status, "%s", t.env.error.message);
        if (cases[i].status)
            cr_expect_str_eq(t.env.error.where, "layer 0: a/b/c/d/e");
        ia_rootfs_free(fs);
        tarball_free(&tar);
        test_env_close(&t);
    }
}

Test(rootfs, path_limits)
{
    static const struct {
        uint64_t bytes, components;
        int skipped;
    } cases[] = {{9, 2, 0}, {8, 2, 1}, {9, 1, 1}};
    for (size_t i = 0; i < 3; i++) {
        struct test_env t;
        struct tarball tar = {0};
        struct ia_rootfs *fs;
        test_env_open(&t);
        tarball_file(&tar, "db/status", "1");
        t.limits.path_bytes = cases[i].bytes;
        t.limits.path_components = cases[i].components;
        cr_expect_eq(apply_tar(&t, &tar, 512, &fs), 0);
        cr_expect_eq(test_has_note(&t, IMGA_NOTE_SKIPPED), cases[i].skipped, "case %zu", i);
        cr_expect_eq(layers_look(fs, &t, "db/status").state, cases[i].skipped ? IA_FILE_ABSENT : IA_FILE_CONTENT);
        ia_rootfs_free(fs);
        tarball_free(&tar);
        test_env_close(&t);
    }
}

/* Links may not carry entries to places deeper than a name could say. */
Test(rootfs, path_limits_behind_links)
{
    for (uint64_t limit = 4; limit <= 5; limit++) {
        struct test_env t;
        struct layers layers = {.n = 0};
        test_env_open(&t);
        t.limits.path_components = limit;
        layers_add(&layers, "f x/y/z/f 1\nl l x/y/z\nf l/1/2 2\nf l/1 3\nf l/5/6/7 4\n");
        struct ia_rootfs *fs = layers_view(&t, &layers, wants, WANTS);
        cr_assert_not_null(fs);
        cr_expect(test_has_note(&t, IMGA_NOTE_SKIPPED));
        cr_expect(ia_rootfs_exists(fs, &t.env, "x/y/z/1"));
        cr_expect_eq(ia_rootfs_exists(fs, &t.env, "l/1/2"), false);
        cr_expect_eq(ia_rootfs_exists(fs, &t.env, "l/5/6"), limit == 5);
        cr_expect_eq(ia_rootfs_exists(fs, &t.env, "l/5/6/7"), false);
        ia_rootfs_free(fs);
        layers_free(&layers);
        test_env_close(&t);
    }
}

Test(rootfs, links_limit)
{
    for (uint64_t limit = 40; limit <= 41; limit++) {
        struct test_env t;
        struct layers layers = {.n = 0};
        char text[4096] = "f l41/status 1\n", line[64];
        test_env_open(&t);
        t.limits.links = limit;
        for (int i = 0; i < 41; i++) {
            snprintf(line, sizeof(line), i ? "l l%d l%d\n" : "l db l%d\n", i ? i : 1, i + 1);
            strcat(text, line);
        }
        layers_add(&layers, text);
        struct ia_rootfs *fs = layers_view(&t, &layers, wants, WANTS);
        cr_assert_not_null(fs);
        struct ia_file file = layers_look(fs, &t, "db/status");
        cr_expect_eq(file.state, limit == 41 ? IA_FILE_CONTENT : IA_FILE_OTHER);
        cr_expect_eq(test_has_note(&t, IMGA_NOTE_LINK_LOOP), limit == 40);
        ia_rootfs_free(fs);
        layers_free(&layers);
        test_env_close(&t);
    }
}

Test(rootfs, content_limits)
{
    static const struct {
        uint64_t file, kept;
        int status;
        enum ia_file_state state;
        const char *text;
    } cases[] = {
        {6, 6, 0, IA_FILE_CONTENT, "123456"},     {5, 6, 0, IA_FILE_PARTIAL, "12345"}, {0, 6, 0, IA_FILE_PARTIAL, ""},
        {6, 5, IMGA_E_LIMIT, IA_FILE_ABSENT, ""}, {5, 5, 0, IA_FILE_PARTIAL, "12345"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct test_env t;
        struct tarball tar = {0};
        struct ia_rootfs *fs;
        test_env_open(&t);
        t.limits.file_bytes = cases[i].file;
        t.limits.kept_bytes = cases[i].kept;
        tarball_file(&tar, "db/status", "123456");
        tarball_file(&tar, "unwanted", "more than any limit of this test");
        tarball_end(&tar);
        cr_assert_eq(apply_tar(&t, &tar, i % 2 ? 1 : 4096, &fs), cases[i].status, "case %zu", i);
        if (cases[i].status == 0) {
            struct ia_file file = layers_look(fs, &t, "db/status");
            cr_expect_eq(file.state, cases[i].state, "case %zu", i);
            cr_expect(ia_str_is(file.content, cases[i].text), "case %zu", i);
            cr_expect_eq(test_has_note(&t, IMGA_NOTE_SKIPPED), cases[i].state == IA_FILE_PARTIAL);
        }
        ia_rootfs_free(fs);
        tarball_free(&tar);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

/* The limit is for what is kept at one time: contents that another layer replaced do not count. */
Test(rootfs, replaced_contents_are_freed)
{
    struct test_env t;
    struct layers layers = {.n = 0};
    test_env_open(&t);
    t.limits.kept_bytes = 10;
    layers_add(&layers, "f db/status 1234567890\n");
    layers_add(&layers, "f db/status abcdefghij\n");
    layers_add(&layers, "f db/.wh.status\nf etc/os-release ABCDEFGHIJ\n");
    struct ia_rootfs *fs = layers_view(&t, &layers, wants, WANTS);
    cr_assert_not_null(fs, "%s", t.env.error.message);
    cr_expect(ia_str_is(layers_look(fs, &t, "etc/os-release").content, "ABCDEFGHIJ"));
    cr_expect_eq(fs->tree.kept, 10);
    ia_rootfs_free(fs);
    layers_free(&layers);
    test_env_close(&t);
}

/* Names may take as much as contents, but at least 1 MiB. */
Test(rootfs, names_limit)
{
    enum { NAMES = 1024 * 1024 / 64 };
    for (int over = 0; over < 2; over++) {
        struct test_env t;
        struct large large = {0};
        struct tarball one = {0};
        struct ia_rootfs *fs;
        char name[80];
        test_env_open(&t);
        t.limits.kept_bytes = 1000;
        for (int i = 0; i < NAMES; i++) {
            snprintf(name, sizeof(name), "%064d%s", i, over && i == NAMES - 1 ? "x" : "");
            tarball_file(&one, name, "");
            large_take(&large, &one);
        }
        cr_expect_eq(apply_tar(&t, &large.tar, 1 << 18, &fs), over ? IMGA_E_LIMIT : 0);
        cr_expect_eq(strstr(t.env.error.message, "kept_bytes") != NULL, over);
        cr_expect_eq(fs->tree.live, NAMES - over);
        cr_expect_eq(fs->tree.free_node != IA_NONE, over);
        ia_rootfs_free(fs);
        tarball_free(&one);
        tarball_free(&large.tar);
        test_env_close(&t);
    }
}

Test(rootfs, steps_are_limited)
{
    for (uint64_t limit = 31; limit <= 32; limit++) { /* times 8: 248, 256; 250 are needed */
        struct test_env t;
        struct layers layers = {.n = 0};
        char text[8192] = "l l a/a/a/a/a/a/a/a/a/a\nd a/a/a/a/a/a/a/a/a/a\n";
        struct ia_rootfs *fs;
        test_env_open(&t);
        t.limits.image_entries = limit;
        for (int i = 0; i < 24; i++)
            strcat(text, "f l/x 1\n"); /* ten steps each */
        layers_add(&layers, text);
        cr_assert_eq(ia_rootfs_new(&t.env, wants, WANTS, &fs), 0);
        int status = layers_apply(fs, &t, &layers, 0, 4096);
        cr_expect_eq(status, 0, "%s", t.env.error.message);
        struct layers more = {.n = 0};
        layers_add(&more, "f l/x 1\n");
        struct ia_reader *reader = test_chunks(more.tar[0].p, more.tar[0].n, 4096);
        status = ia_rootfs_apply_stream(fs, &t.env, 1, reader);
        ia_reader_close(reader);
        cr_expect_eq(status, limit == 31 ? IMGA_E_LIMIT : 0, "%llu: %s", (unsigned long long)limit,
                     t.env.error.message);
        ia_rootfs_free(fs);
        layers_free(&layers);
        layers_free(&more);
        test_env_close(&t);
    }
}
