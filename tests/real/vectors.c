/* SPDX-License-Identifier: Apache-2.0 */
#include "vectors.h"

#include <stdlib.h>
#include <string.h>

static void load(struct vectors *v, const char *name)
{
    char command[4096], block[4096];
    const char *shared = getenv("IMGASSURE_SHARED"), *end = strrchr(name, '.');
    const char *tool = end && strcmp(end, ".xz") == 0 ? "xz -dc" : "cat";
    size_t got = 1;
    if (!shared || strchr(shared, '\''))
        return;
    snprintf(command, sizeof(command), "test -r '%s/vectors/%s' && %s '%s/vectors/%s'", shared, name, tool, shared,
             name);
    FILE *file = popen(command, "r");
    while (file && (got = fread(block, 1, sizeof(block), file)) > 0)
        if (ia_buf_add(&v->content, block, got) < 0)
            abort();
    if (file)
        pclose(file);
}

bool vectors_open(struct vectors *v, const char *name)
{
    memset(v, 0, sizeof(*v));
    test_env_open(&v->t);
    ia_buf_init(&v->content, &ia_alloc_libc, 64 << 20);
    load(v, name);
    if (v->content.n == 0) {
        vectors_close(v);
        return false;
    }
    if (ia_reader_memory(&v->t.env, v->content.p, v->content.n, &v->reader) < 0 ||
        ia_json_new(&v->t.env, v->reader, &v->json) < 0)
        abort();
    return true;
}

void vectors_close(struct vectors *v)
{
    ia_json_free(v->json);
    ia_reader_close(v->reader);
    ia_buf_free(&v->content);
    test_env_close(&v->t);
}

int vectors_next(struct vectors *v)
{
    int event = ia_json_next(v->json, &v->t.env, &v->text);
    if (event < 0) {
        printf("not ok vectors: %s\n", v->t.env.error.message);
        exit(1);
    }
    return event;
}

void vectors_copy(struct ia_str from, char *text, size_t size)
{
    size_t n = from.n < size ? from.n : size - 1;
    memcpy(text, from.n ? from.p : "", n);
    text[n] = '\0';
}

bool vectors_key(struct vectors *v, char *key, size_t size)
{
    if (vectors_next(v) != IA_JSON_KEY)
        return false;
    vectors_copy(v->text, key, size);
    return true;
}

void vectors_text(struct vectors *v, char *text, size_t size)
{
    int event = vectors_next(v);
    text[0] = '\0';
    if (event == IA_JSON_STRING)
        vectors_copy(v->text, text, size);
    else if (event == IA_JSON_TRUE)
        vectors_copy(IA_STR("true"), text, size);
    else if (ia_json_skip(v->json, &v->t.env, event) < 0)
        exit(1);
}
