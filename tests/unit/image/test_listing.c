/* SPDX-License-Identifier: Apache-2.0 */
/* What is listed, form by form; each image that is listed opens by its digest. */
#include "form_case.h"

#include "image/listing.h"
#include "pipe_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Blobs A to D: images; E: an attestation about A; F: an artifact; X: not stored. */
enum { BLOBS = 7, IMAGES = 4 };

struct shelf {
    struct ocifiles files;
    char descriptor[BLOBS][OCI_DESCRIPTOR];
    char digest[BLOBS][80];
};

static void shelve(struct shelf *s, size_t at, const char *content, const struct ociimage_edit *edit)
{
    struct tarball tar = case_tar(content);
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    const struct ociimage made = {.layers = &layer,
                                  .count = 1,
                                  .architecture = at == 1 ? "arm64" : NULL,
                                  .edits = edit,
                                  .edit_count = edit != NULL};
    ociimage_blobs(&s->files, &made, s->descriptor[at]);
    snprintf(s->digest[at], sizeof(s->digest[at]), "%.71s", strstr(s->descriptor[at], "sha256:"));
    tarball_free(&tar);
}

static void shelf_make(struct shelf *s)
{
    static const struct ociimage_edit statement = {EDIT_MANIFEST, OCI_LAYER, "application/vnd.in-toto+json", 0};
    static const struct ociimage_edit artifact = {EDIT_MANIFEST, OCI_CONFIG, "application/vnd.oci.empty.v1+json", 0};
    static const struct ociimage_edit absent = {EDIT_MANIFEST, NULL, NULL, 1};
    static const char *const contents[IMAGES] = {"A", "B", "C", "D"};
    memset(s, 0, sizeof(*s));
    for (size_t i = 0; i < IMAGES; i++)
        shelve(s, i, contents[i], NULL);
    shelve(s, 4, "E", &statement);
    shelve(s, 5, "F", &artifact);
    shelve(s, 6, "X", &absent);
    ocifiles_text(&s->files, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
}

static size_t blob_of(char letter)
{
    return letter == 'X' ? 6 : (size_t)(letter - 'A');
}

/* "$A" becomes the members of a descriptor, "%A" a digest. */
static void expand(const struct shelf *s, const char *from, char *to, size_t room)
{
    size_t n = 0;
    for (; *from; from++) {
        if (from[0] == '$' || from[0] == '%') {
            char kind = *from++;
            size_t blob = blob_of(*from);
            n += (size_t)snprintf(to + n, room - n, "%s", kind == '$' ? s->descriptor[blob] : s->digest[blob]);
        } else {
            to[n++] = *from;
        }
        cr_assert(n + 1 < room);
    }
    to[n] = '\0';
}

#define NAMED(name) "\"annotations\":{\"org.opencontainers.image.ref.name\":\"" name "\"}"
#define ON(os, arch) "\"platform\":{\"os\":\"" os "\",\"architecture\":\"" arch "\"}"
#define ABOUT(letter)                                                                                                  \
    "\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\","                                         \
    "\"vnd.docker.reference.digest\":\"%" letter "\"}"

/* index.json; nested, if there is one, is the index below it and stands as $N with its own members. */
static const struct {
    const char *name, *entries, *nested, *reference, *listed;
} rows[] = {
    {"nothing", "", NULL, NULL, ""},
    {"one without platform", "{$A}", NULL, NULL, "1 A  linux/amd64;"},
    {"one with name", "{$B," NAMED("v1") "}", NULL, NULL, "1 B v1 linux/arm64;"},
    {"the entry's platform counts", "{$A," ON("windows", "arm64") "}", NULL, NULL, "1 A  windows/arm64;"},
    {"two names of one", "{$A," NAMED("v1") "},{$A," NAMED("v2") "}", NULL, NULL,
     "1 A v1 linux/amd64;1 A v2 linux/amd64;"},
    {"an attestation", "{$A," ON("linux", "amd64") "},{$E," ON("unknown", "unknown") "," ABOUT("A") "}", NULL, NULL,
     "1 A  linux/amd64;2 E  unknown/unknown about A;"},
    {"an attestation by its platform only", "{$E," ON("unknown", "unknown") "}", NULL, NULL, "2 E  unknown/unknown;"},
    {"an attestation that nothing marks", "{$E}", NULL, NULL, "2 E  ;"},
    {"an artifact", "{$F}", NULL, NULL, "3 F  ;"},
    {"a type that is not known", "{\"mediaType\":\"application/x\",\"digest\":\"%A\",\"size\":1}", NULL, NULL,
     "3 A  ;"},
    {"not stored", "{$X}", NULL, NULL, "1 X  ;"},
    {"not stored, with a platform", "{$X," ON("linux", "s390x") "}", NULL, NULL, "1 X  linux/s390x;"},
    {"nested", "{$N," NAMED("all") "}", "{$A," ON("linux", "amd64") "},{$B," ON("linux", "arm64") "}", NULL,
     "1 A all linux/amd64;1 B all linux/arm64;"},
    {"nested among others", "{$C," NAMED("c") "},{$N," NAMED("all") "},{$D," NAMED("d") "}", "{$A},{$F}", NULL,
     "1 C c linux/amd64;1 A all linux/amd64;3 F all ;1 D d linux/amd64;"},
    {"nested with names of its own", "{$N," NAMED("all") "}", "{$A," NAMED("own") "}", NULL, "1 A own linux/amd64;"},
    {"only what is named", "{$A," NAMED("a") "},{$N," NAMED("b") "}", "{$B},{$C}", "b",
     "1 B b linux/arm64;1 C b linux/amd64;"},
    {"only a digest", "{$A," NAMED("a") "},{$E," ON("unknown", "unknown") "," ABOUT("A") "},{$B}", NULL, "%A",
     "1 A a linux/amd64;2 E  unknown/unknown about A;"},
    {"a name that is not there", "{$A," NAMED("a") "}", NULL, "b", ""},
};

static struct tarball shelf_archive(struct shelf *s, const char *entries, const char *nested)
{
    char text[8192], index[10240], descriptor[OCI_DESCRIPTOR] = "";
    if (nested) {
        expand(s, nested, text, sizeof(text));
        snprintf(index, sizeof(index), "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}", OCI_INDEX,
                 text);
        ocifiles_blob(&s->files, OCI_INDEX, index, strlen(index), descriptor);
    }
    const char *hole = strstr(entries, "$N");
    snprintf(index, sizeof(index), "%.*s%s%s", hole ? (int)(hole - entries) : (int)strlen(entries), entries,
             hole ? descriptor : "", hole ? hole + 2 : "");
    expand(s, index, text, sizeof(text));
    snprintf(index, sizeof(index), "{\"schemaVersion\":2,\"manifests\":[%s]}", text);
    ocifiles_text(&s->files, "index.json", index);
    return ocifiles_tar(&s->files);
}

static char letter_of(const struct shelf *s, const char *digest)
{
    for (size_t i = 0; i < BLOBS; i++)
        if (strcmp(s->digest[i], digest) == 0)
            return i == 6 ? 'X' : (char)('A' + i);
    return '?';
}

static void print(const struct shelf *s, const struct ia_image_list *list, char *out, size_t room)
{
    const struct ia_image_entry *e;
    size_t n = 0;
    *out = '\0';
    for (size_t i = 0; (e = ia_image_list_at(list, i)); i++) {
        n += (size_t)snprintf(out + n, room - n, "%d %c %s %s%s%s%s%s", (int)e->kind, letter_of(s, e->digest),
                              e->reference, e->os, e->architecture[0] ? "/" : "", e->architecture,
                              e->variant[0] ? "/" : "", e->variant);
        if (e->subject[0])
            n += (size_t)snprintf(out + n, room - n, " about %c", letter_of(s, e->subject));
        n += (size_t)snprintf(out + n, room - n, ";");
    }
}

static int list_tar(struct test_env *t, const struct tarball *archive, const char *reference,
                    struct ia_image_list *list)
{
    struct ia_image_request request = {.reference = reference};
    cr_assert_eq(ia_source_memory(&t->env, archive->p, archive->n, &request.source), IMGA_OK);
    int status = ia_image_list_read(&t->env, &request, list);
    ia_source_unref(request.source);
    return status;
}

/* Every image that is stored opens by its digest, on whatever platform this runs. */
static void open_rows(struct test_env *t, const struct tarball *archive, const struct shelf *s,
                      const struct ia_image_list *list, const char *name)
{
    const struct ia_image_entry *e;
    for (size_t i = 0; (e = ia_image_list_at(list, i)); i++) {
        struct ia_image *image = NULL;
        char letter = letter_of(s, e->digest);
        struct ia_image_request request = {.reference = e->digest};
        cr_assert_eq(ia_source_memory(&t->env, archive->p, archive->n, &request.source), IMGA_OK);
        int status = form_open(t, &request, &image);
        if (e->kind != IA_ENTRY_IMAGE)
            cr_expect(status < 0 || letter == 'A', "%s: %c", name, letter);
        else
            cr_expect_eq(status, letter == 'X' ? IMGA_E_NOT_FOUND : IMGA_OK, "%s: %c: %s", name, letter,
                         t->env.error.message);
        ia_error_clear(&t->env);
        ia_image_close(image);
        ia_source_unref(request.source);
    }
}

Test(listing, oci_archives)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct shelf s;
        struct ia_image_list list;
        struct test_env t;
        char found[1024], reference[96];
        test_env_open(&t);
        test_env_crypto(&t);
        shelf_make(&s);
        struct tarball archive = shelf_archive(&s, rows[i].entries, rows[i].nested);
        expand(&s, rows[i].reference ? rows[i].reference : "", reference, sizeof(reference));
        int status = list_tar(&t, &archive, rows[i].reference ? reference : NULL, &list);
        cr_assert_eq(status, IMGA_OK, "%s: %d %s", rows[i].name, status, t.env.error.message);
        print(&s, &list, found, sizeof(found));
        cr_expect_str_eq(found, rows[i].listed, "%s: %s", rows[i].name, found);
        open_rows(&t, &archive, &s, &list, rows[i].name);
        ia_image_list_free(&list);
        tarball_free(&archive);
        ocifiles_free(&s.files);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", rows[i].name);
    }
}

/* The same from a compressed archive, of which the layers only go by. */
Test(listing, compressed_archives)
{
    struct shelf s;
    struct ia_image_list list;
    struct test_env t;
    char found[1024];
    test_env_open(&t);
    test_env_crypto(&t);
    shelf_make(&s);
    struct tarball archive = shelf_archive(&s, "{$A," NAMED("a") "},{$N}", "{$B}");
    struct tarball packed = pipe_gzip(&archive);
    cr_assert_eq(list_tar(&t, &packed, NULL, &list), IMGA_OK, "%s", t.env.error.message);
    print(&s, &list, found, sizeof(found));
    cr_expect_str_eq(found, "1 A a linux/amd64;1 B  linux/arm64;");
    ia_image_list_free(&list);
    tarball_free(&packed);
    tarball_free(&archive);
    ocifiles_free(&s.files);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

Test(listing, limits)
{
    static const struct {
        const char *name;
        uint64_t layers, depth, document;
        int status;
    } limits[] = {
        {"enough", 1, 1, 4096, IMGA_OK},
        {"no nested index", 1, 0, 4096, IMGA_E_LIMIT},
        {"no entry at all", 0, 1, 4096, IMGA_E_LIMIT},
        {"a small document", 1, 1, 100, IMGA_E_LIMIT},
    };
    struct shelf s;
    shelf_make(&s);
    struct tarball archive = shelf_archive(&s, "{$N}", "{$A},{$B}");
    for (size_t i = 0; i < IA_COUNT(limits); i++) {
        struct ia_image_list list;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        t.limits.layers = limits[i].layers;
        t.limits.index_depth = limits[i].depth;
        t.limits.manifest_bytes = limits[i].document;
        int status = list_tar(&t, &archive, NULL, &list);
        cr_expect_eq(status, limits[i].status, "%s: %d %s", limits[i].name, status, t.env.error.message);
        ia_image_list_free(&list);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", limits[i].name);
    }
    tarball_free(&archive);
    ocifiles_free(&s.files);
}

/* count entries of one image: sixteen for each layer that an image may have. */
Test(listing, at_most_so_many_entries)
{
    struct shelf s;
    char entries[4096] = "";
    shelf_make(&s);
    for (int i = 0; i < 33; i++)
        snprintf(entries + strlen(entries), sizeof(entries) - strlen(entries), "%s{$A," ON("linux", "amd64") "}",
                 i ? "," : "");
    struct tarball archive = shelf_archive(&s, entries, NULL);
    for (uint64_t layers = 2; layers <= 3; layers++) {
        struct ia_image_list list;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        t.limits.layers = layers;
        cr_expect_eq(list_tar(&t, &archive, NULL, &list), layers == 2 ? IMGA_E_LIMIT : IMGA_OK, "%s",
                     t.env.error.message);
        ia_image_list_free(&list);
        test_env_close(&t);
    }
    tarball_free(&archive);
    ocifiles_free(&s.files);
}

/* Many entries that lead to one large document would make a small archive a large amount of work. */
Test(listing, documents_are_counted)
{
    for (int entries = 60; entries <= 70; entries += 10) {
        struct shelf s;
        struct ia_image_list list;
        struct test_env t;
        char index[20000], descriptor[OCI_DESCRIPTOR], top[20000] = "{\"schemaVersion\":2,\"manifests\":[";
        test_env_open(&t);
        test_env_crypto(&t);
        shelf_make(&s);
        t.limits.manifest_bytes = sizeof(index) - 1;
        snprintf(index, sizeof(index), "{\"schemaVersion\":2,\"manifests\":[%*s]}", (int)sizeof(index) - 35, "");
        cr_assert_eq(strlen(index), sizeof(index) - 1);
        ocifiles_blob(&s.files, OCI_INDEX, index, strlen(index), descriptor);
        for (int i = 0; i < entries; i++)
            snprintf(top + strlen(top), sizeof(top) - strlen(top), "%s{%s}", i ? "," : "", descriptor);
        strcat(top, "]}");
        ocifiles_text(&s.files, "index.json", top);
        struct tarball archive = ocifiles_tar(&s.files);
        cr_expect_eq(list_tar(&t, &archive, NULL, &list), entries > 64 ? IMGA_E_LIMIT : IMGA_OK, "%d: %s", entries,
                     t.env.error.message);
        ia_image_list_free(&list);
        tarball_free(&archive);
        ocifiles_free(&s.files);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

Test(listing, docker_archives)
{
    struct tarball one = case_tar("one"), two = case_tar("two");
    const struct ociimage_layer layers[] = {{.tar = one.p, .tar_size = one.n}, {.tar = two.p, .tar_size = two.n}};
    const struct ociimage a = {.layers = &layers[0], .count = 1, .reference = "a:1"};
    const struct ociimage b = {.layers = &layers[1], .count = 1, .architecture = "arm64"};
    struct ocifiles files = {NULL, 0}, more = {NULL, 0};
    struct ia_image_list list;
    struct test_env t;
    char manifest[2048];
    test_env_open(&t);
    test_env_crypto(&t);
    ociimage_docker(&files, &a);
    ociimage_docker(&more, &b);
    /* The second image's config has a name without digest. */
    form_rename(&more, more.p[0].name, "plain.json");
    char *first = files.p[files.n - 1].data, *second = more.p[more.n - 1].data;
    char *tail = strchr(strstr(second, "\"Config\":\"") + 10, '"');
    snprintf(manifest, sizeof(manifest), "%.*s,{\"Config\":\"plain.json%s", (int)strlen(first) - 1, first, tail);
    for (size_t i = 0; i + 1 < more.n; i++)
        ocifiles_add(&files, more.p[i].name, more.p[i].data, more.p[i].size);
    form_rename(&files, "manifest.json", "old.json");
    ocifiles_text(&files, "manifest.json", manifest);
    struct tarball archive = ocifiles_tar(&files);
    cr_assert_eq(list_tar(&t, &archive, NULL, &list), IMGA_OK, "%s", t.env.error.message);
    cr_assert_eq(ia_image_list_count(&list), 2);
    const struct ia_image_entry *x = ia_image_list_at(&list, 0), *y = ia_image_list_at(&list, 1);
    cr_expect_str_eq(x->reference, "a:1");
    cr_expect_str_eq(x->architecture, "amd64");
    cr_expect_str_eq(y->reference, "");
    cr_expect_str_eq(y->architecture, "arm64");
    const struct ia_image_entry *const both[] = {x, y};
    for (size_t i = 0; i < 2; i++) {
        struct ia_image *image = NULL;
        cr_assert_eq(case_open(&t, &archive, both[i]->digest, NULL, &image), IMGA_OK, "%s", t.env.error.message);
        cr_expect_str_eq(ia_image_facts(image)->config_digest, both[i]->digest);
        cr_expect_str_eq(ia_image_facts(image)->architecture, both[i]->architecture);
        ia_image_close(image);
    }
    ia_image_list_free(&list);
    tarball_free(&archive);
    ocifiles_free(&files);
    ocifiles_free(&more);
    tarball_free(&one);
    tarball_free(&two);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

static void expect_one(struct test_env *t, const struct ia_image_request *request, const char *reference,
                       const char *architecture)
{
    struct ia_image_list list;
    cr_assert_eq(ia_image_list_read(&t->env, request, &list), IMGA_OK, "%s", t->env.error.message);
    cr_assert_eq(ia_image_list_count(&list), 1);
    const struct ia_image_entry *e = ia_image_list_at(&list, 0);
    cr_expect_eq(e->kind, IA_ENTRY_IMAGE);
    cr_expect_str_eq(e->reference, reference);
    cr_expect_str_eq(e->os, "linux");
    cr_expect_str_eq(e->architecture, architecture);
    cr_expect_null(ia_image_list_at(&list, 1));
    ia_image_list_free(&list);
}

Test(listing, forms_of_one_image)
{
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    const struct ociimage made = {.layers = &layer, .count = 1};
    struct ocifiles dir = {NULL, 0}, root = {NULL, 0}, legacy = {NULL, 0};
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    form_dir(&dir, &made);
    ocifiles_text(&root, "etc/os-release", "");
    form_legacy(&legacy, &tar, 1);
    char *dir_path = ocifiles_folder(&dir), *root_path = ocifiles_folder(&root);
    struct tarball archive = ocifiles_tar(&legacy);
    struct ia_image_request request = {.path = dir_path};
    expect_one(&t, &request, "", "amd64");
    request.path = root_path;
    expect_one(&t, &request, "", "");
    request.path = NULL;
    cr_assert_eq(ia_source_memory(&t.env, archive.p, archive.n, &request.source), IMGA_OK);
    expect_one(&t, &request, "repo:v1", "amd64");
    ia_source_unref(request.source);
    ocifiles_remove(&dir, dir_path);
    ocifiles_remove(&root, root_path);
    ocifiles_free(&dir);
    ocifiles_free(&root);
    ocifiles_free(&legacy);
    tarball_free(&archive);
    tarball_free(&tar);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

Test(listing, out_of_memory)
{
    struct shelf s;
    int status = IMGA_E_NOMEM;
    shelf_make(&s);
    struct tarball archive =
        shelf_archive(&s, "{$N," NAMED("all") "},{$X},{$C}", "{$A," ON("linux", "amd64") "},{$B},{$F}");
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct ia_image_request request = {.reference = NULL};
        struct ia_image_list list = {.read = 0};
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        t.fail_at = n;
        status = ia_source_memory(&t.env, archive.p, archive.n, &request.source);
        if (status == IMGA_OK)
            status = ia_image_list_read(&t.env, &request, &list);
        cr_expect(status == IMGA_E_NOMEM || ia_image_list_count(&list) == 5, "allocation %zu: %d", n, status);
        ia_image_list_free(&list);
        ia_source_unref(request.source);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
        cr_assert_lt(n, 4000);
    }
    tarball_free(&archive);
    ocifiles_free(&s.files);
}
