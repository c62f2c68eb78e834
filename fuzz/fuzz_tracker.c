/* SPDX-License-Identifier: Apache-2.0 */
/* The Debian tracker's reader, and the database it fills. */
#include "fuzz_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_feed(data, size, IMGA_FEED_DEBIAN_TRACKER);
}
