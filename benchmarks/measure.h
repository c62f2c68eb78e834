/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the benchmarks measure with: clocks, rounds, the load of the machine, children. Linux only: the peak of memory
 * is VmHWM of /proc, because ru_maxrss of a child also counts what its parent had when it forked.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>

enum { MOST_ROUNDS = 101 };

struct used {
    double wall, cpu; /* seconds; cpu: of all threads, user and system */
};

struct used measure_now(void);
struct used measure_since(struct used start);
double measure_cpu(void);

/* One figure of each round. */
struct series {
    double values[MOST_ROUNDS];
    size_t count;
};

void series_add(struct series *series, double value);
double series_median(const struct series *series);
double series_least(const struct series *series);

/* Prints to stderr and ends the program unless the statement holds. */
void must(int holds, const char *what);

double load_average(void); /* of the last minute; below 0: not known */

/* Runs a program of the search path with its output thrown away. 0, or -1 when it cannot be run or fails. */
int run_child(const char *const argv[], struct used *used);

/* Memory of this process: now, and at most since it began or since the peak was forgotten. */
long resident_kib(void);
long peak_kib(void);
void forget_peak(void);
/*
 * Runs this program again with the arguments, which end with NULL, and returns the two numbers that it prints first;
 * ends the program when there are none.
 */
void run_again(const char *const arguments[], long out[2]);

#endif
