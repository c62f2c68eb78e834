/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader says, as text to compare. */
#ifndef LISTED_H
#define LISTED_H

#include "catalog/record.h"
#include "support.h"

enum { LISTED = 8192 };

/*
 * A line a record: "name version arch source source_version license|packager|field=value,...|path path ...", with '-'
 * in front of a key that is kept apart; then "!kind*count" for each damage. Returns what ia_rpm_read() returned.
 */
int list_database(struct test_env *t, const struct ia_db_source *source, char out[LISTED]);
/* The same in an environment of its own; the content lies in an exact allocation. */
void list_bytes(struct ia_str database, char out[LISTED]);
/* Whether there is a damage of this kind. */
int is_damaged(const char *listed, const char *kind);

#endif
