/* SPDX-License-Identifier: Apache-2.0 */
/* Chunk sizes, no memory, failing readers, cancelling. */
#include "layers.h"
#include "rootfs/view.h"

#include <criterion/criterion.h>
#include <imgassure/status.h>
#include <stdlib.h>
#include <string.h>

static const struct ia_want wants[] = {{"db/status", NULL}, {"info", ".list"}, {"etc/os-release", NULL}};
enum { WANTS = sizeof(wants) / sizeof(wants[0]) };

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
        cr_expect_eq(ia_rootfs_apply_stream(fs, &t.env, 0, reader), IMGA_E_DIGEST, "%zu", size);
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
