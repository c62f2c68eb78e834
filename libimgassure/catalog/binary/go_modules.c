/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of the modules: lines of words between tabs. "mod" is the main module, "dep" one that was built in, "=>" on
 * the next line what was built in instead of it: that one counts. A replacement that is a directory has no name of its
 * own: the module keeps its name, but its version is only "(devel)".
 *
 * The main module of a program built from a checkout is "(devel)". When a version was set by the linker flag -X in a
 * variable of the name "version" of package main or of the module itself, that is its version.
 */
#include "catalog/binary/go.h"

enum { MAIN_FIELDS = 10, SYMBOL_NAMES = 4 };

struct module {
    struct ia_str path, version, sum;
};

struct settings {
    struct ia_str package, revision, time, modified, flags;
};

struct module_list {
    struct ia_examined *x;
    struct ia_str version; /* of Go */
    struct settings settings;
    bool main; /* there was a main module */
};

static bool take_line(struct ia_str *rest, struct ia_str *kind, struct ia_str *line)
{
    while (ia_str_next(rest, '\n', line)) {
        if (line->n == 0)
            continue;
        *kind = ia_str_sub(*line, 0, ia_str_find(*line, '\t'));
        *line = ia_str_sub(*line, kind->n + 1, line->n);
        return true;
    }
    return false;
}

static struct module module_of(struct ia_str line)
{
    struct module module = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    struct ia_str rest = line;
    ia_str_next(&rest, '\t', &module.path);
    ia_str_next(&rest, '\t', &module.version);
    ia_str_next(&rest, '\t', &module.sum);
    return module;
}

/* ---- settings ---- */

static void read_setting(struct settings *settings, struct ia_str line)
{
    size_t equals = ia_str_find(line, '=');
    struct ia_str key = ia_str_sub(line, 0, equals), value = ia_str_sub(line, equals + 1, line.n);
    if (ia_str_is(key, "vcs.revision"))
        settings->revision = value;
    else if (ia_str_is(key, "vcs.time"))
        settings->time = value;
    else if (ia_str_is(key, "vcs.modified"))
        settings->modified = value;
    else if (ia_str_is(key, "-ldflags"))
        settings->flags = value;
}

static void read_settings(struct ia_str text, struct settings *out)
{
    struct ia_str kind, line;
    *out = (struct settings){.package = {NULL, 0}};
    while (take_line(&text, &kind, &line)) {
        if (ia_str_is(kind, "path"))
            out->package = line;
        else if (ia_str_is(kind, "build"))
            read_setting(out, line);
    }
}

/* ---- the version in linker flags ---- */

static bool is_between_flags(char c)
{
    return c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '\\' || c == '`';
}

/* The next word of the flags; quotes and their escapes only part words. */
static bool take_flag(struct ia_str *rest, struct ia_str *out)
{
    size_t from = 0, to;
    while (from < rest->n && is_between_flags(rest->p[from]))
        from++;
    for (to = from; to < rest->n && !is_between_flags(rest->p[to]);)
        to++;
    *out = ia_str_sub(*rest, from, to - from);
    *rest = ia_str_sub(*rest, to, rest->n);
    return out->n > 0;
}

/* Whether the variable is where a program of this module keeps its version. */
static bool is_version_symbol(struct ia_str symbol, struct ia_str main)
{
    static const char *const names[SYMBOL_NAMES] = {"version", "appversion", "buildversion", "gitversion"};
    size_t dot = ia_str_find_last(symbol, '.');
    struct ia_str package = ia_str_sub(symbol, 0, dot), name = ia_str_sub(symbol, dot + 1, symbol.n);
    if (!ia_str_is(package, "main") && (main.n == 0 || !ia_str_starts(package, main)))
        return false;
    for (size_t i = 0; i < SYMBOL_NAMES; i++)
        if (ia_str_eq_case(name, ia_str_from(names[i])))
            return true;
    return false;
}

static bool is_version(struct ia_str text)
{
    size_t at = text.n && text.p[0] == 'v' ? 1 : 0;
    return at < text.n && ia_is_digit(text.p[at]) && ia_str_find(text, '.') < text.n;
}

/* -X package.Variable=value, also written -X=package.Variable=value. */
static struct ia_str version_in_flags(struct ia_str flags, struct ia_str main)
{
    struct ia_str word, before = {NULL, 0};
    for (; take_flag(&flags, &word); before = word) {
        if (ia_str_starts(word, IA_STR("-X=")))
            word = ia_str_sub(word, 3, word.n);
        else if (!ia_str_is(before, "-X"))
            continue;
        size_t equals = ia_str_find(word, '=');
        struct ia_str value = ia_str_sub(word, equals + 1, word.n);
        if (is_version_symbol(ia_str_sub(word, 0, equals), main) && is_version(value))
            return value;
    }
    return (struct ia_str){NULL, 0};
}

/* ---- packages ---- */

static void add_field(struct ia_found_package *package, struct ia_field *fields, struct ia_str name,
                      struct ia_str value)
{
    if (value.n && package->field_count < MAIN_FIELDS)
        fields[package->field_count++] = (struct ia_field){name, value};
}

/* "go1.22.1 X:boringcrypto" is 1.22.1; what does not begin like that is left as it is. */
static struct ia_str version_of_library(struct ia_str written)
{
    if (!ia_str_starts(written, IA_STR("go")))
        return written;
    return ia_str_sub(written, 2, ia_str_find(ia_str_sub(written, 2, written.n), ' '));
}

static int report_library(struct ia_examined *x, struct ia_str written)
{
    struct ia_field fields[1];
    struct ia_found_package package = {
        .type = IA_STR("golang"), .name = IA_STR("stdlib"), .how = IA_STR("go-buildinfo"), .fields = fields};
    package.version = version_of_library(written);
    if (package.version.n + 2 != written.n)
        add_field(&package, fields, IA_STR("go-version"), written);
    return ia_found_package(x->found, x->env, &package);
}

static int report_main(const struct module_list *list, const struct module *module)
{
    const struct settings *settings = &list->settings;
    struct ia_field fields[MAIN_FIELDS];
    struct ia_found_package package = {.type = IA_STR("golang"),
                                       .name = module->path,
                                       .version = module->version,
                                       .how = IA_STR("go-buildinfo"),
                                       .fields = fields};
    add_field(&package, fields, IA_STR("go-main"), IA_STR("1"));
    if (module->version.n == 0 || ia_str_is(module->version, "(devel)")) {
        struct ia_str version = version_in_flags(settings->flags, module->path);
        if (version.n) {
            package.version = version;
            add_field(&package, fields, IA_STR("version-from"), IA_STR("ldflags"));
        }
    }
    if (!ia_str_eq(settings->package, module->path))
        add_field(&package, fields, IA_STR("go-package"), settings->package);
    add_field(&package, fields, IA_STR("vcs-revision"), settings->revision);
    add_field(&package, fields, IA_STR("vcs-time"), settings->time);
    add_field(&package, fields, IA_STR("vcs-modified"), settings->modified);
    add_field(&package, fields, IA_STR("go-sum"), module->sum);
    return ia_found_package(list->x->found, list->x->env, &package);
}

/*
 * Without a main module there is only the path of the package: a program of Go's own distribution, one built outside of
 * modules, or one built from loose files, which has no name.
 */
static int report_program(const struct module_list *list)
{
    struct module program = {list->settings.package, {NULL, 0}, {NULL, 0}};
    if (program.path.n == 0 || ia_str_is(program.path, "command-line-arguments"))
        return IMGA_OK;
    if (!ia_str_starts(program.path, IA_STR("cmd/")))
        return report_main(list, &program);
    program = (struct module){IA_STR("toolchain"), version_of_library(list->version), {NULL, 0}};
    return report_main(list, &program);
}

/* ./x, ../x, /x, C:\x: no module has such a path. */
static bool is_directory(struct ia_str path)
{
    bool drive = path.n > 2 && path.p[1] == ':' && (path.p[2] == '\\' || path.p[2] == '/');
    return drive || ia_str_starts(path, IA_STR("/")) || ia_str_starts(path, IA_STR("./")) ||
           ia_str_starts(path, IA_STR("../"));
}

static int report_module(const struct module_list *list, const struct module *module)
{
    struct ia_field fields[MAIN_FIELDS];
    struct ia_found_package package = {.type = IA_STR("golang"),
                                       .name = module->path,
                                       .version = module->version,
                                       .how = IA_STR("go-buildinfo"),
                                       .fields = fields};
    add_field(&package, fields, IA_STR("go-sum"), module->sum);
    return ia_found_package(list->x->found, list->x->env, &package);
}

/* "path@version", or the path alone. */
static int write_replaced(struct ia_buf *out, const struct module *old)
{
    IA_TRY(ia_buf_str(out, old->path));
    if (old->version.n == 0)
        return IMGA_OK;
    IA_TRY(ia_buf_char(out, '@'));
    return ia_buf_str(out, old->version);
}

static int report_replaced(const struct module_list *list, const struct module *old, const struct module *module)
{
    struct ia_field fields[MAIN_FIELDS];
    bool directory = is_directory(module->path);
    struct ia_found_package package = {.type = IA_STR("golang"),
                                       .name = directory ? old->path : module->path,
                                       .version = module->version,
                                       .how = IA_STR("go-buildinfo"),
                                       .fields = fields};
    struct ia_buf text;
    if (directory && module->version.n == 0)
        package.version = IA_STR("(devel)");
    ia_buf_init(&text, &list->x->env->alloc, SIZE_MAX);
    int status = ia_described(list->x->env, write_replaced(&text, old), "module", SIZE_MAX);
    add_field(&package, fields, IA_STR("replaces"), ia_buf_view(&text));
    add_field(&package, fields, IA_STR("replaced-by"), directory ? module->path : (struct ia_str){NULL, 0});
    add_field(&package, fields, IA_STR("go-sum"), module->sum);
    if (status >= 0)
        status = ia_found_package(list->x->found, list->x->env, &package);
    ia_buf_free(&text);
    return status;
}

/* A module is reported when the line after it has shown whether it was replaced. */
static int report_pending(const struct module_list *list, struct ia_str kind, const struct module *pending)
{
    if (pending->path.n == 0)
        return IMGA_OK;
    return ia_str_is(kind, "mod") ? report_main(list, pending) : report_module(list, pending);
}

/* What is wrong with a line after that of a module, whose path may be empty; NULL: nothing. */
static const char *line_fault(struct ia_str kind, const struct module *module, const struct module *before)
{
    if (ia_str_is(kind, "path") || ia_str_is(kind, "build"))
        return NULL;
    bool replaces = ia_str_is(kind, "=>");
    if (!replaces && !ia_str_is(kind, "mod") && !ia_str_is(kind, "dep"))
        return "Go build information holds an unknown line";
    if (module->path.n == 0)
        return "Go build information names a module without a path";
    return replaces && before->path.n == 0 ? "Go build information replaces what it does not name" : NULL;
}

static int report_lines(struct module_list *list, const struct ia_go_info *info, struct ia_str rest)
{
    struct module pending = {{NULL, 0}, {NULL, 0}, {NULL, 0}}, none = pending;
    struct ia_str kind, line, pending_kind = {NULL, 0};
    for (size_t left = rest.n; take_line(&rest, &kind, &line); left = rest.n) {
        struct module module = module_of(line);
        const char *fault = line_fault(kind, &module, &pending);
        if (fault)
            IA_TRY(ia_binary_fault(list->x, info->modules.offset + info->modules.size - left, fault));
        if (!fault && ia_str_is(kind, "=>"))
            IA_TRY(report_replaced(list, &pending, &module));
        else
            IA_TRY(report_pending(list, pending_kind, &pending));
        list->main |= ia_str_is(kind, "mod");
        pending = ia_str_is(kind, "mod") || ia_str_is(kind, "dep") ? module : none;
        pending_kind = kind;
    }
    IA_TRY(report_pending(list, pending_kind, &pending));
    return list->main ? IMGA_OK : report_program(list);
}

int ia_go_packages(struct ia_examined *x, const struct ia_go_info *info)
{
    struct module_list list = {.x = x, .version = info->version};
    struct ia_str text = ia_cursor_str(ia_examined_bytes(x, info->modules));
    IA_TRY(report_library(x, info->version));
    read_settings(text, &list.settings);
    return report_lines(&list, info, text);
}
