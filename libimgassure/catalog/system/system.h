/* SPDX-License-Identifier: Apache-2.0 */
/* The analysers of package databases that are spread over many files, or one document; each is described in its file.
 */
#ifndef IA_CATALOG_SYSTEM_SYSTEM_H
#define IA_CATALOG_SYSTEM_SYSTEM_H

#include "catalog/analyser.h"

extern const struct ia_analyser ia_bitnami_analyser;
extern const struct ia_analyser ia_bottlerocket_analyser;
extern const struct ia_analyser ia_chisel_analyser;
extern const struct ia_analyser ia_content_manifest_analyser;
extern const struct ia_analyser ia_cos_analyser;
extern const struct ia_analyser ia_pacman_analyser;
extern const struct ia_analyser ia_portage_analyser;

#endif
