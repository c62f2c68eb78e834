/* SPDX-License-Identifier: Apache-2.0 */
/* imgassure scan, imgassure inventory: what is in an image, and what the advisories say about it. */
#include "commands.h"
#include "open_image.h"
#include "output.h"

static int scan(struct session *session)
{
    imga_inventory *inventory = NULL;
    imga_findings *findings = NULL;
    int status = session_inventory(session, &inventory);
    if (status == 0)
        status = session_findings(session, inventory, &findings);
    if (status == 0)
        status = output_reports(session, &(struct report_input){.inventory = inventory, .findings = findings});
    if (status == 0 && !imga_findings_is_complete(findings)) {
        session_remarks(session, inventory, findings);
        status = EXIT_INCOMPLETE;
    }
    imga_findings_unref(findings);
    imga_inventory_unref(inventory);
    return status;
}

static int list(struct session *session)
{
    imga_inventory *inventory = NULL;
    int status = session_inventory(session, &inventory);
    if (status == 0)
        status = output_reports(session, &(struct report_input){.inventory = inventory, .is_inventory = 1});
    if (status == 0 && !imga_inventory_is_complete(inventory)) {
        session_remarks(session, inventory, NULL);
        status = EXIT_INCOMPLETE;
    }
    imga_inventory_unref(inventory);
    return status;
}

static int run_scan(const struct options *options)
{
    struct session session;
    if ((options->inventory != NULL) + options->argument_count != 1)
        return usage_error(&command_scan, "give one image, or --inventory", "");
    if (!options->database)
        return usage_error(&command_scan, "--db is missing", "");
    int status = output_check(&command_scan, options);
    if (status != 0)
        return status;
    status = session_open(&session, options);
    if (status == 0)
        status = each_image(&session, scan);
    session_close(&session);
    return status;
}

static int run_inventory(const struct options *options)
{
    struct session session;
    if ((options->inventory != NULL) + options->argument_count != 1)
        return usage_error(&command_inventory, "give one image, or --inventory", "");
    int status = output_check(&command_inventory, options);
    if (status != 0)
        return status;
    status = session_open(&session, options);
    if (status == 0)
        status = each_image(&session, list);
    session_close(&session);
    return status;
}

const struct command command_scan = {"scan", "IMAGE --db FILE [OPTION...]",
                                     "Lists what the advisories say about the packages of an image.\n"
                                     "Exit: 0 done, 1 could not do it, 3 incomplete, 4 integrity failure, 64 usage.",
                                     "dirPLRVCxjmoawcnqv", run_scan};

const struct command command_inventory = {
    "inventory", "IMAGE [OPTION...]",
    "Lists the packages of an image. With -o json: the inventory document, to be used with --inventory later;\n"
    "with -o cyclonedx: the same for other programs.\n"
    "Exit: 0 done, 1 could not do it, 3 incomplete, 4 integrity failure, 64 usage.",
    "irPLRVCxjmoawcnqv", run_inventory};
