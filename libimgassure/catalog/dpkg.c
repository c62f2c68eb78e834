/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg's status database: deb822 paragraphs, one a package (dpkg(1), deb-control(5)), and its lists of files. A state
 * that is not known counts as installed.
 */
#include "catalog/paragraph.h"

/*
 * "want flag state": only the state says what is on disk. Without the field (status.d) the package is installed.
 */
static void set_state(struct ia_db_reader *reader, struct ia_record *record, struct ia_str status)
{
    struct ia_str want = {"", 0}, flag, state = {"", 0};
    bool whole = ia_str_word(&status, &want) && ia_str_word(&status, &flag) && ia_str_word(&status, &state);
    if (!ia_package_state_find(state, &record->installed) || !whole)
        ia_damage_add(reader->damage, IA_DAMAGE_STATE, record->offset);
    else if (!ia_str_is(state, "installed"))
        ia_record_add_field(reader, record, "state", state);
    if (whole && ia_str_is(want, "hold"))
        ia_record_add_field(reader, record, "hold", IA_STR("1"));
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

static bool make_record(struct ia_db_reader *reader, const struct ia_paragraph *p, struct ia_record *out)
{
    *out = (struct ia_record){.name = p->value[IA_PARAGRAPH_PACKAGE],
                              .version = p->value[IA_PARAGRAPH_VERSION],
                              .architecture = p->value[IA_PARAGRAPH_ARCHITECTURE],
                              .maintainer = p->value[IA_PARAGRAPH_MAINTAINER],
                              .license = IA_STR(""),
                              .offset = p->offset,
                              .installed = true,
                              .files = ia_conffiles(p->value[IA_PARAGRAPH_CONFFILES])};
    if (p->has[IA_PARAGRAPH_STATUS])
        set_state(reader, out, p->value[IA_PARAGRAPH_STATUS]);
    set_source(out, p->value[IA_PARAGRAPH_SOURCE]);
    if (out->name.n && (out->version.n || !out->installed))
        return true;
    ia_damage_add(reader->damage, IA_DAMAGE_RECORD, p->offset);
    return false;
}

bool ia_dpkg_next(struct ia_db_reader *reader, struct ia_record *out)
{
    struct ia_paragraph paragraph;
    while (ia_paragraph_next(reader, &paragraph))
        if (make_record(reader, &paragraph, out))
            return true;
    return false;
}

int ia_dpkg_read(struct ia_env *env, const struct ia_db_source *source, struct ia_damage *damage, ia_take_record *take,
                 void *user)
{
    struct ia_db_reader reader;
    ia_db_reader_init(&reader, ia_db_text(source), damage);
    return ia_records_read(env, &reader, ia_dpkg_next, take, user);
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
