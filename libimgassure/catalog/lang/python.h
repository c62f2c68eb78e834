/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the analyser for Python distributions. */
#ifndef IA_CATALOG_LANG_PYTHON_H
#define IA_CATALOG_LANG_PYTHON_H

#include "base/buf.h"
#include "catalog/analyser.h"

/* Where core metadata lie. */
struct ia_python_source {
    struct ia_str path;   /* of the file in the layer */
    struct ia_str inside; /* where in the file, when it is an archive; else empty */
    struct ia_str stem;   /* "name-version" of the directory or file, of which metadata may be a part */
    const char *how;      /* the rule: "dist-info", "egg-info", "egg" */
};

/* Appends the name as PEP 503 normalises it: lower case, and runs of '-', '_' and '.' are one '-'. */
int ia_python_name(struct ia_buf *out, struct ia_str name) IA_MUST_USE;
/* METADATA or PKG-INFO: a package, and a note when the name or the version is missing. */
int ia_python_metadata(const struct ia_python_source *source, struct ia_str content, struct ia_env *env,
                       struct ia_found *found);
/* A zipped egg. */
int ia_python_egg(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found);
/* RECORD, in which paths count from the directory that holds the dist-info. */
int ia_python_record(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found);
/* installed-files.txt, in which they count from the egg-info itself. */
int ia_python_installed_files(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found);
/* direct_url.json: where a distribution came from when it was not an index. */
int ia_python_direct_url(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found);

#endif
