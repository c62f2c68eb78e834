/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Execution parameters. OCI image-spec 1.1 config.md, docker image-spec v1.2. What is accepted is what Go's
 * encoding/json accepts for docker's container.Config, because every engine reads images with it:
 *   User, WorkingDir, StopSignal    string or null (which changes nothing)
 *   Env, OnBuild, Healthcheck.Test  array of strings or null; null in it is ""
 *   Entrypoint, Cmd, Shell          the same, or one string (docker before 1.10)
 *   ExposedPorts, Volumes           object of objects or nulls, or null
 *   Labels                          object of strings or nulls (""), or null
 *   Healthcheck                     object or null; durations and Retries are integers of 64 bits or null
 * Any other type is an error there and here. Negative durations and Retries, which no engine runs, become 0. Members
 * outside the table are not looked at. Limits: manifest_bytes by the caller.
 */
#include "image/execution.h"

#include <string.h>

enum { USER, PORTS, ENV, ENTRYPOINT, CMD, VOLUMES, WORKING_DIR, LABELS, STOP_SIGNAL, HEALTHCHECK, ON_BUILD, SHELL };
static const char *const names[] = {"User",       "ExposedPorts", "Env",        "Entrypoint",  "Cmd",     "Volumes",
                                    "WorkingDir", "Labels",       "StopSignal", "Healthcheck", "OnBuild", "Shell"};
static const struct ia_members members = {names, IA_COUNT(names), false};

enum { TEST, INTERVAL, TIMEOUT, START_PERIOD, START_INTERVAL, RETRIES };
static const char *const health_names[] = {"Test", "Interval", "Timeout", "StartPeriod", "StartInterval", "Retries"};
static const struct ia_members health_members = {health_names, IA_COUNT(health_names), false};

/* One value of a list that is being read. */
struct item {
    struct ia_config_value value;
    size_t at; /* among the values of its list, as they came */
};

void ia_execution_begin(struct ia_execution_reader *reader, struct ia_document *d, struct ia_execution *out)
{
    *reader = (struct ia_execution_reader){.d = d, .out = out};
    *out = (struct ia_execution){.user = "", .working_dir = "", .stop_signal = ""};
    for (size_t i = 0; i < IA_CONFIG_LISTS; i++)
        ia_vec_init(&reader->lists[i], &d->env->alloc, sizeof(struct item), (size_t)d->env->limits->manifest_bytes);
}

void ia_execution_free(struct ia_execution_reader *reader)
{
    for (size_t i = 0; i < IA_CONFIG_LISTS; i++)
        ia_vec_free(&reader->lists[i]);
}

static int push(struct ia_execution_reader *reader, enum ia_config_list_kind list, const char *key, const char *value)
{
    struct ia_env *env = reader->d->env;
    struct ia_vec *items = &reader->lists[list];
    const struct item item = {{key, value}, items->n};
    return ia_described(env, ia_vec_push(items, &item), "manifest_bytes", env->limits->manifest_bytes);
}

/* A string; null changes nothing. */
static int read_text(struct ia_document *d, const char **out)
{
    const char *text;
    int event = ia_document_peek(d);
    IA_TRY(event);
    IA_TRY(ia_document_text(d, &text));
    if (event != IA_JSON_NULL)
        *out = text;
    return IMGA_OK;
}

static int push_variable(struct ia_execution_reader *reader, const char *text)
{
    struct ia_str whole = ia_str_from(text);
    size_t equals = ia_str_find(whole, '=');
    const char *name = ia_arena_str(reader->d->arena, ia_str_sub(whole, 0, equals));
    if (!name)
        return ia_fail_nomem(reader->d->env);
    return push(reader, IA_CONFIG_ENV, name, equals < whole.n ? text + equals + 1 : "");
}

int ia_execution_strings(struct ia_execution_reader *reader, enum ia_config_list_kind list)
{
    const char *text;
    int status = ia_array_begin(reader->d);
    reader->lists[list].n = 0;
    while (status > 0 && (status = ia_array_next(reader->d)) > 0) {
        IA_TRY(ia_document_text(reader->d, &text));
        IA_TRY(list == IA_CONFIG_ENV ? push_variable(reader, text) : push(reader, list, "", text));
    }
    return status;
}

/* A command: an array of strings, or one string, which then is its only word. */
static int read_words(struct ia_execution_reader *reader, enum ia_config_list_kind list)
{
    const char *text;
    int event = ia_document_peek(reader->d);
    IA_TRY(event);
    if (event != IA_JSON_STRING)
        return ia_execution_strings(reader, list);
    reader->lists[list].n = 0;
    IA_TRY(ia_document_text(reader->d, &text));
    return push(reader, list, "", text);
}

/* 1: an object has begun, whose keys are added to the list; 0: null, which empties it. */
static int begin_map(struct ia_execution_reader *reader, enum ia_config_list_kind list)
{
    struct ia_object object;
    int status = ia_object_begin(reader->d, &object, NULL);
    if (status == 0)
        reader->lists[list].n = 0;
    return status;
}

static int read_set(struct ia_execution_reader *reader, enum ia_config_list_kind list)
{
    const char *key;
    int status = begin_map(reader, list);
    while (status > 0 && (status = ia_map_next(reader->d, &key)) > 0) {
        IA_TRY(ia_document_void(reader->d));
        IA_TRY(push(reader, list, "", key));
    }
    return status;
}

static int read_labels(struct ia_execution_reader *reader)
{
    const char *key, *value;
    int status = begin_map(reader, IA_CONFIG_LABELS);
    while (status > 0 && (status = ia_map_next(reader->d, &key)) > 0) {
        IA_TRY(ia_document_text(reader->d, &value));
        IA_TRY(push(reader, IA_CONFIG_LABELS, key, value));
    }
    return status;
}

static int read_count(struct ia_document *d, uint64_t *out)
{
    int64_t value = (int64_t)*out; /* at most INT64_MAX: it came from here */
    IA_TRY(ia_document_i64(d, &value));
    *out = value < 0 ? 0 : (uint64_t)value;
    return IMGA_OK;
}

static int read_retries(struct ia_document *d, uint32_t *out)
{
    uint64_t value = *out;
    IA_TRY(read_count(d, &value));
    *out = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
    return IMGA_OK;
}

static int read_health_member(struct ia_execution_reader *reader, unsigned index)
{
    struct ia_healthcheck *health = &reader->out->health;
    switch (index) {
    case TEST:
        return ia_execution_strings(reader, IA_CONFIG_HEALTHCHECK);
    case INTERVAL:
        return read_count(reader->d, &health->interval);
    case TIMEOUT:
        return read_count(reader->d, &health->timeout);
    case START_PERIOD:
        return read_count(reader->d, &health->start_period);
    case START_INTERVAL:
        return read_count(reader->d, &health->start_interval);
    default:
        return read_retries(reader->d, &health->retries);
    }
}

static int read_health(struct ia_execution_reader *reader)
{
    struct ia_object object;
    unsigned index;
    int status = ia_object_begin(reader->d, &object, &health_members);
    if (status == 0) {
        reader->lists[IA_CONFIG_HEALTHCHECK].n = 0;
        reader->out->health = (struct ia_healthcheck){.is_set = false};
    }
    reader->out->health.is_set = status > 0;
    while (status > 0 && (status = ia_object_next_loose(reader->d, &object, &index)) > 0)
        IA_TRY(read_health_member(reader, index));
    return status;
}

static int read_member(struct ia_execution_reader *reader, unsigned index)
{
    struct ia_execution *out = reader->out;
    switch (index) {
    case USER:
        return read_text(reader->d, &out->user);
    case WORKING_DIR:
        return read_text(reader->d, &out->working_dir);
    case STOP_SIGNAL:
        return read_text(reader->d, &out->stop_signal);
    case PORTS:
        return read_set(reader, IA_CONFIG_PORTS);
    case VOLUMES:
        return read_set(reader, IA_CONFIG_VOLUMES);
    case LABELS:
        return read_labels(reader);
    case ENV:
        return ia_execution_strings(reader, IA_CONFIG_ENV);
    case ON_BUILD:
        return ia_execution_strings(reader, IA_CONFIG_ONBUILD);
    case ENTRYPOINT:
        return read_words(reader, IA_CONFIG_ENTRYPOINT);
    case CMD:
        return read_words(reader, IA_CONFIG_CMD);
    case SHELL:
        return read_words(reader, IA_CONFIG_SHELL);
    default:
        return read_health(reader);
    }
}

int ia_execution_read(struct ia_execution_reader *reader)
{
    struct ia_object object;
    unsigned index;
    int status = ia_object_begin(reader->d, &object, &members);
    while (status > 0 && (status = ia_object_next_loose(reader->d, &object, &index)) > 0)
        IA_TRY(read_member(reader, index));
    return status;
}

/* What a map or set is sorted by. */
static const char *name_of(const struct item *item, enum ia_config_list_kind list)
{
    return list == IA_CONFIG_LABELS ? item->value.key : item->value.value;
}

/* By the bytes of the names, then as they came. */
static bool is_before(const struct item *a, const struct item *b, enum ia_config_list_kind list)
{
    int order = strcmp(name_of(a, list), name_of(b, list));
    return order != 0 ? order < 0 : a->at < b->at;
}

static void swap(struct item *a, struct item *b)
{
    struct item t = *a;
    *a = *b;
    *b = t;
}

static void sift(struct item *items, size_t root, size_t count, enum ia_config_list_kind list)
{
    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && is_before(&items[child], &items[child + 1], list))
            child++;
        if (!is_before(&items[root], &items[child], list))
            return;
        swap(&items[root], &items[child]);
        root = child;
    }
}

/* Heapsort: no memory besides the array, and never quadratic. */
static void sort(struct ia_vec *vec, enum ia_config_list_kind list)
{
    struct item *items = vec->p;
    for (size_t root = vec->n / 2; root-- > 0;)
        sift(items, root, vec->n, list);
    for (size_t last = vec->n; last-- > 1;) {
        swap(&items[0], &items[last]);
        sift(items, 0, last, list);
    }
}

/* Of several values of one name the last one stays. */
static int drop_repeated(struct ia_env *env, struct ia_vec *vec, enum ia_config_list_kind list)
{
    struct item *items = vec->p;
    size_t kept = 0;
    for (size_t i = 0; i < vec->n; i++) {
        const char *name = name_of(&items[i], list);
        if (i + 1 < vec->n && strcmp(name, name_of(&items[i + 1], list)) == 0)
            IA_TRY(ia_note(env, IMGA_NOTE_DUPLICATE, -1, IA_STR("config"),
                           "the key \"%.100s\" comes twice; the last one counts", name));
        else
            items[kept++] = items[i];
    }
    vec->n = kept;
    return IMGA_OK;
}

static int keep(struct ia_execution_reader *reader, enum ia_config_list_kind list)
{
    struct ia_vec *vec = &reader->lists[list];
    struct ia_config_value *values;
    if (list == IA_CONFIG_PORTS || list == IA_CONFIG_VOLUMES || list == IA_CONFIG_LABELS) {
        sort(vec, list);
        IA_TRY(drop_repeated(reader->d->env, vec, list));
    }
    if (vec->n == 0)
        return IMGA_OK;
    values = ia_arena_new_array(reader->d->arena, vec->n, sizeof(*values));
    if (!values)
        return ia_fail_nomem(reader->d->env);
    for (size_t i = 0; i < vec->n; i++)
        values[i] = ((const struct item *)vec->p)[i].value;
    reader->out->lists[list] = (struct ia_config_list){values, vec->n};
    return IMGA_OK;
}

int ia_execution_end(struct ia_execution_reader *reader)
{
    for (int i = 0; i < IA_CONFIG_LISTS; i++)
        IA_TRY(keep(reader, (enum ia_config_list_kind)i));
    return IMGA_OK;
}
