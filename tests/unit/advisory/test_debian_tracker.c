/* SPDX-License-Identifier: Apache-2.0 */
#include "feed_case.h"

#include "io/compress.h"

#include <criterion/criterion.h>
#include <string.h>

/* One release record inside a document of one source and one identifier. */
#define RECORD(text) DOCUMENT("{\"zlib\":{\"CVE-1\":{\"scope\":\"local\",\"releases\":{\"sid\":" text "}}}}")
#define LINE "debian sid - zlib CVE-1 "
#define COVERS "covers debian sid -\n"

static const struct feed_row records[] = {
    {"fixed", RECORD("{\"status\":\"resolved\",\"fixed_version\":\"1:2-3\",\"urgency\":\"high\"}"), 1, 0,
     LINE "affected 1:2-3 high 4 -\n"},
    {"members in another order",
     RECORD("{\"urgency\":\"low\",\"fixed_version\":\"2\",\"repositories\":{\"sid\":[{}]},\"status\":\"resolved\"}"), 1,
     0, LINE "affected 2 low 2 -\n"},
    {"never affected", RECORD("{\"status\":\"resolved\",\"fixed_version\":\"0\",\"urgency\":\"medium\"}"), 1, 0,
     LINE "not-affected - medium 3 -\n"},
    {"a zero that is a version", RECORD("{\"status\":\"resolved\",\"fixed_version\":\"0~\"}"), 1, 0,
     LINE "affected 0~ - 0 -\n"},
    {"open", RECORD("{\"status\":\"open\",\"urgency\":\"not yet assigned\"}"), 1, 0,
     LINE "affected - not yet assigned 0 -\n"},
    {"open with a version that does not count", RECORD("{\"status\":\"open\",\"fixed_version\":\"9\"}"), 1, 0,
     LINE "affected - - 0 -\n"},
    {"ignored", RECORD("{\"status\":\"open\",\"nodsa\":\"Minor\",\"nodsa_reason\":\"ignored\"}"), 1, 0,
     LINE "will-not-fix - - 0 ignored\n"},
    {"postponed", RECORD("{\"status\":\"open\",\"nodsa\":\"Minor\",\"nodsa_reason\":\"postponed\"}"), 1, 0,
     LINE "affected - - 0 postponed\n"},
    {"no advisory", RECORD("{\"status\":\"open\",\"nodsa\":\"Minor\",\"nodsa_reason\":\"\"}"), 1, 0,
     LINE "affected - - 0 no-dsa\n"},
    {"no advisory, no reason", RECORD("{\"nodsa\":\"a\\u0000b\",\"status\":\"open\"}"), 1, 0,
     LINE "affected - - 0 no-dsa\n"},
    {"a reason that is empty", RECORD("{\"status\":\"open\",\"nodsa_reason\":\"\"}"), 1, 0, LINE "affected - - 0 -\n"},
    {"another reason", RECORD("{\"status\":\"open\",\"nodsa\":\"\",\"nodsa_reason\":\"later\"}"), 1, 0,
     LINE "affected - - 0 later\n"},
    {"end of life", RECORD("{\"status\":\"open\",\"urgency\":\"end-of-life\"}"), 1, 0,
     LINE "will-not-fix - end-of-life 0 end-of-life\n"},
    {"end of life, but fixed", RECORD("{\"status\":\"resolved\",\"fixed_version\":\"1\",\"urgency\":\"end-of-life\"}"),
     1, 0, LINE "affected 1 end-of-life 0 -\n"},
    {"a reason counts only while open",
     RECORD("{\"status\":\"resolved\",\"fixed_version\":\"1\",\"nodsa\":\"x\",\"nodsa_reason\":\"ignored\"}"), 1, 0,
     LINE "affected 1 - 0 -\n"},
    {"undetermined", RECORD("{\"status\":\"undetermined\",\"urgency\":\"unimportant\"}"), 1, 0,
     LINE "undetermined - unimportant 1 -\n"},
    {"stars", RECORD("{\"status\":\"open\",\"urgency\":\"high**\"}"), 1, 0, LINE "affected - high** 4 -\n"},
    {"another urgency", RECORD("{\"status\":\"open\",\"urgency\":\"HIGH\"}"), 1, 0, LINE "affected - HIGH 0 -\n"},
};

static const struct feed_row malformed[] = {
    {"no status", RECORD("{\"fixed_version\":\"1\"}"), 0, 1, COVERS},
    {"an empty record", RECORD("{}"), 0, 1, COVERS},
    {"another status", RECORD("{\"status\":\"fixed\",\"fixed_version\":\"1\"}"), 0, 1, COVERS},
    {"status of another case", RECORD("{\"status\":\"Open\"}"), 0, 1, COVERS},
    {"status is a number", RECORD("{\"status\":5}"), 0, 1, COVERS},
    {"status is null", RECORD("{\"status\":null}"), 0, 1, COVERS},
    {"status is a list", RECORD("{\"status\":[\"open\"],\"urgency\":\"low\"}"), 0, 1, COVERS},
    {"version is a number", RECORD("{\"status\":\"resolved\",\"fixed_version\":7}"), 0, 1, COVERS},
    {"version is an object", RECORD("{\"status\":\"resolved\",\"fixed_version\":{\"status\":\"open\"}}"), 0, 1, COVERS},
    {"resolved without version", RECORD("{\"status\":\"resolved\"}"), 0, 1, COVERS},
    {"resolved with an empty version", RECORD("{\"status\":\"resolved\",\"fixed_version\":\"\"}"), 0, 1, COVERS},
    {"NUL in the version", RECORD("{\"status\":\"resolved\",\"fixed_version\":\"1\\u0000\"}"), 0, 1, COVERS},
    {"newline in the urgency", RECORD("{\"status\":\"open\",\"urgency\":\"a\\nb\"}"), 0, 1, COVERS},
    {"override in the reason", RECORD("{\"status\":\"open\",\"nodsa_reason\":\"\\u202e\"}"), 0, 1, COVERS},
    {"two statuses", RECORD("{\"status\":\"open\",\"status\":\"resolved\",\"fixed_version\":\"1\"}"), 0, 1, COVERS},
    {"the same status twice", RECORD("{\"status\":\"open\",\"status\":\"open\"}"), 0, 1, COVERS},
    {"two versions", RECORD("{\"fixed_version\":\"0\",\"status\":\"resolved\",\"fixed_version\":\"9\"}"), 0, 1, COVERS},
    {"record is null", RECORD("null"), 0, 1, COVERS},
    {"record is a list", RECORD("[{\"status\":\"open\"}]"), 0, 1, COVERS},
    {"no release name", DOCUMENT("{\"a\":{\"C\":{\"releases\":{\"\":{\"status\":\"open\"}}}}}"), 0, 1, ""},
    {"NUL in the release", DOCUMENT("{\"a\":{\"C\":{\"releases\":{\"x\\u0000\":{\"status\":\"open\"}}}}}"), 0, 1, ""},
    {"releases is null", DOCUMENT("{\"a\":{\"C\":{\"releases\":null}}}"), 0, 1, ""},
    {"releases is a list", DOCUMENT("{\"a\":{\"C\":{\"releases\":[{}]}}}"), 0, 1, ""},
    {"no releases", DOCUMENT("{\"a\":{\"C\":{\"description\":\"d\"}}}"), 0, 1, ""},
    {"releases is empty", DOCUMENT("{\"a\":{\"C\":{\"releases\":{}}}}"), 0, 0, ""},
    {"identifier is null", DOCUMENT("{\"a\":{\"C\":null}}"), 0, 1, ""},
    {"empty identifier", DOCUMENT("{\"a\":{\"\":{\"releases\":{\"sid\":{\"status\":\"open\"}}}}}"), 0, 1, ""},
    {"escape in the identifier", DOCUMENT("{\"a\":{\"C\\u001b\":{\"releases\":{\"sid\":{}}}}}"), 0, 1, ""},
    {"source is null", DOCUMENT("{\"a\":null}"), 0, 1, ""},
    {"empty source", DOCUMENT("{\"\":{\"C\":{}}}"), 0, 1, ""},
    {"NUL in the source", DOCUMENT("{\"a\\u0000b\":{\"C\":{}}}"), 0, 1, ""},
    {"nothing at all", DOCUMENT("{}"), 0, 0, ""},
    {"a source without identifiers", DOCUMENT(" {\"a\" : {} } \n"), 0, 0, ""},
    {"secdb read as a tracker", DOCUMENT("{\"packages\":[],\"reponame\":\"main\"}"), 0, 2, ""},
};

static const struct feed_row documents[] = {
    {"releases, identifiers, sources",
     DOCUMENT("{\"a\":{\"C-1\":{\"releases\":{\"x\":{\"status\":\"open\"},\"y\":{\"status\":\"undetermined\"}}},"
              "\"C-2\":{\"releases\":{\"x\":{\"status\":\"open\"}},\"debianbug\":1}},"
              "\"b\":{\"C-1\":{\"releases\":{\"x\":{\"status\":\"open\"}}}}}"),
     4, 0,
     "debian x - a C-1 affected - - 0 -\ndebian y - a C-1 undetermined - - 0 -\n"
     "debian x - a C-2 affected - - 0 -\ndebian x - b C-1 affected - - 0 -\n"},
    {"nothing leaks into the next record",
     DOCUMENT("{\"a\":{\"C\":{\"releases\":{"
              "\"x\":{\"status\":\"resolved\",\"fixed_version\":\"1\",\"urgency\":\"high\",\"nodsa\":\"n\"},"
              "\"y\":{\"status\":\"open\"},\"z\":{\"status\":\"resolved\"}}}}}"),
     2, 1, "debian x - a C affected 1 high 4 -\ndebian y - a C affected - - 0 -\ncovers debian z -\n"},
    {"both releases count", /* an attacker cannot hide the first behind the second */
     DOCUMENT("{\"a\":{\"C\":{\"releases\":{\"x\":{\"status\":\"open\"}},"
              "\"releases\":{\"x\":{\"status\":\"resolved\",\"fixed_version\":\"0\"}}}}}"),
     2, 0, "debian x - a C affected - - 0 -\ndebian x - a C not-affected - - 0 -\n"},
    {"malformed among good",
     DOCUMENT("{\"openssl\":{\"CVE-2022-3602\":{\"releases\":{\"bookworm\":{\"status\":\"resolved\",\"fixed_version\":"
              "\"3.0.13-1\",\"urgency\":\"not yet assigned\"}}},\"CVE-0\":{\"releases\":null},\"CVE-1\":{\"releases\":"
              "{\"bookworm\":{\"status\":5,\"fixed_version\":7}}},\"TEMP-0\":{}},\"a\\u0000b\":{},\"n\":null,\"\":[]}"),
     1, 6,
     "debian bookworm - openssl CVE-2022-3602 affected 3.0.13-1 not yet assigned 0 -\ncovers debian bookworm -\n"},
};

Test(debian_tracker, records)
{
    feed_check_rows(records, IA_COUNT(records), IMGA_FEED_DEBIAN_TRACKER);
}

Test(debian_tracker, malformed_records_are_skipped)
{
    feed_check_rows(malformed, IA_COUNT(malformed), IMGA_FEED_DEBIAN_TRACKER);
}

Test(debian_tracker, documents)
{
    feed_check_rows(documents, IA_COUNT(documents), IMGA_FEED_DEBIAN_TRACKER);
}

Test(debian_tracker, notes_tell_place_and_offset)
{
    struct feed_case c;
    feed_case_open(&c, IMGA_FEED_DEBIAN_TRACKER);
    struct ia_str document = IA_STR("{\"zlib\":{\"CVE-1\":{\"releases\":{\"sid\":{\"status\":\"gone\"}}}}}");
    cr_assert_eq(feed_case_read(&c, document, 7), IMGA_OK);
    cr_assert_eq(ia_notes_count(&c.t.notes), 1);
    const struct ia_note *note = ia_notes_at(&c.t.notes, 0);
    cr_expect_eq(note->code, IMGA_NOTE_FEED);
    cr_expect_eq(note->offset, 30, "%ld", (long)note->offset); /* of "sid" */
    cr_expect_str_eq(note->where, "test-feed");
    cr_expect_str_eq(note->text, "zlib CVE-1 sid: a status word that is not known");
    feed_case_close(&c);
}

struct tally {
    uint64_t records, with_fix;
};

static int count_record(void *user, struct ia_env *env, const struct ia_advisory *advisory)
{
    struct tally *tally = user;
    (void)env;
    tally->records++;
    tally->with_fix += advisory->fixed_version.n > 0;
    return IMGA_OK;
}

static int count_nothing(void *user, struct ia_env *env, const struct ia_advisory *advisory)
{
    (void)user;
    (void)env;
    (void)advisory;
    return IMGA_OK;
}

/* Counts of the real document: 100,051 release rows, 89,560 resolved. Memory does not grow with the document. */
Test(debian_tracker, real_feed)
{
    struct test_env t;
    char path[4096];
    size_t size;
    if (!test_shared())
        cr_skip_test("no real feeds here");
    test_env_open(&t);
    snprintf(path, sizeof(path), "%s/data/debian/debian-tracker-derived.json.zst", test_shared());
    char *data = test_file(path, &size);
    if (!data)
        cr_skip_test("the real feed is not here");
    struct tally tally = {0, 0};
    const struct ia_advisory_sink sink = {count_record, count_nothing, &tally};
    struct ia_reader *reader = NULL;
    struct ia_feed_reading counts = {.format = 0};
    enum ia_compression kind;
    cr_assert_eq(ia_decompress(&t.env, test_chunks(data, size, 65536), &kind, &reader), IMGA_OK);
    cr_assert_eq(ia_feed_read(&t.env, IA_STR("debian"), reader, &sink, &counts), IMGA_OK, "%s", t.env.error.message);
    cr_expect_eq(counts.format, IMGA_FEED_DEBIAN_TRACKER);
    cr_expect_eq(tally.records, 100051);
    cr_expect_eq(tally.with_fix, 89560);
    cr_expect_eq(counts.records, 100051);
    cr_expect_eq(counts.skipped, 0);
    ia_reader_close(reader);
    free(data);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}
