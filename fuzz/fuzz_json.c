/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON: chunks of any size give the same events and the same error; a document that is read, written compactly and read
 * again gives the same events. Numbers that no writer call can make go out as strings.
 */
#include "fuzz.h"
#include "syntax/json_read.h"
#include "syntax/json_write.h"

#include <string.h>

struct pieces {
    struct ia_reader reader;
    struct ia_cursor rest;
    size_t step;
};

static int next_piece(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct pieces *p = (struct pieces *)self;
    (void)env;
    return ia_cursor_take(&p->rest, p->rest.n < p->step ? p->rest.n : p->step, out) && out->n > 0;
}

static int keep(void *user, const void *data, size_t size)
{
    return ia_buf_add(user, data, size);
}

static void write_event(struct ia_json_writer *w, int event, struct ia_buf *text)
{
    uint64_t number;
    fuzz_check(ia_buf_char(text, '\0') == IMGA_OK, "memory");
    struct ia_str view = {text->p, text->n - 1};
    if (event == IA_JSON_OBJECT)
        ia_json_object(w);
    else if (event == IA_JSON_OBJECT_END)
        ia_json_object_end(w);
    else if (event == IA_JSON_ARRAY)
        ia_json_array(w);
    else if (event == IA_JSON_ARRAY_END)
        ia_json_array_end(w);
    else if (event == IA_JSON_KEY)
        ia_json_key(w, text->p);
    else if (event == IA_JSON_NUMBER && ia_json_u64(view, &number))
        ia_json_uint(w, number);
    else if (event == IA_JSON_STRING)
        ia_json_str(w, view);
    else if (event == IA_JSON_NULL)
        ia_json_null(w);
    else
        ia_json_bool(w, event == IA_JSON_TRUE);
}

/* Reads all; every event goes to trace, and to w when there is one. The final status. */
static int read_all(struct ia_env *env, struct ia_str document, size_t step, struct ia_buf *trace,
                    struct ia_json_writer *w)
{
    struct pieces input = {{next_piece, NULL, NULL}, ia_cursor_from(document.p, document.n), step};
    struct ia_json *json;
    struct ia_str text;
    struct ia_buf copy;
    uint64_t number;
    int event;
    ia_buf_init(&copy, &ia_alloc_libc, 1 << 24);
    fuzz_check(ia_json_new(env, &input.reader, &json) == IMGA_OK, "memory");
    while ((event = ia_json_next(json, env, &text)) > 0) {
        if (event == IA_JSON_NUMBER && !ia_json_u64(text, &number))
            event = IA_JSON_STRING;
        if (event == IA_JSON_KEY) /* keys are C strings for the writer */
            text.n = ia_str_find(text, '\0');
        fuzz_check(ia_json_offset(json) < (int64_t)document.n, "an event starts inside the document");
        ia_buf_clear(&copy);
        fuzz_check(ia_buf_str(&copy, text) == IMGA_OK, "memory");
        fuzz_check(ia_buf_char(trace, (char)event) == IMGA_OK && ia_buf_u64(trace, text.n) == IMGA_OK &&
                       ia_buf_str(trace, text) == IMGA_OK,
                   "memory");
        if (w)
            write_event(w, event, &copy);
    }
    fuzz_check(ia_json_next(json, env, &text) == event, "the end repeats");
    ia_json_free(json);
    ia_buf_free(&copy);
    return event;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_env f;
    struct ia_buf traces[3], out;
    struct ia_json_writer writer;
    struct ia_str document = {(const char *)data, size};
    struct ia_writer sink = {keep, &out};
    fuzz_env_open(&f);
    f.limits.json_depth = IA_JSON_WRITE_DEPTH;
    ia_buf_init(&out, &ia_alloc_libc, 1 << 26);
    for (size_t i = 0; i < IA_COUNT(traces); i++)
        ia_buf_init(&traces[i], &ia_alloc_libc, 1 << 26);
    ia_json_begin(&writer, &f.env, &sink, false);
    int status = read_all(&f.env, document, size + 1, &traces[0], &writer);
    struct ia_error error = f.env.error;
    int written = ia_json_finish(&writer);
    ia_error_clear(&f.env);
    fuzz_check(read_all(&f.env, document, 1 + size % 7, &traces[1], NULL) == status, "chunks do not matter");
    fuzz_check(error.offset == f.env.error.offset && strcmp(error.message, f.env.error.message) == 0, "nor for errors");
    fuzz_check(ia_str_eq(ia_buf_view(&traces[0]), ia_buf_view(&traces[1])), "nor for events");
    if (status == IA_JSON_END) {
        fuzz_check(written == IMGA_OK, "what was read can be written");
        fuzz_check(read_all(&f.env, ia_buf_view(&out), out.n, &traces[2], NULL) == IA_JSON_END, "and read again");
        fuzz_check(ia_str_eq(ia_buf_view(&traces[0]), ia_buf_view(&traces[2])), "with the same events");
    }
    for (size_t i = 0; i < IA_COUNT(traces); i++)
        ia_buf_free(&traces[i]);
    ia_buf_free(&out);
    fuzz_env_close(&f);
    return 0;
}
