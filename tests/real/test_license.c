/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SPDX licence list as CycloneDX's schema has it: every identifier is known, as a licence or as an exception, and
 * spelt so. Reads schemas below IMGASSURE_SHARED; exit 77 without it.
 */
#include "model/license.h"
#include "model/license_ids.h"
#include "vectors.h"

#include <string.h>

/* A licence that is its own expression or has a successor, or an exception. */
static bool is_known(struct ia_str id)
{
    const char *exception = ia_license_exception(id), *license = ia_license_id(id);
    struct ia_buf out;
    bool known;
    ia_buf_init(&out, &ia_alloc_libc, 1000);
    bool good = ia_license_normalise(id, IA_LICENSE_SPDX, &out, &known) == IMGA_OK &&
                (known ? license && ia_str_is(id, license) : exception && ia_str_is(id, exception));
    good = good && (!known || ia_license_successor(id) || ia_str_eq(ia_buf_view(&out), id));
    if (!good)
        printf("# %.*s: %.*s\n", (int)id.n, id.p, (int)out.n, out.n ? out.p : "");
    ia_buf_free(&out);
    return good;
}

int main(void)
{
    struct vectors v;
    unsigned ids = 0, failed = 0;
    char key[64], skipped[8];
    if (!vectors_open(&v, "../schemas/cyclonedx/spdx.schema.json")) {
        puts("no schema: skipped");
        return VECTORS_SKIPPED;
    }
    vectors_next(&v);
    while (vectors_key(&v, key, sizeof(key))) {
        if (strcmp(key, "enum") != 0) {
            vectors_text(&v, skipped, sizeof(skipped));
            continue;
        }
        for (vectors_next(&v); vectors_next(&v) == IA_JSON_STRING; ids++)
            failed += !is_known(v.text);
    }
    vectors_close(&v);
    bool bad = failed > 0 || ids < 800;
    printf("%s licences: %u identifiers, %u failed\n", bad ? "not ok" : "ok", ids, failed);
    return bad;
}
