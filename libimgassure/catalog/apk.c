/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apk's database of installed packages: lines of one letter, ':' and a value; an empty line ends a package (apk-tools
 * 2 and 3, lib/apk/db/installed). Everything in it is installed. Lines that are not of this form are counted and passed
 * over; a second name in a record begins a record of its own.
 */
#include "catalog/record.h"

enum field { NAME, VERSION, ARCHITECTURE, LICENSE, ORIGIN, MAINTAINER, FIELDS };

static const char letters[FIELDS + 1] = "PVALom";

struct lines {
    struct ia_str value[FIELDS];
    bool has[FIELDS];
    bool begun;
    size_t offset;
};

static void begin(struct lines *l)
{
    *l = (struct lines){.begun = false};
    for (size_t i = 0; i < FIELDS; i++)
        l->value[i] = IA_STR("");
}

/* Cuts the next line off the text; an end of line of two bytes is taken too. */
static bool next_line(struct ia_str *rest, struct ia_str *line)
{
    if (!ia_str_next(rest, '\n', line))
        return false;
    if (ia_str_ends(*line, IA_STR("\r")))
        line->n--;
    return true;
}

static bool is_field(struct ia_str line)
{
    return line.n >= 2 && ia_is_alpha(line.p[0]) && line.p[1] == ':';
}

static void take_line(struct lines *l, struct ia_str line, size_t offset, struct ia_damage *damage)
{
    size_t field = ia_str_find(ia_str_from(letters), line.p[0]);
    if (field == FIELDS)
        return;
    if (l->has[field]) {
        ia_damage_add(damage, IA_DAMAGE_FIELD, offset);
        return;
    }
    l->has[field] = true;
    l->value[field] = ia_str_trim(ia_str_sub(line, 2, line.n));
}

static bool finish(struct ia_db_reader *reader, const struct lines *l, size_t end, struct ia_record *out)
{
    if (!l->begun)
        return false;
    *out = (struct ia_record){.name = l->value[NAME],
                              .version = l->value[VERSION],
                              .architecture = l->value[ARCHITECTURE],
                              .source = l->value[ORIGIN].n ? l->value[ORIGIN] : l->value[NAME],
                              .source_version = l->value[VERSION],
                              .license = l->value[LICENSE],
                              .maintainer = l->value[MAINTAINER],
                              .offset = l->offset,
                              .installed = true};
    out->text = ia_str_sub(reader->lines.text, l->offset, end - l->offset);
    if (out->name.n && out->version.n)
        return true;
    ia_damage_add(&reader->damage, IA_DAMAGE_RECORD, l->offset);
    return false;
}

/* Whether the line ends the record that is being read, without being part of it or of the next one. */
static bool ends_record(const struct lines *l, struct ia_str line, struct ia_db_reader *reader, size_t offset)
{
    if (line.n == 0)
        return true;
    if (!is_field(line) || line.p[0] != letters[NAME] || !l->has[NAME])
        return false;
    ia_damage_add(&reader->damage, IA_DAMAGE_FIELD, offset);
    reader->lines.at = offset;
    return true;
}

bool ia_apk_next(struct ia_db_reader *reader, struct ia_record *out)
{
    struct ia_str text = reader->lines.text, line;
    struct lines l;
    begin(&l);
    while (reader->lines.at < text.n && !ia_cancel_is_set(reader->cancel)) {
        size_t offset = reader->lines.at;
        struct ia_str rest = ia_str_sub(text, offset, text.n);
        next_line(&rest, &line);
        reader->lines.at = text.n - rest.n;
        if (ends_record(&l, line, reader, offset)) {
            if (finish(reader, &l, offset, out))
                return true;
            begin(&l);
            continue;
        }
        if (!l.begun)
            l.offset = offset;
        l.begun = true;
        if (is_field(line))
            take_line(&l, line, offset, &reader->damage);
        else
            ia_damage_add(&reader->damage, IA_DAMAGE_LINE, offset);
    }
    return finish(reader, &l, text.n, out);
}

bool ia_apk_next_file(struct ia_apk_files *files, struct ia_str *name)
{
    struct ia_str line;
    while (next_line(&files->rest, &line)) {
        struct ia_str value = ia_str_sub(line, 2, line.n);
        if (!is_field(line))
            continue;
        if (line.p[0] == 'F')
            files->directory = value;
        *name = value;
        if (line.p[0] == 'R' && value.n)
            return true;
    }
    return false;
}
