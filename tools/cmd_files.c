/* SPDX-License-Identifier: Apache-2.0 */
/* imgassure files: the merged root of an image, one file a line; or the content of one of them. */
#include "commands.h"
#include "open_image.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

/* As ls -b writes names: a line is a file, whatever its name holds. */
static void print_name(const char *name, uint64_t size)
{
    for (uint64_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c <= ' ' || c == '\\' || c >= 127)
            printf("\\%03o", c);
        else
            putchar(c);
    }
}

static char letter_of(int32_t type)
{
    static const char letters[] = "?-dl?cbp";
    return type > 0 && type < 8 ? letters[type] : '?';
}

static void print_file(const imga_file_row *row)
{
    printf("%c%04o %u %u ", letter_of(row->type), (unsigned)row->mode, (unsigned)row->uid, (unsigned)row->gid);
    if (row->type == IMGA_FILE_CHARACTER || row->type == IMGA_FILE_BLOCK)
        printf("%u,%u", (unsigned)row->device_major, (unsigned)row->device_minor);
    else
        printf("%llu", (unsigned long long)row->size);
    printf(" %d %d ", (int)row->first_layer, (int)row->last_layer);
    if (row->removed_layer >= 0)
        printf("%d ", (int)row->removed_layer);
    else
        fputs("- ", stdout);
    printf("%s ", *row->digest ? row->digest : "-");
    print_name(row->path, row->path_size);
    if (row->type == IMGA_FILE_SYMLINK) {
        fputs(" -> ", stdout);
        print_name(row->link, row->link_size);
    }
    putchar('\n');
}

static void print_files(const imga_files *files)
{
    enum { ROWS = 256 };
    imga_file_row rows[ROWS];
    rows[0].struct_size = sizeof(rows[0]);
    int64_t n;
    for (size_t at = 0; (n = imga_files_rows(files, at, rows, ROWS)) > 0; at += (size_t)n) {
        for (int64_t i = 0; i < n; i++)
            print_file(&rows[i]);
        rows[0].struct_size = sizeof(rows[0]);
    }
}

/* The row of a path: what is in the root, or else what was removed last. */
static int64_t find(const imga_files *files, const char *path)
{
    imga_file_row row = {.struct_size = sizeof(row)};
    int64_t found = -1;
    while (*path == '/')
        path++;
    for (size_t i = 0; imga_files_rows(files, i, &row, 1) == 1; i++)
        if (strcmp(row.path, path) == 0)
            found = (int64_t)i;
    return found;
}

static int print_content(struct session *session, const imga_files *files, const char *path)
{
    struct output_file out;
    int64_t index = find(files, path);
    if (index < 0) {
        fprintf(stderr, "imgassure: there is no %s in the image\n", path);
        return EXIT_FAILED;
    }
    int status = output_open(&out, NULL);
    if (status == 0 && imga_files_read(files, (size_t)index, output_write, &out, &session->error) != IMGA_OK)
        status = session_fail(session, "reading the file");
    output_close(&out, status == 0);
    return status;
}

static int show(struct session *session)
{
    const struct options *options = session->options;
    uint32_t flags = (options->digests ? IMGA_FILES_DIGESTS : 0u) | (options->removed ? IMGA_FILES_REMOVED : 0u);
    imga_image *image = NULL;
    imga_files *files = NULL;
    int status = open_image(session, &image);
    if (status == 0 && imga_files_collect(session->context, image, flags, &files, &session->error) != IMGA_OK)
        status = session_fail(session, "reading the image");
    session_clear_bar(session);
    if (status == 0 && options->argument_count == 2)
        status = print_content(session, files, options->arguments[1]);
    else if (status == 0)
        print_files(files);
    if (status == 0 && !imga_files_is_complete(files)) {
        imga_note_row note = {.struct_size = sizeof(note)};
        for (size_t i = 0; imga_files_notes(files, i, &note, 1) == 1; i++)
            session_remark(session, &note);
        status = EXIT_INCOMPLETE;
    }
    imga_files_unref(files);
    imga_image_unref(image);
    return status;
}

static int run_files(const struct options *options)
{
    struct session session;
    if (options->argument_count < 1 || options->argument_count > 2)
        return usage_error(&command_files, "give an image, and maybe the path of a file in it", "");
    int status = session_open(&session, options);
    if (status == 0)
        status = each_image(&session, show);
    session_close(&session);
    return status;
}

const struct command command_files = {
    "files", "IMAGE [PATH] [OPTION...]",
    "Lists the files of an image's root: type and mode, uid, gid, size or device, first layer, last layer, layer that\n"
    "removed it, digest, path. With PATH: the content of that file.\n"
    "Exit: 0 done, 1 could not do it, 3 incomplete, 4 integrity failure, 64 usage.",
    "rPDRVCjmnqv", run_files};
