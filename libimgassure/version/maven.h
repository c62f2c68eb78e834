/* SPDX-License-Identifier: Apache-2.0 */
/* A Maven version as a stream of the items of its chain of lists. */
#ifndef IA_VERSION_MAVEN_H
#define IA_VERSION_MAVEN_H

#include "base/str.h"

enum ia_maven_kind {
    IA_MAVEN_END, /* of all lists */
    IA_MAVEN_NUMBER,
    IA_MAVEN_WORD,
    IA_MAVEN_BOTH, /* a word with a number */
    IA_MAVEN_LIST  /* opens the list that is the last item of this one */
};

struct ia_maven_item {
    enum ia_maven_kind kind;
    struct ia_str word;
    struct ia_str digits;
};

struct ia_maven_scan {
    struct ia_str rest;           /* set it, the other members are zero */
    bool filled;                  /* the list has an item */
    bool open;                    /* a list opens behind the item that was taken last */
    struct ia_maven_item waiting; /* the item behind the list that was opened for it */
    enum ia_maven_kind ahead;     /* the first item that is not nothing; END: not looked for */
    size_t ahead_lists;           /* lists that open before it */
    bool ahead_first;             /* it is the first item of its list */
};

/* The next item that counts: zeros and lists that stand for nothing are passed over. */
struct ia_maven_item ia_maven_next(struct ia_maven_scan *scan);

#endif
