/* SPDX-License-Identifier: Apache-2.0 */
/* The floor under a scan: read, inflate, hash, in plain loops over the same libraries, and nothing else. */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <stddef.h>
#include <stdint.h>

enum { FLOOR_CHUNK = 256 * 1024 };

struct floor_work {
    uint64_t compressed;
    uint64_t uncompressed;
};

/* One blob: gzip, zstd or plain, told by its first bytes. 0, or -1 when it cannot be read. Both add to *work. */
int floor_decode(const char *path, struct floor_work *work); /* reads and inflates */
int floor_blob(const char *path, struct floor_work *work);   /* and hashes the blob and what comes out of it */
const char *floor_inflater(void);

#endif
