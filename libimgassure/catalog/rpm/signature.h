/* SPDX-License-Identifier: Apache-2.0 */
/* Whose key made an OpenPGP signature (RFC 4880 sections 4.2, 5.2; version 6 after RFC 9580). Nothing is verified. */
#ifndef IA_CATALOG_RPM_SIGNATURE_H
#define IA_CATALOG_RPM_SIGNATURE_H

#include "base/cursor.h"

enum { IA_KEY_ID_BYTES = 8 };

/* The issuer's key id of a signature packet, from its hashed part if it says so there; false: it does not say. */
bool ia_openpgp_issuer(struct ia_cursor packet, uint8_t out[IA_KEY_ID_BYTES]);

#endif
