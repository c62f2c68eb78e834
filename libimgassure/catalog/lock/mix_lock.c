/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mix.lock of Elixir: a map with one line a dependency, ""name": {:hex, :package, "version", ...}," or ""name": {:git,
 * "address", "commit", ...},".
 */
#include "catalog/lang/quoted.h"
#include "catalog/lock/lock.h"

/* The word behind the next ':' of an atom. */
static struct ia_str take_atom(struct ia_str *rest)
{
    size_t colon = ia_str_find(*rest, ':'), n = 0;
    *rest = ia_str_sub(*rest, colon + 1, rest->n);
    while (n < rest->n && (ia_is_alpha(rest->p[n]) || ia_is_digit(rest->p[n]) || rest->p[n] == '_'))
        n++;
    struct ia_str atom = ia_str_sub(*rest, 0, n);
    *rest = ia_str_sub(*rest, n, rest->n);
    return atom;
}

static bool read_line(struct ia_str line, struct ia_locked *locked)
{
    struct ia_str text, kind;
    if (!ia_quoted_next(&line, &locked->name))
        return false;
    line = ia_str_sub(line, ia_str_find(line, '{'), line.n);
    kind = take_atom(&line);
    if (ia_str_is(kind, "hex")) {
        struct ia_str package = take_atom(&line);
        locked->name = package.n ? package : locked->name;
        return ia_quoted_next(&line, &locked->version);
    }
    if (!ia_str_is(kind, "git") || !ia_quoted_next(&line, &text))
        return false;
    ia_fields_add(&locked->fields, "url", text);
    if (ia_quoted_next(&line, &text))
        ia_fields_add(&locked->fields, "commit", text);
    return true;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str rest = file->content, line;
    size_t malformed = 0;
    bool is_map = false;
    while (ia_str_next(&rest, '\n', &line)) {
        struct ia_locked locked = {"hex", "mix-lock", {0}, {0}, {.n = 0}};
        is_map = is_map || ia_str_starts(line, IA_STR("%{"));
        if (ia_str_find(line, '"') == line.n)
            continue;
        if (read_line(line, &locked))
            IA_TRY(ia_locked_add(&locked, env, found));
        else
            malformed++;
    }
    if (malformed)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "%zu malformed lines", malformed));
    return is_map ? IMGA_OK : ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "it is not a map of dependencies");
}

static const char *const names[] = {"mix.lock", NULL};

const struct ia_analyser ia_mix_lock_analyser = {"mix-lock", 1, names, NULL, NULL, ia_locked_wants, analyse};
