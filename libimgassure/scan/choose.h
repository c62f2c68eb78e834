/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a worker had best do now. Where one stream is hashed fastest, waiting chunks come first, while they are in the
 * cache. Where several streams at once are faster, layers are read until enough of their digests wait for the lanes.
 */
#ifndef IA_SCAN_CHOOSE_H
#define IA_SCAN_CHOOSE_H

#include "scan/schedule.h"

/* Whether several digests are hashed at once. */
bool ia_hashes_by_lanes(const struct ia_schedule *schedule);

/* False: there is nothing to do for this worker. A task is claimed: nobody else gets it. */
bool ia_choose(struct ia_schedule *schedule, unsigned worker, struct ia_task *task);

#endif
