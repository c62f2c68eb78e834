/* SPDX-License-Identifier: Apache-2.0 */
/* dnf's histories as tests want them, of both schemas, written by SQLite. */
#ifndef MADE_HISTORY_H
#define MADE_HISTORY_H

#include "base/str.h"

#include <stdbool.h>

enum made_schema { MADE_DNF4, MADE_DNF5, MADE_SCHEMAS };

/* What is done to a package: in dnf 4, the way out and the way in of an upgrade or reinstallation are told apart. */
enum made_action { INSTALL, UPGRADE, DOWNGRADE, OBSOLETE, REINSTALL, REPLACED, REMOVE, REASON };

/* Repositories that every history knows, by their numbers. */
enum made_repository { NO_REPOSITORY, ALPHA, BETA, SYSTEM, FROM_FILE, UNNAMED };

/* Packages 1, 2, ... are "a", "b", ... 1-2 noarch; 4 has an epoch of 3. 9 is a group. */
struct made_change {
    int package; /* 0: the end */
    enum made_repository repository;
    enum made_action action;
    bool failed;
};

enum { MADE_CHANGES = 8 };

/* malloc'ed; with more statements before it is closed, NULL: none. */
struct ia_str made_history(enum made_schema schema, const struct made_change changes[MADE_CHANGES],
                           const char *statements);
/* The same, all of it in a log that is not in the database yet. */
struct ia_str made_history_log(enum made_schema schema, const struct made_change changes[MADE_CHANGES],
                               struct ia_str *wal);

#endif
