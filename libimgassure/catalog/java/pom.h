/* SPDX-License-Identifier: Apache-2.0 */
/* pom.properties: what Maven's archiver says an archive was made from. */
#ifndef IA_CATALOG_JAVA_POM_H
#define IA_CATALOG_JAVA_POM_H

#include "base/str.h"

/* Views; empty when absent. */
struct ia_pom {
    struct ia_str group, artifact, version;
    bool odd; /* a value that is no name or version: escapes, blanks, control characters, too long; it is left out */
};

/* Whether the path is META-INF/maven/GROUP/ARTIFACT/pom.properties, in any directory; group and artifact are set. */
bool ia_pom_is_path(struct ia_str path, struct ia_pom *out);
/* Replaces what the content says. False: nothing but the path is known. */
bool ia_pom_read(struct ia_str content, struct ia_pom *pom);

#endif
