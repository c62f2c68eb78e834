/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg's status database: deb822 paragraphs, one a package (dpkg(1), deb-control(5), deb822(5)), and its lists of
 * files. What dpkg would refuse is read as far as it goes, always so that a package is rather listed than hidden: a
 * second "Package" in a paragraph begins a record of its own, a state that is not known counts as installed.
 */
#include "catalog/record.h"

#include "base/macros.h"

enum field { PACKAGE, STATUS, VERSION, SOURCE, ARCHITECTURE, MAINTAINER, FIELDS };

struct paragraph {
    struct ia_str value[FIELDS];
    bool has[FIELDS];
    bool begun;
    size_t offset;
};

static void begin(struct paragraph *p)
{
    *p = (struct paragraph){.begun = false};
    for (size_t i = 0; i < FIELDS; i++)
        p->value[i] = IA_STR("");
}

static enum field field_of(struct ia_str name)
{
    static const char *const names[FIELDS] = {"Package", "Status", "Version", "Source", "Architecture", "Maintainer"};
    enum field field = PACKAGE;
    while (field < FIELDS && !ia_str_eq_case(name, ia_str_from(names[field])))
        field++;
    return field;
}

static struct ia_str first_line(struct ia_str value, size_t offset, struct ia_damage *damage)
{
    size_t end = ia_str_find(value, '\n');
    if (end < value.n)
        ia_damage_add(damage, IA_DAMAGE_FIELD, offset);
    return ia_str_trim(ia_str_sub(value, 0, end));
}

static void take_field(struct paragraph *p, const struct ia_deb822_field *field, struct ia_damage *damage)
{
    enum field which = field_of(field->name);
    if (!p->begun)
        p->offset = field->offset;
    p->begun = true;
    if (which == FIELDS)
        return;
    if (p->has[which]) { /* the first stays: what comes later in a paragraph was perhaps put there to mislead */
        ia_damage_add(damage, IA_DAMAGE_FIELD, field->offset);
        return;
    }
    p->has[which] = true;
    p->value[which] = first_line(field->value, field->offset, damage);
}

/*
 * "want flag state": only the state says what is on disk. In unpacked and half-installed the files are (partly) there,
 * vulnerable ones included, though the package does not work. Without the field (status.d) the package is installed.
 */
static bool is_installed(struct ia_str status, size_t offset, struct ia_damage *damage)
{
    static const struct {
        const char *name;
        bool on_disk;
    } states[] = {
        {"installed", true}, {"half-configured", true}, {"triggers-awaited", true}, {"triggers-pending", true},
        {"unpacked", true},  {"half-installed", true},  {"config-files", false},    {"not-installed", false},
    };
    struct ia_str want, flag, state;
    if (ia_str_word(&status, &want) && ia_str_word(&status, &flag) && ia_str_word(&status, &state))
        for (size_t i = 0; i < IA_COUNT(states); i++)
            if (ia_str_is(state, states[i].name))
                return states[i].on_disk;
    ia_damage_add(damage, IA_DAMAGE_STATE, offset);
    return true;
}

/* A rebuild of the same source for one architecture ends in "+bN"; its source has the version without it. */
static struct ia_str without_binnmu(struct ia_str version)
{
    size_t end = version.n;
    while (end > 0 && ia_is_digit(version.p[end - 1]))
        end--;
    bool rebuilt = end < version.n && end > 2 && version.p[end - 1] == 'b' && version.p[end - 2] == '+';
    return rebuilt ? ia_str_sub(version, 0, end - 2) : version;
}

/* "name" or "name (version)", blanks anywhere; half a parenthesis counts as none. */
static void set_source(struct ia_record *record, struct ia_str source)
{
    size_t open = ia_str_find(source, '(');
    struct ia_str head = ia_str_sub(source, 0, open), rest = ia_str_sub(source, open + 1, source.n), name;
    size_t close = ia_str_find(rest, ')');
    struct ia_str version = ia_str_trim(ia_str_sub(rest, 0, close));
    record->source = ia_str_word(&head, &name) ? name : record->name;
    record->source_version = close < rest.n && version.n ? version : without_binnmu(record->version);
}

static bool finish(struct ia_db_reader *reader, const struct paragraph *p, struct ia_record *out)
{
    struct ia_damage *damage = &reader->damage;
    if (!p->begun)
        return false;
    *out = (struct ia_record){.name = p->value[PACKAGE],
                              .version = p->value[VERSION],
                              .architecture = p->value[ARCHITECTURE],
                              .maintainer = p->value[MAINTAINER],
                              .license = IA_STR(""),
                              .text = IA_STR(""),
                              .offset = p->offset};
    out->installed = !p->has[STATUS] || is_installed(p->value[STATUS], p->offset, damage);
    set_source(out, p->value[SOURCE]);
    if (out->name.n && (out->version.n || !out->installed))
        return true;
    ia_damage_add(damage, IA_DAMAGE_RECORD, p->offset);
    return false;
}

bool ia_dpkg_next(struct ia_db_reader *reader, struct ia_record *out)
{
    struct paragraph p;
    struct ia_deb822_field field;
    enum ia_deb822_event event;
    begin(&p);
    while (!ia_cancel_is_set(reader->cancel) && (event = ia_deb822_next(&reader->lines, &field)) != IA_DEB822_END) {
        bool again = event == IA_DEB822_FIELD && p.has[PACKAGE] && field_of(field.name) == PACKAGE;
        if (again) {
            ia_damage_add(&reader->damage, IA_DAMAGE_FIELD, field.offset);
            reader->lines.at = field.offset;
        }
        if (again || event == IA_DEB822_PARAGRAPH) {
            if (finish(reader, &p, out))
                return true;
            begin(&p);
        } else if (event == IA_DEB822_BAD) {
            ia_damage_add(&reader->damage, IA_DAMAGE_LINE, field.offset);
        } else {
            take_field(&p, &field, &reader->damage);
        }
    }
    return finish(reader, &p, out);
}

bool ia_dpkg_list_next(struct ia_str *rest, struct ia_str *path)
{
    struct ia_str line;
    while (ia_str_next(rest, '\n', &line)) {
        if (ia_str_ends(line, IA_STR("\r")))
            line.n--;
        if (ia_str_starts(line, IA_STR("/")))
            line = ia_str_sub(line, 1, line.n);
        *path = line;
        if (line.n && !ia_str_is(line, "."))
            return true;
    }
    return false;
}

bool ia_dpkg_md5sums_next(struct ia_str *rest, struct ia_str *path)
{
    struct ia_str line;
    while (ia_dpkg_list_next(rest, &line)) {
        size_t blank = ia_str_find(line, ' ');
        *path = ia_str_sub(line, blank + 1, line.n);
        while (path->n && (path->p[0] == ' ' || path->p[0] == '*' || path->p[0] == '/')) /* '*': md5sum(1), binary */
            *path = ia_str_sub(*path, 1, path->n);
        if (path->n)
            return true;
    }
    return false;
}
