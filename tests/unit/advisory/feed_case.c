/* SPDX-License-Identifier: Apache-2.0 */
#include "feed_case.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *const statuses[] = {"?", "affected", "not-affected", "will-not-fix", "undetermined"};

static int add(struct feed_case *c, struct ia_str text, char after)
{
    int status = ia_buf_str(&c->lines, text.n ? text : IA_STR("-"));
    return status < 0 ? status : ia_buf_char(&c->lines, after);
}

static int take(void *user, struct ia_env *env, const struct ia_advisory *a)
{
    struct feed_case *c = user;
    char severity = (char)('0' + a->severity);
    if (c->sink_status < 0)
        return ia_fail(env, c->sink_status, -1, "test: the sink refuses");
    int failed = add(c, a->distro, ' ') | add(c, a->release, ' ') | add(c, a->repository, ' ') |
                 add(c, a->package, ' ') | add(c, a->id, ' ') | add(c, ia_str_from(statuses[a->status]), ' ') |
                 add(c, a->fixed_version, ' ') | add(c, a->urgency, ' ') | add(c, (struct ia_str){&severity, 1}, ' ') |
                 add(c, a->reason, '\n');
    return failed ? IMGA_E_INTERNAL : IMGA_OK;
}

static int covers(void *user, struct ia_env *env, const struct ia_advisory *a)
{
    struct feed_case *c = user;
    (void)env;
    int failed =
        add(c, IA_STR("covers"), ' ') | add(c, a->distro, ' ') | add(c, a->release, ' ') | add(c, a->repository, '\n');
    return failed ? IMGA_E_INTERNAL : IMGA_OK;
}

void feed_case_open(struct feed_case *c, int32_t format)
{
    memset(c, 0, sizeof(*c));
    test_env_open(&c->t);
    ia_buf_init(&c->lines, &ia_alloc_libc, SIZE_MAX);
    c->counts.format = format;
}

int feed_case_read(struct feed_case *c, struct ia_str document, size_t step)
{
    const struct ia_advisory_sink sink = {take, covers, c};
    struct ia_reader *reader = test_chunks(document.p, document.n, step);
    ia_buf_clear(&c->lines);
    int status = ia_feed_read(&c->t.env, IA_STR("test-feed"), reader, &sink, &c->counts);
    ia_reader_close(reader);
    return status;
}

const char *feed_case_lines(struct feed_case *c)
{
    if (ia_buf_reserve(&c->lines, 1) < 0)
        return NULL;
    c->lines.p[c->lines.n] = '\0';
    return c->lines.p;
}

void feed_case_close(struct feed_case *c)
{
    ia_buf_free(&c->lines);
    test_env_close(&c->t);
    cr_expect_eq(c->t.live, 0, "%zu allocations are left", c->t.live);
}

static void check_row(const struct feed_row *row, int32_t format, size_t step)
{
    struct feed_case c;
    feed_case_open(&c, format);
    int status = feed_case_read(&c, row->document, step);
    cr_expect_eq(status, IMGA_OK, "%s, step %zu: %d %s", row->name, step, status, c.t.env.error.message);
    cr_expect_eq(c.counts.format, format, "%s", row->name);
    cr_expect_eq(c.counts.records, row->records, "%s: %lu records", row->name, (unsigned long)c.counts.records);
    cr_expect_eq(c.counts.skipped, row->skipped, "%s: %lu skipped", row->name, (unsigned long)c.counts.skipped);
    cr_expect_eq(test_has_note(&c.t, IMGA_NOTE_FEED), row->skipped > 0, "%s: note", row->name);
    cr_expect_str_eq(feed_case_lines(&c), row->lines, "%s", row->name);
    feed_case_close(&c);
}

void feed_check_rows(const struct feed_row *rows, size_t count, int32_t format)
{
    for (size_t i = 0; i < count; i++) {
        check_row(&rows[i], format, 1 << 20);
        check_row(&rows[i], format, 1);
    }
}
