/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One purl. What is read is written, and what is written is read as the same components and written as the same text;
 * what is refused has a reason, and is refused only for its type's demands when a reader without them takes it.
 */
#include "fuzz.h"

#include "model/purl.h"

enum { MOST = 64 * 1024 };

static void check_same(const struct ia_purl *a, const struct ia_purl *b)
{
    fuzz_check(ia_str_eq(a->type, b->type) && ia_str_eq(a->namespace, b->namespace), "type and namespace");
    fuzz_check(ia_str_eq(a->name, b->name) && ia_str_eq(a->version, b->version), "name and version");
    fuzz_check(ia_str_eq(a->subpath, b->subpath) && a->n_qualifiers == b->n_qualifiers, "subpath and qualifiers");
}

static void check_stable(const struct ia_purl *purl)
{
    struct ia_buf first, second, storage;
    struct ia_purl again;
    const char *why;
    ia_buf_init(&first, &ia_alloc_libc, SIZE_MAX);
    ia_buf_init(&second, &ia_alloc_libc, SIZE_MAX);
    ia_buf_init(&storage, &ia_alloc_libc, SIZE_MAX);
    fuzz_check(ia_purl_write(&first, purl) == IMGA_OK, "what is read is written");
    fuzz_check(ia_purl_read(ia_buf_view(&first), &storage, &again, &why) == IMGA_OK, "what is written is read");
    check_same(purl, &again);
    fuzz_check(ia_purl_write(&second, &again) == IMGA_OK, "and written again");
    fuzz_check(ia_str_eq(ia_buf_view(&first), ia_buf_view(&second)), "as the same text");
    ia_buf_free(&first);
    ia_buf_free(&second);
    ia_buf_free(&storage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_str text = {(const char *)data, size > MOST ? MOST : size};
    struct ia_buf storage;
    struct ia_purl purl;
    const char *why = NULL;
    ia_buf_init(&storage, &ia_alloc_libc, text.n);
    int status = ia_purl_read(text, &storage, &purl, &why);
    fuzz_check(status == IMGA_OK || (status == IMGA_E_FORMAT && why && *why), "components or a reason");
    if (status == IMGA_OK)
        check_stable(&purl);
    else if (ia_purl_read_any(text, &storage, &purl, &why) == IMGA_OK && !ia_purl_fault(&purl))
        fuzz_check(why[0] == '\0', "only the spelling of a key is left");
    ia_buf_free(&storage);
    return 0;
}
