/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Products of the NVD that something is known to be: names "vendor:product" between commas, written with a version as
 * CPE 2.3 formatted strings (NISTIR 7695, 6.2).
 */
#ifndef IA_CATALOG_PRODUCTS_H
#define IA_CATALOG_PRODUCTS_H

#include "catalog/found.h"

enum { IA_PRODUCTS_MOST = 8 }; /* of one package; more are left out */

struct ia_products {
    struct ia_field fields[IA_PRODUCTS_MOST]; /* "cpe"; views of the text */
    size_t count;
    struct ia_buf text;
};

/* IMGA_OK, or a described failure: memory. Free it in any case. */
int ia_products_write(struct ia_products *out, struct ia_env *env, struct ia_str names, struct ia_str version);
void ia_products_free(struct ia_products *products);

#endif
