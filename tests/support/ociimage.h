/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Builds images for tests, right or wrong as the test wants: OCI layout folder, OCI archive, docker save archive.
 * Documents are made from layers, then edited as text, and only then hashed, so that an edit does not break the digests
 * above it unless it is meant to. Never fails: the tests have memory and a temporary folder.
 *
 *     struct ociimage_layer layer = {.tar = t.p, .tar_size = t.n};
 *     struct ociimage image = {.layers = &layer, .count = 1, .reference = "latest"};
 *     struct tarball archive = ociimage_oci_archive(&image);
 */
#ifndef TEST_OCIIMAGE_H
#define TEST_OCIIMAGE_H

#include "tarball.h"

#define OCI_LAYER "application/vnd.oci.image.layer.v1.tar"
#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define OCI_CONFIG "application/vnd.oci.image.config.v1+json"

enum { OCI_DESCRIPTOR = 512 };

/* Named files, before they become a folder or an archive. A name with a link is a symbolic link (archives only). */
struct ocifile {
    char *name;
    char *link; /* NULL: a file */
    char *data;
    size_t size;
};

struct ocifiles {
    struct ocifile *p;
    size_t n;
};

void ocifiles_add(struct ocifiles *files, const char *name, const void *data, size_t size);
void ocifiles_text(struct ocifiles *files, const char *name, const char *text);
void ocifiles_link(struct ocifiles *files, const char *name, const char *target);
/* Stores data under its SHA-256 and writes "mediaType":..,"digest":..,"size":.. without braces. */
void ocifiles_blob(struct ocifiles *files, const char *media_type, const void *data, size_t size,
                   char descriptor[OCI_DESCRIPTOR]);
struct tarball ocifiles_tar(const struct ocifiles *files);
char *ocifiles_folder(const struct ocifiles *files);              /* a new temporary folder; its path, malloc'ed */
void ocifiles_remove(const struct ocifiles *files, char *folder); /* removes it, frees the path */
void ocifiles_free(struct ocifiles *files);

/* Which document an edit is for. */
enum ocidocument { EDIT_NONE = 0, EDIT_LAYOUT, EDIT_INDEX, EDIT_MANIFEST, EDIT_CONFIG, EDIT_DOCKER };

struct ociimage_edit {
    enum ocidocument document;
    const char *find; /* must be there, replaced everywhere; NULL: the whole document */
    const char *with; /* NULL with find NULL: the document is left out */
    int late;         /* after hashing: the stored bytes no longer fit their digest */
};

struct ociimage_layer {
    const void *tar; /* uncompressed; gives the diff_id */
    size_t tar_size;
    const void *blob; /* as stored; NULL: the tar itself */
    size_t blob_size;
    const char *media_type; /* NULL: OCI_LAYER */
    int missing;            /* the blob is not stored */
};

struct ociimage {
    const struct ociimage_layer *layers;
    size_t count;
    const char *reference;    /* tag in index.json or RepoTags; NULL: none */
    const char *architecture; /* of the config; NULL: amd64 */
    const struct ociimage_edit *edits;
    size_t edit_count;
};

/* Only the blobs; the descriptor of the manifest as ocifiles_blob() writes it. */
void ociimage_blobs(struct ocifiles *files, const struct ociimage *image, char descriptor[OCI_DESCRIPTOR]);
void ociimage_layout(struct ocifiles *files, const struct ociimage *image); /* blobs, index.json, oci-layout */
void ociimage_docker(struct ocifiles *files,
                     const struct ociimage *image); /* <diff_id>.tar, <id>.json, manifest.json */

struct tarball ociimage_oci_archive(const struct ociimage *image);
struct tarball ociimage_docker_archive(const struct ociimage *image);

#endif
