/* SPDX-License-Identifier: Apache-2.0 */
/* SBOMs in an image: CycloneDX, SPDX in JSON and as tags, by content. */
#include "fuzz.h"

#include "catalog/sbom/sbom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_analyse(&ia_sbom_analyser, "opt/a.spdx", data, size);
    return 0;
}
