/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Go's build information: the input is the data segment, mapped at an address, that holds it. The first byte says
 * whether the format named it.
 */
#include "fuzz.h"

#include "catalog/binary/go.h"

enum { ADDRESS = 0x5000 };

static bool mapped(const void *format, uint64_t address, struct ia_extent *out)
{
    const struct ia_examined *x = format;
    if (address < ADDRESS || address - ADDRESS >= x->file.n)
        return false;
    *out = (struct ia_extent){address - ADDRESS, x->file.n - (address - ADDRESS)};
    return true;
}

static void read_found(const struct ia_found *found)
{
    struct ia_cursor left = ia_cursor_from(found->packed.p, found->packed.n);
    struct ia_found_item item;
    int status;
    while ((status = ia_found_next(&left, &item)) > 0)
        fuzz_check(item.kind == IA_FOUND_NOTE || item.package.name.n > 0, "a module has a path");
    fuzz_check(status == 0, "what was found can be read back");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_env f;
    struct ia_found found;
    struct ia_go_info info;
    if (size < 1)
        return 0;
    fuzz_env_open(&f);
    ia_found_init(&found, &f.env);
    struct ia_examined x = {.file = ia_cursor_from(data + 1, size - 1), .env = &f.env, .found = &found};
    struct ia_go_place place = {&x, {0, size - 1}, ADDRESS, data[0] & 1, mapped, &x};
    int status = ia_go_info(&place, &info);
    fuzz_check(status >= 0, "malformed information is no failure");
    fuzz_check(status == 1 || !(data[0] & 1) || found.packed.n > 0, "what must be there and is not is remarked");
    if (status == 1)
        status = ia_go_packages(&x, &info);
    fuzz_check(status >= 0 || status == IMGA_E_LIMIT, "nor are malformed modules");
    read_found(&found);
    ia_found_free(&found);
    if (status < 0)
        fuzz_check(f.env.error.status == status, "the error is described");
    fuzz_env_close(&f);
    return 0;
}
