/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files, whatever they hold: notes, package notes, Go, Rust, texts. The first four bytes are always right. */
#include "fuzz.h"

#include "catalog/binary/binary.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char magic[4] = {'\177', 'E', 'L', 'F'};
    if (size < sizeof(magic))
        return 0;
    uint8_t *file = malloc(size);
    fuzz_check(file != NULL, "memory");
    memcpy(file, data, size);
    memcpy(file, magic, sizeof(magic));
    fuzz_analyse(&ia_executable_analyser, "bin/openssl", file, size);
    free(file);
    return 0;
}
