/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is left of one layer after it was read: its entries in order, packed, and the contents of the wanted files. A
 * record is made from the layer alone, by any thread, before anything below the layer is known, and applied to the root
 * view later. It can be kept and used again: docs/layer-cache.md.
 */
#ifndef IA_ROOTFS_LAYER_RECORD_H
#define IA_ROOTFS_LAYER_RECORD_H

#include "base/buf.h"
#include "base/env.h"
#include "base/vec.h"
#include "io/tar.h"

enum { IA_FILE_DIGEST = 32 }; /* SHA-256 */

/* The bytes of a file, as far as they were kept. */
struct ia_content {
    char *p; /* owned; NULL when n is 0 */
    size_t n;
    enum {
        IA_CONTENT_WHOLE = 0,
        IA_CONTENT_PARTIAL, /* the first bytes of a file over the limit file_bytes */
        IA_CONTENT_NONE,    /* a sparse file: not read */
        IA_CONTENT_FACTS,   /* not the bytes: what an examiner says of them */
        IA_CONTENT_DROPPED  /* as if it had never been kept */
    } state;
};

struct ia_layer_record {
    struct ia_alloc alloc;
    struct ia_buf packed;   /* the entries */
    struct ia_vec contents; /* struct ia_content, of the entries that have one, in order */
    uint64_t entries;       /* count */
    uint64_t bytes;         /* of the tar stream, all of it */
    uint64_t kept;          /* bytes of all contents */
    bool has_digests;       /* of every regular file */
    bool trailing;          /* data followed the end of the archive */
};

/* One entry as it comes back. Views of the record. */
struct ia_layer_record_entry {
    struct ia_tar_entry tar;
    struct ia_content *content; /* NULL: none was taken */
    const uint8_t *digest;      /* IA_FILE_DIGEST bytes; NULL: none */
};

struct ia_layer_record_cursor {
    const struct ia_layer_record *record;
    struct ia_cursor left;
    size_t content; /* index of the next one */
};

/* max bounds the packed entries. */
void ia_layer_record_init(struct ia_layer_record *record, const struct ia_alloc *alloc, size_t max);
/* out is initialised here and may be freed also after a failure: E_NOMEM. */
int ia_layer_record_copy(struct ia_env *env, const struct ia_layer_record *from, struct ia_layer_record *out);
void ia_layer_record_free(struct ia_layer_record *record); /* a zeroed one is fine */

/*
 * Adds an entry; content is taken over on success (NULL: none). Names longer than most bytes are cut behind that, which
 * is enough to know that they are too long. IMGA_E_NOMEM or IMGA_E_LIMIT, bare.
 */
struct ia_layer_record_added {
    const struct ia_tar_entry *entry;
    struct ia_content *content;
    const uint8_t *digest;
    size_t most;
};
int ia_layer_record_add(struct ia_layer_record *record, const struct ia_layer_record_added *added) IA_MUST_USE;

/* Frees a content of the record; from then on its entry comes without one. */
void ia_layer_record_drop(struct ia_layer_record *record, struct ia_content *content);

/* From the first entry on. */
struct ia_layer_record_cursor ia_layer_record_begin(const struct ia_layer_record *record);
/* 1, 0 at the end, or a bare IMGA_E_FORMAT: a record that was kept outside may be damaged. */
int ia_layer_record_next(struct ia_layer_record_cursor *cursor, struct ia_layer_record_entry *out);

#endif
