/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the named pieces of an image lie: files below an open folder, or members of an archive. Names are plain:
 * relative, without "." and "..".
 */
#ifndef IA_IMAGE_BLOBS_H
#define IA_IMAGE_BLOBS_H

#include "crypto/digest.h"
#include "image/archive.h"
#include "image/spool.h"

struct ia_blobs {
    int directory;            /* -1: an archive */
    struct ia_source *source; /* the archive; NULL: a folder */
    struct ia_archive archive;
    struct ia_spooling spooling; /* for an archive that can be read only once; set before it is opened */
    bool is_spooled;             /* it was one; there is no source */
    bool is_bare;                /* a file is called by the bare digits of its digest: skopeo's folders */
};

/* One piece: a part of a source, or what is left of a member that went by. */
struct ia_blob {
    struct ia_source *source; /* owned reference; NULL: it went by */
    uint64_t offset;
    uint64_t size;
    const char *member;             /* the member's name in the archive, links followed; NULL in a folder */
    const struct ia_passed *passed; /* NULL: the source has it */
};

/* What a document must be. */
struct ia_document_want {
    struct ia_digest digest; /* algorithm 0: not checked */
    uint64_t size;           /* UINT64_MAX: not checked */
};

enum { IA_BLOB_NAME = 2 * IA_DIGEST_MAX + 15 }; /* "blobs/sha512/" hex NUL, or hex ".manifest.json" NUL */

/* The folder at path: 1, or 0 when it is no folder; *blobs may be freed also after a failure. */
int ia_blobs_open_folder(struct ia_env *env, const char *path, struct ia_blobs *blobs);
/* An archive; a reference is taken. One that can be read only once is read to its end, as blobs->spooling says. */
int ia_blobs_open_source(struct ia_env *env, struct ia_source *source, struct ia_blobs *blobs);
void ia_blobs_free(struct ia_blobs *blobs);

/* 1 when there is something of that name, 0 when not. */
int ia_blobs_has(const struct ia_blobs *blobs, struct ia_env *env, const char *name);
int ia_blobs_find(const struct ia_blobs *blobs, struct ia_env *env, const char *name, struct ia_blob *out);
void ia_blob_free(struct ia_blob *blob); /* a zeroed one is fine */
/* E_UNSUPPORTED for what went by. */
int ia_blob_reader(const struct ia_blob *blob, struct ia_env *env, struct ia_reader **out);

/* "blobs/sha256/<hex>", OCI image-layout.md. */
void ia_blob_name(const struct ia_digest *digest, char out[IA_BLOB_NAME]);
/* What the blob of that digest is called here; the manifest or index of that digest. */
void ia_blobs_name(const struct ia_blobs *blobs, const struct ia_digest *digest, char out[IA_BLOB_NAME]);
void ia_blobs_manifest_name(const struct ia_blobs *blobs, const struct ia_digest *digest, char out[IA_BLOB_NAME]);
/* The digest that a name of that form stands for; false for other names. */
bool ia_blob_name_digest(struct ia_str name, struct ia_digest *out);

/* A whole JSON document of at most limits->manifest_bytes, verified, into buf. */
int ia_blobs_document(const struct ia_blobs *blobs, struct ia_env *env, const char *name,
                      const struct ia_document_want *want, struct ia_buf *buf);
/* Digest of memory, any algorithm. */
int ia_blob_hash(struct ia_env *env, enum ia_digest_algorithm algorithm, struct ia_str bytes, struct ia_digest *out);

#endif
