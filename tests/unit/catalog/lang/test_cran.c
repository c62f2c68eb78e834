/* SPDX-License-Identifier: Apache-2.0 */
/* DESCRIPTION of installed packages of R. */
#include "cases.h"
#include "catalog/lang/lang.h"

#include <criterion/criterion.h>

#define AT "usr/local/lib/R/site-library/rlang/DESCRIPTION"

static const struct file_case rows[] = {
    {"of CRAN", AT,
     TEXT("Package: rlang\nVersion: 1.1.3\nTitle: Functions for Base Types\nAuthors@R: c(\n    person(\"L\", \"H\")\n  "
          ")\n"
          "License: MIT + file LICENSE\nDepends: R (>= 3.5.0)\nRepository: CRAN\nAuthor: Lionel Henry "
          "[aut]\nMaintainer: "
          "Lionel Henry <l@posit.co>\nBuilt: R 4.3.2; x86_64-pc-linux-gnu; 2024-01-11 00:00:00 UTC; unix\n"),
     "package cran rlang 1.1.3 license=MIT%20+%20file%20LICENSE supplier=Lionel%20Henry%20<l@posit.co> "
     "how=r-description repository=CRAN\n"},
    {"of R itself", "usr/lib/R/library/stats/DESCRIPTION",
     TEXT("Package: stats\nVersion: 4.2.2\nPriority: base\nTitle: The R Stats Package\nAuthor: R Core Team\nLicense: "
          "Part "
          "of R 4.2.2\nBuilt: R 4.2.2; ; 2022-11-10 12:00:00 UTC; unix\n"),
     "package cran stats 4.2.2 license=Part%20of%20R%204.2.2 supplier=R%20Core%20Team how=r-description "
     "priority=base\n"},
    {"no version", AT, TEXT("Package: rlang\nBuilt: R 4\n"), "note db-partial 0\n"},
    {"a malformed line", AT, TEXT("Package: a\nnonsense\nVersion: 1\n"),
     "note db-partial -1\npackage cran a 1 how=r-description\n"},
    {"empty", AT, TEXT(""), "note db-partial 0\n"},
};

/* Elsewhere the file must say itself that it was installed. */
static const struct file_case others[] = {
    {"a library of renv", "app/renv/library/R-4.3/x86_64-pc-linux-gnu/cli/DESCRIPTION",
     TEXT("Package: cli\nVersion: 3.6.2\nBuilt: R 4.3.2; x; y; unix\n"), "package cran cli 3.6.2 how=r-description\n"},
    {"a source tree", "src/cli/DESCRIPTION", TEXT("Package: cli\nVersion: 3.6.2\n"), ""},
    {"another file of this name", "usr/share/doc/x/DESCRIPTION", TEXT("words"), ""},
};

Test(cran, files)
{
    check_files(&ia_cran_analyser, rows, IA_COUNT(rows));
    check_files(&ia_cran_analyser, others, IA_COUNT(others));
}

Test(cran, hostile)
{
    check_hostile(&ia_cran_analyser, rows, IA_COUNT(rows));
    check_allocations(&ia_cran_analyser, others, IA_COUNT(others));
}
