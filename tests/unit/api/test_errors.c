/* SPDX-License-Identifier: Apache-2.0 */
/* Codes, their names, and error objects. */
#include "world.h"

Test(errors, status_names)
{
    for (int32_t code = IMGA_OK; code >= IMGA_E_INTERNAL; code--) {
        cr_expect_str_neq(imga_status_name(code), "unknown", "%d", code);
        for (int32_t other = code - 1; other >= IMGA_E_INTERNAL; other--)
            cr_expect_str_neq(imga_status_name(code), imga_status_name(other), "%d and %d", code, other);
    }
    static const int32_t unknown[] = {1, IMGA_E_INTERNAL - 1, INT32_MIN, INT32_MAX};
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
        cr_expect_str_eq(imga_status_name(unknown[i]), "unknown", "%d", unknown[i]);
}

Test(errors, note_names)
{
    static const int32_t incomplete[] = {IMGA_NOTE_LINK_LOOP,   IMGA_NOTE_DB_PARTIAL, IMGA_NOTE_DB_JOURNAL,
                                         IMGA_NOTE_OS,          IMGA_NOTE_SKIPPED,    IMGA_NOTE_ARCHIVE,
                                         IMGA_NOTE_FEED,        IMGA_NOTE_NO_FEED,    IMGA_NOTE_VERSION,
                                         IMGA_NOTE_NO_PACKAGES, IMGA_NOTE_DROPPED};
    static const int32_t unknown[] = {0, -1, IMGA_NOTE_DROPPED + 1, INT32_MIN, INT32_MAX};
    size_t next = 0;
    for (int32_t code = 1; code <= IMGA_NOTE_DROPPED; code++) {
        int expected = next < sizeof(incomplete) / sizeof(incomplete[0]) && incomplete[next] == code;
        next += (size_t)expected;
        cr_expect_str_neq(imga_note_name(code), "unknown", "%d", code);
        cr_expect_eq(imga_note_is_incomplete(code), expected, "%s", imga_note_name(code));
    }
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        cr_expect_str_eq(imga_note_name(unknown[i]), "unknown");
        cr_expect_eq(imga_note_is_incomplete(unknown[i]), 1, "the safe answer for %d", unknown[i]);
    }
}

Test(errors, other_names)
{
    static const char *const verdicts[] = {"pass", "warn", "incomplete", "fail"};
    for (int32_t i = 0; i < 4; i++)
        cr_expect_str_eq(imga_verdict_name(i), verdicts[i]);
    cr_expect_str_eq(imga_verdict_name(-1), "unknown");
    cr_expect_str_eq(imga_verdict_name(4), "unknown");
    cr_expect_str_eq(imga_severity_name(IMGA_SEVERITY_CRITICAL), "critical");
    cr_expect_str_eq(imga_severity_name(99), "unknown");
    cr_expect_str_eq(imga_finding_status_name(IMGA_FINDING_WILL_NOT_FIX), "will-not-fix");
    cr_expect_str_eq(imga_finding_status_name(0), "unknown");
    cr_expect_eq(imga_report_format("json"), IMGA_REPORT_JSON);
    cr_expect_eq(imga_report_format("table"), IMGA_REPORT_TABLE);
    cr_expect_eq(imga_report_format("cyclonedx"), IMGA_REPORT_CYCLONEDX);
    cr_expect_eq(imga_report_format("xml"), 0);
    cr_expect_eq(imga_version_scheme("deb"), IMGA_SCHEME_DEB);
    cr_expect_eq(imga_version_scheme("apk"), IMGA_SCHEME_APK);
    cr_expect_eq(imga_version_scheme("hackage"), IMGA_SCHEME_HACKAGE);
    cr_expect_eq(imga_version_scheme("debian"), 0);
    cr_expect_str_not_empty(imga_version());
    cr_expect_gt(imga_version_number(), 0);
    cr_expect_eq(imga_feature("no such thing"), 0);
}

struct row {
    const char *name;
    const char *policy;
    int32_t code;
    const char *message;
};

Test(errors, policies)
{
    static const struct row rows[] = {
        {"unknown member", "imgassure: 1\npolicy: p\nrules: []\nruels: []\n", IMGA_E_FORMAT,
         "line 4: the policy has no member \"ruels\"; it knows: imgassure, policy, description, owner, default, rules, "
         "exceptions"},
        {"newer", "imgassure: 2\n", IMGA_E_UNSUPPORTED,
         "line 1, column 12: this library knows policy language version 1 only"},
        {"empty", "", IMGA_E_FORMAT, "line 1, column 1: the YAML document is empty"},
        {"control characters in a key", "imgassure: 1\npolicy: p\nrules: []\n\"a\\e[2J\": 1\n", IMGA_E_FORMAT,
         "line 4: the policy has no member \"a\\u{1b}[2J\"; it knows: imgassure, policy, description, owner, default, "
         "rules, exceptions"},
    };
    struct world w;
    world_open(&w);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        imga_source *source = world_text(&w, rows[i].policy);
        imga_policy *policy = NULL;
        imga_error *error = NULL;
        cr_expect_eq(imga_policy_read(w.context, source, &policy, &error), rows[i].code, "%s", rows[i].name);
        cr_expect_eq(imga_error_code(error), rows[i].code, "%s", rows[i].name);
        cr_expect_str_eq(imga_error_message(error), rows[i].message, "%s: %s", rows[i].name, imga_error_message(error));
        cr_expect_null(policy, "%s", rows[i].name);
        cr_expect_eq(imga_policy_read(w.context, source, &policy, NULL), rows[i].code, "%s without error",
                     rows[i].name);
        imga_error_free(error);
        imga_source_unref(source);
    }
    world_close(&w);
}

Test(errors, large_policy)
{
    size_t size = (1 << 20) + 1;
    char *text = malloc(size);
    struct world w;
    imga_source *source = NULL;
    imga_policy *policy = NULL;
    imga_error *error = NULL;
    memset(text, '#', size);
    world_open(&w);
    OK(imga_source_from_memory(w.context, text, size, &source, NULL));
    cr_expect_eq(imga_policy_read(w.context, source, &policy, &error), IMGA_E_LIMIT);
    cr_expect(strstr(imga_error_message(error), "1048576"), "%s", imga_error_message(error));
    imga_error_free(error);
    imga_source_unref(source);
    world_close(&w);
    free(text);
}

/* An error belongs to nobody but its holder. */
Test(errors, outlive_the_context)
{
    imga_context *context = NULL;
    imga_source *source = NULL;
    imga_error *error = NULL;
    OK(imga_context_new(NULL, &context, NULL));
    cr_expect_eq(imga_source_from_path(context, "/nothing/is/here", &source, &error), IMGA_E_NOT_FOUND);
    imga_context_unref(context);
    cr_expect_eq(imga_error_code(error), IMGA_E_NOT_FOUND);
    cr_expect_str_eq(imga_error_where(error), "/nothing/is/here");
    cr_expect_null(imga_error_free(error));
}

/* Out of memory needs no memory to be told. */
Test(errors, out_of_memory)
{
    struct world w;
    world_open(&w);
    imga_policy *policy = NULL;
    imga_error *error = NULL;
    failing_arm(&w.memory, 1, 1);
    cr_expect_eq(imga_policy_read(w.context, w.policy_source, &policy, &error), IMGA_E_NOMEM);
    failing_disarm(&w.memory);
    cr_expect_eq(imga_error_code(error), IMGA_E_NOMEM);
    cr_expect_str_eq(imga_error_message(error), "out of memory");
    cr_expect_null(imga_error_free(error));
    world_close(&w);
}
