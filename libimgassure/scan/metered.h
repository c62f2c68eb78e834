/* SPDX-License-Identifier: Apache-2.0 */
/* A stage that passes a layer's uncompressed bytes on and counts them against the limit for the whole image. */
#ifndef IA_SCAN_METERED_H
#define IA_SCAN_METERED_H

#include "base/reader.h"

/* Takes input over on success and on failure; *total outlives the stage. */
int ia_metered_reader(struct ia_env *env, struct ia_reader *input, uint64_t *total, struct ia_reader **out);

#endif
