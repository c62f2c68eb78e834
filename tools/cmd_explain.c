/* SPDX-License-Identifier: Apache-2.0 */
/* imgassure explain: why a vulnerability is reported for an image, or why not. */
#include "commands.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

/* Explains each finding of an id; *count receives how many there were. */
static int explain_all(struct session *session, imga_findings *findings, const char *id, size_t *count)
{
    imga_inventory *inventory = imga_findings_inventory(findings);
    imga_finding_row finding = {.struct_size = sizeof(finding)};
    imga_package_row package = {.struct_size = sizeof(package)};
    struct output_file out;
    int status = output_open(&out, NULL);
    for (size_t i = 0; status == 0 && imga_findings_rows(findings, i, &finding, 1) == 1; i++) {
        if (strcmp(finding.id, id) != 0 || imga_inventory_packages(inventory, finding.package, &package, 1) != 1)
            continue;
        if (session->options->package && strcmp(package.name, session->options->package) != 0)
            continue;
        if ((*count)++)
            output_write(&out, "\n", 1);
        if (imga_findings_explain(findings, i, output_write, &out, &session->error) != IMGA_OK)
            status = session_fail(session, "explaining");
    }
    return status;
}

static int explain(struct session *session, const char *id)
{
    imga_inventory *inventory = NULL;
    imga_findings *findings = NULL;
    size_t count = 0;
    int status = session_inventory(session, &inventory);
    if (status == 0)
        status = session_findings(session, inventory, &findings);
    if (status == 0)
        status = explain_all(session, findings, id, &count);
    if (status == 0 && count == 0)
        printf("%s: no advisory of the database names a package of this image.\n", id);
    if (status == 0 && !imga_findings_is_complete(findings)) {
        session_remarks(session, inventory, findings);
        status = EXIT_INCOMPLETE;
    }
    imga_findings_unref(findings);
    imga_inventory_unref(inventory);
    return status;
}

static int run_explain(const struct options *options)
{
    struct session session;
    if ((options->inventory != NULL) + options->argument_count != 2)
        return usage_error(&command_explain, "give an image (or --inventory) and an identifier", "");
    if (!options->database)
        return usage_error(&command_explain, "--db is missing", "");
    int status = session_open(&session, options);
    if (status == 0)
        status = explain(&session, options->arguments[options->argument_count - 1]);
    session_close(&session);
    return status;
}

const struct command command_explain = {
    "explain", "IMAGE CVE-ID --db FILE [OPTION...]",
    "Explains each finding of one identifier: advisory, compared versions, rule, layer and file, remedy.\n"
    "Exit: 0 done, 1 could not do it, 3 incomplete, 4 integrity failure, 64 usage.",
    "dirPLRVCxjmknqv", run_explain};
