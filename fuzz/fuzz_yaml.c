/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML: the tree is well-formed; a document that is JSON too has the same content for the JSON reader, so that nobody
 * can write a policy that two readers understand differently.
 */
#include "fuzz.h"

#include "base/utf8.h"
#include "syntax/json_read.h"
#include "syntax/yaml_read.h"

static void put(struct ia_buf *out, char kind, const char *text)
{
    fuzz_check(ia_buf_char(out, kind) == IMGA_OK && ia_buf_text(out, text) == IMGA_OK, "memory");
}

static void put_node(struct ia_buf *out, const struct ia_yaml *node, const struct ia_yaml *parent)
{
    fuzz_check((node->key != NULL) == (parent && parent->kind == IA_YAML_MAPPING), "keys are where they belong");
    fuzz_check(node->line > 0 && node->column > 0, "nodes have places");
    fuzz_check((node->text != NULL) == (node->kind == IA_YAML_SCALAR), "scalars have texts");
    if (node->key) {
        fuzz_check(ia_yaml_get(parent, node->key) == node, "members are found");
        put(out, 'k', node->key);
    }
    fuzz_check(!node->text || ia_utf8_valid(ia_str_from(node->text)), "texts are UTF-8");
    put(out,
        node->text                      ? (node->plain ? 'p' : 's')
        : node->kind == IA_YAML_MAPPING ? '{'
                                        : '[',
        node->text ? node->text : "");
}

static void trace_yaml(struct ia_buf *out, const struct ia_yaml *root)
{
    const struct ia_yaml *open[IA_YAML_DEPTH], *node = root;
    size_t depth = 0;
    while (node || depth) {
        if (!node) {
            node = open[--depth];
            put(out, node->kind == IA_YAML_MAPPING ? '}' : ']', "");
            node = node->next;
            continue;
        }
        put_node(out, node, depth ? open[depth - 1] : NULL);
        if (node->kind == IA_YAML_SCALAR) {
            node = node->next;
            continue;
        }
        fuzz_check(depth < IA_YAML_DEPTH, "the depth is bounded");
        open[depth++] = node;
        node = node->items;
    }
}

static int trace_json(struct ia_env *env, struct ia_str document, struct ia_buf *out)
{
    static const char kinds[] = " {}[]ksp", *const words[] = {"true", "false", "null"};
    struct ia_reader *input;
    struct ia_json *json;
    struct ia_str text;
    int event;
    fuzz_check(ia_reader_memory(env, document.p, document.n, &input) == IMGA_OK, "memory");
    fuzz_check(ia_json_new(env, input, &json) == IMGA_OK, "memory");
    while ((event = ia_json_next(json, env, &text)) > 0) {
        bool word = event >= IA_JSON_TRUE;
        put(out, word ? 'p' : kinds[event], word ? words[event - IA_JSON_TRUE] : "");
        fuzz_check(ia_buf_str(out, text) == IMGA_OK, "memory");
    }
    ia_json_free(json);
    ia_reader_close(input);
    return event;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_env f;
    struct ia_arena arena;
    struct ia_buf yaml, json;
    struct ia_str document = {(const char *)data, size};
    const struct ia_yaml *root = NULL;
    fuzz_env_open(&f);
    ia_arena_init(&arena, &ia_alloc_libc);
    ia_buf_init(&yaml, &ia_alloc_libc, 1 << 26);
    ia_buf_init(&json, &ia_alloc_libc, 1 << 26);
    int status = ia_yaml_read(&f.env, &arena, document, &root);
    fuzz_check((status == IMGA_OK) == (root != NULL), "a tree or an error");
    fuzz_check(status == f.env.error.status, "errors are described");
    if (root && size < 4096) {
        trace_yaml(&yaml, root);
        if (trace_json(&f.env, document, &json) == IA_JSON_END)
            fuzz_check(ia_str_eq(ia_buf_view(&yaml), ia_buf_view(&json)), "JSON means the same");
    }
    ia_buf_free(&yaml);
    ia_buf_free(&json);
    ia_arena_free(&arena);
    fuzz_env_close(&f);
    return 0;
}
