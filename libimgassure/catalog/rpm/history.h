/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which repository each rpm package came from: dnf's own history, of dnf 4 ("history.sqlite") and of dnf 5
 * ("transaction_history.sqlite"). What counts is, as with "dnf list installed", the last transaction that put exactly
 * this name, epoch, version, release and architecture there, unless a later one removed it. A package that was
 * installed from a file is of "@commandline"; "@System" only says that dnf does not know.
 */
#ifndef IA_CATALOG_RPM_HISTORY_H
#define IA_CATALOG_RPM_HISTORY_H

#include "base/buf.h"
#include "base/pool.h"
#include "catalog/record.h"

struct ia_rpm_nevra {
    struct ia_str name, epoch, version, release, architecture; /* an epoch of "" is one of 0 */
};

struct ia_rpm_history {
    struct ia_pool names;       /* of repositories; the keys are in its arena */
    struct ia_map repositories; /* keys as below, to names */
};

void ia_rpm_history_init(struct ia_rpm_history *history, const struct ia_env *env);
void ia_rpm_history_free(struct ia_rpm_history *history);

/*
 * Adds what one database says, with its log; it goes before what earlier ones said. What cannot be read is damage, and
 * the rest counts. IMGA_OK or a described IMGA_E_NOMEM or _CANCELLED. Limit: packages, counting rows of each table that
 * have to be kept.
 */
int ia_rpm_history_read(struct ia_rpm_history *history, struct ia_env *env, const struct ia_db_source *source,
                        struct ia_damage *damage);

/* What a package is looked up by. Bare statuses of the buffer. */
int ia_rpm_nevra_key(const struct ia_rpm_nevra *nevra, struct ia_buf *key);
/* "" when that is not known. */
struct ia_str ia_rpm_history_find(const struct ia_rpm_history *history, struct ia_str key);

#endif
