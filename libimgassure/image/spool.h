/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An archive that can be read only once: a pipe, or an archive that is compressed as a whole. One pass in the order of
 * the archive: what may be a document is kept, everything else goes through the sink as if it were a layer, because
 * which members are layers is known only when the manifest has come, and that may be last.
 */
#ifndef IA_IMAGE_SPOOL_H
#define IA_IMAGE_SPOOL_H

#include "image/archive.h"
#include "image/image.h"
#include "image/passed.h"

struct ia_spooling {
    const struct ia_layer_sink *sink; /* NULL: such an archive is refused */
    enum ia_verify verify;            /* which digests are worth computing */
};

/* 1: the source can be read only once; 0: it is an archive that can be read at any offset; or a status. */
int ia_spool_is_needed(struct ia_env *env, struct ia_source *source);
/*
 * Reads all of it and fills in the table: each regular file is kept or passed. Limits: manifest_bytes for what is kept,
 * kept_bytes for all of that, layer_bytes and image_bytes for what passes. E_UNSUPPORTED without a sink; E_TRUNCATED
 * when a stream ends without an end mark; what failed in one member only is kept for the day its layer is asked for.
 */
int ia_spool_read(struct ia_env *env, struct ia_source *source, const struct ia_spooling *spooling,
                  struct ia_archive *archive);

#endif
