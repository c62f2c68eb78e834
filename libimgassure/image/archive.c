/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outer archive of an image: POSIX ustar/pax as io/tar.h reads it, walked once over a source that can skip data.
 * Of several members of one name the last counts, as for every program that unpacks. Limits: archive_members,
 * path_bytes, links.
 */
#include "image/archive.h"

enum { USTAR_NAME = 100 };

/* Removes the last component of a plain path; false at the root. */
static bool drop_component(struct ia_buf *path)
{
    size_t cut = ia_str_find_last(ia_buf_view(path), '/');
    if (path->n == 0)
        return false;
    path->n = cut == path->n ? 0 : cut;
    return true;
}

int ia_archive_join(struct ia_buf *out, struct ia_str base, struct ia_str path)
{
    struct ia_str part;
    ia_buf_clear(out);
    if (path.n && path.p[0] == '/')
        return IMGA_E_PATH;
    IA_TRY(ia_buf_str(out, base));
    while (ia_str_next(&path, '/', &part)) {
        if (part.n == 0 || ia_str_is(part, "."))
            continue;
        if (ia_str_is(part, "..")) {
            if (!drop_component(out))
                return IMGA_E_PATH;
            continue;
        }
        if (out->n)
            IA_TRY(ia_buf_char(out, '/'));
        IA_TRY(ia_buf_str(out, part));
    }
    return IMGA_OK;
}

static bool has_parent_step(struct ia_str path)
{
    struct ia_str part;
    while (ia_str_next(&path, '/', &part))
        if (ia_str_is(part, ".."))
            return true;
    return false;
}

/* The plain name of a member into path; 1, or 0 when the member cannot be named from inside the archive. */
static int plain_name(struct ia_env *env, const struct ia_tar_entry *entry, struct ia_buf *path)
{
    struct ia_str name = entry->name;
    if (has_parent_step(name) || ia_str_find(name, '\0') < name.n) {
        IA_TRY(ia_note(env, IMGA_NOTE_PATH, (int64_t)entry->offset, name, "a member of the archive was left out"));
        return 0;
    }
    if (name.n && name.p[0] == '/')
        IA_TRY(
            ia_note(env, IMGA_NOTE_PATH, (int64_t)entry->offset, name, "a member of the archive has an absolute path"));
    while (name.n && name.p[0] == '/')
        name = ia_str_sub(name, 1, name.n);
    IA_TRY(ia_described(env, ia_archive_join(path, IA_STR(""), name), "path_bytes", path->max));
    return path->n > 0;
}

static int note_duplicate(struct ia_env *env, const struct ia_archive *archive, const struct ia_member *member)
{
    uint64_t at;
    if (!ia_map_get(&archive->names, ia_str_from(member->name), &at))
        return IMGA_OK;
    const struct ia_member *old = ia_vec_at(&archive->members, (size_t)at);
    if (old->type == IA_TAR_DIRECTORY && member->type == IA_TAR_DIRECTORY)
        return IMGA_OK;
    return ia_note(env, IMGA_NOTE_DUPLICATE, -1, ia_str_from(member->name),
                   "the archive holds this member more than once; the last one counts");
}

static int add_member(struct ia_env *env, struct ia_archive *archive, const struct ia_tar_entry *entry,
                      struct ia_str name, uint64_t offset)
{
    struct ia_member member = {.type = entry->type, .offset = offset, .size = entry->size};
    if (entry->link.n > env->limits->path_bytes)
        return ia_fail_limit(env, (int64_t)entry->offset, "path_bytes", env->limits->path_bytes, entry->link);
    member.sparse = (entry->flags & IA_TAR_SPARSE) != 0;
    member.name = ia_arena_str(&archive->arena, name);
    member.link = ia_arena_str(&archive->arena, entry->link);
    if (!member.name || !member.link)
        return ia_fail_nomem(env);
    IA_TRY(note_duplicate(env, archive, &member));
    IA_TRY(ia_described(env, ia_vec_push(&archive->members, &member), "archive_members", env->limits->archive_members));
    return ia_described(env, ia_map_put(&archive->names, ia_str_from(member.name), archive->members.n - 1), "", 0);
}

/* What the visitor makes of the member that was added last. */
static int visit(struct ia_env *env, struct ia_archive *archive, const struct ia_archive_visitor *visitor,
                 struct ia_tar *tar)
{
    struct ia_member *member = ia_vec_at(&archive->members, archive->members.n - 1);
    if (!visitor || member->type != IA_TAR_FILE || member->sparse)
        return IMGA_OK;
    return visitor->file(visitor->user, env, tar, member);
}

static int walk(struct ia_env *env, struct ia_archive *archive, const struct ia_archive_visitor *visitor,
                struct ia_tar *tar)
{
    struct ia_tar_entry entry;
    struct ia_buf path;
    uint64_t seen = 0;
    int status;
    ia_buf_init(&path, &env->alloc, (size_t)env->limits->path_bytes);
    while ((status = ia_tar_next(tar, env, &entry)) > 0) {
        if (++seen > env->limits->archive_members) {
            status =
                ia_fail_limit(env, (int64_t)entry.offset, "archive_members", env->limits->archive_members, entry.name);
            break;
        }
        IA_GO(status, ia_check_cancel(env));
        IA_GO(status, plain_name(env, &entry, &path));
        if (status == 0)
            continue;
        IA_GO(status, add_member(env, archive, &entry, ia_buf_view(&path), ia_tar_offset(tar)));
        IA_GO(status, visit(env, archive, visitor, tar));
    }
out:
    ia_buf_free(&path);
    return status;
}

/* More likely something else altogether. */
int ia_archive_is_none(struct ia_env *env, int status)
{
    if (status != IMGA_E_FORMAT && status != IMGA_E_TRUNCATED)
        return status;
    ia_error_clear(env);
    return ia_fail(env, status, 0,
                   "this is neither a docker save archive, an OCI archive, nor a folder with an OCI layout");
}

int ia_archive_walk(struct ia_env *env, struct ia_reader *stream, const struct ia_archive_visitor *visitor,
                    struct ia_archive *archive)
{
    struct ia_tar *tar = NULL;
    int status;
    ia_arena_init(&archive->arena, &env->alloc);
    ia_vec_init(&archive->members, &env->alloc, sizeof(struct ia_member), (size_t)env->limits->archive_members);
    ia_map_init(&archive->names, &env->alloc, env->seed);
    IA_GO(status, ia_tar_new(env, stream, &tar));
    status = walk(env, archive, visitor, tar);
    if (status < 0 && archive->members.n == 0)
        status = ia_archive_is_none(env, status);
    if (status < 0)
        goto out;
    if (ia_tar_has_trailing(tar))
        IA_GO(status,
              ia_note(env, IMGA_NOTE_TRAILING, -1, IA_STR("archive"), "data follows the end mark of the archive"));
    status = !ia_tar_lacks_end(tar);
out:
    ia_tar_free(tar);
    return ia_error_at(env, status, "archive");
}

int ia_archive_read(struct ia_env *env, struct ia_source *source, struct ia_archive *archive)
{
    struct ia_reader *reader = NULL;
    IA_TRY(ia_error_at(env, ia_source_reader(source, env, 0, ia_source_size(source), &reader), "archive"));
    int status = ia_archive_walk(env, reader, NULL, archive);
    ia_reader_close(reader);
    return status < 0 ? status : IMGA_OK;
}

void ia_archive_free(struct ia_archive *archive)
{
    ia_map_free(&archive->names);
    ia_vec_free(&archive->members);
    ia_arena_free(&archive->arena);
}

/* Archivers without long names leave the first 100 bytes: sha512 blobs do not fit into a plain ustar header. */
static bool is_cut(const struct ia_archive *archive, struct ia_str name)
{
    uint64_t at;
    return name.n > USTAR_NAME && ia_map_get(&archive->names, ia_str_sub(name, 0, USTAR_NAME), &at);
}

static int member_of(const struct ia_archive *archive, struct ia_env *env, struct ia_str name,
                     const struct ia_member **out)
{
    uint64_t at;
    int shown = name.n > 200 ? 200 : (int)name.n;
    if (!ia_map_get(&archive->names, name, &at) && is_cut(archive, name))
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "the name %.*s is cut at %d bytes in the archive", shown, name.p,
                       USTAR_NAME);
    if (!ia_map_get(&archive->names, name, &at))
        return ia_fail(env, IMGA_E_NOT_FOUND, -1, "%.*s is not in the archive", shown, name.p);
    *out = ia_vec_at(&archive->members, (size_t)at);
    return IMGA_OK;
}

/* The plain name that a link member points at. */
static int link_target(struct ia_env *env, const struct ia_member *member, struct ia_buf *path)
{
    struct ia_str folder = {"", 0}, name = ia_str_from(member->name), link = ia_str_from(member->link);
    size_t slash = ia_str_find_last(name, '/');
    if (member->type == IA_TAR_SYMLINK && slash < name.n)
        folder = ia_str_sub(name, 0, slash);
    int status = ia_archive_join(path, folder, link);
    if (status == IMGA_E_PATH)
        return ia_fail(env, IMGA_E_PATH, -1, "%.100s is a link out of the archive, to %.100s", member->name,
                       member->link);
    return ia_described(env, status, "path_bytes", env->limits->path_bytes);
}

static int only_file(struct ia_env *env, const struct ia_member *member)
{
    if (member->type != IA_TAR_FILE)
        return ia_fail(env, IMGA_E_FORMAT, -1, "%.200s is not a regular file in the archive", member->name);
    if (member->sparse)
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "%.200s is a sparse file in the archive", member->name);
    return IMGA_OK;
}

int ia_archive_find(const struct ia_archive *archive, struct ia_env *env, struct ia_str name,
                    const struct ia_member **out)
{
    const struct ia_member *member = NULL;
    struct ia_buf path;
    uint64_t links = 0;
    int status;
    ia_buf_init(&path, &env->alloc, (size_t)env->limits->path_bytes);
    IA_GO(status, member_of(archive, env, name, &member));
    while (member->type == IA_TAR_SYMLINK || member->type == IA_TAR_HARDLINK) {
        if (++links > env->limits->links) {
            status = ia_fail_limit(env, -1, "links", env->limits->links, name);
            goto out;
        }
        IA_GO(status, link_target(env, member, &path));
        IA_GO(status, member_of(archive, env, ia_buf_view(&path), &member));
    }
    IA_GO(status, only_file(env, member));
    *out = member;
out:
    ia_buf_free(&path);
    return status;
}
