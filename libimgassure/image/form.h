/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms of images, one row each: how a form is named before a path, what makes a folder or an archive one, and who
 * opens and lists it. Also where a path ends that has a form before it and a reference behind it.
 */
#ifndef IA_IMAGE_FORM_H
#define IA_IMAGE_FORM_H

#include "image/listing.h"
#include "image/opened.h"

struct ia_form {
    const char *name;             /* before the colon of a path, and in ia_image_request.form */
    const char *fact;             /* what ia_image_facts.form says */
    bool is_folder;               /* otherwise an archive */
    bool needs_all;               /* of the markers; otherwise one is enough */
    const char *const markers[2]; /* a folder's with '/' at the end */
    const char *looked_for;       /* for messages */
    /* 1: it is of this form, 0, or a status; is_told: the caller said so. NULL: by the markers. */
    int (*probe)(struct ia_env *env, const struct ia_image *image, bool is_told);
    int (*open)(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);
    int (*list)(struct ia_env *env, struct ia_image *image, struct ia_image_list *list);
};

/* An archive whose only member that counts is its root; no table of contents is made of it. */
extern const struct ia_form ia_form_root_archive;

/* What the forms that can hold several images hold. */
int ia_oci_list(struct ia_env *env, struct ia_image *image, struct ia_image_list *list);
int ia_docker_list(struct ia_env *env, struct ia_image *image, struct ia_image_list *list);
int ia_legacy_list(struct ia_env *env, struct ia_image *image, struct ia_image_list *list);
int ia_dir_list(struct ia_env *env, struct ia_image *image, struct ia_image_list *list);

/* The name of a form as the table has it; NULL when there is no such form. */
const char *ia_form_name(struct ia_str name);
/*
 * The form of what image->blobs holds: the one called name, or by content when name is NULL. E_FORMAT with what was
 * looked for and what there is.
 */
int ia_form_of(struct ia_env *env, const struct ia_image *image, const char *name, const struct ia_form **out);

/* What a path with a form before it and a reference behind it means. */
struct ia_location {
    const char *form;      /* NULL: by content */
    const char *path;      /* NULL: there is a source */
    const char *reference; /* NULL: none */
};

/*
 * "FORM:PATH", "FORM:PATH:REFERENCE", "containers-storage:[ROOT]NAME". A form in the request takes the whole path for
 * what stands behind the colon, and a reference in the request wins. Strings are the request's or go to arena.
 * E_INVALID: no such form, or nothing behind the colon.
 */
int ia_location_parse(struct ia_env *env, struct ia_arena *arena, const struct ia_image_request *request,
                      struct ia_location *out);

/* An image of which nothing is known but where it lies, of which form it is, and what the path said about it. */
struct ia_located {
    struct ia_image *image;
    const struct ia_form *form;
    const char *reference; /* NULL: none; lives as long as the image */
};
int ia_image_locate(struct ia_env *env, const struct ia_image_request *request, struct ia_located *out);

#endif
