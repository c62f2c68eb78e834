/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gemfile.lock of Bundler: sections GEM, GIT, PATH, ...; below "specs:" a line of four blanks is a gem, "name
 * (version)" or "name (version-platform)", one of six what it needs. Gems of PATH are the application itself.
 */
#include "catalog/lock/lock.h"

static int add_gem(struct ia_str line, struct ia_env *env, struct ia_found *found)
{
    struct ia_locked locked = {"gem", "gemfile-lock", {0}, {0}, {.n = 0}};
    size_t open = ia_str_find(line, '('), close = ia_str_find_last(line, ')');
    if (open == line.n || close == line.n || close < open)
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "a gem without version");
    struct ia_str version = ia_str_sub(line, open + 1, close - open - 1);
    size_t dash = ia_str_find(version, '-');
    locked.name = ia_str_trim(ia_str_sub(line, 0, open));
    locked.version = ia_str_sub(version, 0, dash);
    ia_fields_add(&locked.fields, "platform", ia_str_sub(version, dash + 1, version.n));
    return ia_locked_add(&locked, env, found);
}

static bool is_gem(struct ia_str line)
{
    const struct ia_str four = IA_STR("    ");
    return ia_str_starts(line, four) && line.n > four.n && line.p[four.n] != ' ';
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str rest = file->content, line;
    bool in_specs = false, is_path = false, any = false;
    while (ia_str_next(&rest, '\n', &line)) {
        bool is_section = line.n && line.p[0] != ' ' && line.p[0] != '\r';
        if (is_section)
            is_path = ia_str_is(ia_str_trim(line), "PATH");
        in_specs = !is_section && (in_specs || ia_str_is(ia_str_trim(line), "specs:"));
        any = any || in_specs;
        if (in_specs && !is_path && is_gem(line))
            IA_TRY(add_gem(line, env, found));
    }
    return any ? IMGA_OK : ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "it has no section with gems");
}

static const char *const names[] = {"Gemfile.lock", "gems.locked", NULL};

const struct ia_analyser ia_bundler_lock_analyser = {"bundler-lock", 1, names, NULL, NULL, ia_locked_wants, analyse};
