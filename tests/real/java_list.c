/* SPDX-License-Identifier: Apache-2.0 */
/* java_list FILE...: what the analysers for Java find in files: "file PATH", then their lines (support/analysed.h). */
#include "analysed.h"

#include "catalog/java/java.h"

#include <stdlib.h>
#include <string.h>

static int list(const char *path)
{
    const char *slash = strrchr(path, '/');
    const struct ia_analyser *analyser =
        strcmp(slash ? slash + 1 : path, "release") ? &ia_java_analyser : &ia_jdk_analyser;
    struct test_env t;
    size_t size;
    char *data = test_file(path, &size);
    if (!data)
        return 1;
    test_env_open(&t);
    char *lines = test_analyse(&t, analyser, path, (struct ia_str){data, size});
    printf("file %s\n%s", path, lines ? lines : "failed\n");
    int bad = !lines || t.live;
    free(lines);
    free(data);
    test_env_close(&t);
    return bad;
}

int main(int argc, char **argv)
{
    int bad = 0;
    for (int i = 1; i < argc; i++)
        bad |= list(argv[i]);
    return bad;
}
