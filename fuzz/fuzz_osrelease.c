/* SPDX-License-Identifier: Apache-2.0 */
/* os-release: any text is read, and what comes out is valid UTF-8 that fits the limit. */
#include "fuzz.h"

#include "base/utf8.h"
#include "catalog/osrelease.h"

static void check_text(const struct fuzz_env *f, const char *text)
{
    fuzz_check(text != NULL, "no string is NULL");
    fuzz_check(ia_utf8_valid(ia_str_from(text)), "strings are UTF-8");
    fuzz_check(ia_str_from(text).n <= f->limits.string_bytes, "strings fit the limit");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_env f;
    struct ia_inventory inventory;
    struct ia_distro distro;
    struct ia_str text = {(const char *)data, size};
    fuzz_env_open(&f);
    f.limits.string_bytes = 256;
    fuzz_check(ia_inventory_init(&f.env, &inventory) == IMGA_OK, "an inventory starts");
    int status = ia_osrelease_parse(&f.env, &inventory, IA_STR("etc/os-release"), text, &distro);
    fuzz_check(status == IMGA_OK, "damage is no failure");
    check_text(&f, distro.id);
    check_text(&f, distro.id_like);
    check_text(&f, distro.version_id);
    check_text(&f, distro.codename);
    check_text(&f, distro.pretty_name);
    ia_inventory_free(&inventory);
    fuzz_env_close(&f);
    return 0;
}
