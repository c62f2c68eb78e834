/* SPDX-License-Identifier: Apache-2.0 */
/* Java: archives of classes (jar and what derives from it), Maven's files beside them, and runtimes. */
#ifndef IA_CATALOG_JAVA_JAVA_H
#define IA_CATALOG_JAVA_JAVA_H

#include "catalog/analyser.h"

/* Of one file that is analysed, with all that it holds. Beyond them IMGA_NOTE_SKIPPED says what was left out. */
enum {
    IA_JAVA_DEPTH = 8,                 /* archives in each other, the outermost counts */
    IA_JAVA_MEMBERS = 500000,          /* listed in all archives together */
    IA_JAVA_PACKAGES = 20000,          /* found */
    IA_JAVA_NOTES = 50,                /* remarks */
    IA_JAVA_METADATA_BYTES = 16 << 20, /* one manifest or pom.properties */
    IA_JAVA_VALUE_BYTES = 4096         /* one value of them */
};
/*
 * Bytes that are read and made by unpacking: so many, and so many times the size of the file, but at most. Jars in jars
 * shrink little, bombs a thousandfold. At one time no more than the limit file_bytes is held beside the file.
 */
enum { IA_JAVA_WORK_LEAST = 64 << 20, IA_JAVA_WORK_RATIO = 64 };
#define IA_JAVA_WORK_MOST ((uint64_t)2 << 30)

extern const struct ia_analyser ia_java_analyser; /* jar, war, ...; pom.properties of an unpacked jar */
extern const struct ia_analyser ia_jdk_analyser;  /* the file "release" of a JDK or JRE */

#endif
