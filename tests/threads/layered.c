/* SPDX-License-Identifier: Apache-2.0 */
#include "layered.h"

#include "ociimage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const size_t sizes[LAYERED] = {300000, 1900000, 40000, 900000, 2500000, 700000, 10, 1300000, 300000};

const char *layered_name(enum layered_damage damage)
{
    static const char *const names[] = {"whole",     "a flipped bit", "a wrong diff_id",
                                        "a cut tar", "two cut tars",  "a cut tar with a wrong diff_id"};
    return names[damage];
}

/* Bytes that compress to about a third. */
static void add_filling(struct tarball *tar, unsigned seed, size_t size)
{
    char *data = malloc(size);
    unsigned x = seed * 2654435761u + 1;
    for (size_t i = 0; i < size; i++) {
        x = x * 1664525u + 1013904223u;
        data[i] = (x >> 30) ? "abcdefgh"[x >> 27 & 7] : (char)(x >> 16);
    }
    const struct tar_member member = {.name = "opt/filling", .data = data, .size = size};
    tarball_add(tar, &member);
    free(data);
}

static void add_files(struct tarball *tar, size_t layer)
{
    static const char status[] = "Package: base\nStatus: install ok installed\nVersion: 1.%zu\nArchitecture: all\n"
                                 "Maintainer: Nobody <nobody@example.org>\nDescription: d\n\n";
    char text[512], name[64];
    snprintf(text, sizeof(text), status, layer);
    snprintf(name, sizeof(name), "usr/share/doc/%zu", layer);
    tarball_file(tar, name, "text");
    if (layer == 0)
        tarball_file(tar, "etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n");
    if (layer == 1)
        tarball_file(tar, "opt/dpkg/status", text); /* wanted only once layer 2 links to it */
    if (layer == 2)
        tarball_link(tar, "var/lib/dpkg", "/opt/dpkg");
    if (layer == 6)
        tarball_file(tar, "opt/dpkg/status", text);
    if (layer == 8)
        tarball_file(tar, "usr/share/doc/.wh.3", "");
}

static struct tarball compress_tar(const struct tarball *tar)
{
    struct tarball out = {malloc(tar->n + tar->n / 8 + 1024), 0};
    z_stream z = {0};
    if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    z.next_in = (Bytef *)tar->p;
    z.avail_in = (uInt)tar->n;
    z.next_out = (Bytef *)out.p;
    z.avail_out = (uInt)(tar->n + tar->n / 8 + 1024);
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    out.n = z.total_out;
    deflateEnd(&z);
    return out;
}

static void make_layer(struct tarball *tar, size_t layer, enum layered_damage damage)
{
    add_files(tar, layer);
    add_filling(tar, (unsigned)layer, sizes[layer]);
    int cut = ((damage == LAYERED_CUT_TAR || damage == LAYERED_CUT_AND_WRONG) && layer == 5) ||
              (damage == LAYERED_TWO && (layer == 3 || layer == 7));
    if (cut)
        tar->n -= 1000;
    else
        tarball_end(tar);
}

struct tarball layered_archive(enum layered_damage damage)
{
    struct tarball tars[LAYERED] = {{0}}, blobs[LAYERED];
    struct ociimage_layer layers[LAYERED] = {{0}};
    for (size_t i = 0; i < LAYERED; i++) {
        make_layer(&tars[i], i, damage);
        blobs[i] = compress_tar(&tars[i]);
        int wrong = (damage == LAYERED_WRONG_DIFF_ID && i == 6) || (damage == LAYERED_CUT_AND_WRONG && i == 5);
        const struct tarball *claimed = wrong ? &tars[1] : &tars[i];
        layers[i] = (struct ociimage_layer){.tar = claimed->p,
                                            .tar_size = claimed->n,
                                            .blob = blobs[i].p,
                                            .blob_size = blobs[i].n,
                                            .media_type = OCI_LAYER "+gzip"};
    }
    const struct ociimage image = {.layers = layers, .count = LAYERED, .reference = "latest"};
    struct tarball archive = ociimage_oci_archive(&image);
    if (damage == LAYERED_FLIPPED_BLOB)
        for (size_t at = 0; at + 64 < archive.n; at += 512)
            if (memcmp(archive.p + at, blobs[4].p, 64) == 0)
                archive.p[at + blobs[4].n / 2] ^= 16;
    for (size_t i = 0; i < LAYERED; i++) {
        tarball_free(&tars[i]);
        tarball_free(&blobs[i]);
    }
    return archive;
}
