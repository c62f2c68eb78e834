/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPE names 2.3 (NISTIR 7695): attributes in their well-formed, quoted form, the two bindings (formatted string and the
 * URI of CPE 2.2), and guesses at the names under which a package may stand in NVD. Everything is in lower case.
 */
#ifndef IA_MODEL_CPE_H
#define IA_MODEL_CPE_H

#include "base/buf.h"

enum ia_cpe_attribute {
    IA_CPE_PART,
    IA_CPE_VENDOR,
    IA_CPE_PRODUCT,
    IA_CPE_VERSION,
    IA_CPE_UPDATE,
    IA_CPE_EDITION,
    IA_CPE_LANGUAGE,
    IA_CPE_SW_EDITION,
    IA_CPE_TARGET_SW,
    IA_CPE_TARGET_HW,
    IA_CPE_OTHER,
    IA_CPE_ATTRIBUTES
};

enum ia_cpe_kind { IA_CPE_ANY, IA_CPE_NA, IA_CPE_VALUE };

/*
 * A value is quoted: punctuation other than "_" has a backslash before it; "*" and "?" without one are wildcards, which
 * stand at its ends only.
 */
struct ia_cpe_value {
    enum ia_cpe_kind kind;
    struct ia_str text; /* of a VALUE; empty otherwise */
};

struct ia_cpe {
    struct ia_cpe_value attributes[IA_CPE_ATTRIBUTES];
};

/*
 * Reads a formatted string ("cpe:2.3:a:...") or a URI ("cpe:/a:..."). The texts lie in storage, to which 2 * text.n
 * bytes at most are appended, and stay valid until it changes. IMGA_E_FORMAT with *why set to a static sentence;
 * IMGA_E_NOMEM, IMGA_E_LIMIT of storage. *out is set on success only.
 */
int ia_cpe_read(struct ia_str text, struct ia_buf *storage, struct ia_cpe *out, const char **why) IA_MUST_USE;

/* Append a binding of a name that was read or made of values that were: IMGA_E_NOMEM, IMGA_E_LIMIT of the buffer. */
int ia_cpe_write(struct ia_buf *out, const struct ia_cpe *cpe) IA_MUST_USE; /* the formatted string */
int ia_cpe_write_uri(struct ia_buf *out, const struct ia_cpe *cpe) IA_MUST_USE;

/*
 * Appends plain text as a quoted value: in lower case, blanks as "_", without wildcards. 1; 0 and nothing appended when
 * the text is empty or has a control character or a byte outside ASCII; or a status of the buffer.
 */
int ia_cpe_quote(struct ia_buf *out, struct ia_str plain) IA_MUST_USE;

/*
 * Appends a colon and plain text as the value of a formatted string, quoted and in lower case as above; "*" for a text
 * that ia_cpe_quote() does not take.
 */
int ia_cpe_write_plain(struct ia_buf *out, struct ia_str plain) IA_MUST_USE;

enum { IA_CPE_CANDIDATES = 16 };

/* What is known of a package; everything but type and name may be empty. */
struct ia_cpe_facts {
    struct ia_str type;      /* of its purl */
    struct ia_str namespace; /* of its purl: group id, scope, path before the name */
    struct ia_str name;
    struct ia_str vendor; /* author, maintainer, vendor or organisation, as written: "Jane Doe <jane@example.org>" */
    struct ia_str url;    /* home page or repository */
};

struct ia_cpe_candidate {
    struct ia_str vendor, product; /* plain text in lower case, without blanks */
    const char *target_sw;         /* "node.js"; "" for any */
    const char *how;               /* "known-pair", "java-group", ...: a static word */
};

struct ia_cpe_candidates {
    struct ia_buf storage; /* of the texts */
    struct ia_cpe_candidate rows[IA_CPE_CANDIDATES];
    size_t n;
};

void ia_cpe_candidates_init(struct ia_cpe_candidates *candidates, const struct ia_alloc *alloc);
void ia_cpe_candidates_free(struct ia_cpe_candidates *candidates);

/*
 * The names a package may have in NVD, the likeliest first, each pair once; the same facts give the same rows. None for
 * a package without a usable name. Texts over 128 bytes are no names. IMGA_E_NOMEM only.
 */
int ia_cpe_candidates_find(struct ia_cpe_candidates *candidates, const struct ia_cpe_facts *facts) IA_MUST_USE;

/* Appends the formatted string of a candidate: part "a", its target software, the version (empty: any). */
int ia_cpe_candidate_write(struct ia_buf *out, const struct ia_cpe_candidate *candidate,
                           struct ia_str version) IA_MUST_USE;

#endif
