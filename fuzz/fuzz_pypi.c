/* SPDX-License-Identifier: Apache-2.0 */
/* The files of Python distributions and of conda; the first byte says which. */
#include "fuzz.h"

#include "catalog/lang/lang.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {
        "lib/python3/site-packages/a-1.dist-info/METADATA",
        "lib/python3/site-packages/a-1.dist-info/RECORD",
        "lib/python3/site-packages/a-1.dist-info/direct_url.json",
        "lib/python3/site-packages/a-1.dist-info/INSTALLER",
        "lib/python3/site-packages/a-1.egg-info",
        "lib/python3/site-packages/a-1.egg-info/installed-files.txt",
        "lib/python3/site-packages/a-1-py3.6.egg",
    };
    if (size == 0)
        return 0;
    size_t which = data[0] % (IA_COUNT(paths) + 1);
    if (which < IA_COUNT(paths))
        fuzz_analyse(&ia_python_analyser, paths[which], data + 1, size - 1);
    else
        fuzz_analyse(&ia_conda_analyser, "opt/conda/conda-meta/a-1-0.json", data + 1, size - 1);
    return 0;
}
