/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The licences that a Debian copyright file declares: machine-readable debian/copyright 1.0 and the drafts before it
 * (DEP-5). The short names of all its Files paragraphs count, as the package holds all these files.
 */
#ifndef IA_CATALOG_COPYRIGHT_H
#define IA_CATALOG_COPYRIGHT_H

#include "base/buf.h"
#include "base/env.h"

/*
 * Writes the names, sorted and each once, joined by " AND "; those that offer a choice in parentheses. 1; 0 and nothing
 * is written when the text is not of this form, names no licence, or over a thousand; < 0 described in env.
 */
int ia_copyright_read(struct ia_env *env, struct ia_str text, struct ia_buf *out);

/*
 * The analyser of usr/share/doc/NAME/copyright is ia_copyright_analyser: it attaches "license", or "copyright" =
 * "free-text" when the file is not machine-readable, to what is found in that directory.
 */
extern const struct ia_analyser ia_copyright_analyser;

#endif
