/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A deflate stream may be cut at a full flush and its pieces repeated: the ten gigabytes of zeros are one compressed
 * mebibyte (RFC 1951) again and again, with the CRC-32 combined and the digest taken over the real bytes.
 */
#include "shapes.h"

#include "crypto/digest.h"
#include "io/tar_write.h"
#include "measure.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { BLOCK = 512, END = 2 * BLOCK, FILES_A_FOLDER = 1000, DOCUMENTS = 8 * 1024 };

static void add(struct ia_buf *out, const void *data, size_t size)
{
    must(ia_buf_add(out, data, size) == IMGA_OK, "no memory");
}

static void add_header(struct ia_buf *out, char type, const char *name, uint64_t size)
{
    struct ia_tar_member member = {.type = type, .name = ia_str_from(name), .size = size, .mode = 0755};
    must(ia_tar_write_header(out, &member) == IMGA_OK, "no memory");
}

static void pad(struct ia_buf *out)
{
    static const char zeros[BLOCK];
    add(out, zeros, (BLOCK - out->n % BLOCK) % BLOCK);
}

static void add_member(struct ia_buf *out, const char *name, const char *text)
{
    add_header(out, '0', name, strlen(text));
    add(out, text, strlen(text));
    pad(out);
}

/* What stands after the layer. */
static void end_archive(struct ia_buf *archive, const struct ia_digest *diff_id)
{
    char config[512], text[IA_DIGEST_TEXT];
    pad(archive);
    ia_digest_text(diff_id, text);
    snprintf(config, sizeof(config),
             "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},"
             "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}",
             text);
    add_member(archive, "config.json", config);
    add_member(archive, "manifest.json",
               "[{\"Config\":\"config.json\",\"RepoTags\":[\"shape:latest\"],\"Layers\":[\"layer.tar\"]}]");
    must(ia_tar_write_end(archive) == IMGA_OK, "no memory");
}

void shape_entries(struct ia_env *env, uint64_t count, struct ia_buf *archive)
{
    uint64_t folders = (count + FILES_A_FOLDER - 1) / FILES_A_FOLDER, size = (count + folders) * BLOCK + END;
    struct ia_digest diff_id;
    char name[64];
    ia_buf_init(archive, &env->alloc, SIZE_MAX);
    must(ia_buf_reserve(archive, (size_t)size + DOCUMENTS) == IMGA_OK, "no memory");
    add_header(archive, '0', "layer.tar", size);
    size_t start = archive->n;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t folder = i / FILES_A_FOLDER;
        snprintf(name, sizeof(name), "srv/d%03" PRIu64, folder);
        if (i % FILES_A_FOLDER == 0)
            add_header(archive, '5', name, 0);
        snprintf(name, sizeof(name), "srv/d%03" PRIu64 "/file%06" PRIu64, folder, i);
        add_header(archive, '0', name, 0);
    }
    must(ia_tar_write_end(archive) == IMGA_OK && archive->n == start + size, "the layer has another size");
    must(ia_digest_of(env, archive->p + start, (size_t)size, &diff_id) == IMGA_OK, "no digest");
    end_archive(archive, &diff_id);
}

static void add_status(struct ia_buf *out, uint64_t count)
{
    struct ia_buf status = {.alloc = out->alloc, .max = SIZE_MAX};
    char record[256];
    for (uint64_t i = 0; i < count; i++) {
        snprintf(record, sizeof(record),
                 "Package: package-%06" PRIu64 "\nStatus: install ok installed\nArchitecture: amd64\n"
                 "Source: source-%06" PRIu64 "\nVersion: 1.%" PRIu64 "-1\nMaintainer: A Team <team%" PRIu64
                 "@example.org>\n\n",
                 i, i / 3, i, i % 100);
        add(&status, record, strlen(record));
    }
    add_header(out, '0', "var/lib/dpkg/status", status.n);
    add(out, status.p, status.n);
    pad(out);
    ia_buf_free(&status);
}

static void add_module(struct ia_buf *out, uint64_t i)
{
    char name[128], text[256];
    snprintf(name, sizeof(name), "app/node_modules/module-%06" PRIu64 "/package.json", i);
    snprintf(text, sizeof(text),
             "{\"name\":\"module-%06" PRIu64 "\",\"version\":\"1.%" PRIu64 ".0\",\"license\":\"MIT\"}", i, i);
    add_member(out, name, text);
}

void shape_packages(struct ia_env *env, uint64_t count, struct ia_buf *archive)
{
    struct ia_digest diff_id;
    struct ia_buf layer;
    ia_buf_init(&layer, &env->alloc, SIZE_MAX);
    ia_buf_init(archive, &env->alloc, SIZE_MAX);
    add_status(&layer, count / 2);
    for (uint64_t i = count / 2; i < count; i++)
        add_module(&layer, i);
    must(ia_tar_write_end(&layer) == IMGA_OK, "no memory");
    must(ia_digest_of(env, layer.p, layer.n, &diff_id) == IMGA_OK, "no digest");
    must(ia_buf_reserve(archive, layer.n + DOCUMENTS) == IMGA_OK, "no memory");
    add_header(archive, '0', "layer.tar", layer.n);
    add(archive, layer.p, layer.n);
    ia_buf_free(&layer);
    end_archive(archive, &diff_id);
}

/* Raw deflate of data that stands alone, up to a byte boundary. */
static void deflate_piece(struct ia_buf *out, const void *data, size_t size, int flush)
{
    static unsigned char buffer[16 * 1024];
    z_stream z = {.next_in = (unsigned char *)data, .avail_in = (uInt)size};
    must(deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) == Z_OK, "no deflate");
    z.next_out = buffer;
    z.avail_out = sizeof(buffer);
    deflate(&z, flush);
    must(z.avail_in == 0 && z.avail_out > 0, "the piece is too large");
    add(out, buffer, sizeof(buffer) - z.avail_out);
    deflateEnd(&z);
}

/* The layer's tar while it is made: its compressed bytes, and what they must give. */
struct packed {
    struct ia_env *env;
    struct ia_hash *hash;
    uLong crc;
    uint64_t size;
};

static void count_piece(struct packed *packed, const void *data, size_t size)
{
    must(ia_hash_update(packed->hash, packed->env, data, size) == IMGA_OK, "no digest");
    packed->crc = crc32_combine(packed->crc, crc32(0, data, (uInt)size), (z_off_t)size);
    packed->size += size;
}

static void add_u32(struct ia_buf *out, uint64_t value)
{
    uint8_t bytes[4];
    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    add(out, bytes, sizeof(bytes));
}

static void pack_zeros(struct packed *packed, uint64_t size, struct ia_buf *out)
{
    static const unsigned char zeros[SHAPE_BLOCK];
    struct ia_buf head, piece;
    ia_buf_init(&head, &packed->env->alloc, SIZE_MAX);
    ia_buf_init(&piece, &packed->env->alloc, SIZE_MAX);
    add_header(&head, '0', "zeros", size);
    deflate_piece(&piece, zeros, SHAPE_BLOCK, Z_FULL_FLUSH);
    must(ia_buf_reserve(out, (size_t)(size / SHAPE_BLOCK) * piece.n + DOCUMENTS) == IMGA_OK, "no memory");
    add(out, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    deflate_piece(out, head.p, head.n, Z_FULL_FLUSH);
    count_piece(packed, head.p, head.n);
    for (uint64_t i = 0; i < size; i += SHAPE_BLOCK) {
        add(out, piece.p, piece.n);
        count_piece(packed, zeros, SHAPE_BLOCK);
    }
    deflate_piece(out, zeros, END, Z_FINISH);
    count_piece(packed, zeros, END);
    add_u32(out, packed->crc);
    add_u32(out, packed->size);
    ia_buf_free(&head);
    ia_buf_free(&piece);
}

void shape_zeros(struct ia_env *env, uint64_t size, struct ia_buf *archive)
{
    struct packed packed = {.env = env};
    struct ia_digest diff_id;
    struct ia_buf layer;
    ia_buf_init(&layer, &env->alloc, SIZE_MAX);
    ia_buf_init(archive, &env->alloc, SIZE_MAX);
    must(ia_hash_new(env, IA_DIGEST_SHA256, &packed.hash) == IMGA_OK, "no memory");
    pack_zeros(&packed, size, &layer);
    must(ia_hash_finish(packed.hash, env, &diff_id) == IMGA_OK, "no digest");
    ia_hash_free(packed.hash);
    must(ia_buf_reserve(archive, layer.n + DOCUMENTS) == IMGA_OK, "no memory");
    add_header(archive, '0', "layer.tar", layer.n);
    add(archive, layer.p, layer.n);
    ia_buf_free(&layer);
    end_archive(archive, &diff_id);
}
