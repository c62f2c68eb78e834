/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One finding in lines of text: what, why (the compared versions and what the advisory says), where the advisory and
 * the package come from, and what to do. Everything that comes from image or feed is escaped.
 */
#include "match/match.h"

#include "base/utf8.h"
#include "model/severity.h"
#include "model/time.h"
#include "version/version.h"

#include <imgassure/findings.h>

/* The text so far. After a failure nothing is added. */
struct lines {
    struct ia_buf buf;
    int status;
};

/* Words of our own. */
static void say(struct lines *lines, const char *words)
{
    if (lines->status == IMGA_OK)
        lines->status = ia_buf_text(&lines->buf, words);
}

/* Text of the input between words of our own. */
static void show(struct lines *lines, const char *before, const char *text, const char *after)
{
    say(lines, before);
    if (lines->status == IMGA_OK)
        lines->status = ia_utf8_escape(&lines->buf, ia_str_from(text));
    say(lines, after);
}

static void show_if(struct lines *lines, const char *before, const char *text, const char *after)
{
    if (text[0])
        show(lines, before, text, after);
}

static void show_number(struct lines *lines, const char *before, int64_t number)
{
    say(lines, before);
    if (lines->status == IMGA_OK)
        lines->status = ia_buf_i64(&lines->buf, number);
}

static void put_title(struct lines *lines, const struct ia_finding *finding, const struct ia_package *package)
{
    show(lines, "", finding->id, " in ");
    show(lines, "", package->name, " ");
    show(lines, "", package->version, "");
    show(lines, " (source ", finding->source, "): ");
    say(lines, ia_finding_status_name(finding->status));
    say(lines, "\n");
}

static void put_compared(struct lines *lines, const struct ia_finding *finding, const char *relation, const char *type)
{
    show(lines, "installed source version ", finding->version, relation);
    show(lines, "fixed version ", finding->fixed_version, "");
    show(lines, ", in the order of ", type, " versions");
}

static void put_cannot_tell(struct lines *lines, const struct ia_finding *finding, const char *type)
{
    const struct ia_version_scheme *scheme = ia_version_scheme_named(ia_str_from(type));
    const char *why = "";
    int order;
    if (scheme)
        scheme->compare(ia_str_from(finding->version), ia_str_from(finding->fixed_version), &order, &why);
    show(lines, "installed source version ", finding->version, " cannot be compared with ");
    show(lines, "fixed version ", finding->fixed_version, "");
    show_if(lines, ": ", why, "");
}

static void put_why(struct lines *lines, const struct ia_finding *finding, const char *type)
{
    bool has_fix = finding->fixed_version[0] != '\0';
    say(lines, "why: ");
    if (finding->status == IMGA_FINDING_CANNOT_TELL)
        put_cannot_tell(lines, finding, type);
    else if (finding->status == IMGA_FINDING_FIXED)
        put_compared(lines, finding, " >= ", type);
    else if (finding->status == IMGA_FINDING_NOT_AFFECTED)
        say(lines, "no version of this release was ever affected");
    else if (finding->status == IMGA_FINDING_UNDETERMINED)
        say(lines, "the distribution has not determined yet whether it is affected");
    else if (has_fix)
        put_compared(lines, finding, " < ", type);
    else
        say(lines, "every version of this release is affected, there is no fixed one");
    if (finding->status == IMGA_FINDING_WILL_NOT_FIX)
        say(lines, "; the distribution will not fix it");
    show_if(lines, " (", finding->reason, ")");
    say(lines, "\n");
}

static void put_advisory(struct lines *lines, const struct ia_findings *findings, const struct ia_finding *finding)
{
    char as_of[IA_TIME_TEXT] = "";
    show(lines, "advisory: ", findings->inventory->distro.id, " ");
    show(lines, "", finding->release, "");
    show_if(lines, ", repository ", finding->repository, "");
    show(lines, ", severity ", ia_severity_name(finding->severity), "");
    show_if(lines, " (the feed says \"", finding->urgency, "\")");
    if (finding->feed < findings->feed_count) {
        const struct ia_feed *feed = &findings->feeds[finding->feed];
        show(lines, "\nfeed: ", feed->name, "");
        show_if(lines, ", sha256 ", feed->sha256, "");
        if (feed->as_of != 0)
            ia_time_text(feed->as_of, as_of);
        show(lines, ", as of ", as_of[0] ? as_of : "an unknown date", "");
    }
    show(lines, "\ndatabase: ", findings->database_id, "\n");
}

static void put_layer(struct lines *lines, const struct ia_findings *findings, const struct ia_package *package)
{
    const struct ia_layer *layer =
        package->layer < 0 ? NULL : ia_inventory_layer(findings->inventory, (size_t)package->layer);
    if (!layer) {
        say(lines, "layer unknown\n");
        return;
    }
    show_number(lines, "layer ", package->layer);
    show_if(lines, " ", layer->digest[0] ? layer->digest : layer->diff_id, "");
    show_if(lines, ", made by: ", layer->created_by, "");
    say(lines, "\n");
}

static void put_remedy(struct lines *lines, const struct ia_finding *finding)
{
    say(lines, "remedy: ");
    if (!ia_finding_is_open(finding->status)) {
        say(lines, "none needed");
    } else if (finding->status == IMGA_FINDING_AFFECTED && finding->fixed_version[0]) {
        show(lines, "install packages of source ", finding->source, " in version ");
        show(lines, "", finding->fixed_version, " or later");
    } else if (finding->status == IMGA_FINDING_AFFECTED) {
        say(lines, "there is no fix yet: remove the package, or accept it by an exception with an end");
    } else if (finding->status == IMGA_FINDING_WILL_NOT_FIX) {
        say(lines, "no fix will come for this release: remove the package, move to a newer release, or accept it by an "
                   "exception");
    } else if (finding->status == IMGA_FINDING_UNDETERMINED) {
        say(lines, "look again with a newer feed, or accept it by an exception with an end");
    } else {
        say(lines, "compare the versions by hand, or install a package with a valid version");
    }
    say(lines, "\n");
}

static void put_finding(struct lines *lines, const struct ia_findings *findings, const struct ia_finding *finding,
                        const struct ia_package *package)
{
    put_title(lines, finding, package);
    put_why(lines, finding, package->type);
    put_advisory(lines, findings, finding);
    show(lines, "where: ", package->path[0] ? package->path : "an unknown file", ", ");
    put_layer(lines, findings, package);
    put_remedy(lines, finding);
}

int ia_match_explain(struct ia_env *env, const struct ia_findings *findings, size_t index,
                     const struct ia_writer *writer)
{
    const struct ia_finding *finding = ia_findings_at(findings, index);
    const struct ia_package *package = finding ? ia_inventory_package(findings->inventory, finding->package) : NULL;
    struct lines lines = {.status = IMGA_OK};
    if (!package)
        return ia_fail(env, IMGA_E_INVALID, -1, "there is no finding %zu", index);
    ia_buf_init(&lines.buf, &env->alloc, SIZE_MAX);
    put_finding(&lines, findings, finding, package);
    int status = ia_described(env, lines.status, "bytes of an explanation", SIZE_MAX);
    if (status == IMGA_OK)
        status = ia_write(env, writer, lines.buf.p, lines.buf.n);
    ia_buf_free(&lines.buf);
    return status;
}
