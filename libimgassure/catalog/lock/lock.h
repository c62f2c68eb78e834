/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files: what the package manager of an application would install. Asked only when the caller wants it. */
#ifndef IA_CATALOG_LOCK_LOCK_H
#define IA_CATALOG_LOCK_LOCK_H

#include "catalog/analyser.h"
#include "catalog/lang/fields.h"

extern const struct ia_analyser ia_bundler_lock_analyser;
extern const struct ia_analyser ia_composer_lock_analyser;
extern const struct ia_analyser ia_go_mod_analyser;
extern const struct ia_analyser ia_mix_lock_analyser;
extern const struct ia_analyser ia_npm_lock_analyser;
extern const struct ia_analyser ia_nuget_lock_analyser;
extern const struct ia_analyser ia_pipfile_lock_analyser;
extern const struct ia_analyser ia_pnpm_lock_analyser;
extern const struct ia_analyser ia_pub_lock_analyser;
extern const struct ia_analyser ia_requirements_analyser;
extern const struct ia_analyser ia_toml_lock_analyser;
extern const struct ia_analyser ia_yarn_lock_analyser;

/* One line of a lock file. */
struct ia_locked {
    const char *type, *how;
    struct ia_str name, version;
    struct ia_fields fields;
};

/* Adds the package with the field "lock-file"; a name of PyPI is normalised. A note when there is no name. */
int ia_locked_add(struct ia_locked *locked, struct ia_env *env, struct ia_found *found);
/* The lock files that packages bring along say nothing of what is there. */
bool ia_locked_wants(struct ia_str path);

#endif
