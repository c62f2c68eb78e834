/* SPDX-License-Identifier: Apache-2.0 */
/* Archives in archives, and the budget that one outermost file has for all of them. */
#ifndef IA_CATALOG_JAVA_NEST_H
#define IA_CATALOG_JAVA_NEST_H

#include "catalog/java/java.h"

#include "io/zip.h"

/* An archive whose members are being gone through. */
struct ia_nest_level {
    struct ia_zip *zip;
    struct ia_zip_content content; /* of an inner one */
    size_t next;                   /* member */
    size_t inside;                 /* length of its place */
};

struct ia_nest {
    struct ia_env *env;
    struct ia_found *found;
    struct ia_nest_level levels[IA_JAVA_DEPTH];
    size_t depth;
    struct ia_buf inside; /* place of the innermost one in the file: "lib/a.war!lib/b.jar" */
    uint64_t work_left;   /* bytes that may still be read and made */
    uint64_t held;        /* bytes of unpacked archives that are kept */
    size_t members, packages, notes;
    bool spent; /* the work is done, and that was remarked */
};

/* size: of the outermost archive */
void ia_nest_init(struct ia_nest *nest, struct ia_env *env, struct ia_found *found, size_t size);
void ia_nest_free(struct ia_nest *nest);

/* A remark on the innermost archive or, with a path, on a member of it; beyond IA_JAVA_NOTES nothing is added. */
int ia_nest_note(struct ia_nest *nest, int32_t code, struct ia_str path, const char *text);
/*
 * 1: out holds the member; what is odd about it was remarked. 0: it cannot be read, and that was remarked. Otherwise a
 * failure of the call. most: how many bytes it may have.
 */
int ia_nest_read(struct ia_nest *nest, const struct ia_zip_member *member, uint64_t most, struct ia_zip_content *out);
/* 1: the archive is open and the innermost now; 0: it is none, and that was remarked. Takes content over. */
int ia_nest_enter(struct ia_nest *nest, struct ia_cursor bytes, struct ia_zip_content *content, struct ia_str path);
void ia_nest_leave(struct ia_nest *nest);

#endif
