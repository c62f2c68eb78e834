/* SPDX-License-Identifier: Apache-2.0 */
/* A layer record as bytes that can be kept outside and used again: docs/layer-cache.md. */
#ifndef IA_ROOTFS_RECORD_FILE_H
#define IA_ROOTFS_RECORD_FILE_H

#include "crypto/digest.h"
#include "rootfs/layer_record.h"

/* Appends the bytes. key: what the record was made from, SHA-256. IMGA_E_NOMEM, IMGA_E_LIMIT by buf->max. */
int ia_record_file_write(struct ia_env *env, const struct ia_layer_record *record, const struct ia_digest *key,
                         struct ia_buf *buf);
/*
 * 1: *out is initialised and whole, its strings and contents copied; 0: the bytes are damaged, of another version or
 * key, or over the limits: no record; < 0: E_NOMEM.
 */
int ia_record_file_read(struct ia_env *env, struct ia_cursor bytes, const struct ia_digest *key,
                        struct ia_layer_record *out);

#endif
