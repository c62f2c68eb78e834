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
