/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs (package-url/purl-spec), writing only. */
#ifndef IA_MODEL_PURL_H
#define IA_MODEL_PURL_H

#include "base/buf.h"

struct ia_purl {
    struct ia_str type;      /* "deb", "apk" */
    struct ia_str namespace; /* "debian"; may be empty */
    struct ia_str name;
    struct ia_str version; /* may be empty */
    struct ia_str arch;    /* qualifiers; empty ones are left out */
    struct ia_str distro;
};

/* The canonical form: percent-encoded, qualifiers sorted. IMGA_E_NOMEM, IMGA_E_LIMIT of the buffer. */
int ia_purl_write(struct ia_buf *out, const struct ia_purl *purl);

#endif
