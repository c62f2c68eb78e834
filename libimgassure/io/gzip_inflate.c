/* SPDX-License-Identifier: Apache-2.0 */
/* Which inflate libraries this build has, best first. The first is used; the others are there for comparison. */
#include "io/gzip_inflate.h"

const struct ia_inflate_engine *const ia_inflate_engines[] = {
#ifdef IA_HAVE_ISAL
    &ia_inflate_isal,
#endif
    &ia_inflate_zlib,
    NULL,
};
