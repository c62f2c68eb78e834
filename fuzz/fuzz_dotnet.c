/* SPDX-License-Identifier: Apache-2.0 */
/* deps.json of .NET. */
#include "fuzz.h"

#include "catalog/lang/lang.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_analyse(&ia_dotnet_analyser, "app/a.deps.json", data, size);
    return 0;
}
