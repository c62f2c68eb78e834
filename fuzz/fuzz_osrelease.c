/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os-release: any text is read, and what comes out is valid UTF-8 that fits the limit. The older release files,
 * Alpine's repositories and Ubuntu's services: what they say lies in the text.
 */
#include "fuzz.h"

#include "base/utf8.h"
#include "catalog/osrelease.h"
#include "catalog/release_files.h"
#include "catalog/ubuntu_pro.h"

static void check_text(const struct fuzz_env *f, const char *text)
{
    fuzz_check(text != NULL, "no string is NULL");
    fuzz_check(ia_utf8_valid(ia_str_from(text)), "strings are UTF-8");
    fuzz_check(ia_str_from(text).n <= f->limits.string_bytes, "strings fit the limit");
}

static void check_inside(struct ia_str part, struct ia_str text)
{
    fuzz_check(part.n == 0 || (part.p >= text.p && part.n <= text.n && part.p <= text.p + (text.n - part.n)),
               "a value lies in the text");
}

static void read_release_files(struct ia_str text)
{
    struct ia_str none = IA_STR("");
    for (size_t i = 0; i < ia_release_file_count; i++) {
        const struct ia_release_file *kind = &ia_release_files[i];
        struct ia_release release = {ia_str_from(kind->id), none, none, none, none};
        if (!kind->parse(text, &release))
            continue;
        fuzz_check(release.id.n > 0, "a release file names its distribution");
        check_inside(release.version_id, text);
        check_inside(release.patch, text);
        check_inside(release.codename, text);
        check_inside(release.pretty_name, text);
    }
    check_inside(ia_apk_branch(text), text);
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
    read_release_files(text);
    fuzz_check(ia_ubuntu_pro_parse(&f.env, text) >= 0, "damage is no failure");
    fuzz_env_close(&f);
    return 0;
}
