/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feed readers: a const table; each streams one document in bounded memory and hands records to a sink. A malformed
 * record is a note IMGA_NOTE_FEED with its offset, is counted, and reading goes on; a malformed document is an error.
 */
#ifndef IA_ADVISORY_FEED_H
#define IA_ADVISORY_FEED_H

#include "base/reader.h"
#include "model/advisory.h"

#include <imgassure/database.h>

struct ia_feed_reading {
    int32_t format; /* in: IMGA_FEED_*, or 0 to tell by the first members of the document; out: the format */
    uint64_t records;
    uint64_t skipped;
};

/*
 * reading->format must be set; the rest of *reading is filled. The input is borrowed and read to its end. Notes carry
 * feed as their place.
 */
int ia_feed_read(struct ia_env *env, struct ia_str feed, struct ia_reader *input, const struct ia_advisory_sink *sink,
                 struct ia_feed_reading *reading);

#endif
