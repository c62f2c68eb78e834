/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A spot is the place of a value as the beginning of a path of the table. Containers whose spot leads nowhere are
 * skipped, so that no more of them are kept open than the paths are long, but for nested records.
 */
#include "catalog/lang/members.h"

#include "base/utf8.h"
#include "syntax/json_read.h"

#include <string.h>

enum { VALUES_MOST = 1 << 20 };

struct value {
    size_t at, n; /* in the text */
    size_t next;  /* of the same list, counted from 1; 0: none */
    int event;
};

struct spot {
    struct ia_str path; /* a view of a path of the table */
    bool in_record;     /* it counts from the innermost record; otherwise from the document */
};

struct container {
    struct spot spot;
    bool is_array;
    bool is_record;
};

struct open_record {
    struct ia_member_record record;
    size_t key_at, key_n;         /* in the text */
    size_t text_from, value_from; /* what was there before it */
};

struct walk {
    struct ia_env *env;
    const struct ia_member_table *table;
    void *user;
    struct ia_json *json;
    struct ia_member_store store;
    struct ia_vec containers; /* open ones; json_depth bounds them */
    struct ia_vec records;    /* open ones */
    struct ia_buf key;        /* of the value that comes next */
    int64_t mark;             /* bytes before the text: of a byte order mark */
    bool is_repaired;         /* offsets are not those of the file */
    bool any;                 /* a record was there */
    bool refused;             /* take ended the reading */
};

/* ---- what a record holds ---- */

static const struct value *value_of(const struct ia_member_record *record, size_t number)
{
    return number ? ia_vec_at(&record->store->values, number - 1) : NULL;
}

static struct ia_str text_of(const struct ia_member_record *record, const struct value *value)
{
    return ia_str_sub(ia_buf_view(&record->store->text), value->at, value->n);
}

static struct ia_str first_of(const struct ia_member_record *record, size_t index, int event)
{
    const struct value *value = value_of(record, record->members[index].first);
    return value && value->event == event ? text_of(record, value) : (struct ia_str){0};
}

bool ia_member_next(const struct ia_member_record *record, size_t index, size_t *at, struct ia_str *out)
{
    const struct value *value = value_of(record, *at ? *at : record->members[index].first);
    while (value && value->event != IA_JSON_STRING)
        value = value_of(record, value->next);
    if (!value || *at == SIZE_MAX)
        return false;
    *at = value->next ? value->next : SIZE_MAX;
    *out = text_of(record, value);
    return true;
}

struct ia_str ia_member(const struct ia_member_record *record, size_t index)
{
    struct ia_str text = {0};
    size_t at = 0;
    (void)ia_member_next(record, index, &at, &text);
    return text;
}

struct ia_str ia_member_number(const struct ia_member_record *record, size_t index)
{
    return first_of(record, index, IA_JSON_NUMBER);
}

bool ia_member_named(const struct ia_member_record *record, size_t index)
{
    return record->members[index].named;
}

bool ia_member_true(const struct ia_member_record *record, size_t index)
{
    const struct value *value = value_of(record, record->members[index].first);
    return value && value->event == IA_JSON_TRUE;
}

/* ---- spots ---- */

static bool ends_a_step(struct ia_str path, size_t at)
{
    return at == path.n || path.p[at] == '.' || path.p[at] == '[' || path.p[at] == '{';
}

/* Whether the path goes on from the spot with this step: "name", "[]" or "{}". */
static bool goes_on(struct ia_str path, struct ia_str spot, struct ia_str step, size_t *length)
{
    bool is_name = step.n == 0 || (step.p[0] != '[' && step.p[0] != '{');
    if (!ia_str_starts(path, spot))
        return false;
    size_t from = spot.n;
    if (is_name && from && (from == path.n || path.p[from++] != '.'))
        return false;
    *length = from + step.n;
    return step.n && ia_str_starts(ia_str_sub(path, from, path.n), step) && ends_a_step(path, *length);
}

static bool advance(const struct walk *walk, const struct spot *from, struct ia_str step, struct spot *out)
{
    struct ia_str each = ia_str_from(walk->table->each);
    size_t length;
    *out = *from;
    for (const char *const *path = walk->table->paths; from->in_record && *path; path++) {
        if (goes_on(ia_str_from(*path), from->path, step, &length)) {
            out->path = ia_str_sub(ia_str_from(*path), 0, length);
            return true;
        }
    }
    if ((from->in_record && !walk->table->nested) || !goes_on(each, from->path, step, &length))
        return false;
    out->path = ia_str_sub(each, 0, length);
    return true;
}

static bool is_plain(struct ia_str text)
{
    return ia_str_find(text, '.') == text.n && ia_str_find(text, '[') == text.n && ia_str_find(text, '{') == text.n;
}

static bool advance_key(const struct walk *walk, const struct spot *from, struct ia_str key, struct spot *out)
{
    return (is_plain(key) && advance(walk, from, key, out)) || advance(walk, from, IA_STR("{}"), out);
}

static bool is_record_spot(const struct walk *walk, const struct spot *spot)
{
    return ia_str_is(spot->path, walk->table->each) && (!spot->in_record || (walk->table->nested && spot->path.n));
}

/* ---- values ---- */

static struct open_record *innermost(const struct walk *walk)
{
    return walk->records.n ? ia_vec_at(&walk->records, walk->records.n - 1) : NULL;
}

static int described(struct walk *walk, int status)
{
    return ia_described(walk->env, status, "package_files", walk->store.values.max);
}

/* U+0000 becomes U+FFFD. */
static int add_text(struct ia_buf *out, struct ia_str text)
{
    for (size_t end; (end = ia_str_find(text, '\0')) < text.n; text = ia_str_sub(text, end + 1, text.n)) {
        IA_TRY(ia_buf_str(out, ia_str_sub(text, 0, end)));
        IA_TRY(ia_buf_text(out, "\xef\xbf\xbd"));
    }
    return ia_buf_str(out, text);
}

static int add_value(struct walk *walk, size_t index, int event, struct ia_str text)
{
    struct ia_member_store *store = &walk->store;
    struct ia_member_record *record = &innermost(walk)->record;
    struct value value = {.at = store->text.n, .event = event};
    IA_TRY(described(walk, add_text(&store->text, text)));
    value.n = store->text.n - value.at;
    IA_TRY(described(walk, ia_vec_push(&store->values, &value)));
    size_t number = store->values.n;
    if (record->members[index].last)
        ((struct value *)ia_vec_at(&store->values, record->members[index].last - 1))->next = number;
    else
        record->members[index].first = number;
    record->members[index].last = number;
    return IMGA_OK;
}

static int keep_value(struct walk *walk, const struct spot *spot, int event, struct ia_str text)
{
    const char *const *paths = walk->table->paths;
    for (size_t i = 0; spot->in_record && event != IA_JSON_NULL && paths[i]; i++)
        if (ia_str_is(spot->path, paths[i]))
            return add_value(walk, i, event, text);
    return IMGA_OK;
}

/* A member that comes again replaces all that was below its name. Elements of lists have no names. */
static void name_member(struct walk *walk, const struct spot *spot)
{
    const char *const *paths = walk->table->paths;
    if (!spot->in_record || ia_str_find(spot->path, '[') < spot->path.n || ia_str_find(spot->path, '{') < spot->path.n)
        return;
    struct ia_member_record *record = &innermost(walk)->record;
    for (size_t i = 0; paths[i]; i++) {
        struct ia_str path = ia_str_from(paths[i]);
        record->members[i].named = record->members[i].named || ia_str_eq(path, spot->path);
        if (record->members[i].first == 0 || !ia_str_starts(path, spot->path) || !ends_a_step(path, spot->path.n))
            continue;
        record->members[i].first = 0;
        record->members[i].last = 0;
        record->repeated = true;
    }
}

/* ---- containers ---- */

static int begin_record(struct walk *walk)
{
    struct ia_member_store *store = &walk->store;
    struct open_record open = {.record = {.offset = walk->mark + ia_json_offset(walk->json), .store = store},
                               .key_at = store->text.n,
                               .text_from = store->text.n,
                               .value_from = store->values.n};
    IA_TRY(described(walk, add_text(&store->text, ia_buf_view(&walk->key))));
    open.key_n = store->text.n - open.key_at;
    walk->any = true;
    return described(walk, ia_vec_push(&walk->records, &open));
}

static int end_record(struct walk *walk, bool whole)
{
    struct open_record *open = innermost(walk);
    open->record.whole = whole;
    open->record.key = ia_str_sub(ia_buf_view(&walk->store.text), open->key_at, open->key_n);
    int status = walk->table->take(walk->user, walk->env, &open->record);
    walk->store.text.n = open->text_from;
    walk->store.values.n = open->value_from;
    walk->records.n--;
    walk->refused = status < 0;
    return status;
}

static int begin_container(struct walk *walk, const struct spot *spot, int event)
{
    struct container container = {*spot, event == IA_JSON_ARRAY, false};
    if (event == IA_JSON_OBJECT && is_record_spot(walk, spot)) {
        IA_TRY(begin_record(walk));
        container = (struct container){{{"", 0}, true}, false, true};
    }
    return described(walk, ia_vec_push(&walk->containers, &container));
}

static int end_container(struct walk *walk)
{
    struct container *last = ia_vec_at(&walk->containers, walk->containers.n - 1);
    walk->containers.n--;
    return last->is_record ? end_record(walk, true) : IMGA_OK;
}

static int read_value(struct walk *walk, const struct spot *spot, int event, struct ia_str text)
{
    if (event == IA_JSON_OBJECT || event == IA_JSON_ARRAY)
        return begin_container(walk, spot, event);
    return keep_value(walk, spot, event, text);
}

static int read_member(struct walk *walk, const struct spot *spot, struct ia_str key)
{
    struct spot at;
    struct ia_str text;
    int event;
    if (!advance_key(walk, spot, key, &at))
        return ia_json_skip(walk->json, walk->env, IA_JSON_KEY);
    name_member(walk, &at);
    ia_buf_clear(&walk->key);
    if (is_record_spot(walk, &at))
        IA_TRY(described(walk, ia_buf_str(&walk->key, key)));
    IA_TRY(event = ia_json_next(walk->json, walk->env, &text));
    return read_value(walk, &at, event, text);
}

static int read_element(struct walk *walk, const struct spot *spot, int event, struct ia_str text)
{
    struct spot at;
    if (!advance(walk, spot, IA_STR("[]"), &at))
        return ia_json_skip(walk->json, walk->env, event);
    ia_buf_clear(&walk->key);
    return read_value(walk, &at, event, text);
}

static int read_event(struct walk *walk, int event, struct ia_str text)
{
    const struct spot start = {{"", 0}, false};
    if (walk->containers.n == 0)
        return read_value(walk, &start, event, text);
    if (event == IA_JSON_OBJECT_END || event == IA_JSON_ARRAY_END)
        return end_container(walk);
    struct container in = *(struct container *)ia_vec_at(&walk->containers, walk->containers.n - 1);
    return in.is_array ? read_element(walk, &in.spot, event, text) : read_member(walk, &in.spot, text);
}

static int read_events(struct walk *walk)
{
    struct ia_str text;
    int event;
    while ((event = ia_json_next(walk->json, walk->env, &text)) > 0)
        IA_TRY(read_event(walk, event, text));
    return event;
}

/* ---- the document ---- */

/* Damage in the document ends as a note, anything else ends the call. */
static int finish_damaged(struct walk *walk, int status, struct ia_found *found)
{
    struct ia_error error = walk->env->error;
    if (walk->refused || (status != IMGA_E_FORMAT && status != IMGA_E_TRUNCATED && status != IMGA_E_LIMIT))
        return status;
    ia_error_clear(walk->env);
    while (walk->records.n)
        IA_TRY(end_record(walk, false));
    int64_t offset = walk->is_repaired || error.offset < 0 ? -1 : error.offset + walk->mark;
    return found ? ia_found_note(found, walk->env, IMGA_NOTE_DB_PARTIAL, offset, "%s", error.message) : IMGA_OK;
}

static int read_text(struct walk *walk, struct ia_str document, struct ia_found *found)
{
    struct ia_reader *reader = NULL;
    int status;
    IA_GO(status, ia_reader_memory(walk->env, document.p, document.n, &reader));
    IA_GO(status, ia_json_new(walk->env, reader, &walk->json));
    status = read_events(walk);
    if (status < 0)
        status = finish_damaged(walk, status, found);
    else if (!walk->any && walk->table->each[0] == '\0' && found)
        status = ia_found_note(found, walk->env, IMGA_NOTE_DB_PARTIAL, 0, "the document is not an object");
out:
    ia_json_free(walk->json);
    ia_reader_close(reader);
    return status;
}

/* Hands the text on as valid UTF-8. */
static int read_repaired(struct walk *walk, struct ia_str document, struct ia_found *found)
{
    struct ia_buf repaired;
    bool replaced = false;
    if (ia_utf8_valid(document))
        return read_text(walk, document, found);
    ia_buf_init(&repaired, &walk->env->alloc, SIZE_MAX);
    int status = ia_utf8_repair(&repaired, document, &replaced);
    walk->is_repaired = true;
    status = status < 0 ? ia_fail_nomem(walk->env) : read_text(walk, ia_buf_view(&repaired), found);
    ia_buf_free(&repaired);
    return status;
}

int ia_members_read(struct ia_env *env, struct ia_str document, const struct ia_member_table *table, void *user,
                    struct ia_found *found)
{
    uint64_t files = env->limits->package_files;
    size_t most = files < VALUES_MOST ? (size_t)files : VALUES_MOST;
    struct walk walk = {.env = env, .table = table, .user = user};
    const struct ia_str mark = IA_STR("\xef\xbb\xbf");
    if (ia_str_starts(document, mark))
        walk.mark = (int64_t)mark.n;
    document = ia_str_sub(document, (size_t)walk.mark, document.n);
    ia_buf_init(&walk.store.text, &env->alloc, SIZE_MAX);
    ia_buf_init(&walk.key, &env->alloc, SIZE_MAX);
    ia_vec_init(&walk.store.values, &env->alloc, sizeof(struct value), most);
    ia_vec_init(&walk.containers, &env->alloc, sizeof(struct container), SIZE_MAX);
    ia_vec_init(&walk.records, &env->alloc, sizeof(struct open_record), SIZE_MAX);
    int status = read_repaired(&walk, document, found);
    ia_vec_free(&walk.records);
    ia_vec_free(&walk.containers);
    ia_vec_free(&walk.store.values);
    ia_buf_free(&walk.key);
    ia_buf_free(&walk.store.text);
    return status < 0 ? status : walk.any;
}
