/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Licences as packages declare them, turned into SPDX licence expressions (SPDX 2.3, annex D): canonical spelling of
 * identifiers and operators, successors of deprecated ones, no needless parentheses. What cannot be said for sure stays
 * unsaid: there is no guess and no invented LicenseRef.
 */
#ifndef IA_MODEL_LICENSE_H
#define IA_MODEL_LICENSE_H

#include "base/buf.h"

enum ia_license_form {
    IA_LICENSE_SPDX,   /* an expression; also apk, npm, Cargo */
    IA_LICENSE_DEBIAN, /* short names of Debian's copyright format 1.0: "GPL-2+ or Artistic, and Expat" */
    IA_LICENSE_FEDORA, /* the License tag of rpm: SPDX, or names like "ASL 2.0 and (GPLv2+ or MIT)" */
    IA_LICENSE_PYTHON, /* one trove classifier: "License :: OSI Approved :: MIT License" */
    IA_LICENSE_TEXT,   /* anything: an expression, a name, "MIT/Apache-2.0", the address of a licence */
    IA_LICENSE_FORMS
};

enum { IA_LICENSE_BYTES = 8192, IA_LICENSE_DEPTH = 64 }; /* longer or deeper ones are not known */

/*
 * Appends the SPDX expression of what is declared. *known is false, and nothing is appended, when it has a part that is
 * not on the SPDX list or not well-formed. IMGA_E_NOMEM, IMGA_E_LIMIT of the buffer, which is then as long as before.
 */
int ia_license_normalise(struct ia_str declared, enum ia_license_form form, struct ia_buf *out,
                         bool *known) IA_MUST_USE;

#endif
