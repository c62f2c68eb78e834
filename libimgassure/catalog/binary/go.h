/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Build information of Go programs (cmd/link "buildinfo", runtime/debug BuildInfo): the pointer form of Go 1.13 to 1.17
 * and the inline form since 1.18.
 */
#ifndef IA_CATALOG_BINARY_GO_H
#define IA_CATALOG_BINARY_GO_H

#include "catalog/binary/examined.h"

/* Where the format of the executable says that the information must be. */
struct ia_go_place {
    struct ia_examined *x;
    struct ia_extent data; /* a section of that name, or the first writable segment */
    uint64_t address;      /* at which it is mapped */
    bool named;            /* then it must be there */
    /* Where an address lies in the file, up to the end of its segment. */
    bool (*mapped)(const void *format, uint64_t address, struct ia_extent *out);
    const void *format;
};

struct ia_go_info {
    struct ia_str version;    /* "go1.19.8" */
    struct ia_extent modules; /* the text that lists modules and settings; may be empty */
};

/* 1: *out is set; 0: there is none, or it is malformed, which has been noted; < 0: a status. */
int ia_go_info(const struct ia_go_place *place, struct ia_go_info *out);

/*
 * Reports the standard library (package "stdlib", the version without "go"), the main module and the others as packages
 * of type "golang", how "go-buildinfo". Fields: go-main, go-sum, replaces, replaced-by, go-package, version-from,
 * vcs-revision, vcs-time, vcs-modified, go-version.
 */
int ia_go_packages(struct ia_examined *x, const struct ia_go_info *info);

#endif
