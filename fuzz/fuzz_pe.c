/* SPDX-License-Identifier: Apache-2.0 */
/* PE files: sections, version resources, Go, Rust. The first two bytes are always right. */
#include "fuzz.h"

#include "catalog/binary/binary.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char magic[2] = {'M', 'Z'};
    if (size < 4)
        return 0;
    uint8_t *file = malloc(size);
    fuzz_check(file != NULL, "memory");
    memcpy(file, data, size);
    memcpy(file, magic, sizeof(magic));
    fuzz_analyse(&ia_executable_analyser, "app/x.dll", file, size);
    free(file);
    return 0;
}
