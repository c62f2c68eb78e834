/* SPDX-License-Identifier: Apache-2.0 */
/* Images of a simple shape, made in memory: docker archives of one layer. */
#ifndef BENCH_SHAPES_H
#define BENCH_SHAPES_H

#include "base/buf.h"
#include "base/env.h"

/* An uncompressed layer of so many empty files, a thousand to a folder. Ends the program when there is no memory. */
void shape_entries(struct ia_env *env, uint64_t count, struct ia_buf *archive);
/* A layer with so many packages: half of them in dpkg's database, half Node.js modules. */
void shape_packages(struct ia_env *env, uint64_t count, struct ia_buf *archive);
/* A layer of one file of zeros, gzip at 1030 to 1. size: a multiple of SHAPE_BLOCK. */
enum { SHAPE_BLOCK = 1024 * 1024 };
void shape_zeros(struct ia_env *env, uint64_t size, struct ia_buf *archive);

#endif
