/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distributions of Perl that were installed from CPAN: .meta/NAME-VERSION/MYMETA.json of cpanm and carton (CPAN::Meta::
 * Spec), perllocal.pod, to which ExtUtils::MakeMaker appends each module that it installs, and auto/MODULE/.packlist, a
 * list of files without a version. A module's distribution is named as its module, with dashes.
 */
#include "catalog/lang/lang.h"
#include "catalog/lang/members.h"
#include "catalog/lang/owned.h"
#include "catalog/lang/place.h"

#include "base/map.h"

static bool is_metadata(struct ia_str path)
{
    return ia_str_is(ia_place_name(path), "MYMETA.json");
}

/* auto/File/Spec/.packlist; the one outside of "auto" is that of Perl itself. */
static bool wants(struct ia_str path)
{
    if (is_metadata(path))
        return ia_str_is(ia_place_parent(ia_place_directory(path)), ".meta");
    return ia_str_is(ia_place_name(path), "perllocal.pod") || ia_place_has(ia_place_directory(path), "auto");
}

/* ---- MYMETA.json ---- */

enum { NAME, VERSION, LICENSES, AUTHORS };

static int take_metadata(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_str version = ia_member(record, VERSION);
    const struct ia_found_package package = {
        .type = IA_STR("cpan"),
        .name = ia_member(record, NAME),
        .version = version.n ? version : ia_member_number(record, VERSION),
        .license = ia_member(record, LICENSES),
        .supplier = ia_member(record, AUTHORS),
        .how = IA_STR("mymeta"),
    };
    if (package.name.n == 0 || package.version.n == 0)
        return ia_found_note(user, env, IMGA_NOTE_DB_PARTIAL, 0, "the distribution has no name or no version");
    return ia_found_package(user, env, &package);
}

static int analyse_metadata(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const char *const paths[] = {"name", "version", "license[]", "author[]", NULL};
    static const struct ia_member_table table = {"", paths, false, take_metadata};
    int status = ia_members_read(env, file->content, &table, found, found);
    return status < 0 ? status : IMGA_OK;
}

/* ---- .packlist ---- */

/* "File-Spec" of "lib/auto/File/Spec/.packlist". */
static int write_name(struct ia_buf *out, struct ia_str directory)
{
    struct ia_str part;
    bool inside = false;
    while (ia_str_next(&directory, '/', &part)) {
        if (out->n)
            IA_TRY(ia_buf_char(out, '-'));
        if (inside)
            IA_TRY(ia_buf_str(out, part));
        inside = inside || ia_str_is(part, "auto");
    }
    return IMGA_OK;
}

/* "/usr/share/perl5/File/Spec.pm type=file", the attributes in newer lists only. */
static int add_files(struct ia_env *env, struct ia_found *found, struct ia_str content)
{
    struct ia_str line;
    struct ia_owned owned;
    int status = IMGA_OK;
    ia_owned_init(&owned, env, found, (struct ia_str){"", 0});
    while (status >= 0 && ia_str_next(&content, '\n', &line)) {
        size_t blank = ia_str_find(line, ' ');
        bool attributed = ia_str_find(ia_str_sub(line, blank, line.n), '=') < line.n - blank;
        status = ia_owned_add(&owned, env, attributed ? ia_str_sub(line, 0, blank) : ia_str_trim(line));
    }
    if (status >= 0)
        status = ia_owned_finish(&owned, env);
    ia_owned_free(&owned);
    return status;
}

static int analyse_packlist(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_buf name;
    int status;
    ia_buf_init(&name, &env->alloc, SIZE_MAX); /* as long as a path */
    if (write_name(&name, ia_place_directory(file->path)) < 0) {
        status = ia_fail_nomem(env);
        goto out;
    }
    const struct ia_found_package package = {
        .type = IA_STR("cpan"), .name = ia_buf_view(&name), .how = IA_STR("packlist")};
    if (package.name.n == 0) {
        status = IMGA_OK;
        goto out;
    }
    IA_GO(status, ia_found_package(found, env, &package));
    status = add_files(env, found, file->content);
out:
    ia_buf_free(&name);
    return status;
}

/* ---- perllocal.pod ---- */

struct module {
    struct ia_str name, version;
};

struct modules {
    struct ia_vec rows;
    struct ia_map index; /* by name */
    size_t current;      /* 1 + index; 0: none */
};

/* "=head2 Mon Jan  1 00:00:00 2024: C<Module> L<JSON::XS|JSON::XS>": the last time counts. */
static int begin_module(struct modules *m, struct ia_str line)
{
    size_t from = ia_str_find_last(line, '|');
    struct module module = {.name = ia_str_sub(line, from + 1, line.n)};
    uint64_t known;
    module.name = ia_str_sub(module.name, 0, ia_str_find(module.name, '>'));
    m->current = 0;
    if (module.name.n == 0)
        return IMGA_OK;
    if (ia_map_get(&m->index, module.name, &known)) {
        m->current = (size_t)known;
        return IMGA_OK;
    }
    IA_TRY(ia_vec_push(&m->rows, &module));
    m->current = m->rows.n;
    return ia_map_put(&m->index, module.name, m->rows.n);
}

static int read_modules(struct modules *m, struct ia_str content)
{
    const struct ia_str mark = IA_STR("C<VERSION: ");
    struct ia_str line;
    while (ia_str_next(&content, '\n', &line)) {
        if (ia_str_starts(line, IA_STR("=head2 ")))
            IA_TRY(begin_module(m, line));
        struct module *module = m->current ? ia_vec_at(&m->rows, m->current - 1) : NULL;
        if (!module || !ia_str_starts(line, mark))
            continue;
        module->version = ia_str_sub(line, mark.n, line.n);
        module->version = ia_str_trim(ia_str_sub(module->version, 0, ia_str_find(module->version, '>')));
    }
    return IMGA_OK;
}

/* "JSON::XS" is of "JSON-XS". */
static int write_distribution(struct ia_buf *out, struct ia_str module)
{
    ia_buf_clear(out);
    for (size_t i = 0; i < module.n; i++) {
        bool colons = module.p[i] == ':' && i + 1 < module.n && module.p[i + 1] == ':';
        i += colons;
        IA_TRY(ia_buf_char(out, colons ? '-' : module.p[i]));
    }
    return IMGA_OK;
}

static int report_modules(const struct modules *m, struct ia_env *env, struct ia_found *found)
{
    struct ia_buf name;
    int status = IMGA_OK;
    ia_buf_init(&name, &env->alloc, SIZE_MAX);
    for (size_t i = 0; i < m->rows.n && status >= 0; i++) {
        const struct module *module = ia_vec_at(&m->rows, i);
        status = write_distribution(&name, module->name) < 0 ? ia_fail_nomem(env) : IMGA_OK;
        const struct ia_found_package package = {
            .type = IA_STR("cpan"), .name = ia_buf_view(&name), .version = module->version, .how = IA_STR("perllocal")};
        if (status >= 0)
            status = ia_found_package(found, env, &package);
        if (status >= 0 && module->version.n == 0)
            status = ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "a module without version");
    }
    ia_buf_free(&name);
    return status;
}

static int analyse_local(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct modules modules = {.current = 0};
    ia_vec_init(&modules.rows, &env->alloc, sizeof(struct module), SIZE_MAX); /* as many as there are lines */
    ia_map_init(&modules.index, &env->alloc, env->seed);
    int status = read_modules(&modules, file->content);
    if (status < 0)
        status = ia_fail_nomem(env);
    else if (modules.rows.n == 0)
        status = ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "it names no module");
    else
        status = report_modules(&modules, env, found);
    ia_map_free(&modules.index);
    ia_vec_free(&modules.rows);
    return status;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    if (is_metadata(file->path))
        return analyse_metadata(file, env, found);
    if (ia_str_is(ia_place_name(file->path), ".packlist"))
        return analyse_packlist(file, env, found);
    return analyse_local(file, env, found);
}

static const char *const names[] = {"MYMETA.json", "perllocal.pod", ".packlist", NULL};

const struct ia_analyser ia_perl_analyser = {"perl", 1, names, NULL, NULL, wants, analyse};
