/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the Nix store, and a view with a store. */
#include "catalog/system/nix.h"
#include "support.h"
#include "tarball.h"

#include <criterion/criterion.h>

#define HASH "0c0rlq4s4n1vfzjb9cgxkplibr2b1rsm-"

Test(nix, names)
{
    static const struct {
        const char *entry, *name, *version, *output; /* name NULL: no package */
    } rows[] = {
        {HASH "openssl-3.0.14", "openssl", "3.0.14", ""},
        {HASH "openssl-3.0.14-bin", "openssl", "3.0.14", "bin"},
        {HASH "glibc-2.38-77", "glibc", "2.38-77", ""},
        {HASH "python3.11-requests-2.31.0", "python3.11-requests", "2.31.0", ""},
        {HASH "gcc-13.2.0-lib", "gcc", "13.2.0", "lib"},
        {HASH "nss-cacert-3.95-unbundled", "nss-cacert", "3.95", "unbundled"},
        {HASH "util-linux-2.39.3-swap", "util-linux", "2.39.3", "swap"},
        {HASH "bash-interactive-5.2-p26-man", "bash-interactive", "5.2-p26", "man"},
        {HASH "linux-6.6.30-modules-shrunk", "linux", "6.6.30-modules-shrunk", ""},
        {HASH "server-unstable-2021-08-16", "server-unstable", "2021-08-16", ""},
        {HASH "xgcc-13.2.0-libgcc", "xgcc", "13.2.0", "libgcc"},
        {HASH "libfoo-0-unstable-2024-01-01", "libfoo", "0-unstable-2024-01-01", ""},
        {HASH "source", NULL, NULL, NULL},
        {HASH "etc-hosts", NULL, NULL, NULL},
        {HASH "a-", NULL, NULL, NULL},
        {HASH "a-_1", NULL, NULL, NULL},
        {HASH "hello-2.12.1.drv", NULL, NULL, NULL},
        {HASH "hello-2.12.1.tar.gz", NULL, NULL, NULL},
        {HASH "", NULL, NULL, NULL},
        {"0c0rlq4s4n1vfzjb9cgxkplibr2b1rse-hello-1", NULL, NULL, NULL},
        {"hello-2.12.1", NULL, NULL, NULL},
        {".links", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_found_package package;
        struct ia_str output;
        bool known = ia_nix_name(ia_str_from(rows[i].entry), &package, &output);
        cr_expect_eq(known, rows[i].name != NULL, "%s", rows[i].entry);
        if (!known || !rows[i].name)
            continue;
        cr_expect(ia_str_is(package.name, rows[i].name), "%s: the name", rows[i].entry);
        cr_expect(ia_str_is(package.version, rows[i].version), "%s: the version", rows[i].entry);
        cr_expect(ia_str_is(output, rows[i].output), "%s: the output", rows[i].entry);
    }
}

static int take(void *user, struct ia_env *env, const struct ia_found_package *package, const struct ia_file *file)
{
    struct ia_buf *lines = user;
    (void)env;
    IA_TRY(ia_buf_str(lines, package->name));
    IA_TRY(ia_buf_char(lines, ' '));
    IA_TRY(ia_buf_str(lines, package->version));
    for (size_t i = 0; i < package->field_count; i++) {
        IA_TRY(ia_buf_char(lines, ' '));
        IA_TRY(ia_buf_str(lines, package->fields[i].value));
    }
    IA_TRY(ia_buf_text(lines, " layer "));
    IA_TRY(ia_buf_u64(lines, file->layer));
    return ia_buf_char(lines, '\n');
}

static int list_store(struct tarball *layer, struct ia_buf *lines)
{
    struct test_env t;
    struct ia_rootfs *fs = NULL;
    struct ia_reader *stream = NULL;
    test_env_open(&t);
    cr_assert_eq(ia_rootfs_new(&t.env, NULL, 0, &fs), IMGA_OK);
    cr_assert_eq(ia_reader_memory(&t.env, layer->p, layer->n, &stream), IMGA_OK);
    cr_assert_eq(ia_rootfs_apply_stream(fs, &t.env, 0, stream), IMGA_OK, "%s", t.env.error.message);
    ia_reader_close(stream);
    int status = ia_nix_take(&t.env, fs, take, lines);
    ia_rootfs_free(fs);
    cr_expect_eq(t.live, 0, "everything is freed");
    test_env_close(&t);
    return status;
}

Test(nix, store)
{
    struct tarball layer = {NULL, 0};
    struct ia_buf lines;
    ia_buf_init(&lines, &ia_alloc_libc, SIZE_MAX);
    tarball_dir(&layer, "nix/");
    tarball_dir(&layer, "nix/store/");
    tarball_file(&layer, "nix/store/" HASH "zlib-1.3.1/lib/libz.so", "x");
    tarball_file(&layer, "nix/store/" HASH "curl-8.7.1-bin/bin/curl", "x");
    tarball_dir(&layer, "nix/store/.links/");
    tarball_end(&layer);
    cr_expect_eq(list_store(&layer, &lines), 1);
    cr_assert_eq(ia_buf_char(&lines, '\0'), 0);
    cr_expect_str_eq(lines.p, "curl 8.7.1 bin layer 0\nzlib 1.3.1 layer 0\n");
    ia_buf_free(&lines);
    tarball_free(&layer);
}

Test(nix, no_store)
{
    struct tarball layer = {NULL, 0};
    struct ia_buf lines;
    ia_buf_init(&lines, &ia_alloc_libc, SIZE_MAX);
    tarball_file(&layer, "etc/hostname", "x");
    tarball_end(&layer);
    cr_expect_eq(list_store(&layer, &lines), 0);
    cr_expect_eq(lines.n, 0);
    tarball_free(&layer);
}
