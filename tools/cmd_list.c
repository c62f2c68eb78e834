/* SPDX-License-Identifier: Apache-2.0 */
/* imgassure list: what an archive, a layout or a store holds. */
#include "commands.h"
#include "session.h"

#include <stdio.h>

static const char *kind_of(uint32_t kind)
{
    return kind == IMGA_ENTRY_IMAGE ? "image" : kind == IMGA_ENTRY_ATTESTATION ? "attestation" : "unknown";
}

static void print_entry(const imga_image_entry_row *row)
{
    char platform[128] = "-";
    if (*row->os)
        snprintf(platform, sizeof(platform), "%.40s/%.40s%s%.40s", row->os, row->architecture, *row->variant ? "/" : "",
                 row->variant);
    printf("%-11s  %-16s  %-71s  %s%s%s\n", kind_of(row->kind), platform, *row->digest ? row->digest : "-",
           *row->reference ? row->reference : "-", *row->subject ? "  about " : "", row->subject);
}

static int list(struct session *session)
{
    const struct options *options = session->options;
    const imga_image_options choose = {.struct_size = sizeof(choose), .reference = options->reference};
    imga_image_entry_row row = {.struct_size = sizeof(row)};
    imga_image_list *entries = NULL;
    if (imga_image_list_open(session->context, options->arguments[0], &choose, &entries, &session->error) != IMGA_OK)
        return session_fail(session, "listing the images");
    for (size_t i = 0; imga_image_list_rows(entries, i, &row, 1) == 1; i++)
        print_entry(&row);
    imga_image_list_unref(entries);
    return EXIT_PASS;
}

static int run_list(const struct options *options)
{
    struct session session;
    if (options->argument_count != 1)
        return usage_error(&command_list, "give one archive, folder or store", "");
    int status = session_open(&session, options);
    if (status == 0)
        status = list(&session);
    session_close(&session);
    return status;
}

const struct command command_list = {
    "list", "IMAGE [OPTION...]",
    "Lists the images, platforms and attestations of an archive, layout or store: kind, platform, digest, name.\n"
    "Exit: 0 done, 1 could not do it, 4 integrity failure, 64 usage.",
    "rqv", run_list};
