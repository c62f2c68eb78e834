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

struct ia_feed_counts {
    uint64_t records;
    uint64_t skipped;
};

/*
 * format IMGA_FEED_* or 0: told by the first members of the document. The chosen format goes to *format. The input is
 * borrowed and read to its end. Notes carry feed as their place.
 */
int ia_feed_read(struct ia_env *env, int32_t *format, struct ia_str feed, struct ia_reader *input,
                 const struct ia_advisory_sink *sink, struct ia_feed_counts *counts);

#endif
