/* SPDX-License-Identifier: Apache-2.0 */
/* Mach-O files, thin and fat: the first byte of the input says with which magic number they begin. */
#include "fuzz.h"

#include "catalog/binary/binary.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char magics[][5] = {"\xFE\xED\xFA\xCE", "\xFE\xED\xFA\xCF", "\xCE\xFA\xED\xFE",
                                     "\xCF\xFA\xED\xFE", "\xCA\xFE\xBA\xBE", "\xCA\xFE\xBA\xBF"};
    if (size < 5)
        return 0;
    uint8_t *file = malloc(size - 1);
    fuzz_check(file != NULL, "memory");
    memcpy(file, data + 1, size - 1);
    memcpy(file, magics[data[0] % 6], 4);
    fuzz_analyse(&ia_executable_analyser, "bin/x", file, size - 1);
    free(file);
    return 0;
}
