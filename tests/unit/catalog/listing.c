/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add(char *out, const char *format, ...)
{
    size_t n = strlen(out);
    va_list args;
    va_start(args, format);
    vsnprintf(out + n, LISTING - n, format, args);
    va_end(args);
}

#define VIEW(s) (int)(s).n, (s).p

void list_records(ia_record_next *next, struct ia_str text, char out[LISTING])
{
    static const char *const kinds[IA_DAMAGE_KINDS] = {"line",   "record", "field",     "state",  "nul",
                                                       "long",   "name",   "duplicate", "format", "page",
                                                       "header", "files",  "source",    "journal"};
    struct ia_damage damage = {.count = {0}};
    struct ia_db_reader reader;
    struct ia_record r;
    out[0] = '\0';
    ia_db_reader_init(&reader, text, &damage);
    while (next(&reader, &r)) {
        add(out, "%s%.*s %.*s %.*s %.*s %.*s", r.installed ? "" : "-", VIEW(r.name), VIEW(r.version),
            VIEW(r.architecture), VIEW(r.source), VIEW(r.source_version));
        for (size_t i = 0; i < r.field_count; i++)
            add(out, " %.*s=%.*s", VIEW(r.fields[i].name), VIEW(r.fields[i].value));
        add(out, "\n");
    }
    for (size_t i = 0; i < IA_DAMAGE_KINDS; i++)
        if (damage.count[i])
            add(out, "!%s*%zu@%zu\n", kinds[i], damage.count[i], damage.first[i]);
}

void list_packages(const struct ia_inventory *inventory, char out[LISTING])
{
    const struct ia_package *p;
    out[0] = '\0';
    for (size_t i = 0; (p = ia_inventory_package(inventory, i)); i++) {
        add(out, "%s %s %s %s %s %s @%d", p->type, p->name, p->version, p->architecture, p->source, p->source_version,
            (int)p->layer);
        for (size_t n = 0; n < p->property_count; n++)
            add(out, " %s=%s", p->properties[n].name, p->properties[n].value);
        add(out, "\n");
    }
}

void list_notes(const struct ia_notes *notes, char out[LISTING])
{
    const struct ia_note *note;
    out[0] = '\0';
    for (size_t i = 0; (note = ia_notes_at(notes, i)); i++)
        add(out, "%s %s\n", ia_note_name(note->code), note->where);
}
