/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One declared licence, in every form. It is an expression or nothing; the expression is well-formed and stays as it is
 * when it is read again.
 */
#include "fuzz.h"

#include "model/license.h"

enum { MOST = 16 * 1024 };

static bool normalise(struct ia_str text, enum ia_license_form form, struct ia_buf *out)
{
    bool known = false;
    int status = ia_license_normalise(text, form, out, &known);
    fuzz_check(status == IMGA_OK, "no failure but of memory");
    fuzz_check(known == (out->n > 0), "an expression or nothing");
    return known;
}

static void check_form(struct ia_str text, enum ia_license_form form)
{
    struct ia_buf first, second;
    ia_buf_init(&first, &ia_alloc_libc, SIZE_MAX);
    ia_buf_init(&second, &ia_alloc_libc, SIZE_MAX);
    if (normalise(text, form, &first) && first.n <= IA_LICENSE_BYTES) {
        fuzz_check(normalise(ia_buf_view(&first), IA_LICENSE_SPDX, &second), "what is known is an expression");
        fuzz_check(ia_str_eq(ia_buf_view(&first), ia_buf_view(&second)), "that stays as it is");
    }
    ia_buf_free(&first);
    ia_buf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_str text = {(const char *)data, size > MOST ? MOST : size};
    for (enum ia_license_form form = 0; form < IA_LICENSE_FORMS; form++)
        check_form(text, form);
    return 0;
}
