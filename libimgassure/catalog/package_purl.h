/* SPDX-License-Identifier: Apache-2.0 */
/* The package URL of a package: its namespace is the distribution, or part of its name, by type. */
#ifndef IA_CATALOG_PACKAGE_PURL_H
#define IA_CATALOG_PACKAGE_PURL_H

#include "base/buf.h"
#include "model/inventory.h"

/* The canonical purl into out; empty when the package has none that is valid. package->properties count. E_NOMEM. */
int ia_package_purl(struct ia_env *env, const struct ia_distro *distro, const struct ia_package *package,
                    struct ia_buf *out);

#endif
