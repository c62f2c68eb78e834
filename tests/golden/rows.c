/* SPDX-License-Identifier: Apache-2.0 */
#include "rows.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum kind { END = 0, TEXT, CHARACTERS, I32, U32, I64, U64, INDEX };

struct member {
    const char *name;
    size_t at;
    enum kind kind;
};

#define M(type, name, kind) {#name, offsetof(type, name), kind}

static const struct member package_members[] = {
    M(imga_package_row, layer, I32),        M(imga_package_row, type, TEXT),       M(imga_package_row, name, TEXT),
    M(imga_package_row, version, TEXT),     M(imga_package_row, architecture, TEXT), M(imga_package_row, source, TEXT),
    M(imga_package_row, source_version, TEXT), M(imga_package_row, license, TEXT), M(imga_package_row, purl, TEXT),
    M(imga_package_row, path, TEXT),        M(imga_package_row, maintainer, TEXT), M(imga_package_row, file_count, U64),
    M(imga_package_row, expression, TEXT),  M(imga_package_row, how, TEXT),        M(imga_package_row, inside, TEXT),
    M(imga_package_row, owner, I32),        M(imga_package_row, property_count, U32), {0},
};
static const struct member property_members[] = {
    M(imga_property_row, name, TEXT), M(imga_property_row, value, TEXT), {0},
};
static const struct member cpe_members[] = {
    M(imga_cpe_row, cpe, CHARACTERS), M(imga_cpe_row, how, TEXT), {0},
};
static const struct member executable_members[] = {
    M(imga_executable_row, layer, I32),           M(imga_executable_row, path, TEXT),
    M(imga_executable_row, format, TEXT),         M(imga_executable_row, architecture, TEXT),
    M(imga_executable_row, build_id, TEXT),       M(imga_executable_row, interpreter, TEXT),
    M(imga_executable_row, flags, U32),           M(imga_executable_row, owner, I32), {0},
};
static const struct member distro_members[] = {
    M(imga_distro_row, id, TEXT),      M(imga_distro_row, version_id, TEXT),  M(imga_distro_row, codename, TEXT),
    M(imga_distro_row, release, TEXT), M(imga_distro_row, pretty_name, TEXT),
    M(imga_distro_row, services, TEXT), M(imga_distro_row, support_end, TEXT), M(imga_distro_row, extended_end, TEXT),
    M(imga_distro_row, rolling, U32),  {0},
};
static const struct member image_members[] = {
    M(imga_image_row, form, TEXT),          M(imga_image_row, reference, TEXT), M(imga_image_row, manifest_digest, TEXT),
    M(imga_image_row, config_digest, TEXT), M(imga_image_row, os, TEXT),        M(imga_image_row, architecture, TEXT),
    M(imga_image_row, variant, TEXT),       M(imga_image_row, created, TEXT),   M(imga_image_row, verified, TEXT),
    {0},
};
static const struct member layer_members[] = {
    M(imga_layer_row, digest, TEXT),     M(imga_layer_row, diff_id, TEXT), M(imga_layer_row, media_type, TEXT),
    M(imga_layer_row, created_by, TEXT), M(imga_layer_row, size, U64),     M(imga_layer_row, chain_id, TEXT),
    M(imga_layer_row, created, TEXT),    M(imga_layer_row, comment, TEXT), M(imga_layer_row, uncompressed_size, U64),
    M(imga_layer_row, history, INDEX),   {0},
};
static const struct member config_members[] = {
    M(imga_config_row, user, TEXT),
    M(imga_config_row, working_dir, TEXT),
    M(imga_config_row, stop_signal, TEXT),
    M(imga_config_row, author, TEXT),
    M(imga_config_row, os_version, TEXT),
    M(imga_config_row, health_interval_ns, U64),
    M(imga_config_row, health_timeout_ns, U64),
    M(imga_config_row, health_start_period_ns, U64),
    M(imga_config_row, health_start_interval_ns, U64),
    M(imga_config_row, health_retries, U32),
    M(imga_config_row, has_healthcheck, U32),
    {0},
};
static const struct member value_members[] = {
    M(imga_config_value_row, key, TEXT), M(imga_config_value_row, value, TEXT), {0},
};
static const struct member history_members[] = {
    M(imga_history_row, layer, INDEX), M(imga_history_row, created, TEXT), M(imga_history_row, created_by, TEXT),
    M(imga_history_row, author, TEXT), M(imga_history_row, comment, TEXT), {0},
};
static const struct member entry_members[] = {
    M(imga_image_entry_row, kind, U32),          M(imga_image_entry_row, reference, TEXT),
    M(imga_image_entry_row, digest, TEXT),       M(imga_image_entry_row, os, TEXT),
    M(imga_image_entry_row, architecture, TEXT), M(imga_image_entry_row, variant, TEXT),
    M(imga_image_entry_row, media_type, TEXT),   M(imga_image_entry_row, subject, TEXT), {0},
};
static const struct member file_members[] = {
    M(imga_file_row, type, I32),          M(imga_file_row, path, TEXT),       M(imga_file_row, link, TEXT),
    M(imga_file_row, digest, TEXT),       M(imga_file_row, size, U64),        M(imga_file_row, mode, U32),
    M(imga_file_row, uid, U32),           M(imga_file_row, gid, U32),         M(imga_file_row, device_major, U32),
    M(imga_file_row, device_minor, U32),  M(imga_file_row, first_layer, I32), M(imga_file_row, last_layer, I32),
    M(imga_file_row, removed_layer, I32), M(imga_file_row, hard_linked, U32), {0},
};
static const struct member note_members[] = {
    M(imga_note_row, code, I32),  M(imga_note_row, offset, I64), M(imga_note_row, where, TEXT),
    M(imga_note_row, text, TEXT), {0},
};
static const struct member finding_members[] = {
    M(imga_finding_row, status, I32),         M(imga_finding_row, severity, I32), M(imga_finding_row, feed, U32),
    M(imga_finding_row, package, U64),        M(imga_finding_row, id, TEXT),      M(imga_finding_row, source, TEXT),
    M(imga_finding_row, version, TEXT),       M(imga_finding_row, fixed_version, TEXT),
    M(imga_finding_row, urgency, TEXT),       M(imga_finding_row, reason, TEXT),  M(imga_finding_row, release, TEXT),
    {0},
};
static const struct member feed_members[] = {
    M(imga_feed_row, format, I32), M(imga_feed_row, name, TEXT),   M(imga_feed_row, sha256, TEXT),
    M(imga_feed_row, as_of, I64),  M(imga_feed_row, size, U64),    M(imga_feed_row, records, U64),
    M(imga_feed_row, skipped, U64), {0},
};
static const struct member coverage_members[] = {
    M(imga_coverage_row, feed, U32),        M(imga_coverage_row, distro, TEXT), M(imga_coverage_row, release, TEXT),
    M(imga_coverage_row, repository, TEXT), M(imga_coverage_row, records, U64), {0},
};
static const struct member verdict_members[] = {
    M(imga_verdict_row, result, I32),   M(imga_verdict_row, rule, TEXT),     M(imga_verdict_row, line, U32),
    M(imga_verdict_row, finding, I64),  M(imga_verdict_row, package, I64),   M(imga_verdict_row, item, TEXT),
    M(imga_verdict_row, evidence, TEXT), M(imga_verdict_row, remedy, TEXT),  M(imga_verdict_row, exception, TEXT),
    {0},
};
static const struct member exception_members[] = {
    M(imga_exception_row, line, U32),    M(imga_exception_row, id, TEXT),     M(imga_exception_row, rule, TEXT),
    M(imga_exception_row, owner, TEXT),  M(imga_exception_row, reason, TEXT), M(imga_exception_row, until, I64),
    M(imga_exception_row, expired, I32), M(imga_exception_row, used, U64),    {0},
};

static void put_text(FILE *file, const char *text)
{
    putc('"', file);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putc('\\', file);
        if (*text == '\n')
            fputs("\\n", file);
        else
            putc(*text, file);
    }
    putc('"', file);
}

static void put_member(FILE *file, const struct member *m, const void *row)
{
    const char *from = (const char *)row + m->at;
    union {
        const char *text;
        int32_t i32;
        uint32_t u32;
        int64_t i64;
        uint64_t u64;
    } v;
    if (m->kind == CHARACTERS) { /* an array in the row itself */
        fprintf(file, ",\"%s\":", m->name);
        put_text(file, from);
        return;
    }
    const int is_short = m->kind == I32 || m->kind == U32 || m->kind == INDEX;
    memcpy(&v, from, is_short ? sizeof(v.i32) : sizeof(v.i64));
    fprintf(file, ",\"%s\":", m->name);
    switch (m->kind) {
    case TEXT:
        put_text(file, v.text);
        break;
    case I32:
        fprintf(file, "%" PRId32, v.i32);
        break;
    case U32:
        fprintf(file, "%" PRIu32, v.u32);
        break;
    case INDEX: /* UINT32_MAX: there is none, -1 in the bindings */
        fprintf(file, "%" PRId64, v.u32 == UINT32_MAX ? -1 : (int64_t)v.u32);
        break;
    case I64:
        fprintf(file, "%" PRId64, v.i64);
        break;
    default:
        fprintf(file, "%" PRIu64, v.u64);
    }
}

static void put_row(FILE *file, const char *what, const struct member *members, const void *row)
{
    fprintf(file, "{\"row\":\"%s\"", what);
    for (; members->name; members++)
        put_member(file, members, row);
    fputs("}\n", file);
}

static void must(int64_t count)
{
    if (count < 0) {
        fputs("golden: a row could not be read\n", stderr);
        exit(1);
    }
}

/* All rows that read() gives for object; one at a time, since the bindings take them in batches. */
#define EACH(file, what, type, members, read, object)                                                                  \
    do {                                                                                                               \
        type row = {.struct_size = sizeof(row)};                                                                       \
        int64_t got;                                                                                                   \
        for (size_t i = 0; (got = read(object, i, &row, 1)) == 1; i++)                                                 \
            put_row(file, what, members, &row);                                                                        \
        must(got);                                                                                                     \
    } while (0)

static void files(FILE *file, const imga_inventory *inventory)
{
    const char *path;
    int64_t got = 0;
    for (size_t package = 0; package < imga_inventory_package_count(inventory); package++) {
        for (size_t i = 0; (got = imga_inventory_files(inventory, package, i, &path, 1)) == 1; i++) {
            fprintf(file, "{\"row\":\"file\",\"package\":%zu,\"path\":", package);
            put_text(file, path);
            fputs("}\n", file);
        }
        must(got);
    }
}

/* Rows of one package; what they are called ends in its index. */
static void evidence(FILE *file, const imga_inventory *inventory, size_t package)
{
    imga_property_row property = {.struct_size = sizeof(property)};
    imga_cpe_row cpe = {.struct_size = sizeof(cpe)};
    char name[32];
    int64_t got;
    snprintf(name, sizeof(name), "property-%zu", package);
    for (size_t i = 0; (got = imga_inventory_properties(inventory, package, i, &property, 1)) == 1; i++)
        put_row(file, name, property_members, &property);
    must(got);
    snprintf(name, sizeof(name), "cpe-%zu", package);
    for (size_t i = 0; (got = imga_inventory_cpes(inventory, package, i, &cpe, 1)) == 1; i++)
        put_row(file, name, cpe_members, &cpe);
    must(got);
}

static void ids(FILE *file, const char *what, const char *id, int complete)
{
    fprintf(file, "{\"row\":\"%s\",\"id\":\"%s\",\"complete\":%s}\n", what, id, complete ? "true" : "false");
}

static void config_values(FILE *file, const imga_image *image, int32_t list)
{
    imga_config_value_row row = {.struct_size = sizeof(row)};
    char name[32];
    int64_t got;
    snprintf(name, sizeof(name), "config-list-%d", (int)list);
    for (size_t i = 0; (got = imga_image_config_values(image, list, i, &row, 1)) == 1; i++)
        put_row(file, name, value_members, &row);
    must(got);
}

void rows_image(FILE *file, const imga_image *image)
{
    imga_image_row said = {.struct_size = sizeof(said)};
    imga_config_row config = {.struct_size = sizeof(config)};
    must(imga_image_describe(image, &said));
    must(imga_image_config(image, &config));
    put_row(file, "image", image_members, &said);
    EACH(file, "layer", imga_layer_row, layer_members, imga_image_layers, image);
    put_row(file, "config", config_members, &config);
    for (int32_t list = IMGA_CONFIG_ENV; list <= IMGA_CONFIG_OS_FEATURES; list++)
        config_values(file, image, list);
    EACH(file, "history", imga_history_row, history_members, imga_image_history, image);
}

void rows_list(FILE *file, const imga_image_list *list)
{
    EACH(file, "entry", imga_image_entry_row, entry_members, imga_image_list_rows, list);
}

void rows_files(FILE *file, const imga_files *listing)
{
    EACH(file, "listed", imga_file_row, file_members, imga_files_rows, listing);
    EACH(file, "files-note", imga_note_row, note_members, imga_files_notes, listing);
}

void rows_inventory(FILE *file, const imga_inventory *inventory)
{
    imga_image_row image = {.struct_size = sizeof(image)};
    imga_distro_row distro = {.struct_size = sizeof(distro)};
    ids(file, "inventory", imga_inventory_id(inventory), imga_inventory_is_complete(inventory));
    must(imga_inventory_image(inventory, &image));
    must(imga_inventory_distro(inventory, &distro));
    put_row(file, "image", image_members, &image);
    put_row(file, "distro", distro_members, &distro);
    EACH(file, "layer", imga_layer_row, layer_members, imga_inventory_layers, inventory);
    EACH(file, "package", imga_package_row, package_members, imga_inventory_packages, inventory);
    files(file, inventory);
    for (size_t package = 0; package < imga_inventory_package_count(inventory); package++)
        evidence(file, inventory, package);
    EACH(file, "executable", imga_executable_row, executable_members, imga_inventory_executables, inventory);
    fprintf(file, "{\"row\":\"executables\",\"count\":%zu,\"unowned\":%zu}\n",
            imga_inventory_executable_count(inventory), imga_inventory_unowned_count(inventory));
    EACH(file, "inventory-note", imga_note_row, note_members, imga_inventory_notes, inventory);
}

void rows_findings(FILE *file, const imga_findings *findings)
{
    const imga_database *database = imga_findings_database(findings);
    ids(file, "database", imga_database_id(database), 1);
    EACH(file, "feed", imga_feed_row, feed_members, imga_database_feeds, database);
    EACH(file, "coverage", imga_coverage_row, coverage_members, imga_database_coverage, database);
    ids(file, "findings", imga_inventory_id(imga_findings_inventory(findings)), imga_findings_is_complete(findings));
    EACH(file, "finding", imga_finding_row, finding_members, imga_findings_rows, findings);
    EACH(file, "findings-note", imga_note_row, note_members, imga_findings_notes, findings);
}

void rows_verdict(FILE *file, const imga_verdict *verdict)
{
    rows_findings(file, imga_verdict_findings(verdict));
    ids(file, "verdict", imga_verdict_name(imga_verdict_result(verdict)), 1);
    EACH(file, "item", imga_verdict_row, verdict_members, imga_verdict_rows, verdict);
    EACH(file, "exception", imga_exception_row, exception_members, imga_verdict_exceptions, verdict);
}

void rows_writer(FILE *file, const imga_database_writer *writer)
{
    EACH(file, "writer-note", imga_note_row, note_members, imga_database_writer_notes, writer);
}

void rows_error(FILE *file, const char *name, int32_t status, const imga_error *error)
{
    fprintf(file, "{\"case\":\"%s\",\"code\":%" PRId32 ",\"name\":\"%s\",\"message\":", name, status,
            imga_status_name(status));
    put_text(file, imga_error_message(error));
    fputs(",\"where\":", file);
    put_text(file, imga_error_where(error));
    fprintf(file, ",\"offset\":%" PRId64 "}\n", imga_error_offset(error));
}
