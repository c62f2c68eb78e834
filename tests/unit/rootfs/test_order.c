/* SPDX-License-Identifier: Apache-2.0 */
/* Sorting: every length around the runs it is made of, orders good and bad, equal keys, and no memory. */
#include "rootfs/view.h"

#include "support.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { MOST = 700 };

/* Ids are places; the keys lie beside them. */
static bool key_before(const void *user, uint32_t a, uint32_t b)
{
    const uint32_t *keys = user;
    return keys[a] < keys[b];
}

static uint32_t ascending(size_t i, size_t n)
{
    (void)n;
    return (uint32_t)i;
}

static uint32_t descending(size_t i, size_t n)
{
    return (uint32_t)(n - i);
}

static uint32_t equal(size_t i, size_t n)
{
    (void)i;
    (void)n;
    return 7;
}

static uint32_t noise(size_t i, size_t n)
{
    (void)n;
    return (uint32_t)(i * 2654435761u) >> 8;
}

static uint32_t few_keys(size_t i, size_t n)
{
    return noise(i, n) % 5;
}

/* Sorted, but for one that came too late. */
static uint32_t nearly(size_t i, size_t n)
{
    return i + 1 == n ? 0 : (uint32_t)i + 1;
}

static const struct {
    const char *name;
    uint32_t (*key)(size_t i, size_t n);
} shapes[] = {{"ascending", ascending}, {"descending", descending}, {"equal", equal},
              {"noise", noise},         {"few keys", few_keys},     {"nearly sorted", nearly}};

static void check(const char *name, const uint32_t *ids, const uint32_t *keys, size_t n)
{
    bool seen[MOST] = {false};
    for (size_t i = 0; i < n; i++) {
        cr_assert(ids[i] < n && !seen[ids[i]], "%s, %zu: an id is lost", name, n);
        seen[ids[i]] = true;
        if (i > 0)
            cr_assert(keys[ids[i - 1]] < keys[ids[i]] || (keys[ids[i - 1]] == keys[ids[i]] && ids[i - 1] < ids[i]),
                      "%s, %zu: place %zu", name, n, i);
    }
}

Test(order, sorts_every_length_and_keeps_equals_in_place)
{
    static uint32_t keys[MOST], ids[MOST];
    const struct ia_order order = {key_before, keys};
    struct test_env t;
    test_env_open(&t);
    for (size_t s = 0; s < IA_COUNT(shapes); s++)
        for (size_t n = 0; n <= MOST; n += n < 70 ? 1 : 63) {
            for (size_t i = 0; i < n; i++) {
                keys[i] = shapes[s].key(i, n);
                ids[i] = (uint32_t)i;
            }
            cr_assert_eq(ia_sort_ids(&t.env.alloc, n ? ids : NULL, n, &order), IMGA_OK);
            check(shapes[s].name, ids, keys, n);
        }
    t.fail_at = t.count + 1;
    cr_assert_eq(ia_sort_ids(&t.env.alloc, ids, MOST, &order), IMGA_E_NOMEM, "no memory");
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}
