/* SPDX-License-Identifier: Apache-2.0 */
/* The image builder. OCI image-spec 1.1; docker image-spec v1.2. Digests by the library's crypto room. */
#include "ociimage.h"

#include "base/env.h"
#include "base/hex.h"
#include "crypto/digest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Text that grows. */
struct text {
    char *p;
    size_t n;
};

static void text_add(struct text *t, const char *data, size_t size)
{
    t->p = realloc(t->p, t->n + size + 1);
    memcpy(t->p + t->n, data, size);
    t->n += size;
    t->p[t->n] = '\0';
}

static void text_printf(struct text *t, const char *format, ...)
{
    char line[2048];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof(line))
        abort();
    text_add(t, line, (size_t)n);
}

static char *copy_of(const char *data, size_t size)
{
    char *copy = malloc(size + 1);
    if (size)
        memcpy(copy, data, size);
    copy[size] = '\0';
    return copy;
}

static void sha256_hex(const void *data, size_t size, char hex[65])
{
    imga_limits limits;
    struct ia_hooks hooks = {0};
    struct ia_env env = {.alloc = ia_alloc_libc, .limits = &limits, .hooks = &hooks};
    struct ia_digest digest = {0};
    ia_limits_fill(&limits);
    if (ia_crypto_new(&env.alloc, &env.crypto) != IMGA_OK || ia_digest_of(&env, data, size, &digest) != IMGA_OK)
        abort();
    ia_crypto_unref(env.crypto);
    ia_hex_encode(digest.bytes, 32, hex);
}

static void add_file(struct ocifiles *files, const struct ocifile *file)
{
    files->p = realloc(files->p, (files->n + 1) * sizeof(*files->p));
    files->p[files->n++] = *file;
}

void ocifiles_add(struct ocifiles *files, const char *name, const void *data, size_t size)
{
    add_file(files, &(struct ocifile){copy_of(name, strlen(name)), NULL, copy_of(data, size), size});
}

void ocifiles_text(struct ocifiles *files, const char *name, const char *text)
{
    ocifiles_add(files, name, text, strlen(text));
}

void ocifiles_link(struct ocifiles *files, const char *name, const char *target)
{
    add_file(files, &(struct ocifile){copy_of(name, strlen(name)), copy_of(target, strlen(target)), NULL, 0});
}

void ocifiles_blob(struct ocifiles *files, const char *media_type, const void *data, size_t size,
                   char descriptor[OCI_DESCRIPTOR])
{
    char hex[65], name[96];
    sha256_hex(data, size, hex);
    snprintf(name, sizeof(name), "blobs/sha256/%s", hex);
    ocifiles_add(files, name, data, size);
    snprintf(descriptor, OCI_DESCRIPTOR, "\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%zu", media_type, hex,
             size);
}

struct tarball ocifiles_tar(const struct ocifiles *files)
{
    struct tarball t = {NULL, 0};
    for (size_t i = 0; i < files->n; i++) {
        const struct ocifile *f = &files->p[i];
        if (strlen(f->name) > 100)
            tarball_long_name(&t, f->name);
        if (f->link)
            tarball_link(&t, f->name, f->link);
        else
            tarball_add(&t, &(struct tar_member){.name = f->name, .data = f->data, .size = f->size});
    }
    tarball_end(&t);
    return t;
}

static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
}

char *ocifiles_folder(const struct ocifiles *files)
{
    char path[4096];
    char *folder = copy_of("/tmp/ociimage-??????", 20);
    memset(strchr(folder, '?'), 'X', 6);
    if (!mkdtemp(folder))
        abort();
    for (size_t i = 0; i < files->n; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, files->p[i].name);
        make_folders(path);
        if (files->p[i].link) {
            if (symlink(files->p[i].link, path) != 0)
                abort();
            continue;
        }
        FILE *file = fopen(path, "wb");
        if (!file || fwrite(files->p[i].data, 1, files->p[i].size, file) != files->p[i].size || fclose(file) != 0)
            abort();
    }
    return folder;
}

void ocifiles_remove(const struct ocifiles *files, char *folder)
{
    char path[4096];
    for (size_t i = 0; i < files->n; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, files->p[i].name);
        unlink(path);
        for (char *slash = strrchr(path, '/'); slash && slash > path + strlen(folder); slash = strrchr(path, '/')) {
            *slash = '\0';
            rmdir(path); /* fails until it is empty */
        }
    }
    rmdir(folder);
    free(folder);
}

void ocifiles_free(struct ocifiles *files)
{
    for (size_t i = 0; i < files->n; i++) {
        free(files->p[i].name);
        free(files->p[i].link);
        free(files->p[i].data);
    }
    free(files->p);
    *files = (struct ocifiles){NULL, 0};
}

static void replace_all(struct text *t, const char *find, const char *with)
{
    struct text out = {NULL, 0};
    const char *at = t->p, *hit = strstr(at, find);
    if (!hit) {
        fprintf(stderr, "ociimage: the text to edit is not there: %s\n", find);
        abort();
    }
    for (; hit; at = hit + strlen(find), hit = strstr(at, find)) {
        text_add(&out, at, (size_t)(hit - at));
        text_add(&out, with, strlen(with));
    }
    text_add(&out, at, strlen(at));
    free(t->p);
    *t = out;
}

/* Applies the edits for a document; 0 when it is to be left out. */
static int edit(struct text *t, const struct ociimage *image, enum ocidocument document, int late)
{
    for (size_t i = 0; i < image->edit_count; i++) {
        const struct ociimage_edit *e = &image->edits[i];
        if (e->document != document || !e->late != !late)
            continue;
        if (!e->find && !e->with)
            return 0;
        if (e->find) {
            replace_all(t, e->find, e->with);
        } else {
            t->n = 0;
            text_add(t, e->with, strlen(e->with));
        }
    }
    return 1;
}

/* Stores a document as a blob under the digest it has before the late edits. */
static void store(struct ocifiles *files, const struct ociimage *image, enum ocidocument document, struct text *t,
                  char descriptor[OCI_DESCRIPTOR])
{
    const char *type = document == EDIT_CONFIG ? OCI_CONFIG : OCI_MANIFEST;
    edit(t, image, document, 0);
    ocifiles_blob(files, type, t->p, t->n, descriptor);
    if (edit(t, image, document, 1)) {
        struct ocifile *f = &files->p[files->n - 1];
        free(f->data);
        f->data = copy_of(t->p, t->n);
        f->size = t->n;
    } else {
        struct ocifile *f = &files->p[--files->n];
        free(f->name);
        free(f->data);
    }
    free(t->p);
}

static struct text config_text(const struct ociimage *image)
{
    struct text t = {NULL, 0};
    char hex[65];
    text_printf(&t, "{\"created\":\"2024-01-02T03:04:05Z\",\"architecture\":\"%s\",\"os\":\"linux\",",
                image->architecture ? image->architecture : "amd64");
    text_printf(&t, "\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[");
    for (size_t i = 0; i < image->count; i++) {
        sha256_hex(image->layers[i].tar, image->layers[i].tar_size, hex);
        text_printf(&t, "%s\"sha256:%s\"", i ? "," : "", hex);
    }
    text_printf(&t, "]},\"history\":[");
    for (size_t i = 0; i < image->count; i++)
        text_printf(&t, "%s{\"created_by\":\"step %zu\"}", i ? "," : "", i);
    text_printf(&t, "]}");
    return t;
}

static const void *blob_of(const struct ociimage_layer *layer, size_t *size)
{
    *size = layer->blob ? layer->blob_size : layer->tar_size;
    return layer->blob ? layer->blob : layer->tar;
}

static void add_layer(struct ocifiles *files, const struct ociimage_layer *layer, char descriptor[OCI_DESCRIPTOR])
{
    size_t size;
    const void *blob = blob_of(layer, &size);
    ocifiles_blob(files, layer->media_type ? layer->media_type : OCI_LAYER, blob, size, descriptor);
    if (layer->missing) {
        struct ocifile *f = &files->p[--files->n];
        free(f->name);
        free(f->data);
    }
}

void ociimage_blobs(struct ocifiles *files, const struct ociimage *image, char descriptor[OCI_DESCRIPTOR])
{
    struct text config = config_text(image), t = {NULL, 0};
    char one[OCI_DESCRIPTOR];
    store(files, image, EDIT_CONFIG, &config, one);
    text_printf(&t, "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":{%s},\"layers\":[", OCI_MANIFEST, one);
    for (size_t i = 0; i < image->count; i++) {
        add_layer(files, &image->layers[i], one);
        text_printf(&t, "%s{%s}", i ? "," : "", one);
    }
    text_printf(&t, "]}");
    store(files, image, EDIT_MANIFEST, &t, descriptor);
}

void ociimage_layout(struct ocifiles *files, const struct ociimage *image)
{
    struct text index = {NULL, 0}, layout = {NULL, 0};
    char descriptor[OCI_DESCRIPTOR];
    ociimage_blobs(files, image, descriptor);
    text_printf(&index, "{\"schemaVersion\":2,\"manifests\":[{%s", descriptor);
    if (image->reference)
        text_printf(&index, ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"%s\"}", image->reference);
    text_printf(&index, "}]}");
    text_printf(&layout, "{\"imageLayoutVersion\":\"1.0.0\"}");
    if (edit(&index, image, EDIT_INDEX, 0))
        ocifiles_add(files, "index.json", index.p, index.n);
    if (edit(&layout, image, EDIT_LAYOUT, 0))
        ocifiles_add(files, "oci-layout", layout.p, layout.n);
    free(index.p);
    free(layout.p);
}

/* The config under its digest; its name goes to name. */
static void add_docker_config(struct ocifiles *files, const struct ociimage *image, char name[80])
{
    struct text config = config_text(image);
    char hex[65];
    edit(&config, image, EDIT_CONFIG, 0);
    sha256_hex(config.p, config.n, hex);
    snprintf(name, 80, "%s.json", hex);
    if (edit(&config, image, EDIT_CONFIG, 1))
        ocifiles_add(files, name, config.p, config.n);
    free(config.p);
}

void ociimage_docker(struct ocifiles *files, const struct ociimage *image)
{
    struct text t = {NULL, 0};
    char name[80], hex[65];
    size_t size;
    add_docker_config(files, image, name);
    text_printf(&t, "[{\"Config\":\"%s\",\"RepoTags\":[", name);
    if (image->reference)
        text_printf(&t, "\"%s\"", image->reference);
    text_printf(&t, "],\"Layers\":[");
    for (size_t i = 0; i < image->count; i++) {
        const void *blob = blob_of(&image->layers[i], &size);
        sha256_hex(image->layers[i].tar, image->layers[i].tar_size, hex);
        snprintf(name, sizeof(name), "%s.tar", hex);
        if (!image->layers[i].missing)
            ocifiles_add(files, name, blob, size);
        text_printf(&t, "%s\"%s\"", i ? "," : "", name);
    }
    text_printf(&t, "]}]");
    if (edit(&t, image, EDIT_DOCKER, 0))
        ocifiles_add(files, "manifest.json", t.p, t.n);
    free(t.p);
}

struct tarball ociimage_oci_archive(const struct ociimage *image)
{
    struct ocifiles files = {NULL, 0};
    ociimage_layout(&files, image);
    struct tarball t = ocifiles_tar(&files);
    ocifiles_free(&files);
    return t;
}

struct tarball ociimage_docker_archive(const struct ociimage *image)
{
    struct ocifiles files = {NULL, 0};
    ociimage_docker(&files, image);
    struct tarball t = ocifiles_tar(&files);
    ocifiles_free(&files);
    return t;
}
