/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy subset of YAML 1.1: libyaml scans and parses, this file refuses what the subset does not have and builds
 * the tree. libyaml counts characters, so the characters of the document are checked first and its places are turned
 * into byte offsets here. What libyaml allocates is bounded by IA_YAML_BYTES. One frame per open collection, at most
 * IA_YAML_DEPTH.
 */
#include "syntax/yaml_read.h"

#include "base/map.h"
#include "base/utf8.h"

#include <string.h>
#include <yaml.h>

struct frame {
    struct ia_yaml *node;
    struct ia_yaml *last; /* child */
    const char *key;      /* read, its value not yet */
    uint32_t key_line;
    struct ia_map lines; /* of a mapping: key -> its line */
};

struct builder {
    struct ia_env *env;
    struct ia_arena *arena;
    struct ia_str document;
    struct frame frames[IA_YAML_DEPTH];
    size_t depth;
    const struct ia_yaml *root;
    size_t flow;    /* depth of the outermost open flow collection; 0: none */
    size_t line;    /* from 0; the first line whose indentation is not checked */
    size_t line_at; /* its offset */
    bool has_document;
};

struct place {
    size_t offset; /* bytes */
    size_t line;   /* from 1 */
    size_t column; /* from 1, characters */
};

/* Where the character with this number, or the byte at this offset, is: whichever comes first. */
static struct place find_place(struct ia_str document, size_t character, size_t offset)
{
    struct place at = {0, 1, 1};
    uint32_t code;
    for (size_t i = 0; i < character && at.offset < offset && at.offset < document.n; i++) {
        struct ia_str rest = ia_str_sub(document, at.offset, document.n);
        size_t step = ia_utf8_char(rest, &code);
        bool ends = rest.p[0] == '\n' || (rest.p[0] == '\r' && !(rest.n > 1 && rest.p[1] == '\n'));
        at.offset += step ? step : 1;
        at.line += ends;
        at.column = ends ? 1 : at.column + 1;
    }
    return at;
}

static int refuse_at(struct builder *b, int status, struct place at, const char *why)
{
    return ia_fail(b->env, status, (int64_t)at.offset, "line %zu, column %zu: %s", at.line, at.column, why);
}

static int refuse(struct builder *b, const yaml_mark_t *mark, const char *why)
{
    return refuse_at(b, IMGA_E_FORMAT, find_place(b->document, mark->index, SIZE_MAX), why);
}

static const char *forbidden(uint32_t code)
{
    if (code == '\t' || code == '\n' || code == '\r' || code == 0x200c || code == 0x200d)
        return NULL; /* the joiners are letters of some scripts */
    return ia_utf8_is_control(code) ? "a control or bidirectional character; write it as an escape" : NULL;
}

static int check_characters(struct builder *b)
{
    uint32_t code;
    size_t step;
    for (size_t i = 0; i < b->document.n; i += step) {
        step = ia_utf8_char(ia_str_sub(b->document, i, 4), &code);
        const char *why = step == 0 ? "invalid UTF-8" : forbidden(code);
        if (why)
            return refuse_at(b, IMGA_E_FORMAT, find_place(b->document, SIZE_MAX, i), why);
    }
    return IMGA_OK;
}

/* The next line, with its line break. */
static struct ia_str take_line(struct builder *b)
{
    struct ia_str rest = ia_str_sub(b->document, b->line_at, b->document.n);
    size_t n = 0;
    while (n < rest.n && rest.p[n] != '\n' && rest.p[n] != '\r')
        n++;
    if (n + 1 < rest.n && rest.p[n] == '\r' && rest.p[n + 1] == '\n')
        n++;
    struct ia_str line = ia_str_sub(rest, 0, n + 1);
    b->line++;
    b->line_at += line.n;
    return line;
}

static void skip_lines(struct builder *b, size_t last)
{
    while (b->line <= last && b->line_at < b->document.n)
        (void)take_line(b);
}

/* libyaml lets some tabs pass; here the indentation of a block is made of blanks only. */
static int check_tabs(struct builder *b, size_t last)
{
    while (b->line <= last && b->line_at < b->document.n) {
        size_t from = b->line_at, i = 0;
        struct ia_str line = take_line(b);
        while (i < line.n && line.p[i] == ' ')
            i++;
        if (i < line.n && line.p[i] == '\t')
            return refuse_at(b, IMGA_E_FORMAT, (struct place){from + i, b->line, i + 1}, "a tab in the indentation");
    }
    return IMGA_OK;
}

static struct frame *top(struct builder *b)
{
    return b->depth ? &b->frames[b->depth - 1] : NULL;
}

static bool wants_key(struct builder *b)
{
    struct frame *frame = top(b);
    return frame && frame->node->kind == IA_YAML_MAPPING && !frame->key;
}

/* A node at mark, hung below the open collection. */
static int add_node(struct builder *b, const yaml_mark_t *mark, enum ia_yaml_kind kind, struct ia_yaml **out)
{
    struct frame *frame = top(b);
    struct ia_yaml *node = ia_arena_new(b->arena, sizeof(*node));
    if (!node)
        return ia_fail_nomem(b->env);
    node->kind = kind;
    node->line = (uint32_t)mark->line + 1;
    node->column = (uint32_t)mark->column + 1;
    *out = node;
    if (!frame) {
        b->root = node;
        return IMGA_OK;
    }
    node->key = frame->key;
    node->key_line = frame->key_line;
    if (frame->last)
        frame->last->next = node;
    else
        frame->node->items = node;
    frame->last = node;
    frame->node->count++;
    frame->key = NULL;
    frame->key_line = 0;
    return IMGA_OK;
}

static int check_properties(struct builder *b, const yaml_event_t *event, const yaml_char_t *anchor,
                            const yaml_char_t *tag)
{
    if (anchor)
        return refuse(b, &event->start_mark, "anchors are not supported");
    if (tag)
        return refuse(b, &event->start_mark, "tags are not supported");
    return IMGA_OK;
}

/* A copy of the scalar's text. */
static int scalar_text(struct builder *b, const yaml_event_t *event, const char **out)
{
    struct ia_str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (ia_str_find(text, '\0') < text.n)
        return refuse(b, &event->start_mark, "U+0000 in a text");
    *out = text.n ? ia_arena_str(b->arena, text) : "";
    return *out ? IMGA_OK : ia_fail_nomem(b->env);
}

static int take_key(struct builder *b, const yaml_event_t *event)
{
    struct frame *frame = top(b);
    uint64_t line;
    IA_TRY(scalar_text(b, event, &frame->key));
    frame->key_line = (uint32_t)event->start_mark.line + 1;
    if (strcmp(frame->key, "<<") == 0)
        return refuse(b, &event->start_mark, "merge keys are not supported");
    if (ia_map_get(&frame->lines, ia_str_from(frame->key), &line)) {
        struct place at = find_place(b->document, event->start_mark.index, SIZE_MAX);
        return ia_fail(b->env, IMGA_E_FORMAT, (int64_t)at.offset,
                       "line %zu, column %zu: the key '%.80s' is already on line %u", at.line, at.column, frame->key,
                       (unsigned)line);
    }
    if (ia_map_put(&frame->lines, ia_str_from(frame->key), frame->key_line) < 0)
        return ia_fail_nomem(b->env);
    return IMGA_OK;
}

static int take_scalar(struct builder *b, const yaml_event_t *event)
{
    struct ia_yaml *node = NULL;
    IA_TRY(check_properties(b, event, event->data.scalar.anchor, event->data.scalar.tag));
    if (wants_key(b))
        return take_key(b, event);
    IA_TRY(add_node(b, &event->start_mark, IA_YAML_SCALAR, &node));
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return scalar_text(b, event, &node->text);
}

static int open_collection(struct builder *b, const yaml_event_t *event, enum ia_yaml_kind kind, bool flow)
{
    struct ia_yaml *node = NULL;
    if (wants_key(b))
        return refuse(b, &event->start_mark, "a key must be a text");
    if (b->depth == IA_YAML_DEPTH)
        return refuse_at(b, IMGA_E_LIMIT, find_place(b->document, event->start_mark.index, SIZE_MAX),
                         "nested over 16 levels");
    if (flow && !b->flow) {
        IA_TRY(check_tabs(b, event->start_mark.line));
        b->flow = b->depth + 1;
    }
    IA_TRY(add_node(b, &event->start_mark, kind, &node));
    struct frame *frame = &b->frames[b->depth++];
    *frame = (struct frame){.node = node};
    ia_map_init(&frame->lines, &b->env->alloc, b->env->seed);
    return IMGA_OK;
}

static int close_collection(struct builder *b, const yaml_event_t *event)
{
    ia_map_free(&top(b)->lines);
    if (b->flow == b->depth) {
        skip_lines(b, event->end_mark.line);
        b->flow = 0;
    }
    b->depth--;
    return IMGA_OK;
}

static int begin_document(struct builder *b, const yaml_event_t *event)
{
    if (b->has_document)
        return refuse(b, &event->start_mark, "a second document");
    b->has_document = true;
    if (event->data.document_start.version_directive ||
        event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end)
        return refuse(b, &event->start_mark, "directives are not supported");
    return IMGA_OK;
}

static int take_event(struct builder *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return begin_document(b, event);
    case YAML_ALIAS_EVENT:
        return refuse(b, &event->start_mark, "aliases are not supported");
    case YAML_SCALAR_EVENT:
        return take_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
        IA_TRY(check_properties(b, event, event->data.sequence_start.anchor, event->data.sequence_start.tag));
        return open_collection(b, event, IA_YAML_SEQUENCE,
                               event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
    case YAML_MAPPING_START_EVENT:
        IA_TRY(check_properties(b, event, event->data.mapping_start.anchor, event->data.mapping_start.tag));
        return open_collection(b, event, IA_YAML_MAPPING, event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(b, event);
    default:
        return IMGA_OK;
    }
}

static int parser_error(struct builder *b, const yaml_parser_t *parser)
{
    struct place at = find_place(b->document, parser->problem_mark.index, SIZE_MAX);
    if (parser->error == YAML_MEMORY_ERROR)
        return ia_fail_nomem(b->env);
    if (parser->error == YAML_READER_ERROR)
        at = find_place(b->document, SIZE_MAX, parser->problem_offset);
    return ia_fail(b->env, IMGA_E_FORMAT, (int64_t)at.offset, "line %zu, column %zu: not well-formed YAML: %s", at.line,
                   at.column, parser->problem ? parser->problem : "unknown problem");
}

static int run_parser(struct builder *b, yaml_parser_t *parser)
{
    yaml_event_type_t type = YAML_NO_EVENT;
    while (type != YAML_STREAM_END_EVENT) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return parser_error(b, parser);
        type = event.type;
        int status = take_event(b, &event);
        yaml_event_delete(&event);
        IA_TRY(status);
    }
    return check_tabs(b, SIZE_MAX);
}

static int parse(struct builder *b)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return ia_fail_nomem(b->env);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)b->document.p, b->document.n);
    int status = run_parser(b, &parser);
    yaml_parser_delete(&parser);
    while (b->depth)
        ia_map_free(&b->frames[--b->depth].lines);
    return status;
}

int ia_yaml_read(struct ia_env *env, struct ia_arena *arena, struct ia_str document, const struct ia_yaml **out)
{
    struct builder b = {.env = env, .arena = arena, .document = document};
    if (document.n > IA_YAML_BYTES)
        return ia_fail(env, IMGA_E_LIMIT, IA_YAML_BYTES, "line 1, column 1: a YAML document over 1 MiB");
    IA_TRY(check_characters(&b));
    if (document.n)
        IA_TRY(parse(&b));
    if (!b.root || (b.root->kind == IA_YAML_SCALAR && b.root->plain && !b.root->text[0]))
        return ia_fail(env, IMGA_E_FORMAT, 0, "line 1, column 1: the YAML document is empty");
    *out = b.root;
    return IMGA_OK;
}

const struct ia_yaml *ia_yaml_get(const struct ia_yaml *mapping, const char *key)
{
    if (!mapping || mapping->kind != IA_YAML_MAPPING)
        return NULL;
    for (const struct ia_yaml *item = mapping->items; item; item = item->next)
        if (strcmp(item->key, key) == 0)
            return item;
    return NULL;
}
