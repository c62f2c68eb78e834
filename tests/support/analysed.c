/* SPDX-License-Identifier: Apache-2.0 */
/* Runs one analyser on one file and writes down what it found. */
#include "analysed.h"

#include "base/notes.h"

#include <stdlib.h>
#include <string.h>

enum { CUTS = 64, FLIPS = 200, BITS = 8 };

static int put(struct ia_buf *out, struct ia_str text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.n; i++) {
        unsigned char byte = (unsigned char)text.p[i];
        char code[3] = {'%', hex[byte >> 4], hex[byte & 15]};
        bool plain = byte > ' ' && byte < 0x7F;
        if (ia_buf_add(out, plain ? (const char *)&text.p[i] : code, plain ? 1 : sizeof(code)) < 0)
            return -1;
    }
    return 0;
}

static void part(struct ia_buf *out, const char *name, struct ia_str value)
{
    if (value.n == 0)
        return;
    if (ia_buf_char(out, ' ') < 0 || ia_buf_text(out, name) < 0 || put(out, value) < 0)
        abort();
}

static void word(struct ia_buf *out, struct ia_str value)
{
    part(out, "", value.n ? value : IA_STR("-"));
}

static void fields(struct ia_buf *out, const struct ia_field *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        word(out, list[i].name);
        if (ia_buf_char(out, '=') < 0 || put(out, list[i].value) < 0)
            abort();
    }
}

static void number(struct ia_buf *out, int64_t value)
{
    if (ia_buf_char(out, ' ') < 0 || ia_buf_i64(out, value) < 0)
        abort();
}

static void write_package(struct ia_buf *out, const struct ia_found_package *package)
{
    word(out, package->type);
    word(out, package->name);
    word(out, package->version);
    part(out, "arch=", package->architecture);
    part(out, "license=", package->license);
    part(out, "supplier=", package->supplier);
    part(out, "in=", package->inside);
    part(out, "how=", package->how);
    fields(out, package->fields, package->field_count);
}

static void write_executable(struct ia_buf *out, const struct ia_found_executable *executable)
{
    word(out, executable->format);
    word(out, executable->architecture);
    part(out, "build-id=", executable->build_id);
    part(out, "interpreter=", executable->interpreter);
    part(out, "flags", IA_STR("="));
    if (ia_buf_u64(out, executable->flags) < 0)
        abort();
}

static void write_item(struct ia_buf *out, const struct ia_found_item *item)
{
    static const char *const kinds[] = {NULL, "package", "path", "executable", "attach", "attach-path", "note"};
    if (ia_buf_text(out, kinds[item->kind]) < 0)
        abort();
    if (item->kind == IA_FOUND_PACKAGE)
        write_package(out, &item->package);
    else if (item->kind == IA_FOUND_EXECUTABLE)
        write_executable(out, &item->executable);
    else if (item->kind == IA_FOUND_NOTE)
        word(out, ia_str_from(ia_note_name(item->code)));
    else if (item->kind != IA_FOUND_ATTACH)
        word(out, item->text);
    if (item->kind == IA_FOUND_ATTACH) {
        number(out, item->levels);
        fields(out, item->fields, 1);
    }
    if (item->kind == IA_FOUND_NOTE)
        number(out, item->offset);
    if (ia_buf_char(out, '\n') < 0)
        abort();
}

static char *write_items(struct ia_str packed)
{
    struct ia_cursor left = ia_cursor_from(packed.p, packed.n);
    struct ia_found_item item;
    struct ia_buf out;
    int status;
    ia_buf_init(&out, &ia_alloc_libc, SIZE_MAX);
    while ((status = ia_found_next(&left, &item)) > 0)
        write_item(&out, &item);
    if (status < 0 || ia_buf_char(&out, '\0') < 0)
        abort();
    return out.p;
}

char *test_analyse(struct test_env *t, const struct ia_analyser *analyser, const char *path, struct ia_str content)
{
    struct ia_analysed file = {ia_str_from(path), content, 0644};
    struct ia_found found;
    char *exact = malloc(content.n + !content.n), *lines = NULL;
    if (!exact)
        abort();
    memcpy(exact, content.p, content.n); /* a sanitizer sees the end */
    file.content.p = exact;
    ia_found_init(&found, &t->env);
    if (analyser->analyse(&file, &t->env, &found) >= 0)
        lines = write_items(ia_buf_view(&found.packed));
    ia_found_free(&found);
    free(exact);
    return lines;
}

static int in_list(const char *const *list, struct ia_str text)
{
    for (; list && *list; list++)
        if (ia_str_is(text, *list))
            return 1;
    return 0;
}

int test_wants(const struct ia_analyser *analyser, const char *path)
{
    struct ia_str text = ia_str_from(path);
    size_t slash = ia_str_find_last(text, '/');
    struct ia_str name = slash < text.n ? ia_str_sub(text, slash + 1, text.n) : text;
    size_t dot = ia_str_find_last(name, '.');
    if (!in_list(analyser->names, name) &&
        (dot == name.n || !in_list(analyser->extensions, ia_str_sub(name, dot + 1, name.n))))
        return 0;
    return !analyser->wants || analyser->wants(text);
}

/* ---- hostile ---- */

struct counted {
    int status;
    size_t packages, notes;
};

static size_t lines_of(const char *text, const char *word_)
{
    size_t count = 0, n = strlen(word_);
    for (; *text; text = strchr(text, '\n') + 1)
        count += strncmp(text, word_, n) == 0 && text[n] == ' ';
    return count;
}

static struct counted count(const struct ia_analyser *analyser, const char *path, struct ia_str content, size_t fail_at)
{
    struct test_env t;
    struct counted result = {.status = IMGA_OK};
    test_env_open(&t);
    t.fail_at = fail_at;
    char *lines = test_analyse(&t, analyser, path, content);
    result.status = lines ? IMGA_OK : t.env.error.status;
    if (lines) {
        result.packages = lines_of(lines, "package");
        result.notes = lines_of(lines, "note");
    }
    if (t.live != 0)
        result.status = IMGA_E_INTERNAL; /* a leak */
    if (lines && t.env.error.status != IMGA_OK)
        result.status = IMGA_E_INTERNAL; /* an error that nobody will hear of */
    free(lines);
    test_env_close(&t);
    return result;
}

static int is_fine(struct counted intact, struct counted now)
{
    return now.status == IMGA_OK && (now.packages >= intact.packages || now.notes > 0 || now.packages > 0);
}

size_t test_analyse_hostile(const struct ia_analyser *analyser, const char *path, struct ia_str content)
{
    struct counted intact = count(analyser, path, content, 0), now;
    char *copy = malloc(content.n + 1);
    size_t step = 1;
    if (!copy)
        abort();
    memcpy(copy, content.p, content.n);
    for (size_t at = 1;; at++, step++) {
        now = count(analyser, path, content, at);
        if (now.status == IMGA_OK && now.packages == intact.packages && now.notes == intact.notes)
            break;
        if (now.status != IMGA_E_NOMEM)
            goto out;
    }
    for (size_t i = 0; i < CUTS; i++, step++)
        if (!is_fine(intact, count(analyser, path, ia_str_sub(content, 0, content.n * i / CUTS), 0)))
            goto out;
    for (size_t i = 0; content.n && i < FLIPS; i++, step++) {
        size_t at = content.n * i / FLIPS;
        copy[at] = (char)(copy[at] ^ 1 << i % BITS);
        now = count(analyser, path, (struct ia_str){copy, content.n}, 0);
        copy[at] = content.p[at];
        if (now.status != IMGA_OK) /* a changed byte may well make another, sound text */
            goto out;
    }
    step = 0;
out:
    free(copy);
    return step;
}
