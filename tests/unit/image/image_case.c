/* SPDX-License-Identifier: Apache-2.0 */
#include "image_case.h"

#include "pipe_case.h"

struct tarball case_tar(const char *content)
{
    struct tarball t = {NULL, 0};
    tarball_file(&t, "etc/name", content);
    tarball_end(&t);
    return t;
}

int case_open(struct test_env *t, const struct tarball *archive, const char *reference, const char *platform,
              struct ia_image **out)
{
    struct ia_image_request request = {.reference = reference, .platform = platform};
    if (t->fail_at == 0)
        pipe_compare(t, archive, reference, platform);
    int status = ia_source_memory(&t->env, archive->p, archive->n, &request.source);
    if (status >= 0)
        status = ia_image_open(&t->env, &request, out);
    ia_source_unref(request.source);
    return status;
}

int case_open_path(struct test_env *t, const char *path, const char *reference, struct ia_image **out)
{
    const struct ia_image_request request = {.path = path, .reference = reference};
    return ia_image_open(&t->env, &request, out);
}

int case_layer(struct test_env *t, struct ia_image *image, size_t index)
{
    struct ia_reader *reader = NULL;
    int status = ia_image_layer_open(image, &t->env, index, &reader);
    if (status <= 0)
        return status;
    status = ia_reader_drain(reader, &t->env);
    ia_reader_close(reader);
    return status < 0 ? status : 1;
}

int case_has_note(const struct ia_image *image, int32_t code)
{
    const struct ia_notes *notes = ia_image_notes(image);
    for (size_t i = 0; i < ia_notes_count(notes); i++)
        if (ia_notes_at(notes, i)->code == code)
            return 1;
    return 0;
}
