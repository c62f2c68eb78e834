/* SPDX-License-Identifier: Apache-2.0 */
/* Root views from tar layers in memory, and what the cataloguers make of them. */
#ifndef TEST_CATALOG_VIEW_H
#define TEST_CATALOG_VIEW_H

#include "model/inventory.h"
#include "support.h"
#include "tarball.h"

#define OS_DEBIAN "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n"
#define OS_ALPINE "ID=alpine\nVERSION_ID=3.18.0\n"

/* Collects layers as a scan does: apply, fetch what is pending, observe; then finish. On failure inventory is freed. */
int collect_layers(struct test_env *t, struct tarball *layers, size_t count, struct ia_inventory *inventory);

#endif
