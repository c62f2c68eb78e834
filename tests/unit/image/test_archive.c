/* SPDX-License-Identifier: Apache-2.0 */
/* The table of contents of an outer archive: names, links, duplicates, limits. */
#include "image/spool.h"
#include "pipe_case.h"
#include "tarball.h"

#include <criterion/criterion.h>

static const struct {
    const char *base, *path;
    int status;
    const char *plain;
} joins[] = {
    {"", "a", IMGA_OK, "a"},
    {"", "./a", IMGA_OK, "a"},
    {"", "././a//b/", IMGA_OK, "a/b"},
    {"", ".", IMGA_OK, ""},
    {"", "", IMGA_OK, ""},
    {"x", "a", IMGA_OK, "x/a"},
    {"x", "../a", IMGA_OK, "a"},
    {"x/y", "../../a", IMGA_OK, "a"},
    {"x/y", "..", IMGA_OK, "x"},
    {"x/y", "../../../a", IMGA_E_PATH, ""},
    {"", "..", IMGA_E_PATH, ""},
    {"", "a/../..", IMGA_E_PATH, ""},
    {"", "/a", IMGA_E_PATH, ""},
    {"x", "/", IMGA_E_PATH, ""},
    {"", "...", IMGA_OK, "..."},
    {"", "0123456789012345678", IMGA_E_LIMIT, ""},
};

Test(archive, paths_become_plain)
{
    struct test_env t;
    struct ia_buf buf;
    test_env_open(&t);
    ia_buf_init(&buf, &t.env.alloc, 16);
    for (size_t i = 0; i < IA_COUNT(joins); i++) {
        int status = ia_archive_join(&buf, ia_str_from(joins[i].base), ia_str_from(joins[i].path));
        cr_expect_eq(status, joins[i].status, "'%s' + '%s': %d", joins[i].base, joins[i].path, status);
        if (status == IMGA_OK)
            cr_expect(ia_str_is(ia_buf_view(&buf), joins[i].plain), "'%s' + '%s'", joins[i].base, joins[i].path);
    }
    ia_buf_free(&buf);
    cr_expect_eq(t.live, 0);
    test_env_close(&t);
}

/* Reads the table of contents of t. */
static int read_archive(struct test_env *t, const struct tarball *tarball, struct ia_archive *archive)
{
    struct ia_source *source = NULL;
    *archive = (struct ia_archive){.arena.bytes = 0};
    cr_assert_eq(ia_source_memory(&t->env, tarball->p, tarball->n, &source), IMGA_OK);
    int status = ia_archive_read(&t->env, source, archive);
    ia_source_unref(source);
    return status;
}

/* The same from a pipe, which gives single bytes. */
static int read_once(struct test_env *t, const struct tarball *tarball, struct ia_archive *archive)
{
    struct pipe_bytes bytes = {tarball->p, tarball->n, 0, 1, 0, 0};
    imga_stream_ops ops = pipe_ops(&bytes);
    struct ia_source *source = NULL;
    struct pipe_sink sink;
    pipe_sink_init(&sink);
    const struct ia_spooling spooling = {&sink.sink, IA_VERIFY_NONE};
    *archive = (struct ia_archive){.arena.bytes = 0};
    cr_assert_eq(ia_source_stream(&t->env, &ops, &source), IMGA_OK);
    int status = ia_spool_read(&t->env, source, &spooling, archive);
    ia_source_unref(source);
    cr_expect_eq(sink.count, 0, "none of these members is large");
    return status;
}

static const struct {
    const char *name;
    int status;
    uint64_t size;
} finds[] = {
    {"plain", IMGA_OK, 5},
    {"dotted", IMGA_OK, 6},
    {"rooted", IMGA_OK, 7},
    {"d/link", IMGA_OK, 5},
    {"d/hard", IMGA_OK, 5},
    {"d/chain", IMGA_OK, 5},
    {"twice", IMGA_OK, 2},
    {"absent", IMGA_E_NOT_FOUND, 0},
    {"d", IMGA_E_FORMAT, 0},
    {"loop", IMGA_E_LIMIT, 0},
    {"out", IMGA_E_PATH, 0},
    {"host", IMGA_E_PATH, 0},
    {"hard-out", IMGA_E_PATH, 0},
    {"dangling", IMGA_E_NOT_FOUND, 0},
    {"fifo", IMGA_E_FORMAT, 0},
    {"up", IMGA_E_NOT_FOUND, 0},
    {"", IMGA_E_NOT_FOUND, 0},
    {"gone", IMGA_E_FORMAT, 0},
    {"sparse", IMGA_E_UNSUPPORTED, 0},
};

static struct tarball odd_archive(void)
{
    struct tarball t = {NULL, 0};
    tarball_file(&t, "plain", "plain");
    tarball_file(&t, "./dotted", "dotted");
    tarball_file(&t, "/rooted", "rooted.");
    tarball_dir(&t, "d/");
    tarball_dir(&t, "d/");
    tarball_link(&t, "d/link", "../plain");
    tarball_hardlink(&t, "d/hard", "plain");
    tarball_link(&t, "d/chain", "./../d/link");
    tarball_file(&t, "twice", "1");
    tarball_file(&t, "twice", "22");
    tarball_link(&t, "loop", "loop");
    tarball_link(&t, "out", "../plain");
    tarball_link(&t, "host", "/etc/passwd");
    tarball_hardlink(&t, "hard-out", "../plain");
    tarball_link(&t, "dangling", "nothing");
    tarball_add(&t, &(struct tar_member){.name = "fifo", .type = '6'});
    tarball_file(&t, "a/../up", "up");
    tarball_file(&t, "gone", "x");
    tarball_dir(&t, "gone");
    tarball_pax(&t, "GNU.sparse.map", "0,3");
    tarball_file(&t, "sparse", "abc");
    tarball_end(&t);
    return t;
}

static void find_members(bool once)
{
    struct test_env t;
    struct ia_archive archive;
    struct tarball tarball = odd_archive();
    test_env_open(&t);
    int read = (once ? read_once : read_archive)(&t, &tarball, &archive);
    cr_assert_eq(read, IMGA_OK, "%s", t.env.error.message);
    for (size_t i = 0; i < IA_COUNT(finds); i++) {
        const struct ia_member *member = NULL;
        int status = ia_archive_find(&archive, &t.env, ia_str_from(finds[i].name), &member);
        cr_expect_eq(status, finds[i].status, "%s: %d %s", finds[i].name, status, t.env.error.message);
        if (status == IMGA_OK) {
            cr_expect_eq(member->size, finds[i].size, "%s", finds[i].name);
            cr_expect_eq(member->kept != NULL, once, "%s", finds[i].name);
        }
        ia_error_clear(&t.env);
    }
    cr_expect(test_has_note(&t, IMGA_NOTE_DUPLICATE));
    cr_expect(test_has_note(&t, IMGA_NOTE_PATH));
    ia_archive_free(&archive);
    tarball_free(&tarball);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

Test(archive, members_are_found_inside_only)
{
    find_members(false);
    find_members(true);
}

Test(archive, the_last_of_two_members_counts)
{
    struct test_env t;
    struct ia_archive archive;
    const struct ia_member *member = NULL;
    struct tarball tarball = {NULL, 0};
    test_env_open(&t);
    tarball_dir(&tarball, "d");
    tarball_dir(&tarball, "d");
    tarball_end(&tarball);
    cr_assert_eq(read_archive(&t, &tarball, &archive), IMGA_OK);
    cr_expect_not(test_has_note(&t, IMGA_NOTE_DUPLICATE), "a folder may come twice");
    ia_archive_free(&archive);
    tarball_free(&tarball);
    tarball_file(&tarball, "./a", "1");
    tarball_file(&tarball, "a", "22");
    tarball_end(&tarball);
    cr_assert_eq(read_archive(&t, &tarball, &archive), IMGA_OK);
    cr_expect(test_has_note(&t, IMGA_NOTE_DUPLICATE), "a file may not");
    cr_assert_eq(ia_archive_find(&archive, &t.env, IA_STR("a"), &member), IMGA_OK);
    cr_expect_eq(member->size, 2);
    cr_expect_eq(memcmp(tarball.p + member->offset, "22", 2), 0);
    ia_archive_free(&archive);
    tarball_free(&tarball);
    test_env_close(&t);
}

/* The limits at N and N + 1. */
Test(archive, limits)
{
    static const struct {
        const char *name;
        uint64_t members, links, path_bytes;
        int read, find;
    } rows[] = {
        {"members at the limit", 3, 40, 100, IMGA_OK, IMGA_OK},
        {"members over the limit", 2, 40, 100, IMGA_E_LIMIT, 0},
        {"links at the limit", 3, 2, 100, IMGA_OK, IMGA_OK},
        {"links over the limit", 3, 1, 100, IMGA_OK, IMGA_E_LIMIT},
        {"path at the limit", 3, 40, 8, IMGA_OK, IMGA_OK},
        {"path over the limit", 3, 40, 7, IMGA_E_LIMIT, 0},
    };
    struct tarball tarball = {NULL, 0};
    tarball_file(&tarball, "12345678", "x");
    tarball_link(&tarball, "b", "12345678");
    tarball_link(&tarball, "c", "b");
    tarball_end(&tarball);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct test_env t;
        struct ia_archive archive;
        const struct ia_member *member;
        test_env_open(&t);
        t.limits.archive_members = rows[i].members;
        t.limits.links = rows[i].links;
        t.limits.path_bytes = rows[i].path_bytes;
        int status = read_archive(&t, &tarball, &archive);
        cr_expect_eq(status, rows[i].read, "%s: %d %s", rows[i].name, status, t.env.error.message);
        if (status == IMGA_OK) {
            status = ia_archive_find(&archive, &t.env, IA_STR("c"), &member);
            cr_expect_eq(status, rows[i].find, "%s: %d %s", rows[i].name, status, t.env.error.message);
        }
        ia_archive_free(&archive);
        test_env_close(&t);
    }
    tarball_free(&tarball);
}

/* Members that cannot be named count as well. */
Test(archive, members_left_out_are_counted)
{
    struct tarball tarball = {NULL, 0};
    tarball_file(&tarball, "../a", "x");
    tarball_dir(&tarball, "./");
    tarball_end(&tarball);
    for (uint64_t limit = 1; limit < 3; limit++) {
        struct test_env t;
        struct ia_archive archive;
        test_env_open(&t);
        t.limits.archive_members = limit;
        cr_expect_eq(read_archive(&t, &tarball, &archive), limit < 2 ? IMGA_E_LIMIT : IMGA_OK, "%s",
                     t.env.error.message);
        cr_expect_eq(archive.members.n, 0);
        ia_archive_free(&archive);
        test_env_close(&t);
    }
    tarball_free(&tarball);
}

Test(archive, data_after_the_end_is_noted)
{
    struct test_env t;
    struct ia_archive archive;
    struct tarball tarball = {NULL, 0};
    test_env_open(&t);
    tarball_file(&tarball, "a", "x");
    tarball_end(&tarball);
    tarball_file(&tarball, "b", "x");
    cr_assert_eq(read_archive(&t, &tarball, &archive), IMGA_OK);
    cr_expect(test_has_note(&t, IMGA_NOTE_TRAILING));
    cr_expect_eq(archive.members.n, 1);
    ia_archive_free(&archive);
    tarball_free(&tarball);
    test_env_close(&t);
}

Test(archive, a_broken_archive_is_an_error)
{
    struct test_env t;
    struct ia_archive archive;
    struct tarball tarball = {NULL, 0};
    test_env_open(&t);
    tarball_file(&tarball, "a", "x");
    tarball_add(&tarball, &(struct tar_member){.name = "b", .data = "x", .size = 1, .bad_checksum = 1});
    tarball_end(&tarball);
    cr_expect_eq(read_archive(&t, &tarball, &archive), IMGA_E_CHECKSUM);
    ia_archive_free(&archive);
    test_env_reset(&t);
    tarball.n = 700;
    cr_expect_eq(read_archive(&t, &tarball, &archive), IMGA_E_TRUNCATED);
    ia_archive_free(&archive);
    tarball_free(&tarball);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}
