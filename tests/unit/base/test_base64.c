/* SPDX-License-Identifier: Apache-2.0 */
/* Base64: the vectors of RFC 4648 section 10, every length, and what other readers let pass. */
#include "base/base64.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *text, *bytes;
} vectors[] = {
    {"", ""},
    {"Zg==", "f"},
    {"Zm8=", "fo"},
    {"Zm9v", "foo"},
    {"Zm9vYg==", "foob"},
    {"Zm9vYmE=", "fooba"},
    {"Zm9vYmFy", "foobar"},
    {"+/+/", "\xfb\xff\xbf"},
};

Test(base64, vectors)
{
    for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
        uint8_t bytes[64];
        char text[64];
        size_t size = 99;
        cr_expect(ia_base64_decode(ia_str_from(vectors[i].text), bytes, &size), "%s", vectors[i].text);
        cr_expect_eq(size, strlen(vectors[i].bytes), "%s", vectors[i].text);
        cr_expect_eq(memcmp(bytes, vectors[i].bytes, size), 0, "%s", vectors[i].text);
        ia_base64_encode((const uint8_t *)vectors[i].bytes, strlen(vectors[i].bytes), text);
        cr_expect_str_eq(text, vectors[i].text);
    }
}

Test(base64, every_length_and_byte)
{
    uint8_t in[256], out[256];
    char text[4 * 86 + 1];
    for (size_t i = 0; i < sizeof(in); i++)
        in[i] = (uint8_t)(i * 167 + 13);
    for (size_t n = 0; n <= sizeof(in); n++) {
        size_t size = 0;
        ia_base64_encode(in, n, text);
        cr_expect_eq(strlen(text), (n + 2) / 3 * 4, "%zu", n);
        cr_expect_geq(ia_base64_room(strlen(text)), n, "%zu", n);
        cr_expect(ia_base64_decode(ia_str_from(text), out, &size), "%zu", n);
        cr_expect(size == n && memcmp(in, out, n) == 0, "%zu", n);
    }
}

/* Each of these is content for some reader. */
static const char *const malformed[] = {
    "Z",    "Zg",   "Zg=",     "Zm9",    "Zm9v\n", "Zm\n9v", " Zm9v",   "Zm9vZg",   "Zg==Zg==",
    "Z===", "====", "=",       "==",     "A=AA",   "AA=A",   "=AAA",    "Zh==",     "Zm9=",
    "Zm-_", "Zm9*", "Zm9\x80", "Zg==\n", "Zm8==",  "Zm9v=",  "AAA\xff", "Zm9v====",
};

Test(base64, malformed)
{
    for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++) {
        uint8_t out[16];
        size_t size;
        cr_expect_not(ia_base64_decode(ia_str_from(malformed[i]), out, &size), "%s", malformed[i]);
    }
    uint8_t out[16];
    size_t size;
    cr_expect_not(ia_base64_decode((struct ia_str){"Zg\0=", 4}, out, &size));
}
