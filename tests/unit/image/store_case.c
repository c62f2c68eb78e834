/* SPDX-License-Identifier: Apache-2.0 */
/* Storages by hand, from the layouts of containers/storage and moby, and tar-split's storage format. */
#include "store_case.h"

#include "base/base64.h"
#include "base/hex.h"
#include "crypto/digest.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512 };

/* Text that grows. */
struct text {
    char *p;
    size_t n;
};

static void add(struct text *t, const char *data, size_t size)
{
    t->p = realloc(t->p, t->n + size + 1);
    memcpy(t->p + t->n, data, size);
    t->n += size;
    t->p[t->n] = '\0';
}

static void print(struct text *t, const char *format, ...)
{
    char line[4096];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof(line))
        abort();
    add(t, line, (size_t)n);
}

static void add_piece(struct text *t, const char *data, size_t size)
{
    char *text = malloc(size / 3 * 4 + 5);
    ia_base64_encode((const uint8_t *)data, size, text);
    add(t, "{\"type\":2,\"payload\":\"", 21);
    add(t, text, strlen(text));
    print(t, "\",\"position\":0}\n");
    free(text);
}

static void add_below(struct ocifiles *files, const char *folder, const char *name, const char *data, size_t size)
{
    char path[1024];
    while (*name == '/' || strncmp(name, "./", 2) == 0)
        name += *name == '/' ? 1 : 2;
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    ocifiles_add(files, path, data, size);
}

/* A file that is there: regular, and no whiteout. */
static int is_file(const char *header, const char *name)
{
    const char *base = strrchr(name, '/');
    base = base ? base + 1 : name;
    return (header[156] == '0' || header[156] == '\0') && strncmp(base, ".wh.", 4) != 0;
}

char *store_split(struct ocifiles *files, const char *folder, const struct tarball *tar)
{
    struct text t = {NULL, 0};
    size_t from = 0, at = 0;
    char name[101] = "";
    while (at + BLOCK <= tar->n && tar->p[at]) {
        const char *header = tar->p + at, *data = header + BLOCK;
        size_t size = strtoul(header + 124, NULL, 8);
        at += BLOCK;
        if (header[156] && strchr("xgLK", header[156])) { /* a header for the next entry stays a piece */
            at += (size + BLOCK - 1) / BLOCK * BLOCK;
            continue;
        }
        memcpy(name, header, 100);
        add_piece(&t, tar->p + from, at - from);
        if (size)
            print(&t, "{\"type\":1,\"name\":\"%s\",\"size\":%zu,\"payload\":\"AAAAAAAAAAA=\",\"position\":1}\n", name,
                  size);
        else
            print(&t, "{\"type\":1,\"name\":\"%s\",\"payload\":null,\"position\":1}\n", name);
        if (is_file(header, name))
            add_below(files, folder, name, data, size);
        from = at + size;
        at += (size + BLOCK - 1) / BLOCK * BLOCK;
    }
    add_piece(&t, tar->p + from, tar->n - from);
    return t.p;
}

static void sha256_text(const void *data, size_t size, char text[IA_DIGEST_TEXT])
{
    struct test_env t;
    struct ia_digest digest;
    test_env_open(&t);
    test_env_crypto(&t);
    if (ia_digest_of(&t.env, data, size, &digest) != IMGA_OK)
        abort();
    ia_digest_text(&digest, text);
    test_env_close(&t);
}

/* The documents of the image; the config is the first file, the manifest the last. */
static void documents(const struct tarball *tars, size_t count, struct ocifiles *out)
{
    struct ociimage_layer layers[8] = {{0}};
    char descriptor[OCI_DESCRIPTOR];
    for (size_t i = 0; i < count; i++)
        layers[i] = (struct ociimage_layer){.tar = tars[i].p, .tar_size = tars[i].n};
    ociimage_blobs(out, &(struct ociimage){.layers = layers, .count = count}, descriptor);
}

void store_data_name(char *out, size_t room, const char *id, const char *key)
{
    char text[256];
    ia_base64_encode((const uint8_t *)key, strlen(key), text);
    snprintf(out, room, "overlay-images/%s/=%s", id, text);
}

static void containers_layers(struct ocifiles *files, const struct tarball *tars, size_t count)
{
    struct text t = {NULL, 0};
    char path[256], digest[IA_DIGEST_TEXT];
    print(&t, "[");
    for (size_t i = 0; i < count; i++) {
        sha256_text(tars[i].p, tars[i].n, digest);
        print(&t, "%s{\"id\":\"%064zx\",", i ? "," : "", i + 1);
        if (i)
            print(&t, "\"parent\":\"%064zx\",", i);
        print(&t, "\"created\":\"2024-01-02T03:04:05Z\",\"diff-digest\":\"%s\",\"diff-size\":%zu,\"uidset\":[0]}",
              digest, tars[i].n);
        snprintf(path, sizeof(path), "overlay/%064zx/diff", i + 1);
        char *split = store_split(files, path, &tars[i]);
        snprintf(path, sizeof(path), "overlay-layers/%064zx.tar-split.gz", i + 1);
        ocifiles_text(files, path, split);
        free(split);
    }
    print(&t, "]");
    ocifiles_add(files, "overlay-layers/layers.json", t.p, t.n);
    free(t.p);
}

void store_containers(struct ocifiles *files, const char *name, const struct tarball *tars, size_t count, char id[65])
{
    struct ocifiles parts = {NULL, 0};
    struct text t = {NULL, 0};
    char path[512], key[IA_DIGEST_TEXT], digest[IA_DIGEST_TEXT];
    documents(tars, count, &parts);
    const struct ocifile *config = &parts.p[0], *manifest = &parts.p[parts.n - 1];
    sha256_text(config->data, config->size, key);
    sha256_text(manifest->data, manifest->size, digest);
    memcpy(id, key + 7, 65);
    snprintf(path, sizeof(path), "overlay-images/%s/manifest", id);
    ocifiles_add(files, path, manifest->data, manifest->size);
    store_data_name(path, sizeof(path), id, key);
    ocifiles_add(files, path, config->data, config->size);
    print(&t, "[{\"id\":\"%s\",\"digest\":\"%s\",", id, digest);
    if (name)
        print(&t, "\"names\":[\"%s\"],", name);
    if (count)
        print(&t, "\"layer\":\"%064zx\",", count);
    print(&t, "\"big-data-names\":[\"%s\",\"manifest\"],\"created\":\"2024-01-02T03:04:05Z\"}]", key);
    ocifiles_add(files, "overlay-images/images.json", t.p, t.n);
    containers_layers(files, tars, count);
    ocifiles_free(&parts);
    free(t.p);
}

static void docker_layer(struct ocifiles *files, const struct tarball *tar, size_t index, char chain[IA_DIGEST_TEXT])
{
    char path[256], diff[IA_DIGEST_TEXT], parent[IA_DIGEST_TEXT], text[2 * IA_DIGEST_TEXT];
    static const char layers[] = "image/overlay2/layerdb/sha256";
    sha256_text(tar->p, tar->n, diff);
    memcpy(parent, chain, sizeof(parent));
    snprintf(text, sizeof(text), "%s %s", parent, diff);
    if (index)
        sha256_text(text, strlen(text), chain);
    else
        memcpy(chain, diff, sizeof(diff));
    snprintf(path, sizeof(path), "overlay2/cache%zu/diff", index);
    char *split = store_split(files, path, tar);
    snprintf(path, sizeof(path), "%s/%s/tar-split.json.gz", layers, chain + 7);
    ocifiles_text(files, path, split);
    free(split);
    snprintf(path, sizeof(path), "%s/%s/diff", layers, chain + 7);
    ocifiles_text(files, path, diff);
    snprintf(text, sizeof(text), "cache%zu", index);
    snprintf(path, sizeof(path), "%s/%s/cache-id", layers, chain + 7);
    ocifiles_text(files, path, text);
    snprintf(path, sizeof(path), "%s/%s/parent", layers, chain + 7);
    if (index)
        ocifiles_text(files, path, parent);
}

void store_docker(struct ocifiles *files, const char *name, const struct tarball *tars, size_t count, char id[65])
{
    struct ocifiles parts = {NULL, 0};
    char path[512], text[1024], digest[IA_DIGEST_TEXT], chain[IA_DIGEST_TEXT] = "";
    documents(tars, count, &parts);
    sha256_text(parts.p[0].data, parts.p[0].size, digest);
    memcpy(id, digest + 7, 65);
    snprintf(path, sizeof(path), "image/overlay2/imagedb/content/sha256/%s", id);
    ocifiles_add(files, path, parts.p[0].data, parts.p[0].size);
    for (size_t i = 0; i < count; i++)
        docker_layer(files, &tars[i], i, chain);
    if (name)
        snprintf(text, sizeof(text), "{\"Repositories\":{\"repo\":{\"%s\":\"%s\"}}}", name, digest);
    else
        snprintf(text, sizeof(text), "{\"Repositories\":{}}");
    ocifiles_text(files, "image/overlay2/repositories.json", text);
    ocifiles_free(&parts);
}

struct ocifile *store_file(const struct ocifiles *files, const char *name)
{
    for (size_t i = 0; i < files->n; i++)
        if (strcmp(files->p[i].name, name) == 0)
            return &files->p[i];
    fprintf(stderr, "store: there is no %s\n", name);
    abort();
}

static void drop(struct ocifiles *files, struct ocifile *file)
{
    free(file->name);
    free(file->link);
    free(file->data);
    *file = files->p[--files->n];
}

static void replace(struct ocifile *file, const struct store_edit *edit)
{
    struct text t = {NULL, 0};
    const char *hit = edit->find ? strstr(file->data, edit->find) : NULL;
    if (edit->find && !hit) {
        fprintf(stderr, "store: %s is not in %s\n", edit->find, edit->file);
        abort();
    }
    if (hit)
        add(&t, file->data, (size_t)(hit - file->data));
    add(&t, edit->with, strlen(edit->with));
    if (hit)
        add(&t, hit + strlen(edit->find), strlen(hit + strlen(edit->find)));
    free(file->data);
    file->data = t.p;
    file->size = t.n;
}

void store_apply(struct ocifiles *files, const struct store_edit *edit)
{
    if (!edit->file)
        return;
    if (edit->with) {
        replace(store_file(files, edit->file), edit);
        return;
    }
    drop(files, store_file(files, edit->file));
    if (edit->link)
        ocifiles_link(files, edit->file, edit->link);
}

int store_open(struct test_env *t, store_open_fn *open_image, const char *folder, const char *reference,
               struct ia_image **out)
{
    struct ia_choice choice;
    struct ia_image *image = ia_new(&t->env.alloc, sizeof(*image));
    if (!image)
        return ia_fail_nomem(&t->env);
    image->alloc = t->env.alloc;
    image->facts = (struct ia_image_facts){.form = "", .reference = "", .manifest_digest = "", .config_digest = ""};
    ia_arena_init(&image->arena, &t->env.alloc);
    ia_notes_init(&image->notes, &t->env.alloc, 10);
    image->blobs.directory = open(folder, O_RDONLY | O_DIRECTORY);
    int status = ia_choice_parse(&t->env, reference, NULL, &choice);
    if (status >= 0)
        status = open_image(&t->env, image, &choice);
    if (status < 0)
        ia_image_close(image);
    else
        *out = image;
    return status;
}
