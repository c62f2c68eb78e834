/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources: bytes of known size, readable at any offset, or a stream that can be read once, in order. Files are read
 * with pread(2), so a file that shrinks is an error, not a signal. Reference counted; used by one call at a time.
 */
#ifndef IA_IO_SOURCE_H
#define IA_IO_SOURCE_H

#include "base/buf.h"
#include "base/env.h"
#include "base/reader.h"

#include <imgassure/source.h>

struct ia_source;

/* A regular file; O_NOFOLLOW is not set here: the path is the caller's. E_NOT_FOUND, E_IO, E_INVALID (no regular file).
 */
int ia_source_path(struct ia_env *env, const char *path, struct ia_source **out);
/* A regular file below an open directory: name is one or more plain components; no symbolic link is followed. */
int ia_source_at(struct ia_env *env, int directory, const char *name, struct ia_source **out);
int ia_source_memory(struct ia_env *env, const void *data, size_t size, struct ia_source **out);
int ia_source_ops(struct ia_env *env, const imga_source_ops *ops, struct ia_source **out);
/* Bytes that can be read once, in order: by one ia_source_reader() or ia_source_slurp(). */
int ia_source_stream(struct ia_env *env, const imga_stream_ops *ops, struct ia_source **out);
struct ia_source *ia_source_ref(struct ia_source *source);
void ia_source_unref(struct ia_source *source); /* NULL is fine */

bool ia_source_is_stream(const struct ia_source *source);
/* UINT64_MAX for a stream: not known. */
/* Whether several threads may read it at a time: not where the bytes come from callbacks of the caller. */
bool ia_source_is_shared(const struct ia_source *source);
uint64_t ia_source_size(const struct ia_source *source);
/* Reads exactly size bytes; E_TRUNCATED when they are not there, E_IO; E_UNSUPPORTED for a stream. */
int ia_source_read(struct ia_source *source, struct ia_env *env, uint64_t offset, void *buffer, size_t size);
/* Replaces the content of buf, which is initialised, with a whole source of at most max bytes; E_LIMIT names limit. */
int ia_source_slurp(struct ia_source *source, struct ia_env *env, const char *limit, uint64_t max, struct ia_buf *buf);
/*
 * A reader over [offset, offset + size) in chunks of IA_CHUNK; can skip; takes a reference. E_TRUNCATED past the end.
 * Over a stream only from 0 to ia_source_size(), that is all of it, only once (E_UNSUPPORTED), and it cannot skip.
 */
int ia_source_reader(struct ia_source *source, struct ia_env *env, uint64_t offset, uint64_t size,
                     struct ia_reader **out);

#endif
