/* SPDX-License-Identifier: Apache-2.0 */
/* Archives of Java as files of several names, manifests among them, and the release file of a runtime. */
#include "fuzz.h"

#include "catalog/java/java.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"opt/app-1.0.jar", "lib/x.kar", "m2/g/a/1/a-1.jar",
                                        "app/META-INF/maven/g/a/pom.properties"};
    for (size_t i = 0; i < IA_COUNT(paths); i++)
        fuzz_analyse(&ia_java_analyser, paths[i], data, size);
    fuzz_analyse(&ia_jdk_analyser, "opt/jdk/release", data, size);
    return 0;
}
