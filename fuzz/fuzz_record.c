/* SPDX-License-Identifier: Apache-2.0 */
/* A kept layer record, sealed as its forger would: it is none, or it can be applied to a view within the limits. */
#include "fuzz.h"

#include "rootfs/record_file.h"
#include "rootfs/rootfs.h"

#include <stdlib.h>
#include <string.h>

static const struct ia_want wants[] = {{"db/status", NULL}, {"info", ".list"}, {"etc/os-release", NULL}};

static void apply(struct fuzz_env *f, struct ia_layer_record *record)
{
    struct ia_rootfs *fs = NULL;
    struct ia_file file;
    fuzz_check(ia_rootfs_new(&f->env, wants, IA_COUNT(wants), &fs) == IMGA_OK, "a view starts");
    if (ia_rootfs_apply(fs, &f->env, 0, record) == IMGA_OK)
        (void)ia_rootfs_file(fs, &f->env, "db/status", &file);
    ia_rootfs_free(fs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ia_digest key = {IA_DIGEST_SHA256, {'k', 'e', 'y'}};
    struct fuzz_env f;
    struct ia_layer_record record;
    struct ia_digest seal;
    char *sealed = malloc(size + 32);
    if (!sealed)
        return 0;
    fuzz_env_open(&f);
    memcpy(sealed, data, size);
    fuzz_check(ia_digest_of(&f.env, data, size, &seal) == IMGA_OK, "bytes have a digest");
    memcpy(sealed + size, seal.bytes, 32);
    int status = ia_record_file_read(&f.env, ia_cursor_from(sealed, size + 32), &key, &record);
    fuzz_check(status == 0 || status == 1, "damage is no failure");
    if (status == 1) {
        apply(&f, &record);
        ia_layer_record_free(&record);
    }
    fuzz_env_close(&f);
    free(sealed);
    return 0;
}
