/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opkg's status database (OpenWrt, Yocto): dpkg's form with states of its own ("want flag,flag state"), and what the
 * control file beside it adds, info/NAME.control: licence, maintainer, source. Its lists of files are dpkg's, in Yocto
 * with mode and link target behind tabs.
 */
#include "catalog/named_files.h"
#include "catalog/paragraph.h"

static bool has_flag(struct ia_str flags, const char *name)
{
    struct ia_str flag;
    while (ia_str_next(&flags, ',', &flag))
        if (ia_str_is(flag, name))
            return true;
    return false;
}

static void set_state(struct ia_db_reader *reader, struct ia_record *record, struct ia_str status)
{
    struct ia_str want, flags = {"", 0}, state = {"", 0};
    bool whole = ia_str_word(&status, &want) && ia_str_word(&status, &flags) && ia_str_word(&status, &state);
    if (!ia_package_state_find(state, &record->installed) || !whole)
        ia_damage_add(reader->damage, IA_DAMAGE_STATE, record->offset);
    else if (!ia_str_is(state, "installed"))
        ia_record_add_field(reader, record, "state", state);
    if (whole && has_flag(flags, "hold"))
        ia_record_add_field(reader, record, "hold", IA_STR("1"));
    if (whole && has_flag(flags, "user"))
        ia_record_add_field(reader, record, "explicit", IA_STR("1"));
}

/* OpenWrt: "SourceName: busybox", beside "Source: package/utils/busybox"; Yocto: "Source: busybox_1.36.1.bb
 * file.patch". */
static void set_source(struct ia_record *record, const struct ia_paragraph *p)
{
    struct ia_str source = p->value[IA_PARAGRAPH_SOURCE], word;
    if (ia_str_word(&source, &word) && ia_str_ends(word, IA_STR(".bb")))
        record->source = ia_str_sub(word, 0, ia_str_find(word, '_'));
    if (p->value[IA_PARAGRAPH_SOURCE_NAME].n)
        record->source = p->value[IA_PARAGRAPH_SOURCE_NAME];
}

/* What is empty in the record, from a paragraph. */
static void add_details(struct ia_record *record, const struct ia_paragraph *p)
{
    if (record->license.n == 0)
        record->license = p->value[IA_PARAGRAPH_LICENSE];
    if (record->maintainer.n == 0)
        record->maintainer = p->value[IA_PARAGRAPH_MAINTAINER];
    if (record->architecture.n == 0)
        record->architecture = p->value[IA_PARAGRAPH_ARCHITECTURE];
    set_source(record, p);
}

static bool make_record(struct ia_db_reader *reader, const struct ia_paragraph *p, struct ia_record *out)
{
    *out = (struct ia_record){.name = p->value[IA_PARAGRAPH_PACKAGE],
                              .version = p->value[IA_PARAGRAPH_VERSION],
                              .source = p->value[IA_PARAGRAPH_PACKAGE],
                              .source_version = p->value[IA_PARAGRAPH_VERSION],
                              .offset = p->offset,
                              .installed = true,
                              .files = ia_conffiles(p->value[IA_PARAGRAPH_CONFFILES])};
    add_details(out, p);
    if (p->has[IA_PARAGRAPH_STATUS])
        set_state(reader, out, p->value[IA_PARAGRAPH_STATUS]);
    if (out->name.n && (out->version.n || !out->installed))
        return true;
    ia_damage_add(reader->damage, IA_DAMAGE_RECORD, p->offset);
    return false;
}

bool ia_opkg_next(struct ia_db_reader *reader, struct ia_record *out)
{
    struct ia_paragraph paragraph;
    while (ia_paragraph_next(reader, &paragraph))
        if (make_record(reader, &paragraph, out))
            return true;
    return false;
}

/* What hands records on with what their control files add. */
struct completing {
    const struct ia_named_files *controls;
    ia_take_record *take;
    void *user;
};

static int complete(void *user, struct ia_env *env, const struct ia_record *record)
{
    const struct completing *c = user;
    struct ia_record whole = *record;
    struct ia_db_reader reader;
    struct ia_paragraph control;
    struct ia_damage ignored = {.count = {0}}; /* of a file that adds nothing that decides */
    struct ia_str text;
    if (ia_named_files_find(c->controls, record->name, &text)) {
        ia_db_reader_init(&reader, text, &ignored);
        if (ia_paragraph_next(&reader, &control))
            add_details(&whole, &control);
    }
    return c->take(c->user, env, &whole);
}

int ia_opkg_read(struct ia_env *env, const struct ia_db_source *source, struct ia_damage *damage, ia_take_record *take,
                 void *user)
{
    struct completing completing = {source->controls, take, user};
    struct ia_db_reader reader;
    ia_db_reader_init(&reader, ia_db_text(source), damage);
    if (source->controls)
        return ia_records_read(env, &reader, ia_opkg_next, complete, &completing);
    return ia_records_read(env, &reader, ia_opkg_next, take, user);
}
