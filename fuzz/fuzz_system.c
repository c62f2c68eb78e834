/* SPDX-License-Identifier: Apache-2.0 */
/* Package databases of many files or one document; the first byte says which. Names of the Nix store, too. */
#include "fuzz.h"

#include "catalog/system/nix.h"
#include "catalog/system/system.h"

static void read_name(struct ia_str entry)
{
    struct ia_found_package package;
    struct ia_str output;
    if (ia_nix_name(entry, &package, &output))
        fuzz_check(package.name.n > 0 && package.version.n > 0, "a store path of a package has name and version");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const struct ia_analyser *analyser;
        const char *path;
    } rows[] = {
        {&ia_pacman_analyser, "var/lib/pacman/local/a-1-1/desc"},
        {&ia_pacman_analyser, "var/lib/pacman/local/a-1-1/files"},
        {&ia_portage_analyser, "var/db/pkg/c/a-1-r1/PF"},
        {&ia_portage_analyser, "var/db/pkg/c/a-1-r1/CONTENTS"},
        {&ia_portage_analyser, "var/db/pkg/c/a-1-r1/SLOT"},
        {&ia_chisel_analyser, "var/lib/chisel/manifest.wall"},
        {&ia_cos_analyser, "etc/cos-package-info.json"},
        {&ia_bottlerocket_analyser, "usr/share/bottlerocket/application-inventory.json"},
        {&ia_bitnami_analyser, "opt/bitnami/.bitnami_components.json"},
        {&ia_content_manifest_analyser, "root/buildinfo/content_manifests/a.json"},
        {&ia_content_manifest_analyser, "root/buildinfo/labels.json"},
    };
    if (size == 0)
        return 0;
    size_t which = data[0] % (IA_COUNT(rows) + 1);
    if (which < IA_COUNT(rows))
        fuzz_analyse(rows[which].analyser, rows[which].path, data + 1, size - 1);
    else
        read_name((struct ia_str){(const char *)data + 1, size - 1});
    return 0;
}
