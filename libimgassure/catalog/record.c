/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of databases that are texts share. */
#include "catalog/record.h"

void ia_damage_add(struct ia_damage *damage, enum ia_damage_kind kind, size_t offset)
{
    if (damage->count[kind]++ == 0)
        damage->first[kind] = offset;
}

void ia_db_reader_init(struct ia_db_reader *reader, struct ia_str text, struct ia_damage *damage)
{
    size_t nul = ia_str_find(text, '\0');
    *reader = (struct ia_db_reader){.damage = damage};
    ia_deb822_init(&reader->lines, text);
    if (nul < text.n)
        ia_damage_add(damage, IA_DAMAGE_NUL, nul);
}

void ia_record_add_field(struct ia_db_reader *reader, struct ia_record *record, const char *name, struct ia_str value)
{
    if (record->field_count >= IA_READER_FIELDS)
        return;
    reader->fields[record->field_count++] = (struct ia_field){ia_str_from(name), value};
    record->fields = reader->fields;
}

/* Half a version would be another version. */
struct ia_str ia_db_text(const struct ia_db_source *source)
{
    size_t last = ia_str_find_last(source->text, '\n');
    if (!source->cut)
        return source->text;
    return ia_str_sub(source->text, 0, last < source->text.n ? last + 1 : 0);
}

int ia_records_read(struct ia_env *env, struct ia_db_reader *reader, ia_record_next *next, ia_take_record *take,
                    void *user)
{
    struct ia_record record;
    reader->cancel = env->hooks->cancel;
    while (next(reader, &record)) {
        IA_TRY(ia_check_cancel(env));
        IA_TRY(take(user, env, &record));
    }
    return ia_check_cancel(env); /* that would end the records, too */
}
