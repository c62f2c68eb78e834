/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of both database formats share. */
#include "catalog/record.h"

void ia_damage_add(struct ia_damage *damage, enum ia_damage_kind kind, size_t offset)
{
    if (damage->count[kind]++ == 0)
        damage->first[kind] = offset;
}

void ia_db_reader_init(struct ia_db_reader *reader, struct ia_str text)
{
    size_t nul = ia_str_find(text, '\0');
    *reader = (struct ia_db_reader){.damage = {.count = {0}}};
    ia_deb822_init(&reader->lines, text);
    if (nul < text.n)
        ia_damage_add(&reader->damage, IA_DAMAGE_NUL, nul);
}
