/* SPDX-License-Identifier: Apache-2.0 */
/* deb822(5), deb-conffiles(5); the states of dpkg(1) and of opkg's pkg.c, which has two more. */
#include "catalog/paragraph.h"

#include "base/macros.h"

static enum ia_paragraph_field field_of(struct ia_str name)
{
    static const char *const names[IA_PARAGRAPH_FIELDS] = {
        "Package", "Status", "Version", "Source", "SourceName", "Architecture", "Maintainer", "License", "Conffiles"};
    enum ia_paragraph_field field = IA_PARAGRAPH_PACKAGE;
    while (field < IA_PARAGRAPH_FIELDS && !ia_str_eq_case(name, ia_str_from(names[field])))
        field++;
    return field;
}

static void begin(struct ia_paragraph *p)
{
    *p = (struct ia_paragraph){.offset = 0};
    for (size_t i = 0; i < IA_PARAGRAPH_FIELDS; i++)
        p->value[i] = IA_STR("");
}

static struct ia_str first_line(struct ia_str value, size_t offset, struct ia_damage *damage)
{
    size_t end = ia_str_find(value, '\n');
    if (end < value.n)
        ia_damage_add(damage, IA_DAMAGE_FIELD, offset);
    return ia_str_trim(ia_str_sub(value, 0, end));
}

static void take_field(struct ia_paragraph *p, const struct ia_deb822_field *field, struct ia_damage *damage)
{
    enum ia_paragraph_field which = field_of(field->name);
    if (which == IA_PARAGRAPH_FIELDS)
        return;
    if (p->has[which]) { /* the first stays: what comes later in a paragraph was perhaps put there to mislead */
        ia_damage_add(damage, IA_DAMAGE_FIELD, field->offset);
        return;
    }
    p->has[which] = true;
    p->value[which] = which == IA_PARAGRAPH_CONFFILES ? field->value : first_line(field->value, field->offset, damage);
}

/* Whether the event ends the paragraph at hand; a second name is read again as the first field of the next one. */
static bool ends(struct ia_db_reader *reader, const struct ia_paragraph *p, enum ia_deb822_event event,
                 const struct ia_deb822_field *field)
{
    if (event == IA_DEB822_PARAGRAPH)
        return true;
    if (event != IA_DEB822_FIELD || !p->has[IA_PARAGRAPH_PACKAGE] || field_of(field->name) != IA_PARAGRAPH_PACKAGE)
        return false;
    ia_damage_add(reader->damage, IA_DAMAGE_FIELD, field->offset);
    reader->lines.at = field->offset;
    return true;
}

bool ia_paragraph_next(struct ia_db_reader *reader, struct ia_paragraph *out)
{
    struct ia_deb822_field field;
    enum ia_deb822_event event;
    bool begun = false;
    begin(out);
    while (!ia_cancel_is_set(reader->cancel) && (event = ia_deb822_next(&reader->lines, &field)) != IA_DEB822_END) {
        if (ends(reader, out, event, &field)) {
            if (begun)
                return true;
            continue;
        }
        if (event == IA_DEB822_BAD) {
            ia_damage_add(reader->damage, IA_DAMAGE_LINE, field.offset);
            continue;
        }
        if (!begun)
            out->offset = field.offset;
        begun = true;
        take_field(out, &field, reader->damage);
    }
    return begun;
}

bool ia_package_state_find(struct ia_str state, bool *on_disk)
{
    static const struct {
        const char *name;
        bool on_disk;
    } states[] = {
        {"installed", true},        {"half-configured", true}, {"triggers-awaited", true}, {"triggers-pending", true},
        {"unpacked", true},         {"half-installed", true},  {"config-files", false},    {"not-installed", false},
        {"post-inst-failed", true}, {"removal-failed", true},
    };
    *on_disk = true;
    for (size_t i = 0; i < IA_COUNT(states); i++)
        if (ia_str_is(state, states[i].name)) {
            *on_disk = states[i].on_disk;
            return true;
        }
    return false;
}

/* " /etc/x HASH [obsolete] [remove-on-upgrade]" a line; a path may hold blanks. */
static struct ia_str path_of(struct ia_str line)
{
    static const char *const flags[] = {" remove-on-upgrade", " obsolete"};
    for (size_t i = 0; i < IA_COUNT(flags); i++)
        if (ia_str_ends(line, ia_str_from(flags[i])))
            line = ia_str_trim(ia_str_sub(line, 0, line.n - ia_str_from(flags[i]).n));
    line = ia_str_trim(ia_str_sub(line, 0, ia_str_find_last(line, ' ')));
    return ia_str_starts(line, IA_STR("/")) ? ia_str_sub(line, 1, line.n) : line;
}

static bool next_conffile(struct ia_record_files *files, struct ia_str *directory, struct ia_str *name)
{
    struct ia_str line;
    *directory = IA_STR("");
    while (ia_str_next(&files->a, '\n', &line)) {
        *name = path_of(ia_str_trim(line));
        if (name->n)
            return true;
    }
    return false;
}

struct ia_record_files ia_conffiles(struct ia_str value)
{
    return (struct ia_record_files){.next = next_conffile, .a = value};
}
