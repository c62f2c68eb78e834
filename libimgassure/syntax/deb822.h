/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paragraphs of "Field: value" with continuation lines (deb822(5)), from memory, without copying. Tolerant: a line that
 * is neither is counted as bad with its offset, and reading goes on.
 */
#ifndef IA_SYNTAX_DEB822_H
#define IA_SYNTAX_DEB822_H

#include "base/str.h"

#include <stdint.h>

struct ia_deb822 {
    struct ia_str text; /* all of it */
    size_t at;          /* offset of the next line */
    bool open;          /* a field was read since the last end of a paragraph */
};

struct ia_deb822_field {
    struct ia_str name;
    struct ia_str value; /* trimmed; continuation lines included, with their newlines */
    size_t offset;       /* of the field's first byte */
};

enum ia_deb822_event {
    IA_DEB822_END = 0,   /* no more input */
    IA_DEB822_FIELD,     /* *field is set */
    IA_DEB822_PARAGRAPH, /* a paragraph ended, or the input after a field; never twice in a row */
    IA_DEB822_BAD        /* a malformed line; field->offset and field->value (the line) are set */
};

void ia_deb822_init(struct ia_deb822 *reader, struct ia_str text);
enum ia_deb822_event ia_deb822_next(struct ia_deb822 *reader, struct ia_deb822_field *field);

#endif
