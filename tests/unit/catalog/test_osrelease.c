/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/osrelease.h"
#include "support.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *repeat(const char *head, char c, size_t count, const char *tail)
{
    size_t n = strlen(head);
    char *text = malloc(n + count + strlen(tail) + 1);
    memcpy(text, head, n);
    memset(text + n, c, count);
    memcpy(text + n + count, tail, strlen(tail) + 1);
    return text;
}

static void check(struct test_env *t, const char *name, const char *text, const char *expected, int contradicts)
{
    struct ia_inventory inventory;
    struct ia_distro d;
    char got[512];
    test_env_reset(t);
    cr_assert_eq(ia_inventory_init(&t->env, &inventory), IMGA_OK);
    cr_expect_eq(ia_osrelease_parse(&t->env, &inventory, IA_STR("etc/os-release"), ia_str_from(text), &d), IMGA_OK,
                 "%s", name);
    snprintf(got, sizeof(got), "%.80s|%.80s|%.80s|%.80s|%.80s", d.id, d.id_like, d.version_id, d.codename,
             d.pretty_name);
    cr_expect_str_eq(got, expected, "%s: got %s", name, got);
    cr_expect_eq(test_has_note(t, IMGA_NOTE_OS), contradicts, "%s", name);
    cr_expect_eq(t->env.error.status, IMGA_OK, "%s", name);
    ia_inventory_free(&inventory);
}

Test(osrelease, texts)
{
    static const struct {
        const char *name, *text, *expected;
        int contradicts;
    } rows[] = {
        {"empty", "", "||||", 0},
        {"debian",
         "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n",
         "debian||12|bookworm|Debian GNU/Linux 12 (bookworm)", 0},
        {"alpine", "ID=alpine\nVERSION_ID=3.18.9\n", "alpine||3.18.9||", 0},
        {"quotes", "ID='debian'\nID_LIKE=\"a b\"\nPRETTY_NAME=\"a\\\"b\\$\"", "debian|a b|||a\"b$", 0},
        {"the last counts", "ID=alpine\nID=debian\n", "debian||||", 1},
        {"two releases", "ID=debian\nVERSION_ID=11\nVERSION_ID=12\n", "debian||12||", 1},
        {"two pretty names", "ID=debian\nPRETTY_NAME=a\nPRETTY_NAME=b\n", "debian||||b", 0},
        {"twice the same", "ID=debian\nID=\"debian\"\n", "debian||||", 0},
        {"nothing is expanded", "ID=$(id)`id`${X}\n", "$(id)`id`${X}||||", 0},
        {"comments and bad lines", "# ID=x\nBAD LINE\n=x\n ID=debian\nVERSION_ID=\"1\n", "debian||||", 0},
        {"other case is another key", "id=x\nId=y\n", "||||", 0},
        {"CRLF", "ID=debian\r\nVERSION_ID=12\r\n", "debian||12||", 0},
        {"invalid UTF-8", "ID=deb\xffian\n", "deb\xef\xbf\xbdian||||", 0},
    };
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        check(&t, rows[i].name, rows[i].text, rows[i].expected, rows[i].contradicts);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* A value over string_bytes counts as not set; the lines around it still count. */
Test(osrelease, long_values)
{
    struct test_env t;
    test_env_open(&t);
    t.limits.string_bytes = 100;
    char *fits = repeat("ID=debian\nX=", 'x', 100, "\nVERSION_ID=12\n");
    char *over = repeat("ID=debian\nPRETTY_NAME=", 'x', 101, "\nVERSION_ID=12\n");
    char *grows = repeat("ID=debian\nPRETTY_NAME=", '\xff', 99, "\nVERSION_ID=12\n");
    check(&t, "fits", fits, "debian||12||", 0);
    check(&t, "over", over, "debian||12||", 0);
    check(&t, "over when repaired", grows, "debian||12||", 0);
    free(fits);
    free(over);
    free(grows);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}
