/* SPDX-License-Identifier: Apache-2.0 */
/* imgassure gate: may this image be trusted here, now, and why? */
#include "commands.h"
#include "open_image.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

/* --fail-on as a policy document: the same language, the same evaluation. */
static int policy_from_flags(struct session *session, imga_source **out, char *text, size_t size)
{
    const struct options *options = session->options;
    static const char *const severities[] = {"negligible", "low", "medium", "high", "critical"};
    for (size_t i = 0; i < 5; i++) {
        if (strcmp(options->fail_on, severities[i]) != 0)
            continue;
        snprintf(text, size,
                 "imgassure: 1\npolicy: command line\ndefault: {unknown: deny, severity: %s}\nrules:\n"
                 "  - {id: fail-on, check: vuln, severity: %s, fixable: %s}\n",
                 options->fail_on, options->fail_on, options->only_fixed ? "true" : "false");
        return imga_source_from_memory(session->context, text, strlen(text), out, &session->error);
    }
    return IMGA_E_INVALID;
}

static int read_policy(struct session *session, imga_policy **out)
{
    char text[256];
    imga_source *source = NULL;
    int status;
    if (session->options->policy)
        status = imga_source_from_path(session->context, session->options->policy, &source, &session->error);
    else
        status = policy_from_flags(session, &source, text, sizeof(text));
    if (status == IMGA_E_INVALID && !session->options->policy)
        return usage_error(&command_gate, "--fail-on takes negligible, low, medium, high or critical",
                           session->options->fail_on);
    if (status == IMGA_OK)
        status = imga_policy_read(session->context, source, out, &session->error);
    imga_source_unref(source);
    return status == IMGA_OK ? 0 : session_fail(session, "reading the policy");
}

static int exit_code_of(int32_t result)
{
    switch (result) {
    case IMGA_VERDICT_PASS:
    case IMGA_VERDICT_WARN:
        return EXIT_PASS;
    case IMGA_VERDICT_FAIL:
        return EXIT_DENIED;
    default:
        return EXIT_INCOMPLETE;
    }
}

/* The policy is read first: a mistake in it should not cost a pass over the image. */
static int gate(struct session *session)
{
    imga_policy *policy = NULL;
    imga_inventory *inventory = NULL;
    imga_findings *findings = NULL;
    imga_verdict *verdict = NULL;
    int status = read_policy(session, &policy);
    if (status == 0)
        status = session_inventory(session, &inventory);
    if (status == 0)
        status = session_findings(session, inventory, &findings);
    if (status == 0 &&
        imga_policy_evaluate(policy, findings, session_now(session), &verdict, &session->error) != IMGA_OK)
        status = session_fail(session, "evaluating the policy");
    if (status == 0)
        status = output_reports(session, &(struct report_input){.verdict = verdict});
    if (status == 0)
        status = exit_code_of(imga_verdict_result(verdict));
    imga_verdict_unref(verdict);
    imga_findings_unref(findings);
    imga_inventory_unref(inventory);
    imga_policy_unref(policy);
    return status;
}

static int run_gate(const struct options *options)
{
    struct session session;
    if ((options->inventory != NULL) + options->argument_count != 1)
        return usage_error(&command_gate, "give one image, or --inventory", "");
    if (!options->database)
        return usage_error(&command_gate, "--db is missing", "");
    if (!options->policy == !options->fail_on)
        return usage_error(&command_gate, "give either --policy or --fail-on", "");
    if (options->only_fixed && !options->fail_on)
        return usage_error(&command_gate, "--only-fixed goes with --fail-on; a policy says fixable: true", "");
    int status = output_check(&command_gate, options);
    if (status != 0)
        return status;
    status = session_open(&session, options);
    if (status == 0)
        status = each_image(&session, gate);
    session_close(&session);
    return status;
}

const struct command command_gate = {
    "gate", "IMAGE --db FILE (--policy FILE | --fail-on SEVERITY) [OPTION...]",
    "Judges an image by a policy and says why.\n"
    "Exit: 0 pass, 1 could not do it, 2 policy failed, 3 incomplete, 4 integrity failure, 64 usage.",
    "dpFuirPLRVCxjmtoawcnqv", run_gate};
