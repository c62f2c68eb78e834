/* SPDX-License-Identifier: Apache-2.0 */
#include "toc_case.h"

#include "image/toc_frame.h"
#include "ociimage.h"
#include "scan/files.h"
#include "scan/toc.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

const enum toc_form toc_forms[4] = {FORM_ESTARGZ, FORM_ESTARGZ_LEGACY, FORM_CHUNKED, FORM_CHUNKED_OLD};
const char *const toc_form_names[4] = {"eStargz", "eStargz, old footer", "zstd:chunked", "zstd:chunked, old footer"};

#define INSTALLED "P:musl\nV:1.2\n\n"

const char toc_json[] =
    "{\"version\":1,\"entries\":["
    "{\"name\":\"bin/\",\"type\":\"dir\",\"mode\":493,\"modtime\":\"2024-09-06T11:34:04Z\",\"NumLink\":0},"
    "{\"name\":\"bin/sh\",\"type\":\"reg\",\"size\":5,"
    "\"digest\":\"sha256:ce635c4eabff5e4f56dba8fb1e39ca235530aa2b6b18533eef1af3862016c577\",\"chunkSize\":3},"
    "{\"name\":\"bin/sh\",\"type\":\"chunk\",\"chunkOffset\":3,\"chunkSize\":2},"
    "{\"name\":\"bin/ls\",\"type\":\"symlink\",\"linkName\":\"sh\"},"
    "{\"name\":\"bin/ash\",\"type\":\"hardlink\",\"linkName\":\"bin/sh\",\"xattrs\":{\"a\":\"Yg==\"}},"
    "{\"name\":\"pipe\",\"type\":\"fifo\"},"
    "{\"name\":\"zero\",\"type\":\"char\",\"devMajor\":0},"
    "{\"name\":\"lib/apk/db/installed\",\"type\":\"reg\",\"size\":14,"
    "\"digest\":\"sha256:a5e84bf3d4448ed3d74297bb52b6fffc018a2b0f6866ac126cedc96d5f53868d\"}]}\n";

/* ---- bytes ---- */

static void add(struct tarball *t, const void *data, size_t size)
{
    t->p = realloc(t->p, t->n + size + 1);
    memcpy(t->p + t->n, data, size);
    t->n += size;
}

static void add_number(struct tarball *t, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        add(t, &(char){(char)(value >> 8 * i)}, 1);
}

static void add_gzip(struct tarball *t, const void *data, size_t size)
{
    z_stream z = {0};
    size_t room = size + 1024;
    unsigned char *out = malloc(room);
    cr_assert_eq(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)data;
    z.avail_in = (unsigned)size;
    z.next_out = out;
    z.avail_out = (unsigned)room;
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    add(t, out, z.total_out);
    deflateEnd(&z);
    free(out);
}

static size_t add_zstd(struct tarball *t, const void *data, size_t size)
{
    size_t room = ZSTD_compressBound(size), n;
    char *out = malloc(room);
    n = ZSTD_compress(out, room, data, size, 1);
    cr_assert_not(ZSTD_isError(n));
    add(t, out, n);
    free(out);
    return n;
}

static void add_frame(struct tarball *t, const void *data, size_t size)
{
    add_number(t, 0x184d2a50, 4);
    add_number(t, size, 4);
    add(t, data, size);
}

/* ---- the layer ---- */

static struct tarball files(void)
{
    struct tarball t = {NULL, 0};
    tarball_dir(&t, "bin/");
    tarball_file(&t, "bin/sh", "shell");
    tarball_file(&t, "bin/ls", "list");
    tarball_link(&t, "bin/ls", "sh");
    tarball_hardlink(&t, "./bin/ash", "/bin/sh");
    tarball_add(&t, &(struct tar_member){.name = "pipe", .type = '6'});
    tarball_add(&t, &(struct tar_member){.name = "zero", .type = '3'});
    tarball_file(&t, "lib/apk/db/installed", INSTALLED);
    return t;
}

static size_t json_size(const struct toc_layer *layer)
{
    return layer->json_size ? layer->json_size : strlen(layer->json);
}

static void add_index(struct tarball *t, const char *name, const char *json, size_t size)
{
    tarball_add(t, &(struct tar_member){.name = name ? name : ia_toc_name, .data = json, .size = size});
    tarball_end(t);
}

/* estargz.md: an empty member without compression, with an extra field. */
static void add_stargz_footer(struct tarball *t, uint64_t offset, bool legacy)
{
    static const char end[] = "\1\0\0\xff\xff\0\0\0\0\0\0\0\0";
    char text[32];
    snprintf(text, sizeof(text), "%016" PRIx64 "STARGZ", offset);
    add(t, "\x1f\x8b\x8\x4\0\0\0\0\0\xff", 10);
    add_number(t, legacy ? 22 : 26, 2);
    if (!legacy)
        add(t, "SG\x16\0", 4);
    add(t, text, 22);
    add(t, end, 13);
}

static struct tarball make_estargz(const struct toc_layer *layer, struct tarball *tar)
{
    struct tarball blob = {NULL, 0}, index = {NULL, 0};
    const char *in_stream = layer->stream_json ? layer->stream_json : layer->json;
    size_t size = layer->stream_json ? strlen(in_stream) : json_size(layer), offset;
    add_gzip(&blob, tar->p, tar->n);
    add_index(&index, layer->index_name, in_stream, size);
    add(tar, index.p, index.n);
    offset = blob.n;
    add_gzip(&blob, index.p, index.n);
    tarball_free(&index);
    if (layer->stream_json) { /* behind the end of the archive */
        struct tarball hidden = {NULL, 0};
        add_index(&hidden, layer->index_name, layer->json, json_size(layer));
        offset = blob.n;
        add_gzip(&blob, hidden.p, hidden.n);
        add(tar, hidden.p, hidden.n);
        tarball_free(&hidden);
    }
    if (!layer->no_footer)
        add_stargz_footer(&blob, offset, layer->form == FORM_ESTARGZ_LEGACY);
    return blob;
}

static struct tarball make_chunked(const struct toc_layer *layer, struct tarball *tar, char position[128])
{
    struct tarball blob = {NULL, 0}, packed = {NULL, 0}, footer = {NULL, 0};
    uint64_t unpacked = layer->unpacked ? layer->unpacked : json_size(layer);
    tarball_end(tar);
    add_zstd(&blob, tar->p, tar->n);
    if (layer->packed)
        add(&packed, layer->packed, layer->packed_size);
    else
        add_zstd(&packed, layer->json, json_size(layer));
    add_number(&footer, blob.n + 8, 8);
    add_number(&footer, packed.n, 8);
    add_number(&footer, unpacked, 8);
    add_number(&footer, 1, 8);
    snprintf(position, 128, "%zu:%zu:%" PRIu64 ":1", blob.n + 8, packed.n, unpacked);
    if (layer->form == FORM_CHUNKED)
        for (int i = 0; i < 3; i++)
            add_number(&footer, 0, 8);
    add(&footer, "GnUlInUx", 8);
    add_frame(&blob, packed.p, packed.n);
    if (!layer->no_footer)
        add_frame(&blob, footer.p, footer.n);
    tarball_free(&packed);
    tarball_free(&footer);
    return blob;
}

static struct tarball make_blob(const struct toc_layer *layer, struct tarball *tar, char position[128])
{
    *tar = files();
    position[0] = '\0';
    return layer->form == FORM_CHUNKED || layer->form == FORM_CHUNKED_OLD ? make_chunked(layer, tar, position)
                                                                          : make_estargz(layer, tar);
}

void toc_position(const struct toc_layer *layer, char out[128])
{
    struct tarball tar, blob = make_blob(layer, &tar, out);
    tarball_free(&blob);
    tarball_free(&tar);
}

static struct tarball make_archive(const struct toc_layer *layer)
{
    char position[128], with[1024];
    struct tarball tar, blob = make_blob(layer, &tar, position);
    bool chunked = position[0] != '\0';
    const char *type = chunked ? OCI_LAYER "+zstd" : OCI_LAYER "+gzip";
    const struct ociimage_layer made = {
        .tar = tar.p, .tar_size = tar.n, .blob = blob.p, .blob_size = blob.n, .media_type = type};
    snprintf(with, sizeof(with), "\"annotations\":{%s},\"mediaType\":\"%s\"",
             layer->annotations ? layer->annotations : "", type);
    const struct ociimage_edit edit = {
        EDIT_MANIFEST, chunked ? "\"mediaType\":\"" OCI_LAYER "+zstd\"" : "\"mediaType\":\"" OCI_LAYER "+gzip\"", with,
        0};
    const struct ociimage image = {.layers = &made, .count = 1, .edits = &edit, .edit_count = 1};
    struct tarball archive = ociimage_oci_archive(&image);
    tarball_free(&blob);
    tarball_free(&tar);
    return archive;
}

/* ---- the run ---- */

struct piped {
    const struct tarball *archive;
    size_t at;
};

static int64_t piped_read(void *user, void *buffer, size_t size)
{
    struct piped *piped = user;
    size_t n = piped->archive->n - piped->at;
    n = n < size ? n : size;
    memcpy(buffer, piped->archive->p + piped->at, n);
    piped->at += n;
    return (int64_t)n;
}

static int open_source(struct test_env *t, struct piped *piped, bool is_piped, struct ia_source **out)
{
    const imga_stream_ops ops = {sizeof(ops), 0, piped_read, NULL, piped};
    return is_piped ? ia_source_stream(&t->env, &ops, out)
                    : ia_source_memory(&t->env, piped->archive->p, piped->archive->n, out);
}

static void take_notes(const struct ia_notes *notes, struct toc_found *found)
{
    const struct ia_note *note;
    for (size_t i = 0; (note = ia_notes_at(notes, i)); i++) {
        found->tocs += note->code == IMGA_NOTE_TOC;
        if (note->code == IMGA_NOTE_TOC)
            snprintf(found->toc, sizeof(found->toc), "%s", note->text);
        if (note->code != IMGA_NOTE_SKIPPED)
            continue;
        found->skipped++;
        snprintf(found->where, sizeof(found->where), "%s", note->where);
        snprintf(found->text, sizeof(found->text), "%s", note->text);
    }
}

/* What a run needs beside the layer. */
struct world {
    struct tarball archive;
    struct piped piped;
    struct ia_taken taken;
    struct ia_image *image;
};

static int open_world(struct world *w, struct test_env *t, const struct toc_layer *layer)
{
    struct ia_image_request open = {.sink = &w->taken.sink};
    int status;
    *w = (struct world){.archive = make_archive(layer)};
    w->piped.archive = &w->archive;
    IA_GO(status, ia_taken_init(&t->env, &w->taken, 0));
    IA_GO(status, open_source(t, &w->piped, layer->piped, &open.source));
    status = ia_image_open(&t->env, &open, &w->image);
out:
    ia_source_unref(open.source);
    return status;
}

static void close_world(struct world *w)
{
    ia_image_close(w->image);
    ia_taken_free(&w->taken);
    tarball_free(&w->archive);
}

struct toc_found toc_run(struct test_env *t, const struct toc_layer *layer)
{
    struct toc_found found = {.status = IMGA_OK};
    struct ia_files files = {.notes = {.dropped = 0}};
    struct world w;
    found.status = open_world(&w, t, layer);
    if (found.status >= 0) {
        const struct ia_files_request request = {w.image, &w.taken, !layer->piped, false};
        found.status = ia_collect_files(&t->env, &request, &files);
    }
    if (found.status >= 0)
        take_notes(&files.notes, &found);
    ia_files_free(&files);
    close_world(&w);
    return found;
}

void toc_kept(struct test_env *t, uint64_t *before, uint64_t *after)
{
    const struct toc_layer layer = {.form = FORM_ESTARGZ, .json = toc_json, .piped = true};
    struct ia_layer_record record;
    struct world w;
    cr_assert_eq(open_world(&w, t, &layer), 0, "%s", t->env.error.message);
    cr_assert_eq(ia_layer_record_copy(&t->env, ia_taken_record(&w.taken, 0), &record), 0);
    *before = record.kept;
    cr_assert_eq(ia_toc_check(&t->env, w.image, 0, &record), 1);
    *after = record.kept;
    ia_layer_record_free(&record);
    close_world(&w);
}

char *toc_edit(const char *find, const char *with)
{
    const char *at = strstr(toc_json, find);
    cr_assert_not_null(at, "%s", find);
    char *out = malloc(sizeof(toc_json) + strlen(with));
    sprintf(out, "%.*s%s%s", (int)(at - toc_json), toc_json, with, at + strlen(find));
    return out;
}
