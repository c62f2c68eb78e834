/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files; the first byte says which. */
#include "fuzz.h"

#include "catalog/lock/lock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const struct ia_analyser *analyser;
        const char *path;
    } rows[] = {
        {&ia_npm_lock_analyser, "package-lock.json"},
        {&ia_yarn_lock_analyser, "yarn.lock"},
        {&ia_pnpm_lock_analyser, "pnpm-lock.yaml"},
        {&ia_toml_lock_analyser, "Cargo.lock"},
        {&ia_toml_lock_analyser, "poetry.lock"},
        {&ia_pipfile_lock_analyser, "Pipfile.lock"},
        {&ia_requirements_analyser, "requirements.txt"},
        {&ia_bundler_lock_analyser, "Gemfile.lock"},
        {&ia_composer_lock_analyser, "composer.lock"},
        {&ia_nuget_lock_analyser, "packages.lock.json"},
        {&ia_go_mod_analyser, "go.mod"},
        {&ia_pub_lock_analyser, "pubspec.lock"},
        {&ia_mix_lock_analyser, "mix.lock"},
    };
    if (size == 0)
        return 0;
    size_t which = data[0] % IA_COUNT(rows);
    fuzz_analyse(rows[which].analyser, rows[which].path, data + 1, size - 1);
    return 0;
}
