/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of files and of what an analyser finds in them. */
#ifndef TEST_LANG_CASES_H
#define TEST_LANG_CASES_H

#include "analysed.h"

struct file_case {
    const char *name;
    const char *path;
    struct ia_str content;
    const char *lines; /* as test_analyse() writes them */
};

#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }

struct place_case {
    const char *path;
    int wanted;
};

void check_files(const struct ia_analyser *analyser, const struct file_case *rows, size_t count);
/* The sweep of test_analyse_hostile() over every row. */
void check_hostile(const struct ia_analyser *analyser, const struct file_case *rows, size_t count);
/* Only the failed allocations: where damage may well end without a note. */
void check_allocations(const struct ia_analyser *analyser, const struct file_case *rows, size_t count);
void check_places(const struct ia_analyser *analyser, const struct place_case *rows, size_t count);

#endif
