/* SPDX-License-Identifier: Apache-2.0 */
/* The table-driven reader of policy documents. Limits: IA_SCHEMA_TEXT, IA_SCHEMA_PATTERN. */
#include "policy/schema.h"

#include "base/buf.h"

enum { KNOWN_MAX = 192 };

int ia_schema_fail(struct ia_env *env, const struct ia_yaml *at, int status, const char *message)
{
    return ia_fail(env, status, -1, "line %u, column %u: %s", (unsigned)at->line, (unsigned)at->column, message);
}

static const struct ia_member *find(const struct ia_schema *schema, const char *key)
{
    for (size_t i = 0; i < schema->count; i++)
        if (ia_str_is(ia_str_from(key), schema->members[i].key))
            return &schema->members[i];
    return NULL;
}

static int list_members(struct ia_buf *out, const struct ia_schema *schema)
{
    for (size_t i = 0; i < schema->count; i++) {
        IA_TRY(ia_buf_text(out, i ? ", " : ""));
        IA_TRY(ia_buf_text(out, schema->members[i].key));
    }
    return ia_buf_char(out, '\0');
}

static int unknown_member(struct ia_env *env, const struct ia_schema *schema, const struct ia_yaml *value)
{
    struct ia_buf known;
    ia_buf_init(&known, &env->alloc, KNOWN_MAX);
    int status = ia_described(env, list_members(&known, schema), "bytes of a list of members", KNOWN_MAX);
    if (status == IMGA_OK)
        status = ia_fail(env, IMGA_E_FORMAT, -1, "line %u: the %s has no member \"%.80s\"; it knows: %s",
                         (unsigned)value->key_line, schema->what, value->key, known.p);
    ia_buf_free(&known);
    return status;
}

int ia_schema_read(struct ia_env *env, const struct ia_schema *schema, const struct ia_yaml *mapping, void *object)
{
    if (mapping->kind != IA_YAML_MAPPING)
        return ia_fail(env, IMGA_E_FORMAT, -1, "line %u, column %u: the %s must be a mapping", (unsigned)mapping->line,
                       (unsigned)mapping->column, schema->what);
    for (size_t i = 0; i < schema->count; i++)
        if (schema->members[i].required && !ia_yaml_get(mapping, schema->members[i].key))
            return ia_fail(env, IMGA_E_FORMAT, -1, "line %u, column %u: the %s lacks \"%s\"", (unsigned)mapping->line,
                           (unsigned)mapping->column, schema->what, schema->members[i].key);
    for (const struct ia_yaml *value = mapping->items; value; value = value->next) {
        const struct ia_member *member = find(schema, value->key);
        if (!member)
            return unknown_member(env, schema, value);
        IA_TRY(member->read(env, value, object));
    }
    return IMGA_OK;
}

int ia_schema_text(struct ia_env *env, const struct ia_yaml *value, const char **out)
{
    struct ia_str text = ia_str_from(value->text);
    if (value->kind != IA_YAML_SCALAR || ia_str_trim(text).n == 0)
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "expected text that is not empty");
    if (value->plain && (ia_str_is(text, "~") || ia_str_eq_case(text, IA_STR("null"))))
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "null is not a text; put it in quotes if it is one");
    if (text.n > IA_SCHEMA_TEXT)
        return ia_schema_fail(env, value, IMGA_E_LIMIT, "a text over 4096 bytes");
    *out = value->text;
    return IMGA_OK;
}

int ia_schema_pattern(struct ia_env *env, const struct ia_yaml *value, const char **out)
{
    IA_TRY(ia_schema_text(env, value, out));
    if (ia_str_from(*out).n > IA_SCHEMA_PATTERN)
        return ia_schema_fail(env, value, IMGA_E_LIMIT, "a pattern over 256 bytes");
    return IMGA_OK;
}

int ia_schema_bool(struct ia_env *env, const struct ia_yaml *value, bool *out)
{
    bool is_true = value->kind == IA_YAML_SCALAR && value->plain && ia_str_is(ia_str_from(value->text), "true");
    bool is_false = value->kind == IA_YAML_SCALAR && value->plain && ia_str_is(ia_str_from(value->text), "false");
    if (!is_true && !is_false)
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "expected true or false");
    *out = is_true;
    return IMGA_OK;
}

int ia_schema_is_sequence(struct ia_env *env, const struct ia_yaml *value)
{
    if (value->kind != IA_YAML_SEQUENCE)
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "expected a list");
    return IMGA_OK;
}

int ia_schema_is_filled(struct ia_env *env, const struct ia_yaml *value)
{
    if (value->kind != IA_YAML_SEQUENCE || value->count == 0)
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "expected a list that is not empty");
    return IMGA_OK;
}
