/* SPDX-License-Identifier: Apache-2.0 */
/* Which packages one archive is, from all that it says about itself. */
#ifndef IA_CATALOG_JAVA_IDENTITY_H
#define IA_CATALOG_JAVA_IDENTITY_H

#include "catalog/found.h"
#include "catalog/java/file_name.h"
#include "catalog/java/manifest.h"
#include "catalog/java/pom.h"

#include "base/vec.h"

/* A pom.properties of the archive. */
struct ia_jar_pom {
    struct ia_pom pom;
    struct ia_str path; /* in the archive */
};

struct ia_jar_facts {
    struct ia_jar_name name;
    struct ia_manifest manifest;
    struct ia_str manifest_path; /* in the archive; empty: there is none */
    struct ia_vec poms;          /* struct ia_jar_pom */
    struct ia_str inside;        /* the archive in the file; empty: the file itself */
    struct ia_arena arena;       /* of the texts above */
    bool sure;                   /* by its extension it is one of Java's archives */
};

void ia_jar_facts_init(struct ia_jar_facts *facts, const struct ia_env *env, size_t poms);
void ia_jar_facts_free(struct ia_jar_facts *facts);
/*
 * Finds one package for the archive itself, the main one, and one for every other pom.properties: classes that were
 * copied in (field "shaded"). An archive that says nothing is a package with its file's name and the field
 * "unidentified", unless it may be something else. The number of packages is added to *found_count.
 */
int ia_jar_identify(struct ia_jar_facts *facts, struct ia_env *env, struct ia_found *found, size_t *found_count);
/* Finds the package of a pom.properties that lies beside no archive. */
int ia_jar_identify_pom(struct ia_jar_facts *facts, struct ia_env *env, struct ia_found *found,
                        const struct ia_jar_pom *pom);
/* Finds a package when the file's name has a version: the archive, path in the one around it, cannot be opened. */
int ia_jar_identify_damaged(struct ia_jar_facts *facts, struct ia_env *env, struct ia_found *found, struct ia_str path);

#endif
