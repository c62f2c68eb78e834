/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stack of open archives instead of recursion. Whatever is read or unpacked is paid from one budget, also when it
 * turns out damaged: members that share bytes could otherwise be unpacked for ever (zip bombs).
 */
#include "catalog/java/nest.h"

#include "base/checked.h"
#include "base/macros.h"

enum { PATH_MOST = 100 }; /* of a path in a remark */

static uint64_t work_for(size_t size)
{
    uint64_t work;
    bool fits = ia_mul_u64(size, IA_JAVA_WORK_RATIO, &work) && ia_add_u64(work, IA_JAVA_WORK_LEAST, &work);
    return fits && work < IA_JAVA_WORK_MOST ? work : IA_JAVA_WORK_MOST;
}

void ia_nest_init(struct ia_nest *nest, struct ia_env *env, struct ia_found *found, size_t size)
{
    uint64_t most = env->limits->path_bytes;
    *nest = (struct ia_nest){.env = env, .found = found, .work_left = work_for(size)};
    ia_buf_init(&nest->inside, &env->alloc, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
}

void ia_nest_free(struct ia_nest *nest)
{
    while (nest->depth)
        ia_nest_leave(nest);
    ia_buf_free(&nest->inside);
}

int ia_nest_note(struct ia_nest *nest, int32_t code, struct ia_str path, const char *text)
{
    struct ia_str inside = ia_buf_view(&nest->inside);
    const char *bang = inside.n && path.n ? "!" : "", *colon = inside.n || path.n ? ": " : "";
    if (nest->notes > IA_JAVA_NOTES)
        return IMGA_OK;
    if (nest->notes++ == IA_JAVA_NOTES)
        return ia_found_note(nest->found, nest->env, IMGA_NOTE_SKIPPED, -1, "there is more to remark on this file");
    inside = ia_str_sub(inside, 0, PATH_MOST);
    path = ia_str_sub(path, 0, PATH_MOST);
    return ia_found_note(nest->found, nest->env, code, -1, "%.*s%s%.*s%s%s", (int)inside.n, inside.p, bang, (int)path.n,
                         path.p, colon, text);
}

static int spend(struct ia_nest *nest, uint64_t work)
{
    nest->work_left -= work < nest->work_left ? work : nest->work_left;
    if (nest->work_left || nest->spent)
        return IMGA_OK;
    nest->spent = true;
    return ia_nest_note(nest, IMGA_NOTE_SKIPPED, IA_STR(""), "too much to unpack: the rest was not looked at");
}

/* What ends the call stays an error; damage becomes a remark. */
static int remark_failure(struct ia_nest *nest, int status, struct ia_str path)
{
    struct ia_env *env = nest->env;
    bool skipped = status == IMGA_E_LIMIT || status == IMGA_E_UNSUPPORTED;
    char text[IA_ERROR_TEXT];
    if (status == IMGA_E_NOMEM || status == IMGA_E_CANCELLED)
        return status;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = env->error.message[i];
    ia_error_clear(env);
    return ia_nest_note(nest, skipped ? IMGA_NOTE_SKIPPED : IMGA_NOTE_ARCHIVE, path, text);
}

static int remark_content(struct ia_nest *nest, const struct ia_zip_member *member, unsigned flags)
{
    if (member->flags & IA_ZIP_DUPLICATE)
        IA_TRY(ia_nest_note(nest, IMGA_NOTE_DUPLICATE, member->name, "a second member of this name"));
    if (flags & IA_ZIP_ODD_SIZE)
        return ia_nest_note(nest, IMGA_NOTE_ARCHIVE, member->name, "its size is not that of the directory");
    if (flags & IA_ZIP_ODD_CRC)
        return ia_nest_note(nest, IMGA_NOTE_ARCHIVE, member->name, "its checksum is wrong");
    return IMGA_OK;
}

int ia_nest_read(struct ia_nest *nest, const struct ia_zip_member *member, uint64_t most, struct ia_zip_content *out)
{
    uint64_t free_bytes = nest->env->limits->file_bytes - nest->held;
    if (nest->spent)
        return 0;
    if (most > free_bytes)
        most = free_bytes;
    if (most > nest->work_left)
        most = nest->work_left;
    int status = ia_zip_read(nest->env, member, most < SIZE_MAX ? (size_t)most : SIZE_MAX, out);
    if (status == IMGA_E_LIMIT && out->work >= nest->work_left)
        ia_error_clear(nest->env); /* spend() says so */
    else if (status < 0)
        IA_TRY(remark_failure(nest, status, member->name));
    int spent = spend(nest, out->work);
    if (spent == IMGA_OK && status == IMGA_OK)
        spent = remark_content(nest, member, out->flags);
    if (spent < 0 && status == IMGA_OK)
        ia_zip_content_free(out);
    IA_TRY(spent);
    return status == IMGA_OK;
}

static int remark_flags(struct ia_nest *nest, unsigned flags)
{
    static const struct {
        unsigned flags;
        int32_t code;
        const char *text;
    } rows[] = {
        {IA_ZIP_MORE, IMGA_NOTE_SKIPPED, "too many members: the rest was not looked at"},
        {IA_ZIP_UNREADABLE, IMGA_NOTE_SKIPPED, "members that are encrypted or packed in an unusual way"},
        {IA_ZIP_CUT, IMGA_NOTE_ARCHIVE, "the directory of the archive is damaged"},
        {IA_ZIP_ODD_END, IMGA_NOTE_ARCHIVE, "the end record contradicts the directory"},
        {IA_ZIP_ENDS, IMGA_NOTE_ARCHIVE, "there is more than one end record"},
        {IA_ZIP_HIDDEN, IMGA_NOTE_ARCHIVE, "there are headers of members that are not in the directory"},
        {IA_ZIP_OVERLAP, IMGA_NOTE_ARCHIVE, "members of the archive overlap"},
        {IA_ZIP_LOST, IMGA_NOTE_ARCHIVE, "members of the directory are not in the archive"},
        {IA_ZIP_ODD_LOCAL, IMGA_NOTE_ARCHIVE, "headers of members contradict the directory"},
        {IA_ZIP_ODD_NAME, IMGA_NOTE_PATH, "names of members lead out of the archive, or are no paths"},
        {IA_ZIP_TRAILING, IMGA_NOTE_TRAILING, "something follows the archive"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        if (flags & rows[i].flags)
            IA_TRY(ia_nest_note(nest, rows[i].code, IA_STR(""), rows[i].text));
    return IMGA_OK;
}

/* 1; 0: it would be longer than a path may be, and that was remarked. */
static int append_inside(struct ia_nest *nest, struct ia_str path)
{
    size_t before = nest->inside.n;
    int status = before ? ia_buf_char(&nest->inside, '!') : IMGA_OK;
    if (status == IMGA_OK)
        status = ia_buf_str(&nest->inside, path);
    if (status == IMGA_OK)
        return 1;
    nest->inside.n = before;
    if (status == IMGA_E_NOMEM)
        return ia_fail_nomem(nest->env);
    IA_TRY(ia_nest_note(nest, IMGA_NOTE_SKIPPED, IA_STR(""), "the place of an inner archive is too long"));
    return 0;
}

static int open_level(struct ia_nest *nest, struct ia_cursor bytes)
{
    struct ia_nest_level *level = &nest->levels[nest->depth];
    int status = ia_zip_open(nest->env, bytes, IA_JAVA_MEMBERS - nest->members, &level->zip);
    if (status < 0) {
        IA_TRY(remark_failure(nest, status, IA_STR("")));
        return 0;
    }
    nest->members += ia_zip_count(level->zip);
    nest->held += level->content.owned.n;
    nest->depth++;
    IA_TRY(remark_flags(nest, ia_zip_flags(level->zip)));
    return 1;
}

int ia_nest_enter(struct ia_nest *nest, struct ia_cursor bytes, struct ia_zip_content *content, struct ia_str path)
{
    size_t depth = nest->depth, inside = nest->inside.n;
    int status = path.n ? append_inside(nest, path) : 1;
    nest->levels[depth] = (struct ia_nest_level){.content = *content, .inside = inside};
    if (status > 0)
        status = open_level(nest, bytes);
    if (nest->depth == depth) { /* it is not open */
        nest->inside.n = inside;
        ia_zip_content_free(&nest->levels[depth].content);
    }
    return status;
}

void ia_nest_leave(struct ia_nest *nest)
{
    struct ia_nest_level *level = &nest->levels[--nest->depth];
    nest->held -= level->content.owned.n;
    nest->inside.n = level->inside;
    ia_zip_free(level->zip);
    ia_zip_content_free(&level->content);
}
