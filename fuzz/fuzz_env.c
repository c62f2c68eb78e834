/* SPDX-License-Identifier: Apache-2.0 */
/* The environment of the harnesses: limits small enough that one input takes milliseconds. */
#include "fuzz.h"

#include "crypto/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Starting OpenSSL takes longer than most inputs: it is done once, and only read afterwards. */
static struct ia_crypto *crypto;

void fuzz_check(int holds, const char *property)
{
    if (holds)
        return;
    fprintf(stderr, "broken property: %s\n", property);
    abort();
}

void fuzz_env_open(struct fuzz_env *f)
{
    memset(f, 0, sizeof(*f));
    ia_limits_fill(&f->limits);
    f->limits.layer_bytes = 4 << 20;
    f->limits.image_bytes = 8 << 20;
    f->limits.file_bytes = 1 << 20;
    f->limits.kept_bytes = 4 << 20;
    f->limits.tar_header_bytes = 64 << 10;
    f->limits.layer_entries = 10000;
    f->limits.image_entries = 20000;
    f->limits.archive_members = 1000;
    f->limits.gzip_members = 1000;
    f->limits.zstd_window = 8 << 20;
    f->limits.string_bytes = 64 << 10;
    f->limits.feed_bytes = 4 << 20;
    f->limits.document_bytes = 4 << 20;
    f->limits.notes = 50;
    f->env.alloc = ia_alloc_libc;
    f->env.limits = &f->limits;
    f->env.hooks = &f->hooks;
    f->env.notes = &f->notes;
    f->env.seed[0] = 1;
    f->env.error.offset = -1;
    ia_notes_init(&f->notes, &f->env.alloc, 50);
    if (!crypto)
        fuzz_check(ia_crypto_new(&f->env.alloc, &crypto) == IMGA_OK, "crypto starts");
    f->env.crypto = crypto;
}

void fuzz_env_close(struct fuzz_env *f)
{
    /* An error is described exactly when there is one. */
    fuzz_check((f->env.error.status == IMGA_OK) == (f->env.error.message[0] == '\0'), "errors are described");
    ia_notes_free(&f->notes);
}

void fuzz_analyse(const struct ia_analyser *analyser, const char *path, const uint8_t *data, size_t size)
{
    struct ia_analysed file = {ia_str_from(path), {(const char *)data, size}, 0755};
    struct ia_found_item item;
    struct ia_found found;
    struct fuzz_env f;
    fuzz_env_open(&f);
    ia_found_init(&found, &f.env);
    int status = analyser->analyse(&file, &f.env, &found);
    fuzz_check(status == IMGA_OK || status == IMGA_E_LIMIT, "a damaged file is no failure");
    fuzz_check(status < 0 || f.env.error.status == IMGA_OK, "no error is left behind");
    struct ia_cursor left = ia_cursor_from(found.packed.p, found.packed.n);
    do
        status = ia_found_next(&left, &item);
    while (status > 0);
    fuzz_check(status == 0, "what was found can be read back");
    ia_found_free(&found);
    fuzz_env_close(&f);
}
