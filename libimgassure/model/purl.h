/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package URLs: package-url/purl-spec 1.0 ("Rules for each purl component", "Character encoding", "How to build",
 * "How to parse") and the type definitions of 2026-08. Components are plain text here: decoded, valid UTF-8, without
 * NUL. At most 16 qualifiers.
 */
#ifndef IA_MODEL_PURL_H
#define IA_MODEL_PURL_H

#include "base/buf.h"

enum { IA_PURL_QUALIFIERS = 16 };

struct ia_purl_qualifier {
    struct ia_str key;
    struct ia_str value;
};

struct ia_purl {
    struct ia_str type;      /* "deb", "npm" */
    struct ia_str namespace; /* "debian", "@angular", "github.com/gorilla"; may be empty */
    struct ia_str name;
    struct ia_str version; /* may be empty */
    struct ia_str subpath; /* may be empty */
    struct ia_purl_qualifier qualifiers[IA_PURL_QUALIFIERS];
    size_t n_qualifiers;
};

/* Adds a qualifier; an empty value is none. False when there are too many: the purl is then as before. */
bool ia_purl_qualify(struct ia_purl *purl, const char *key, struct ia_str value);
/* The value of a qualifier; empty when there is none. */
struct ia_str ia_purl_qualifier(const struct ia_purl *purl, const char *key);

/* Why no purl can be built from the components (a static sentence); NULL when one can. */
const char *ia_purl_fault(const struct ia_purl *purl);

/*
 * Appends the canonical form: the case and letters of the type's rules, percent-encoded, qualifiers sorted, empty ones
 * left out. IMGA_E_INVALID where ia_purl_fault() has a reason; IMGA_E_NOMEM, IMGA_E_LIMIT of the buffer. On failure the
 * buffer is as long as before.
 */
int ia_purl_write(struct ia_buf *out, const struct ia_purl *purl) IA_MUST_USE;

/*
 * Reads a purl: syntax, and the demands of its type (namespace, qualifiers, forbidden characters). The components are
 * normalised to the type's case and letters; they lie in storage, to which text.n bytes at most are appended, and stay
 * valid until it changes. IMGA_E_FORMAT with *why set to a static sentence; IMGA_E_NOMEM, IMGA_E_LIMIT of storage. *out
 * is set on success only.
 */
int ia_purl_read(struct ia_str text, struct ia_buf *storage, struct ia_purl *out, const char **why) IA_MUST_USE;
/* The same, but without the type's demands: for purls in documents of others. ia_purl_write() may refuse the result. */
int ia_purl_read_any(struct ia_str text, struct ia_buf *storage, struct ia_purl *out, const char **why) IA_MUST_USE;

#endif
