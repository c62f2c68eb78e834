/* SPDX-License-Identifier: Apache-2.0 */
/* Debian's copyright files: the licences are read from any text, and the analyser attaches one fact. */
#include "fuzz.h"

#include "catalog/copyright.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_str text = {(const char *)data, size};
    struct fuzz_env f;
    struct ia_buf licenses;
    fuzz_env_open(&f);
    ia_buf_init(&licenses, &f.env.alloc, SIZE_MAX);
    int status = ia_copyright_read(&f.env, text, &licenses);
    fuzz_check(status == 0 || status == 1, "damage is no failure");
    fuzz_check((licenses.n > 0) == (status == 1), "licences are named, or none");
    fuzz_check(ia_str_find(ia_buf_view(&licenses), '\n') == licenses.n, "a short name is one line");
    ia_buf_free(&licenses);
    fuzz_env_close(&f);
    fuzz_analyse(&ia_copyright_analyser, "usr/share/doc/x/copyright", data, size);
    return 0;
}
