/* SPDX-License-Identifier: Apache-2.0 */
/* The analysers of language packages; each is described in its own file. */
#ifndef IA_CATALOG_LANG_LANG_H
#define IA_CATALOG_LANG_LANG_H

#include "catalog/analyser.h"

extern const struct ia_analyser ia_composer_analyser;
extern const struct ia_analyser ia_conda_analyser;
extern const struct ia_analyser ia_cran_analyser;
extern const struct ia_analyser ia_dotnet_analyser;
extern const struct ia_analyser ia_hex_analyser;
extern const struct ia_analyser ia_luarocks_analyser;
extern const struct ia_analyser ia_npm_analyser;
extern const struct ia_analyser ia_perl_analyser;
extern const struct ia_analyser ia_python_analyser;
extern const struct ia_analyser ia_ruby_analyser;
extern const struct ia_analyser ia_wordpress_analyser;

#endif
