/* SPDX-License-Identifier: Apache-2.0 */
/* What a feed says about one source package, one vulnerability and one release; and the sink that takes it. */
#ifndef IA_MODEL_ADVISORY_H
#define IA_MODEL_ADVISORY_H

#include "base/env.h"
#include "base/str.h"

/* The state a feed gives, before any version is compared. */
enum ia_advisory_status {
    IA_ADVISORY_AFFECTED = 1,     /* no fixed version: every version; with one: versions before it */
    IA_ADVISORY_NOT_AFFECTED = 2, /* no version of this release was ever affected */
    IA_ADVISORY_WILL_NOT_FIX = 3, /* affected, no fix will come */
    IA_ADVISORY_UNDETERMINED = 4
};

struct ia_advisory {
    struct ia_str distro;        /* "debian", "alpine" */
    struct ia_str release;       /* "bookworm", "v3.18" */
    struct ia_str repository;    /* "main", "community"; empty for the whole release */
    struct ia_str package;       /* source package (deb) or origin (apk) */
    struct ia_str id;            /* CVE or other */
    struct ia_str fixed_version; /* empty: none */
    struct ia_str urgency;       /* the feed's own word; may be empty */
    struct ia_str reason;        /* "ignored", "postponed", "no-dsa", "end-of-life"; may be empty */
    int32_t severity;            /* IMGA_SEVERITY_* */
    enum ia_advisory_status status;
};

/* Takes records one at a time; strings are valid during the call. Also told of coverage without records. */
struct ia_advisory_sink {
    int (*record)(void *user, struct ia_env *env, const struct ia_advisory *advisory);
    int (*covers)(void *user, struct ia_env *env, const struct ia_advisory *release); /* distro, release, repository */
    void *user;
};

#endif
