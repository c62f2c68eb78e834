/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distribution names and releases as feeds write them. Data: Debian's releases from their announcements, Alpine's
 * "vMAJOR.MINOR" branches.
 */
#ifndef IA_MODEL_DISTRO_H
#define IA_MODEL_DISTRO_H

#include "base/buf.h"
#include "base/str.h"

/*
 * The release name that feeds use: Debian's codename ("bookworm" from codename or VERSION_ID 12; "sid"), Alpine's
 * branch ("v3.18" from VERSION_ID 3.18.9; "edge" for pre-releases). Empty when unknown. version_id and codename may be
 * empty.
 */
int ia_distro_release(struct ia_buf *out, struct ia_str id, struct ia_str version_id, struct ia_str codename);
/* The type of the packages of a distribution: "deb", "apk", "rpm", "alpm", "ebuild"; "" when unknown. */
const char *ia_distro_package_type(struct ia_str id);

/*
 * Repositories whose packages an image of the release may hold and whose feeds are apart: NULL-ended; empty when one
 * feed speaks for the whole release. Alpine has community since v3.3.
 */
const char *const *ia_distro_repositories(struct ia_str id, struct ia_str release);

#endif
