/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker had best do now: the rules of schedule.h, in their order. */
#ifndef IA_SCAN_CHOOSE_H
#define IA_SCAN_CHOOSE_H

#include "scan/schedule.h"

/* False: there is nothing to do for this worker. A task is claimed: nobody else gets it. */
bool ia_choose(struct ia_schedule *schedule, unsigned worker, struct ia_task *task);

#endif
