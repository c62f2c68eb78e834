/* SPDX-License-Identifier: Apache-2.0 */
/* Opening images. */
#include "open_image.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int64_t read_stdin(void *user, void *buffer, size_t size)
{
    (void)user;
    for (;;) {
        ssize_t n = read(STDIN_FILENO, buffer, size);
        if (n >= 0 || errno != EINTR || session_is_stopped())
            return n;
    }
}

static int is_all(const struct options *options)
{
    return options->platform && strcmp(options->platform, "all") == 0;
}

static int open_stdin(struct session *session, const imga_image_options *choose, imga_image **out)
{
    const imga_stream_ops ops = {.struct_size = sizeof(ops), .read = read_stdin};
    imga_source *source = NULL;
    int status = imga_source_from_stream(session->context, &ops, &source, &session->error);
    if (status == IMGA_OK)
        status = imga_image_open_source(session->context, source, choose, out, &session->error);
    imga_source_unref(source);
    return status;
}

int open_image(struct session *session, imga_image **out)
{
    const struct options *options = session->options;
    const imga_image_options choose = {
        .struct_size = sizeof(choose),
        .reference = session->chosen ? session->chosen->digest : options->reference,
        .platform = session->chosen ? NULL : options->platform,
        .verify = options->verify,
        .look = (options->lockfiles ? IMGA_LOOK_LOCKFILES : 0u) | (options->removed ? IMGA_LOOK_REMOVED : 0u),
    };
    int status;
    if (strcmp(options->arguments[0], "-") == 0)
        status = open_stdin(session, &choose, out);
    else
        status = imga_image_open(session->context, options->arguments[0], &choose, out, &session->error);
    return status == IMGA_OK ? 0 : session_fail(session, "opening the image");
}

/* The same manifest may be listed under several names. */
static int is_listed_before(const imga_image_list *list, size_t index, const char *digest)
{
    imga_image_entry_row row = {.struct_size = sizeof(row)};
    for (size_t i = 0; i < index && imga_image_list_rows(list, i, &row, 1) == 1; i++)
        if (row.kind == IMGA_ENTRY_IMAGE && strcmp(row.digest, digest) == 0)
            return 1;
    return 0;
}

static int worse(int a, int b)
{
    static const int order[] = {EXIT_PASS,   EXIT_INCOMPLETE, EXIT_DENIED,     EXIT_INTEGRITY,
                                EXIT_FAILED, EXIT_USAGE,      EXIT_INTERRUPTED};
    int result = EXIT_PASS;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        if (order[i] == a || order[i] == b)
            result = order[i];
    return result;
}

static int run_all(struct session *session, const imga_image_list *list, int (*run)(struct session *session))
{
    imga_image_entry_row row = {.struct_size = sizeof(row)};
    int result = EXIT_PASS, count = 0;
    for (size_t i = 0; imga_image_list_rows(list, i, &row, 1) == 1 && result != EXIT_INTERRUPTED; i++) {
        if (row.kind != IMGA_ENTRY_IMAGE || !*row.digest || is_listed_before(list, i, row.digest))
            continue;
        session->chosen = &row;
        if (!session->options->quiet)
            fprintf(stderr, "imgassure: %s/%s%s%s %s\n", row.os, row.architecture, *row.variant ? "/" : "", row.variant,
                    row.digest);
        result = worse(result, run(session));
        imga_error_free(session->error);
        session->error = NULL;
        count++;
    }
    session->chosen = NULL;
    if (count)
        return result;
    fprintf(stderr, "imgassure: there is no image in %s\n", session->options->arguments[0]);
    return EXIT_FAILED;
}

int each_image(struct session *session, int (*run)(struct session *session))
{
    const struct options *options = session->options;
    const imga_image_options choose = {.struct_size = sizeof(choose), .reference = options->reference};
    imga_image_list *list = NULL;
    if (!is_all(options) || options->inventory)
        return run(session);
    if (imga_image_list_open(session->context, options->arguments[0], &choose, &list, &session->error) != IMGA_OK)
        return session_fail(session, "listing the images");
    int status = run_all(session, list, run);
    imga_image_list_unref(list);
    return status;
}
