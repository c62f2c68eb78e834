/* SPDX-License-Identifier: Apache-2.0 */
/* Archives for the differential test: valid ones of every dialect, and seeded mutations of them. */
#ifndef TAR_MUTATION_H
#define TAR_MUTATION_H

#include "tar_case.h"

struct random {
    uint64_t state;
};

uint64_t random_below(struct random *r, uint64_t limit); /* limit > 0 */

size_t mutation_bases(void);     /* archives that all readers read alike, but for the doubts of one reader */
size_t mutation_all_bases(void); /* and after them those that readers dispute or refuse */
void mutation_base(size_t index, struct tarball *t); /* unchanged */
/* Some base, changed one to four times; a header that was changed mostly gets a valid checksum. */
void mutation_make(struct random *r, struct tarball *t);

#endif
