/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far apart two cores are. What one core wrote and another one reads goes through a cache that both have, or
 * through a link between caches, which takes several times as long. On a virtual machine that changes from minute to
 * minute.
 */
#ifndef BENCH_APART_H
#define BENCH_APART_H

/* Seconds until another thread has answered, of many times. */
double cores_apart(void);

#endif
