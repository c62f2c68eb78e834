/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chisel's manifest of Ubuntu images that are cut from slices of packages (documentation.ubuntu.com/chisel, "Chisel
 * Manifest"): manifest.wall, a zstd stream of JSON objects, one a line, behind a header that counts them. "package" has
 * name, version and architecture, "slice" a name "PACKAGE_SLICE", "content" a path of a slice. Limits: file_bytes for
 * the text, catalog/lang/owned.h for the paths.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/members.h"
#include "catalog/lang/owned.h"
#include "catalog/system/system.h"

#include "base/arena.h"
#include "base/map.h"
#include "io/compress.h"

enum { KIND, NAME, VERSION, ARCH, SLICE, PATH, COUNT };

/* A slice of a package, or a path in it. */
struct part {
    struct ia_str text;
    bool is_slice;
    size_t next; /* 1 + index of the next of the package; of its last one: of its first */
};

struct package {
    struct ia_str name, version, arch;
};

struct wall {
    struct ia_found *found;
    struct ia_arena arena;
    struct ia_vec packages, parts;
    struct ia_map parts_of; /* package name -> 1 + index of its last part */
    struct ia_buf slices;
    uint64_t counted, lines;
    bool has_header;
    size_t malformed;
};

/* ---- lines ---- */

static int keep(struct wall *wall, struct ia_str text, struct ia_str *out)
{
    const char *copy = ia_arena_str(&wall->arena, text);
    *out = (struct ia_str){copy, text.n};
    return copy ? IMGA_OK : IMGA_E_NOMEM;
}

static int add_part(struct wall *wall, struct ia_str slice, struct ia_str text, bool is_slice)
{
    struct part part = {.is_slice = is_slice, .next = wall->parts.n + 1}, *before;
    struct ia_str name;
    uint64_t last = 0;
    IA_TRY(keep(wall, ia_str_sub(slice, 0, ia_str_find(slice, '_')), &name));
    IA_TRY(keep(wall, text, &part.text));
    if (ia_map_get(&wall->parts_of, name, &last)) {
        before = ia_vec_at(&wall->parts, (size_t)last - 1);
        part.next = before->next;
        before->next = wall->parts.n + 1;
    }
    IA_TRY(ia_vec_push(&wall->parts, &part));
    return ia_map_put(&wall->parts_of, name, wall->parts.n);
}

static int add_package(struct wall *wall, const struct ia_member_record *record)
{
    struct package package;
    IA_TRY(keep(wall, ia_member(record, NAME), &package.name));
    IA_TRY(keep(wall, ia_member(record, VERSION), &package.version));
    IA_TRY(keep(wall, ia_member(record, ARCH), &package.arch));
    if (package.name.n == 0 || package.version.n == 0) {
        wall->malformed++;
        return IMGA_OK;
    }
    return ia_vec_push(&wall->packages, &package);
}

static int add_line(struct wall *wall, const struct ia_member_record *record)
{
    struct ia_str kind = ia_member(record, KIND), name = ia_member(record, NAME);
    if (ia_member_named(record, COUNT)) {
        wall->has_header = true;
        (void)ia_str_u64(ia_member_number(record, COUNT), &wall->counted);
        return IMGA_OK;
    }
    if (ia_str_is(kind, "package"))
        return add_package(wall, record);
    if (ia_str_is(kind, "slice"))
        return add_part(wall, name, ia_str_sub(name, ia_str_find(name, '_') + 1, name.n), true);
    if (ia_str_is(kind, "content"))
        return add_part(wall, ia_member(record, SLICE), ia_member(record, PATH), false);
    wall->malformed += kind.n == 0;
    return IMGA_OK;
}

static int take_line(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct wall *wall = user;
    if (!record->whole) {
        wall->malformed++;
        return IMGA_OK;
    }
    return ia_described(env, add_line(wall, record), "package_files", env->limits->package_files);
}

static int read_lines(struct wall *wall, struct ia_env *env, struct ia_str text)
{
    static const char *const paths[] = {"kind", "name", "version", "arch", "slice", "path", "count", NULL};
    static const struct ia_member_table table = {"", paths, false, take_line};
    struct ia_str line;
    while (ia_str_next(&text, '\n', &line)) {
        if (ia_str_trim(line).n == 0)
            continue;
        int status = ia_members_read(env, line, &table, wall, NULL);
        if (status < 0)
            return status;
        wall->malformed += status == 0;
        wall->lines++;
    }
    return IMGA_OK;
}

/* ---- what comes of them ---- */

static int join_slices(struct wall *wall, const struct part *part)
{
    if (wall->slices.n)
        IA_TRY(ia_buf_char(&wall->slices, ','));
    return ia_buf_str(&wall->slices, part->text);
}

static const struct part *first_part(const struct wall *wall, struct ia_str package)
{
    uint64_t last;
    if (!ia_map_get(&wall->parts_of, package, &last))
        return NULL;
    const struct part *parts = wall->parts.p;
    return &parts[parts[last - 1].next - 1];
}

/* Parts come in the order of the lines: the one after the last comes before it. */
static const struct part *next_part(const struct wall *wall, const struct part *part)
{
    const struct part *next = (const struct part *)wall->parts.p + (part->next - 1);
    return next > part ? next : NULL;
}

static int report_package(struct wall *wall, struct ia_env *env, const struct package *package)
{
    struct ia_fields fields = {.n = 0};
    ia_buf_clear(&wall->slices);
    for (const struct part *part = first_part(wall, package->name); part; part = next_part(wall, part))
        if (part->is_slice && join_slices(wall, part) < 0)
            return ia_fail_nomem(env);
    ia_fields_add(&fields, "slices", ia_buf_view(&wall->slices));
    const struct ia_found_package out = {
        .type = IA_STR("deb"),
        .name = package->name,
        .version = package->version,
        .architecture = package->arch,
        .how = IA_STR("chisel"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(wall->found, env, &out);
}

/* Directories end with '/'. */
static int report_paths(struct wall *wall, struct ia_env *env, const struct part *part)
{
    struct ia_owned owned;
    int status = IMGA_OK;
    ia_owned_init(&owned, env, wall->found, (struct ia_str){"", 0});
    for (; part && status >= 0; part = next_part(wall, part))
        if (!part->is_slice && !ia_str_ends(part->text, IA_STR("/")))
            status = ia_owned_add(&owned, env, part->text);
    if (status >= 0)
        status = ia_owned_finish(&owned, env);
    ia_owned_free(&owned);
    return status;
}

static int report(struct wall *wall, struct ia_env *env)
{
    for (size_t i = 0; i < wall->packages.n; i++) {
        const struct package *package = ia_vec_at(&wall->packages, i);
        IA_TRY(report_package(wall, env, package));
        IA_TRY(report_paths(wall, env, first_part(wall, package->name)));
    }
    if (wall->malformed)
        IA_TRY(ia_found_note(wall->found, env, IMGA_NOTE_DB_PARTIAL, -1, "%zu malformed lines", wall->malformed));
    if (wall->has_header && wall->counted == wall->lines)
        return IMGA_OK;
    return ia_found_note(wall->found, env, IMGA_NOTE_DB_PARTIAL, -1,
                         "it has another number of lines than its header says");
}

/* ---- the stream ---- */

/* Whatever is wrong with the stream, what came before it counts. */
static int note_stream(struct wall *wall, struct ia_env *env, int status)
{
    struct ia_error error = env->error;
    if (status == IMGA_E_NOMEM || status == IMGA_E_CANCELLED)
        return status;
    ia_error_clear(env);
    return ia_found_note(wall->found, env, IMGA_NOTE_DB_PARTIAL, error.offset, "%s", error.message);
}

static int drain(struct ia_env *env, struct ia_reader *reader, struct ia_buf *text)
{
    struct ia_cursor chunk;
    int status;
    while ((status = ia_reader_next(reader, env, &chunk)) == 1)
        IA_TRY(ia_described(env, ia_buf_add(text, chunk.p, chunk.n), "file_bytes", env->limits->file_bytes));
    return status;
}

static int unpack(struct ia_env *env, struct ia_str content, struct ia_buf *text)
{
    struct ia_reader *input = NULL, *reader = NULL;
    enum ia_compression kind;
    IA_TRY(ia_reader_memory(env, content.p, content.n, &input));
    IA_TRY(ia_decompress(env, input, &kind, &reader));
    int status = drain(env, reader, text);
    ia_reader_close(reader);
    return status;
}

static int read_wall(struct wall *wall, struct ia_env *env, struct ia_str content)
{
    struct ia_buf text;
    uint64_t most = env->limits->file_bytes;
    ia_buf_init(&text, &env->alloc, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
    int status = unpack(env, content, &text);
    if (status < 0)
        status = note_stream(wall, env, status);
    if (status >= 0)
        status = read_lines(wall, env, ia_buf_view(&text));
    if (status >= 0)
        status = report(wall, env);
    ia_buf_free(&text);
    return status;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct wall wall = {.found = found};
    ia_arena_init(&wall.arena, &env->alloc);
    ia_vec_init(&wall.packages, &env->alloc, sizeof(struct package), SIZE_MAX); /* as many as the text has lines */
    ia_vec_init(&wall.parts, &env->alloc, sizeof(struct part), SIZE_MAX);
    ia_map_init(&wall.parts_of, &env->alloc, env->seed);
    ia_buf_init(&wall.slices, &env->alloc, SIZE_MAX);
    int status = read_wall(&wall, env, file->content);
    ia_buf_free(&wall.slices);
    ia_map_free(&wall.parts_of);
    ia_vec_free(&wall.parts);
    ia_vec_free(&wall.packages);
    ia_arena_free(&wall.arena);
    return status;
}

static const char *const names[] = {"manifest.wall", NULL};

const struct ia_analyser ia_chisel_analyser = {"chisel", 1, names, NULL, NULL, NULL, analyse};
