/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lock files in TOML that their programs write in one shape: a line "[[package]]" followed by "name = "..."" and
 * "version = "..."": Cargo.lock, poetry.lock, uv.lock, pdm.lock. Other tables, also those inside of a package, end its
 * lines.
 */
#include "catalog/lang/place.h"
#include "catalog/lang/quoted.h"
#include "catalog/lock/lock.h"

struct block {
    struct ia_str name, version, source;
    bool open;
};

static void take_line(struct block *block, struct ia_str line)
{
    static const char *const keys[] = {"name", "version", "source"};
    struct ia_str *const values[] = {&block->name, &block->version, &block->source}, value;
    for (size_t i = 0; i < IA_COUNT(keys); i++)
        if (values[i]->n == 0 && ia_assigned(line, keys[i], &value) && ia_str_find(value, '{') == value.n)
            (void)ia_quoted_next(&value, values[i]);
}

static int end_block(struct block *block, bool is_cargo, struct ia_env *env, struct ia_found *found)
{
    struct block b = *block;
    struct ia_locked locked = {
        is_cargo ? "cargo" : "pypi", is_cargo ? "cargo-lock" : "python-lock", b.name, b.version, {.n = 0}};
    *block = (struct block){{0}, {0}, {0}, false};
    if (b.name.n == 0 && b.version.n == 0 && !b.open)
        return IMGA_OK;
    ia_fields_add(&locked.fields, "source", b.source);
    if (b.version.n == 0)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "a package without version"));
    return ia_locked_add(&locked, env, found);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    bool is_cargo = ia_str_is(ia_place_name(file->path), "Cargo.lock"), in_package = false, any = false;
    struct ia_str rest = file->content, line;
    struct block block = {{0}, {0}, {0}, false};
    while (ia_str_next(&rest, '\n', &line)) {
        line = ia_str_trim(line);
        if (line.n && line.p[0] == '[') {
            in_package = ia_str_is(line, "[[package]]");
            if (in_package)
                IA_TRY(end_block(&block, is_cargo, env, found));
            block.open = block.open || in_package;
        } else if (in_package) {
            take_line(&block, line);
        }
        any = any || in_package || ia_str_is(line, "package = []");
    }
    IA_TRY(end_block(&block, is_cargo, env, found));
    return any ? IMGA_OK : ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "it lists no package");
}

static const char *const names[] = {"Cargo.lock", "poetry.lock", "uv.lock", "pdm.lock", NULL};

const struct ia_analyser ia_toml_lock_analyser = {"toml-lock", 1, names, NULL, NULL, ia_locked_wants, analyse};
