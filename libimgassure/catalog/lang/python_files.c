/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies beside core metadata: RECORD (packaging.python.org, "Recording installed projects": a table of comma
 * separated values, the path first), installed-files.txt (one path a line), direct_url.json (PEP 610).
 */
#include "catalog/lang/members.h"
#include "catalog/lang/owned.h"
#include "catalog/lang/place.h"
#include "catalog/lang/python.h"

/* Takes the quoted column at the front of *rest, in which a doubled quote stands for one. */
static int take_quoted(struct ia_str *rest, struct ia_buf *out)
{
    size_t end;
    *rest = ia_str_sub(*rest, 1, rest->n);
    ia_buf_clear(out);
    for (;;) {
        end = ia_str_find(*rest, '"');
        IA_TRY(ia_buf_str(out, ia_str_sub(*rest, 0, end)));
        *rest = ia_str_sub(*rest, end + 1, rest->n);
        if (!ia_str_starts(*rest, IA_STR("\"")))
            return IMGA_OK;
        IA_TRY(ia_buf_char(out, '"'));
        *rest = ia_str_sub(*rest, 1, rest->n);
    }
}

/* 1: the first column of the next row; 0: there is none; a bare status. */
static int next_row(struct ia_str *rest, struct ia_buf *quoted, struct ia_str *path)
{
    struct ia_str row;
    if (ia_str_starts(*rest, IA_STR("\""))) {
        IA_TRY(take_quoted(rest, quoted));
        *path = ia_buf_view(quoted);
        (void)ia_str_next(rest, '\n', &row);
        return 1;
    }
    if (!ia_str_next(rest, '\n', &row))
        return 0;
    *path = ia_str_trim(ia_str_sub(row, 0, ia_str_find(row, ',')));
    return 1;
}

static int add_rows(struct ia_owned *owned, struct ia_env *env, struct ia_str rest)
{
    struct ia_buf quoted;
    struct ia_str path;
    int status;
    ia_buf_init(&quoted, &env->alloc, SIZE_MAX);
    while ((status = next_row(&rest, &quoted, &path)) > 0)
        IA_GO(status, ia_owned_add(owned, env, path));
    if (status < 0)
        status = ia_fail_nomem(env);
out:
    ia_buf_free(&quoted);
    return status;
}

int ia_python_record(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_owned owned;
    ia_owned_init(&owned, env, found, ia_place_directory(ia_place_directory(file->path)));
    owned.attached = true;
    int status = add_rows(&owned, env, file->content);
    if (status >= 0)
        status = ia_owned_finish(&owned, env);
    ia_owned_free(&owned);
    return status;
}

int ia_python_installed_files(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str rest = file->content, line;
    struct ia_owned owned;
    int status = IMGA_OK;
    ia_owned_init(&owned, env, found, ia_place_directory(file->path));
    owned.attached = true;
    while (status >= 0 && ia_str_next(&rest, '\n', &line))
        status = ia_owned_add(&owned, env, ia_str_trim(line));
    if (status >= 0)
        status = ia_owned_finish(&owned, env);
    ia_owned_free(&owned);
    return status;
}

enum { URL, COMMIT, EDITABLE };

static int attach(struct ia_found *found, struct ia_env *env, const char *name, struct ia_str value)
{
    const struct ia_field field = {ia_str_from(name), value};
    return value.n ? ia_found_attach(found, env, 0, &field) : IMGA_OK;
}

static int take_url(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    const struct ia_str yes = IA_STR("true"), none = {0};
    IA_TRY(attach(user, env, "url", ia_member(record, URL)));
    IA_TRY(attach(user, env, "commit", ia_member(record, COMMIT)));
    return attach(user, env, "editable", ia_member_true(record, EDITABLE) ? yes : none);
}

int ia_python_direct_url(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const char *const paths[] = {"url", "vcs_info.commit_id", "dir_info.editable", NULL};
    static const struct ia_member_table table = {"", paths, false, take_url};
    int status = ia_members_read(env, file->content, &table, found, found);
    return status < 0 ? status : IMGA_OK;
}
