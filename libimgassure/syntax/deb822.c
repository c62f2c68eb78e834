/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deb822(5): paragraphs of fields. A name is made of the characters 33 to 126 without ':' and starts with neither '#'
 * nor '-'; a line that starts with a blank continues the field; a line of nothing but blanks ends the paragraph. CRLF
 * is tolerated. Comments belong to source control files only and are malformed here. Every line is looked at once or
 * twice, so the time is linear.
 */
#include "syntax/deb822.h"

struct line {
    struct ia_str text; /* without the newline */
    size_t end;         /* offset of the following line */
};

void ia_deb822_init(struct ia_deb822 *reader, struct ia_str text)
{
    *reader = (struct ia_deb822){.text = text.n ? text : (struct ia_str){"", 0}};
}

static struct line line_at(const struct ia_deb822 *reader, size_t at)
{
    struct ia_str rest = ia_str_sub(reader->text, at, reader->text.n);
    size_t n = ia_str_find(rest, '\n');
    return (struct line){ia_str_sub(rest, 0, n), at + n + (n < rest.n)};
}

static bool is_blank(struct ia_str line)
{
    return ia_str_trim(line).n == 0;
}

static bool is_continuation(struct ia_str line)
{
    return line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t') && !is_blank(line);
}

/* Length of a well-formed name in front of a ':', or 0. */
static size_t name_length(struct ia_str line)
{
    size_t i = 0;
    while (i < line.n && line.p[i] > 32 && line.p[i] < 127 && line.p[i] != ':')
        i++;
    if (i == line.n || line.p[i] != ':' || line.p[0] == '#' || line.p[0] == '-')
        return 0;
    return i;
}

/* Sets the field that starts with line, at the current offset, and steps behind its continuation lines. */
static void take_field(struct ia_deb822 *reader, struct line line, size_t name, struct ia_deb822_field *field)
{
    size_t from = reader->at, end = line.end;
    while (end < reader->text.n) {
        struct line more = line_at(reader, end);
        if (!is_continuation(more.text))
            break;
        end = more.end;
    }
    field->offset = from;
    field->name = ia_str_sub(line.text, 0, name);
    field->value = ia_str_trim(ia_str_sub(reader->text, from + name + 1, end - (from + name + 1)));
    reader->at = end;
    reader->open = true;
}

static enum ia_deb822_event end_paragraph(struct ia_deb822 *reader)
{
    reader->open = false;
    return IA_DEB822_PARAGRAPH;
}

enum ia_deb822_event ia_deb822_next(struct ia_deb822 *reader, struct ia_deb822_field *field)
{
    *field = (struct ia_deb822_field){.name = IA_STR(""), .value = IA_STR("")};
    while (reader->at < reader->text.n) {
        struct line line = line_at(reader, reader->at);
        size_t name = name_length(line.text);
        if (name > 0) {
            take_field(reader, line, name, field);
            return IA_DEB822_FIELD;
        }
        field->offset = reader->at;
        reader->at = line.end;
        if (!is_blank(line.text)) {
            field->value = line.text;
            return IA_DEB822_BAD;
        }
        if (reader->open)
            return end_paragraph(reader);
    }
    field->offset = reader->at;
    return reader->open ? end_paragraph(reader) : IA_DEB822_END;
}
