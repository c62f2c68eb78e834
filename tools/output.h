/* SPDX-License-Identifier: Apache-2.0 */
/* Where reports go: stdout, or a file that appears whole under its name or not at all. */
#ifndef TOOLS_OUTPUT_H
#define TOOLS_OUTPUT_H

#include "session.h"

/* A file being written under a temporary name beside its own. */
struct output_file {
    char *name;
    char *temporary; /* NULL: stdout, a device or a pipe */
    int descriptor;
};

/* NULL or "-" is stdout. 0, or an exit code with the error printed. */
int output_open(struct output_file *file, const char *name);
/* An imga_write_fn; user is the struct output_file. */
int output_write(void *user, const void *data, size_t size);
/* Gives the file its name (keep) or removes it. 0, or an exit code with the error printed. */
int output_close(struct output_file *file, int keep);

struct report_input {
    const imga_inventory *inventory;
    const imga_findings *findings;
    const imga_verdict *verdict;
    int is_inventory; /* json means the inventory document itself */
};

/* Whether every -o names a format: 0, or a usage error. To be asked before the work begins. */
int output_check(const struct command *command, const struct options *options);
/* Writes every -o, or a table to stdout. 0, or an exit code with the error printed. */
int output_reports(struct session *session, const struct report_input *input);

#endif
