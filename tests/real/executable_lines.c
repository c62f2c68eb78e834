/* SPDX-License-Identifier: Apache-2.0 */
/*
 * executable_lines: reads paths from standard input, one a line, and prints "# PATH" and what the analyser of
 * executables finds in the file, as tests/support/analysed.h writes it.
 *
 * executable_lines --rate: reads the same files and prints how fast they were looked at: bytes and files, the time of
 * the formats, of the classifiers, and of memcpy and of one memchr over the same bytes, in seconds of processor time.
 */
#include "analysed.h"

#include "catalog/binary/binary.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PATH_ROOM = 4096, ABSENT = 0xF5 };

struct rates {
    double bytes, formats, classifiers, copy, search;
    size_t files;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void print_lines(struct test_env *t, const char *path, struct ia_str content)
{
    char *lines = test_analyse(t, &ia_executable_analyser, path, content);
    printf("# %s\n%s", path, lines ? lines : "failed\n");
    free(lines);
}

/* The copy and the search are what is left to compare with: the first is the bandwidth of memory. */
static void compare(struct rates *rates, struct ia_str content)
{
    char *copy = malloc(content.n + 1);
    if (!copy)
        abort();
    memset(copy, 1, content.n + 1);
    double a = now();
    memcpy(copy, content.p, content.n);
    double b = now();
    const void *found = memchr(copy, ABSENT, content.n);
    for (size_t from = 0; found;) {
        from = (size_t)((const char *)found - copy) + 1;
        found = memchr(copy + from, ABSENT, content.n - from);
    }
    rates->copy += b - a;
    rates->search += now() - b;
    free(copy);
}

static void measure(struct rates *rates, struct test_env *t, const char *path, struct ia_str content)
{
    struct ia_analysed file = {ia_str_from(path), content, 0755};
    struct ia_found found;
    ia_found_init(&found, &t->env);
    double a = now();
    if (ia_executable_analyse(&file, NULL, &t->env, &found) < 0)
        abort();
    double b = now();
    if (ia_classify(&ia_classifiers_builtin, &file, &t->env, &found) < 0)
        abort();
    rates->classifiers += now() - b;
    rates->formats += b - a;
    rates->bytes += (double)content.n;
    rates->files++;
    ia_found_free(&found);
    compare(rates, content);
}

static void print_rates(const struct rates *r)
{
    printf(
        "%zu files, %.1f MB: formats %.3f s, classifiers %.3f s (%.2f GB/s), memcpy %.3f s (%.2f GB/s), memchr %.3f s "
        "(%.2f GB/s)\n",
        r->files, r->bytes / 1e6, r->formats, r->classifiers, r->bytes / 1e9 / r->classifiers, r->copy,
        r->bytes / 1e9 / r->copy, r->search, r->bytes / 1e9 / r->search);
}

int main(int argc, char **argv)
{
    int rate = argc > 1 && strcmp(argv[1], "--rate") == 0;
    struct rates rates = {.files = 0};
    char path[PATH_ROOM];
    while (fgets(path, sizeof(path), stdin)) {
        struct test_env t;
        size_t n;
        path[strcspn(path, "\n")] = '\0';
        char *data = test_file(path, &n);
        if (!data)
            continue;
        test_env_open(&t);
        if (rate)
            measure(&rates, &t, path, (struct ia_str){data, n});
        else
            print_lines(&t, path, (struct ia_str){data, n});
        test_env_close(&t);
        free(data);
    }
    if (rate)
        print_rates(&rates);
    return 0;
}
