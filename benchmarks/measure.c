/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks, rounds, children. */
#include "measure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_ARGUMENTS = 8 };

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double measure_cpu(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

struct used measure_now(void)
{
    return (struct used){seconds_of(CLOCK_MONOTONIC), measure_cpu()};
}

struct used measure_since(struct used start)
{
    struct used now = measure_now();
    return (struct used){now.wall - start.wall, now.cpu - start.cpu};
}

void series_add(struct series *series, double value)
{
    must(series->count < MOST_ROUNDS, "too many rounds");
    series->values[series->count++] = value;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double series_median(const struct series *series)
{
    struct series sorted = *series;
    if (sorted.count == 0)
        return 0;
    qsort(sorted.values, sorted.count, sizeof(*sorted.values), by_value);
    return sorted.values[sorted.count / 2];
}

double series_least(const struct series *series)
{
    double least = series->count ? series->values[0] : 0;
    for (size_t i = 1; i < series->count; i++)
        if (series->values[i] < least)
            least = series->values[i];
    return least;
}

void must(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "benchmark: %s\n", what);
    exit(1);
}

double load_average(void)
{
    double load = -1;
    FILE *file = fopen("/proc/loadavg", "r");
    if (!file || fscanf(file, "%lf", &load) != 1)
        load = -1;
    if (file)
        fclose(file);
    return load;
}

/* A line of /proc/self/status in KiB; -1: there is none. */
static long status_kib(const char *key)
{
    char line[256];
    long value = -1;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && value < 0 && fgets(line, sizeof(line), file))
        if (strncmp(line, key, strlen(key)) == 0)
            value = atol(line + strlen(key));
    if (file)
        fclose(file);
    return value;
}

long peak_kib(void)
{
    return status_kib("VmHWM:");
}

long resident_kib(void)
{
    return status_kib("VmRSS:");
}

void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (!file)
        return;
    fputs("5", file);
    fclose(file);
}

static double children_cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int wait_for(pid_t child)
{
    int status;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

int run_child(const char *const argv[], struct used *used)
{
    struct used start = measure_now();
    double before = children_cpu();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
            _exit(127);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    int status = wait_for(child);
    *used = (struct used){measure_since(start).wall, children_cpu() - before};
    return status;
}

void run_again(const char *const arguments[], long out[2])
{
    const char *argv[MOST_ARGUMENTS] = {"benchmark"};
    int ends[2];
    fflush(stdout);
    for (size_t i = 0; arguments[i] && i + 2 < MOST_ARGUMENTS; i++)
        argv[i + 1] = arguments[i];
    must(pipe(ends) == 0, "no pipe");
    pid_t child = fork();
    if (child == 0) {
        if (dup2(ends[1], STDOUT_FILENO) < 0)
            _exit(127);
        close(ends[0]);
        execv("/proc/self/exe", (char *const *)argv);
        _exit(127);
    }
    close(ends[1]);
    FILE *output = fdopen(ends[0], "r");
    must(output && fscanf(output, "%ld %ld", &out[0], &out[1]) == 2, "the child says nothing");
    fclose(output);
    must(wait_for(child) == 0, "the child fails");
}
