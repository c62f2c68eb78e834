/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which chunks are hashed together. Where one stream is hashed fastest, waiting chunks come first, while they are in
 * the cache. Where several streams at once are faster, layers are read until enough of their digests wait for the
 * lanes.
 */
#ifndef IA_SCAN_LANES_H
#define IA_SCAN_LANES_H

#include "scan/reach.h"

/* Whether several digests are hashed at once. */
bool ia_hashes_by_lanes(const struct ia_schedule *schedule);
/* Whether hashing comes before reading: the lanes are full, or hold a chunk of each layer and one of a blob. */
bool ia_lanes_are_due(struct ia_schedule *schedule, unsigned worker, enum ia_whose whose);
/* Takes the first chunk of as many digests as the task's lanes still hold. Whether any lane is used. */
bool ia_lanes_fill(struct ia_schedule *schedule, unsigned worker, enum ia_whose whose, struct ia_task *task);

#endif
