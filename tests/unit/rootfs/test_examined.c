/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are examined while their layer goes by: who is asked, what he sees, what is left of it in the view. */
#include "layers.h"

#include "rootfs/examine.h"
#include "rootfs/recorder.h"
#include "rootfs/rootfs.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 4096, KIND_NAME = 1, KIND_MAGIC = 2 };

/* Facts are "KIND MODE SIZE WHOLE PATH CONTENT". */
static unsigned wants(const void *user, struct ia_str path)
{
    (void)user;
    return ia_str_ends(path, IA_STR(".x")) ? KIND_NAME : KIND_MAGIC;
}

static bool accepts(const void *user, unsigned what, struct ia_str head)
{
    (void)user;
    return what == KIND_NAME || ia_str_starts(head, IA_STR("MAGIC"));
}

static int examine(const void *user, struct ia_env *env, const struct ia_examined *file, struct ia_buf *facts)
{
    char head[TEXT];
    (void)user;
    if (ia_str_is(file->content, "MAGIC nothing"))
        return IMGA_OK;
    snprintf(head, sizeof(head), "%u %o %u %d ", file->what, (unsigned)file->mode, (unsigned)file->size, file->whole);
    if (ia_buf_text(facts, head) < 0 || ia_buf_str(facts, file->path) < 0 || ia_buf_char(facts, ' ') < 0 ||
        ia_buf_str(facts, ia_str_sub(file->content, 0, 40)) < 0)
        return ia_fail_nomem(env);
    return IMGA_OK;
}

static const struct ia_examiner examiner = {NULL, "1", wants, accepts, examine};
static const struct ia_want wanted[] = {{"db/x.x", NULL}};

static int write_line(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    char *text = user;
    size_t n = strlen(text);
    (void)env;
    snprintf(text + n, TEXT - n, "%.*s@%u:%.*s\n", (int)name.n, name.p, (unsigned)file->layer, (int)file->content.n,
             file->content.p);
    return IMGA_OK;
}

/* Applies layers in steps of some bytes; the facts that are left, a line for each. */
static int apply_all(struct test_env *t, const struct tarball *layers, size_t count, size_t step, char text[TEXT])
{
    struct ia_rootfs *fs = NULL;
    int status = ia_rootfs_new(&t->env, wanted, IA_COUNT(wanted), &fs);
    text[0] = '\0';
    if (status >= 0)
        ia_rootfs_set_examiner(fs, &examiner);
    for (uint32_t i = 0; i < count && status >= 0; i++) {
        struct ia_reader *stream = test_chunks(layers[i].p, layers[i].n, step);
        status = ia_rootfs_apply_stream(fs, &t->env, i, stream);
        ia_reader_close(stream);
    }
    if (status >= 0)
        status = ia_rootfs_examined(fs, &t->env, write_line, text);
    ia_rootfs_free(fs);
    return status;
}

static void make_layers(struct tarball layers[2])
{
    tarball_file(&layers[0], "./a/one.x", "first");
    tarball_file(&layers[0], "b//two", "MAGIC of a program, longer than the head");
    tarball_file(&layers[0], "b/three", "no magic here at all, whatever comes");
    tarball_file(&layers[0], "b/four", "MAGIC nothing");
    tarball_file(&layers[0], "b/five", "MAG");
    tarball_file(&layers[0], "b/six.x", "");
    tarball_file(&layers[0], "db/x.x", "a database is not examined");
    tarball_file(&layers[0], "gone.x", "removed");
    tarball_file(&layers[0], "over.x", "below");
    tarball_hardlink(&layers[0], "z/link", "a/one.x");
    tarball_end(&layers[0]);
    tarball_file(&layers[1], ".wh.gone.x", "");
    tarball_file(&layers[1], "over.x", "above");
    tarball_end(&layers[1]);
}

static const char expected[] = "a/one.x@0:1 644 5 1 a/one.x first\n"
                               "b/six.x@0:1 644 0 1 b/six.x \n"
                               "b/two@0:2 644 40 1 b/two MAGIC of a program, longer than the head\n"
                               "over.x@1:1 644 5 1 over.x above\n";

Test(examined, facts_of_the_view)
{
    struct tarball layers[2] = {{0}};
    make_layers(layers);
    for (size_t step = 1; step < 4096; step = step * 3 + 1) {
        struct test_env t;
        char text[TEXT];
        test_env_open(&t);
        cr_assert_eq(apply_all(&t, layers, 2, step, text), IMGA_OK, "%s", t.env.error.message);
        cr_assert_str_eq(text, expected, "%zu", step);
        test_env_close(&t);
        cr_assert_eq(t.live, 0);
    }
    tarball_free(&layers[0]);
    tarball_free(&layers[1]);
}

Test(examined, allocations_that_fail)
{
    struct tarball layers[2] = {{0}};
    int status = IMGA_E_NOMEM;
    make_layers(layers);
    for (size_t at = 1; status != IMGA_OK; at++) {
        struct test_env t;
        char text[TEXT];
        test_env_open(&t);
        t.fail_at = at;
        status = apply_all(&t, layers, 2, 700, text);
        cr_assert(status == IMGA_OK || status == IMGA_E_NOMEM, "%zu: %d", at, status);
        cr_assert(status != IMGA_OK || strcmp(text, expected) == 0, "%zu", at);
        test_env_close(&t);
        cr_assert_eq(t.live, 0, "%zu", at);
    }
    tarball_free(&layers[0]);
    tarball_free(&layers[1]);
}

/* At the limit a file is seen whole; one byte over it only its name is, so that it can be said. */
Test(examined, file_limit)
{
    static const char *const facts[] = {"big.x@0:1 644 30 0 big.x \nprogram@0:2 644 30 0 program \n",
                                        "big.x@0:1 644 30 1 big.x 012345678901234567890123456789\n"
                                        "program@0:2 644 30 1 program MAGIC5678901234567890123456789\n"};
    for (uint64_t more = 0; more < 2; more++)
        for (size_t step = 1; step < 700; step += 87) {
            struct tarball layer = {0};
            struct test_env t;
            char text[TEXT];
            tarball_file(&layer, "big.x", "012345678901234567890123456789");
            tarball_file(&layer, "program", "MAGIC5678901234567890123456789");
            tarball_end(&layer);
            test_env_open(&t);
            t.limits.file_bytes = 29 + more;
            cr_assert_eq(apply_all(&t, &layer, 1, step, text), IMGA_OK, "%s", t.env.error.message);
            cr_assert_str_eq(text, facts[more]);
            test_env_close(&t);
            tarball_free(&layer);
        }
}

Test(examined, kept_limit)
{
    struct tarball layer = {0};
    tarball_file(&layer, "one.x", "1");
    tarball_file(&layer, "two.x", "2");
    tarball_end(&layer);
    for (uint64_t limit = 33; limit <= 34; limit++) { /* two facts of 17 bytes */
        struct test_env t;
        char text[TEXT];
        test_env_open(&t);
        t.limits.kept_bytes = limit;
        cr_assert_eq(apply_all(&t, &layer, 1, 512, text), limit < 34 ? IMGA_E_LIMIT : IMGA_OK, "%u", (unsigned)limit);
        test_env_close(&t);
    }
    tarball_free(&layer);
}

static int name_only(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    char *text = user;
    size_t n = strlen(text);
    (void)env;
    snprintf(text + n, TEXT - n, "%.*s=%.*s ", (int)name.n, name.p, (int)file->path.n, file->path.p);
    return IMGA_OK;
}

Test(examined, names_of_a_directory)
{
    struct tarball layer = {0};
    struct ia_rootfs *fs = NULL;
    struct test_env t;
    char text[TEXT] = "";
    struct ia_str real;
    tarball_file(&layer, "nix/store/b-two/f", "");
    tarball_file(&layer, "nix/store/a-one", "");
    tarball_link(&layer, "here", "nix/store");
    tarball_end(&layer);
    test_env_open(&t);
    cr_assert_eq(ia_rootfs_new(&t.env, wanted, 1, &fs), IMGA_OK);
    struct ia_reader *stream = test_chunks(layer.p, layer.n, 512);
    cr_assert_eq(ia_rootfs_apply_stream(fs, &t.env, 0, stream), IMGA_OK);
    ia_reader_close(stream);
    cr_assert_eq(ia_rootfs_names(fs, &t.env, "here", name_only, text), IMGA_OK);
    cr_assert_str_eq(text, "a-one=nix/store/a-one b-two=nix/store/b-two ");
    cr_assert_eq(ia_rootfs_names(fs, &t.env, "nowhere", name_only, text), IMGA_OK);
    cr_assert_eq(ia_rootfs_directory(fs, &t.env, IA_STR("here/b-two"), &real), 1);
    cr_assert(ia_str_is(real, "nix/store/b-two"));
    cr_assert_eq(ia_rootfs_directory(fs, &t.env, IA_STR("here/a-one"), &real), 0);
    ia_rootfs_free(fs);
    tarball_free(&layer);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/* A layer of one large file that is examined, and one of a large file that is not. */
static void make_large(struct tarball *layer, char head)
{
    size_t size = IA_EXAMINE_LARGE + 1;
    char *text = malloc(size + 1);
    cr_assert(text);
    memset(text, 'x', size);
    memcpy(text, head == 'M' ? "MAGIC" : "OTHER", 5);
    text[size] = '\0';
    tarball_file(layer, "large", text);
    tarball_end(layer);
    free(text);
}

struct reading {
    struct tarball layer;
    struct ia_reader *stream;
    struct ia_layer_record record;
    struct ia_recorder *recorder;
};

static void open_reading(struct reading *r, struct test_env *t, const struct ia_recording *recording, char head)
{
    make_large(&r->layer, head);
    r->stream = test_pausing(test_chunks(r->layer.p, r->layer.n, 1 << 20));
    cr_assert_eq(ia_recorder_new(&t->env, recording, r->stream, &r->record, &r->recorder), IMGA_OK);
}

static void close_reading(struct reading *r)
{
    ia_recorder_free(r->recorder);
    ia_reader_close(r->stream);
    ia_layer_record_free(&r->record);
    tarball_free(&r->layer);
}

/* While a large file is in memory another one waits; one that is not examined gives the turn back at once. */
Test(examined, large_files_take_turns)
{
    struct reading first = {.recorder = NULL}, second = {.recorder = NULL}, other = {.recorder = NULL};
    struct ia_examine_turn turn;
    struct ia_wants wants;
    struct test_env t;
    test_env_open(&t);
    cr_assert_eq(ia_wants_init(&wants, &t.env.alloc, wanted, IA_COUNT(wanted)), IMGA_OK);
    const struct ia_recording recording = {.wants = &wants, .examiner = &examiner, .turn = &turn};
    ia_examine_turn_init(&turn);
    open_reading(&first, &t, &recording, 'M');
    open_reading(&second, &t, &recording, 'M');
    open_reading(&other, &t, &recording, 'O');
    while (ia_examine_turn_is_free(&turn))
        cr_assert_eq(ia_recorder_run(first.recorder, &t.env), IA_AGAIN);
    cr_assert_eq(ia_recorder_run(second.recorder, &t.env), IA_AGAIN);
    while (!ia_recorder_waits(second.recorder))
        cr_assert_eq(ia_recorder_run(second.recorder, &t.env), IA_AGAIN);
    cr_assert_eq(ia_recorder_run(second.recorder, &t.env), IA_AGAIN);
    while (ia_recorder_run(first.recorder, &t.env) == IA_AGAIN)
        ;
    cr_assert(ia_examine_turn_is_free(&turn));
    cr_assert_not(ia_recorder_waits(second.recorder));
    while (ia_recorder_run(other.recorder, &t.env) == IA_AGAIN)
        ;
    cr_assert(ia_examine_turn_is_free(&turn));
    while (ia_recorder_run(second.recorder, &t.env) == IA_AGAIN)
        ;
    cr_assert_eq(first.record.contents.n, 1);
    cr_assert_eq(second.record.contents.n, 1);
    cr_assert_eq(other.record.contents.n, 0);
    close_reading(&first);
    close_reading(&second);
    close_reading(&other);
    ia_wants_free(&wants);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}
