/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file policy.h
 * Policies and verdicts (docs/policy-language.md).
 *
 * Threads: a policy and a verdict are immutable and may be shared between threads.
 */
#ifndef IMGASSURE_POLICY_H
#define IMGASSURE_POLICY_H

#include <imgassure/findings.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A policy. Immutable, atomically reference counted. */
typedef struct imga_policy imga_policy;
/** A verdict. Immutable, atomically reference counted; it keeps the findings and the policy alive. */
typedef struct imga_verdict imga_verdict;

/** Results of a verdict and of its items, mildest first. */
enum {
    IMGA_VERDICT_PASS = 0,
    IMGA_VERDICT_WARN = 1,
    IMGA_VERDICT_INCOMPLETE = 2, /**< nothing denied, but something could not be looked at */
    IMGA_VERDICT_FAIL = 3
};

/** One line of a verdict. Strings are borrowed from the verdict and never NULL ("" when absent). */
typedef struct imga_verdict_row {
    uint32_t struct_size;
    int32_t result;        /**< IMGA_VERDICT_*; PASS for an item that an exception excuses */
    const char *rule;      /**< id of the policy rule; "default.unknown" for what could not be looked at */
    uint32_t line;         /**< line of the rule in the policy, from 1; 0 when it has none */
    uint32_t reserved;
    int64_t finding;       /**< index of the finding, or -1 */
    int64_t package;       /**< index of the package, or -1 */
    const char *item;      /**< what was judged: "CVE-2024-0001 in zlib1g 1:1.2.13" */
    const char *evidence;  /**< the facts: versions, advisory, layer, file */
    const char *remedy;    /**< what to do */
    const char *exception; /**< id of the exception that excuses it, or of an expired one that would have; "" for none */
} imga_verdict_row;

/** One exception of the policy, and what became of it. Strings are borrowed and never NULL. */
typedef struct imga_exception_row {
    uint32_t struct_size;
    uint32_t line;      /**< line in the policy */
    const char *id;
    const char *rule;   /**< the rule it excuses; "" for every rule */
    const char *owner;
    const char *reason;
    int64_t until;      /**< first second it is no longer valid, since 1970-01-01 UTC */
    int32_t expired;    /**< 1 when until is not after the clock */
    uint32_t reserved;
    uint64_t used;      /**< items it excused, or would have if it had not expired */
} imga_exception_row;

/**
 * Reads a policy: a strict subset of YAML; JSON is accepted too.
 *
 * @param context the context.
 * @param source the document.
 * @param out receives the policy, owned by the caller.
 * @param error receives the error, with line and column in the message; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_IO, IMGA_E_CANCELLED, IMGA_E_LIMIT, IMGA_E_FORMAT,
 *         IMGA_E_UNSUPPORTED (a policy version or check that this library does not know).
 * Since: 0.1
 */
IMGA_API int imga_policy_read(imga_context *context, imga_source *source, imga_policy **out, imga_error **error);

/**
 * Drops a reference.
 *
 * @param policy the policy, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_policy *imga_policy_unref(imga_policy *policy);

/**
 * Identity: "sha256:" and the hex SHA-256 of the policy's bytes.
 *
 * @param policy the policy; NULL gives "".
 * @return borrowed, never NULL.
 * Since: 0.1
 */
IMGA_API const char *imga_policy_id(const imga_policy *policy);

/**
 * The policy's own name.
 *
 * @param policy the policy; NULL gives "".
 * @return borrowed, never NULL.
 * Since: 0.1
 */
IMGA_API const char *imga_policy_name(const imga_policy *policy);

/**
 * Judges findings. Same policy, findings and clock: same verdict.
 *
 * @param policy the policy; the verdict takes a reference.
 * @param findings the findings; the verdict takes a reference.
 * @param now the clock, seconds since 1970-01-01 UTC.
 * @param out receives the verdict, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_CANCELLED, IMGA_E_LIMIT.
 * Since: 0.1
 */
IMGA_API int imga_policy_evaluate(imga_policy *policy, imga_findings *findings, int64_t now, imga_verdict **out,
                                  imga_error **error);

/**
 * Drops a reference.
 *
 * @param verdict the verdict, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_verdict *imga_verdict_unref(imga_verdict *verdict);

/**
 * The overall result: the worst of all items.
 *
 * @param verdict the verdict; NULL gives IMGA_VERDICT_INCOMPLETE.
 * @return IMGA_VERDICT_*.
 * Since: 0.1
 */
IMGA_API int32_t imga_verdict_result(const imga_verdict *verdict);

/**
 * Number of items.
 *
 * @param verdict the verdict; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_verdict_count(const imga_verdict *verdict);

/**
 * Fills rows of items, in the order of the policy's rules, then of the findings.
 *
 * @param verdict the verdict.
 * @param first index of the first item.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_verdict_rows(const imga_verdict *verdict, size_t first, imga_verdict_row *rows, size_t count);

/**
 * Number of exceptions of the policy.
 *
 * @param verdict the verdict; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_verdict_exception_count(const imga_verdict *verdict);

/**
 * Fills rows of exceptions, in the order of the policy.
 *
 * @param verdict the verdict.
 * @param first index of the first exception.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_verdict_exceptions(const imga_verdict *verdict, size_t first, imga_exception_row *rows,
                                         size_t count);

/**
 * The name of a result: "pass", "warn", "incomplete", "fail".
 *
 * @param result IMGA_VERDICT_*; an unknown one gives "unknown".
 * @return a static string, never NULL.
 * Since: 0.1
 */
IMGA_API const char *imga_verdict_name(int32_t result);

/**
 * Reads an instant as policies write it: "YYYY-MM-DD" (midnight UTC) or RFC 3339, "2026-01-31T12:00:00Z".
 *
 * @param text the instant, NUL-terminated.
 * @param seconds receives seconds since 1970-01-01 UTC.
 * @return IMGA_OK, IMGA_E_INVALID (a parameter is NULL), IMGA_E_FORMAT.
 * Since: 0.1
 */
IMGA_API int imga_time_parse(const char *text, int64_t *seconds);

#ifdef __cplusplus
}
#endif
#endif
