/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of contents of an outer tar archive: which member lies where, or, in an archive that can be read only once,
 * what is left of it. Nothing is unpacked; links are resolved inside the table only.
 */
#ifndef IA_IMAGE_ARCHIVE_H
#define IA_IMAGE_ARCHIVE_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "io/source.h"
#include "io/tar.h"

struct ia_passed; /* image/spool.h */

struct ia_member {
    const char *name; /* plain: no empty, "." or ".." components, no slash at the ends */
    const char *link; /* symbolic link: as stored; hard link: as stored, from the root of the archive; "" otherwise */
    enum ia_tar_type type;
    bool sparse;
    uint64_t offset; /* of the data in the source */
    uint64_t size;
    const char *kept;               /* its bytes, in the archive's arena; NULL: they are in the source or went by */
    const struct ia_passed *passed; /* what is known of a member that went by; NULL otherwise */
};

struct ia_archive {
    struct ia_arena arena;
    struct ia_vec members; /* struct ia_member */
    struct ia_map names;   /* name -> index; of several members the last */
};

/* Who looks at the data of the regular files while the archive is read. */
struct ia_archive_visitor {
    /* The member is in the table; tar stands at its data, of which any part may be pulled. 0 or a status. */
    int (*file)(void *user, struct ia_env *env, struct ia_tar *tar, struct ia_member *member);
    void *user;
};

/* Reads all headers. Notes: duplicate members, odd paths, trailing data. */
int ia_archive_read(struct ia_env *env, struct ia_source *source, struct ia_archive *archive);
/*
 * The same from a stream of the archive, borrowed; visitor may be NULL. 1 when the end mark was there, 0 when not. The
 * archive is initialised first, so that it may be freed also after a failure.
 */
int ia_archive_walk(struct ia_env *env, struct ia_reader *stream, const struct ia_archive_visitor *visitor,
                    struct ia_archive *archive);
/* What a file is of which nothing could be read as an archive: the status with a sentence, for E_FORMAT and
 * E_TRUNCATED. */
int ia_archive_is_none(struct ia_env *env, int status);
void ia_archive_free(struct ia_archive *archive); /* a zeroed one is fine */
/*
 * The regular file of that plain name, links followed. E_NOT_FOUND; E_PATH for a link out of the archive; E_LIMIT for
 * more than limits->links links; E_FORMAT for something else than a file; E_UNSUPPORTED for a sparse file.
 */
int ia_archive_find(const struct ia_archive *archive, struct ia_env *env, struct ia_str name,
                    const struct ia_member **out);

/*
 * Makes a path plain, from the folder base (plain or ""): 0, or IMGA_E_PATH without message when it is absolute or
 * leaves the root, or IMGA_E_LIMIT, IMGA_E_NOMEM from out.
 */
int ia_archive_join(struct ia_buf *out, struct ia_str base, struct ia_str path);

#endif
