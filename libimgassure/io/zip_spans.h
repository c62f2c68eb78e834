/* SPDX-License-Identifier: Apache-2.0 */
/* Which bytes of a zip archive its members use, which ones twice, and what lies between them. */
#ifndef IA_IO_ZIP_SPANS_H
#define IA_IO_ZIP_SPANS_H

#include "base/cursor.h"

#include <stddef.h>

struct ia_zip_span {
    uint64_t from, to; /* local header and data; from < to */
};

/* By place; in place, without memory of its own, never quadratic. */
void ia_zip_spans_sort(struct ia_zip_span *spans, size_t count);

/*
 * What sorted spans and the directory, which begins at directory, say about the bytes before the directory:
 * IA_ZIP_PREFIX, IA_ZIP_OVERLAP, IA_ZIP_HIDDEN.
 */
unsigned ia_zip_spans_check(struct ia_cursor bytes, const struct ia_zip_span *spans, size_t count, uint64_t directory);

#endif
