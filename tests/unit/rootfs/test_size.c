/* SPDX-License-Identifier: Apache-2.0 */
/* Much of everything in little time and memory. */
#include "layers.h"
#include "rootfs/view.h"

#include <criterion/criterion.h>
#include <imgassure/status.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct ia_want wants[] = {{"db/status", NULL}, {"info", ".list"}, {"etc/os-release", NULL}};
enum { WANTS = sizeof(wants) / sizeof(wants[0]) };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void expect_quick(double start, double most, const char *what)
{
    double took = seconds() - start;
#ifdef __SANITIZE_ADDRESS__
    most *= 10;
#endif
    cr_expect_lt(took, most, "%s took %.2f s", what, took);
}

/* Applies one archive to a new view; returns the status. */
static int apply_tar(struct test_env *t, const struct tarball *tar, size_t step, struct ia_rootfs **out)
{
    cr_assert_eq(ia_rootfs_new(&t->env, wants, WANTS, out), 0);
    return layers_apply_tar(*out, t, 0, tar, step);
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
        cr_expect_eq(layers_look(fs, &t, "db/status").state, IA_FILE_CONTENT);
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
    struct layers lower = {.n = 0};
    char name[32];
    test_env_open(&t);
    for (int i = 0; i < 40000; i++) {
        snprintf(name, sizeof(name), "t/%d", i);
        tarball_file(&one, i < 20000 ? name : i % 2 ? ".wh.t" : "t/.wh..wh..opq", "");
        large_take(&large, &one);
    }
    layers_add(&lower, "f t/old 1\n");
    struct ia_rootfs *fs = layers_view(&t, &lower, wants, WANTS);
    for (uint32_t layer = 1; layer < 3; layer++) {
        struct ia_reader *reader = test_chunks(large.tar.p, large.tar.n, 1 << 18);
        double start = seconds();
        cr_expect_eq(ia_rootfs_apply_stream(fs, &t.env, layer, reader), 0);
        expect_quick(start, 1.0, "20,000 whiteouts");
        ia_reader_close(reader);
        cr_expect_eq(fs->tree.live, 20001);
    }
    ia_rootfs_free(fs);
    layers_free(&lower);
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
    tarball_link(&one, "first", "target");
    for (int i = 0; i < 4000; i++) {
        memset(target, 'a' + i % 26, sizeof(target) - 1);
        tarball_pax(&one, "linkpath", target);
        tarball_link(&one, i % 2 ? "some/link" : "another", "short");
        large_take(&large, &one);
    }
    tarball_file(&one, "db/status", "1");
    tarball_end(&one);
    large_take(&large, &one);
    cr_expect_eq(apply_tar(&t, &large.tar, 1 << 18, &fs), 0);
    cr_expect_lt(fs->tree.text.capacity, 4 << 20);
    cr_expect_eq(fs->tree.text_live, 6000 + strlen("firsttargetsome"
                                                   "link"
                                                   "another"
                                                   "db"
                                                   "status"));
    cr_expect(ia_rootfs_exists(fs, &t.env, "db/status"));
    cr_expect(ia_rootfs_exists(fs, &t.env, "some"));
    uint32_t link = ia_tree_find(&fs->tree, IA_ROOT, IA_STR("first"));
    cr_assert_neq(link, IA_NONE);
    cr_expect(ia_str_is(ia_tree_text(&fs->tree, ia_tree_node(&fs->tree, link)->u.link.at, 6), "target"));
    link = ia_tree_find(&fs->tree, IA_ROOT, IA_STR("another"));
    cr_assert_neq(link, IA_NONE);
    memset(target, 'a' + 3998 % 26, sizeof(target) - 1);
    cr_expect(ia_str_is(ia_tree_text(&fs->tree, ia_tree_node(&fs->tree, link)->u.link.at, 3000), target));
    ia_rootfs_free(fs);
    tarball_free(&one);
    tarball_free(&large.tar);
    test_env_close(&t);
}
