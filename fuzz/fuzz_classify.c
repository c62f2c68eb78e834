/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classifiers: rules up to the first NUL, then a file. Where a file's texts lie in the words of the machine makes no
 * difference: with 16, 17, 18 and 19 bytes before it, the same is found. Then the built-in rules read it.
 */
#include "fuzz.h"

#include "catalog/binary/classify.h"

#include <stdlib.h>
#include <string.h>

enum { BEFORE = 16, SHIFTS = 4, FILL = 0xFE };

static void classify(struct fuzz_env *f, const struct ia_classifiers *set, struct ia_str content, size_t before,
                     struct ia_found *found)
{
    char *shifted = malloc(before + content.n);
    fuzz_check(shifted != NULL, "memory");
    memset(shifted, FILL, before);
    memcpy(shifted + before, content.p, content.n);
    struct ia_analysed file = {IA_STR("usr/bin/openssl"), {shifted, before + content.n}, 0755};
    ia_found_init(found, &f->env);
    fuzz_check(ia_classify(set, &file, &f->env, found) == IMGA_OK, "a file never fails");
    free(shifted);
}

/* Of more matches than are kept it depends on the words which are. */
static bool is_full(const struct ia_found *found)
{
    struct ia_cursor left = ia_cursor_from(found->packed.p, found->packed.n);
    struct ia_found_item item;
    while (ia_found_next(&left, &item) > 0)
        if (item.kind == IA_FOUND_NOTE)
            return true;
    return false;
}

static void compare(struct fuzz_env *f, const struct ia_classifiers *set, struct ia_str content)
{
    struct ia_found first, found;
    classify(f, set, content, BEFORE, &first);
    for (size_t i = 1; i < SHIFTS; i++) {
        classify(f, set, content, BEFORE + i, &found);
        fuzz_check(is_full(&first) || is_full(&found) ||
                       ia_str_eq(ia_buf_view(&first.packed), ia_buf_view(&found.packed)),
                   "everywhere the same is found");
        ia_found_free(&found);
    }
    ia_found_free(&first);
}

/* A rule that asks for the bytes that fill the room before the file finds them. */
static bool asks_for_fill(const struct ia_classifiers *set)
{
    for (size_t i = 0; i < set->rule_count; i++)
        if (ia_str_find(set->rules[i].before, (char)FILL) < set->rules[i].before.n)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_str input = {(const char *)data, size}, rules = ia_str_sub(input, 0, ia_str_find(input, '\0'));
    struct ia_str content = ia_str_sub(input, rules.n + 1, size);
    struct ia_classifiers *set = NULL;
    struct fuzz_env f;
    if (content.n == 0)
        content = (struct ia_str){"", 0};
    fuzz_env_open(&f);
    int status = ia_classifiers_parse(&f.env, rules, NULL, &set);
    fuzz_check(status == IMGA_OK || status == IMGA_E_FORMAT || status == IMGA_E_LIMIT, "a status of malformed rules");
    fuzz_check((status == IMGA_OK) == (set != NULL), "rules exactly on success");
    if (set && !asks_for_fill(set))
        compare(&f, set, content);
    compare(&f, &ia_classifiers_builtin, content);
    ia_classifiers_free(set);
    fuzz_env_close(&f);
    return 0;
}
