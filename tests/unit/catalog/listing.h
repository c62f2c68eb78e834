/* SPDX-License-Identifier: Apache-2.0 */
/* Records, packages and notes as lines of text, so that a test compares one string. */
#ifndef TEST_CATALOG_LISTING_H
#define TEST_CATALOG_LISTING_H

#include "base/notes.h"
#include "catalog/record.h"
#include "model/inventory.h"

enum { LISTING = 8192 };

/* "name version architecture source source-version field=value..." a line, "-" in front when not installed; then
   "!kind*count@offset" a line. */
void list_records(ia_record_next *next, struct ia_str text, char out[LISTING]);
/* "type name version architecture source source-version @layer property=value..." a line. */
void list_packages(const struct ia_inventory *inventory, char out[LISTING]);
/* "code where" a line. */
void list_notes(const struct ia_notes *notes, char out[LISTING]);

#endif
