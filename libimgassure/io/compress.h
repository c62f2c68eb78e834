/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decompression by magic bytes: gzip (RFC 1952, multi-member), zstd (RFC 8878, several and skippable frames), xz and
 * bzip2 (several streams), none. Exactly one level. Every trailer is verified; bytes after the last member are an
 * error. Bounded: window or dictionary, members, the ratio of gzip (env->limits); what the others expand to is bounded
 * by whoever counts the bytes.
 */
#ifndef IA_IO_COMPRESS_H
#define IA_IO_COMPRESS_H

#include "base/reader.h"

enum ia_compression {
    IA_COMPRESSION_NONE = 0,
    IA_COMPRESSION_GZIP,
    IA_COMPRESSION_ZSTD,
    IA_COMPRESSION_XZ,
    IA_COMPRESSION_BZIP2
};

const char *ia_compression_name(enum ia_compression kind);    /* "none", "gzip", "zstd", "xz", "bzip2" */
enum ia_compression ia_compression_of(struct ia_cursor head); /* by the first bytes */

/*
 * Wraps input (taken over on success and on failure) with the decoder its first bytes ask for; *kind receives which.
 * An empty input is E_TRUNCATED. E_UNSUPPORTED for a zip archive.
 */
int ia_decompress(struct ia_env *env, struct ia_reader *input, enum ia_compression *kind, struct ia_reader **out);

#endif
