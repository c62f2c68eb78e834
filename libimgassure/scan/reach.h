/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The jobs of a schedule, by whose they are. Owners are read without a lock first: others' locks would cost a cache
 * line each, and owners seldom change.
 */
#ifndef IA_SCAN_REACH_H
#define IA_SCAN_REACH_H

#include "scan/schedule.h"

enum ia_whose { IA_OWN, IA_OTHERS, IA_ANY };

unsigned ia_owner_of(const struct ia_schedule *schedule, size_t layer);

/* Locks the job of a layer that still belongs to whom it should; NULL: it does not. */
struct ia_layer_job *ia_reach(struct ia_schedule *schedule, size_t layer, unsigned worker, enum ia_whose whose);
/* The same from layer *at on, which becomes the one behind; NULL: there is none left. */
struct ia_layer_job *ia_reach_next(struct ia_schedule *schedule, size_t *at, unsigned worker, enum ia_whose whose);
void ia_reach_end(struct ia_layer_job *job); /* unlocks it */

#endif
