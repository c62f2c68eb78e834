/* SPDX-License-Identifier: Apache-2.0 */
/* Which engines this build has, and the errors they share: libzstd's codes in our words. */
#include "io/zstd_frame.h"

#include <zstd.h>
#include <zstd_errors.h>

const struct ia_zstd_engine *const ia_zstd_engines[] = {
#ifdef IA_HAVE_ZSTD_BLOCKS
    &ia_zstd_blocks,
#endif
    &ia_zstd_stream,
    NULL,
};

const struct ia_zstd_engine *ia_zstd_best(void)
{
    const struct ia_zstd_engine *const *engine = ia_zstd_engines;
    while (!(*engine)->is_there())
        engine++;
    return *engine;
}

int ia_zstd_bad(const struct ia_input *input, struct ia_env *env, int status, const char *text)
{
    return ia_error_at(env, ia_fail(env, status, (int64_t)ia_input_offset(input), "%s", text), "zstd stream");
}

int ia_zstd_cut(const struct ia_input *input, struct ia_env *env)
{
    return ia_zstd_bad(input, env, IMGA_E_TRUNCATED, "the stream ends inside a frame");
}

int ia_zstd_refused(const struct ia_input *input, struct ia_env *env, size_t result)
{
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation:
        return ia_fail_nomem(env);
    case ZSTD_error_checksum_wrong:
        return ia_zstd_bad(input, env, IMGA_E_CHECKSUM, "the checksum of a frame is wrong");
    case ZSTD_error_dictionary_wrong:
    case ZSTD_error_dictionary_corrupted:
        return ia_zstd_bad(input, env, IMGA_E_UNSUPPORTED, "a frame needs a dictionary");
    default:
        return ia_zstd_bad(input, env, IMGA_E_FORMAT, "malformed compressed data");
    }
}
