/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apk's database of installed packages: lines of one letter, ':' and a value; an empty line ends a package (apk-tools
 * 2 and 3, apk-installed: lib/apk/db/installed). Everything in it is installed. After the fields of a package come its
 * directories (F), the files in them (R), and of each its mode and owner (M, a) and checksum (Z), which are not looked
 * at. Lines that are not of this form are counted and passed over; a second name in a record begins a record of its
 * own. etc/apk/world (apk-world) has the packages that were asked for.
 */
#include "catalog/record.h"

#include "base/map.h"

enum field { NAME, VERSION, ARCHITECTURE, LICENSE, ORIGIN, MAINTAINER, BROKEN, TAG, FIELDS };

static const char letters[FIELDS + 1] = "PVALomfs";

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

static bool next_file(struct ia_record_files *files, struct ia_str *directory, struct ia_str *name)
{
    struct ia_str line;
    while (next_line(&files->a, &line)) {
        struct ia_str value = ia_str_sub(line, 2, line.n);
        if (!is_field(line))
            continue;
        if (line.p[0] == 'F')
            files->b = value;
        *directory = files->b;
        *name = value;
        if (line.p[0] == 'R' && value.n)
            return true;
    }
    return false;
}

/* Flags of apk_database.c: 'f', 's', 'x' when files, a script or attributes could not be written; 'S' is no damage. */
static void set_fields(struct ia_db_reader *reader, const struct lines *l, struct ia_record *record)
{
    struct ia_str flags = l->value[BROKEN];
    for (size_t i = 0; i < flags.n && record->field_count == 0; i++)
        if (flags.p[i] == 'f' || flags.p[i] == 's' || flags.p[i] == 'x')
            ia_record_add_field(reader, record, "state", IA_STR("broken"));
    if (l->value[TAG].n)
        ia_record_add_field(reader, record, "repository-tag", l->value[TAG]);
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
    out->files =
        (struct ia_record_files){.next = next_file, .a = ia_str_sub(reader->lines.text, l->offset, end - l->offset)};
    set_fields(reader, l, out);
    if (out->name.n && out->version.n)
        return true;
    ia_damage_add(reader->damage, IA_DAMAGE_RECORD, l->offset);
    return false;
}

/* Whether the line ends the record that is being read, without being part of it or of the next one. */
static bool ends_record(const struct lines *l, struct ia_str line, struct ia_db_reader *reader, size_t offset)
{
    if (line.n == 0)
        return true;
    if (!is_field(line) || line.p[0] != letters[NAME] || !l->has[NAME])
        return false;
    ia_damage_add(reader->damage, IA_DAMAGE_FIELD, offset);
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
            take_line(&l, line, offset, reader->damage);
        else
            ia_damage_add(reader->damage, IA_DAMAGE_LINE, offset);
    }
    return finish(reader, &l, text.n, out);
}

/* What hands records on with a field for those that the world names. */
struct marking {
    struct ia_map world; /* names, views of the text */
    struct ia_db_reader *reader;
    ia_take_record *take;
    void *user;
};

/* "name", "name=1.0", "name>1.0", "name~1", "name@tag", in any number a line; "!name" is one that must not be there. */
static int read_world(struct ia_map *world, struct ia_str text)
{
    struct ia_str line, word;
    while (ia_str_next(&text, '\n', &line)) {
        line = ia_str_trim(line);
        while (ia_str_word(&line, &word)) {
            size_t end = 0;
            while (end < word.n && ia_str_find(IA_STR("<>=~@"), word.p[end]) == 5)
                end++;
            if (end > 0 && word.p[0] != '!')
                IA_TRY(ia_map_put(world, ia_str_sub(word, 0, end), 1));
        }
    }
    return IMGA_OK;
}

static int mark(void *user, struct ia_env *env, const struct ia_record *record)
{
    struct marking *m = user;
    struct ia_record marked = *record;
    uint64_t named;
    if (ia_map_get(&m->world, record->name, &named))
        ia_record_add_field(m->reader, &marked, "explicit", IA_STR("1"));
    return m->take(m->user, env, &marked);
}

int ia_apk_read(struct ia_env *env, const struct ia_db_source *source, struct ia_damage *damage, ia_take_record *take,
                void *user)
{
    struct ia_db_reader reader;
    struct marking marking = {.reader = &reader, .take = take, .user = user};
    ia_map_init(&marking.world, &env->alloc, env->seed);
    ia_db_reader_init(&reader, ia_db_text(source), damage);
    int status = read_world(&marking.world, source->beside[0]) < 0
                     ? ia_fail_nomem(env)
                     : ia_records_read(env, &reader, ia_apk_next, mark, &marking);
    ia_map_free(&marking.world);
    return status;
}
