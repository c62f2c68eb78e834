/* SPDX-License-Identifier: Apache-2.0 */
/* What purls in general and each type demand of the components, and how a type spells them. */
#ifndef IA_MODEL_PURL_RULES_H
#define IA_MODEL_PURL_RULES_H

#include "model/purl.h"

/* How the letters of one component are spelt. */
enum ia_purl_spelling {
    IA_PURL_AS_IS,
    IA_PURL_LOWER,
    IA_PURL_UPPER,
    IA_PURL_DASHES,     /* lower case; runs of "-", "_" and "." become one "-" */
    IA_PURL_UNDERSCORES /* lower case; "-" becomes "_" */
};

struct ia_purl_spellings {
    enum ia_purl_spelling namespace, name, version;
    bool path_name;  /* the namespace is one segment, the name may have several */
    bool lower_keys; /* a qualifier key in upper case is an error */
};

/* The spelling of a type's components. namespace and repository_url as in the purl, of which either may matter. */
struct ia_purl_spellings ia_purl_spellings(struct ia_str type, struct ia_str namespace, struct ia_str repository_url);

/* What the type demands and the purl lacks (a static sentence), or NULL. Types are compared in lower case. */
const char *ia_purl_demand(const struct ia_purl *purl);

/* What is wrong apart from the type's demands (a static sentence), or NULL. */
const char *ia_purl_syntax_fault(const struct ia_purl *purl);

int ia_purl_key_order(struct ia_str a, struct ia_str b);  /* by bytes in lower case: below, 0, above */
struct ia_str ia_purl_strip_slashes(struct ia_str text);  /* at both ends */
bool ia_purl_has_segments(struct ia_str path, bool dots); /* any that counts; dots: "." and ".." do */
bool ia_purl_counts(struct ia_str segment, bool dots);

/* Goes over the letters of a component; zeroed but for the spelling at its start. */
struct ia_purl_letters {
    enum ia_purl_spelling spelling;
    bool in_run;
};

/* Spells one letter; false when it is dropped. */
bool ia_purl_spell(struct ia_purl_letters *letters, char *c);

#endif
