/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/scan.h>: the public calls in a row. */
#include "api/object.h"

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

IMGA_API int imga_gate(imga_context *context, const imga_gate_options *options, imga_verdict **out, imga_error **error)
{
    imga_image *image = NULL;
    if (!context || !options || !out)
        return ia_api_invalid(error, "context, options or out is NULL");
    if (options->struct_size < sizeof(*options) || !options->path || !options->database || !options->policy)
        return ia_api_invalid(error, "the options lack path, database or policy, or have a wrong struct_size");
    const imga_image_options choose = {sizeof(choose), 0, options->reference, options->platform};
    IA_TRY(imga_image_open(context, options->path, &choose, &image, error));
    int status = judge(context, options, image, out, error);
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
