/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads one feed: counts its bytes, tells the format, walks the members of the root object. Both formats are one JSON
 * object (RFC 8259). Limits: feed_bytes here; json_depth and string_bytes in syntax/json_read.h.
 */
#include "advisory/feed.h"

#include "advisory/feed_format.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

static const struct ia_feed_format *const formats[] = {&ia_feed_debian_tracker, &ia_feed_alpine_secdb};

/* The input, counted. Borrowed, so that closing it is not ours. */
struct counted {
    struct ia_reader reader;
    struct ia_reader *input;
    struct ia_str feed;
    uint64_t bytes;
};

static int counted_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct counted *counted = (struct counted *)self;
    int status = ia_reader_next(counted->input, env, out);
    if (status <= 0)
        return status;
    counted->bytes += out->n;
    if (counted->bytes > env->limits->feed_bytes)
        return ia_fail_limit(env, (int64_t)env->limits->feed_bytes, "feed_bytes", env->limits->feed_bytes,
                             counted->feed);
    IA_TRY(ia_check_cancel(env));
    return status;
}

bool ia_feed_is_text(struct ia_str text)
{
    uint32_t code;
    if (text.n == 0)
        return false;
    while (text.n) {
        size_t size = ia_utf8_char(text, &code);
        if (size == 0 || ia_utf8_is_control(code))
            return false;
        text = ia_str_sub(text, size, text.n);
    }
    return true;
}

int ia_feed_record(struct ia_feed_parse *parse, const struct ia_advisory *advisory)
{
    IA_TRY(parse->sink->record(parse->sink->user, parse->env, advisory));
    parse->reading->records++;
    return IMGA_OK;
}

int ia_feed_malformed(struct ia_feed_parse *parse, int64_t offset, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    parse->reading->skipped++;
    return ia_note(parse->env, IMGA_NOTE_FEED, offset, parse->feed, "%s", line);
}

static const struct ia_feed_format *choose(int32_t format, struct ia_str first)
{
    if (format == 0)
        return ia_feed_is_secdb_member(first) ? &ia_feed_alpine_secdb : &ia_feed_debian_tracker;
    for (size_t i = 0; i < IA_COUNT(formats); i++)
        if (formats[i]->id == format)
            return formats[i];
    return NULL;
}

/* From the first event after the root's "{" to the end of the input; the records of a document that ends badly are
   the caller's to drop. */
static int read_members(struct ia_feed_parse *parse, const struct ia_feed_format *format, int event, struct ia_str key)
{
    while (event == IA_JSON_KEY) {
        IA_TRY(format->member(parse, key));
        event = ia_json_next(parse->json, parse->env, &key);
    }
    IA_TRY(event);
    IA_TRY(ia_json_next(parse->json, parse->env, &key));
    return format->finish(parse);
}

static int read_document(struct ia_feed_parse *parse)
{
    struct ia_str key = {NULL, 0};
    int event = ia_json_next(parse->json, parse->env, &key);
    IA_TRY(event);
    if (event != IA_JSON_OBJECT)
        return ia_fail(parse->env, IMGA_E_FORMAT, ia_json_offset(parse->json), "the feed is not a JSON object");
    IA_TRY(event = ia_json_next(parse->json, parse->env, &key));
    bool told_by_content = parse->reading->format == 0;
    const struct ia_feed_format *chosen = choose(parse->reading->format, event == IA_JSON_KEY ? key : IA_STR(""));
    if (!chosen)
        return ia_fail(parse->env, IMGA_E_INVALID, -1, "there is no feed format %d", (int)parse->reading->format);
    int status = chosen->open(parse);
    if (status == IMGA_OK)
        status = read_members(parse, chosen, event, key);
    chosen->close(parse);
    if (status == IMGA_OK && told_by_content && chosen == &ia_feed_debian_tracker && parse->reading->records == 0)
        return ia_fail(parse->env, IMGA_E_UNSUPPORTED, 0,
                       "this is no feed that the library knows: nothing in it reads as one");
    if (status == IMGA_OK)
        parse->reading->format = chosen->id;
    return status;
}

int ia_feed_read(struct ia_env *env, struct ia_str feed, struct ia_reader *input, const struct ia_advisory_sink *sink,
                 struct ia_feed_reading *reading)
{
    struct counted counted = {{counted_next, NULL, NULL}, input, feed, 0};
    struct ia_feed_parse parse = {env, NULL, feed, sink, reading, NULL};
    *reading = (struct ia_feed_reading){.format = reading->format};
    int status = ia_json_new(env, &counted.reader, &parse.json);
    if (status == IMGA_OK)
        status = read_document(&parse);
    ia_json_free(parse.json);
    return ia_error_at(env, status, "feed %.*s", IA_FEED_SHOW(feed));
}
