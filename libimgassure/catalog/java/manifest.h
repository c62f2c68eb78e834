/* SPDX-License-Identifier: Apache-2.0 */
/* What META-INF/MANIFEST.MF says about the archive as a whole. */
#ifndef IA_CATALOG_JAVA_MANIFEST_H
#define IA_CATALOG_JAVA_MANIFEST_H

#include "base/arena.h"
#include "base/env.h"
#include "base/str.h"

enum ia_manifest_name {
    IA_MANIFEST_TITLE,     /* Implementation-Title */
    IA_MANIFEST_VERSION,   /* Implementation-Version */
    IA_MANIFEST_VENDOR,    /* Implementation-Vendor */
    IA_MANIFEST_VENDOR_ID, /* Implementation-Vendor-Id */
    IA_MANIFEST_SPECIFICATION_VERSION,
    IA_MANIFEST_SPECIFICATION_VENDOR,
    IA_MANIFEST_BUNDLE_NAME, /* Bundle-SymbolicName, without directives */
    IA_MANIFEST_BUNDLE_VERSION,
    IA_MANIFEST_BUNDLE_VENDOR,
    IA_MANIFEST_BUNDLE_LICENSE,
    IA_MANIFEST_MODULE,         /* Automatic-Module-Name */
    IA_MANIFEST_GROUP,          /* Group-Id, of Jenkins plugins */
    IA_MANIFEST_PLUGIN_VERSION, /* Plugin-Version, of the same */
    IA_MANIFEST_NAMES
};

struct ia_manifest {
    struct ia_str value[IA_MANIFEST_NAMES]; /* trimmed; empty when absent */
    bool odd;                               /* a line that is no header, or a value over IA_JAVA_VALUE_BYTES */
};

/* Copies go to the arena. IMGA_E_NOMEM, described. */
int ia_manifest_read(struct ia_env *env, struct ia_str content, struct ia_arena *arena, struct ia_manifest *out);

#endif
