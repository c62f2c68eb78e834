/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON report. Members stand in a fixed order; times are UTC; what is absent is "" or null, never left out. */
#include "report/json.h"

#include "model/lifecycle.h"
#include "model/severity.h"
#include "model/time.h"
#include "report/summary.h"
#include "syntax/json_write.h"

/* Outside the range that has a text: written as null. */
static const int64_t NO_TIME = INT64_MIN;

static void write_time(struct ia_json_writer *w, const char *key, int64_t seconds)
{
    char text[IA_TIME_TEXT];
    ia_time_text(seconds, text);
    ia_json_key(w, key);
    if (*text)
        ia_json_text(w, text);
    else
        ia_json_null(w);
}

static void write_index(struct ia_json_writer *w, const char *key, int64_t index)
{
    ia_json_key(w, key);
    if (index >= 0)
        ia_json_int(w, index);
    else
        ia_json_null(w);
}

static void write_image(struct ia_json_writer *w, const struct ia_inventory *inventory)
{
    const struct ia_image_facts *image = &inventory->image;
    ia_json_key(w, "image");
    ia_json_object(w);
    ia_json_member(w, "form", image->form);
    ia_json_member(w, "reference", image->reference);
    ia_json_member(w, "manifestDigest", image->manifest_digest);
    ia_json_member(w, "configDigest", image->config_digest);
    ia_json_member(w, "os", image->os);
    ia_json_member(w, "architecture", image->architecture);
    ia_json_member(w, "variant", image->variant);
    ia_json_member(w, "created", image->created);
    ia_json_member(w, "verified", image->verified);
    ia_json_member_uint(w, "layers", inventory->layers.n);
    ia_json_object_end(w);
}

static void write_inventory(struct ia_json_writer *w, const struct ia_inventory *inventory)
{
    const struct ia_distro *distro = &inventory->distro;
    const struct ia_lifecycle *lifecycle = ia_lifecycle_find(distro);
    ia_json_key(w, "inventory");
    ia_json_object(w);
    ia_json_member(w, "id", inventory->id);
    ia_json_member_bool(w, "complete", ia_notes_complete(&inventory->notes));
    ia_json_member_uint(w, "packages", inventory->packages.n);
    ia_json_member_uint(w, "executables", inventory->executables.n);
    ia_json_member_uint(w, "unownedExecutables", ia_inventory_unowned(inventory));
    ia_json_key(w, "distro");
    ia_json_object(w);
    ia_json_member(w, "id", distro->id);
    ia_json_member(w, "versionId", distro->version_id);
    ia_json_member(w, "codename", distro->codename);
    ia_json_member(w, "release", distro->release);
    ia_json_member(w, "prettyName", distro->pretty_name);
    ia_json_member(w, "supportEnd", lifecycle ? lifecycle->support_end : "");
    ia_json_member(w, "extendedSupportEnd", lifecycle ? lifecycle->extended_end : "");
    ia_json_object_end(w);
    ia_json_object_end(w);
}

static void write_database(struct ia_json_writer *w, const struct ia_findings *findings)
{
    ia_json_key(w, "database");
    ia_json_object(w);
    ia_json_member(w, "id", findings->database_id);
    ia_json_key(w, "feeds");
    ia_json_array(w);
    for (size_t i = 0; i < findings->feed_count; i++) {
        const struct ia_feed *feed = &findings->feeds[i];
        ia_json_object(w);
        ia_json_member(w, "name", feed->name);
        ia_json_member(w, "sha256", feed->sha256);
        write_time(w, "asOf", feed->as_of ? feed->as_of : NO_TIME);
        ia_json_member_uint(w, "size", feed->size);
        ia_json_member_uint(w, "records", feed->records);
        ia_json_member_uint(w, "skipped", feed->skipped);
        ia_json_object_end(w);
    }
    ia_json_array_end(w);
    ia_json_object_end(w);
}

static void write_summary(struct ia_json_writer *w, const struct ia_findings *findings)
{
    struct ia_summary summary = ia_summarise(findings);
    ia_json_key(w, "summary");
    ia_json_object(w);
    ia_json_key(w, "status");
    ia_json_object(w);
    for (int32_t i = IMGA_FINDING_AFFECTED; i < IA_STATUSES; i++)
        ia_json_member_uint(w, ia_finding_status_name(i), summary.status[i]);
    ia_json_object_end(w);
    ia_json_key(w, "openBySeverity");
    ia_json_object(w);
    for (int32_t i = 0; i < IA_SEVERITIES; i++)
        ia_json_member_uint(w, ia_severity_name(i), summary.severity[i]);
    ia_json_object_end(w);
    ia_json_member_uint(w, "fixable", summary.fixable);
    ia_json_object_end(w);
}

static void write_package(struct ia_json_writer *w, const struct ia_inventory *inventory, size_t index)
{
    const struct ia_package *package = ia_inventory_package(inventory, index);
    const struct ia_layer *layer = package->layer < 0 ? NULL : ia_inventory_layer(inventory, (size_t)package->layer);
    const struct ia_package *owner =
        package->owner < 0 ? NULL : ia_inventory_package(inventory, (size_t)package->owner);
    ia_json_object(w);
    ia_json_member(w, "type", package->type);
    ia_json_member(w, "name", package->name);
    ia_json_member(w, "version", package->version);
    ia_json_member(w, "architecture", package->architecture);
    ia_json_member(w, "licenseExpression", package->expression);
    ia_json_member(w, "purl", package->purl);
    ia_json_member(w, "how", package->how);
    ia_json_member(w, "path", package->path);
    ia_json_member(w, "inside", package->inside);
    ia_json_member(w, "owner", owner ? owner->purl : "");
    write_index(w, "layer", package->layer);
    ia_json_member(w, "layerDiffId", layer ? layer->diff_id : "");
    ia_json_member(w, "createdBy", layer ? layer->created_by : "");
    ia_json_object_end(w);
}

static void write_finding(struct ia_json_writer *w, const struct ia_findings *findings, const struct ia_finding *f)
{
    ia_json_object(w);
    ia_json_member(w, "id", f->id);
    ia_json_member(w, "status", ia_finding_status_name(f->status));
    ia_json_member(w, "severity", ia_severity_name(f->severity));
    ia_json_member(w, "urgency", f->urgency);
    ia_json_member(w, "reason", f->reason);
    ia_json_member(w, "source", f->source);
    ia_json_member(w, "version", f->version);
    ia_json_member(w, "fixedVersion", f->fixed_version);
    ia_json_member(w, "release", f->release);
    ia_json_member(w, "repository", f->repository);
    ia_json_member(w, "feed", f->feed < findings->feed_count ? findings->feeds[f->feed].name : "");
    ia_json_key(w, "package");
    write_package(w, findings->inventory, f->package);
    ia_json_object_end(w);
}

static void write_findings(struct ia_json_writer *w, const struct ia_findings *findings)
{
    const struct ia_finding *f;
    write_database(w, findings);
    write_summary(w, findings);
    ia_json_key(w, "findings");
    ia_json_array(w);
    for (size_t i = 0; (f = ia_findings_at(findings, i)); i++)
        write_finding(w, findings, f);
    ia_json_array_end(w);
}

static void write_packages(struct ia_json_writer *w, const struct ia_inventory *inventory)
{
    ia_json_key(w, "packages");
    ia_json_array(w);
    for (size_t i = 0; i < inventory->packages.n; i++)
        write_package(w, inventory, i);
    ia_json_array_end(w);
}

static void write_items(struct ia_json_writer *w, const struct ia_verdict *verdict)
{
    const struct ia_verdict_item *item;
    ia_json_key(w, "items");
    ia_json_array(w);
    for (size_t i = 0; (item = ia_verdict_at(verdict, i)); i++) {
        ia_json_object(w);
        ia_json_member(w, "result", ia_verdict_name(item->result));
        ia_json_member(w, "rule", item->rule);
        ia_json_member_uint(w, "line", item->line);
        write_index(w, "finding", item->finding);
        write_index(w, "package", item->package);
        ia_json_member(w, "item", item->item);
        ia_json_member(w, "evidence", item->evidence);
        ia_json_member(w, "remedy", item->remedy);
        ia_json_member(w, "exception", item->exception);
        ia_json_object_end(w);
    }
    ia_json_array_end(w);
}

static void write_exceptions(struct ia_json_writer *w, const struct ia_verdict *verdict)
{
    const struct ia_verdict_exception *exception;
    ia_json_key(w, "exceptions");
    ia_json_array(w);
    for (size_t i = 0; (exception = ia_vec_at(&verdict->exceptions, i)); i++) {
        ia_json_object(w);
        ia_json_member(w, "id", exception->id);
        ia_json_member_uint(w, "line", exception->line);
        ia_json_member(w, "rule", exception->rule);
        ia_json_member(w, "owner", exception->owner);
        ia_json_member(w, "reason", exception->reason);
        write_time(w, "until", exception->until);
        ia_json_member_bool(w, "expired", exception->expired);
        ia_json_member_uint(w, "used", exception->used);
        ia_json_object_end(w);
    }
    ia_json_array_end(w);
}

static void write_verdict(struct ia_json_writer *w, const struct ia_verdict *verdict)
{
    ia_json_key(w, "verdict");
    ia_json_object(w);
    ia_json_member(w, "result", ia_verdict_name(verdict->result));
    ia_json_member(w, "policy", verdict->policy_name);
    ia_json_member(w, "policyId", verdict->policy_id);
    write_time(w, "at", verdict->now);
    write_items(w, verdict);
    write_exceptions(w, verdict);
    ia_json_object_end(w);
}

static void write_notes(struct ia_json_writer *w, const char *of, const struct ia_notes *notes)
{
    const struct ia_note *note;
    for (size_t i = 0; (note = ia_notes_at(notes, i)); i++) {
        ia_json_object(w);
        ia_json_member(w, "of", of);
        ia_json_member(w, "code", ia_note_name(note->code));
        ia_json_member_bool(w, "incomplete", ia_note_is_incomplete(note->code));
        ia_json_member(w, "where", note->where);
        write_index(w, "offset", note->offset);
        ia_json_member(w, "text", note->text);
        ia_json_object_end(w);
    }
}

int ia_report_json(struct ia_env *env, const struct ia_report *report, const struct ia_writer *writer)
{
    struct ia_json_writer w;
    IA_TRY(ia_report_check(env, report));
    ia_json_begin(&w, env, writer, true);
    ia_json_object(&w);
    ia_json_member(&w, "schema", "imgassure-report/1");
    ia_json_member(&w, "version", report->version);
    ia_json_member_bool(&w, "complete",
                        report->findings ? ia_findings_complete(report->findings)
                                         : ia_notes_complete(&report->inventory->notes));
    write_image(&w, report->inventory);
    write_inventory(&w, report->inventory);
    if (report->findings)
        write_findings(&w, report->findings);
    else
        write_packages(&w, report->inventory);
    if (report->verdict)
        write_verdict(&w, report->verdict);
    ia_json_key(&w, "notes");
    ia_json_array(&w);
    write_notes(&w, "inventory", &report->inventory->notes);
    if (report->findings)
        write_notes(&w, "match", &report->findings->notes);
    ia_json_array_end(&w);
    ia_json_object_end(&w);
    return ia_json_finish(&w);
}
