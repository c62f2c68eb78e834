/* SPDX-License-Identifier: Apache-2.0 */
/* What both formats share: how they are told apart, damage, limits, cancelling, memory. */
#include "feed_case.h"

#include <criterion/criterion.h>
#include <string.h>

static const char tracker[] = "{\"zlib\":{\"CVE-1\":{\"releases\":{\"sid\":{\"status\":\"open\",\"urgency\":\"low\"},"
                              "\"bookworm\":{\"status\":\"resolved\",\"fixed_version\":\"1\"},\"x\":{\"status\":7}}}}}";
static const char secdb[] = "{\"packages\":[{\"pkg\":{\"secfixes\":{\"1-r1\":[\"CVE-1 CVE-2\",null],\"0\":[\"CVE-3\"]},"
                            "\"name\":\"zlib\"}}],\"reponame\":\"main\",\"distroversion\":\"v3.18\"}";

static const struct ia_str both[] = {{tracker, sizeof(tracker) - 1}, {secdb, sizeof(secdb) - 1}};

Test(feed, format_is_told_by_the_first_member)
{
    static const struct {
        const char *document;
        int32_t format;
        int status;
    } rows[] = {
        {tracker, IMGA_FEED_DEBIAN_TRACKER, IMGA_OK},
        {secdb, IMGA_FEED_ALPINE_SECDB, IMGA_OK},
        {"{}", 0, IMGA_E_UNSUPPORTED},
        {"{\"apkurl\":\"\",\"archs\":[],\"distroversion\":\"v3.18\",\"packages\":[]}", IMGA_FEED_ALPINE_SECDB, IMGA_OK},
        {"{\"urlprefix\":\"\",\"distroversion\":\"v3.18\",\"packages\":[]}", IMGA_FEED_ALPINE_SECDB, IMGA_OK},
        {"{\"archs\":{}}", 0, IMGA_E_FORMAT},
        {"{\"packagesx\":{}}", 0, IMGA_E_UNSUPPORTED},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct feed_case c;
        feed_case_open(&c, 0);
        cr_expect_eq(feed_case_read(&c, ia_str_from(rows[i].document), 1000), rows[i].status, "row %zu", i);
        cr_expect_eq(c.counts.format, rows[i].format, "row %zu: %d", i, (int)c.counts.format);
        feed_case_close(&c);
    }
}

Test(feed, damage_is_an_error)
{
    static const struct {
        const char *document;
        int32_t format;
        int status;
    } rows[] = {
        {"", 0, IMGA_E_TRUNCATED},
        {"[]", 0, IMGA_E_FORMAT},
        {"null", 0, IMGA_E_FORMAT},
        {"\"x\"", 0, IMGA_E_FORMAT},
        {"{} {}", 0, IMGA_E_FORMAT},
        {"{}x", 0, IMGA_E_FORMAT},
        {"{\"a\":{\"b\":}}", 0, IMGA_E_FORMAT},
        {"{\"a\":{},}", 0, IMGA_E_FORMAT},
        {"\xef\xbb\xbf{}", 0, IMGA_E_FORMAT},
        {"{\"a\xff\":{}}", 0, IMGA_E_FORMAT},
        {"{}", 3, IMGA_E_INVALID},
        {"{}", -1, IMGA_E_INVALID},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct feed_case c;
        feed_case_open(&c, rows[i].format);
        int status = feed_case_read(&c, ia_str_from(rows[i].document), 1000);
        cr_expect_eq(status, rows[i].status, "row %zu: %d %s", i, status, c.t.env.error.message);
        cr_expect_eq(c.counts.format, rows[i].format, "row %zu: the format is untouched", i);
        feed_case_close(&c);
    }
}

Test(feed, every_cut_is_truncated)
{
    for (size_t d = 0; d < IA_COUNT(both); d++) {
        for (size_t n = 0; n < both[d].n; n++) {
            struct feed_case c;
            feed_case_open(&c, 0);
            int status = feed_case_read(&c, ia_str_sub(both[d], 0, n), 16);
            cr_expect_eq(status, IMGA_E_TRUNCATED, "document %zu cut at %zu: %d", d, n, status);
            feed_case_close(&c);
        }
    }
}

Test(feed, limit_of_bytes)
{
    for (size_t d = 0; d < IA_COUNT(both); d++) {
        for (size_t step = 1; step < 1000; step *= 10) {
            struct feed_case c;
            feed_case_open(&c, 0);
            c.t.limits.feed_bytes = both[d].n;
            cr_expect_eq(feed_case_read(&c, both[d], step), IMGA_OK, "document %zu", d);
            c.t.limits.feed_bytes = both[d].n - 1;
            cr_expect_eq(feed_case_read(&c, both[d], step), IMGA_E_LIMIT, "document %zu", d);
            cr_expect(strstr(c.t.env.error.message, "feed_bytes"), "%s", c.t.env.error.message);
            feed_case_close(&c);
        }
    }
}

Test(feed, limits_of_the_reader)
{
    struct feed_case c;
    feed_case_open(&c, 0);
    c.t.limits.json_depth = 5;
    cr_expect_eq(feed_case_read(&c, both[0], 100), IMGA_OK, "five objects deep: %s", c.t.env.error.message);
    c.t.limits.json_depth = 4;
    cr_expect_eq(feed_case_read(&c, both[0], 100), IMGA_E_LIMIT);
    test_env_reset(&c.t);
    c.t.limits.json_depth = 100;
    c.t.limits.string_bytes = strlen("fixed_version");
    cr_expect_eq(feed_case_read(&c, both[0], 100), IMGA_OK, "%s", c.t.env.error.message);
    c.t.limits.string_bytes--;
    cr_expect_eq(feed_case_read(&c, both[0], 100), IMGA_E_LIMIT);
    feed_case_close(&c);
}

Test(feed, cancelled_and_refused)
{
    for (size_t d = 0; d < IA_COUNT(both); d++) {
        struct feed_case c;
        feed_case_open(&c, 0);
        atomic_store(&c.t.cancel.flag, 1);
        cr_expect_eq(feed_case_read(&c, both[d], 100), IMGA_E_CANCELLED);
        atomic_store(&c.t.cancel.flag, 0);
        test_env_reset(&c.t);
        c.sink_status = IMGA_E_LIMIT;
        cr_expect_eq(feed_case_read(&c, both[d], 100), IMGA_E_LIMIT, "what the sink says goes up");
        feed_case_close(&c);
    }
}

Test(feed, a_token_stops_it)
{
    struct feed_case c;
    feed_case_open(&c, 0);
    atomic_store(&c.t.cancel.flag, 1);
    cr_expect_eq(feed_case_read(&c, both[0], 10), IMGA_E_CANCELLED);
    atomic_store(&c.t.cancel.flag, 0);
    test_env_reset(&c.t);
    cr_expect_eq(feed_case_read(&c, both[0], 10), IMGA_OK);
    feed_case_close(&c);
}

Test(feed, a_broken_input_goes_up)
{
    struct feed_case c;
    feed_case_open(&c, 0);
    const struct ia_advisory_sink sink = {NULL, NULL, NULL};
    struct ia_reader *reader = test_broken(tracker, 10, IMGA_E_IO);
    cr_expect_eq(ia_feed_read(&c.t.env, IA_STR("f"), reader, &sink, &c.counts), IMGA_E_IO);
    ia_reader_close(reader);
    feed_case_close(&c);
}

Test(feed, every_failing_allocation)
{
    for (size_t d = 0; d < IA_COUNT(both); d++) {
        int status = IMGA_E_NOMEM;
        for (size_t n = 1; status != IMGA_OK && n < 1000; n++) {
            struct feed_case c;
            feed_case_open(&c, 0);
            c.t.fail_at = n;
            c.t.fail_on = n % 2 == 0;
            status = feed_case_read(&c, both[d], 9);
            cr_expect(status == IMGA_OK || status == IMGA_E_NOMEM, "allocation %zu: %d", n, status);
            c.t.fail_at = 0;
            feed_case_close(&c);
        }
        cr_expect_eq(status, IMGA_OK, "document %zu: the sweep ends", d);
    }
}
