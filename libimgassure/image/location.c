/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths with a form before them and a reference behind them, as skopeo writes them: containers-transports(5). A form
 * counts only as a whole word before the first colon, so "./oci:x" is a path.
 */
#include "image/form.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* Where engines that run as root keep their images. */
static const struct {
    const char *form, *root;
} stores[] = {{"containers-storage", "/var/lib/containers/storage"}, {"docker-root", "/var/lib/docker"}};

/* Forms that hold several images with names, in one file or folder. */
static const char *const named[] = {"oci", "oci-archive", "docker-archive"};

struct parse {
    struct ia_env *env;
    struct ia_arena *arena;
    struct ia_location *out;
};

static int keep(const struct parse *p, struct ia_str text, const char **out)
{
    *out = ia_arena_str(p->arena, text);
    return *out ? IMGA_OK : ia_fail_nomem(p->env);
}

static bool exists(const char *path)
{
    struct stat info;
    return fstatat(AT_FDCWD, path, &info, 0) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* The whole when that exists; otherwise what stands before a colon, the last one first, and the rest is a name. */
static int split_name(const struct parse *p, struct ia_str text)
{
    const char *path;
    struct ia_str head = text;
    IA_TRY(keep(p, text, &p->out->path));
    if (exists(p->out->path))
        return IMGA_OK;
    for (;;) {
        size_t colon = ia_str_find_last(head, ':');
        if (colon == head.n || colon == 0)
            return IMGA_OK;
        head = ia_str_sub(head, 0, colon);
        IA_TRY(keep(p, head, &path));
        if (!exists(path) || colon + 1 == text.n)
            continue;
        p->out->path = path;
        return keep(p, ia_str_sub(text, colon + 1, text.n), &p->out->reference);
    }
}

/* "[driver@root+run]": only the root matters here. */
static int store_root(const struct parse *p, struct ia_str text)
{
    size_t at = ia_str_find(text, '@');
    if (text.n && text.p[0] != '/' && at < text.n) {
        if (!ia_str_is(ia_str_sub(text, 0, at), "overlay"))
            return ia_fail(p->env, IMGA_E_UNSUPPORTED, -1, "only stores of the driver overlay are supported");
        text = ia_str_sub(text, at + 1, text.n);
    }
    for (size_t i = 0; i + 1 < text.n; i++)
        if (text.p[i] == '+' && text.p[i + 1] == '/')
            text = ia_str_sub(text, 0, i);
    if (text.n == 0)
        return ia_fail(p->env, IMGA_E_INVALID, -1, "there is no folder between the brackets");
    return keep(p, text, &p->out->path);
}

/* "[ROOT]NAME", "NAME", or a root alone, which begins with '/'. */
static int parse_store(const struct parse *p, struct ia_str text, const char *root)
{
    size_t end = ia_str_find(text, ']');
    p->out->path = root;
    if (text.n && text.p[0] == '/')
        return keep(p, text, &p->out->path);
    if (text.n && text.p[0] == '[') {
        if (end == text.n)
            return ia_fail(p->env, IMGA_E_INVALID, -1, "the bracket before the folder of the store is not closed");
        IA_TRY(store_root(p, ia_str_sub(text, 1, end - 1)));
        text = ia_str_sub(text, end + 1, text.n);
    }
    return text.n ? keep(p, text, &p->out->reference) : IMGA_OK;
}

static int parse_path(const struct parse *p, struct ia_str text)
{
    const char *form = p->out->form;
    for (size_t i = 0; i < IA_COUNT(stores); i++)
        if (strcmp(stores[i].form, form) == 0)
            return parse_store(p, text, stores[i].root);
    if (text.n == 0)
        return ia_fail(p->env, IMGA_E_INVALID, -1, "there is no path behind %s:", form);
    for (size_t i = 0; i < IA_COUNT(named); i++)
        if (strcmp(named[i], form) == 0)
            return split_name(p, text);
    return keep(p, text, &p->out->path);
}

int ia_location_parse(struct ia_env *env, struct ia_arena *arena, const struct ia_image_request *request,
                      struct ia_location *out)
{
    const struct parse p = {env, arena, out};
    struct ia_str path = ia_str_from(request->path);
    size_t colon = ia_str_find(path, ':');
    *out = (struct ia_location){.form = request->form, .path = request->path};
    if (out->form && !ia_form_name(ia_str_from(out->form)))
        return ia_fail(env, IMGA_E_INVALID, -1, "there is no form %.40s of images", out->form);
    if (!out->form && request->path && colon < path.n) {
        out->form = ia_form_name(ia_str_sub(path, 0, colon));
        if (out->form)
            path = ia_str_sub(path, colon + 1, path.n);
    }
    if (out->form && request->path)
        IA_TRY(parse_path(&p, path));
    if (request->reference)
        out->reference = request->reference;
    return IMGA_OK;
}
