/* SPDX-License-Identifier: Apache-2.0 */
/* Limits, size, second readings, failures: what the view does when there is much, little, or no memory. */
#include "layers.h"
#include "rootfs/view.h"

#include <criterion/criterion.h>
#include <imgassure/status.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct ia_want wants[] = {{"db/status", NULL}, {"info", ".list"}, {"etc/os-release", NULL}};
enum { WANTS = sizeof(wants) / sizeof(wants[0]) };

/* Applies one archive to a new view; returns the status. */
static int apply_tar(struct test_env *t, const struct tarball *tar, size_t step, struct ia_rootfs **out)
{
    struct ia_reader *reader = test_chunks(tar->p, tar->n, step);
    cr_assert_eq(ia_rootfs_new(&t->env, wants, WANTS, out), 0);
    int status = ia_rootfs_apply(*out, &t->env, 0, reader);
    ia_reader_close(reader);
    return status;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct ia_file look(struct ia_rootfs *fs, struct test_env *t, const char *path)
{
    struct ia_file file;
    cr_assert_eq(ia_rootfs_file(fs, &t->env, path, &file), 0, "%s", t->env.error.message);
    return file;
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
        cr_expect_eq(look(fs, &t, "db/status").state, cases[i].skipped ? IA_FILE_ABSENT : IA_FILE_CONTENT);
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
        layers_add(&layers, "f x/y/z/f 1\nl l x/y/z\nf l/1/2 2\nf l/1 3\n");
        struct ia_rootfs *fs = layers_view(&t, &layers, wants, WANTS);
        cr_assert_not_null(fs);
        cr_expect_eq(test_has_note(&t, IMGA_NOTE_SKIPPED), limit == 4);
        cr_expect(ia_rootfs_exists(fs, &t.env, "x/y/z/1"));
        cr_expect_eq(ia_rootfs_exists(fs, &t.env, "l/1/2"), false);
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
        struct ia_file file = look(fs, &t, "db/status");
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
        cr_assert_eq(apply_tar(&t, &tar, 1, &fs), cases[i].status, "case %zu", i);
        if (cases[i].status == 0) {
            struct ia_file file = look(fs, &t, "db/status");
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

/* The limit is for what is kept at one time: replaced contents do not count. */
Test(rootfs, replaced_contents_are_freed)
{
    struct test_env t;
    struct layers layers = {.n = 0};
    test_env_open(&t);
    t.limits.kept_bytes = 10;
    layers_add(&layers, "f db/status 1234567890\nf db/status 0987654321\n");
    layers_add(&layers, "f db/status abcdefghij\n");
    layers_add(&layers, "f db/.wh.status\nf etc/os-release ABCDEFGHIJ\n");
    struct ia_rootfs *fs = layers_view(&t, &layers, wants, WANTS);
    cr_assert_not_null(fs, "%s", t.env.error.message);
    cr_expect(ia_str_is(look(fs, &t, "etc/os-release").content, "ABCDEFGHIJ"));
    cr_expect_eq(fs->tree.kept, 10);
    ia_rootfs_free(fs);
    layers_free(&layers);
    test_env_close(&t);
}

Test(rootfs, content_knows_its_layer_and_path)
{
    struct test_env t;
    struct layers layers = {.n = 0};
    test_env_open(&t);
    layers_add(&layers, "f x 0\n");
    layers_add(&layers, "f opt/db/status 1\n");
    layers_add(&layers, "l db opt/db\n");
    layers_add(&layers, "h etc/os-release x\n");
    struct ia_rootfs *fs = layers_view(&t, &layers, wants, WANTS);
    cr_assert_not_null(fs);
    struct ia_file file = look(fs, &t, "db/status");
    cr_expect(ia_str_is(file.path, "opt/db/status"));
    cr_expect_eq(file.layer, 1);
    cr_expect(file.linked);
    file = look(fs, &t, "etc/os-release");
    cr_expect(ia_str_is(file.path, "etc/os-release"));
    cr_expect_eq(file.layer, 0);
    cr_expect(file.linked);
    cr_expect_eq(ia_rootfs_entries(fs), 4);
    ia_rootfs_free(fs);
    layers_free(&layers);
    test_env_close(&t);
}

Test(rootfs, generation_follows_wanted_files)
{
    static const struct {
        const char *layer;
        bool changes;
    } steps[] = {
        {"f db/status 1\n", true},
        {"f usr/bin/tool 1\nl usr/bin/t tool\nd db\nf db/other 1\n", false},
        {"f db/status 1\n", true}, /* the same text again is a new file */
        {"f usr/bin/.wh.tool\n", false},
        {"f info/a.list 1\n", true},
        {"f info/a.md5 1\n", false},
        {"l opt/info ../info\n", false},
        {"f info/.wh.a.list\n", true},
        {"f etc2/os-release 1\n", false},
        {"l etc etc2\n", true},
        {"f etc2/os-release 2\n", true},
        {"f .wh.etc\n", true},
        {"f .wh.db\n", true},
        {"", false},
    };
    struct test_env t;
    struct layers layers = {.n = 0};
    struct ia_rootfs *fs;
    test_env_open(&t);
    cr_assert_eq(ia_rootfs_new(&t.env, wants, WANTS, &fs), 0);
    layers_add(&layers, "");
    cr_assert_eq(layers_apply(fs, &t, &layers, 0, 4096), 0);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        uint64_t before = ia_rootfs_generation(fs);
        struct layers one = {.n = 0};
        layers_add(&one, steps[i].layer);
        struct ia_reader *reader = test_chunks(one.tar[0].p, one.tar[0].n, 4096);
        cr_assert_eq(ia_rootfs_apply(fs, &t.env, (uint32_t)i + 1, reader), 0);
        ia_reader_close(reader);
        cr_expect_eq(ia_rootfs_generation(fs) != before, steps[i].changes, "step %zu", i);
        layers_free(&one);
    }
    ia_rootfs_free(fs);
    layers_free(&layers);
    test_env_close(&t);
}

/* Layer 0 is fetched for what a link in layer 1 made wanted; nothing is asked for twice. */
Test(rootfs, pending_names_the_layer)
{
    struct test_env t;
    struct layers layers = {.n = 0};
    struct ia_rootfs *fs;
    uint32_t layer = 99;
    test_env_open(&t);
    layers_add(&layers, "f opt/i/a.list 1\nf opt/i/b.list 2\nf opt/i/c 3\n");
    layers_add(&layers, "l info opt/i\n");
    cr_assert_eq(ia_rootfs_new(&t.env, wants, WANTS, &fs), 0);
    for (uint32_t i = 0; i < 2; i++) {
        struct ia_reader *reader = test_chunks(layers.tar[i].p, layers.tar[i].n, 100);
        cr_assert_eq(ia_rootfs_apply(fs, &t.env, i, reader), 0);
        ia_reader_close(reader);
        cr_expect_eq(ia_rootfs_pending(fs, &t.env, &layer), i == 1, "layer %u", i);
    }
    cr_expect_eq(layer, 0);
    struct ia_reader *other = test_chunks(layers.tar[1].p, layers.tar[1].n, 100);
    cr_expect_eq(ia_rootfs_fetch(fs, &t.env, 0, other), 0, "a layer that lost its files is no failure");
    ia_reader_close(other);
    cr_expect_eq(ia_rootfs_pending(fs, &t.env, &layer), 0, "but is not asked for again");
    cr_expect(test_has_note(&t, IMGA_NOTE_SKIPPED));
    ia_rootfs_free(fs);
    layers_free(&layers);
    test_env_close(&t);
}

Test(rootfs, damage_is_reported_with_its_place)
{
    struct test_env t;
    struct tarball tar = {0};
    struct ia_rootfs *fs;
    test_env_open(&t);
    tarball_file(&tar, "a", "1");
    tarball_add(&tar, &(struct tar_member){.name = "b", .bad_checksum = 1});
    cr_expect_lt(apply_tar(&t, &tar, 512, &fs), 0);
    cr_expect_str_eq(t.env.error.where, "layer 0");
    cr_expect_eq(t.env.error.offset, 1024);
    ia_rootfs_free(fs);
    tarball_free(&tar);
    test_env_close(&t);
}

Test(rootfs, trailing_data_and_missing_end)
{
    for (int with_end = 0; with_end < 2; with_end++) {
        struct test_env t;
        struct tarball tar = {0};
        struct ia_rootfs *fs;
        test_env_open(&t);
        tarball_file(&tar, "db/status", "1");
        if (with_end) {
            tarball_end(&tar);
            tarball_file(&tar, "etc/os-release", "1");
        }
        cr_expect_eq(apply_tar(&t, &tar, 512, &fs), 0);
        cr_expect_eq(test_has_note(&t, IMGA_NOTE_TRAILING), with_end);
        cr_expect_eq(ia_notes_count(&t.notes), with_end);
        cr_expect_eq(look(fs, &t, "db/status").state, IA_FILE_CONTENT);
        cr_expect_eq(look(fs, &t, "etc/os-release").state, IA_FILE_ABSENT);
        ia_rootfs_free(fs);
        tarball_free(&tar);
        test_env_close(&t);
    }
}

Test(rootfs, sparse_files_are_not_read)
{
    struct test_env t;
    struct tarball tar = {0};
    struct ia_rootfs *fs;
    test_env_open(&t);
    tarball_pax(&tar, "GNU.sparse.map", "0,1");
    tarball_file(&tar, "db/status", "1");
    tarball_end(&tar);
    cr_expect_eq(apply_tar(&t, &tar, 512, &fs), 0, "%s", t.env.error.message);
    cr_expect_eq(look(fs, &t, "db/status").state, IA_FILE_OTHER);
    cr_expect(test_has_note(&t, IMGA_NOTE_SKIPPED));
    ia_rootfs_free(fs);
    tarball_free(&tar);
    test_env_close(&t);
}

/* One note of a kind per layer, however many entries ask for it. */
Test(rootfs, notes_do_not_flood)
{
    struct test_env t;
    struct layers layers = {.n = 0};
    static char text[30000];
    char line[64];
    test_env_open(&t);
    for (int i = 0; i < 500; i++) {
        snprintf(line, sizeof(line), "f /../x\x1b%d 1\nf .wh..%s\n", i, i % 2 ? "" : ".");
        strcat(text, line);
    }
    layers_add(&layers, text);
    layers_add(&layers, text);
    struct ia_rootfs *fs = layers_view(&t, &layers, wants, WANTS);
    cr_assert_not_null(fs);
    cr_expect_eq(ia_notes_count(&t.notes), 6);
    cr_expect_str_eq(ia_notes_at(&t.notes, 0)->where, "layer 0: /../x\\u{1b}0");
    ia_rootfs_free(fs);
    layers_free(&layers);
    test_env_close(&t);
}

/* ---- size ---- */

static void expect_quick(double start, double most, const char *what)
{
    double took = seconds() - start;
#ifdef __SANITIZE_ADDRESS__
    most *= 10;
#endif
    cr_expect_lt(took, most, "%s took %.2f s", what, took);
}

Test(rootfs, many_entries)
{
    enum { COUNT = 400000 };
    struct test_env t;
    struct large large = {0};
    struct tarball one = {0};
    struct ia_rootfs *fs;
    char name[32];
    test_env_open(&t);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof(name), "t/%d", i);
        tarball_file(&one, name, "");
        large_take(&large, &one);
    }
    double start = seconds();
    cr_expect_eq(apply_tar(&t, &large.tar, 1 << 18, &fs), 0, "%s", t.env.error.message);
    expect_quick(start, 2.0, "400,000 files");
    size_t bytes = fs->tree.nodes.capacity * sizeof(struct ia_node) + fs->tree.text.capacity +
                   fs->tree.bucket_count * sizeof(uint32_t);
    cr_expect_leq(bytes, (size_t)COUNT * 100, "%zu bytes for %d nodes", bytes, COUNT);
    ia_rootfs_free(fs);
    tarball_free(&one);
    tarball_free(&large.tar);
    test_env_close(&t);
}

Test(rootfs, deep_directories)
{
    struct test_env t;
    struct large large = {0};
    struct tarball one = {0};
    struct ia_rootfs *fs;
    char *name = calloc(1, 7000);
    test_env_open(&t);
    tarball_file(&one, "db/status", "1");
    for (int i = 0; i < 3000; i++) {
        strcpy(name + 2 * i, "d/");
        tarball_pax(&one, "path", name);
        tarball_dir(&one, "d");
        large_take(&large, &one);
    }
    tarball_end(&one);
    large_take(&large, &one);
    for (int high = 0; high < 2; high++) {
        double start = seconds();
        test_env_reset(&t);
        t.limits.path_bytes = high ? 100000 : 4096;
        t.limits.path_components = high ? 100000 : 512;
        cr_expect_eq(apply_tar(&t, &large.tar, 1 << 18, &fs), 0);
        expect_quick(start, 2.0, "3,000 directories");
        cr_expect_eq(ia_notes_count(&t.notes), !high);
        cr_expect_eq(look(fs, &t, "db/status").state, IA_FILE_CONTENT);
        cr_expect_eq(fs->tree.live, high ? 3002 : 514);
        ia_rootfs_free(fs);
    }
    free(name);
    tarball_free(&one);
    tarball_free(&large.tar);
    test_env_close(&t);
}

Test(rootfs, hard_link_fan)
{
    struct test_env t;
    struct large large = {0};
    struct tarball one = {0};
    struct ia_rootfs *fs;
    char name[32];
    test_env_open(&t);
    tarball_file(&one, "info/a.list", "content");
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof(name), "info/%d.list", i);
        tarball_hardlink(&one, name, "info/a.list");
        large_take(&large, &one);
    }
    tarball_end(&one);
    large_take(&large, &one);
    double start = seconds();
    cr_expect_eq(apply_tar(&t, &large.tar, 1 << 18, &fs), 0);
    expect_quick(start, 1.0, "20,000 hard links");
    cr_expect_eq(fs->tree.kept, 7);
    cr_expect_eq(fs->tree.bodies.n, 1);
    ia_rootfs_free(fs);
    tarball_free(&one);
    tarball_free(&large.tar);
    test_env_close(&t);
}

Test(rootfs, symlink_maze)
{
    struct test_env t;
    struct layers layers = {.n = 0};
    char text[8192] = "f db/status 1\nd m/l30\nl info ../m/l0/a/a/a/a/a/a/a/a/a/a\n", line[128];
    test_env_open(&t);
    for (int i = 0; i < 30; i++) {
        snprintf(line, sizeof(line), "d m/l%d\nl m/l%d/a ../l%d\nl m/l%d/b ../l%d\n", i, i, i + 1, i, i + 1);
        strcat(text, line);
    }
    layers_add(&layers, text);
    double start = seconds();
    struct ia_rootfs *fs = layers_view(&t, &layers, wants, WANTS);
    cr_assert_not_null(fs);
    expect_quick(start, 0.5, "the maze");
    cr_expect(ia_rootfs_exists(fs, &t.env, "m/l0/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b"));
    ia_rootfs_free(fs);
    layers_free(&layers);
    test_env_close(&t);
}

/* The same directory whited out again and again must not be walked again and again. */
Test(rootfs, repeated_whiteouts)
{
    struct test_env t;
    struct large large = {0};
    struct tarball one = {0};
    struct ia_rootfs *fs;
    char name[32];
    test_env_open(&t);
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof(name), "t/%d", i);
        tarball_file(&one, name, "");
        large_take(&large, &one);
    }
    for (int i = 0; i < 20000; i++) {
        tarball_file(&one, i % 2 ? ".wh.t" : "t/.wh..wh..opq", "");
        large_take(&large, &one);
    }
    tarball_end(&one);
    large_take(&large, &one);
    double start = seconds();
    cr_expect_eq(apply_tar(&t, &large.tar, 1 << 18, &fs), 0);
    expect_quick(start, 1.0, "20,000 whiteouts");
    cr_expect_eq(fs->tree.live, 20001);
    ia_rootfs_free(fs);
    tarball_free(&one);
    tarball_free(&large.tar);
    test_env_close(&t);
}

/* Links written again and again leave dead text behind, which is given back. */
Test(rootfs, dead_text_is_compacted)
{
    struct test_env t;
    struct large large = {0};
    struct tarball one = {0};
    struct ia_rootfs *fs;
    char target[3001];
    test_env_open(&t);
    memset(target, 'x', sizeof(target));
    target[sizeof(target) - 1] = '\0';
    for (int i = 0; i < 4000; i++) {
        tarball_pax(&one, "linkpath", target);
        tarball_link(&one, i % 2 ? "some/link" : "another", "short");
        large_take(&large, &one);
    }
    tarball_file(&one, "db/status", "1");
    tarball_end(&one);
    large_take(&large, &one);
    cr_expect_eq(apply_tar(&t, &large.tar, 1 << 18, &fs), 0);
    cr_expect_lt(fs->tree.text.capacity, 4 << 20);
    cr_expect_eq(fs->tree.text_live, 6000 + strlen("some"
                                                   "link"
                                                   "another"
                                                   "db"
                                                   "status"));
    cr_expect(ia_rootfs_exists(fs, &t.env, "db/status"));
    cr_expect(ia_rootfs_exists(fs, &t.env, "some"));
    uint32_t link = ia_tree_find(&fs->tree, IA_ROOT, IA_STR("another"));
    cr_assert_neq(link, IA_NONE);
    cr_expect(ia_str_is(ia_tree_text(&fs->tree, ia_tree_node(&fs->tree, link)->u.link.at, 3000), target));
    ia_rootfs_free(fs);
    tarball_free(&one);
    tarball_free(&large.tar);
    test_env_close(&t);
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
        status = ia_rootfs_apply(fs, &t.env, 1, reader);
        ia_reader_close(reader);
        cr_expect_eq(status, limit == 31 ? IMGA_E_LIMIT : 0, "%llu: %s", (unsigned long long)limit,
                     t.env.error.message);
        ia_rootfs_free(fs);
        layers_free(&layers);
        layers_free(&more);
        test_env_close(&t);
    }
}

/* ---- failures ---- */

static const char *const sweep_layers[] = {
    "d db\nf db/status 1\nl info opt/info\nf opt/info/a.list 2\nf etc/os-release 3\nf x/y/z 4\n",
    "f .wh.x\nh db/status2 db/status\nf opt/info/b.list 5\nl etc/os-release ../usr/os\nf usr/os 6\n",
    "f db/.wh..wh..opq\nf db/status 7\nf /bad/../name\x1b 1\nh lost nowhere\n",
};

static int count_files(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    (void)env;
    (void)name;
    *(size_t *)user += file->content.n;
    return 0;
}

/* Everything once; the result as one number, or a status. */
static int whole_run(struct test_env *t, const struct layers *layers, size_t step)
{
    struct ia_rootfs *fs = NULL;
    struct ia_file file;
    size_t bytes = 0;
    int status = ia_rootfs_new(&t->env, wants, WANTS, &fs);
    for (size_t i = 0; status >= 0 && i < layers->n; i++)
        status = layers_apply(fs, t, layers, i, step);
    if (status >= 0)
        status = ia_rootfs_files(fs, &t->env, &wants[1], count_files, &bytes);
    if (status >= 0)
        status = ia_rootfs_file(fs, &t->env, "db/status", &file);
    if (status >= 0)
        bytes += file.content.n * 100;
    if (status >= 0)
        status = ia_rootfs_file(fs, &t->env, "etc/os-release", &file);
    if (status >= 0)
        bytes += file.content.n * 1000;
    ia_rootfs_free(fs);
    return status < 0 ? status : (int)bytes;
}

Test(rootfs, chunk_sizes_do_not_matter)
{
    struct layers layers = {.n = 0};
    for (size_t i = 0; i < 3; i++)
        layers_add(&layers, sweep_layers[i]);
    for (size_t step = 1; step < 2000; step = step < 4 ? step + 1 : step * 3) {
        struct test_env t;
        test_env_open(&t);
        cr_expect_eq(whole_run(&t, &layers, step), 1102, "%zu: %s", step, t.env.error.message);
        test_env_close(&t);
    }
    layers_free(&layers);
}

Test(rootfs, out_of_memory_sweep)
{
    struct layers layers = {.n = 0};
    for (size_t i = 0; i < 3; i++)
        layers_add(&layers, sweep_layers[i]);
    for (int forever = 0; forever < 2; forever++) {
        int status = IMGA_E_NOMEM;
        size_t failures = 0;
        for (size_t n = 1; status != 1102; n++) {
            struct test_env t;
            cr_assert_lt(n, 5000);
            test_env_open(&t);
            t.fail_at = n;
            t.fail_on = forever;
            status = whole_run(&t, &layers, 4096);
            cr_assert(status == IMGA_E_NOMEM || status == 1102, "allocation %zu: %d", n, status);
            cr_assert_eq(t.env.error.status, status < 0 ? status : 0);
            failures += status < 0;
            if (t.count < n)
                cr_assert_eq(status, 1102);
            else
                status = IMGA_E_NOMEM; /* it went without: on to the next */
            test_env_close(&t);
            cr_assert_eq(t.live, 0, "allocation %zu leaks", n);
        }
        cr_expect_gt(failures, 20);
    }
    layers_free(&layers);
}

Test(rootfs, reader_failures_pass)
{
    struct layers layers = {.n = 0};
    layers_add(&layers, sweep_layers[0]);
    for (size_t size = 0; size < layers.tar[0].n; size += 509) {
        struct test_env t;
        struct ia_rootfs *fs;
        struct ia_reader *reader = test_broken(layers.tar[0].p, size, IMGA_E_DIGEST);
        test_env_open(&t);
        cr_assert_eq(ia_rootfs_new(&t.env, wants, WANTS, &fs), 0);
        cr_expect_eq(ia_rootfs_apply(fs, &t.env, 0, reader), IMGA_E_DIGEST, "%zu", size);
        ia_reader_close(reader);
        ia_rootfs_free(fs);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
    layers_free(&layers);
}

Test(rootfs, cancelling)
{
    struct layers layers = {.n = 0};
    struct test_env t;
    struct ia_rootfs *fs;
    layers_add(&layers, sweep_layers[0]);
    test_env_open(&t);
    atomic_store(&t.cancel.flag, 1);
    cr_assert_eq(ia_rootfs_new(&t.env, wants, WANTS, &fs), 0);
    cr_expect_eq(layers_apply(fs, &t, &layers, 0, 4096), IMGA_E_CANCELLED);
    ia_rootfs_free(fs);
    layers_free(&layers);
    test_env_close(&t);
}
