/* SPDX-License-Identifier: Apache-2.0 */
/* Report output. Files are written to a temporary name, synced and renamed; devices and pipes are written to. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int complain(const char *what, const char *name)
{
    fprintf(stderr, "imgassure: %s %s: %s\n", what, name, strerror(errno));
    return EXIT_FAILED;
}

/* A device or a pipe must not be replaced by a file of its name. */
static int is_special(const char *name)
{
    struct stat info;
    return stat(name, &info) == 0 && !S_ISREG(info.st_mode);
}

int output_open(struct output_file *file, const char *name)
{
    *file = (struct output_file){.descriptor = STDOUT_FILENO};
    if (!name || strcmp(name, "-") == 0)
        return 0;
    if (is_special(name)) {
        file->descriptor = open(name, O_WRONLY | O_CLOEXEC);
        return file->descriptor < 0 ? complain("opening", name) : 0;
    }
    size_t size = strlen(name) + sizeof(".XXXXXX");
    file->name = malloc(size);
    file->temporary = malloc(size);
    if (!file->name || !file->temporary)
        return complain("writing", name);
    snprintf(file->name, size, "%s", name);
    snprintf(file->temporary, size, "%s.XXXXXX", name);
    file->descriptor = mkstemp(file->temporary);
    if (file->descriptor < 0) {
        free(file->temporary);
        file->temporary = NULL;
        return complain("creating a file beside", name);
    }
    return 0;
}

int output_write(void *user, const void *data, size_t size)
{
    const struct output_file *file = user;
    const char *rest = data;
    while (size) {
        ssize_t n = write(file->descriptor, rest, size);
        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0) {
            rest += n;
            size -= (size_t)n;
        }
    }
    return 0;
}

/* mkstemp makes private files; a report is as readable as the user's umask wants. */
static int publish(const struct output_file *file)
{
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(file->descriptor, 0666 & ~mask) != 0 || fsync(file->descriptor) != 0)
        return complain("writing", file->name);
    return rename(file->temporary, file->name) == 0 ? 0 : complain("renaming to", file->name);
}

int output_close(struct output_file *file, int keep)
{
    int status = 0;
    if (file->temporary) {
        status = keep ? publish(file) : EXIT_FAILED;
        close(file->descriptor);
        if (status != 0)
            unlink(file->temporary);
    } else if (file->descriptor > STDERR_FILENO && close(file->descriptor) != 0) {
        status = complain("writing", "the output");
    }
    free(file->name);
    free(file->temporary);
    *file = (struct output_file){.descriptor = -1};
    return keep ? status : 0;
}

static int terminal_width(const struct options *options)
{
    struct winsize size;
    if (options->width)
        return options->width;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 ? size.ws_col : 0;
}

static int write_report(struct session *session, const struct report_input *input, int32_t format,
                        struct output_file *file)
{
    const struct options *options = session->options;
    int is_stdout = file->descriptor == STDOUT_FILENO, is_terminal = is_stdout && isatty(STDOUT_FILENO);
    const imga_report_options report = {
        .struct_size = sizeof(report),
        .format = format,
        .inventory = input->inventory,
        .findings = input->findings,
        .verdict = input->verdict,
        .all = options->all,
        .width = is_stdout ? terminal_width(options) : options->width,
        .colour =
            options->colour == COLOUR_ALWAYS || (options->colour == COLOUR_AUTO && is_terminal && !getenv("NO_COLOR")),
    };
    if (input->is_inventory && format == IMGA_REPORT_JSON)
        return imga_inventory_write(input->inventory, output_write, file, &session->error);
    return imga_report_write(session->context, &report, output_write, file, &session->error);
}

/* The format of one -o: "json", "table=report.txt"; 0 when there is no such format. */
static int32_t format_of(const char *spec)
{
    char name[16] = "";
    size_t size = strcspn(spec, "=");
    if (size < sizeof(name))
        memcpy(name, spec, size);
    return imga_report_format(name);
}

int output_check(const struct command *command, const struct options *options)
{
    for (size_t i = 0; i < options->output_count; i++)
        if (format_of(options->outputs[i]) == 0)
            return usage_error(command, "the formats are table, json and cyclonedx", options->outputs[i]);
    return 0;
}

static int write_one(struct session *session, const struct report_input *input, const char *spec)
{
    const char *equals = strchr(spec, '=');
    struct output_file file;
    int status = output_open(&file, equals ? equals + 1 : NULL);
    if (status == 0 && write_report(session, input, format_of(spec), &file) != IMGA_OK)
        status = session_fail(session, "writing the report");
    int closed = output_close(&file, status == 0);
    return status ? status : closed;
}

int output_reports(struct session *session, const struct report_input *input)
{
    const struct options *options = session->options;
    int status = options->output_count ? 0 : write_one(session, input, "table");
    for (size_t i = 0; i < options->output_count && status == 0; i++)
        status = write_one(session, input, options->outputs[i]);
    return status;
}
