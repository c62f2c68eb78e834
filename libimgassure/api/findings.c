/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/findings.h>. */
#include "api/object.h"
#include "match/match.h"
#include "model/severity.h"

IMGA_API int imga_match(imga_context *context, imga_inventory *inventory, imga_database *database, imga_findings **out,
                        imga_error **error)
{
    struct ia_env env;
    if (!context || !inventory || !database || !out)
        return ia_api_invalid(error, "context, inventory, database or out is NULL");
    ia_api_begin(&env, context);
    imga_findings *findings = ia_api_object(&env, sizeof(*findings));
    if (!findings)
        return ia_api_end(&env, IMGA_E_NOMEM, error);
    int status = ia_match(&env, &inventory->inventory, database->db, &findings->findings);
    if (status < 0) {
        ia_free(&env.alloc, findings);
        return ia_api_end(&env, status, error);
    }
    findings->context = imga_context_ref(context);
    findings->inventory = imga_inventory_ref(inventory);
    findings->database = imga_database_ref(database);
    *out = findings;
    return IMGA_OK;
}

IMGA_API imga_findings *imga_findings_ref(imga_findings *findings)
{
    if (findings)
        ia_ref_take(&findings->ref);
    return findings;
}

IMGA_API imga_findings *imga_findings_unref(imga_findings *findings)
{
    if (findings && ia_ref_drop(&findings->ref)) {
        imga_context *context = findings->context;
        ia_findings_free(&findings->findings);
        imga_inventory_unref(findings->inventory);
        imga_database_unref(findings->database);
        ia_free(&context->alloc, findings);
        imga_context_unref(context);
    }
    return NULL;
}

IMGA_API int imga_findings_is_complete(const imga_findings *findings)
{
    return findings && ia_findings_complete(&findings->findings);
}

IMGA_API size_t imga_findings_count(const imga_findings *findings)
{
    return findings ? findings->findings.rows.n : 0;
}

static void fill_finding(const void *object, size_t index, void *out)
{
    const struct ia_finding *finding = ia_findings_at(object, index);
    imga_finding_row *row = out;
    row->status = finding->status;
    row->severity = finding->severity;
    row->feed = finding->feed;
    row->package = finding->package;
    row->id = finding->id;
    row->source = finding->source;
    row->version = finding->version;
    row->fixed_version = finding->fixed_version;
    row->urgency = finding->urgency;
    row->reason = finding->reason;
    row->release = finding->release;
}

IMGA_API int64_t imga_findings_rows(const imga_findings *findings, size_t first, imga_finding_row *out, size_t count)
{
    struct ia_api_rows rows = {findings ? &findings->findings : NULL, imga_findings_count(findings), sizeof(*out),
                               fill_finding};
    return ia_api_fill(&rows, first, out, count);
}

IMGA_API size_t imga_findings_note_count(const imga_findings *findings)
{
    return findings ? ia_notes_count(&findings->findings.notes) : 0;
}

IMGA_API int64_t imga_findings_notes(const imga_findings *findings, size_t first, imga_note_row *out, size_t count)
{
    return findings ? ia_api_notes(&findings->findings.notes, first, out, count) : IMGA_E_INVALID;
}

IMGA_API int imga_findings_explain(const imga_findings *findings, size_t index, imga_write_fn write, void *user,
                                   imga_error **error)
{
    struct ia_env env;
    struct ia_writer writer = {write, user};
    if (!findings || !write || index >= findings->findings.rows.n)
        return ia_api_invalid(error, "findings or write is NULL, or the index is past the end");
    ia_api_begin(&env, findings->context);
    return ia_api_end(&env, ia_match_explain(&env, &findings->findings, index, &writer), error);
}

IMGA_API const char *imga_finding_status_name(int32_t status)
{
    return ia_finding_status_name(status);
}

IMGA_API const char *imga_severity_name(int32_t severity)
{
    return ia_severity_name(severity);
}
