/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which distribution an image is where there is no os-release: the release files that distributions had before, and
 * which release packages come from, as etc/apk/repositories says it.
 */
#ifndef IA_CATALOG_RELEASE_FILES_H
#define IA_CATALOG_RELEASE_FILES_H

#include "model/inventory.h"
#include "rootfs/rootfs.h"

/* What a release file says. Views of its text, or static; "" for what it does not say. */
struct ia_release {
    struct ia_str id; /* as os-release(5) would name the distribution, but for the case */
    struct ia_str version_id;
    struct ia_str patch; /* SuSE-release: the service pack, that is the second part of the version */
    struct ia_str codename;
    struct ia_str pretty_name;
};

/* One kind of release file. */
struct ia_release_file {
    const char *path;
    bool shared;    /* derivatives have it, too: it may name the distribution that they were made from */
    const char *id; /* of the distribution; "" when the text tells */
    bool (*parse)(struct ia_str text, struct ia_release *out); /* id is set before; false: it is not of this form */
};

/* In the order in which they are believed: those of one distribution first. */
extern const struct ia_release_file ia_release_files[];
extern const size_t ia_release_file_count;

/*
 * Fills inventory->distro, but for the release, from the first file that tells the distribution; NULL when there is
 * none. Shared files count only when asked for.
 */
int ia_release_files_read(struct ia_env *env, struct ia_rootfs *fs, struct ia_inventory *inventory, bool shared,
                          const struct ia_release_file **out);
/* The first file that gives the distribution of the inventory another release; NULL when there is none. */
int ia_release_files_contradict(struct ia_env *env, struct ia_rootfs *fs, const struct ia_inventory *inventory,
                                const struct ia_release_file **out);

/*
 * The branch of aports that the lines of etc/apk/repositories name: "v3.18", "edge"; "" when there is none, when
 * several are named, or "latest-stable". Lines with a tag ("@testing URL") are for packages that ask for it.
 */
struct ia_str ia_apk_branch(struct ia_str repositories);

#endif
