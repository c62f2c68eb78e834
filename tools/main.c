/* SPDX-License-Identifier: Apache-2.0 */
/* imgassure: the command line over the public API of libimgassure, and nothing else. */
#include "commands.h"

#include <imgassure/imgassure.h>

#include <stdio.h>
#include <string.h>

static int run_version(const struct options *options)
{
    (void)options;
    printf("imgassure %s%s%s\n", imga_version(), imga_feature("zstd") ? " +zstd" : "",
           imga_feature("isal") ? " +isal" : "");
    return EXIT_PASS;
}

const struct command command_version = {"version", "", "Shows the version of the library.", "", run_version};

static const struct command *const commands[] = {
    &command_scan,  &command_gate,     &command_inventory, &command_explain,   &command_list,
    &command_files, &command_db_build, &command_db_info,   &command_db_verify, &command_version,
};

static void print_help(FILE *out)
{
    fprintf(out, "Usage: imgassure COMMAND [ARGUMENT...]\n\nMay this container image be trusted here, now, and why?\n\n"
                 "Commands:\n");
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        fprintf(out, "  %-10s %.*s\n", commands[i]->name, (int)strcspn(commands[i]->summary, "\n"),
                commands[i]->summary);
    fprintf(out, "\nIMAGE is a docker save archive, an OCI layout or archive, a folder of skopeo's dir:, a root folder "
                 "or root tar,\n"
                 "or \"-\" for an archive on stdin; compressed or not. The form is told by content, or by a prefix:\n"
                 "docker-archive: oci: oci-archive: dir: rootfs: containers-storage:[ROOT]NAME docker-root:[ROOT]NAME\n"
                 "\"imgassure COMMAND --help\" shows the options of a command.\n");
}

/* Number of words of the command's name that stand at argv, or 0. */
static int words_that_match(const char *name, int argc, char **argv)
{
    const char *blank = strchr(name, ' ');
    size_t first = blank ? (size_t)(blank - name) : strlen(name);
    if (argc < 1 || strlen(argv[0]) != first || strncmp(argv[0], name, first) != 0)
        return 0;
    if (!blank)
        return 1;
    return argc >= 2 && strcmp(argv[1], blank + 1) == 0 ? 2 : 0;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)) {
        print_help(stdout);
        return EXIT_PASS;
    }
    if (argc >= 2 && strcmp(argv[1], "--version") == 0)
        return run_version(&options);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        int words = words_that_match(commands[i]->name, argc - 1, argv + 1);
        if (words == 0)
            continue;
        options.limits_time = strchr(commands[i]->takes, 'm') != NULL;
        int status = parse_options(commands[i], argc - 1 - words, argv + 1 + words, &options);
        return status < 0 ? EXIT_PASS : status ? status : commands[i]->run(&options);
    }
    print_help(stderr);
    return EXIT_USAGE;
}
