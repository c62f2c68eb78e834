/* SPDX-License-Identifier: Apache-2.0 */
/* The floor under a scan: read, hash, inflate, hash, in plain loops over the same libraries, and nothing else. */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <stdint.h>

struct floor_work {
    uint64_t compressed;
    uint64_t uncompressed;
};

/* One blob: gzip, zstd or plain, told by its first bytes. 0, or -1 when it cannot be read. Adds to *work. */
int floor_blob(const char *path, struct floor_work *work);
const char *floor_inflater(void);

#endif
