/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a verdict: item, evidence, remedy. Plain sentences; whoever prints them escapes them. A fact that is too
 * long is cut so that the others keep their place.
 */
#include "model/severity.h"
#include "model/time.h"
#include "policy/evaluate.h"

/* Cut between characters. */
static int add_fact(struct ia_buf *buf, const char *fact)
{
    struct ia_str text = ia_str_from(fact);
    size_t n = IA_ITEM_FACT;
    if (text.n <= n)
        return ia_buf_str(buf, text);
    while (n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--;
    IA_TRY(ia_buf_str(buf, ia_str_sub(text, 0, n)));
    return ia_buf_text(buf, "...");
}

/* Appends each text up to NULL. */
static int add_facts(struct ia_buf *buf, const char *const *facts)
{
    for (; *facts; facts++)
        IA_TRY(add_fact(buf, *facts));
    return IMGA_OK;
}

#define ADD(buf, ...) add_facts((buf), (const char *const[]){__VA_ARGS__, NULL})

/* Copies the scratch text to the arena. */
static int keep(struct ia_evaluation *e, int status, const char **out)
{
    struct ia_arena *arena = &e->verdict->arena;
    uint64_t most = e->env->limits->document_bytes;
    IA_TRY(ia_described(e->env, status, "bytes of a text", IA_ITEM_TEXT));
    *out = ia_arena_str(arena, ia_buf_view(&e->text));
    ia_buf_clear(&e->text);
    if (*out && arena->bytes > most)
        return ia_fail_limit(e->env, -1, "document_bytes", most, IA_STR("the texts of the verdict"));
    return *out ? IMGA_OK : ia_fail_nomem(e->env);
}

int ia_item_words(struct ia_evaluation *e, const struct ia_objection *objection, const char **out)
{
    const struct ia_package *package = objection->package;
    int status = objection->finding ? ADD(&e->text, objection->finding->id, " in ") : IMGA_OK;
    if (status == IMGA_OK)
        status = ADD(&e->text, package->name, " ", package->version);
    return keep(e, status, out);
}

static int add_where(struct ia_buf *buf, const struct ia_package *package)
{
    if (*package->path)
        IA_TRY(ADD(buf, "; listed in ", package->path));
    if (package->layer < 0)
        return IMGA_OK;
    IA_TRY(ia_buf_text(buf, *package->path ? ", layer " : "; in layer "));
    return ia_buf_i64(buf, package->layer);
}

static int add_severity(struct ia_evaluation *e, const struct ia_finding *f)
{
    IA_TRY(ADD(&e->text, ", severity ", ia_severity_name(f->severity)));
    if (*f->urgency)
        IA_TRY(ADD(&e->text, " (", f->urgency, ")"));
    if (f->severity != IMGA_SEVERITY_UNKNOWN || e->policy->default_severity == IMGA_SEVERITY_UNKNOWN)
        return IMGA_OK;
    return ADD(&e->text, ", taken as ", ia_severity_name(e->policy->default_severity), " by default.severity");
}

static int add_versions(struct ia_buf *buf, const struct ia_finding *f)
{
    IA_TRY(ADD(buf, ": source ", f->source, " ", f->version));
    if (*f->fixed_version)
        IA_TRY(ADD(buf, ", fixed in ", f->fixed_version));
    else
        IA_TRY(ia_buf_text(buf, ", no fixed version"));
    return *f->reason ? ADD(buf, ", ", f->reason) : IMGA_OK;
}

static int add_feed(struct ia_evaluation *e, const struct ia_finding *f)
{
    char as_of[IA_TIME_TEXT] = "";
    if (f->feed >= e->findings->feed_count)
        return IMGA_OK;
    const struct ia_feed *feed = &e->findings->feeds[f->feed];
    IA_TRY(ADD(&e->text, "; ", feed->name, " for ", f->release));
    if (feed->as_of)
        ia_time_text(feed->as_of, as_of);
    return *as_of ? ADD(&e->text, " as of ", as_of) : IMGA_OK;
}

static int add_evidence(struct ia_evaluation *e, const struct ia_objection *objection)
{
    const struct ia_finding *f = objection->finding;
    if (f) {
        IA_TRY(ia_buf_text(&e->text, ia_finding_status_name(f->status)));
        IA_TRY(add_severity(e, f));
        IA_TRY(add_versions(&e->text, f));
        IA_TRY(add_feed(e, f));
    } else {
        IA_TRY(ADD(&e->text, "installed: ", objection->package->purl));
    }
    IA_TRY(add_where(&e->text, objection->package));
    return *objection->undecided ? ADD(&e->text, "; undecided: ", objection->undecided) : IMGA_OK;
}

int ia_item_evidence(struct ia_evaluation *e, const struct ia_objection *objection, const char **out)
{
    return keep(e, add_evidence(e, objection), out);
}

int ia_item_remedy(struct ia_evaluation *e, const struct ia_objection *objection, const char **out)
{
    const struct ia_finding *f = objection->finding;
    const char *name = objection->package->name;
    int status;
    if (!f)
        status = ADD(&e->text, "remove ", name, " from the image");
    else if (f->status == IMGA_FINDING_CANNOT_TELL)
        status = ADD(&e->text, "check ", f->id, " by hand: the versions cannot be compared");
    else if (!ia_finding_is_open(f->status))
        status = ADD(&e->text, "nothing to do for ", name, ": it is ", ia_finding_status_name(f->status));
    else if (*f->fixed_version)
        status = ADD(&e->text, "upgrade ", name, " to ", f->fixed_version, " or later");
    else
        status = ADD(&e->text, "no fix is published for ", f->source, ": remove ", name,
                     ", or record an exception with owner and date");
    return keep(e, status, out);
}

int ia_item_expired(struct ia_evaluation *e, const struct ia_exception *exception, const char **evidence)
{
    char until[IA_TIME_TEXT];
    ia_time_text(exception->until, until);
    int status = ia_buf_text(&e->text, *evidence);
    if (status == IMGA_OK)
        status = ADD(&e->text, "; the exception ", exception->id, " of ", exception->owner, " expired at ", until);
    return keep(e, status, evidence);
}

static int add_note(struct ia_buf *buf, const struct ia_note *note)
{
    IA_TRY(ADD(buf, ia_note_name(note->code), *note->where ? " at " : "", note->where));
    if (note->offset >= 0) {
        IA_TRY(ia_buf_text(buf, ", byte "));
        IA_TRY(ia_buf_i64(buf, note->offset));
    }
    return ADD(buf, ": ", note->text);
}

int ia_item_note(struct ia_evaluation *e, const struct ia_note *note, const char **out)
{
    return keep(e, add_note(&e->text, note), out);
}
