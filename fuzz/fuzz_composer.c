/* SPDX-License-Identifier: Apache-2.0 */
/* installed.json of Composer 1 and 2. */
#include "fuzz.h"

#include "catalog/lang/lang.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_analyse(&ia_composer_analyser, "srv/vendor/composer/installed.json", data, size);
    return 0;
}
