/* SPDX-License-Identifier: Apache-2.0 */
/* The text report. It is composed in memory, bounded, and written in one piece. */
#include "report/table.h"

#include "base/utf8.h"
#include "model/severity.h"
#include "model/time.h"
#include "report/columns.h"
#include "report/summary.h"

enum { REPORT_MAX = 1 << 30, DEFAULT_WIDTH = 120, SHOWN_ITEMS = 50 };

struct table {
    struct ia_env *env;
    const struct ia_report *report;
    struct ia_buf out;
    size_t width;
};

/* One line: "Label:  text", escaped. */
static int line(struct table *t, const char *label, const char *text)
{
    IA_TRY(ia_buf_text(&t->out, label));
    IA_TRY(ia_utf8_escape(&t->out, ia_str_from(text)));
    return ia_buf_char(&t->out, '\n');
}

static int add(struct table *t, const char *text)
{
    return ia_utf8_escape(&t->out, ia_str_from(text));
}

static int write_executables(struct table *t)
{
    const struct ia_inventory *inventory = t->report->inventory;
    if (inventory->executables.n == 0)
        return IMGA_OK;
    IA_TRY(ia_buf_text(&t->out, "Programs:  "));
    IA_TRY(ia_buf_u64(&t->out, inventory->executables.n));
    IA_TRY(ia_buf_text(&t->out, " executables, "));
    IA_TRY(ia_buf_u64(&t->out, ia_inventory_unowned(inventory)));
    return ia_buf_text(&t->out, " of them not from a package of the system\n");
}

static int write_head(struct table *t)
{
    const struct ia_inventory *inventory = t->report->inventory;
    const struct ia_image_facts *image = &inventory->image;
    const struct ia_distro *distro = &inventory->distro;
    IA_TRY(line(t, "Image:     ", *image->reference ? image->reference : "(no reference)"));
    IA_TRY(line(t, "Digest:    ", *image->manifest_digest ? image->manifest_digest : image->config_digest));
    if (*image->verified)
        IA_TRY(line(t, "Verified:  ", image->verified));
    IA_TRY(line(t, "System:    ", *distro->pretty_name ? distro->pretty_name : *distro->id ? distro->id : "unknown"));
    bool complete =
        t->report->findings ? ia_findings_complete(t->report->findings) : ia_notes_complete(&inventory->notes);
    if (!complete)
        IA_TRY(ia_buf_text(&t->out, "Complete:  NO: something could not be looked at, see the end\n"));
    IA_TRY(ia_buf_text(&t->out, "Packages:  "));
    IA_TRY(ia_buf_u64(&t->out, inventory->packages.n));
    IA_TRY(ia_buf_text(&t->out, " in "));
    IA_TRY(ia_buf_u64(&t->out, inventory->layers.n));
    IA_TRY(ia_buf_text(&t->out, inventory->layers.n == 1 ? " layer\n" : " layers\n"));
    return write_executables(t);
}

static int count_skipped(struct table *t, uint64_t skipped)
{
    if (skipped) {
        IA_TRY(ia_buf_text(&t->out, ", "));
        IA_TRY(ia_buf_u64(&t->out, skipped));
        IA_TRY(ia_buf_text(&t->out, " records not understood"));
    }
    return ia_buf_char(&t->out, '\n');
}

static int write_feeds(struct table *t)
{
    const struct ia_findings *findings = t->report->findings;
    for (size_t i = 0; i < findings->feed_count; i++) {
        char as_of[IA_TIME_TEXT] = "";
        if (findings->feeds[i].as_of)
            ia_time_text(findings->feeds[i].as_of, as_of);
        IA_TRY(ia_buf_text(&t->out, i == 0 ? "Feeds:     " : "           "));
        IA_TRY(add(t, findings->feeds[i].name));
        IA_TRY(ia_buf_text(&t->out, *as_of ? ", as of " : ", date unknown"));
        IA_TRY(add(t, as_of));
        IA_TRY(count_skipped(t, findings->feeds[i].skipped));
    }
    return IMGA_OK;
}

static int layer_cell(struct ia_columns *columns, int32_t layer)
{
    char digits[16] = "-";
    struct ia_buf buf;
    if (layer < 0)
        return ia_columns_cell(columns, digits);
    ia_buf_init(&buf, &columns->env->alloc, sizeof(digits) - 1);
    int status = ia_buf_i64(&buf, layer);
    for (size_t i = 0; status == IMGA_OK && i <= buf.n; i++)
        digits[i] = i < buf.n ? buf.p[i] : '\0';
    ia_buf_free(&buf);
    return status < 0 ? ia_fail_nomem(columns->env) : ia_columns_cell(columns, digits);
}

static int finding_row(struct table *t, struct ia_columns *columns, const struct ia_finding *f)
{
    const struct ia_package *package = ia_inventory_package(t->report->inventory, f->package);
    IA_TRY(ia_columns_cell(columns, package->name));
    IA_TRY(ia_columns_cell(columns, package->version));
    IA_TRY(ia_columns_cell(columns, *f->fixed_version ? f->fixed_version : "-"));
    IA_TRY(ia_columns_cell(columns, f->id));
    IA_TRY(ia_columns_cell(columns, ia_severity_name(f->severity)));
    IA_TRY(ia_columns_cell(columns, ia_finding_status_name(f->status)));
    return layer_cell(columns, package->layer);
}

static int write_findings(struct table *t)
{
    static const char *const headings[] = {"PACKAGE~", "INSTALLED~", "FIXED IN~", "VULNERABILITY~",
                                           "SEVERITY", "STATUS",     "LAYER"};
    const struct ia_findings *findings = t->report->findings;
    const struct ia_finding *f;
    struct ia_columns columns;
    int status;
    IA_GO(status, ia_columns_init(&columns, t->env, headings, IA_COUNT(headings)));
    for (size_t i = 0; (f = ia_findings_at(findings, i)); i++)
        if (t->report->all || ia_finding_is_open(f->status))
            IA_GO(status, finding_row(t, &columns, f));
    IA_GO(status, ia_buf_char(&t->out, '\n'));
    status = ia_columns_write(&columns, t->width, &t->out);
out:
    ia_columns_free(&columns);
    return status;
}

/* The package of the system that brought it; in parentheses why it is here although it is not installed. */
static const char *owner_of(const struct ia_inventory *inventory, const struct ia_package *package)
{
    if (ia_package_property(package, "removed"))
        return "(removed)";
    if (ia_package_property(package, "lock-file"))
        return "(lock file)";
    return package->owner < 0 ? "-" : ia_inventory_package(inventory, (size_t)package->owner)->name;
}

static int package_row(struct table *t, struct ia_columns *columns, const struct ia_package *package)
{
    IA_TRY(ia_columns_cell(columns, package->type));
    IA_TRY(ia_columns_cell(columns, package->name));
    IA_TRY(ia_columns_cell(columns, *package->version ? package->version : "-"));
    IA_TRY(ia_columns_cell(columns, owner_of(t->report->inventory, package)));
    IA_TRY(layer_cell(columns, package->layer));
    return ia_columns_cell(columns, package->path);
}

static int write_packages(struct table *t)
{
    static const char *const headings[] = {"TYPE", "PACKAGE~", "VERSION~", "OWNER~", "LAYER", "FOUND IN~"};
    const struct ia_package *package;
    struct ia_columns columns;
    int status;
    IA_GO(status, ia_columns_init(&columns, t->env, headings, IA_COUNT(headings)));
    for (size_t i = 0; (package = ia_inventory_package(t->report->inventory, i)); i++)
        IA_GO(status, package_row(t, &columns, package));
    IA_GO(status, ia_buf_char(&t->out, '\n'));
    status = ia_columns_write(&columns, t->width, &t->out);
out:
    ia_columns_free(&columns);
    return status;
}

static int count(struct table *t, uint64_t number, const char *what, bool first)
{
    IA_TRY(ia_buf_text(&t->out, first ? "" : ", "));
    IA_TRY(ia_buf_u64(&t->out, number));
    IA_TRY(ia_buf_char(&t->out, ' '));
    return ia_buf_text(&t->out, what);
}

static int write_summary(struct table *t)
{
    struct ia_summary summary = ia_summarise(t->report->findings);
    IA_TRY(ia_buf_text(&t->out, "\nFindings:  "));
    for (int32_t i = IMGA_FINDING_AFFECTED; i < IA_STATUSES; i++)
        IA_TRY(count(t, summary.status[i], ia_finding_status_name(i), i == IMGA_FINDING_AFFECTED));
    IA_TRY(ia_buf_text(&t->out, "\nOpen:      "));
    for (int32_t i = IA_SEVERITIES - 1; i >= 0; i--)
        IA_TRY(count(t, summary.severity[i], ia_severity_name(i), i == IA_SEVERITIES - 1));
    IA_TRY(ia_buf_text(&t->out, "; "));
    IA_TRY(ia_buf_u64(&t->out, summary.fixable));
    return ia_buf_text(&t->out, " can be fixed by an upgrade\n");
}

static int write_item(struct table *t, const struct ia_verdict_item *item)
{
    IA_TRY(ia_buf_text(&t->out, "  "));
    IA_TRY(add(t, ia_verdict_name(item->result)));
    IA_TRY(ia_buf_text(&t->out, ": rule "));
    IA_TRY(add(t, item->rule));
    if (item->line) {
        IA_TRY(ia_buf_text(&t->out, " (policy line "));
        IA_TRY(ia_buf_u64(&t->out, item->line));
        IA_TRY(ia_buf_char(&t->out, ')'));
    }
    IA_TRY(ia_buf_text(&t->out, ": "));
    IA_TRY(line(t, "", item->item));
    if (*item->evidence)
        IA_TRY(line(t, "      because: ", item->evidence));
    if (*item->exception)
        IA_TRY(line(t, "      exception: ", item->exception));
    return *item->remedy && item->result > IMGA_VERDICT_PASS ? line(t, "      remedy: ", item->remedy) : IMGA_OK;
}

static int write_result(struct table *t, int32_t result)
{
    static const char *const colours[] = {"\033[32m", "\033[33m", "\033[33m", "\033[31m"};
    static const char *const words[] = {"PASS", "WARN", "INCOMPLETE", "FAIL"};
    bool known = result >= 0 && result < (int32_t)IA_COUNT(words);
    IA_TRY(ia_buf_text(&t->out, "\nVerdict:   "));
    if (known && t->report->colour)
        IA_TRY(ia_buf_text(&t->out, colours[result]));
    IA_TRY(ia_buf_text(&t->out, known ? words[result] : "UNKNOWN"));
    return ia_buf_text(&t->out, known && t->report->colour ? "\033[0m" : "");
}

/* Items of one result, worst results first; beyond the first ones they are counted: the JSON report has them all. */
static int write_items(struct table *t, int32_t result)
{
    const struct ia_verdict_item *item;
    uint64_t shown = 0, left = 0;
    for (size_t i = 0; (item = ia_verdict_at(t->report->verdict, i)); i++) {
        if (item->result != result)
            continue;
        if (shown++ < SHOWN_ITEMS || t->report->all)
            IA_TRY(write_item(t, item));
        else
            left++;
    }
    if (left == 0)
        return IMGA_OK;
    IA_TRY(ia_buf_text(&t->out, "  ... and "));
    IA_TRY(ia_buf_u64(&t->out, left));
    return ia_buf_text(&t->out, " more of this result (the JSON report lists them all)\n");
}

static int write_exceptions(struct table *t)
{
    const struct ia_verdict_exception *x;
    for (size_t i = 0; (x = ia_vec_at(&t->report->verdict->exceptions, i)); i++) {
        char until[IA_TIME_TEXT];
        ia_time_text(x->until, until);
        IA_TRY(ia_buf_text(&t->out, "  exception "));
        IA_TRY(add(t, x->id));
        IA_TRY(ia_buf_text(&t->out, x->expired ? " EXPIRED at " : " until "));
        IA_TRY(add(t, until));
        IA_TRY(ia_buf_text(&t->out, ", owner "));
        IA_TRY(add(t, x->owner));
        IA_TRY(ia_buf_text(&t->out, ", used "));
        IA_TRY(ia_buf_u64(&t->out, x->used));
        IA_TRY(line(t, x->used == 1 ? " time: " : " times: ", x->reason));
    }
    return IMGA_OK;
}

static int write_verdict(struct table *t)
{
    const struct ia_verdict *verdict = t->report->verdict;
    IA_TRY(write_result(t, verdict->result));
    IA_TRY(line(t, " by policy ", verdict->policy_name));
    for (int32_t result = IMGA_VERDICT_FAIL; result >= IMGA_VERDICT_PASS; result--)
        IA_TRY(write_items(t, result));
    return write_exceptions(t);
}

static int write_notes(struct table *t, const struct ia_notes *notes)
{
    const struct ia_note *note;
    for (size_t i = 0; (note = ia_notes_at(notes, i)); i++) {
        IA_TRY(ia_buf_text(&t->out, ia_note_is_incomplete(note->code) ? "Not examined: " : "Note: "));
        IA_TRY(add(t, note->where));
        IA_TRY(ia_buf_text(&t->out, *note->where ? ": " : ""));
        IA_TRY(add(t, note->text));
        IA_TRY(ia_buf_text(&t->out, " ["));
        IA_TRY(add(t, ia_note_name(note->code)));
        IA_TRY(ia_buf_text(&t->out, "]\n"));
    }
    return IMGA_OK;
}

static int compose(struct table *t)
{
    const struct ia_report *report = t->report;
    IA_TRY(write_head(t));
    if (report->findings) {
        IA_TRY(write_feeds(t));
        IA_TRY(write_findings(t));
        IA_TRY(write_summary(t));
    } else {
        IA_TRY(write_packages(t));
    }
    if (report->verdict)
        IA_TRY(write_verdict(t));
    if (ia_notes_count(&report->inventory->notes) || (report->findings && ia_notes_count(&report->findings->notes)))
        IA_TRY(ia_buf_char(&t->out, '\n'));
    IA_TRY(write_notes(t, &report->inventory->notes));
    return report->findings ? write_notes(t, &report->findings->notes) : IMGA_OK;
}

int ia_report_table(struct ia_env *env, const struct ia_report *report, const struct ia_writer *writer)
{
    struct table t = {.env = env, .report = report};
    IA_TRY(ia_report_check(env, report));
    t.width = report->width > 0 ? (size_t)report->width : DEFAULT_WIDTH;
    ia_buf_init(&t.out, &env->alloc, REPORT_MAX);
    int status = ia_described(env, compose(&t), "report bytes", REPORT_MAX);
    if (status >= 0)
        status = ia_write(env, writer, t.out.p, t.out.n);
    ia_buf_free(&t.out);
    return status;
}
