/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON documents of images. Go programs, which read these documents everywhere, match member names without regard to
 * case, and take U+017F for "s" and U+212A for "k": such spellings are refused, because two readers would see two
 * documents (CVE-2021-41190 is of that kind).
 */
#include "image/document.h"

#include "base/utf8.h"

#include <string.h>

int ia_document_open(struct ia_document *d, struct ia_env *env, struct ia_arena *arena, struct ia_str bytes)
{
    struct ia_reader *reader = NULL;
    *d = (struct ia_document){.env = env};
    IA_TRY(ia_reader_memory(env, bytes.p, bytes.n, &reader));
    return ia_document_stream(d, env, arena, reader);
}

int ia_document_stream(struct ia_document *d, struct ia_env *env, struct ia_arena *arena, struct ia_reader *reader)
{
    *d = (struct ia_document){.env = env, .arena = arena, .reader = reader, .member = "document"};
    return ia_json_new(env, d->reader, &d->json);
}

void ia_document_close(struct ia_document *d)
{
    ia_json_free(d->json);
    ia_reader_close(d->reader);
    d->json = NULL;
    d->reader = NULL;
}

int64_t ia_document_offset(const struct ia_document *d)
{
    return ia_json_offset(d->json);
}

static int take(struct ia_document *d)
{
    if (!d->is_ahead)
        d->event = ia_json_next(d->json, d->env, &d->text);
    d->is_ahead = false;
    return d->event;
}

static int wrong_type(struct ia_document *d, const char *wanted)
{
    return ia_fail(d->env, IMGA_E_FORMAT, ia_document_offset(d), "\"%s\" must be %s", d->member, wanted);
}

int ia_document_end(struct ia_document *d)
{
    int event = take(d);
    if (event > IA_JSON_END)
        return ia_fail(d->env, IMGA_E_FORMAT, ia_document_offset(d), "data follows the end of the document");
    return event;
}

int ia_object_begin(struct ia_document *d, struct ia_object *object, const struct ia_members *members)
{
    int event = take(d);
    *object = (struct ia_object){.members = members};
    if (event < 0 || event == IA_JSON_OBJECT)
        return event < 0 ? event : 1;
    return event == IA_JSON_NULL ? 0 : wrong_type(d, "an object");
}

static uint32_t fold(uint32_t code)
{
    if (code == 0x17f)
        return 's';
    if (code == 0x212a)
        return 'k';
    return code < 0x80 ? (uint32_t)(unsigned char)ia_lower((char)code) : code;
}

/* Whether a reader that folds case takes the key for the name. */
static bool folds_to(struct ia_str key, const char *name)
{
    for (; key.n && *name; name++) {
        uint32_t code = 0;
        size_t step = ia_utf8_char(key, &code);
        if (step == 0 || fold(code) != fold((unsigned char)*name))
            return false;
        key = ia_str_sub(key, step, key.n);
    }
    return key.n == 0 && *name == '\0';
}

/* The index of the key in the table, or its count when it does not matter. */
static int find_member(struct ia_document *d, const struct ia_object *object, unsigned *index)
{
    const struct ia_members *members = object->members;
    for (unsigned i = 0; i < members->count; i++) {
        *index = i;
        if (ia_str_is(d->text, members->names[i]))
            return object->seen & (1U << i) ? ia_fail(d->env, IMGA_E_AMBIGUOUS, ia_document_offset(d),
                                                      "the member \"%s\" comes twice", members->names[i])
                                            : IMGA_OK;
        if (!members->is_map && folds_to(d->text, members->names[i]))
            return ia_fail(d->env, IMGA_E_AMBIGUOUS, ia_document_offset(d),
                           "a member is spelt almost like \"%s\": readers disagree about it", members->names[i]);
    }
    *index = members->count;
    return IMGA_OK;
}

int ia_object_next(struct ia_document *d, struct ia_object *object, unsigned *index)
{
    for (;;) {
        int event = take(d);
        if (event < 0 || event == IA_JSON_OBJECT_END)
            return event < 0 ? event : 0;
        IA_TRY(find_member(d, object, index));
        if (*index < object->members->count)
            break;
        IA_TRY(ia_json_skip(d->json, d->env, IA_JSON_KEY));
    }
    object->seen |= 1U << *index;
    d->member = object->members->names[*index];
    return 1;
}

int ia_object_next_loose(struct ia_document *d, struct ia_object *object, unsigned *index)
{
    const struct ia_members *members = object->members;
    for (;;) {
        unsigned i = 0;
        int event = take(d);
        if (event < 0 || event == IA_JSON_OBJECT_END)
            return event < 0 ? event : 0;
        while (i < members->count && !folds_to(d->text, members->names[i]))
            i++;
        if (i < members->count) {
            *index = i;
            break;
        }
        IA_TRY(ia_json_skip(d->json, d->env, IA_JSON_KEY));
    }
    d->member = members->names[*index];
    if (object->seen & 1U << *index || !ia_str_is(d->text, d->member))
        IA_TRY(ia_note(d->env, IMGA_NOTE_DUPLICATE, ia_document_offset(d), IA_STR("config"),
                       "\"%s\" comes twice or in another spelling; it was read as Go programs do: in any spelling, and "
                       "the last one counts",
                       d->member));
    object->seen |= 1U << *index;
    return 1;
}

int ia_array_begin(struct ia_document *d)
{
    int event = take(d);
    if (event < 0 || event == IA_JSON_ARRAY)
        return event < 0 ? event : 1;
    return event == IA_JSON_NULL ? 0 : wrong_type(d, "an array");
}

int ia_array_next(struct ia_document *d)
{
    int event = take(d);
    if (event < 0 || event == IA_JSON_ARRAY_END)
        return event < 0 ? event : 0;
    d->is_ahead = true;
    return 1;
}

int ia_document_peek(struct ia_document *d)
{
    if (!d->is_ahead)
        d->event = ia_json_next(d->json, d->env, &d->text);
    d->is_ahead = true;
    return d->event;
}

int ia_document_skip(struct ia_document *d)
{
    return ia_json_skip(d->json, d->env, IA_JSON_KEY);
}

int ia_document_string(struct ia_document *d, struct ia_str *out)
{
    int event = take(d);
    if (event < 0)
        return event;
    if (event != IA_JSON_STRING)
        return wrong_type(d, "a string");
    *out = d->text;
    return IMGA_OK;
}

/* The text with every U+0000 as U+FFFD. */
static const char *without_nul(struct ia_arena *arena, struct ia_str text)
{
    static const char mark[] = "\xef\xbf\xbd";
    size_t count = 0, at = 0;
    for (size_t i = 0; i < text.n; i++)
        count += text.p[i] == '\0';
    if (count == 0)
        return ia_arena_str(arena, text);
    char *copy = ia_arena_new(arena, text.n + 2 * count + 1); /* text.n is bounded by the string limit */
    for (size_t i = 0; copy && i < text.n; i++) {
        size_t n = text.p[i] ? 1 : sizeof(mark) - 1;
        memcpy(copy + at, text.p[i] ? &text.p[i] : mark, n);
        at += n;
    }
    return copy;
}

int ia_map_next(struct ia_document *d, const char **key)
{
    int event = take(d);
    if (event < 0 || event == IA_JSON_OBJECT_END)
        return event < 0 ? event : 0;
    *key = without_nul(d->arena, d->text);
    return *key ? 1 : ia_fail_nomem(d->env);
}

int ia_document_text(struct ia_document *d, const char **out)
{
    int event = take(d);
    if (event < 0)
        return event;
    if (event != IA_JSON_STRING && event != IA_JSON_NULL)
        return wrong_type(d, "a string");
    *out = event == IA_JSON_NULL ? "" : without_nul(d->arena, d->text);
    return *out ? IMGA_OK : ia_fail_nomem(d->env);
}

int ia_document_u64(struct ia_document *d, uint64_t *out)
{
    int event = take(d);
    if (event < 0)
        return event;
    if (event != IA_JSON_NUMBER || !ia_json_u64(d->text, out))
        return wrong_type(d, "a plain non-negative integer");
    return IMGA_OK;
}

/* "-0" is 0, as strconv.ParseInt() of Go says. */
static bool to_i64(struct ia_str text, int64_t *out)
{
    bool is_negative = ia_str_starts(text, IA_STR("-"));
    uint64_t most = (uint64_t)INT64_MAX + (is_negative ? 1 : 0), value;
    if (!ia_json_u64(ia_str_sub(text, is_negative ? 1 : 0, text.n), &value) || value > most)
        return false;
    *out = is_negative && value ? -(int64_t)(value - 1) - 1 : (int64_t)value;
    return true;
}

int ia_document_i64(struct ia_document *d, int64_t *out)
{
    int event = take(d);
    if (event < 0 || event == IA_JSON_NULL)
        return event < 0 ? event : IMGA_OK;
    if (event != IA_JSON_NUMBER || !to_i64(d->text, out))
        return wrong_type(d, "a plain integer");
    return IMGA_OK;
}

int ia_document_void(struct ia_document *d)
{
    int event = take(d);
    if (event < 0 || event == IA_JSON_NULL)
        return event < 0 ? event : IMGA_OK;
    if (event != IA_JSON_OBJECT)
        return wrong_type(d, "a set: an object of objects");
    return ia_json_skip(d->json, d->env, IA_JSON_OBJECT);
}

int ia_document_bool(struct ia_document *d, bool *out)
{
    int event = take(d);
    if (event < 0)
        return event;
    if (event != IA_JSON_TRUE && event != IA_JSON_FALSE && event != IA_JSON_NULL)
        return wrong_type(d, "true or false");
    *out = event == IA_JSON_TRUE;
    return IMGA_OK;
}

int ia_document_digest(struct ia_document *d, struct ia_digest *out)
{
    struct ia_str text;
    IA_TRY(ia_document_string(d, &text));
    return ia_digest_parse(d->env, text, out);
}
