/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yarn.lock, of Yarn 1 (a form of its own) and later ones (YAML of one fixed shape): a line of descriptors, "a@^1,
 * a@^2:", followed by indented lines with "version" and, in later ones, "resolution". Workspaces are the application
 * itself.
 */
#include "catalog/lock/lock.h"

struct block {
    struct ia_str descriptor, version, resolution;
};

static struct ia_str unquoted(struct ia_str text)
{
    text = ia_str_trim(text);
    if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
        text = ia_str_sub(text, 1, text.n - 2);
    return text;
}

/* Where the range begins in "name@range" or "@scope/name@range". */
static size_t range_at(struct ia_str descriptor)
{
    return 1 + ia_str_find(ia_str_sub(descriptor, 1, descriptor.n), '@');
}

/* "name@npm:real@^1.0" is an alias. */
static struct ia_str name_of(struct ia_str descriptor)
{
    const struct ia_str npm = IA_STR("npm:");
    size_t at = range_at(descriptor);
    struct ia_str range = ia_str_sub(descriptor, at + 1, descriptor.n);
    if (ia_str_starts(range, npm)) {
        struct ia_str target = ia_str_sub(range, npm.n, range.n);
        if (target.n > 1 && range_at(target) < target.n)
            return ia_str_sub(target, 0, range_at(target));
    }
    return ia_str_sub(descriptor, 0, at);
}

static int end_block(struct block *block, struct ia_env *env, struct ia_found *found)
{
    struct block b = *block;
    struct ia_str source = b.resolution.n ? b.resolution : b.descriptor;
    struct ia_locked locked = {"npm", "yarn-lock", {0}, b.version, {.n = 0}};
    *block = (struct block){{0}, {0}, {0}};
    if (b.descriptor.n == 0 || ia_str_is(b.descriptor, "__metadata"))
        return IMGA_OK;
    size_t at = range_at(source);
    if (ia_str_starts(ia_str_sub(source, at + 1, source.n), IA_STR("workspace:")))
        return IMGA_OK;
    locked.name = name_of(source);
    if (b.version.n == 0)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "a package without version"));
    return ia_locked_add(&locked, env, found);
}

/* "version "1.0"" or "version: 1.0" */
static bool take_value(struct ia_str line, const char *key, struct ia_str *out)
{
    struct ia_str name;
    if (!ia_str_word(&line, &name))
        return false;
    if (ia_str_ends(name, IA_STR(":")))
        name = ia_str_sub(name, 0, name.n - 1);
    if (!ia_str_is(name, key))
        return false;
    *out = unquoted(line);
    return true;
}

/* The first of "a@^1, a@^2:" or ""a@npm:^1, a@npm:^2":". */
static struct ia_str first_descriptor(struct ia_str line)
{
    line = ia_str_sub(line, 0, ia_str_find_last(line, ':'));
    line = ia_str_sub(line, 0, ia_str_find(line, ','));
    if (ia_str_starts(line, IA_STR("\"")))
        line = ia_str_sub(line, 1, line.n);
    if (ia_str_ends(line, IA_STR("\"")))
        line = ia_str_sub(line, 0, line.n - 1);
    return line;
}

struct reading {
    struct ia_found *found;
    struct block block;
    size_t malformed;
    bool marked; /* the file says that it is one of Yarn's, or has a block */
};

static int read_line(struct reading *r, struct ia_env *env, struct ia_str line)
{
    struct ia_str text = ia_str_trim(line);
    r->marked = r->marked || ia_str_is(text, "# yarn lockfile v1");
    if (text.n == 0 || text.p[0] == '#')
        return IMGA_OK;
    if (line.p[0] != ' ') {
        IA_TRY(end_block(&r->block, env, r->found));
        if (ia_str_ends(text, IA_STR(":")))
            r->block.descriptor = first_descriptor(text);
        r->malformed += r->block.descriptor.n == 0;
        r->marked = true;
        return IMGA_OK;
    }
    if (!ia_str_starts(line, IA_STR("   ")) && !take_value(text, "version", &r->block.version))
        (void)take_value(text, "resolution", &r->block.resolution);
    return IMGA_OK;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str rest = file->content, line;
    struct reading r = {.found = found};
    while (ia_str_next(&rest, '\n', &line))
        IA_TRY(read_line(&r, env, line));
    if (r.malformed || !r.marked)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "%zu malformed lines%s", r.malformed,
                             r.marked ? "" : "; nothing tells what it is"));
    return end_block(&r.block, env, found);
}

static const char *const names[] = {"yarn.lock", NULL};

const struct ia_analyser ia_yarn_lock_analyser = {"yarn-lock", 1, names, NULL, NULL, ia_locked_wants, analyse};
