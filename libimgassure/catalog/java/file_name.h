/* SPDX-License-Identifier: Apache-2.0 */
/* What the name and place of an archive say about it. */
#ifndef IA_CATALOG_JAVA_FILE_NAME_H
#define IA_CATALOG_JAVA_FILE_NAME_H

#include "base/str.h"

/* Views of the path; empty when absent. */
struct ia_jar_name {
    struct ia_str stem;       /* the file's name without directory and extension */
    struct ia_str artifact;   /* the stem up to the version; the stem when there is none */
    struct ia_str version;    /* with qualifiers: "31.1-jre", "1.0-SNAPSHOT" */
    struct ia_str classifier; /* "sources", "linux-x86_64" */
    struct ia_str group;      /* with slashes or dots, when the file lies in a Maven repository or Gradle's cache */
    bool unsure;              /* words follow the version that do not look like a part of it: "log4j-1.2-api" */
};

struct ia_jar_name ia_jar_name(struct ia_str path);

enum ia_jar_extension {
    IA_JAR_NO = 0,
    IA_JAR_MAYBE, /* other kinds of files end so, too */
    IA_JAR_SURE
};

/* Of the last component of the path; case does not matter. */
enum ia_jar_extension ia_jar_extension(struct ia_str path);

#endif
