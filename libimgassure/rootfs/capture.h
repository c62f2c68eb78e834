/* SPDX-License-Identifier: Apache-2.0 */
/* The content of one file while it goes by. Limits: file_bytes (the rest is left out), kept_bytes. */
#ifndef IA_ROOTFS_CAPTURE_H
#define IA_ROOTFS_CAPTURE_H

#include "base/env.h"
#include "rootfs/layer_record.h"

struct ia_capture {
    struct ia_buf buf;
};

/* kept: bytes of other files that are kept already. E_LIMIT, E_NOMEM; the capture may be dropped also then. */
int ia_capture_begin(struct ia_capture *capture, struct ia_env *env, const struct ia_tar_entry *entry, uint64_t kept);
/* Bytes over the limit are left out. */
int ia_capture_add(struct ia_capture *capture, struct ia_env *env, struct ia_cursor piece);
/* Hands the content out, which the caller frees with the allocator of the env that began it. */
void ia_capture_end(struct ia_capture *capture, const struct ia_tar_entry *entry, struct ia_content *out);
void ia_capture_drop(struct ia_capture *capture); /* a zeroed one is fine */

#endif
