/* SPDX-License-Identifier: Apache-2.0 */
/* The small case of evidence. The executables hold no code: headers, an interpreter and a build id. */
#include "evident.h"

#include "ociimage.h"

#include <string.h>

static const char os_release[] = "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n";
static const char status[] = "Package: tool\nStatus: hold ok installed\nArchitecture: amd64\nSource: tools (2.0-1)\n"
                             "Version: 2.0-1+b1\nMaintainer: Someone <s@example.org>\n"
                             "Homepage: https://tool.example.org/\n\n";
static const char list[] = "/.\n/usr\n/usr/bin\n/usr/bin/tool\n/usr/share\n/usr/share/nodejs\n/usr/share/nodejs/pad\n"
                           "/usr/share/nodejs/pad/package.json\n";
static const char pad[] = "{\"name\":\"pad\",\"version\":\"1.2.3\",\"license\":\"MIT\"}";
static const char left[] = "{\"name\":\"@corp/left\",\"version\":\"4.5.6\",\"license\":\"(MIT OR Apache-2.0)\","
                           "\"author\":\"A <a@example.org>\","
                           "\"_resolved\":\"https://registry.npmjs.org/@corp/left/-/left-4.5.6.tgz\"}";
static const char lock[] = "{\"name\":\"app\",\"version\":\"1.0.0\",\"lockfileVersion\":3,\"packages\":{"
                           "\"\":{\"name\":\"app\",\"version\":\"1.0.0\"},"
                           "\"node_modules/locked\":{\"version\":\"7.8.9\",\"license\":\"ISC\"}}}";
static const char apk[] = "P:old\nV:1.0-r0\nA:x86_64\nL:MIT\no:old\n\n";

/* What no rule of the library knows. */
static const char banner[] = "Evident Extra version 3.2.1";

enum { HEADER = 64, SEGMENT = 56, SEGMENTS = 3, DATA = HEADER + SEGMENT * SEGMENTS, WHOLE = DATA + 96 };

static void put(unsigned char *at, uint64_t value, int size)
{
    for (int i = 0; i < size; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

static void put_segment(unsigned char *file, int index, const uint32_t type_and_flags[2], uint64_t at, uint64_t size)
{
    unsigned char *segment = file + HEADER + SEGMENT * index;
    put(segment, type_and_flags[0], 4);
    put(segment + 4, type_and_flags[1], 4);
    put(segment + 8, at, 8);
    put(segment + 16, at, 8);
    put(segment + 32, size, 8);
    put(segment + 40, size, 8);
    put(segment + 48, 4, 8);
}

/* ELF64 for amd64 at a fixed address, without an executable stack. */
static void write_elf(unsigned char file[WHOLE], const char *interpreter)
{
    static const char note[] = "\4\0\0\0\4\0\0\0\3\0\0\0GNU\0\xde\xad\xbe\xef";
    static const uint32_t interp[] = {3, 4}, notes[] = {4, 4}, stack[] = {0x6474E551, 6};
    size_t n = strlen(interpreter) + 1;
    memset(file, 0, WHOLE);
    memcpy(file, "\177ELF\2\1\1", 7);
    put(file + 16, 2, 2);  /* ET_EXEC */
    put(file + 18, 62, 2); /* x86-64 */
    put(file + 20, 1, 4);
    put(file + 32, HEADER, 8);
    put(file + 52, HEADER, 2);
    put(file + 54, SEGMENT, 2);
    put(file + 56, n > 1 ? SEGMENTS : SEGMENTS - 1, 2);
    memcpy(file + DATA, note, sizeof(note) - 1);
    memcpy(file + DATA + 24, interpreter, n);
    if (n == 1)
        memcpy(file + DATA + 60, banner, sizeof(banner));
    put_segment(file, 0, notes, DATA, sizeof(note) - 1);
    put_segment(file, 1, stack, 0, 0);
    put_segment(file, 2, interp, DATA + 24, n);
}

static void add_elf(struct tarball *t, const char *name, const char *interpreter)
{
    unsigned char file[WHOLE];
    write_elf(file, interpreter);
    tarball_add(t, &(struct tar_member){.name = name, .data = file, .size = sizeof(file), .mode = 0755});
}

static void lower_layer(struct tarball *t)
{
    tarball_file(t, "etc/os-release", os_release);
    tarball_file(t, "var/lib/dpkg/status", status);
    tarball_file(t, "var/lib/dpkg/info/tool.list", list);
    add_elf(t, "usr/bin/tool", "/lib64/ld-linux-x86-64.so.2");
    tarball_file(t, "usr/share/nodejs/pad/package.json", pad);
    tarball_file(t, "lib/apk/db/installed", apk);
    tarball_end(t);
}

static void upper_layer(struct tarball *t)
{
    tarball_file(t, "lib/apk/db/.wh.installed", "");
    tarball_file(t, "app/node_modules/@corp/left/package.json", left);
    tarball_file(t, "app/package-lock.json", lock);
    add_elf(t, "usr/local/bin/extra", "");
    tarball_end(t);
}

struct tarball evident_image(void)
{
    struct tarball below = {NULL, 0}, above = {NULL, 0};
    lower_layer(&below);
    upper_layer(&above);
    const struct ociimage_layer layers[] = {{.tar = below.p, .tar_size = below.n},
                                            {.tar = above.p, .tar_size = above.n}};
    struct tarball archive =
        ociimage_docker_archive(&(struct ociimage){.layers = layers, .count = 2, .reference = "evident:1"});
    tarball_free(&below);
    tarball_free(&above);
    return archive;
}
