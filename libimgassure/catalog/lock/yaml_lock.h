/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files in YAML whose member "packages" is a mapping. */
#ifndef IA_CATALOG_LOCK_YAML_LOCK_H
#define IA_CATALOG_LOCK_YAML_LOCK_H

#include "catalog/lock/lock.h"
#include "syntax/yaml_read.h"

/* Gets each member of "packages"; its key is the package. */
typedef int ia_yaml_lock_take(struct ia_found *found, struct ia_env *env, const struct ia_yaml *document,
                              const struct ia_yaml *package);

/* Damage, and what the subset of YAML does not have or is too long for, is a note. */
int ia_yaml_lock_read(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found,
                      ia_yaml_lock_take *take);
/* The text of a member; empty when there is none. */
struct ia_str ia_yaml_text(const struct ia_yaml *mapping, const char *key);

#endif
