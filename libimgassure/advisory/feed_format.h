/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a feed format is made of, and what the formats share. A format sees the members of the root object one by one
 * and never the document as a whole.
 */
#ifndef IA_ADVISORY_FEED_FORMAT_H
#define IA_ADVISORY_FEED_FORMAT_H

#include "advisory/feed.h"
#include "base/macros.h"
#include "syntax/json_read.h"

/* One document on its way through. */
struct ia_feed_parse {
    struct ia_env *env;
    struct ia_json *json;
    struct ia_str feed; /* the place of the notes */
    const struct ia_advisory_sink *sink;
    struct ia_feed_reading *reading;
    void *state; /* the format's own */
};

struct ia_feed_format {
    int32_t id; /* IMGA_FEED_* */
    int (*open)(struct ia_feed_parse *parse);
    /* Reads the value of one member of the root object; key is valid until the next event. */
    int (*member)(struct ia_feed_parse *parse, struct ia_str key);
    int (*finish)(struct ia_feed_parse *parse); /* the document was complete */
    void (*close)(struct ia_feed_parse *parse); /* after open, whether it failed or not */
};

extern const struct ia_feed_format ia_feed_debian_tracker;
extern const struct ia_feed_format ia_feed_alpine_secdb;

/* Whether the first member of a document is one of secdb's. */
bool ia_feed_is_secdb_member(struct ia_str key);

/* A text that may become a name: not empty, no control characters, so no NUL either. */
bool ia_feed_is_text(struct ia_str text);

/* Hands a record to the sink and counts it. */
int ia_feed_record(struct ia_feed_parse *parse, const struct ia_advisory *advisory);

/* Counts a skipped record and notes why. */
int ia_feed_malformed(struct ia_feed_parse *parse, int64_t offset, const char *format, ...) IA_PRINTF(3, 4);

/* "%.*s" of a view; a long one is cut, because it stands in a remark. */
#define IA_FEED_SHOW(text) ((text).n > 200 ? 200 : (int)(text).n), (text).p

#endif
