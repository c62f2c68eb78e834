/* SPDX-License-Identifier: Apache-2.0 */
/* Which contents are there, when they are read, what is said about them. */
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
    struct ia_file file = layers_look(fs, &t, "db/status");
    cr_expect(ia_str_is(file.path, "opt/db/status"));
    cr_expect_eq(file.layer, 1);
    cr_expect(file.linked);
    file = layers_look(fs, &t, "etc/os-release");
    cr_expect(ia_str_is(file.path, "etc/os-release"));
    cr_expect_eq(file.layer, 0);
    cr_expect(file.linked);
    cr_expect_eq(ia_rootfs_entries(fs), 4);
    cr_expect_gt(fs->paths.bytes, 0);
    layers_add(&layers, "");
    cr_expect_eq(layers_apply(fs, &t, &layers, 4, 4096), 0);
    cr_expect_eq(fs->paths.bytes, 0, "paths live until the view changes");
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
        cr_assert_eq(layers_apply_text(fs, &t, (uint32_t)i + 1, steps[i].layer), 0);
        cr_expect_eq(ia_rootfs_generation(fs) != before, steps[i].changes, "step %zu", i);
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
        cr_assert_eq(ia_rootfs_apply_stream(fs, &t.env, i, reader), 0);
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

Test(rootfs, pending_comes_and_goes)
{
    static const struct {
        const char *layer;
        int pending; /* the lowest layer, -1: none */
    } steps[] = {
        {"f opt/s 1\n", -1},        {"f opt/a 1\nl db opt\n", -1},
        {"f db/status 2\n", -1}, /* written by its wanted name: read at once, wherever it lands */
        {"h db/status opt/a\n", 1}, {"h etc/os-release opt/s\n", 0},
        {"f opt/status 4\n", 0},    {"f etc/.wh.os-release\n", 5},
        {"f .wh.db\n", -1},
    };
    struct test_env t;
    struct ia_rootfs *fs;
    test_env_open(&t);
    cr_assert_eq(ia_rootfs_new(&t.env, wants, WANTS, &fs), 0);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        uint32_t layer = 99;
        cr_assert_eq(layers_apply_text(fs, &t, (uint32_t)i, steps[i].layer), 0, "step %zu", i);
        int pending = ia_rootfs_pending(fs, &t.env, &layer) ? (int)layer : -1;
        cr_expect_eq(pending, steps[i].pending, "step %zu: layer %d", i, pending);
    }
    ia_rootfs_free(fs);
    test_env_close(&t);
}

Test(rootfs, fetching_changes_the_generation)
{
    struct test_env t;
    struct layers layers = {.n = 0};
    struct ia_rootfs *fs;
    test_env_open(&t);
    layers_add(&layers, "f opt/s 1\nl db opt\nh opt/status opt/s\n");
    cr_assert_eq(ia_rootfs_new(&t.env, wants, WANTS, &fs), 0);
    cr_assert_eq(layers_apply_text(fs, &t, 0, "f opt/s 1\nl db opt\nh opt/status opt/s\n"), 0);
    uint64_t generation = ia_rootfs_generation(fs);
    cr_expect_eq(layers_look(fs, &t, "db/status").state, IA_FILE_OTHER);
    struct ia_reader *reader = test_chunks(layers.tar[0].p, layers.tar[0].n, 4096);
    cr_assert_eq(ia_rootfs_fetch(fs, &t.env, 0, reader), 0);
    ia_reader_close(reader);
    cr_expect_eq(layers_look(fs, &t, "db/status").state, IA_FILE_CONTENT);
    cr_expect_neq(ia_rootfs_generation(fs), generation);
    ia_rootfs_free(fs);
    layers_free(&layers);
    test_env_close(&t);
}

static int check_next(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    char expected[16];
    int *next = user;
    (void)env;
    snprintf(expected, sizeof(expected), "%03d.list", *next % 1000);
    cr_expect(ia_str_is(name, expected), "%.*s, not %s", (int)name.n, name.p, expected);
    cr_expect_eq(file->state, IA_FILE_CONTENT);
    cr_expect(ia_str_is(file->content, expected), "%s", expected);
    return ++*next == 400 ? -77 : 0;
}

/* Many names in a scrambled order, read again behind a link, come out sorted; a callback ends the listing. */
Test(rootfs, listing_is_sorted)
{
    struct test_env t;
    struct layers layers = {.n = 0};
    char text[32768] = "", line[64];
    int next = 0;
    test_env_open(&t);
    for (int i = 0; i < 500; i++) {
        int k = i * 211 % 500;
        snprintf(line, sizeof(line), "f opt/%03d.list %03d.list\n", k, k);
        strcat(text, line);
    }
    layers_add(&layers, text);
    layers_add(&layers, "l info opt\n");
    struct ia_rootfs *fs = layers_view(&t, &layers, wants, WANTS);
    cr_assert_not_null(fs);
    cr_expect_eq(ia_rootfs_files(fs, &t.env, &wants[1], check_next, &next), -77);
    cr_expect_eq(next, 400);
    ia_rootfs_free(fs);
    layers_free(&layers);
    test_env_close(&t);
}

Test(rootfs, unwanted_data_is_not_kept)
{
    struct test_env t;
    struct ia_rootfs *fs;
    test_env_open(&t);
    cr_assert_eq(ia_rootfs_new(&t.env, wants, WANTS, &fs), 0);
    cr_assert_eq(
        layers_apply_text(fs, &t, 0, "f db 1\nf info 2\nf status 3\nf etc/os 4\nf x/db/status 5\nf info2/a.list 6\n"),
        0);
    cr_expect_eq(fs->tree.kept, 0);
    cr_expect_eq(fs->tree.bodies.n, 0);
    ia_rootfs_free(fs);
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
        cr_expect_eq(layers_look(fs, &t, "db/status").state, IA_FILE_CONTENT);
        cr_expect_eq(layers_look(fs, &t, "etc/os-release").state, IA_FILE_ABSENT);
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
    cr_expect_eq(layers_look(fs, &t, "db/status").state, IA_FILE_OTHER);
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
