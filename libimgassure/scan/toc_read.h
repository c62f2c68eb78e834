/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entries of a table of contents, one by one: {"version":1,"entries":[{"name":..,"type":..},..]}, as eStargz and
 * zstd:chunked have it. A member that comes twice, or almost, is E_AMBIGUOUS. Limit: layer_entries; the bytes by the
 * reader.
 */
#ifndef IA_SCAN_TOC_READ_H
#define IA_SCAN_TOC_READ_H

#include "base/buf.h"
#include "base/reader.h"
#include "io/tar.h"

struct ia_toc_entry {
    int type; /* enum ia_tar_type; 0: one that is not known */
    struct ia_str name, link, digest;
    uint64_t size;
    uint64_t device_major, device_minor;
};

typedef int ia_toc_each(void *user, struct ia_env *env, const struct ia_toc_entry *entry);

/* Takes json over, and pulls it to its end. Views live until each() returns; its result < 0 ends the reading. */
int ia_toc_read(struct ia_env *env, struct ia_reader *json, ia_toc_each *each, void *user);

#endif
