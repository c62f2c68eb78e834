/* SPDX-License-Identifier: Apache-2.0 */
/* imgassure db build, info, verify: advisory feeds compiled into one file. */
#include "commands.h"
#include "output.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void feed_remarks(const struct session *session, const imga_database_writer *writer)
{
    imga_note_row note = {.struct_size = sizeof(note)};
    for (size_t i = 0; !session->options->quiet && imga_database_writer_notes(writer, i, &note, 1) == 1; i++)
        fprintf(stderr, "imgassure: skipped: %s: %s (byte %lld)\n", note.where, note.text, (long long)note.offset);
}

/* "NAME=PATH", or a path whose last component without suffix is the name. */
static const char *split_feed(const char *argument, char *name, size_t size)
{
    const char *equals = strchr(argument, '=');
    const char *slash = strrchr(argument, '/');
    const char *from = equals || !slash ? argument : slash + 1;
    size_t n = equals ? (size_t)(equals - argument) : strcspn(from, ".");
    snprintf(name, size, "%.*s", (int)(n < size ? n : size - 1), from);
    return equals ? equals + 1 : argument;
}

static int add_feed(struct session *session, imga_database_writer *writer, const char *argument)
{
    char name[128];
    const char *path = split_feed(argument, name, sizeof(name));
    const imga_feed_options feed = {.struct_size = sizeof(feed), .name = name, .as_of = session->options->as_of};
    imga_source *source = NULL;
    int status = imga_source_from_path(session->context, path, &source, &session->error);
    if (status == IMGA_OK)
        status = imga_database_writer_add(writer, &feed, source, &session->error);
    imga_source_unref(source);
    session_clear_bar(session);
    return status == IMGA_OK ? 0 : session_fail(session, path);
}

static int build(struct session *session, imga_database_writer *writer)
{
    const struct options *options = session->options;
    struct output_file file;
    int status = 0;
    for (size_t i = 0; i < options->argument_count && status == 0; i++)
        status = add_feed(session, writer, options->arguments[i]);
    feed_remarks(session, writer);
    if (status != 0)
        return status;
    status = output_open(&file, options->outputs[0]);
    if (status == 0 && imga_database_writer_finish(writer, output_write, &file, &session->error) != IMGA_OK)
        status = session_fail(session, "writing the database");
    int closed = output_close(&file, status == 0);
    return status ? status : closed;
}

static int run_build(const struct options *options)
{
    struct session session;
    imga_database_writer *writer = NULL;
    if (options->output_count != 1)
        return usage_error(&command_db_build, "give one -o FILE", "");
    if (options->argument_count == 0)
        return usage_error(&command_db_build, "give at least one feed", "");
    int status = session_open(&session, options);
    if (status == 0 && imga_database_writer_new(session.context, &writer, &session.error) != IMGA_OK)
        status = session_fail(&session, "starting the database");
    if (status == 0)
        status = build(&session, writer);
    imga_database_writer_free(writer);
    session_close(&session);
    return status;
}

static void print_time(int64_t seconds)
{
    struct tm utc;
    time_t value = (time_t)seconds;
    char text[32] = "unknown";
    if (seconds && gmtime_r(&value, &utc))
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    fputs(text, stdout);
}

/* A database file may come from anywhere: what could steer a terminal becomes a question mark. */
static void print_text(const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        int is_c1 = c == 0xc2 && (unsigned char)text[1] >= 0x80 && (unsigned char)text[1] < 0xa0;
        putchar(c < 0x20 || c == 0x7f || is_c1 ? '?' : c);
        text += is_c1;
    }
}

static void print_coverage(const imga_coverage_row *row)
{
    fputs("Covers:    ", stdout);
    print_text(row->distro);
    putchar(' ');
    print_text(row->release);
    fputs(*row->repository ? " " : "", stdout);
    print_text(row->repository);
    printf(", %llu records\n", (unsigned long long)row->records);
}

static void print_info(const imga_database *database)
{
    imga_feed_row feed = {.struct_size = sizeof(feed)};
    imga_coverage_row coverage = {.struct_size = sizeof(coverage)};
    printf("Database:  %s\nRecords:   %llu\n", imga_database_id(database),
           (unsigned long long)imga_database_record_count(database));
    for (size_t i = 0; imga_database_feeds(database, i, &feed, 1) == 1; i++) {
        fputs("Feed:      ", stdout);
        print_text(feed.name);
        printf(", %llu records, %llu skipped, sha256 ", (unsigned long long)feed.records,
               (unsigned long long)feed.skipped);
        print_text(feed.sha256);
        fputs(", as of ", stdout);
        print_time(feed.as_of);
        putchar('\n');
    }
    for (size_t i = 0; imga_database_coverage(database, i, &coverage, 1) == 1; i++)
        print_coverage(&coverage);
}

static int open_and(const struct options *options, void (*use)(const imga_database *database))
{
    struct session session;
    imga_database *database = NULL;
    int status = session_open(&session, options);
    if (status == 0 && imga_database_open(session.context, options->arguments[0], &database, &session.error) != IMGA_OK)
        status = session_fail(&session, "opening the database");
    if (status == 0)
        use(database);
    imga_database_unref(database);
    session_close(&session);
    return status;
}

static int run_info(const struct options *options)
{
    if (options->argument_count != 1)
        return usage_error(&command_db_info, "give one database", "");
    return open_and(options, print_info);
}

static void print_verified(const imga_database *database)
{
    printf("%s: every checksum, offset and order is right, %llu records\n", imga_database_id(database),
           (unsigned long long)imga_database_record_count(database));
}

static int run_verify(const struct options *options)
{
    if (options->argument_count != 1)
        return usage_error(&command_db_verify, "give one database", "");
    return open_and(options, print_verified);
}

const struct command command_db_build = {
    "db build", "-o FILE [NAME=]FEED...",
    "Compiles advisory feeds (Debian security tracker JSON, Alpine secdb) into a database file.\n"
    "The format of a feed is told by its content; its name in findings is NAME or the file's name.\n"
    "Exit: 0 done, 1 could not do it (FILE is then as it was), 64 usage.",
    "oTnqv", run_build};

const struct command command_db_info = {"db info", "FILE", "Shows feeds, dates and coverage of a database.", "qv",
                                        run_info};

const struct command command_db_verify = {
    "db verify", "FILE",
    "Checks a database completely.\nExit: 0 good, 1 not a good database, 4 checksum wrong, 64 usage.", "qv",
    run_verify};
