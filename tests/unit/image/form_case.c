/* SPDX-License-Identifier: Apache-2.0 */
#include "form_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

void form_rename(struct ocifiles *files, const char *from, const char *to)
{
    for (size_t i = 0; i < files->n; i++) {
        if (strcmp(files->p[i].name, from) != 0)
            continue;
        free(files->p[i].name);
        files->p[i].name = strdup(to);
        return;
    }
    cr_assert_fail("there is no %s", from);
}

/* The 64 digits of a descriptor. */
static const char *digits_of(const char *descriptor)
{
    return strstr(descriptor, "sha256:") + 7;
}

static void make_bare(struct ocifiles *files)
{
    const char *folder = "blobs/sha256/";
    for (size_t i = 0; i < files->n; i++)
        if (strncmp(files->p[i].name, folder, strlen(folder)) == 0)
            memmove(files->p[i].name, files->p[i].name + strlen(folder), strlen(files->p[i].name + strlen(folder)) + 1);
}

void form_dir(struct ocifiles *files, const struct ociimage *image)
{
    char descriptor[OCI_DESCRIPTOR], name[65];
    ociimage_blobs(files, image, descriptor);
    make_bare(files);
    snprintf(name, sizeof(name), "%.64s", digits_of(descriptor));
    form_rename(files, name, "manifest.json");
    ocifiles_text(files, "version", "Directory Transport Version: 1.1\n");
}

void form_dir_list(struct ocifiles *files, const struct ociimage *images, size_t count, const char *const *platforms)
{
    char descriptor[OCI_DESCRIPTOR], from[65], to[96], list[4096];
    snprintf(list, sizeof(list), "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[", OCI_INDEX);
    for (size_t i = 0; i < count; i++) {
        ociimage_blobs(files, &images[i], descriptor);
        make_bare(files);
        snprintf(from, sizeof(from), "%.64s", digits_of(descriptor));
        snprintf(to, sizeof(to), "%s.manifest.json", from);
        form_rename(files, from, to);
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s{%s,%s}", i ? "," : "", descriptor, platforms[i]);
    }
    snprintf(list + strlen(list), sizeof(list) - strlen(list), "]}");
    ocifiles_text(files, "manifest.json", list);
    ocifiles_text(files, "version", "Directory Transport Version: 1.1\n");
}

void form_id(char id[FORM_ID], unsigned number)
{
    snprintf(id, FORM_ID, "%064x", number + 0xa0);
}

void form_legacy(struct ocifiles *files, const struct tarball *layers, unsigned count)
{
    char id[FORM_ID] = "", parent[FORM_ID], name[96], text[1024];
    for (unsigned i = 0; i < count; i++) {
        memcpy(parent, id, sizeof(parent));
        form_id(id, i);
        snprintf(
            text, sizeof(text),
            "{\"id\":\"%s\",%s%s%s\"created\":\"2015-01-02T03:04:0%uZ\",\"architecture\":\"amd64\",\"os\":\"linux\","
            "\"container_config\":{\"Cmd\":[\"/bin/sh\",\"-c\",\"step %u\"]},\"config\":{\"User\":\"u%u\"}}",
            id, i ? "\"parent\":\"" : "", parent, i ? "\"," : "", i, i, i);
        snprintf(name, sizeof(name), "%s/VERSION", id);
        ocifiles_text(files, name, "1.0");
        snprintf(name, sizeof(name), "%s/json", id);
        ocifiles_text(files, name, text);
        snprintf(name, sizeof(name), "%s/layer.tar", id);
        ocifiles_add(files, name, layers[i].p, layers[i].n);
    }
    snprintf(text, sizeof(text), "{\"repo\":{\"v1\":\"%s\"}}", id);
    ocifiles_text(files, "repositories", text);
}

int form_open(struct test_env *t, const struct ia_image_request *request, struct ia_image **out)
{
    return ia_image_open(&t->env, request, out);
}

int form_open_tar(struct test_env *t, const struct tarball *archive, const char *form, struct ia_image **out)
{
    struct ia_image_request request = {.form = form};
    int status = ia_source_memory(&t->env, archive->p, archive->n, &request.source);
    if (status >= 0)
        status = ia_image_open(&t->env, &request, out);
    ia_source_unref(request.source);
    return status;
}

int form_read(struct test_env *t, const struct ia_image_request *request)
{
    struct ia_image *image = NULL;
    int status = ia_image_open(&t->env, request, &image);
    for (size_t i = 0; status >= 0 && i < ia_image_layer_count(image); i++)
        status = case_layer(t, image, i);
    cr_expect(status >= 0 || t->env.error.status == status);
    ia_image_close(image);
    return status < 0 ? status : IMGA_OK;
}
