/* SPDX-License-Identifier: Apache-2.0 */
/* The analysers as one examiner of files: finds the analyser of a file by its name, or by its first bytes. */
#ifndef IA_CATALOG_EXAMINER_H
#define IA_CATALOG_EXAMINER_H

#include "base/map.h"
#include "catalog/analyser.h"
#include "rootfs/examine.h"

struct ia_file_examiner {
    struct ia_examiner examiner;
    struct ia_map names, extensions; /* to the set of analysers that have them: bit i is row i */
    struct ia_buf version;
};

/* look: IMGA_LOOK_LOCKFILES adds the analysers that are asked only then. *out must not move; it may be freed also after
 * a failure. E_NOMEM. */
int ia_file_examiner_init(struct ia_file_examiner *out, struct ia_env *env, uint32_t look);
void ia_file_examiner_free(struct ia_file_examiner *examiner); /* a zeroed one is fine */

#endif
