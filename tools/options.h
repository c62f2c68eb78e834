/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: one table of options for all commands, from which parsing and help are made. Each command names the
 * letters of the options it takes.
 */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

enum { MAX_OUTPUTS = 8, MAX_ARGUMENTS = 256 };

enum exit_code {
    EXIT_PASS = 0,       /* done; a gate passed (also with warnings) */
    EXIT_FAILED = 1,     /* could not do the job */
    EXIT_DENIED = 2,     /* the policy says no */
    EXIT_INCOMPLETE = 3, /* done, but something could not be looked at */
    EXIT_INTEGRITY = 4,  /* a digest, checksum or signature is wrong */
    EXIT_USAGE = 64,
    EXIT_INTERRUPTED = 130
};

enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

struct options {
    const char *database;
    const char *policy;
    const char *inventory;
    const char *reference;
    const char *platform;
    const char *fail_on;
    const char *package;
    const char *cache;
    const char *classifiers;
    uint32_t verify; /* IMGA_VERIFY_* */
    int only_fixed;
    int all;
    int digests;
    int removed;
    int lockfiles;
    int quiet;
    int verbose;
    int no_progress;
    enum colour colour;
    int width;
    unsigned threads; /* 0: one per processor */
    int limits_time;  /* the command takes --timeout */
    int has_timeout;
    unsigned timeout; /* seconds; 0: none */
    int has_at;
    int64_t at;
    int has_as_of;
    int64_t as_of;
    const char *outputs[MAX_OUTPUTS]; /* FORMAT[=FILE]; for db build the file */
    size_t output_count;
    const char *arguments[MAX_ARGUMENTS];
    size_t argument_count;
};

struct command {
    const char *name;                          /* "scan", "db build" */
    const char *usage;                         /* what follows the name: "IMAGE --db FILE" */
    const char *summary;                       /* one line */
    const char *takes;                         /* letters of its options */
    int (*run)(const struct options *options); /* an exit code */
};

/* Parses what follows the name: 0 to go on, -1 when help was printed, or the exit code when an error was. */
int parse_options(const struct command *command, int argc, char **argv, struct options *out);
/* The help of one command, to stdout. */
void print_command_help(const struct command *command);
/* "imgassure NAME: MESSAGE" and a hint on stderr; returns EXIT_USAGE. */
int usage_error(const struct command *command, const char *message, const char *detail);

#endif
