/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of policies. */
#include "policy/document.h"
#include "policy/schema.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(glob, rows)
{
    static const struct {
        const char *pattern, *name;
        bool matches;
    } rows[] = {
        {"tar", "tar", true},
        {"tar", "tarx", false},
        {"tar", "xtar", false},
        {"tar", "TAR", false},
        {"tar*", "tar", true},
        {"tar*", "tarball", true},
        {"*tar", "star", true},
        {"*tar", "tart", false},
        {"*", "", true},
        {"*", "anything", true},
        {"**", "", true},
        {"**", "a", true},
        {"", "", true},
        {"", "a", false},
        {"a*b", "ab", true},
        {"a*b", "axxb", true},
        {"a*b", "axxbc", false},
        {"a*b*c", "a1b2b3c", true},
        {"a*b*c", "acb", false},
        {"*a*", "bab", true},
        {"*a*", "bbb", false},
        {"*ab", "aab", true},
        {"*aab", "aaab", true},
        {"a?c", "abc", false},
        {"a?c", "a?c", true},
        {"[ab]", "a", false},
        {"\\*", "*", false},
        {"CVE-2024-*", "CVE-2024-1", true},
        {"CVE-2024-*", "CVE-2023-2024-1", false},
        {"lib*-dev", "libssl-dev-dev", true},
        {"lib*-dev", "libssl-dev:i386", false},
        {"\xc3\xa4*", "\xc3\xa4pfel", true},
        {"g++*", "g++-12", true},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        cr_expect_eq(ia_glob(ia_str_from(rows[i].pattern), ia_str_from(rows[i].name)), rows[i].matches, "'%s' and '%s'",
                     rows[i].pattern, rows[i].name);
}

/* The dearest pattern that the schema lets pass, on the longest name that an inventory keeps. */
Test(glob, worst_case)
{
    size_t size = 1 << 20;
    char *name = malloc(size);
    char pattern[IA_SCHEMA_PATTERN];
    memset(name, 'a', size);
    memset(pattern, 'a', sizeof(pattern));
    pattern[0] = '*';
    pattern[sizeof(pattern) - 1] = 'b';
    cr_assert_not(ia_glob((struct ia_str){pattern, sizeof(pattern)}, (struct ia_str){name, size}));
    for (size_t i = 0; i < sizeof(pattern) - 1; i += 2)
        pattern[i] = '*';
    cr_assert_not(ia_glob((struct ia_str){pattern, sizeof(pattern)}, (struct ia_str){name, size}));
    free(name);
}
