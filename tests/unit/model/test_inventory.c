/* SPDX-License-Identifier: Apache-2.0 */
/* The inventory's strings, limits and order; findings and verdicts as containers. */
#include "model/finding.h"

#include "support.h"

#include <criterion/criterion.h>
#include <imgassure/policy.h>
#include <string.h>

#define FFFD "\xef\xbf\xbd"

Test(inventory, starts_empty)
{
    struct test_env t;
    struct ia_inventory inventory;
    test_env_open(&t);
    cr_assert_eq(ia_inventory_init(&t.env, &inventory), IMGA_OK);
    const char *const texts[] = {
        inventory.image.form,          inventory.image.reference, inventory.image.manifest_digest,
        inventory.image.config_digest, inventory.image.os,        inventory.image.architecture,
        inventory.image.variant,       inventory.image.created,   inventory.distro.id,
        inventory.distro.version_id,   inventory.distro.codename, inventory.distro.release,
        inventory.distro.pretty_name,  inventory.distro.id_like,  inventory.id};
    for (size_t i = 0; i < IA_COUNT(texts); i++)
        cr_expect_str_eq(texts[i], "", "text %zu", i);
    cr_expect_null(ia_inventory_package(&inventory, 0));
    cr_expect_null(ia_inventory_layer(&inventory, 0));
    ia_inventory_sort(&inventory);
    ia_inventory_free(&inventory);
    test_env_close(&t);
    cr_expect_eq(t.live, 0u);
    struct ia_inventory zeroed = {0};
    ia_inventory_free(&zeroed);
}

Test(inventory, strings_are_repaired)
{
    static const struct {
        struct ia_str in;
        const char *out;
        bool repaired;
    } rows[] = {
        {{"", 0}, "", false},
        {{NULL, 0}, "", false},
        {{"plain", 5}, "plain", false},
        {{"na\xc3\xafve", 6}, "na\xc3\xafve", false},
        {{FFFD, 3}, FFFD, false},
        {{"a\xff", 2}, "a" FFFD, true},
        {{"\xff\xfe", 2}, FFFD FFFD, true},
        {{"\xc3", 1}, FFFD, true},
        {{"a\0b", 3}, "a" FFFD "b", true},
        {{"\0", 1}, FFFD, true},
        {{"a\0", 2}, "a" FFFD, true},
        {{"\0\0x", 3}, FFFD FFFD "x", true},
        {{"\xed\xa0\x80", 3}, FFFD FFFD FFFD, true},
        {{"tab\tand\nnewline\x01", 16}, "tab\tand\nnewline\x01", false},
    };
    struct test_env t;
    struct ia_inventory inventory;
    test_env_open(&t);
    cr_assert_eq(ia_inventory_init(&t.env, &inventory), IMGA_OK);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        bool repaired = false, kept = true;
        const char *text = ia_inventory_str(&t.env, &inventory, rows[i].in, &repaired);
        cr_assert_not_null(text);
        cr_expect_str_eq(text, rows[i].out, "row %zu", i);
        cr_expect_eq(repaired, rows[i].repaired, "row %zu", i);
        cr_expect_not_null(ia_inventory_str(&t.env, &inventory, rows[i].in, &kept));
        cr_expect(kept, "row %zu: never set to false", i);
        cr_expect_str_eq(ia_inventory_str(&t.env, &inventory, rows[i].in, NULL), rows[i].out, "row %zu", i);
    }
    cr_expect_eq(ia_inventory_str(&t.env, &inventory, IA_STR("plain"), NULL),
                 ia_inventory_str(&t.env, &inventory, IA_STR("plain"), NULL), "interned");
    ia_inventory_free(&inventory);
    test_env_close(&t);
    cr_expect_eq(t.live, 0u);
}

Test(inventory, string_limit)
{
    struct test_env t;
    struct ia_inventory inventory;
    test_env_open(&t);
    t.limits.string_bytes = 6;
    cr_assert_eq(ia_inventory_init(&t.env, &inventory), IMGA_OK);
    cr_expect_str_eq(ia_inventory_str(&t.env, &inventory, IA_STR("123456"), NULL), "123456");
    cr_expect_str_eq(ia_inventory_str(&t.env, &inventory, IA_STR("\xff\xff"), NULL), FFFD FFFD);
    cr_expect_null(ia_inventory_str(&t.env, &inventory, IA_STR("1234567"), NULL));
    cr_expect_eq(t.env.error.status, IMGA_E_LIMIT);
    cr_expect_not_null(strstr(t.env.error.message, "string_bytes"));
    test_env_reset(&t);
    bool repaired = false;
    cr_expect_null(ia_inventory_str(&t.env, &inventory, IA_STR("\xff\xff\xff"), &repaired), "9 bytes when repaired");
    cr_expect_eq(t.env.error.status, IMGA_E_LIMIT);
    cr_expect_not(repaired);
    ia_inventory_free(&inventory);
    test_env_close(&t);
    cr_expect_eq(t.live, 0u);
}

Test(inventory, count_limits)
{
    struct test_env t;
    struct ia_inventory inventory;
    struct ia_package package = {.layer = -1};
    struct ia_layer layer = {0};
    test_env_open(&t);
    t.limits.packages = 3;
    t.limits.layers = 2;
    cr_assert_eq(ia_inventory_init(&t.env, &inventory), IMGA_OK);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(ia_inventory_add_package(&t.env, &inventory, &package), IMGA_OK);
    for (int i = 0; i < 2; i++)
        cr_expect_eq(ia_inventory_add_layer(&t.env, &inventory, &layer), IMGA_OK);
    cr_expect_eq(ia_inventory_add_package(&t.env, &inventory, &package), IMGA_E_LIMIT);
    cr_expect_not_null(strstr(t.env.error.message, "packages (3)"));
    test_env_reset(&t);
    cr_expect_eq(ia_inventory_add_layer(&t.env, &inventory, &layer), IMGA_E_LIMIT);
    cr_expect_not_null(strstr(t.env.error.message, "layers (2)"));
    cr_expect_str_eq(ia_inventory_package(&inventory, 2)->name, "");
    cr_expect_str_eq(ia_inventory_layer(&inventory, 1)->digest, "");
    cr_expect_null(ia_inventory_package(&inventory, 3));
    cr_expect_null(ia_inventory_layer(&inventory, 2));
    ia_inventory_free(&inventory);
    test_env_close(&t);
    cr_expect_eq(t.live, 0u);
}

/* In their order; each differs from the one before in one field. */
static const char *const files_a[] = {"a"}, *const files_b[] = {"b"}, *const files_ab[] = {"a", "b"};
static const struct ia_property property_a[] = {{"a", "1"}}, property_b[] = {{"a", "2"}};
static const struct ia_package ordered[] = {
    {.type = "apk", .name = "z"},
    {.type = "deb", .name = "A"},
    {.type = "deb", .name = "a"},
    {.type = "deb", .name = "a", .layer = 1},
    {.type = "deb", .name = "a", .layer = 1, .files = files_a, .file_count = 1},
    {.type = "deb", .name = "a", .layer = 1, .files = files_b, .file_count = 1},
    {.type = "deb", .name = "a", .layer = 1, .files = files_ab, .file_count = 2},
    {.type = "deb", .name = "a", .layer = 1, .properties = property_a, .property_count = 1},
    {.type = "deb", .name = "a", .layer = 1, .properties = property_b, .property_count = 1},
    {.type = "deb", .name = "a", .maintainer = "m"},
    {.type = "deb", .name = "a", .how = "h"},
    {.type = "deb", .name = "a", .purl = "p"},
    {.type = "deb", .name = "a", .expression = "e"},
    {.type = "deb", .name = "a", .license = "l"},
    {.type = "deb", .name = "a", .source_version = "1"},
    {.type = "deb", .name = "a", .source = "s"},
    {.type = "deb", .name = "a", .inside = "i"},
    {.type = "deb", .name = "a", .path = "p"},
    {.type = "deb", .name = "a", .version = "1"},
    {.type = "deb", .name = "a", .version = "1", .path = "p"},
    {.type = "deb", .name = "a", .version = "2"},
    {.type = "deb", .name = "a", .architecture = "all"},
    {.type = "deb", .name = "a", .architecture = "amd64", .version = "0"},
    {.type = "deb", .name = "ab"},
    {.type = "deb", .name = "b"},
    {.type = "deb", .name = "\xc3\xa9"},
};

Test(inventory, order)
{
    for (size_t i = 0; i < IA_COUNT(ordered); i++)
        for (size_t j = 0; j < IA_COUNT(ordered); j++) {
            struct ia_package a = ordered[i], b = ordered[j];
            ia_package_defaults(&a);
            ia_package_defaults(&b);
            cr_expect_eq(ia_package_order(&a, &b), (i > j) - (i < j), "rows %zu and %zu", i, j);
        }
}

/* From many starting orders, with every row twice: always the same result. */
Test(inventory, sort)
{
    for (size_t step = 1; step < 42; step++) {
        struct test_env t;
        struct ia_inventory inventory;
        size_t n = 2 * IA_COUNT(ordered), i = 0;
        test_env_open(&t);
        cr_assert_eq(ia_inventory_init(&t.env, &inventory), IMGA_OK);
        for (size_t k = 0; k < n; k++, i = (i + step) % (n + 1)) {
            struct ia_package row = ordered[(step % 3 == 0 ? k : step % 7 == 0 ? n - 1 - k : i) % IA_COUNT(ordered)];
            cr_assert_eq(ia_inventory_add_package(&t.env, &inventory, &row), IMGA_OK);
        }
        size_t before = t.count;
        ia_inventory_sort(&inventory);
        cr_expect_eq(t.count, before, "sorting takes no memory");
        for (size_t k = 1; k < n; k++)
            cr_expect_leq(
                ia_package_order(ia_inventory_package(&inventory, k - 1), ia_inventory_package(&inventory, k)), 0,
                "step %zu at %zu", step, k);
        ia_inventory_free(&inventory);
        test_env_close(&t);
        cr_expect_eq(t.live, 0u);
    }
}

Test(inventory, sort_counts)
{
    static const char *const names[] = {"c", "a", "b", "d"};
    for (size_t n = 0; n <= IA_COUNT(names); n++) {
        struct test_env t;
        struct ia_inventory inventory;
        test_env_open(&t);
        cr_assert_eq(ia_inventory_init(&t.env, &inventory), IMGA_OK);
        for (size_t i = 0; i < n; i++)
            cr_assert_eq(ia_inventory_add_package(&t.env, &inventory, &(struct ia_package){.name = names[i]}), IMGA_OK);
        ia_inventory_sort(&inventory);
        cr_expect_eq(inventory.packages.n, n);
        for (size_t i = 0; n == 4 && i < n; i++)
            cr_expect_str_eq(ia_inventory_package(&inventory, i)->name, ((const char *const[]){"a", "b", "c", "d"})[i]);
        ia_inventory_free(&inventory);
        test_env_close(&t);
    }
}

static int fill(struct test_env *t, struct ia_inventory *inventory)
{
    int status = ia_inventory_init(&t->env, inventory);
    for (int i = 0; status == IMGA_OK && i < 40; i++) {
        char name[16] = "package-";
        struct ia_package package = {.type = "deb"};
        name[8] = (char)('A' + i);
        name[9] = i % 2 ? 'x' : '\xff';
        package.name = ia_inventory_str(&t->env, inventory, (struct ia_str){name, 10}, NULL);
        status = package.name ? ia_inventory_add_package(&t->env, inventory, &package) : t->env.error.status;
    }
    return status == IMGA_OK ? ia_inventory_add_layer(&t->env, inventory, &(struct ia_layer){0}) : status;
}

Test(inventory, memory)
{
    struct test_env t;
    struct ia_inventory inventory;
    int status = IMGA_E_NOMEM;
    test_env_open(&t);
    for (t.fail_at = 1; status == IMGA_E_NOMEM; t.fail_at++) {
        t.count = 0;
        status = fill(&t, &inventory);
        cr_expect(status == IMGA_OK || status == IMGA_E_NOMEM, "at %zu: %d", t.fail_at, status);
        cr_expect_eq(t.env.error.status, status);
        ia_inventory_free(&inventory);
        cr_expect_eq(t.live, 0u, "at %zu", t.fail_at);
        ia_error_clear(&t.env);
        cr_assert_lt(t.fail_at, 1000u);
    }
    cr_expect_gt(t.fail_at, 10u);
    test_env_close(&t);
}

Test(findings, container)
{
    struct test_env t;
    struct ia_findings findings;
    struct ia_inventory inventory;
    struct ia_finding row = {.id = "CVE-2024-0001"};
    test_env_open(&t);
    t.limits.findings = 1;
    cr_assert_eq(ia_inventory_init(&t.env, &inventory), IMGA_OK);
    ia_findings_init(&t.env, &findings);
    cr_expect_not(ia_findings_complete(&findings), "nothing was looked at");
    findings.inventory = &inventory;
    cr_expect(ia_findings_complete(&findings));
    cr_expect_str_eq(findings.database_id, "");
    cr_expect_null(ia_findings_at(&findings, 0));
    cr_assert_eq(ia_vec_push(&findings.rows, &row), IMGA_OK);
    cr_expect_eq(ia_vec_push(&findings.rows, &row), IMGA_E_LIMIT);
    cr_expect_str_eq(ia_findings_at(&findings, 0)->id, "CVE-2024-0001");
    cr_expect_null(ia_findings_at(&findings, 1));
    cr_assert_eq(ia_notes_add(&findings.notes, IMGA_NOTE_NO_FEED, -1, IA_STR(""), IA_STR("no feed")), IMGA_OK);
    cr_expect_not(ia_findings_complete(&findings), "the match");
    ia_findings_free(&findings);
    ia_findings_init(&t.env, &findings);
    findings.inventory = &inventory;
    cr_assert_eq(ia_notes_add(&inventory.notes, IMGA_NOTE_DB_PARTIAL, -1, IA_STR(""), IA_STR("half")), IMGA_OK);
    cr_expect_not(ia_findings_complete(&findings), "the inventory");
    ia_findings_free(&findings);
    ia_inventory_free(&inventory);
    test_env_close(&t);
    cr_expect_eq(t.live, 0u);
    struct ia_findings zeroed = {0};
    ia_findings_free(&zeroed);
}

Test(verdict, container)
{
    struct test_env t;
    struct ia_verdict verdict;
    struct ia_verdict_item item = {.rule = "r"};
    test_env_open(&t);
    ia_verdict_init(&t.env, &verdict);
    cr_expect_eq(verdict.result, IMGA_VERDICT_INCOMPLETE, "until it is evaluated");
    cr_expect_str_eq(verdict.policy_id, "");
    cr_expect_str_eq(verdict.policy_name, "");
    cr_expect_null(ia_verdict_at(&verdict, 0));
    cr_assert_eq(ia_vec_push(&verdict.items, &item), IMGA_OK);
    cr_expect_str_eq(ia_verdict_at(&verdict, 0)->rule, "r");
    cr_expect_null(ia_verdict_at(&verdict, 1));
    ia_verdict_free(&verdict);
    test_env_close(&t);
    cr_expect_eq(t.live, 0u);
    struct ia_verdict zeroed = {0};
    ia_verdict_free(&zeroed);
}
