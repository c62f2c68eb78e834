/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strict subset of YAML 1.1 over libyaml's events, as a small tree: mappings, sequences, scalars with their line and
 * column. Refused: anchors, aliases, tags, directives, merge keys, duplicate keys, several documents, tabs in the
 * indentation of blocks, non-scalar keys, depth over 16, more than 1 MiB, raw control and bidirectional characters.
 * Scalars stay text: the caller's schema types them. JSON documents are in the subset within libyaml's means: a key
 * has at most 1024 characters and its colon on the same line, and no \u escape is half of a surrogate pair.
 * The only file that includes <yaml.h>.
 */
#ifndef IA_SYNTAX_YAML_READ_H
#define IA_SYNTAX_YAML_READ_H

#include "base/arena.h"
#include "base/env.h"

enum { IA_YAML_DEPTH = 16, IA_YAML_BYTES = 1024 * 1024 };

enum ia_yaml_kind { IA_YAML_SCALAR = 1, IA_YAML_SEQUENCE, IA_YAML_MAPPING };

struct ia_yaml {
    enum ia_yaml_kind kind;
    uint32_t line;   /* from 1 */
    uint32_t column; /* from 1 */
    const char *key; /* in a mapping; NULL otherwise */
    uint32_t key_line;
    const char *text;            /* scalar; NUL-terminated valid UTF-8 without U+0000; NULL in the others */
    const struct ia_yaml *items; /* first child, in document order; NULL when empty */
    const struct ia_yaml *next;  /* next sibling */
    size_t count;                /* children */
    bool plain;                  /* scalar without quotes */
};

/* The tree lives in arena. Errors: IMGA_E_FORMAT with "line L, column C: ..." and the byte offset; IMGA_E_LIMIT. */
int ia_yaml_read(struct ia_env *env, struct ia_arena *arena, struct ia_str document, const struct ia_yaml **out);
/* The member of a mapping, or NULL. */
const struct ia_yaml *ia_yaml_get(const struct ia_yaml *mapping, const char *key);

#endif
