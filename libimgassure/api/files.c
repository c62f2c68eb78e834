/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/files.h>. */
#include "api/object.h"
#include "scan/files.h"

struct imga_files {
    struct ia_ref ref;
    imga_context *context;
    imga_image *image;
    struct ia_files files;
};

static const uint32_t known_flags = IMGA_FILES_DIGESTS | IMGA_FILES_REMOVED;

IMGA_API int imga_files_collect(imga_context *context, imga_image *image, uint32_t flags, imga_files **out,
                                imga_error **error)
{
    struct ia_env env;
    if (!context || !image || !out)
        return ia_api_invalid(error, "context, image or out is NULL");
    if (flags & ~known_flags)
        return ia_api_invalid(error, "unknown flags");
    ia_api_begin(&env, context);
    imga_files *files = ia_api_object(&env, sizeof(*files));
    if (!files)
        return ia_api_end(&env, IMGA_E_NOMEM, error);
    const struct ia_files_request request = {image->image, &image->taken, (flags & IMGA_FILES_DIGESTS) != 0,
                                             (flags & IMGA_FILES_REMOVED) != 0};
    int status = ia_collect_files(&env, &request, &files->files);
    if (status < 0) {
        ia_files_free(&files->files);
        ia_free(&env.alloc, files);
        return ia_api_end(&env, status, error);
    }
    files->context = imga_context_ref(context);
    files->image = image;
    ia_ref_take(&image->ref);
    *out = files;
    return IMGA_OK;
}

IMGA_API imga_files *imga_files_unref(imga_files *files)
{
    if (files && ia_ref_drop(&files->ref)) {
        imga_context *context = files->context;
        ia_files_free(&files->files);
        imga_image_unref(files->image);
        ia_free(&context->alloc, files);
        imga_context_unref(context);
    }
    return NULL;
}

IMGA_API size_t imga_files_count(const imga_files *files)
{
    return files ? files->files.rows.rows.n : 0;
}

static int32_t type_of(const struct ia_attributes *a)
{
    return a->type ? (int32_t)a->type : IMGA_FILE_DIRECTORY; /* 0: implied by what lies in it */
}

static void fill_file(const void *object, size_t index, void *out)
{
    const struct ia_listed *listed = ia_vec_at(object, index);
    const struct ia_attributes *a = &listed->attributes;
    imga_file_row *row = out;
    row->type = type_of(a);
    row->path = listed->path.p;
    row->path_size = listed->path.n;
    row->link = listed->link.p;
    row->link_size = listed->link.n;
    row->digest = listed->digest;
    row->size = a->size;
    row->mode = a->type ? a->mode : 0755;
    row->uid = a->uid;
    row->gid = a->gid;
    row->device_major = a->device_major;
    row->device_minor = a->device_minor;
    row->first_layer = (int32_t)a->first_layer;
    row->last_layer = (int32_t)listed->last_layer;
    row->removed_layer = listed->removed_layer;
    row->hard_linked = a->is_hard;
}

IMGA_API int64_t imga_files_rows(const imga_files *files, size_t first, imga_file_row *out, size_t count)
{
    struct ia_api_rows rows = {files ? &files->files.rows.rows : NULL, imga_files_count(files), sizeof(*out),
                               fill_file};
    return ia_api_fill(&rows, first, out, count);
}

IMGA_API int imga_files_read(const imga_files *files, size_t index, imga_write_fn write, void *user, imga_error **error)
{
    struct ia_env env;
    const struct ia_writer writer = {write, user};
    if (!files || !write || index >= imga_files_count(files))
        return ia_api_invalid(error, "files or write is NULL, or there is no such row");
    ia_api_begin(&env, files->context);
    const struct ia_listed *listed = ia_vec_at(&files->files.rows.rows, index);
    return ia_api_end(&env, ia_read_file(&env, files->image->image, &listed->attributes, &writer), error);
}

IMGA_API int imga_files_is_complete(const imga_files *files)
{
    return files && ia_notes_complete(&files->files.notes);
}

IMGA_API size_t imga_files_note_count(const imga_files *files)
{
    return files ? ia_notes_count(&files->files.notes) : 0;
}

IMGA_API int64_t imga_files_notes(const imga_files *files, size_t first, imga_note_row *out, size_t count)
{
    return files ? ia_api_notes(&files->files.notes, first, out, count) : IMGA_E_INVALID;
}
