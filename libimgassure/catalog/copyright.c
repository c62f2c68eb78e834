/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of this form begins with a paragraph with the field Format (in drafts Format-Specification). The first line of
 * a License field is its short name, the text may follow. Paragraphs with a License and no Files give the text for a
 * short name and declare nothing. The License of the first paragraph is about the package as a whole: it counts where
 * no Files paragraph has one.
 */
#include "catalog/copyright.h"

#include "base/vec.h"
#include "catalog/analyser.h"
#include "syntax/deb822.h"

#include <string.h>

enum { LICENSES = 1000 };

struct paragraph {
    struct ia_str license; /* short name */
    bool files, format;
};

static struct ia_str first_line(struct ia_str value)
{
    return ia_str_trim(ia_str_sub(value, 0, ia_str_find(value, '\n')));
}

static void take_field(struct paragraph *p, const struct ia_deb822_field *field)
{
    if (ia_str_eq_case(field->name, IA_STR("License")) && p->license.n == 0)
        p->license = first_line(field->value);
    else if (ia_str_eq_case(field->name, IA_STR("Files")))
        p->files = true;
    else if (ia_str_eq_case(field->name, IA_STR("Format")) ||
             ia_str_eq_case(field->name, IA_STR("Format-Specification")))
        p->format = true;
}

/* The next paragraph; false at the end. Lines that are no fields are comments, or the text of a careless author. */
static bool next_paragraph(struct ia_deb822 *reader, struct paragraph *out)
{
    struct ia_deb822_field field;
    enum ia_deb822_event event;
    *out = (struct paragraph){.license = IA_STR("")};
    while ((event = ia_deb822_next(reader, &field)) != IA_DEB822_END) {
        if (event == IA_DEB822_PARAGRAPH)
            return true;
        if (event == IA_DEB822_FIELD)
            take_field(out, &field);
    }
    return false;
}

/* Where name is, or would be, in the sorted names. */
static size_t find(const struct ia_vec *names, struct ia_str name)
{
    size_t low = 0, high = names->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ia_str_cmp(*(const struct ia_str *)ia_vec_at(names, middle), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int add(struct ia_vec *names, struct ia_str name)
{
    size_t at = find(names, name);
    struct ia_str *rows;
    if (name.n == 0 || (at < names->n && ia_str_eq(*(const struct ia_str *)ia_vec_at(names, at), name)))
        return IMGA_OK;
    IA_TRY(ia_vec_push(names, &name));
    rows = names->p;
    memmove(rows + at + 1, rows + at, (names->n - 1 - at) * sizeof(*rows));
    rows[at] = name;
    return IMGA_OK;
}

/* 1 when the text is of this form. */
static int collect(struct ia_env *env, struct ia_str text, struct ia_vec *names)
{
    struct ia_deb822 reader;
    struct paragraph paragraph;
    struct ia_str whole;
    ia_deb822_init(&reader, text);
    if (!next_paragraph(&reader, &paragraph) || !paragraph.format)
        return 0;
    whole = paragraph.license;
    do {
        IA_TRY(ia_check_cancel(env));
        if (paragraph.files)
            IA_TRY(add(names, paragraph.license));
    } while (next_paragraph(&reader, &paragraph));
    if (names->n == 0)
        IA_TRY(add(names, whole));
    return 1;
}

static bool offers_choice(struct ia_str name)
{
    struct ia_str rest = name, word;
    while (ia_str_word(&rest, &word))
        if (ia_str_eq_case(word, IA_STR("or")) || ia_str_is(word, "|"))
            return true;
    return false;
}

static int write_name(struct ia_buf *out, struct ia_str name, bool alone)
{
    bool enclosed = !alone && offers_choice(name);
    if (out->n)
        IA_TRY(ia_buf_text(out, " AND "));
    if (enclosed)
        IA_TRY(ia_buf_char(out, '('));
    IA_TRY(ia_buf_str(out, name));
    return enclosed ? ia_buf_char(out, ')') : IMGA_OK;
}

static int write_names(struct ia_buf *out, const struct ia_vec *names)
{
    for (size_t i = 0; i < names->n; i++)
        IA_TRY(write_name(out, *(const struct ia_str *)ia_vec_at(names, i), names->n == 1));
    return names->n > 0;
}

int ia_copyright_read(struct ia_env *env, struct ia_str text, struct ia_buf *out)
{
    struct ia_vec names;
    ia_buf_clear(out);
    ia_vec_init(&names, &env->alloc, sizeof(struct ia_str), LICENSES);
    int status = collect(env, text, &names);
    if (status > 0)
        status = write_names(out, &names);
    ia_vec_free(&names);
    if (status <= 0)
        ia_buf_clear(out);
    if (status == IMGA_E_LIMIT)
        return 0;
    return status == IMGA_E_NOMEM ? ia_fail_nomem(env) : status;
}

/* ---- the analyser ---- */

/* usr/share/doc/NAME/copyright, and nothing below NAME. */
static bool wants(struct ia_str path)
{
    static const char before[] = "usr/share/doc/", after[] = "/copyright";
    struct ia_str name = ia_str_sub(path, sizeof(before) - 1, path.n);
    if (!ia_str_starts(path, ia_str_from(before)) || !ia_str_ends(name, ia_str_from(after)))
        return false;
    name.n -= sizeof(after) - 1;
    return name.n > 0 && ia_str_find(name, '/') == name.n;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    uint64_t most = env->limits->string_bytes;
    struct ia_field field = {IA_STR("license"), {"", 0}};
    struct ia_buf licenses;
    ia_buf_init(&licenses, &env->alloc, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
    int status = ia_copyright_read(env, file->content, &licenses);
    field.value = ia_buf_view(&licenses);
    if (status == 0)
        field = (struct ia_field){IA_STR("copyright"), IA_STR("free-text")};
    if (status >= 0)
        status = ia_found_attach(found, env, 0, &field);
    ia_buf_free(&licenses);
    return status;
}

static const char *const names[] = {"copyright", NULL};

const struct ia_analyser ia_copyright_analyser = {
    .name = "debian-copyright",
    .version = 1,
    .names = names,
    .wants = wants,
    .analyse = analyse,
};
