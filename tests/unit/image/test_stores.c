/* SPDX-License-Identifier: Apache-2.0 */
/* Images on the disks of engines: what is chosen, what is verified, and what a change at rest looks like. */
#include "store_case.h"

#include "image_case.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define L1 "0000000000000000000000000000000000000000000000000000000000000001"
#define L2 "0000000000000000000000000000000000000000000000000000000000000002"
#define IMAGES "overlay-images/images.json"
#define LAYERS "overlay-layers/layers.json"
#define SPLIT "overlay-layers/" L1 ".tar-split.gz"
#define NAME "overlay/" L1 "/diff/etc/name"
#define NONE                                                                                                           \
    {                                                                                                                  \
        NULL, NULL, NULL, NULL                                                                                         \
    }

typedef void make_fn(struct ocifiles *files, const char *name, const struct tarball *tars, size_t count, char id[65]);

/* A storage with one image of two layers, before it becomes a folder. */
struct made {
    struct ocifiles files;
    char id[65];
};

static struct made make(make_fn *fill, const char *name)
{
    struct tarball tars[] = {case_tar("one"), case_tar("two")};
    struct made made = {{NULL, 0}, ""};
    fill(&made.files, name, tars, 2, made.id);
    tarball_free(&tars[0]);
    tarball_free(&tars[1]);
    return made;
}

/* A text with ID replaced by the id of the image; static, for one use at a time. */
static const char *with_id(const char *text, const char *id, char out[512])
{
    const char *hit = text ? strstr(text, "ID") : NULL;
    if (!hit)
        return text;
    snprintf(out, 512, "%.*s%s%s", (int)(hit - text), text, id, hit + 2);
    return out;
}

/* One edit of a storage, and what opening and the lowest layer make of it. */
struct row {
    const char *name;
    struct store_edit edit;
    const char *reference;
    int status, layer; /* layer 1: verified */
};

static void check_layers(struct test_env *t, struct ia_image *image, const struct row *row)
{
    cr_expect_eq(ia_image_layer_count(image), 2, "%s", row->name);
    int status = case_layer(t, image, 0);
    cr_expect_eq(status, row->layer, "%s: layer %d %s: %s", row->name, status, t->env.error.where,
                 t->env.error.message);
    ia_error_clear(&t->env);
    cr_expect_eq(case_layer(t, image, 1), 1, "%s: %s", row->name, t->env.error.message);
}

static void check_row(make_fn *fill, store_open_fn *open, const struct row *row)
{
    struct made made = make(fill, "repo:v1");
    struct store_edit edit = row->edit;
    char file[512], reference[512];
    struct ia_image *image = NULL;
    struct test_env t;
    edit.file = with_id(edit.file, made.id, file);
    store_apply(&made.files, &edit);
    char *folder = ocifiles_folder(&made.files);
    test_env_open(&t);
    test_env_crypto(&t);
    int status = store_open(&t, open, folder, with_id(row->reference, made.id, reference), &image);
    cr_expect_eq(status, row->status, "%s: %d %s: %s", row->name, status, t.env.error.where, t.env.error.message);
    if (status == IMGA_OK) {
        check_layers(&t, image, row);
        ia_image_close(image);
    }
    test_env_close(&t);
    cr_expect_eq(t.live, 0, "%s", row->name);
    ocifiles_remove(&made.files, folder);
    ocifiles_free(&made.files);
}

static const struct row containers[] = {
    {"as built", NONE, NULL, IMGA_OK, 1},
    {"by name", NONE, "repo:v1", IMGA_OK, 1},
    {"by full name", NONE, "docker.io/library/repo:v1", IMGA_OK, 1},
    {"by tag", NONE, "v1", IMGA_OK, 1},
    {"by id", NONE, "ID", IMGA_OK, 1},
    {"by id as digest", NONE, "sha256:ID", IMGA_OK, 1},
    {"by name and digest", NONE, "repo@sha256:ID", IMGA_OK, 1},
    {"by another name", NONE, "repo:v2", IMGA_E_NOT_FOUND, 0},
    {"by more than the id", NONE, "ID0", IMGA_E_NOT_FOUND, 0},
    {"by another digest", NONE, "sha256:" L1, IMGA_E_NOT_FOUND, 0},
    {"no names member", {IMAGES, "\"names\"", "\"old-names\"", NULL}, NULL, IMGA_OK, 1},
    {"names null", {IMAGES, "[\"repo:v1\"]", "null", NULL}, NULL, IMGA_OK, 1},
    {"other members", {IMAGES, "\"names\"", "\"metadata\":\"{\",\"readonly\":true,\"names\"", NULL}, NULL, IMGA_OK, 1},

    {"images.json absent", {IMAGES, NULL, NULL, NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"images.json empty", {IMAGES, NULL, "", NULL}, NULL, IMGA_E_TRUNCATED, 0},
    {"images.json null", {IMAGES, NULL, "null", NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"images.json object", {IMAGES, NULL, "{}", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"no image", {IMAGES, NULL, "[]", NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"null image", {IMAGES, NULL, "[null]", NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"image without id", {IMAGES, "\"id\"", "\"no-id\"", NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"images.json cut", {IMAGES, "\"created\"", "\"creat", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"images.json with more", {IMAGES, "Z\"}]", "Z\"}][]", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"images.json is a link", {IMAGES, NULL, NULL, "/etc/passwd"}, NULL, IMGA_E_PATH, 0},
    {"id leaves", {IMAGES, "\"id\":\"", "\"id\":\"../../", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"id with capitals", {IMAGES, "\"id\":\"", "\"id\":\"A", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"id with NUL", {IMAGES, "\"id\":\"", "\"id\":\"\\u0000", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"id twice", {IMAGES, "\"id\":\"", "\"id\":\"x\",\"id\":\"", NULL}, NULL, IMGA_E_AMBIGUOUS, 0},
    {"Id", {IMAGES, "\"names\"", "\"Id\":\"x\",\"names\"", NULL}, NULL, IMGA_E_AMBIGUOUS, 0},
    {"id of nothing", {IMAGES, "\"id\":\"", "\"id\":\"0", NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"id as number", {IMAGES, "\"id\":\"", "\"id\":7,\"x\":\"", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"digest absent", {IMAGES, "\"digest\"", "\"old-digest\"", NULL}, NULL, IMGA_OK, 1},
    {"digest malformed", {IMAGES, "\"digest\":\"sha256:", "\"digest\":\"sha256:0", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"top layer absent", {IMAGES, "\"layer\"", "\"old-layer\"", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"top layer unknown", {IMAGES, "\"layer\":\"00", "\"layer\":\"11", NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"top layer is another", {IMAGES, "\"layer\":\"" L2, "\"layer\":\"" L1, NULL}, NULL, IMGA_E_DIGEST, 0},

    {"manifest absent", {"overlay-images/ID/manifest", NULL, NULL, NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"manifest changed", {"overlay-images/ID/manifest", "2", "2 ", NULL}, NULL, IMGA_E_DIGEST, 0},
    {"manifest is a link", {"overlay-images/ID/manifest", NULL, NULL, "/etc/passwd"}, NULL, IMGA_E_PATH, 0},

    {"layers.json absent", {LAYERS, NULL, NULL, NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"layers.json null", {LAYERS, NULL, "null", NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"layers.json cut", {LAYERS, "]}]", "]", NULL}, NULL, IMGA_E_TRUNCATED, 0},
    {"parent absent", {LAYERS, "\"parent\"", "\"old-parent\"", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"parent unknown", {LAYERS, "\"parent\":\"0", "\"parent\":\"1", NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"parent is itself", {LAYERS, "\"parent\":\"" L1, "\"parent\":\"" L2, NULL}, NULL, IMGA_E_DIGEST, 0},
    {"parents in a circle",
     {LAYERS, "\"id\":\"" L1 "\"", "\"id\":\"" L1 "\",\"parent\":\"" L2 "\"", NULL},
     NULL,
     IMGA_E_FORMAT,
     0},
    {"one layer more",
     {LAYERS, "\"id\":\"" L1 "\"", "\"id\":\"x\"},{\"id\":\"" L1 "\",\"parent\":\"x\"", NULL},
     NULL,
     IMGA_E_FORMAT,
     0},
    {"layer twice", {LAYERS, "[{", "[{\"id\":\"" L1 "\"},{", NULL}, NULL, IMGA_E_AMBIGUOUS, 0},
    {"another layer twice", {LAYERS, "[{", "[{\"id\":\"x\"},{\"id\":\"x\"},{", NULL}, NULL, IMGA_OK, 1},
    {"diff-digest absent", {LAYERS, "\"diff-digest\"", "\"toc-digest\"", NULL}, NULL, IMGA_OK, 1},
    {"diff-digest malformed", {LAYERS, "sha256:", "sha256:0", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"diff-size negative", {LAYERS, "\"diff-size\":", "\"diff-size\":-", NULL}, NULL, IMGA_E_FORMAT, 0},

    {"tar-split absent", {SPLIT, NULL, NULL, NULL}, NULL, IMGA_OK, IMGA_E_NOT_FOUND},
    {"tar-split empty", {SPLIT, NULL, "", NULL}, NULL, IMGA_OK, IMGA_E_TRUNCATED},
    {"tar-split is a link", {SPLIT, NULL, NULL, "/etc/passwd"}, NULL, IMGA_OK, IMGA_E_PATH},
    {"tar-split cut inside a line", {SPLIT, NULL, "{\"type\":2,\"pay", NULL}, NULL, IMGA_OK, IMGA_E_TRUNCATED},
    {"tar-split cut after a line", {SPLIT, NULL, "{\"type\":2}\n", NULL}, NULL, IMGA_OK, IMGA_E_DIGEST},
    {"tar-split altered", {SPLIT, "\"payload\":\"", "\"payload\":\"AAAA", NULL}, NULL, IMGA_OK, IMGA_E_DIGEST},
    {"tar-split malformed", {SPLIT, "{", "[", NULL}, NULL, IMGA_OK, IMGA_E_FORMAT},
    {"file changed", {NAME, NULL, "owe", NULL}, NULL, IMGA_OK, IMGA_E_DIGEST},
    {"file shorter", {NAME, NULL, "on", NULL}, NULL, IMGA_OK, IMGA_E_TRUNCATED},
    {"file longer", {NAME, NULL, "ones", NULL}, NULL, IMGA_OK, IMGA_E_DIGEST},
    {"file absent", {NAME, NULL, NULL, NULL}, NULL, IMGA_OK, IMGA_E_NOT_FOUND},
    {"file is a link", {NAME, NULL, NULL, "/etc/hostname"}, NULL, IMGA_OK, IMGA_E_PATH},
};

Test(stores, containers_storage)
{
    for (size_t i = 0; i < IA_COUNT(containers); i++)
        check_row(store_containers, ia_containers_storage_open, &containers[i]);
}

#define DOCKER "image/overlay2/"
#define REPOSITORIES DOCKER "repositories.json"
#define CONFIG DOCKER "imagedb/content/sha256/ID"
#define CACHED "overlay2/cache0/diff/etc/name"

static const struct row docker[] = {
    {"as built", NONE, NULL, IMGA_OK, 1},
    {"by name", NONE, "repo:v1", IMGA_OK, 1},
    {"by full name", NONE, "docker.io/library/repo:v1", IMGA_OK, 1},
    {"by id", NONE, "ID", IMGA_OK, 1},
    {"by id as digest", NONE, "sha256:ID", IMGA_OK, 1},
    {"by another name", NONE, "repo:v2", IMGA_E_NOT_FOUND, 0},
    {"by another digest", NONE, "sha256:" L1, IMGA_E_NOT_FOUND, 0},
    {"repositories.json absent", {REPOSITORIES, NULL, NULL, NULL}, NULL, IMGA_OK, 1},
    {"repositories.json null", {REPOSITORIES, NULL, "null", NULL}, NULL, IMGA_OK, 1},
    {"no names", {REPOSITORIES, NULL, "{\"Repositories\":null}", NULL}, NULL, IMGA_OK, 1},
    {"other members", {REPOSITORIES, "{", "{\"x\":[{\"y\":{}}],", NULL}, NULL, IMGA_OK, 1},
    {"repositories.json array", {REPOSITORIES, NULL, "[]", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"repositories.json empty", {REPOSITORIES, NULL, "", NULL}, NULL, IMGA_E_TRUNCATED, 0},
    {"repositories.json cut", {REPOSITORIES, "}}}", "}", NULL}, NULL, IMGA_E_TRUNCATED, 0},
    {"repositories.json with more", {REPOSITORIES, "}}}", "}}}{", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"repositories.json is a link", {REPOSITORIES, NULL, NULL, "/etc/passwd"}, NULL, IMGA_E_PATH, 0},
    {"one level less", {REPOSITORIES, NULL, "{\"Repositories\":{\"repo\":\"x\"}}", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"one level more",
     {REPOSITORIES, NULL, "{\"Repositories\":{\"repo\":{\"repo:v1\":{\"x\":1}}}}", NULL},
     NULL,
     IMGA_E_FORMAT,
     0},
    {"id as number", {REPOSITORIES, NULL, "{\"Repositories\":{\"r\":{\"r:1\":1}}}", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"id malformed", {REPOSITORIES, "sha256:", "sha256:../", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"id of another algorithm", {REPOSITORIES, "sha256:", "sha512:", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"name of nothing",
     {REPOSITORIES, NULL, "{\"Repositories\":{\"r\":{\"r:1\":\"sha256:" L1 "\"}}}", NULL},
     "r:1",
     IMGA_E_NOT_FOUND,
     0},
    {"config absent", {CONFIG, NULL, NULL, NULL}, "repo:v1", IMGA_E_NOT_FOUND, 0},
    {"config changed", {CONFIG, "linux", "plan9", NULL}, NULL, IMGA_E_DIGEST, 0},
    {"config is a link", {CONFIG, NULL, NULL, "/etc/passwd"}, NULL, IMGA_E_PATH, 0},
    {"file changed", {CACHED, NULL, "owe", NULL}, NULL, IMGA_OK, IMGA_E_DIGEST},
    {"file shorter", {CACHED, NULL, "on", NULL}, NULL, IMGA_OK, IMGA_E_TRUNCATED},
    {"file longer", {CACHED, NULL, "ones", NULL}, NULL, IMGA_OK, IMGA_E_DIGEST},
    {"file absent", {CACHED, NULL, NULL, NULL}, NULL, IMGA_OK, IMGA_E_NOT_FOUND},
    {"file is a link", {CACHED, NULL, NULL, "/etc/hostname"}, NULL, IMGA_OK, IMGA_E_PATH},
};

/* Files of one layer: LOW or TOP before the slash stands for its folder. */
static const struct row docker_layers[] = {
    {"diff of another layer", {"LOW/diff", "sha256:", "sha256:0", NULL}, NULL, IMGA_E_DIGEST, 0},
    {"diff empty", {"LOW/diff", NULL, "", NULL}, NULL, IMGA_E_DIGEST, 0},
    {"diff with a line feed", {"LOW/diff", "sha256:", "\nsha256:", NULL}, NULL, IMGA_E_DIGEST, 0},
    {"diff absent", {"LOW/diff", NULL, NULL, NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"parent absent", {"TOP/parent", NULL, NULL, NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"parent is another", {"TOP/parent", "sha256:", "sha256:0", NULL}, NULL, IMGA_E_DIGEST, 0},
    {"cache-id absent", {"LOW/cache-id", NULL, NULL, NULL}, NULL, IMGA_E_NOT_FOUND, 0},
    {"cache-id of nothing", {"LOW/cache-id", NULL, "cache9", NULL}, NULL, IMGA_OK, IMGA_E_NOT_FOUND},
    {"cache-id of another layer", {"LOW/cache-id", NULL, "cache1", NULL}, NULL, IMGA_OK, IMGA_E_DIGEST},
    {"cache-id leaves", {"LOW/cache-id", NULL, "../cache0", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"cache-id empty", {"LOW/cache-id", NULL, "", NULL}, NULL, IMGA_E_FORMAT, 0},
    {"cache-id is a link", {"LOW/cache-id", NULL, NULL, "/etc/hostname"}, NULL, IMGA_E_PATH, 0},
    {"tar-split absent", {"LOW/tar-split.json.gz", NULL, NULL, NULL}, NULL, IMGA_OK, IMGA_E_NOT_FOUND},
    {"tar-split altered", {"LOW/tar-split.json.gz", "\"AAAA", "\"BAAA", NULL}, NULL, IMGA_OK, 1},
};

/* The folder of a layer of the image: the one with or without a parent. */
static void layer_folder(const struct ocifiles *files, int is_top, char out[256])
{
    for (size_t i = 0; i < files->n; i++) {
        size_t n = strlen(files->p[i].name);
        const char *end = is_top ? "/parent" : "/cache-id";
        if (n > strlen(end) && strcmp(files->p[i].name + n - strlen(end), end) == 0) {
            snprintf(out, 256, "%.*s", (int)(n - strlen(end)), files->p[i].name);
            return;
        }
    }
    abort();
}

Test(stores, docker_root)
{
    for (size_t i = 0; i < IA_COUNT(docker); i++)
        check_row(store_docker, ia_docker_root_open, &docker[i]);
}

Test(stores, layers_of_a_docker_root)
{
    struct made made = make(store_docker, "repo:v1");
    for (size_t i = 0; i < IA_COUNT(docker_layers); i++) {
        struct row row = docker_layers[i];
        char folder[256], file[512];
        layer_folder(&made.files, row.edit.file[0] == 'T', folder);
        snprintf(file, sizeof(file), "%s%s", folder, row.edit.file + 3);
        row.edit.file = file;
        check_row(store_docker, ia_docker_root_open, &row);
    }
    ocifiles_free(&made.files);
}

/* Opens a storage, made by hand, that becomes a folder for this call only. */
static int open_made(struct test_env *t, const struct ocifiles *files, store_open_fn *open, const char *reference,
                     struct ia_image **out)
{
    char *folder = ocifiles_folder(files);
    int status = store_open(t, open, folder, reference, out);
    ocifiles_remove(files, folder);
    return status;
}

static void expect_open(const struct ocifiles *files, store_open_fn *open, const char *reference, int expected)
{
    struct ia_image *image = NULL;
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    int status = open_made(&t, files, open, reference, &image);
    cr_expect_eq(status, expected, "%s: %d %s: %s", reference ? reference : "", status, t.env.error.where,
                 t.env.error.message);
    ia_image_close(image);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

Test(stores, facts_of_containers_storage)
{
    struct made made = make(store_containers, "repo:v1");
    struct ia_image *image = NULL;
    char digest[72];
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    cr_assert_eq(open_made(&t, &made.files, ia_containers_storage_open, NULL, &image), IMGA_OK);
    const struct ia_image_facts *facts = ia_image_facts(image);
    snprintf(digest, sizeof(digest), "sha256:%s", made.id);
    cr_expect_str_eq(facts->form, "containers-storage");
    cr_expect_str_eq(facts->reference, "repo:v1");
    cr_expect_str_eq(facts->config_digest, digest);
    cr_expect_str_eq(facts->architecture, "amd64");
    const struct ia_layer *layer = ia_image_layer(image, 0);
    cr_expect_str_eq(layer->media_type, OCI_LAYER);
    cr_expect_str_eq(layer->digest, layer->diff_id); /* not compressed in the manifest of these tests */
    cr_expect_gt(layer->size, 0);
    snprintf(digest, sizeof(digest), "%s", facts->manifest_digest);
    expect_open(&made.files, ia_containers_storage_open, digest, IMGA_OK);
    ia_image_close(image);
    test_env_close(&t);
    ocifiles_free(&made.files);
}

Test(stores, facts_of_a_docker_root)
{
    struct made made = make(store_docker, NULL);
    struct ia_image *image = NULL;
    char digest[72];
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    cr_assert_eq(open_made(&t, &made.files, ia_docker_root_open, NULL, &image), IMGA_OK);
    const struct ia_image_facts *facts = ia_image_facts(image);
    snprintf(digest, sizeof(digest), "sha256:%s", made.id);
    cr_expect_str_eq(facts->form, "docker-root");
    cr_expect_str_eq(facts->reference, "");
    cr_expect_str_eq(facts->config_digest, digest);
    cr_expect_str_eq(facts->manifest_digest, "");
    cr_expect_str_eq(ia_image_layer(image, 0)->digest, "");
    ia_image_close(image);
    test_env_close(&t);
    ocifiles_free(&made.files);
}

Test(stores, short_ids)
{
    static const struct {
        make_fn *fill;
        store_open_fn *open;
    } stores[] = {{store_containers, ia_containers_storage_open}, {store_docker, ia_docker_root_open}};
    for (size_t i = 0; i < IA_COUNT(stores); i++) {
        struct made made = make(stores[i].fill, NULL);
        for (int n = 1; n <= 64; n += n < 8 ? 1 : 7) {
            char id[65];
            snprintf(id, sizeof(id), "%.*s", n, made.id);
            expect_open(&made.files, stores[i].open, id, n < 4 ? IMGA_E_NOT_FOUND : IMGA_OK);
        }
        ocifiles_free(&made.files);
    }
}

/* Two images under names that share a tag, and one without. */
static const struct {
    const char *reference;
    int status;
} choices[] = {
    {NULL, IMGA_E_AMBIGUOUS},    {"v1", IMGA_E_AMBIGUOUS},
    {"one:v1", IMGA_OK},         {"docker.io/library/two:v1", IMGA_OK},
    {"three", IMGA_E_NOT_FOUND}, {"abcd", IMGA_E_AMBIGUOUS},
    {"abcd1", IMGA_E_NOT_FOUND}, {"abcdabcd", IMGA_E_AMBIGUOUS},
};

#define ID_A "abcdabcd00000000000000000000000000000000000000000000000000000000"
#define ID_B "abcdabcdffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

Test(stores, several_images)
{
    struct made podman = make(store_containers, "one:v1"), moby = make(store_docker, "one:v1");
    char text[1024];
    snprintf(text, sizeof(text),
             "[{\"id\":\"" ID_A "\"},{\"id\":\"" ID_B
             "\",\"names\":[]},{\"names\":[\"one:v1\",\"two:v1\"],\"layer\":\"%s\","
             "\"id\":\"%s\"},{\"id\":\"x\",\"names\":[\"other:v1\"]}]",
             L2, podman.id);
    store_apply(&podman.files, &(struct store_edit){IMAGES, NULL, text, NULL});
    snprintf(text, sizeof(text),
             "{\"Repositories\":{\"one\":{\"one:v1\":\"sha256:%s\"},\"two\":{\"two:v1\":\"sha256:%s\"},\"other\":{"
             "\"other:v1\":\"sha256:" ID_A "\"}}}",
             moby.id, moby.id);
    store_apply(&moby.files, &(struct store_edit){REPOSITORIES, NULL, text, NULL});
    ocifiles_text(&moby.files, DOCKER "imagedb/content/sha256/" ID_A, "{}");
    ocifiles_text(&moby.files, DOCKER "imagedb/content/sha256/" ID_B, "{}");
    for (size_t i = 0; i < IA_COUNT(choices); i++) {
        expect_open(&podman.files, ia_containers_storage_open, choices[i].reference, choices[i].status);
        expect_open(&moby.files, ia_docker_root_open, choices[i].reference, choices[i].status);
    }
    ocifiles_free(&podman.files);
    ocifiles_free(&moby.files);
}

/* The id is content for whoever asks for it; names are not. */
Test(stores, an_id_must_be_the_digest_of_the_config)
{
    struct made made = make(store_containers, "repo:v1");
    char text[512], path[512];
    snprintf(text, sizeof(text), "[{\"id\":\"" ID_A "\",\"names\":[\"repo:v1\"],\"layer\":\"" L2 "\"}]");
    store_apply(&made.files, &(struct store_edit){IMAGES, NULL, text, NULL});
    for (size_t i = 0; i < made.files.n; i++) {
        struct ocifile *file = &made.files.p[i];
        if (strncmp(file->name, "overlay-images/", 15) == 0 && strstr(file->name, made.id)) {
            snprintf(path, sizeof(path), "overlay-images/" ID_A "%s", file->name + 15 + 64);
            free(file->name);
            file->name = strdup(path);
        }
    }
    expect_open(&made.files, ia_containers_storage_open, "repo:v1", IMGA_OK);
    expect_open(&made.files, ia_containers_storage_open, ID_A, IMGA_E_DIGEST);
    expect_open(&made.files, ia_containers_storage_open, "abcd", IMGA_E_DIGEST);
    expect_open(&made.files, ia_containers_storage_open, "sha256:" ID_A, IMGA_E_DIGEST);
    ocifiles_free(&made.files);
}

/* An index of which the image's manifest, or another one, is an entry; its digest goes to digest. */
static void add_index(struct made *made, const char *manifest, char digest[72])
{
    struct ocifiles parts = {NULL, 0};
    char text[1024], key[128], name[512];
    snprintf(text, sizeof(text),
             "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX "\",\"manifests\":[{\"mediaType\":\"" OCI_MANIFEST
             "\",\"digest\":\"%s\",\"size\":7}]}",
             manifest);
    ocifiles_blob(&parts, OCI_INDEX, text, strlen(text), name);
    snprintf(digest, 72, "sha256:%s", parts.p[0].name + sizeof("blobs/sha256/") - 1);
    snprintf(key, sizeof(key), "manifest-%s", digest);
    snprintf(name, sizeof(name), "\"big-data-names\":[\"%s\",", key);
    store_apply(&made->files, &(struct store_edit){IMAGES, "\"big-data-names\":[", name, NULL});
    store_data_name(name, sizeof(name), made->id, key);
    ocifiles_text(&made->files, name, text);
    ocifiles_free(&parts);
}

/* The digest of the manifest, as images.json has it. */
static void manifest_digest(const struct made *made, char digest[72])
{
    const char *at = strstr(store_file(&made->files, IMAGES)->data, "\"digest\":\"");
    snprintf(digest, 72, "%.71s", at + sizeof("\"digest\":\"") - 1);
}

Test(stores, the_digest_of_an_index_is_proven)
{
    struct made made = make(store_containers, "repo:v1");
    char manifest[72], digest[72], other[72], reference[128];
    manifest_digest(&made, manifest);
    add_index(&made, manifest, digest);
    add_index(&made, "sha256:" L1, other);
    snprintf(reference, sizeof(reference), "repo@%s", digest);
    expect_open(&made.files, ia_containers_storage_open, manifest, IMGA_OK);
    expect_open(&made.files, ia_containers_storage_open, digest, IMGA_OK);
    expect_open(&made.files, ia_containers_storage_open, reference, IMGA_OK);
    expect_open(&made.files, ia_containers_storage_open, other, IMGA_E_DIGEST);
    for (size_t i = 0; i < made.files.n; i++)
        if (strstr(made.files.p[i].data, "index.v1") && strstr(made.files.p[i].data, manifest))
            made.files.p[i].data[made.files.p[i].size - 1] = ' ';
    expect_open(&made.files, ia_containers_storage_open, digest, IMGA_E_DIGEST);
    ocifiles_free(&made.files);
}

Test(stores, a_list_of_images_is_no_image)
{
    struct made made = make(store_containers, "repo:v1");
    char path[256];
    snprintf(path, sizeof(path), "overlay-images/%s/manifest", made.id);
    store_apply(&made.files, &(struct store_edit){IMAGES, "\"digest\"", "\"old-digest\"", NULL});
    store_apply(&made.files,
                &(struct store_edit){path, NULL,
                                     "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX "\",\"manifests\":[]}", NULL});
    expect_open(&made.files, ia_containers_storage_open, NULL, IMGA_E_UNSUPPORTED);
    ocifiles_free(&made.files);
}

/* The layers of a running build are in a table of their own. */
Test(stores, volatile_layers)
{
    struct made made = make(store_containers, "repo:v1");
    struct ocifile *layers = store_file(&made.files, LAYERS);
    free(layers->name);
    layers->name = strdup("overlay-layers/volatile-layers.json");
    ocifiles_text(&made.files, LAYERS, "[]");
    expect_open(&made.files, ia_containers_storage_open, NULL, IMGA_OK);
    store_apply(&made.files, &(struct store_edit){LAYERS, NULL, "[{\"id\":\"" L2 "\"}]", NULL});
    expect_open(&made.files, ia_containers_storage_open, NULL, IMGA_E_AMBIGUOUS);
    ocifiles_free(&made.files);
}

Test(stores, an_image_without_layers)
{
    struct made podman = {{NULL, 0}, ""}, moby = {{NULL, 0}, ""};
    store_containers(&podman.files, "empty:v1", NULL, 0, podman.id);
    store_docker(&moby.files, "empty:v1", NULL, 0, moby.id);
    store_apply(&podman.files, &(struct store_edit){LAYERS, NULL, NULL, NULL});
    expect_open(&podman.files, ia_containers_storage_open, NULL, IMGA_OK);
    expect_open(&moby.files, ia_docker_root_open, NULL, IMGA_OK);
    ocifiles_free(&podman.files);
    ocifiles_free(&moby.files);
}

/* Opens, then reads the lowest layer; the first failure. */
static int open_and_read(struct test_env *t, const char *folder, store_open_fn *open)
{
    struct ia_image *image = NULL;
    int status = store_open(t, open, folder, NULL, &image);
    if (status >= 0) {
        status = case_layer(t, image, 0);
        ia_image_close(image);
    }
    return status;
}

/* Whoever asks for no proof gets none, and need not read what is not wanted. */
Test(stores, without_verification)
{
    struct made made = make(store_docker, "repo:v1");
    struct ia_image *image = NULL;
    struct ia_reader *reader = NULL;
    struct test_env t;
    store_apply(&made.files, &(struct store_edit){CACHED, NULL, "owe", NULL});
    char *folder = ocifiles_folder(&made.files);
    test_env_open(&t);
    test_env_crypto(&t);
    cr_assert_eq(store_open(&t, ia_docker_root_open, folder, NULL, &image), IMGA_OK);
    cr_expect_eq(case_layer(&t, image, 0), IMGA_E_DIGEST);
    ia_error_clear(&t.env);
    image->verify = IA_VERIFY_NONE;
    cr_expect_eq(case_layer(&t, image, 0), 1, "%s", t.env.error.message);
    cr_assert_eq(ia_image_layer_open(image, &t.env, 0, &reader), 1);
    cr_expect_not_null(reader->skip);
    ia_reader_close(reader);
    ia_image_close(image);
    test_env_close(&t);
    ocifiles_remove(&made.files, folder);
    ocifiles_free(&made.files);
}

Test(stores, folders_that_are_links)
{
    static const struct {
        make_fn *fill;
        store_open_fn *open;
        const char *folder;
    } rows[] = {
        {store_containers, ia_containers_storage_open, "overlay/" L1 "/diff"},
        {store_containers, ia_containers_storage_open, "overlay/" L1},
        {store_containers, ia_containers_storage_open, "overlay"},
        {store_containers, ia_containers_storage_open, "overlay-layers"},
        {store_containers, ia_containers_storage_open, "overlay-images"},
        {store_docker, ia_docker_root_open, "overlay2/cache0/diff"},
        {store_docker, ia_docker_root_open, "overlay2"},
        {store_docker, ia_docker_root_open, "image"},
        {store_docker, ia_docker_root_open, "image/overlay2"},
        {store_docker, ia_docker_root_open, "image/overlay2/imagedb/content"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct made made = make(rows[i].fill, "repo:v1");
        char *folder = ocifiles_folder(&made.files), from[512], to[512];
        struct test_env t;
        snprintf(from, sizeof(from), "%s/%s", folder, rows[i].folder);
        snprintf(to, sizeof(to), "%s/moved", folder);
        cr_assert_eq(rename(from, to), 0);
        cr_assert_eq(symlink(to, from), 0);
        test_env_open(&t);
        test_env_crypto(&t);
        int status = open_and_read(&t, folder, rows[i].open);
        cr_expect_eq(status, IMGA_E_PATH, "%s: %d %s", rows[i].folder, status, t.env.error.message);
        test_env_close(&t);
        unlink(from);
        rename(to, from);
        ocifiles_remove(&made.files, folder);
        ocifiles_free(&made.files);
    }
}

Test(stores, other_storages_of_docker)
{
    struct ocifiles files = {NULL, 0};
    ocifiles_text(&files, "image/btrfs/repositories.json", "{}");
    expect_open(&files, ia_docker_root_open, NULL, IMGA_E_NOT_FOUND);
    ocifiles_text(&files, "rootfs/overlayfs/x", "");
    expect_open(&files, ia_docker_root_open, NULL, IMGA_E_UNSUPPORTED);
    ocifiles_text(&files, "image/overlay2/x", "");
    expect_open(&files, ia_docker_root_open, NULL, IMGA_E_NOT_FOUND);
    ocifiles_text(&files, "image/overlay2/imagedb/content/sha256/x", "");
    expect_open(&files, ia_docker_root_open, NULL, IMGA_E_NOT_FOUND);
    ocifiles_free(&files);
}

Test(stores, limits)
{
    static const struct {
        const char *name;
        size_t field;
        uint64_t enough; /* UINT64_MAX: the size of the first table */
    } rows[] = {
        {"layers", offsetof(imga_limits, layers), 2},
        {"archive_members", offsetof(imga_limits, archive_members), 2},
        {"document_bytes", offsetof(imga_limits, document_bytes), UINT64_MAX},
    };
    struct made made = make(store_containers, "repo:v1");
    char *folder = ocifiles_folder(&made.files);
    for (size_t i = 0; i < 2 * IA_COUNT(rows); i++) {
        uint64_t value = rows[i / 2].enough;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        if (value == UINT64_MAX)
            value = store_file(&made.files, LAYERS)->size;
        value -= i % 2;
        memcpy((char *)&t.limits + rows[i / 2].field, &value, sizeof(value));
        cr_expect_eq(open_and_read(&t, folder, ia_containers_storage_open), i % 2 ? IMGA_E_LIMIT : 1, "%s: %s",
                     rows[i / 2].name, t.env.error.message);
        test_env_close(&t);
    }
    ocifiles_remove(&made.files, folder);
    ocifiles_free(&made.files);
}

static int list(struct test_env *t, const char *folder, int is_docker, struct ia_image_list *out)
{
    struct ia_image image = {.blobs.directory = open(folder, O_RDONLY | O_DIRECTORY)};
    ia_arena_init(&out->arena, &t->env.alloc);
    ia_vec_init(&out->entries, &t->env.alloc, sizeof(struct ia_image_entry), 100);
    int status = (is_docker ? ia_docker_root_list : ia_containers_storage_list)(&t->env, &image, out);
    ia_blobs_free(&image.blobs);
    return status;
}

Test(stores, lists)
{
    for (int is_docker = 0; is_docker < 2; is_docker++) {
        struct made made = make(is_docker ? store_docker : store_containers, "repo:v1");
        struct ia_image_list images = {0};
        struct test_env t;
        char digest[72];
        if (is_docker)
            ocifiles_text(&made.files, DOCKER "imagedb/content/sha256/" L1, "{}");
        else
            store_apply(&made.files, &(struct store_edit){IMAGES, "}]", "},{\"id\":\"" L1 "\"}]", NULL});
        char *folder = ocifiles_folder(&made.files);
        test_env_open(&t);
        cr_expect_geq(list(&t, folder, is_docker, &images), 0, "%s", t.env.error.message);
        cr_assert_eq(ia_image_list_count(&images), 2);
        const struct ia_image_entry *first = ia_image_list_at(&images, 0), *second = ia_image_list_at(&images, 1);
        cr_expect_str_eq(first->reference, "repo:v1");
        cr_expect_str_eq(second->reference, "");
        cr_expect_str_eq(second->digest, "sha256:" L1);
        snprintf(digest, sizeof(digest), "%s", first->digest);
        expect_open(&made.files, is_docker ? ia_docker_root_open : ia_containers_storage_open, digest, IMGA_OK);
        ia_image_list_free(&images);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
        ocifiles_remove(&made.files, folder);
        ocifiles_free(&made.files);
    }
}

static void sweep(make_fn *fill, store_open_fn *open)
{
    struct made made = make(fill, "repo:v1");
    char *folder = ocifiles_folder(&made.files);
    for (int fail_on = 0; fail_on < 2; fail_on++) {
        int status = IMGA_E_NOMEM;
        for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
            struct test_env t;
            test_env_open(&t);
            test_env_crypto(&t);
            t.fail_at = n;
            t.fail_on = fail_on;
            status = open_and_read(&t, folder, open);
            cr_expect(status == IMGA_E_NOMEM || status == 1, "allocation %zu: %d %s", n, status, t.env.error.message);
            test_env_close(&t);
            cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
        }
    }
    ocifiles_remove(&made.files, folder);
    ocifiles_free(&made.files);
}

Test(stores, every_allocation_fails_once)
{
    sweep(store_containers, ia_containers_storage_open);
    sweep(store_docker, ia_docker_root_open);
}
