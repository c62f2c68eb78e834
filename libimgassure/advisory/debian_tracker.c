/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Debian security tracker's data/json: {source: {id: {releases: {codename: {status, fixed_version, urgency, nodsa,
 * nodsa_reason}}}}}, members in any order, others skipped. One record per release, handed on as soon as it is read;
 * memory holds one record. Only "open", "resolved" and "undetermined" are statuses; fixed_version "0" means that the
 * release never was affected.
 */
#include "advisory/feed_format.h"

#include <imgassure/findings.h>

enum member { STATUS, FIXED_VERSION, URGENCY, NODSA, NODSA_REASON, MEMBERS };

static const char *const member_names[MEMBERS] = {"status", "fixed_version", "urgency", "nodsa", "nodsa_reason"};

struct tracker {
    struct ia_buf package, id, release; /* where the reader is */
    struct ia_buf text[MEMBERS];
    bool seen[MEMBERS];
    int64_t offset;      /* of the release record */
    const char *problem; /* what makes the record malformed, and in which member; NULL: nothing */
    const char *problem_member;
};

static int tracker_open(struct ia_feed_parse *parse)
{
    uint64_t limit = parse->env->limits->string_bytes;
    size_t max = limit > SIZE_MAX ? SIZE_MAX : (size_t)limit;
    struct tracker *tracker = ia_new(&parse->env->alloc, sizeof(*tracker));
    if (!tracker)
        return ia_fail_nomem(parse->env);
    parse->state = tracker;
    ia_buf_init(&tracker->package, &parse->env->alloc, max);
    ia_buf_init(&tracker->id, &parse->env->alloc, max);
    ia_buf_init(&tracker->release, &parse->env->alloc, max);
    for (size_t i = 0; i < MEMBERS; i++)
        ia_buf_init(&tracker->text[i], &parse->env->alloc, max);
    return IMGA_OK;
}

static void tracker_close(struct ia_feed_parse *parse)
{
    struct tracker *tracker = parse->state;
    if (!tracker)
        return;
    ia_buf_free(&tracker->package);
    ia_buf_free(&tracker->id);
    ia_buf_free(&tracker->release);
    for (size_t i = 0; i < MEMBERS; i++)
        ia_buf_free(&tracker->text[i]);
    ia_free(&parse->env->alloc, tracker);
}

static int keep(struct ia_feed_parse *parse, struct ia_buf *buf, struct ia_str text)
{
    ia_buf_clear(buf);
    return ia_described(parse->env, ia_buf_str(buf, text), "string_bytes", parse->env->limits->string_bytes);
}

/* Rating words; "not yet assigned", "end-of-life" and words not known here rate nothing. */
static int32_t severity_of(struct ia_str urgency)
{
    static const struct {
        const char *word;
        int32_t severity;
    } words[] = {
        {"unimportant", IMGA_SEVERITY_NEGLIGIBLE},
        {"low", IMGA_SEVERITY_LOW},
        {"medium", IMGA_SEVERITY_MEDIUM},
        {"high", IMGA_SEVERITY_HIGH},
    };
    while (urgency.n && urgency.p[urgency.n - 1] == '*')
        urgency.n--;
    for (size_t i = 0; i < IA_COUNT(words); i++)
        if (ia_str_is(urgency, words[i].word))
            return words[i].severity;
    return IMGA_SEVERITY_UNKNOWN;
}

static struct ia_str member_text(const struct tracker *tracker, enum member member)
{
    return tracker->seen[member] ? ia_buf_view(&tracker->text[member]) : IA_STR("");
}

static void open_record(const struct tracker *tracker, struct ia_advisory *record)
{
    struct ia_str reason = member_text(tracker, NODSA_REASON);
    record->status = IA_ADVISORY_AFFECTED;
    record->reason = reason;
    if (ia_str_is(reason, "ignored")) {
        record->status = IA_ADVISORY_WILL_NOT_FIX;
    } else if (ia_str_is(record->urgency, "end-of-life")) {
        record->status = IA_ADVISORY_WILL_NOT_FIX;
        record->reason = IA_STR("end-of-life");
    } else if (reason.n == 0 && tracker->seen[NODSA]) {
        record->reason = IA_STR("no-dsa");
    }
}

/* NULL, or what is wrong with the record. */
static const char *fill_record(const struct tracker *tracker, struct ia_advisory *record)
{
    struct ia_str status = member_text(tracker, STATUS), fixed = member_text(tracker, FIXED_VERSION);
    if (!tracker->seen[STATUS])
        return "no status";
    if (ia_str_is(status, "open")) {
        open_record(tracker, record);
        return NULL;
    }
    if (ia_str_is(status, "undetermined")) {
        record->status = IA_ADVISORY_UNDETERMINED;
        return NULL;
    }
    if (!ia_str_is(status, "resolved"))
        return "a status word that is not known";
    if (fixed.n == 0)
        return "resolved without a fixed version";
    record->status = ia_str_is(fixed, "0") ? IA_ADVISORY_NOT_AFFECTED : IA_ADVISORY_AFFECTED;
    if (record->status == IA_ADVISORY_AFFECTED)
        record->fixed_version = fixed;
    return NULL;
}

/* The release was seen, so the feed covers it, even when nothing could be read about this id. */
static int skip_record(struct ia_feed_parse *parse, const char *problem, const char *member)
{
    struct tracker *tracker = parse->state;
    struct ia_str package = ia_buf_view(&tracker->package), id = ia_buf_view(&tracker->id);
    const struct ia_advisory covered = {.distro = IA_STR("debian"), .release = ia_buf_view(&tracker->release)};
    IA_TRY(ia_feed_malformed(parse, tracker->offset, "%.*s %.*s %.*s: %s%s", IA_FEED_SHOW(package), IA_FEED_SHOW(id),
                             IA_FEED_SHOW(covered.release), problem, member));
    return parse->sink->covers(parse->sink->user, parse->env, &covered);
}

static int take_record(struct ia_feed_parse *parse)
{
    struct tracker *tracker = parse->state;
    struct ia_advisory record = {
        .distro = IA_STR("debian"),
        .release = ia_buf_view(&tracker->release),
        .package = ia_buf_view(&tracker->package),
        .id = ia_buf_view(&tracker->id),
        .urgency = member_text(tracker, URGENCY),
        .severity = severity_of(member_text(tracker, URGENCY)),
    };
    if (tracker->problem)
        return skip_record(parse, tracker->problem, tracker->problem_member);
    const char *problem = fill_record(tracker, &record);
    return problem ? skip_record(parse, problem, "") : ia_feed_record(parse, &record);
}

static size_t member_index(struct ia_str key)
{
    size_t i = 0;
    while (i < MEMBERS && !ia_str_is(key, member_names[i]))
        i++;
    return i;
}

/* Every member that counts is a string. Texts that may be shown hold no control characters. */
static int read_member(struct ia_feed_parse *parse, size_t member)
{
    struct tracker *tracker = parse->state;
    struct ia_str text;
    int event = ia_json_next(parse->json, parse->env, &text);
    IA_TRY(event);
    const char *problem = NULL;
    if (tracker->seen[member])
        problem = "a second member ";
    else if (event != IA_JSON_STRING)
        problem = "not a string: ";
    else if (text.n && member != NODSA && !ia_feed_is_text(text))
        problem = "control characters in ";
    tracker->seen[member] = true;
    if (problem && !tracker->problem) {
        tracker->problem = problem;
        tracker->problem_member = member_names[member];
    }
    return problem ? ia_json_skip(parse->json, parse->env, event) : keep(parse, &tracker->text[member], text);
}

static int read_release_members(struct ia_feed_parse *parse)
{
    struct ia_str key;
    int event;
    while ((event = ia_json_next(parse->json, parse->env, &key)) == IA_JSON_KEY) {
        size_t member = member_index(key);
        if (member == MEMBERS)
            IA_TRY(ia_json_skip(parse->json, parse->env, event));
        else
            IA_TRY(read_member(parse, member));
    }
    return event < 0 ? event : IMGA_OK;
}

static int read_release(struct ia_feed_parse *parse, struct ia_str codename)
{
    struct tracker *tracker = parse->state;
    struct ia_str package = ia_buf_view(&tracker->package), id = ia_buf_view(&tracker->id), text;
    tracker->offset = ia_json_offset(parse->json);
    tracker->problem = NULL;
    for (size_t i = 0; i < MEMBERS; i++)
        tracker->seen[i] = false;
    IA_TRY(keep(parse, &tracker->release, codename));
    bool named = ia_feed_is_text(codename);
    int event = ia_json_next(parse->json, parse->env, &text);
    IA_TRY(event);
    if (named && event == IA_JSON_OBJECT) {
        IA_TRY(read_release_members(parse));
        return take_record(parse);
    }
    IA_TRY(ia_json_skip(parse->json, parse->env, event));
    if (named)
        return skip_record(parse, "not an object", "");
    return ia_feed_malformed(parse, tracker->offset, "%.*s %.*s: not a release name", IA_FEED_SHOW(package),
                             IA_FEED_SHOW(id));
}

static int read_releases(struct ia_feed_parse *parse)
{
    struct tracker *tracker = parse->state;
    struct ia_str package = ia_buf_view(&tracker->package), id = ia_buf_view(&tracker->id), key;
    int event = ia_json_next(parse->json, parse->env, &key);
    IA_TRY(event);
    if (event != IA_JSON_OBJECT) {
        int64_t offset = ia_json_offset(parse->json);
        IA_TRY(ia_json_skip(parse->json, parse->env, event));
        return ia_feed_malformed(parse, offset, "%.*s %.*s: releases is not an object", IA_FEED_SHOW(package),
                                 IA_FEED_SHOW(id));
    }
    while ((event = ia_json_next(parse->json, parse->env, &key)) == IA_JSON_KEY)
        IA_TRY(read_release(parse, key));
    return event < 0 ? event : IMGA_OK;
}

/* A second "releases" is read as well: both count, and the match takes the worst. */
static int read_id_members(struct ia_feed_parse *parse, int64_t offset)
{
    struct tracker *tracker = parse->state;
    struct ia_str package = ia_buf_view(&tracker->package), id = ia_buf_view(&tracker->id), key;
    bool found = false;
    int event;
    while ((event = ia_json_next(parse->json, parse->env, &key)) == IA_JSON_KEY) {
        bool releases = ia_str_is(key, "releases");
        found = found || releases;
        IA_TRY(releases ? read_releases(parse) : ia_json_skip(parse->json, parse->env, event));
    }
    IA_TRY(event);
    return found ? IMGA_OK
                 : ia_feed_malformed(parse, offset, "%.*s %.*s: no releases", IA_FEED_SHOW(package), IA_FEED_SHOW(id));
}

static int read_id(struct ia_feed_parse *parse, struct ia_str name)
{
    struct tracker *tracker = parse->state;
    struct ia_str package = ia_buf_view(&tracker->package), text;
    int64_t offset = ia_json_offset(parse->json);
    IA_TRY(keep(parse, &tracker->id, name));
    bool named = ia_feed_is_text(name);
    int event = ia_json_next(parse->json, parse->env, &text);
    IA_TRY(event);
    if (named && event == IA_JSON_OBJECT)
        return read_id_members(parse, offset);
    IA_TRY(ia_json_skip(parse->json, parse->env, event));
    struct ia_str id = ia_buf_view(&tracker->id);
    return ia_feed_malformed(parse, offset, "%.*s %.*s: %s", IA_FEED_SHOW(package), IA_FEED_SHOW(id),
                             named ? "not an object" : "not an identifier");
}

static int tracker_member(struct ia_feed_parse *parse, struct ia_str key)
{
    struct tracker *tracker = parse->state;
    int64_t offset = ia_json_offset(parse->json);
    struct ia_str text;
    IA_TRY(keep(parse, &tracker->package, key));
    bool named = ia_feed_is_text(key);
    int event = ia_json_next(parse->json, parse->env, &text);
    IA_TRY(event);
    if (!named || event != IA_JSON_OBJECT) {
        struct ia_str package = ia_buf_view(&tracker->package);
        IA_TRY(ia_json_skip(parse->json, parse->env, event));
        return ia_feed_malformed(parse, offset, "%.*s: %s", IA_FEED_SHOW(package),
                                 named ? "not an object" : "not a source package name");
    }
    while ((event = ia_json_next(parse->json, parse->env, &text)) == IA_JSON_KEY)
        IA_TRY(read_id(parse, text));
    return event < 0 ? event : IMGA_OK;
}

static int tracker_finish(struct ia_feed_parse *parse)
{
    (void)parse;
    return IMGA_OK;
}

const struct ia_feed_format ia_feed_debian_tracker = {
    IMGA_FEED_DEBIAN_TRACKER, tracker_open, tracker_member, tracker_finish, tracker_close,
};
