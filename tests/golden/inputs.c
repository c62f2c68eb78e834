/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inputs FOLDER: writes the inputs of the golden cases: the scenario of tests/support as files, and damaged ones.
 * The same bytes on every run.
 */
#include "evident.h"
#include "ociimage.h"
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void die(const char *what)
{
    fprintf(stderr, "inputs: cannot make %s\n", what);
    exit(1);
}

static void save(const char *name, const void *data, size_t size)
{
    FILE *file = fopen(name, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        die(name);
}

static void save_text(const char *name, const char *text)
{
    save(name, text, strlen(text));
}

static void copy_folder(const char *from, const char *name)
{
    char command[4200];
    snprintf(command, sizeof(command), "rm -rf %s && cp -r '%s' %s", name, from, name);
    if (system(command) != 0)
        die(name);
}

/* Saves a copy in which the first byte of text is another one. */
static void save_damaged(const char *name, const struct tarball *tar, const char *text)
{
    char *copy = malloc(tar->n);
    size_t length = strlen(text), at = 0;
    if (!copy)
        die(name);
    memcpy(copy, tar->p, tar->n);
    while (at + length <= tar->n && memcmp(copy + at, text, length) != 0)
        at++;
    if (at + length > tar->n)
        die(name);
    copy[at] = (char)(copy[at] ^ 1);
    save(name, copy, tar->n);
    free(copy);
}

#define CONFIG                                                                                                         \
    "{\"User\":\"www\",\"WorkingDir\":\"/srv\",\"StopSignal\":\"SIGQUIT\",\"ExposedPorts\":{\"80/tcp\":{}},"           \
    "\"Env\":[\"PATH=/bin\",\"A=b=c\",\"NAME\"],\"Entrypoint\":[\"/init\"],\"Cmd\":[\"x\",\"y\"],\"Volumes\":"         \
    "{\"/b\":{},\"/a\":{}},\"Labels\":{\"z\":\"1\",\"y\":\"2\"},\"OnBuild\":[\"RUN z\"],\"Shell\":[\"sh\",\"-c\"],"    \
    "\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"],\"Interval\":1,\"Timeout\":2,\"StartPeriod\":3,\"StartInterval\":4," \
    "\"Retries\":5}},\"author\":\"me\",\"os.version\":\"10\",\"os.features\":[\"win32k\"]"
#define HISTORY                                                                                                        \
    "[{\"created_by\":\"ENV\",\"empty_layer\":true},{\"created\":\"t\",\"created_by\":\"ADD\",\"author\":\"x\","       \
    "\"comment\":\"y\"}]"

/* An image that says everything of itself that one can. */
static void talkative(const struct ociimage_layer *layer)
{
    static const struct ociimage_edit edits[] = {{EDIT_CONFIG, "\"config\":{}", "\"config\":" CONFIG, 0},
                                                 {EDIT_CONFIG, "[{\"created_by\":\"step 0\"}]", HISTORY, 0}};
    const struct ociimage image = {.layers = layer, .count = 1, .edits = edits, .edit_count = 2};
    struct tarball archive = ociimage_oci_archive(&image);
    save("config.tar", archive.p, archive.n);
    tarball_free(&archive);
}

/* A layout of two platforms, and a statement about the first. */
static void platforms(const struct ociimage_layer *layer)
{
    static const char *const architectures[] = {"amd64", "arm64"};
    struct ocifiles files = {NULL, 0};
    char descriptors[2][OCI_DESCRIPTOR], statement[OCI_DESCRIPTOR], digest[80], index[6 * OCI_DESCRIPTOR];
    for (size_t i = 0; i < 2; i++) {
        const struct ociimage image = {.layers = layer, .count = 1, .architecture = architectures[i]};
        ociimage_blobs(&files, &image, descriptors[i]);
    }
    ocifiles_blob(&files, OCI_MANIFEST, "{}", 2, statement);
    snprintf(digest, sizeof(digest), "%.71s", strstr(descriptors[0], "sha256:"));
    snprintf(index, sizeof(index),
             "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX "\",\"manifests\":["
             "{%s,\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"},"
             "\"annotations\":{\"org.opencontainers.image.ref.name\":\"two\"}},"
             "{%s,\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"},"
             "\"annotations\":{\"org.opencontainers.image.ref.name\":\"two\"}},"
             "{%s,\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"},\"annotations\":"
             "{\"vnd.docker.reference.type\":\"attestation-manifest\",\"vnd.docker.reference.digest\":\"%s\"}}]}",
             descriptors[0], descriptors[1], statement, digest);
    ocifiles_text(&files, "index.json", index);
    ocifiles_text(&files, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    char *folder = ocifiles_folder(&files);
    copy_folder(folder, "platforms");
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
}

static void images(const struct scenario *s)
{
    struct tarball tar = {NULL, 0};
    tarball_file(&tar, "etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
    tarball_file(&tar, "etc/motd", "hello\n");
    tarball_end(&tar);
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    talkative(&layer);
    platforms(&layer);
    tarball_free(&tar);
    struct tarball evident = evident_image();
    save("evident.tar", evident.p, evident.n);
    tarball_free(&evident);
    save("docker.tar", s->docker.p, s->docker.n);
    save("oci.tar", s->oci.p, s->oci.n);
    save("truncated.tar", s->docker.p, 700);
    save_damaged("damaged.tar", &s->docker, "PRETTY_NAME");
    save_damaged("damaged-oci.tar", &s->oci, "PRETTY_NAME");
    copy_folder(s->folder, "layout");
}

static void documents(const struct scenario *s)
{
    save_text("tracker.json", s->tracker);
    save_text("secdb.json", s->secdb);
    save("truncated.json", s->tracker, strlen(s->tracker) / 2);
    save_text("unknown.json", "{\"something\": [\"else\"]}\n");
    save_text("odd.json",
              "{\"distroversion\":\"v3.18\",\"reponame\":\"main\",\"packages\":[{\"pkg\":{\"name\":\"openssl\","
              "\"secfixes\":{\"3.1.1-r0\":[\"CVE-2023-2650\"]}}},{\"pkg\":17}]}");
    save_text("policy.yaml", s->policy);
    save_text("policy-duplicate.yaml", "imgassure: 1\npolicy: a\npolicy: b\nrules: []\n");
    save_text("policy-check.yaml", "imgassure: 1\npolicy: a\nrules:\n  - {id: r, check: horoscope}\n");
    save_text("policy-newer.yaml", "imgassure: 99\npolicy: a\nrules: []\n");
    save_text("policy-alias.yaml", "imgassure: 1\npolicy: &a x\ndescription: *a\nrules: []\n");
}

static void database(const struct scenario *s, imga_context *context)
{
    struct sink db = {NULL, 0};
    scenario_database(s, context, &db);
    save("advisories.db", db.p, db.n);
    save("truncated.db", db.p, db.n / 2);
    db.p[db.n - 1] = (char)(db.p[db.n - 1] ^ 1);
    save("damaged.db", db.p, db.n);
    sink_free(&db);
}

static void inventory(imga_context *context)
{
    imga_image *image = NULL;
    imga_inventory *collected = NULL;
    struct sink text = {NULL, 0};
    if (imga_image_open(context, "docker.tar", NULL, &image, NULL) != IMGA_OK ||
        imga_inventory_collect(context, image, &collected, NULL) != IMGA_OK ||
        imga_inventory_write(collected, sink_write, &text, NULL) != IMGA_OK)
        die("inventory.json");
    save("inventory.json", text.p, text.n);
    save("truncated-inventory.json", text.p, text.n / 2);
    sink_free(&text);
    imga_inventory_unref(collected);
    imga_image_unref(image);
}

int main(int argc, char **argv)
{
    struct scenario s;
    imga_context *context = NULL;
    scenario_make(&s);
    if (argc != 2 || chdir(argv[1]) != 0 || imga_context_new(NULL, &context, NULL) != IMGA_OK)
        die("the folder");
    images(&s);
    documents(&s);
    database(&s, context);
    inventory(context);
    imga_context_unref(context);
    scenario_free(&s);
    return 0;
}
