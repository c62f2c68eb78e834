/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which kernel, and which messages in its lanes. A run of a kernel takes the same time however many of its lanes are
 * busy, so the messages with most left go first: that keeps the lanes full longest, and a message may leave its lane
 * for another one at every block.
 */
#include "crypto/sha256.h"

#include <string.h>

/* So few that the messages beyond the lanes get their turn before the others are done, so many that choosing is cheap.
 */
enum { TURN = 8 * 1024 };

/*
 * Best first, as benchmarks/bench_hash.c found it. A processor with SHA extensions hashes one stream faster than two
 * lanes of any vector unit, and two or three streams side by side faster than eight lanes: there only that kernel
 * counts. Without them a stream of OpenSSL's is worth less than 2 lanes of AVX-512VL and less than 3 of AVX2.
 */
static const struct ia_sha256_kernel *const kernels[] = {
#if IA_HAVE_KERNELS
    &ia_sha256_shani,
    &ia_sha256_avx512,
    &ia_sha256_avx2,
#endif
    NULL,
};

static bool runs_on(const struct ia_sha256_kernel *kernel, unsigned cpu)
{
    return (kernel->needs & ~cpu) == 0;
}

const struct ia_sha256_kernel *ia_sha256_best(unsigned cpu)
{
    size_t i = 0;
    while (kernels[i] && !runs_on(kernels[i], cpu))
        i++;
    return kernels[i];
}

const struct ia_sha256_kernel *ia_sha256_named(unsigned cpu, const char *name)
{
    size_t i = 0;
    while (kernels[i] && (strcmp(kernels[i]->name, name) != 0 || !runs_on(kernels[i], cpu)))
        i++;
    return kernels[i];
}

/* The (up to) most hashes with most left, in falling order; their number, and whether others wait. */
static unsigned longest(struct ia_sha256 *list, unsigned most, struct ia_sha256 **out, bool *others)
{
    unsigned n = 0;
    *others = false;
    for (; list; list = list->next) {
        unsigned place = n < most ? n : most - 1;
        if (!list->waiting.n)
            continue;
        *others = *others || n == most;
        if (n == most && out[place]->waiting.n >= list->waiting.n)
            continue;
        for (; place > 0 && out[place - 1]->waiting.n < list->waiting.n; place--)
            out[place] = out[place - 1];
        out[place] = list;
        n += n < most;
    }
    return n;
}

/* size: bytes that each of them has. */
static void run_lanes(const struct ia_sha256_kernel *kernel, struct ia_sha256 **hashes, unsigned busy, size_t size)
{
    uint32_t idle[8] = {0};
    struct ia_sha256_lanes lanes = {.busy = busy};
    for (unsigned i = 0; i < IA_SHA256_LANES; i++) {
        struct ia_cursor part = {0};
        if (i < busy)
            ia_cursor_take(&hashes[i]->waiting, size, &part);
        lanes.state[i] = i < busy ? hashes[i]->state : idle;
        lanes.data[i] = i < busy ? part.p : lanes.data[0];
    }
    kernel->run(&lanes, size / IA_SHA256_BLOCK);
}

void ia_sha256_run_list(struct ia_sha256 *list, const struct ia_sha256_kernel *kernel, unsigned worth)
{
    struct ia_sha256 *chosen[IA_SHA256_LANES];
    while (kernel) {
        bool others;
        unsigned busy = longest(list, kernel->lanes, chosen, &others);
        if (busy == 0 || busy < worth)
            break;
        size_t size = chosen[busy - 1]->waiting.n;
        run_lanes(kernel, chosen, busy, others && size > TURN ? TURN : size);
    }
    if (kernel && kernel->prepare)
        kernel->prepare();
    for (; list; list = list->next)
        ia_sha256_run(list);
}
