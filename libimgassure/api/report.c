/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/report.h>. */
#include "report/report.h"

#include "api/object.h"

/* A verdict brings its findings, findings bring their inventory. */
static struct ia_report make_report(const imga_report_options *options)
{
    const imga_findings *findings = options->findings;
    const imga_inventory *inventory = options->inventory;
    if (!findings && options->verdict)
        findings = options->verdict->findings;
    if (!inventory && findings)
        inventory = findings->inventory;
    return (struct ia_report){
        .inventory = inventory ? &inventory->inventory : NULL,
        .findings = findings ? &findings->findings : NULL,
        .verdict = options->verdict ? &options->verdict->verdict : NULL,
        .all = options->all != 0,
        .colour = options->colour != 0,
        .width = options->width,
        .version = imga_version(),
    };
}

IMGA_API int imga_report_write(imga_context *context, const imga_report_options *options, imga_write_fn write,
                               void *user, imga_error **error)
{
    struct ia_env env;
    struct ia_writer writer = {write, user};
    if (!context || !options || !write)
        return ia_api_invalid(error, "context, options or write is NULL");
    if (options->struct_size < sizeof(*options))
        return ia_api_invalid(error, "the options have a wrong struct_size");
    const struct ia_report_format *format = ia_report_format(options->format);
    struct ia_report report = make_report(options);
    if (!format || !report.inventory)
        return ia_api_invalid(error, "the report format is unknown, or there is nothing to report");
    ia_api_begin(&env, context);
    return ia_api_end(&env, format->write(&env, &report, &writer), error);
}

IMGA_API int32_t imga_report_format(const char *name)
{
    const struct ia_report_format *format = name ? ia_report_format_named(ia_str_from(name)) : NULL;
    return format ? format->id : 0;
}
