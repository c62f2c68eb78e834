/* SPDX-License-Identifier: Apache-2.0 */
/* Images of one layer that carries a table of contents, and what reading them remarks about it. */
#ifndef TOC_CASE_H
#define TOC_CASE_H

#include "support.h"
#include "tarball.h"

enum toc_form { FORM_ESTARGZ, FORM_ESTARGZ_LEGACY, FORM_CHUNKED, FORM_CHUNKED_OLD };
extern const enum toc_form toc_forms[4];
extern const char *const toc_form_names[4];

struct toc_layer {
    enum toc_form form;
    const char *json;
    size_t json_size;        /* 0: strlen() */
    const char *annotations; /* members between {}; NULL: none */
    const void *packed;      /* zstd:chunked: instead of the compressed JSON; NULL: that */
    size_t packed_size;
    uint64_t unpacked;       /* zstd:chunked: what the footer says; 0: the right size */
    const char *stream_json; /* eStargz: the file in the stream says this; NULL: the same */
    const char *index_name;  /* eStargz: of the file; NULL: the right one */
    bool no_footer;
    bool piped; /* the archive is read once */
};

/* What came of it. */
struct toc_found {
    int status;
    size_t tocs, skipped;       /* notes of these codes */
    char where[256], text[512]; /* of the last one that was skipped */
    char toc[256];              /* text of the last other one */
};

/* The layer, in which "bin/ls" comes twice: "bin/" with sh, ls -> sh, ash = bin/sh; "pipe", "zero",
 * "lib/apk/db/installed"; toc_json fits. */
extern const char toc_json[];

struct toc_found toc_run(struct test_env *t, const struct toc_layer *layer);
/* Bytes of contents in the record of a layer that came through a pipe, before and after it was checked. */
void toc_kept(struct test_env *t, uint64_t *before, uint64_t *after);
/* toc_json with find, which must be there, replaced once; malloc'ed. */
char *toc_edit(const char *find, const char *with);

/* The position that toc_run() gives the table of a zstd:chunked layer without further wishes, as an annotation. */
void toc_position(const struct toc_layer *layer, char out[128]);

#endif
