/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one file says is installed: packages, executables, remarks. An analyser writes it while the layer goes by; it is
 * kept in place of the file's content, also in the layer cache, and read again when the inventory is put together. The
 * text is packed: a kind, a varint length and the bytes for each part, in order.
 */
#ifndef IA_CATALOG_FOUND_H
#define IA_CATALOG_FOUND_H

#include "base/buf.h"
#include "base/cursor.h"
#include "base/env.h"

enum { IA_FOUND_PROPERTIES = 32 }; /* of one package, at most */

/* A fact beyond the usual ones. Names are words of [a-z0-9-]; docs/inventory.md lists them. */
struct ia_field {
    struct ia_str name, value;
};

/* One package. Views; empty when absent. */
struct ia_found_package {
    struct ia_str type;    /* purl type: "npm", "pypi", "golang", "maven", "generic" */
    struct ia_str name;    /* as the ecosystem's advisories write it: "@scope/name", "group:artifact", "host/module" */
    struct ia_str version; /* as written there; may be empty */
    struct ia_str architecture; /* rarely known */
    struct ia_str license;      /* as declared */
    struct ia_str supplier;     /* author, vendor, maintainer */
    struct ia_str inside; /* where in the file: "BOOT-INF/lib/a.jar!META-INF/MANIFEST.MF"; empty: the file itself */
    struct ia_str how;    /* the rule that found it: "dist-info", "pom-properties", "go-buildinfo", "classifier" */
    const struct ia_field *fields; /* at most IA_FOUND_PROPERTIES */
    size_t field_count;
};

enum ia_executable_flags {                            /* hardening and shape */
                           IA_EXECUTABLE_LIBRARY = 1, /* a shared library; otherwise a program */
                           IA_EXECUTABLE_STATIC = 2,  /* no interpreter, no needed libraries */
                           IA_EXECUTABLE_PIE = 4,
                           IA_EXECUTABLE_RELRO = 8,
                           IA_EXECUTABLE_NOW = 16, /* with RELRO: full */
                           IA_EXECUTABLE_NX = 32,  /* the stack is not executable */
                           IA_EXECUTABLE_CANARY = 64,
                           IA_EXECUTABLE_FORTIFY = 128,
                           IA_EXECUTABLE_CET = 256, /* IBT and SHSTK, or BTI and PAC */
                           IA_EXECUTABLE_STRIPPED = 512
};

/* The executable that the file itself is. */
struct ia_found_executable {
    struct ia_str format;       /* "elf", "pe", "mach-o" */
    struct ia_str architecture; /* as OCI writes it: "amd64", "arm64"; else the format's own number in words */
    struct ia_str build_id;     /* GNU build id, lower-case hex */
    struct ia_str interpreter;
    uint32_t flags; /* IA_EXECUTABLE_* */
};

struct ia_found {
    struct ia_buf packed;
};

void ia_found_init(struct ia_found *found, const struct ia_env *env);
void ia_found_free(struct ia_found *found); /* a zeroed one is fine */

/* Each is IMGA_OK or a described failure: memory, or the limit kept_bytes. */
int ia_found_package(struct ia_found *found, struct ia_env *env, const struct ia_found_package *package);
/* A file that the package before owns: relative to the root, without leading slash. */
int ia_found_path(struct ia_found *found, struct ia_env *env, struct ia_str path);
int ia_found_executable(struct ia_found *found, struct ia_env *env, const struct ia_found_executable *executable);
/*
 * A fact on every package that is found in the directory of this file or, with levels above 0, so many directories
 * higher (direct_url.json beside METADATA: 0).
 */
int ia_found_attach(struct ia_found *found, struct ia_env *env, unsigned levels, const struct ia_field *field);
/* A file that every package of this file's directory owns (pacman's "files" beside "desc"). */
int ia_found_attach_path(struct ia_found *found, struct ia_env *env, struct ia_str path);
/*
 * A remark on the file: IMGA_NOTE_DB_PARTIAL, _ARCHIVE, _BINARY, _SKIPPED, _NAME, ... It is made only if the file is
 * still there in the end. offset -1: none.
 */
int ia_found_note(struct ia_found *found, struct ia_env *env, int32_t code, int64_t offset, const char *format, ...)
    IA_PRINTF(5, 6);

enum ia_found_kind {
    IA_FOUND_PACKAGE = 1,
    IA_FOUND_PATH,
    IA_FOUND_EXECUTABLE,
    IA_FOUND_ATTACH,
    IA_FOUND_ATTACH_PATH,
    IA_FOUND_NOTE
};

/* One item as it comes back. Views of the packed text. */
struct ia_found_item {
    enum ia_found_kind kind;
    struct ia_found_package package; /* its fields: the array below */
    struct ia_found_executable executable;
    struct ia_field fields[IA_FOUND_PROPERTIES]; /* [0] of an attached one */
    unsigned levels;
    struct ia_str text; /* path, or the remark */
    int32_t code;
    int64_t offset;
};

/* 1, 0 at the end, or a bare IMGA_E_FORMAT: what was kept outside may be damaged. */
int ia_found_next(struct ia_cursor *left, struct ia_found_item *out);

#endif
