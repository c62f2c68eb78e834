/* SPDX-License-Identifier: Apache-2.0 */
/*
 * go.mod (go.dev/ref/mod): the modules of "require", which are all that is built from Go 1.17 on, and those that
 * "replace" puts in their place. go.sum also lists what was only looked at, and is not read.
 */
#include "catalog/lock/lock.h"

#include "base/map.h"
#include "base/vec.h"

enum { WORDS = 6 };
enum directive { OTHER, REQUIRE, REPLACE };

struct requirement {
    struct ia_str name, version;
    bool indirect;
};

/* "old [version] => new [version]" */
struct replacement {
    struct ia_str name, version, target, target_version;
};

struct modules {
    struct ia_vec requirements;
    struct ia_vec replacements;
    struct ia_map replaced; /* name -> 1 + index of its last replacement */
    size_t malformed;
};

static bool is_quote(char c)
{
    return c == '"' || c == '`';
}

static size_t split(struct ia_str line, struct ia_str words[WORDS])
{
    size_t n = 0;
    while (n < WORDS && ia_str_word(&line, &words[n])) {
        if (words[n].n >= 2 && is_quote(words[n].p[0]) && is_quote(words[n].p[words[n].n - 1]))
            words[n] = ia_str_sub(words[n], 1, words[n].n - 2);
        n++;
    }
    return n;
}

static int add_requirement(struct modules *m, const struct ia_str *words, size_t n, bool indirect)
{
    const struct requirement requirement = {words[0], n > 1 ? words[1] : (struct ia_str){0}, indirect};
    m->malformed += n != 2;
    return ia_vec_push(&m->requirements, &requirement);
}

static int add_replacement(struct modules *m, const struct ia_str *words, size_t n)
{
    size_t arrow = 1;
    while (arrow < n && !ia_str_is(words[arrow], "=>"))
        arrow++;
    if (arrow + 1 >= n || arrow > 2) {
        m->malformed++;
        return IMGA_OK;
    }
    struct replacement r = {.name = words[0], .target = words[arrow + 1]};
    r.version = arrow == 2 ? words[1] : r.version;
    r.target_version = arrow + 2 < n ? words[arrow + 2] : r.target_version;
    IA_TRY(ia_vec_push(&m->replacements, &r));
    return ia_map_put(&m->replaced, r.name, m->replacements.n);
}

static bool take_directive(const struct ia_str *word, enum directive *out)
{
    static const char *const others[] = {"module",  "go",      "toolchain", "exclude",
                                         "retract", "godebug", "tool",      "ignore"};
    *out = ia_str_is(*word, "require") ? REQUIRE : ia_str_is(*word, "replace") ? REPLACE : OTHER;
    for (size_t i = 0; i < IA_COUNT(others); i++)
        if (ia_str_is(*word, others[i]))
            return true;
    return *out != OTHER;
}

/* Where a directive stands, and whether its lines are in parentheses. */
struct position {
    enum directive directive;
    bool in_block;
};

static size_t comment_at(struct ia_str line)
{
    size_t at = 0;
    while (at < line.n && !ia_str_starts(ia_str_sub(line, at, 2), IA_STR("//")))
        at++;
    return at;
}

/* How many words of the line are the directive itself. */
static size_t begin_directive(struct modules *m, const struct ia_str *words, size_t n, struct position *position)
{
    if (position->in_block)
        return 0;
    m->malformed += !take_directive(&words[0], &position->directive);
    position->in_block = n > 1 && ia_str_is(words[1], "(");
    return position->in_block ? n : 1;
}

static int read_line(struct modules *m, struct ia_str line, struct position *position)
{
    struct ia_str words[WORDS], comment = ia_str_sub(line, comment_at(line), line.n);
    size_t n = split(ia_str_sub(line, 0, line.n - comment.n), words);
    if (n && ia_str_is(words[0], ")")) {
        position->in_block = false;
        return IMGA_OK;
    }
    size_t from = n ? begin_directive(m, words, n, position) : 0;
    if (from == n || position->directive == OTHER)
        return IMGA_OK;
    bool indirect = ia_str_starts(ia_str_trim(ia_str_sub(comment, 2, comment.n)), IA_STR("indirect"));
    if (position->directive == REQUIRE)
        return add_requirement(m, &words[from], n - from, indirect);
    return add_replacement(m, &words[from], n - from);
}

static int read_lines(struct modules *m, struct ia_str content)
{
    struct position position = {OTHER, false};
    struct ia_str line;
    while (ia_str_next(&content, '\n', &line))
        IA_TRY(read_line(m, ia_str_trim(line), &position));
    m->malformed += position.in_block;
    return IMGA_OK;
}

/* A directory in place of a module: the module keeps its name, and has no version. */
static bool is_directory(struct ia_str target)
{
    return ia_str_starts(target, IA_STR(".")) || ia_str_starts(target, IA_STR("/"));
}

static void replace(const struct replacement *to, struct ia_locked *locked)
{
    if (is_directory(to->target)) {
        locked->version = IA_STR("(devel)");
        ia_fields_add(&locked->fields, "path", to->target);
        return;
    }
    ia_fields_add(&locked->fields, "replaces", locked->name);
    locked->name = to->target;
    locked->version = to->target_version;
}

static int report_requirement(const struct modules *m, const struct requirement *r, struct ia_env *env,
                              struct ia_found *found)
{
    struct ia_locked locked = {"golang", "go-mod", r->name, r->version, {.n = 0}};
    uint64_t number = 0;
    ia_map_get(&m->replaced, r->name, &number);
    const struct replacement *to = number ? ia_vec_at(&m->replacements, (size_t)number - 1) : NULL;
    if (to && (to->version.n == 0 || ia_str_eq(to->version, r->version)))
        replace(to, &locked);
    ia_fields_flag(&locked.fields, "indirect", r->indirect);
    return ia_locked_add(&locked, env, found);
}

static int report(const struct modules *m, struct ia_env *env, struct ia_found *found)
{
    for (size_t i = 0; i < m->requirements.n; i++)
        IA_TRY(report_requirement(m, ia_vec_at(&m->requirements, i), env, found));
    if (m->malformed == 0)
        return IMGA_OK;
    return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "%zu malformed lines", m->malformed);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct modules modules = {.malformed = 0};
    ia_vec_init(&modules.requirements, &env->alloc, sizeof(struct requirement), SIZE_MAX); /* as there are lines */
    ia_vec_init(&modules.replacements, &env->alloc, sizeof(struct replacement), SIZE_MAX);
    ia_map_init(&modules.replaced, &env->alloc, env->seed);
    int status = read_lines(&modules, file->content);
    status = status < 0 ? ia_fail_nomem(env) : report(&modules, env, found);
    ia_map_free(&modules.replaced);
    ia_vec_free(&modules.replacements);
    ia_vec_free(&modules.requirements);
    return status;
}

static const char *const names[] = {"go.mod", NULL};

const struct ia_analyser ia_go_mod_analyser = {"go-mod", 1, names, NULL, NULL, ia_locked_wants, analyse};
