/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching: each package's source name and source version against the records of its distribution release, by the
 * order of its own package manager. Sees the inventory and the database, never the image.
 */
#ifndef IA_MATCH_MATCH_H
#define IA_MATCH_MATCH_H

#include "base/reader.h"
#include "db/db.h"
#include "model/finding.h"

/* findings is initialised here and freed on failure; inventory and db outlive it. */
int ia_match(struct ia_env *env, const struct ia_inventory *inventory, const struct ia_db *db,
             struct ia_findings *findings);
/* Lines of text for a person. */
int ia_match_explain(struct ia_env *env, const struct ia_findings *findings, size_t index,
                     const struct ia_writer *writer);

#endif
