/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One CPE name, or facts of a package: five lines. A name that is read is written in both bindings, and each is read as
 * the same name; what is refused has a reason. Candidates are names, few, each pair once, the same every time.
 */
#include "fuzz.h"

#include "model/cpe.h"

enum { MOST = 64 * 1024 };

static void check_same(const struct ia_cpe *a, struct ia_str text)
{
    struct ia_buf storage;
    struct ia_cpe b;
    const char *why;
    ia_buf_init(&storage, &ia_alloc_libc, SIZE_MAX);
    fuzz_check(ia_cpe_read(text, &storage, &b, &why) == IMGA_OK, "what is written is read");
    for (size_t i = 0; i < IA_CPE_ATTRIBUTES; i++)
        fuzz_check(a->attributes[i].kind == b.attributes[i].kind &&
                       ia_str_eq(a->attributes[i].text, b.attributes[i].text),
                   "as the same name");
    ia_buf_free(&storage);
}

static void check_name(struct ia_str text)
{
    struct ia_buf storage, out;
    struct ia_cpe cpe;
    const char *why = NULL;
    ia_buf_init(&storage, &ia_alloc_libc, 2 * text.n);
    ia_buf_init(&out, &ia_alloc_libc, SIZE_MAX);
    int status = ia_cpe_read(text, &storage, &cpe, &why);
    fuzz_check(status == IMGA_OK || (status == IMGA_E_FORMAT && why && *why), "a name or a reason");
    if (status == IMGA_OK) {
        fuzz_check(ia_cpe_write(&out, &cpe) == IMGA_OK, "written");
        check_same(&cpe, ia_buf_view(&out));
        ia_buf_clear(&out);
        fuzz_check(ia_cpe_write_uri(&out, &cpe) == IMGA_OK, "written as a URI");
        check_same(&cpe, ia_buf_view(&out));
    }
    ia_buf_free(&storage);
    ia_buf_free(&out);
}

static void check_candidate(const struct ia_cpe_candidate *row, struct ia_str version)
{
    struct ia_buf storage, out;
    struct ia_cpe cpe;
    const char *why;
    ia_buf_init(&storage, &ia_alloc_libc, SIZE_MAX);
    ia_buf_init(&out, &ia_alloc_libc, SIZE_MAX);
    fuzz_check(ia_cpe_candidate_write(&out, row, version) == IMGA_OK, "a candidate is written");
    fuzz_check(ia_cpe_read(ia_buf_view(&out), &storage, &cpe, &why) == IMGA_OK, "and is a name");
    fuzz_check(cpe.attributes[IA_CPE_VENDOR].kind == IA_CPE_VALUE, "with a vendor");
    fuzz_check(cpe.attributes[IA_CPE_PRODUCT].kind == IA_CPE_VALUE, "and a product");
    ia_buf_free(&storage);
    ia_buf_free(&out);
}

static void check_candidates(struct ia_str text)
{
    struct ia_cpe_candidates found;
    struct ia_str line[5] = {{"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}};
    for (size_t i = 0; i < IA_COUNT(line) && ia_str_next(&text, '\n', &line[i]); i++)
        continue;
    struct ia_cpe_facts facts = {line[0], line[1], line[2], line[3], line[4]};
    ia_cpe_candidates_init(&found, &ia_alloc_libc);
    fuzz_check(ia_cpe_candidates_find(&found, &facts) == IMGA_OK && found.n <= IA_CPE_CANDIDATES, "candidates");
    for (size_t i = 0; i < found.n; i++) {
        check_candidate(&found.rows[i], facts.url);
        for (size_t j = 0; j < i; j++)
            fuzz_check(!ia_str_eq(found.rows[i].vendor, found.rows[j].vendor) ||
                           !ia_str_eq(found.rows[i].product, found.rows[j].product),
                       "each pair once");
    }
    ia_cpe_candidates_free(&found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_str text = {(const char *)data, size > MOST ? MOST : size};
    check_name(text);
    check_candidates(text);
    return 0;
}
