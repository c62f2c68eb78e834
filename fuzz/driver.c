/* SPDX-License-Identifier: Apache-2.0 */
/* Replays files and folders through a harness, in sorted order, each in an exact-size allocation. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    if (!file || fstat(fileno(file), &info) != 0) {
        fprintf(stderr, "cannot read %s\n", path);
        return -1;
    }
    size_t size = (size_t)info.st_size;
    uint8_t *data = malloc(size ? size : 1);
    int ok = data && fread(data, 1, size, file) == size;
    fclose(file);
    if (ok)
        LLVMFuzzerTestOneInput(data, size);
    free(data);
    return ok ? 1 : -1;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int replay_folder(const char *path)
{
    struct dirent **names;
    char file[4096];
    int done = 0, count = scandir(path, &names, NULL, by_name);
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.' && done >= 0) {
            snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
            int one = replay_file(file);
            done = one < 0 ? -1 : done + one;
        }
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    return count < 0 ? -1 : done;
}

int main(int argc, char **argv)
{
    int total = 0;
    for (int i = 1; i < argc; i++) {
        struct stat info;
        int done = stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode) ? replay_folder(argv[i]) : replay_file(argv[i]);
        if (done < 0)
            return 1;
        total += done;
    }
    printf("%d inputs replayed\n", total);
    return total > 0 ? 0 : 1; /* an empty corpus proves nothing */
}
