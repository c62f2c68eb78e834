/* SPDX-License-Identifier: Apache-2.0 */
/* Tar archives from short descriptions, and what the walker says about them as text: shared by the tests of the walker.
 */
#ifndef TAR_CASE_H
#define TAR_CASE_H

#include "support.h"
#include "tarball.h"

#include "io/tar.h"

enum { CASE_STEPS = 10, CASE_TEXT = 8192 };

struct case_patch {
    size_t at; /* in the header; the checksum is made anew */
    const char *bytes;
    size_t n;
};

#define PATCH(at, literal)                                                                                             \
    {                                                                                                                  \
        at, literal, sizeof(literal) - 1                                                                               \
    }

enum step_kind { MEMBER = 0, ZERO_BLOCK, END_MARK, RAW };

struct case_step {
    enum step_kind kind;
    const char *name;
    char type; /* '0' when 0, NUL when '@' */
    const char *link;
    const char *data; /* PAX text "key=value\n..." becomes records for 'x' and 'g', unless raw */
    size_t size;      /* of data; 0: its length */
    bool raw, bad_checksum, signed_checksum, no_data;
    struct case_patch patch[4];
};

struct tar_case {
    const char *name;
    const char *expected;
    size_t cut; /* bytes taken off the end */
    struct case_step steps[CASE_STEPS];
};

void case_build(struct tarball *t, const struct tar_case *row);

enum walk_mode { WALK_JUMPING, WALK_READING };

/*
 * Walks to the end and writes one line an entry: type letter, name, "> link", size, "!" and flags (T type, P pax,
 * N number, O overlay, S sparse); then "end", with "lacks" or "trailing", or the name of the status.
 */
int case_walk(struct ia_env *env, struct ia_reader *reader, enum walk_mode mode, char text[CASE_TEXT]);

#endif
