/* SPDX-License-Identifier: Apache-2.0 */
/* The same stack of layers as for an inventory; nothing is wanted, so no content is kept. */
#include "scan/files.h"

#include "scan/stack.h"

static int check_request(struct ia_env *env, const struct ia_files_request *request)
{
    uint32_t number;
    for (size_t i = 0; request->digests && i < ia_image_layer_count(request->image); i++)
        if (ia_image_layer_taken(request->image, i, &number))
            return ia_fail(env, IMGA_E_UNSUPPORTED, -1,
                           "the image was read once, without digests of files: read it from a file");
    return IMGA_OK;
}

static int list_files(struct ia_stack *stack, struct ia_env *env, bool removed, struct ia_files *out)
{
    IA_TRY(ia_copy_notes(env, ia_image_notes(stack->image)));
    IA_TRY(ia_rootfs_new(env, NULL, 0, &stack->fs));
    ia_rootfs_keep_history(stack->fs, removed);
    IA_TRY(ia_stack_layers(stack, env));
    return ia_rootfs_list(stack->fs, env, &out->rows);
}

int ia_collect_files(struct ia_env *env, const struct ia_files_request *request, struct ia_files *out)
{
    struct ia_stack stack = {.image = request->image, .taken = request->taken, .digests = request->digests};
    struct ia_notes *outer = env->notes;
    uint64_t notes = env->limits->notes;
    *out = (struct ia_files){.notes = {.dropped = 0}};
    ia_notes_init(&out->notes, &env->alloc, notes < SIZE_MAX ? (size_t)notes : SIZE_MAX);
    IA_TRY(check_request(env, request));
    env->notes = &out->notes;
    int status = list_files(&stack, env, request->removed, out);
    env->notes = outer;
    ia_rootfs_free(stack.fs);
    return status < 0 ? status : IMGA_OK;
}

void ia_files_free(struct ia_files *files)
{
    ia_listing_rows_free(&files->rows);
    ia_notes_free(&files->notes);
}

static int write_data(struct ia_env *env, struct ia_tar *tar, const struct ia_writer *writer)
{
    struct ia_cursor piece;
    int status;
    while ((status = ia_tar_data(tar, env, &piece)) > 0)
        IA_TRY(ia_write(env, writer, piece.p, piece.n));
    return status;
}

static int find_and_write(struct ia_env *env, struct ia_tar *tar, const struct ia_attributes *file,
                          const struct ia_writer *writer)
{
    struct ia_tar_entry entry;
    bool found = false;
    int status;
    while ((status = ia_tar_next(tar, env, &entry)) > 0) {
        if (entry.offset != file->offset || entry.type != IA_TAR_FILE || entry.size != file->size)
            continue;
        found = true;
        IA_TRY(write_data(env, tar, writer));
    }
    if (status == 0 && !found)
        return ia_fail(env, IMGA_E_NOT_FOUND, (int64_t)file->offset, "the layer no longer holds the file");
    return status;
}

int ia_read_file(struct ia_env *env, struct ia_image *image, const struct ia_attributes *file,
                 const struct ia_writer *writer)
{
    struct ia_reader *stream = NULL;
    struct ia_tar *tar = NULL;
    if (file->type != IA_TAR_FILE)
        return ia_fail(env, IMGA_E_INVALID, -1, "it is not a regular file");
    if (file->is_sparse)
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "it is a sparse file");
    int status = ia_image_layer_open(image, env, file->content_layer, &stream);
    if (status == 0)
        status = ia_fail(env, IMGA_E_UNSUPPORTED, -1, "the layer cannot be examined");
    if (status > 0)
        status = ia_tar_new(env, stream, &tar);
    if (status == IMGA_OK)
        status = find_and_write(env, tar, file, writer);
    ia_tar_free(tar);
    ia_reader_close(stream);
    return ia_error_at(env, status, "layer %u", (unsigned)file->content_layer);
}
