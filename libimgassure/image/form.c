/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of forms, and choosing among them by what is there, never by the name of a file. A root folder or root
 * archive comes last: whatever has a marker of another form is none. Paths with a form and a reference are written as
 * skopeo writes them, containers-transports(5).
 */
#include "image/form.h"

#include "image/root.h"
#include "image/stores.h"
#include "io/folder.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { FOUND_NAMES = 5, TEXT = 512 };

/*
 * The first that fits is taken: an archive that is both an OCI archive and a docker archive (newer docker save) is the
 * former.
 */
static const struct ia_form forms[] = {
    {.name = "oci",
     .fact = "oci-layout",
     .is_folder = true,
     .markers = {"index.json", "oci-layout"},
     .looked_for = "no index.json or oci-layout",
     .open = ia_oci_open,
     .list = ia_oci_list},
    {.name = "dir",
     .fact = "dir",
     .is_folder = true,
     .needs_all = true,
     .markers = {"manifest.json", "version"},
     .looked_for = "no manifest.json with version",
     .open = ia_dir_open,
     .list = ia_dir_list},
    {.name = "containers-storage",
     .fact = "containers-storage",
     .is_folder = true,
     .markers = {"overlay-images/"},
     .looked_for = "no overlay-images",
     .open = ia_containers_storage_open,
     .list = ia_containers_storage_list},
    {.name = "docker-root",
     .fact = "docker-root",
     .is_folder = true,
     .markers = {"image/overlay2/", "rootfs/overlayfs/"}, /* the latter: kept in containerd */
     .looked_for = "no image/overlay2",
     .open = ia_docker_root_open,
     .list = ia_docker_root_list},
    {.name = "rootfs",
     .fact = "rootfs",
     .is_folder = true,
     .looked_for = "no etc and usr",
     .probe = ia_root_folder_fits,
     .open = ia_root_folder_open},
    {.name = "oci-archive",
     .fact = "oci-archive",
     .markers = {"index.json", "oci-layout"},
     .looked_for = "no index.json or oci-layout",
     .open = ia_oci_open,
     .list = ia_oci_list},
    {.name = "docker-archive",
     .fact = "docker-archive",
     .markers = {"manifest.json", "repositories"},
     .looked_for = "no manifest.json or repositories",
     .open = ia_docker_open,
     .list = ia_docker_list},
    {.name = "rootfs", .fact = "rootfs", .looked_for = "no etc and usr", .open = ia_root_archive_open},
};

const struct ia_form ia_form_root_archive = {.name = "rootfs", .fact = "rootfs", .open = ia_root_archive_open};

static const struct ia_form *form_named(const char *name, bool is_folder)
{
    for (size_t i = 0; i < IA_COUNT(forms); i++)
        if (strcmp(forms[i].name, name) == 0 && forms[i].is_folder == is_folder)
            return &forms[i];
    return NULL;
}

const char *ia_form_name(struct ia_str name)
{
    for (size_t i = 0; i < IA_COUNT(forms); i++)
        if (ia_str_is(name, forms[i].name))
            return forms[i].name;
    return NULL;
}

/* Whether there is something of that name, whatever it is; a name with '/' at the end is a folder's. */
static bool has_entry(int directory, const char *marker)
{
    char name[64] = "";
    struct stat info;
    size_t n = strlen(marker);
    bool is_folder = marker[n - 1] == '/';
    memcpy(name, marker, is_folder ? n - 1 : n);
    if (fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    return !is_folder || S_ISDIR(info.st_mode);
}

static bool has_marker(const struct ia_image *image, const char *marker)
{
    uint64_t at;
    if (image->blobs.directory >= 0)
        return has_entry(image->blobs.directory, marker);
    return ia_map_get(&image->blobs.archive.names, ia_str_from(marker), &at);
}

/* 1 when image->blobs is of that form, 0, or a status. */
static int fits(struct ia_env *env, const struct ia_image *image, const struct ia_form *form, bool is_told)
{
    if (form->is_folder != (image->blobs.directory >= 0))
        return 0;
    if (form->probe)
        return form->probe(env, image, is_told);
    bool first = form->markers[0] && has_marker(image, form->markers[0]);
    bool second = form->markers[1] && has_marker(image, form->markers[1]);
    return form->needs_all ? first && second : first || second;
}

/* The first form that fits: 1, 0, or a status. */
static int by_content(struct ia_env *env, const struct ia_image *image, const struct ia_form **out)
{
    for (size_t i = 0; i < IA_COUNT(forms); i++) {
        int status = fits(env, image, &forms[i], false);
        *out = &forms[i];
        if (status != 0)
            return status;
    }
    return 0;
}

static int list_folder(struct ia_env *env, int folder, struct ia_listing *listing)
{
    struct ia_folder_names names;
    int number, status = ia_folder_names_read(env, folder, &names, &number);
    for (size_t i = 0; status >= 0 && i < FOUND_NAMES && i < names.n; i++)
        ia_listing_add(listing, names.p[i]);
    ia_folder_names_free(&names);
    return status;
}

/* The first names that are there. */
static int list_found(struct ia_env *env, const struct ia_image *image, struct ia_listing *listing)
{
    if (image->blobs.directory >= 0)
        return list_folder(env, image->blobs.directory, listing);
    for (size_t i = 0; i < FOUND_NAMES && i < image->blobs.archive.members.n; i++) {
        const struct ia_member *member = ia_vec_at(&image->blobs.archive.members, i);
        ia_listing_add(listing, member->name);
    }
    return IMGA_OK;
}

static int add_looked_for(struct ia_buf *text, const struct ia_form *form)
{
    if (text->n)
        IA_TRY(ia_buf_text(text, ", "));
    IA_TRY(ia_buf_text(text, form->looked_for));
    IA_TRY(ia_buf_text(text, " ("));
    IA_TRY(ia_buf_text(text, form->name));
    return ia_buf_char(text, ')');
}

static int fail_nothing(struct ia_env *env, const struct ia_image *image)
{
    bool is_folder = image->blobs.directory >= 0;
    struct ia_listing found = {.n = 0};
    struct ia_buf text;
    int status = list_found(env, image, &found);
    ia_buf_init(&text, &env->alloc, TEXT);
    for (size_t i = 0; status >= 0 && i < IA_COUNT(forms); i++)
        if (forms[i].is_folder == is_folder)
            status = add_looked_for(&text, &forms[i]);
    status = ia_described(env, status, "the message", TEXT);
    if (status >= 0)
        status = ia_fail(env, IMGA_E_FORMAT, -1, "the %s is no image: %.*s; there is: %s",
                         is_folder ? "folder" : "archive", (int)text.n, text.p, found.n ? found.text : "nothing");
    ia_buf_free(&text);
    return status;
}

/* It was said to be what it is not. */
static int fail_other(struct ia_env *env, const struct ia_image *image, const char *name, const struct ia_form *wanted)
{
    const char *shape = image->blobs.directory >= 0 ? "a folder" : "a file";
    const struct ia_form *other = NULL;
    int status = by_content(env, image, &other);
    if (status < 0)
        return status;
    if (status > 0 && wanted)
        return ia_fail(env, IMGA_E_FORMAT, -1, "this is not of the form %s (%s); it looks like %s", name,
                       wanted->looked_for, other->name);
    if (status > 0)
        return ia_fail(env, IMGA_E_FORMAT, -1, "this is %s, which the form %s is not; it looks like %s", shape, name,
                       other->name);
    if (wanted)
        return ia_fail(env, IMGA_E_FORMAT, -1, "this is not of the form %s: %s", name, wanted->looked_for);
    return ia_fail(env, IMGA_E_FORMAT, -1, "this is %s, which the form %s is not", shape, name);
}

int ia_form_of(struct ia_env *env, const struct ia_image *image, const char *name, const struct ia_form **out)
{
    int status;
    if (!name) {
        status = by_content(env, image, out);
        return status == 0 ? fail_nothing(env, image) : status < 0 ? status : IMGA_OK;
    }
    const struct ia_form *wanted = form_named(name, image->blobs.directory >= 0), *other;
    status = wanted ? fits(env, image, wanted, true) : 0;
    /* A root need not look like one when the caller says so and nothing speaks against it. */
    if (status == 0 && wanted && wanted->probe) {
        status = by_content(env, image, &other);
        status = status < 0 ? status : !status;
    }
    if (status == 0)
        return fail_other(env, image, name, wanted);
    *out = wanted;
    return status < 0 ? status : IMGA_OK;
}
