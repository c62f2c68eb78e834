/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The zip reader: members lie in the archive, flags of members are flags of the archive, what is read stays within its
 * bound, and what is read twice is the same.
 */
#include "fuzz.h"

#include "io/zip.h"

#include <string.h>

enum { MEMBERS = 1000, READ_MOST = 1 << 16 };

static bool is_inside(const void *part, size_t n, const uint8_t *data, size_t size)
{
    const uint8_t *p = part;
    return n == 0 || (p >= data && n <= size && p <= data + (size - n));
}

static uint64_t read_member(struct ia_env *env, const struct ia_zip_member *member)
{
    struct ia_zip_content content, again;
    int status = ia_zip_read(env, member, READ_MOST, &content);
    fuzz_check(status == env->error.status, "a failure is described");
    ia_error_clear(env);
    fuzz_check(ia_zip_read(env, member, READ_MOST, &again) == status, "the same answer");
    ia_error_clear(env);
    fuzz_check(content.work == again.work && content.data.n == again.data.n, "the same sizes");
    fuzz_check(content.data.n <= READ_MOST && (status == IMGA_OK || content.data.n == 0), "within the bound");
    fuzz_check(content.data.n == 0 || memcmp(content.data.p, again.data.p, content.data.n) == 0, "the same bytes");
    ia_zip_content_free(&content);
    ia_zip_content_free(&again);
    return again.work;
}

static void check_members(struct ia_env *env, const struct ia_zip *zip, const uint8_t *data, size_t size)
{
    const unsigned read_flags = IA_ZIP_ODD_SIZE | IA_ZIP_ODD_CRC;
    uint64_t work = 0;
    fuzz_check(ia_zip_count(zip) <= MEMBERS && !(ia_zip_flags(zip) & read_flags), "within the limit");
    for (size_t i = 0; i < ia_zip_count(zip); i++) {
        const struct ia_zip_member *member = ia_zip_at(zip, i);
        fuzz_check((ia_zip_flags(zip) & member->flags) == member->flags, "the archive has the flags of its members");
        fuzz_check(is_inside(member->name.p, member->name.n, data, size), "a name lies in the archive");
        fuzz_check(is_inside(member->packed.p, member->packed.n, data, size), "data lie in the archive");
        fuzz_check(member->packed.n == 0 || !(member->flags & IA_ZIP_LOST), "what is lost has no data");
        if (work < (uint64_t)READ_MOST * 16)
            work += read_member(env, member);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_env f;
    struct ia_zip *zip = NULL;
    fuzz_env_open(&f);
    int status = ia_zip_open(&f.env, ia_cursor_from(data, size), MEMBERS, &zip);
    fuzz_check(status == IMGA_OK || (status == IMGA_E_FORMAT && !zip), "an archive or none");
    if (zip)
        check_members(&f.env, zip, data, size);
    ia_zip_free(zip);
    fuzz_env_close(&f);
    return 0;
}
