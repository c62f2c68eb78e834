/* SPDX-License-Identifier: Apache-2.0 */
/* The session of one command. Reports go to stdout; everything here goes to stderr. */
#include "session.h"

#include "cache.h"
#include "open_image.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TIMEOUT = 300 }; /* seconds */

/* A signal handler can reach nothing else. */
static imga_cancel *interrupted;
/* The same: which signal came. */
static volatile sig_atomic_t stopped, timed_out;

static void on_interrupt(int signal_number)
{
    stopped = signal_number;
    imga_cancel_set(interrupted, 1);
}

static void on_alarm(int signal_number)
{
    stopped = timed_out = signal_number;
    imga_cancel_set(interrupted, 1);
}

static void on_log(void *user, int32_t level, const char *text)
{
    session_clear_bar(user);
    fprintf(stderr, "imgassure: %s%s\n",
            level == IMGA_LOG_ERROR     ? "error: "
            : level == IMGA_LOG_WARNING ? "warning: "
                                        : "",
            text);
}

static int on_progress(void *user, int32_t stage, uint64_t done, uint64_t total)
{
    static const char *const stages[] = {"reading layers", "reading feed", "matching"};
    struct session *session = user;
    const char *name = stage >= 0 && stage < 3 ? stages[stage] : "working";
    int percent = total ? (int)(done >= total ? 100 : done * 100 / total) : -1;
    if (percent == session->bar - 1)
        return 0;
    session->bar = percent + 1;
    if (percent < 0)
        fprintf(stderr, "\r\033[K%s ...", name);
    else
        fprintf(stderr, "\r\033[K%s [%-20.*s] %3d%%", name, percent / 5, "####################", percent);
    return 0;
}

int session_is_stopped(void)
{
    return stopped != 0;
}

void session_clear_bar(struct session *session)
{
    if (session->bar)
        fputs("\r\033[K", stderr);
    session->bar = 0;
}

static void catch_interrupt(struct session *session)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    if (imga_cancel_new(&interrupted, NULL) != IMGA_OK)
        return;
    imga_context_set_cancel(session->context, interrupted);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* An image may be made to take long; a pipeline should not wait for ever. */
static void limit_time(const struct options *options)
{
    struct sigaction action = {.sa_handler = on_alarm};
    unsigned seconds = options->has_timeout ? options->timeout : TIMEOUT;
    if (!options->limits_time || !seconds)
        return;
    sigaction(SIGALRM, &action, NULL);
    alarm(seconds);
}

/* A file of rules is small: what is longer has been named by mistake. */
static int set_classifiers(struct session *session, const char *path)
{
    enum { RULES_MAX = 1 << 20 };
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(RULES_MAX + 1) : NULL;
    size_t size = text ? fread(text, 1, RULES_MAX + 1, file) : 0;
    int status = 0;
    if (!text || ferror(file) || size > RULES_MAX) {
        fprintf(stderr, "imgassure: reading the classifiers %s: %s\n", path,
                size > RULES_MAX ? "more than 1 MiB" : strerror(errno));
        status = EXIT_FAILED;
    } else if (imga_context_set_classifiers(session->context, text, size, &session->error) != IMGA_OK) {
        status = session_fail(session, path);
    }
    free(text);
    if (file)
        fclose(file);
    return status;
}

int session_open(struct session *session, const struct options *options)
{
    *session = (struct session){.options = options};
    if (imga_context_new(NULL, &session->context, &session->error) != IMGA_OK)
        return session_fail(session, "starting");
    imga_context_set_log(session->context, on_log, session,
                         options->verbose ? IMGA_LOG_DEBUG
                         : options->quiet ? IMGA_LOG_ERROR
                                          : IMGA_LOG_WARNING);
    if (!options->quiet && !options->no_progress && isatty(STDERR_FILENO))
        imga_context_set_progress(session->context, on_progress, session);
    imga_context_set_threads(session->context, options->threads);
    catch_interrupt(session);
    limit_time(options);
    int status = options->classifiers ? set_classifiers(session, options->classifiers) : 0;
    return status == 0 && options->cache ? cache_open(session, options->cache) : status;
}

void session_close(struct session *session)
{
    session_clear_bar(session);
    imga_error_free(session->error);
    imga_context_unref(session->context);
    interrupted = imga_cancel_unref(interrupted);
}

static int exit_code_of(int32_t status)
{
    switch (status) {
    case IMGA_E_DIGEST:
    case IMGA_E_CHECKSUM:
        return EXIT_INTEGRITY;
    case IMGA_E_CANCELLED:
        return EXIT_INTERRUPTED;
    default:
        return EXIT_FAILED;
    }
}

int session_fail(struct session *session, const char *what)
{
    const imga_error *error = session->error;
    session_clear_bar(session);
    if (timed_out && imga_error_code(error) == IMGA_E_CANCELLED) {
        fprintf(stderr, "imgassure: %s: not done in time (--timeout)\n", what);
        return EXIT_FAILED;
    }
    fprintf(stderr, "imgassure: %s: ", what);
    if (*imga_error_where(error))
        fprintf(stderr, "%s: ", imga_error_where(error));
    fputs(imga_error_message(error), stderr);
    if (imga_error_offset(error) >= 0)
        fprintf(stderr, " (byte %lld)", (long long)imga_error_offset(error));
    fprintf(stderr, " [%s]\n", imga_status_name(imga_error_code(error)));
    return exit_code_of(imga_error_code(error));
}

int64_t session_now(const struct session *session)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;
    if (session->options->has_at)
        return session->options->at;
    long long seconds = epoch ? strtoll(epoch, &end, 10) : 0;
    return epoch && end != epoch && !*end ? (int64_t)seconds : (int64_t)time(NULL);
}

static int read_inventory(struct session *session, imga_inventory **out)
{
    imga_source *source = NULL;
    int status = imga_source_from_path(session->context, session->options->inventory, &source, &session->error);
    if (status == IMGA_OK)
        status = imga_inventory_read(session->context, source, out, &session->error);
    imga_source_unref(source);
    return status == IMGA_OK ? 0 : session_fail(session, "reading the inventory");
}

int session_inventory(struct session *session, imga_inventory **out)
{
    imga_image *image = NULL;
    if (session->options->inventory)
        return read_inventory(session, out);
    int failed = open_image(session, &image);
    if (failed)
        return failed;
    int status = imga_inventory_collect(session->context, image, out, &session->error);
    imga_image_unref(image);
    session_clear_bar(session);
    return status == IMGA_OK ? 0 : session_fail(session, "reading the image");
}

int session_findings(struct session *session, imga_inventory *inventory, imga_findings **out)
{
    imga_database *database = NULL;
    if (imga_database_open(session->context, session->options->database, &database, &session->error) != IMGA_OK)
        return session_fail(session, "opening the database");
    int status = imga_match(session->context, inventory, database, out, &session->error);
    imga_database_unref(database);
    session_clear_bar(session);
    return status == IMGA_OK ? 0 : session_fail(session, "matching");
}

void session_remark(struct session *session, const imga_note_row *note)
{
    if (session->options->quiet)
        return;
    fprintf(stderr, "imgassure: %s: %s%s%s [%s]\n", imga_note_is_incomplete(note->code) ? "not examined" : "note",
            note->where, *note->where ? ": " : "", note->text, imga_note_name(note->code));
}

void session_remarks(struct session *session, const imga_inventory *inventory, const imga_findings *findings)
{
    imga_note_row note = {.struct_size = sizeof(note)};
    for (size_t i = 0; imga_inventory_notes(inventory, i, &note, 1) == 1; i++)
        session_remark(session, &note);
    for (size_t i = 0; findings && imga_findings_notes(findings, i, &note, 1) == 1; i++)
        session_remark(session, &note);
}
