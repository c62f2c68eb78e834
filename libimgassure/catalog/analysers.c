/* SPDX-License-Identifier: Apache-2.0 */
/* Every analyser, in the order in which they are asked. */
#include "catalog/analyser.h"

#include "base/macros.h"
#include "catalog/binary/binary.h"
#include "catalog/copyright.h"
#include "catalog/java/java.h"
#include "catalog/lang/lang.h"
#include "catalog/lock/lock.h"
#include "catalog/nested.h"
#include "catalog/sbom/sbom.h"
#include "catalog/system/system.h"

const struct ia_analyser *const ia_analysers[] = {
    &ia_bitnami_analyser,   &ia_bottlerocket_analyser, &ia_chisel_analyser,
    &ia_composer_analyser,  &ia_conda_analyser,        &ia_content_manifest_analyser,
    &ia_copyright_analyser, &ia_cos_analyser,          &ia_cran_analyser,
    &ia_dotnet_analyser,    &ia_hex_analyser,          &ia_java_analyser,
    &ia_jdk_analyser,       &ia_luarocks_analyser,     &ia_npm_analyser,
    &ia_nested_analyser,    &ia_pacman_analyser,       &ia_perl_analyser,
    &ia_portage_analyser,   &ia_python_analyser,       &ia_ruby_analyser,
    &ia_wordpress_analyser, &ia_sbom_analyser,         &ia_executable_analyser,
};
const size_t ia_analyser_count = IA_COUNT(ia_analysers);

const struct ia_analyser *const ia_lock_file_analysers[] = {
    &ia_bundler_lock_analyser, &ia_composer_lock_analyser, &ia_go_mod_analyser,       &ia_mix_lock_analyser,
    &ia_npm_lock_analyser,     &ia_nuget_lock_analyser,    &ia_pipfile_lock_analyser, &ia_pnpm_lock_analyser,
    &ia_pub_lock_analyser,     &ia_requirements_analyser,  &ia_toml_lock_analyser,    &ia_yarn_lock_analyser,
};
const size_t ia_lock_file_analyser_count = IA_COUNT(ia_lock_file_analysers);
