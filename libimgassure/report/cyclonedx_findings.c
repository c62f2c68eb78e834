/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX 1.6, vulnerabilities: what the advisories say of one package is one vulnerability that affects one
 * component. Nothing is said about exploitability, which no advisory tells. The severity "negligible" is "info" there.
 */
#include "report/cyclonedx_findings.h"

#include "model/cyclonedx.h"
#include "model/severity.h"

#include <imgassure/findings.h>

#include <stdio.h>
#include <string.h>

struct standing {
    const char *state;    /* of analysis; NULL: none */
    const char *response; /* of analysis; NULL: none */
    const char *version;  /* of the installed version */
};

static struct standing standing_of(int32_t status)
{
    switch (status) {
    case IMGA_FINDING_AFFECTED:
        return (struct standing){NULL, NULL, "affected"};
    case IMGA_FINDING_WILL_NOT_FIX:
        return (struct standing){NULL, "will_not_fix", "affected"};
    case IMGA_FINDING_FIXED:
        return (struct standing){"resolved", NULL, "unaffected"};
    case IMGA_FINDING_NOT_AFFECTED:
        return (struct standing){"not_affected", NULL, "unaffected"};
    default:
        return (struct standing){"in_triage", NULL, "unknown"};
    }
}

static void write_rating(struct ia_json_writer *w, const struct ia_finding *finding)
{
    bool is_negligible = finding->severity == IMGA_SEVERITY_NEGLIGIBLE;
    ia_json_key(w, "ratings");
    ia_json_array(w);
    ia_json_object(w);
    ia_json_member(w, "severity", is_negligible ? "info" : ia_severity_name(finding->severity));
    ia_json_object_end(w);
    ia_json_array_end(w);
}

static void write_analysis(struct ia_json_writer *w, const struct ia_finding *finding)
{
    const struct standing standing = standing_of(finding->status);
    if (!standing.state && !standing.response)
        return;
    ia_json_key(w, "analysis");
    ia_json_object(w);
    if (standing.state)
        ia_json_member(w, "state", standing.state);
    if (standing.response) {
        ia_json_key(w, "response");
        ia_json_array(w);
        ia_json_text(w, standing.response);
        ia_json_array_end(w);
    }
    if (*finding->reason)
        ia_json_member(w, "detail", finding->reason);
    ia_json_object_end(w);
}

static void write_affected(struct ia_json_writer *w, const struct ia_finding *finding)
{
    char ref[32];
    snprintf(ref, sizeof(ref), IA_CYCLONEDX_REF "%lu", (unsigned long)finding->package);
    ia_json_key(w, "affects");
    ia_json_array(w);
    ia_json_object(w);
    ia_json_member(w, "ref", ref);
    if (strlen(finding->version) <= IA_CYCLONEDX_VERSION_MOST) {
        ia_json_key(w, "versions");
        ia_json_array(w);
        ia_json_object(w);
        ia_json_member(w, "version", finding->version);
        ia_json_member(w, "status", standing_of(finding->status).version);
        ia_json_object_end(w);
        ia_json_array_end(w);
    }
    ia_json_object_end(w);
    ia_json_array_end(w);
}

static void write_property(struct ia_json_writer *w, const char *name, const char *value)
{
    if (!*value)
        return;
    ia_json_object(w);
    ia_json_member(w, "name", name);
    ia_json_member(w, "value", value);
    ia_json_object_end(w);
}

static void write_finding(struct ia_json_writer *w, const struct ia_findings *findings, const struct ia_finding *f)
{
    ia_json_object(w);
    ia_json_member(w, "id", f->id);
    ia_json_key(w, "source");
    ia_json_object(w);
    ia_json_member(w, "name", f->feed < findings->feed_count ? findings->feeds[f->feed].name : "");
    ia_json_object_end(w);
    write_rating(w, f);
    write_analysis(w, f);
    write_affected(w, f);
    ia_json_key(w, "properties");
    ia_json_array(w);
    write_property(w, IA_CYCLONEDX_PREFIX "status", ia_finding_status_name(f->status));
    write_property(w, IA_CYCLONEDX_PREFIX "source", f->source);
    write_property(w, IA_CYCLONEDX_PREFIX "fixed-version", f->fixed_version);
    write_property(w, IA_CYCLONEDX_PREFIX "urgency", f->urgency);
    ia_json_array_end(w);
    ia_json_object_end(w);
}

void ia_cyclonedx_findings(struct ia_json_writer *w, const struct ia_findings *findings)
{
    const struct ia_finding *finding;
    ia_json_key(w, "vulnerabilities");
    ia_json_array(w);
    for (size_t i = 0; (finding = ia_findings_at(findings, i)); i++)
        write_finding(w, findings, finding);
    ia_json_array_end(w);
}
