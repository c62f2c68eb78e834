/* SPDX-License-Identifier: Apache-2.0 */
/*
 * requirements.txt of pip (pip.pypa.io, "Requirements File Format"), as far as it pins versions: "name[extra]==1.0;
 * marker
 * --hash=...". Options, other files, addresses and ranges name no version; they are counted in a note, and nothing is
 * followed.
 */
#include "catalog/lock/lock.h"

static bool is_name(char c)
{
    return ia_is_alpha(c) || ia_is_digit(c) || c == '-' || c == '_' || c == '.';
}

/* "==1.0" or "===1.0", without wildcard or second clause. */
static struct ia_str pinned(struct ia_str rest)
{
    struct ia_str version = {0};
    size_t signs = 0;
    while (signs < rest.n && rest.p[signs] == '=')
        signs++;
    rest = ia_str_sub(rest, signs, rest.n);
    if ((signs != 2 && signs != 3) || !ia_str_word(&rest, &version))
        return (struct ia_str){0};
    version = ia_str_sub(version, 0, ia_str_find(version, ';'));
    return ia_str_find(version, '*') < version.n || ia_str_find(version, ',') < version.n ? (struct ia_str){0}
                                                                                          : version;
}

/* Whether the line pins a version. */
static bool read_line(struct ia_str line, struct ia_locked *locked)
{
    size_t n = 0;
    while (n < line.n && is_name(line.p[n]))
        n++;
    locked->name = ia_str_sub(line, 0, n);
    line = ia_str_trim(ia_str_sub(line, n, line.n));
    if (line.n && line.p[0] == '[')
        line = ia_str_trim(ia_str_sub(line, ia_str_find(line, ']') + 1, line.n));
    locked->version = pinned(line);
    return n > 0 && locked->version.n > 0;
}

/* A comment begins at the line's beginning, or behind a blank. */
static struct ia_str without_comment(struct ia_str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] == '#' && (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
            return ia_str_trim(ia_str_sub(line, 0, i));
    return ia_str_trim(line);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str rest = file->content, line;
    bool goes_on = false;
    size_t others = 0;
    while (ia_str_next(&rest, '\n', &line)) {
        struct ia_locked locked = {"pypi", "requirements", {0}, {0}, {.n = 0}};
        bool is_start = !goes_on;
        line = without_comment(line);
        goes_on = ia_str_ends(line, IA_STR("\\"));
        line = ia_str_trim(ia_str_sub(line, 0, line.n - goes_on));
        if (!is_start || line.n == 0)
            continue;
        if (read_line(line, &locked))
            IA_TRY(ia_locked_add(&locked, env, found));
        else
            others++;
    }
    if (others == 0)
        return IMGA_OK;
    return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "%zu lines do not name a version", others);
}

static const char *const names[] = {"requirements.txt", NULL};

const struct ia_analyser ia_requirements_analyser = {"requirements", 1, names, NULL, NULL, ia_locked_wants, analyse};
