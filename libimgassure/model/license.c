/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Licence expressions: SPDX 2.3 annex D, with operators in any case. One parser for all forms, which differ in what an
 * operand may be: an identifier with an exception, or a name of several words. It keeps a stack of open parentheses and
 * writes as it reads; parentheses around a single operand are taken out again. Debian's ", and" closes everything
 * before it.
 */
#include "model/license.h"

#include "model/license_names.h"

#include <imgassure/status.h>

#include <string.h>

/* Groups that others' forms add (", and"; names that stand for an expression) have room below IA_LICENSE_DEPTH. */
enum { WORDS = 256, FOREIGN_DEPTH = 32, MOST_COMMAS = 16, MOST_ATTEMPTS = 5 };

struct group {
    size_t start; /* offset of its parenthesis in the output, or of its content at the top */
    bool operators;
};

struct parse {
    struct ia_buf *out;
    enum ia_license_form form;
    struct group groups[IA_LICENSE_DEPTH + 1];
    size_t depth, commas;
    bool operand;      /* the last thing was an operand */
    bool after_comma;  /* an operator must follow */
    char words[WORDS]; /* of an operand that has not ended yet */
    size_t n_words;
};

/* What is refused has a status of its own inside this file; the caller hears only that it is not known. */
static const int unknown = IMGA_E_FORMAT;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int insert_char(struct ia_buf *out, size_t at, char c)
{
    IA_TRY(ia_buf_char(out, c));
    memmove(out->p + at + 1, out->p + at, out->n - 1 - at);
    out->p[at] = c;
    return 0;
}

static void remove_char(struct ia_buf *out, size_t at)
{
    memmove(out->p + at, out->p + at + 1, out->n - at - 1);
    out->n--;
}

static bool is_reference(struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!ia_is_alpha(text.p[i]) && !ia_is_digit(text.p[i]) && text.p[i] != '.' && text.p[i] != '-')
            return false;
    return text.n > 0;
}

/* Cuts a prefix off, in any case. */
static bool cut_prefix(struct ia_str *text, struct ia_str prefix)
{
    if (!ia_str_eq_case(ia_str_sub(*text, 0, prefix.n), prefix))
        return false;
    *text = ia_str_sub(*text, prefix.n, text->n);
    return true;
}

/* "LicenseRef-X" and "DocumentRef-D:LicenseRef-X". */
static int put_reference(struct ia_buf *out, struct ia_str text)
{
    struct ia_str document = IA_STR("");
    if (cut_prefix(&text, IA_STR("DocumentRef-"))) {
        size_t colon = ia_str_find(text, ':');
        document = ia_str_sub(text, 0, colon);
        text = ia_str_sub(text, colon + 1, text.n);
        if (!is_reference(document))
            return unknown;
        IA_TRY(ia_buf_text(out, "DocumentRef-"));
        IA_TRY(ia_buf_str(out, document));
        IA_TRY(ia_buf_char(out, ':'));
    }
    if (!cut_prefix(&text, IA_STR("LicenseRef-")) || !is_reference(text))
        return unknown;
    IA_TRY(ia_buf_text(out, "LicenseRef-"));
    return ia_buf_str(out, text);
}

/* An identifier with "+": "or-later" where the list has that. */
static int put_later(struct ia_buf *out, struct ia_str text)
{
    const char *id = ia_license_id(text);
    const char *successor = id ? ia_license_successor(ia_str_from(id)) : NULL;
    struct ia_str known = ia_str_from(successor ? successor : id), only = IA_STR("-only");
    if (!id || (successor && !ia_str_ends(known, only)))
        return unknown;
    IA_TRY(ia_buf_str(out, ia_str_sub(known, 0, ia_str_ends(known, only) ? known.n - only.n : known.n)));
    if (ia_str_ends(known, IA_STR("-or-later")))
        return 0;
    return ia_buf_text(out, ia_str_ends(known, only) ? "-or-later" : "+");
}

static int put_identifier(struct ia_buf *out, struct ia_str text)
{
    const char *id = ia_license_id(text);
    const char *successor = id ? ia_license_successor(ia_str_from(id)) : NULL;
    if (id)
        return ia_buf_text(out, successor ? successor : id);
    if (text.n > 1 && text.p[text.n - 1] == '+')
        return put_later(out, ia_str_sub(text, 0, text.n - 1));
    return put_reference(out, text);
}

/* The words before and after one, in any case; false when it is not there. */
static bool cut_at(struct ia_str text, struct ia_str word, struct ia_str *before, struct ia_str *after)
{
    for (size_t i = 0; i + word.n < text.n; i++)
        if (ia_str_eq_case(ia_str_sub(text, i, word.n), word)) {
            *before = ia_str_sub(text, 0, i);
            *after = ia_str_sub(text, i + word.n, text.n);
            return true;
        }
    return false;
}

static bool cut_with(struct ia_str text, struct ia_str *license, struct ia_str *exception)
{
    return cut_at(text, IA_STR(" with "), license, exception);
}

/* Whether a name stands for a choice. */
static bool is_choice(const char *name)
{
    struct ia_str before, after;
    return cut_at(ia_str_from(name), IA_STR(" or "), &before, &after);
}

static int put_exception(struct ia_buf *out, size_t license, const char *exception)
{
    struct ia_str written = ia_str_sub(ia_buf_view(out), license, SIZE_MAX), before, after;
    if (!exception || cut_with(written, &before, &after))
        return unknown;
    IA_TRY(ia_buf_text(out, " WITH "));
    return ia_buf_text(out, exception);
}

/* "ID" or "ID WITH EXCEPTION". */
static int put_spdx(struct ia_buf *out, struct ia_str text)
{
    struct ia_str license = text, exception;
    size_t from = out->n;
    bool with = cut_with(text, &license, &exception);
    IA_TRY(put_identifier(out, license));
    return with ? put_exception(out, from, ia_license_exception(exception)) : 0;
}

/* A name of the form, which may stand for two licences. */
static int put_name(struct parse *parse, struct ia_str text)
{
    const char *name = ia_license_name(parse->form, text);
    struct ia_str license, exception;
    size_t from = parse->out->n;
    bool choice = name && is_choice(name);
    if (choice)
        IA_TRY(ia_buf_char(parse->out, '('));
    if (name)
        IA_TRY(ia_buf_text(parse->out, name));
    if (name)
        return choice ? ia_buf_char(parse->out, ')') : 0;
    int status = put_spdx(parse->out, text);
    if (status != unknown || !cut_with(text, &license, &exception))
        return status;
    parse->out->n = from;
    name = ia_license_name(parse->form, license);
    status = name ? ia_buf_text(parse->out, name) : put_identifier(parse->out, license);
    if (status < 0 || (name && is_choice(name)))
        return status < 0 ? status : unknown;
    name = ia_license_exception_name(exception);
    return put_exception(parse->out, from, name ? name : ia_license_exception(exception));
}

/* Ends the operand whose words were collected. */
static int end_words(struct parse *parse)
{
    struct ia_str text = {parse->words, parse->n_words};
    if (text.n == 0)
        return 0;
    parse->n_words = 0;
    parse->operand = true;
    return parse->form == IA_LICENSE_SPDX ? put_spdx(parse->out, text) : put_name(parse, text);
}

static int add_word(struct parse *parse, struct ia_str word)
{
    bool more = parse->n_words > 0;
    if (parse->operand || word.n + more > WORDS - parse->n_words)
        return unknown;
    if (more)
        parse->words[parse->n_words++] = ' ';
    memcpy(parse->words + parse->n_words, word.p, word.n);
    parse->n_words += word.n;
    return 0;
}

static int put_operator(struct parse *parse, const char *text)
{
    IA_TRY(end_words(parse));
    if (!parse->operand)
        return unknown;
    parse->operand = false;
    parse->after_comma = false;
    parse->groups[parse->depth].operators = true;
    return ia_buf_text(parse->out, text);
}

static int open_group(struct parse *parse)
{
    size_t most = parse->form == IA_LICENSE_SPDX ? IA_LICENSE_DEPTH : FOREIGN_DEPTH;
    if (parse->operand || parse->n_words > 0 || parse->depth == most)
        return unknown;
    parse->groups[++parse->depth] = (struct group){.start = parse->out->n};
    return ia_buf_char(parse->out, '(');
}

static int close_group(struct parse *parse)
{
    IA_TRY(end_words(parse));
    if (!parse->operand || parse->depth == 0 || parse->after_comma)
        return unknown;
    struct group group = parse->groups[parse->depth--];
    if (group.operators)
        return ia_buf_char(parse->out, ')');
    remove_char(parse->out, group.start);
    return 0;
}

/* ", and" and ", or" bind weaker than what stands before them. */
static int put_comma(struct parse *parse)
{
    IA_TRY(end_words(parse));
    struct group *group = &parse->groups[parse->depth];
    size_t content = group->start + (parse->depth > 0);
    if (!parse->operand || parse->after_comma || parse->commas++ == MOST_COMMAS)
        return unknown;
    parse->after_comma = true;
    if (!group->operators)
        return 0;
    IA_TRY(insert_char(parse->out, content, '('));
    group->operators = false;
    return ia_buf_char(parse->out, ')');
}

static int take_word(struct parse *parse, struct ia_str word)
{
    if (ia_str_eq_case(word, IA_STR("and")))
        return put_operator(parse, " AND ");
    if (ia_str_eq_case(word, IA_STR("or")))
        return put_operator(parse, " OR ");
    return parse->after_comma ? unknown : add_word(parse, word);
}

/* Takes the next word or sign off the text, which does not begin with a blank. */
static int take_token(struct parse *parse, struct ia_str *text)
{
    bool commas = parse->form == IA_LICENSE_DEBIAN;
    size_t n = 0;
    char c = text->p[0];
    while (n < text->n && !is_blank(text->p[n]) && text->p[n] != '(' && text->p[n] != ')' &&
           !(commas && text->p[n] == ','))
        n++;
    struct ia_str word = ia_str_sub(*text, 0, n);
    *text = ia_str_sub(*text, n ? n : 1, text->n);
    if (n > 0)
        return take_word(parse, word);
    return c == '(' ? open_group(parse) : c == ')' ? close_group(parse) : put_comma(parse);
}

/* A group that spans all needs no parentheses. */
static void unwrap(struct parse *parse)
{
    struct ia_buf *out = parse->out;
    size_t start = parse->groups[0].start;
    if (parse->groups[0].operators || out->p[start] != '(')
        return;
    out->n--;
    remove_char(out, start);
}

static int parse_expression(struct ia_buf *out, struct ia_str text, enum ia_license_form form)
{
    struct parse parse = {.out = out, .form = form};
    parse.groups[0].start = out->n;
    while (text.n > 0) {
        if (is_blank(text.p[0]))
            text = ia_str_sub(text, 1, text.n);
        else
            IA_TRY(take_token(&parse, &text));
    }
    IA_TRY(end_words(&parse));
    if (!parse.operand || parse.depth > 0 || parse.after_comma)
        return unknown;
    unwrap(&parse);
    return 0;
}

/* The whole text as one name, runs of blanks as one. */
static int put_whole(struct ia_buf *out, struct ia_str text, enum ia_license_form form)
{
    struct parse parse = {.out = out, .form = form};
    struct ia_str the = IA_STR("The ");
    cut_prefix(&text, the);
    while (text.n > 0) {
        size_t n = 0;
        while (n < text.n && !is_blank(text.p[n]))
            n++;
        if (n > 0)
            IA_TRY(add_word(&parse, ia_str_sub(text, 0, n)));
        text = ia_str_sub(text, n + 1, text.n);
    }
    const char *name = ia_license_name(form, (struct ia_str){parse.words, parse.n_words});
    return name ? ia_buf_text(out, name) : unknown;
}

static int put_classifier(struct ia_buf *out, struct ia_str text)
{
    size_t colon = ia_str_find_last(text, ':');
    struct ia_str name = ia_str_sub(text, colon + 1, text.n);
    if (colon == text.n || !ia_str_eq_case(ia_str_sub(text, 0, 11), IA_STR("License :: ")))
        return unknown;
    return put_whole(out, ia_str_trim(name), IA_LICENSE_PYTHON);
}

/* The last part of an address below "/licenses/": "https://opensource.org/licenses/MIT". */
static int put_address(struct ia_buf *out, struct ia_str text)
{
    static const struct ia_str endings[] = {{".html", 5}, {".txt", 4}, {".php", 4}};
    size_t last = ia_str_find_last(text, '/');
    struct ia_str name = ia_str_sub(text, last + 1, text.n), folder = ia_str_sub(text, 0, last);
    bool address = ia_str_starts(text, IA_STR("http://")) || ia_str_starts(text, IA_STR("https://"));
    if (!address || (!ia_str_ends(folder, IA_STR("/licenses")) && !ia_str_ends(folder, IA_STR("/license"))))
        return unknown;
    for (size_t i = 0; i < IA_COUNT(endings); i++)
        if (ia_str_ends(name, endings[i]))
            name.n -= endings[i].n;
    size_t before = out->n;
    int status = put_whole(out, name, IA_LICENSE_TEXT);
    if (status != unknown)
        return status;
    out->n = before;
    return put_identifier(out, name);
}

/* "MIT/Apache-2.0", as Cargo had it: either. */
static int put_slashes(struct ia_buf *out, struct ia_str text)
{
    struct ia_str part, rest = text;
    bool first = true;
    if (ia_str_find(text, '/') == text.n || text.p[text.n - 1] == '/')
        return unknown;
    while (ia_str_next(&rest, '/', &part)) {
        IA_TRY(ia_buf_text(out, first ? "" : " OR "));
        IA_TRY(put_identifier(out, ia_str_trim(part)));
        first = false;
    }
    return 0;
}

typedef int attempt(struct ia_buf *out, struct ia_str text);

static int try_spdx(struct ia_buf *out, struct ia_str text)
{
    return parse_expression(out, text, IA_LICENSE_SPDX);
}

static int try_debian(struct ia_buf *out, struct ia_str text)
{
    return parse_expression(out, text, IA_LICENSE_DEBIAN);
}

static int try_fedora(struct ia_buf *out, struct ia_str text)
{
    return parse_expression(out, text, IA_LICENSE_FEDORA);
}

static int try_name(struct ia_buf *out, struct ia_str text)
{
    return put_whole(out, text, IA_LICENSE_TEXT);
}

static int try_text(struct ia_buf *out, struct ia_str text)
{
    return parse_expression(out, text, IA_LICENSE_TEXT);
}

int ia_license_normalise(struct ia_str declared, enum ia_license_form form, struct ia_buf *out, bool *known)
{
    static attempt *const attempts[IA_LICENSE_FORMS][MOST_ATTEMPTS] = {
        [IA_LICENSE_SPDX] = {try_spdx},
        [IA_LICENSE_DEBIAN] = {try_debian},
        [IA_LICENSE_FEDORA] = {try_spdx, try_fedora},
        [IA_LICENSE_PYTHON] = {put_classifier},
        [IA_LICENSE_TEXT] = {try_spdx, try_name, put_address, put_slashes, try_text},
    };
    size_t before = out->n;
    int status = unknown;
    declared = ia_str_trim(declared);
    for (size_t i = 0; i < MOST_ATTEMPTS && attempts[form][i] && status == unknown && declared.n <= IA_LICENSE_BYTES;
         i++) {
        out->n = before;
        status = attempts[form][i](out, declared);
    }
    *known = status == IMGA_OK;
    if (status < 0)
        out->n = before;
    return status == unknown ? IMGA_OK : status;
}
