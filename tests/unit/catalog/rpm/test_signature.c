/* SPDX-License-Identifier: Apache-2.0 */
/* Key ids out of signature packets. */
#include "base/hex.h"
#include "base/macros.h"
#include "catalog/rpm/signature.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define ID "a1a2a3a4a5a6a7a8"

Test(rpm_signature, packets)
{
    static const struct {
        const char *name, *packet, *key;
    } rows[] = {
        {"version 3, length of a byte",
         "880f"
         "0305"
         "00"
         "00000000" ID,
         ID},
        {"version 3, length of two bytes",
         "89000f"
         "0305"
         "00"
         "00000000" ID,
         ID},
        {"version 3, length of four bytes",
         "8a0000000f"
         "0305"
         "00"
         "00000000" ID,
         ID},
        {"version 3, new length",
         "c20f"
         "0305"
         "00"
         "00000000" ID,
         ID},
        {"new length of four bytes",
         "c2ff0000000f"
         "0305"
         "00"
         "00000000" ID,
         ID},
        {"length without end",
         "8b"
         "0305"
         "00"
         "00000000" ID,
         NULL},
        {"length of a part",
         "c2e0"
         "0305"
         "00"
         "00000000" ID,
         NULL},
        {"version 4, hashed",
         "8812"
         "04000102"
         "000a"
         "0910" ID "0000",
         ID},
        {"version 4, unhashed",
         "8812"
         "04000102"
         "0000"
         "000a"
         "0910" ID,
         ID},
        {"version 4, critical",
         "8812"
         "04000102"
         "000a"
         "0990" ID "0000",
         ID},
        {"version 4, behind another",
         "8815"
         "04000102"
         "000d"
         "0202aa"
         "0910" ID "0000",
         ID},
        {"version 4, subpacket with two bytes of length",
         "8812"
         "04000102"
         "0000"
         "000a"
         "c00910" ID,
         NULL},
        {"version 4, fingerprint",
         "881f"
         "04000102"
         "0000"
         "0017"
         "1621"
         "04"
         "000000000000000000000000" ID,
         ID},
        {"version 6, fingerprint",
         "882f"
         "06000102"
         "00000000"
         "00000023"
         "2221"
         "06" ID "000000000000000000000000000000000000000000000000",
         ID},
        {"hashed wins",
         "881c"
         "04000102"
         "000a"
         "0910" ID "000a"
         "0910"
         "0000000000000000",
         ID},
        {"no issuer",
         "880b"
         "04000102"
         "0003"
         "0202aa"
         "0000",
         NULL},
        {"issuer cut off",
         "8811"
         "04000102"
         "0009"
         "0910"
         "a1a2a3a4a5a6a7"
         "0000",
         NULL},
        {"subpackets longer than the packet",
         "8812"
         "04000102"
         "ffff"
         "0910" ID "0000",
         NULL},
        {"empty subpacket",
         "8813"
         "04000102"
         "000b"
         "00"
         "0910" ID "0000",
         ID},
        {"packet cut off",
         "88ff"
         "0305"
         "00"
         "00000000" ID,
         NULL},
        {"another packet",
         "980f"
         "0305"
         "00"
         "00000000" ID,
         NULL},
        {"no packet",
         "080f"
         "0305"
         "00"
         "00000000" ID,
         NULL},
        {"version 2",
         "880f"
         "0205"
         "00"
         "00000000" ID,
         NULL},
        {"nothing", "", NULL},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        size_t size = strlen(rows[i].packet) / 2;
        uint8_t *packet = malloc(size ? size : 1), key[IA_KEY_ID_BYTES];
        char text[2 * IA_KEY_ID_BYTES + 1] = "";
        cr_assert(ia_hex_decode(ia_str_from(rows[i].packet), packet, size), "%s", rows[i].name);
        bool found = ia_openpgp_issuer(ia_cursor_from(packet, size), key);
        if (found)
            ia_hex_encode(key, sizeof(key), text);
        cr_expect_eq(found, rows[i].key != NULL, "%s", rows[i].name);
        cr_expect_str_eq(text, rows[i].key ? rows[i].key : "", "%s", rows[i].name);
        free(packet);
    }
}
