/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Executables: ELF, PE and Mach-O. What the file itself is (architecture, build id, hardening), what its makers wrote
 * into it (package note, Go build info, Rust dependency list, version resource), and what its texts give away
 * (classify.h). Relocatable objects, kernel modules, core files and detached debug information are none of it.
 */
#ifndef IA_CATALOG_BINARY_BINARY_H
#define IA_CATALOG_BINARY_BINARY_H

#include "catalog/analyser.h"
#include "catalog/binary/classify.h"

/* Asked for by the first bytes; recognises programs by the built-in classifiers. */
extern const struct ia_analyser ia_executable_analyser;

/* The same with classifiers of the caller instead; NULL: programs are not recognised. */
int ia_executable_analyse(const struct ia_analysed *file, const struct ia_classifiers *classifiers, struct ia_env *env,
                          struct ia_found *found);

#endif
