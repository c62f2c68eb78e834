/* SPDX-License-Identifier: Apache-2.0 */
/* package.json in a node_modules folder, and of an unpacked release. */
#include "fuzz.h"

#include "catalog/lang/lang.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_analyse(&ia_npm_analyser, "app/node_modules/@a/b/package.json", data, size);
    fuzz_analyse(&ia_npm_analyser, "opt/yarn-v1.22.19/package.json", data, size);
    return 0;
}
