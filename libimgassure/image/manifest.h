/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image manifests and image indexes: OCI image-spec 1.1 manifest.md, image-index.md, descriptor.md; docker distribution
 * manifest v2 schema 2 (the same members).
 */
#ifndef IA_IMAGE_MANIFEST_H
#define IA_IMAGE_MANIFEST_H

#include "base/arena.h"
#include "base/vec.h"
#include "crypto/digest.h"

/* What annotations say of a table of contents of the layer; "" when absent. */
struct ia_toc_claim {
    const char *checksum; /* io.github.containers.zstd-chunked.manifest-checksum, or without "github" */
    const char *position; /* ...manifest-position: "offset:compressed:uncompressed:type" */
    const char *digest;   /* containerd.io/snapshot/stargz/toc.digest */
    bool is_double;       /* the spellings with and without "github" differ */
};

struct ia_descriptor {
    const char *media_type; /* "" when absent */
    struct ia_digest digest;
    uint64_t size; /* UINT64_MAX: not declared, never from a document */
    bool has_platform;
    const char *os, *architecture, *variant; /* "" when absent */
    const char *ref_name;                    /* annotation org.opencontainers.image.ref.name */
    const char *image_name;                  /* annotation io.containerd.image.name */
    bool is_attestation;                     /* annotation vnd.docker.reference.type */
    const char *subject;                     /* annotation vnd.docker.reference.digest */
    struct ia_toc_claim toc;
};

struct ia_manifest {
    bool is_index;
    const char *media_type;      /* "" when absent */
    struct ia_descriptor config; /* of a manifest */
    struct ia_vec layers;        /* struct ia_descriptor; of a manifest, bottom first */
    struct ia_vec manifests;     /* struct ia_descriptor; of an index */
};

enum ia_media { IA_MEDIA_ABSENT = 0, IA_MEDIA_MANIFEST, IA_MEDIA_INDEX, IA_MEDIA_SCHEMA1, IA_MEDIA_OTHER };

enum ia_media ia_media_of(const char *media_type);

/*
 * Parses and checks one document. declared is the media type of the descriptor that led to it, "" for none.
 * E_FORMAT, E_AMBIGUOUS, E_UNSUPPORTED (schema 1, unknown type), E_LIMIT (layers). Strings go to arena; *out may be
 * freed also after a failure.
 */
int ia_manifest_parse(struct ia_env *env, struct ia_arena *arena, struct ia_str bytes, const char *declared,
                      struct ia_manifest *out);
void ia_manifest_free(struct ia_manifest *manifest); /* a zeroed one is fine */

#endif
