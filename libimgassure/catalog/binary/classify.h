/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that no package manager installed, recognised by a text that only they hold (docs/classifiers.md). All rules
 * are looked for in one pass: every rule has a literal of at least six bytes before its version, which begins with a
 * digit, or of at least seven elsewhere. So of every place where a rule fits, one word of four bytes at a multiple of
 * four lies wholly in the literal and that digit, and only such words are looked up.
 */
#ifndef IA_CATALOG_BINARY_CLASSIFY_H
#define IA_CATALOG_BINARY_CLASSIFY_H

#include "base/arena.h"
#include "catalog/analyser.h"

enum {
    IA_CLASSIFIERS_MOST = 1024,
    IA_CLASSIFIER_FILTER = 1 << 16, /* bits */
    IA_CLASSIFIER_BUCKETS = 1024,
    IA_CLASSIFIER_ANY_DIGIT = 1, /* in what follows a version: stands for one digit */
    IA_CLASSIFIER_ANY = 2,       /* for one byte */
    IA_CLASSIFIER_NEAR = 1024    /* bytes at most from the end of the version to a text near it */
};

/* What a version looks like; it ends before the first byte that does not fit. */
enum ia_classifier_version {
    IA_CLASSIFIER_VERSION, /* numbers with dots between, then letters, digits, . + ~ _ -: "1.2.3-rc1" */
    IA_CLASSIFIER_NUMBER,  /* numbers with dots between: "1.2.3" */
    IA_CLASSIFIER_DIGITS,  /* one number: "254" */
    IA_CLASSIFIER_TAGGED,  /* as the first, but with something after the numbers: "9.2p1" */
    IA_CLASSIFIER_LOOSE    /* as the first, but one number is enough: "21+35" */
};

struct ia_classifier {
    struct ia_str id;
    struct ia_str path; /* globs of the last component between commas; empty: every file */
    struct ia_str before, after;
    struct ia_str near; /* a text that comes soon after it and by which it is looked for; empty: none */
    bool backwards;     /* looked for by what follows the version; what is before it is short */
    enum ia_classifier_version form;
    bool embedded;          /* reported beside what the file itself is */
    struct ia_str type;     /* of the purl */
    struct ia_str name;     /* of the purl; rules of one type and name are a family */
    struct ia_str products; /* vendor:product between commas */
};

/* A word at a distance from the beginning of the literal by which a rule is looked for. */
struct ia_classifier_anchor {
    uint32_t word;
    uint16_t rule;
    uint16_t distance;
};

struct ia_classifiers {
    const struct ia_classifier *rules;
    size_t rule_count;
    const uint32_t *filter;                     /* a bit for the hash of every word there is */
    const uint16_t *buckets;                    /* IA_CLASSIFIER_BUCKETS + 1: where the words of a hash begin */
    const struct ia_classifier_anchor *anchors; /* by bucket */
    struct ia_arena arena;                      /* what a parsed set owns */
};

/* data/classifiers.tsv, compiled in. */
extern const struct ia_classifiers ia_classifiers_builtin;

/*
 * Reads rules (docs/classifiers.md). Rules of base, NULL for none, come after those of the text and are replaced by one
 * of the same id; base must live on. IMGA_E_FORMAT with the line in the message, IMGA_E_LIMIT, IMGA_E_NOMEM. *out is
 * set on success only.
 */
int ia_classifiers_parse(struct ia_env *env, struct ia_str text, const struct ia_classifiers *base,
                         struct ia_classifiers **out);
void ia_classifiers_free(struct ia_classifiers *classifiers); /* one that was parsed; NULL is fine */

/* Whether it is looked for by what comes before the version. */
static inline bool ia_classifier_reads_on(const struct ia_classifier *rule)
{
    return rule->near.n == 0 && !rule->backwards;
}

/* The literal by which a rule is looked for. */
static inline struct ia_str ia_classifier_anchored(const struct ia_classifier *rule)
{
    if (rule->near.n)
        return rule->near;
    return rule->backwards ? rule->after : rule->before;
}

static inline uint32_t ia_classifier_hash(uint32_t word)
{
    return (word * 0x9E3779B1U) >> 16; /* Knuth's multiplicative hash, IA_CLASSIFIER_FILTER values */
}

/*
 * Reports what the file is and what it embeds: packages, how "classifier", fields classifier (the rule) and cpe. Of the
 * rules of one family that fit, one with a path counts before one without, then the earlier one. Of the families that
 * are not embedded only the first in the same order is reported.
 */
int ia_classify(const struct ia_classifiers *classifiers, const struct ia_analysed *file, struct ia_env *env,
                struct ia_found *found);

#endif
