/* SPDX-License-Identifier: Apache-2.0 */
/* How others name licences. Case does not matter. */
#ifndef IA_MODEL_LICENSE_NAMES_H
#define IA_MODEL_LICENSE_NAMES_H

#include "model/license.h"
#include "model/license_ids.h"

/* The SPDX expression for a name of the form, which may have an operator; NULL when it is not known. */
const char *ia_license_name(enum ia_license_form form, struct ia_str name);
/* "classpath exception": an identifier of an exception, or NULL. */
const char *ia_license_exception_name(struct ia_str name);

/* A form's whole table, for tests. */
const struct ia_license_pair *ia_license_names(enum ia_license_form form, size_t *count);

#endif
