/* SPDX-License-Identifier: Apache-2.0 */
#include "match_case.h"

#include "advisory/feed.h"
#include "model/severity.h"

#include <criterion/criterion.h>
#include <string.h>

static void add_feed(struct match_case *c, struct ia_db_writer *writer, const char *document)
{
    struct ia_advisory_sink sink = ia_db_writer_sink(writer);
    struct ia_reader *reader = test_chunks(document, strlen(document), 64);
    struct ia_feed feed = {
        0,          "test-feed",      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        1739318400, strlen(document), 0,
        0};
    struct ia_feed_reading counts = {.format = 0};
    cr_assert_eq(ia_db_writer_begin_feed(writer, &c->t.env), IMGA_OK);
    int status = ia_feed_read(&c->t.env, IA_STR("test-feed"), reader, &sink, &counts);
    cr_assert_eq(status, IMGA_OK, "%s in %s", c->t.env.error.message, document);
    feed.format = counts.format;
    cr_assert_eq(counts.skipped, 0, "%s", document);
    cr_assert_eq(ia_db_writer_end_feed(writer, &c->t.env, &feed), IMGA_OK);
    ia_reader_close(reader);
}

void match_case_open(struct match_case *c, const char *distro, const char *release, const char *const *feeds)
{
    struct ia_db_writer *writer;
    memset(c, 0, sizeof(*c));
    test_env_open(&c->t);
    test_env_crypto(&c->t);
    ia_buf_init(&c->file, &ia_alloc_libc, SIZE_MAX);
    ia_buf_init(&c->lines, &ia_alloc_libc, SIZE_MAX);
    cr_assert_eq(ia_db_writer_new(&c->t.env, &writer), IMGA_OK);
    for (size_t i = 0; feeds[i]; i++)
        add_feed(c, writer, feeds[i]);
    struct ia_writer out = test_writer(&c->file);
    cr_assert_eq(ia_db_writer_finish(writer, &c->t.env, &out), IMGA_OK);
    ia_db_writer_free(writer);
    cr_assert_eq(ia_db_open(&c->t.env, c->file.p, c->file.n, &c->db), IMGA_OK, "%s", c->t.env.error.message);
    cr_assert_eq(ia_inventory_init(&c->t.env, &c->inventory), IMGA_OK);
    c->inventory.distro.id = distro;
    c->inventory.distro.release = release;
}

void match_case_add(struct match_case *c, const struct match_package *package)
{
    struct ia_package row = {
        .layer = -1,
        .owner = -1,
        .type = package->type,
        .name = package->name,
        .version = package->version,
        .source = package->source,
        .source_version = package->source_version,
        .path = "var/lib/dpkg/status",
    };
    ia_package_defaults(&row);
    cr_assert_eq(ia_inventory_add_package(&c->t.env, &c->inventory, &row), IMGA_OK);
}

int match_case_run(struct match_case *c)
{
    ia_findings_free(&c->findings);
    memset(&c->findings, 0, sizeof(c->findings));
    return ia_match(&c->t.env, &c->inventory, c->db, &c->findings);
}

static int add_line(struct match_case *c, const char *line)
{
    return ia_buf_text(&c->lines, line);
}

const char *match_case_lines(struct match_case *c)
{
    char line[600];
    const struct ia_finding *f;
    ia_buf_clear(&c->lines);
    int failed = 0;
    for (size_t i = 0; (f = ia_findings_at(&c->findings, i)); i++) {
        snprintf(line, sizeof(line), "%s %s %s %s %s %u\n", ia_inventory_package(&c->inventory, f->package)->name,
                 f->id, ia_finding_status_name(f->status), f->fixed_version[0] ? f->fixed_version : "-",
                 ia_severity_name(f->severity), (unsigned)f->feed);
        failed |= add_line(c, line);
    }
    for (size_t i = 0; i < ia_notes_count(&c->findings.notes); i++) {
        const struct ia_note *note = ia_notes_at(&c->findings.notes, i);
        snprintf(line, sizeof(line), "note %s %s: %s\n", ia_note_name(note->code), note->where, note->text);
        failed |= add_line(c, line);
    }
    failed |= ia_buf_char(&c->lines, '\0');
    return failed ? NULL : c->lines.p;
}

void match_case_close(struct match_case *c)
{
    ia_findings_free(&c->findings);
    ia_db_close(c->db);
    ia_inventory_free(&c->inventory);
    ia_buf_free(&c->file);
    ia_buf_free(&c->lines);
    test_env_close(&c->t);
    cr_expect_eq(c->t.live, 0, "%zu allocations are left", c->t.live);
}
