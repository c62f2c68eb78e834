/* SPDX-License-Identifier: Apache-2.0 */
/* The text in place of a database. */
#include "listed.h"

#include <criterion/criterion.h>
#include <string.h>

#define BASH                                                                                                           \
    "bash\t5.1-1.cm2\t1700000000\t1690000000\tMicrosoft Corporation\t(none)\t99\tx86_64\t0\tbash-5.1-1.cm2.src.rpm\n"
#define BASH_LISTED                                                                                                    \
    "bash 5.1-1.cm2 x86_64 bash 5.1-1.cm2 ||release=1.cm2,source-rpm=bash-5.1-1.cm2.src.rpm,vendor=Microsoft "         \
    "Corporation,install-time=2023-11-14T22:13:20Z|\n"

Test(rpm_manifest, texts)
{
    static const struct {
        const char *name, *text, *expected;
    } rows[] = {
        {"one", BASH, BASH_LISTED},
        {"blank lines", "\n" BASH "\n\n", BASH_LISTED},
        {"bad line in front", "x\n" BASH, BASH_LISTED "!line*1\n"},
        {"bad line behind", BASH "x\ty\n", BASH_LISTED "!line*1\n"},
        {"epoch", "a\t1-2\t0\t0\t\t7\t0\tnoarch\t7\ts-1-2.src.rpm",
         "a 7:1-2 noarch s 1-2 ||epoch=7,release=2,source-rpm=s-1-2.src.rpm,install-time=1970-01-01T00:00:00Z|\n"},
        {"no release", "a\t1\tx\t0\t\t(none)\t0\tnoarch\t0\t(none)\n", "a 1 noarch a 1 |||\n!header*1\n"},
        {"no name", "\t1-1\tx\t0\t\t(none)\t0\tnoarch\t0\t(none)\n", "!record*1\n"},
        {"key", "gpg-pubkey\t1-2\tx\t0\t(none)\t(none)\t0\t(none)\t0\t(none)\n",
         "-gpg-pubkey 1-2  gpg-pubkey 1-2 ||release=2|\n"},
        {"CRLF", "a\t1-2\tx\t0\t\t(none)\t0\tnoarch\t0\ta-1-2.src.rpm\r\n",
         "a 1-2 noarch a 1-2 ||release=2,source-rpm=a-1-2.src.rpm|\n"},
        {"more columns", "a\t1-2\tx\t0\t\t(none)\t0\tnoarch\t0\ta-1-2.src.rpm\tb\tc\n",
         "a 1-2 noarch a 1-2 ||release=2,source-rpm=a-1-2.src.rpm|\n"},
        {"no line of this form", "bash\t5.1\n", "!format*1\n"},
        {"nothing", "", "!format*1\n"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        char out[LISTED];
        list_bytes(ia_str_from(rows[i].text), out);
        cr_expect_str_eq(out, rows[i].expected, "%s: got\n%s", rows[i].name, out);
    }
}

Test(rpm_manifest, bytes_of_value_0)
{
    static const char late[600] = BASH "\0" BASH;
    char out[LISTED];
    char text[1200];
    memset(text, '\n', sizeof(text));
    memcpy(text + 600, BASH "\0", sizeof(BASH));
    memcpy(text, BASH, sizeof(BASH) - 1);
    list_bytes((struct ia_str){text, sizeof(text)}, out);
    cr_expect(is_damaged(out, "nul") && strncmp(out, BASH_LISTED BASH_LISTED, 2 * strlen(BASH_LISTED)) == 0, "%s", out);
    list_bytes((struct ia_str){late, sizeof(late)}, out);
    cr_expect_str_eq(out, "!format*1\n", "bytes of value 0 at the beginning");
}
