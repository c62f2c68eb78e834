/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image of many gzip layers of uneven size, several chunks each, with a package database that is replaced on the way
 * and one file of it behind a link; whole, or damaged in one way.
 */
#ifndef TEST_LAYERED_H
#define TEST_LAYERED_H

#include "tarball.h"

enum { LAYERED = 9 }; /* layers */

enum layered_damage {
    LAYERED_GOOD = 0,
    LAYERED_FLIPPED_BLOB,  /* a bit of layer 4 */
    LAYERED_WRONG_DIFF_ID, /* the config claims that layer 6 is layer 1 */
    LAYERED_CUT_TAR,       /* layer 5 ends in an entry; its digests are right */
    LAYERED_TWO,           /* layers 3 and 7 are cut: the lower one is reported */
    LAYERED_CUT_AND_WRONG, /* layer 5 ends in an entry, and the config claims that it is layer 1 */
    LAYERED_LAST = LAYERED_CUT_AND_WRONG
};

const char *layered_name(enum layered_damage damage);
struct tarball layered_archive(enum layered_damage damage);

#endif
