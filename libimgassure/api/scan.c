/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/scan.h>: the public calls in a row. */
#include "api/object.h"

#include <stddef.h>
#include <string.h>

static int judge(imga_context *context, const imga_gate_options *options, imga_image *image, imga_verdict **out,
                 imga_error **error)
{
    imga_inventory *inventory = NULL;
    imga_findings *findings = NULL;
    int status;
    IA_GO(status, imga_inventory_collect(context, image, &inventory, error));
    IA_GO(status, imga_match(context, inventory, options->database, &findings, error));
    status = imga_policy_evaluate(options->policy, findings, options->now, out, error);
out:
    imga_findings_unref(findings);
    imga_inventory_unref(inventory);
    return status;
}

enum { SMALLEST_OPTIONS = offsetof(imga_gate_options, source) };

/* A caller's struct may be of the first version: up to the clock. */
static int take_options(const imga_gate_options *options, imga_gate_options *out)
{
    size_t size = options->struct_size < sizeof(*out) ? options->struct_size : sizeof(*out);
    if (size < SMALLEST_OPTIONS || size % sizeof(uint64_t))
        return IMGA_E_INVALID;
    *out = (imga_gate_options){.struct_size = 0};
    memcpy(out, options, size);
    return (out->path || out->source) && !(out->path && out->source) && out->database && out->policy ? IMGA_OK
                                                                                                     : IMGA_E_INVALID;
}

IMGA_API int imga_gate(imga_context *context, const imga_gate_options *options, imga_verdict **out, imga_error **error)
{
    imga_image *image = NULL;
    imga_gate_options wanted;
    if (!context || !options || !out)
        return ia_api_invalid(error, "context, options or out is NULL");
    if (take_options(options, &wanted) < 0)
        return ia_api_invalid(error, "the options lack image, database or policy, or have a wrong struct_size");
    const imga_image_options choose = {.struct_size = sizeof(choose),
                                       .reference = wanted.reference,
                                       .platform = wanted.platform,
                                       .form = wanted.form,
                                       .verify = wanted.verify,
                                       .look = wanted.look};
    IA_TRY(wanted.source ? imga_image_open_source(context, wanted.source, &choose, &image, error)
                         : imga_image_open(context, wanted.path, &choose, &image, error));
    int status = judge(context, &wanted, image, out, error);
    imga_image_unref(image);
    return status;
}

IMGA_API imga_findings *imga_verdict_findings(const imga_verdict *verdict)
{
    return verdict ? verdict->findings : NULL;
}

IMGA_API imga_inventory *imga_findings_inventory(const imga_findings *findings)
{
    return findings ? findings->inventory : NULL;
}

IMGA_API imga_database *imga_findings_database(const imga_findings *findings)
{
    return findings ? findings->database : NULL;
}
