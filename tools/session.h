/* SPDX-License-Identifier: Apache-2.0 */
/* What every command needs: a context with log, progress bar and Ctrl-C, and errors in words with an exit code. */
#ifndef TOOLS_SESSION_H
#define TOOLS_SESSION_H

#include "options.h"

#include <imgassure/imgassure.h>

struct session {
    const struct options *options;
    imga_context *context;
    imga_error *error;                  /* of the last failed call */
    int bar;                            /* a progress bar stands on the terminal's line */
    const imga_image_entry_row *chosen; /* the image at hand, of several; NULL: the only one */
};

/* 0, or an exit code with the error printed. */
int session_open(struct session *session, const struct options *options);
void session_close(struct session *session);
/* Prints the error and gives the exit code for it. */
int session_fail(struct session *session, const char *what);
int session_is_stopped(void); /* a signal asked to stop, or the time is over */
void session_clear_bar(struct session *session);
/* The clock: --at, or SOURCE_DATE_EPOCH, or now. */
int64_t session_now(const struct session *session);

/* Steps that several commands share. 0, or an exit code with the error printed. */
int session_inventory(struct session *session, imga_inventory **out); /* --inventory, or the image argument */
int session_findings(struct session *session, imga_inventory *inventory, imga_findings **out); /* --db */
void session_remark(struct session *session, const imga_note_row *note); /* on stderr, unless quiet */
/* Notes on stderr in short, unless quiet. */
void session_remarks(struct session *session, const imga_inventory *inventory, const imga_findings *findings);

#endif
