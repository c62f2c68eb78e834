/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a policy's tree by a table of members: what is not in the table is an error with its line, what is required
 * must be there, and each scalar is typed here, never by YAML.
 */
#ifndef IA_POLICY_SCHEMA_H
#define IA_POLICY_SCHEMA_H

#include "base/env.h"
#include "syntax/yaml_read.h"

struct ia_member {
    const char *key;
    bool required;
    /* Reads the value into the object at hand. */
    int (*read)(struct ia_env *env, const struct ia_yaml *value, void *object);
};

struct ia_schema {
    const char *what; /* "rule", for messages */
    const struct ia_member *members;
    size_t count;
};

/* Reads every member of a mapping. */
int ia_schema_read(struct ia_env *env, const struct ia_schema *schema, const struct ia_yaml *mapping, void *object);
/* IMGA_E_FORMAT with "line L, column C: ". */
int ia_schema_fail(struct ia_env *env, const struct ia_yaml *at, int status, const char *message);

enum { IA_SCHEMA_TEXT = 4096, IA_SCHEMA_PATTERN = 256 }; /* bytes of one text, of one pattern */

/* A scalar that is neither blank nor a plain null. */
int ia_schema_text(struct ia_env *env, const struct ia_yaml *value, const char **out);
int ia_schema_pattern(struct ia_env *env, const struct ia_yaml *value, const char **out); /* a short text */
int ia_schema_bool(struct ia_env *env, const struct ia_yaml *value, bool *out);           /* plain true or false */
int ia_schema_is_sequence(struct ia_env *env, const struct ia_yaml *value);               /* IMGA_OK or the error */
int ia_schema_is_filled(struct ia_env *env, const struct ia_yaml *value); /* a sequence with items, or the error */

#endif
