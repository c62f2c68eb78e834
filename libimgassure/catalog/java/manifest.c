/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main section of a manifest (JAR File Specification, "Notes on Manifest and Signature Files"): "Name: value" up to
 * the first empty line; lines end with CR LF, LF or CR; a line that begins with a blank goes on with the one before; of
 * equal names the last holds, whatever their case, as in java.util.jar.Attributes.
 */
#include "catalog/java/manifest.h"

#include "catalog/java/java.h"

#include <string.h>

static const char *const names[IA_MANIFEST_NAMES] = {
    [IA_MANIFEST_TITLE] = "Implementation-Title",
    [IA_MANIFEST_VERSION] = "Implementation-Version",
    [IA_MANIFEST_VENDOR] = "Implementation-Vendor",
    [IA_MANIFEST_VENDOR_ID] = "Implementation-Vendor-Id",
    [IA_MANIFEST_SPECIFICATION_VERSION] = "Specification-Version",
    [IA_MANIFEST_SPECIFICATION_VENDOR] = "Specification-Vendor",
    [IA_MANIFEST_BUNDLE_NAME] = "Bundle-SymbolicName",
    [IA_MANIFEST_BUNDLE_VERSION] = "Bundle-Version",
    [IA_MANIFEST_BUNDLE_VENDOR] = "Bundle-Vendor",
    [IA_MANIFEST_BUNDLE_LICENSE] = "Bundle-License",
    [IA_MANIFEST_MODULE] = "Automatic-Module-Name",
    [IA_MANIFEST_GROUP] = "Group-Id",
    [IA_MANIFEST_PLUGIN_VERSION] = "Plugin-Version",
};

enum { NAME_MOST = 70, LINE_MOST = NAME_MOST + 2 + IA_JAVA_VALUE_BYTES }; /* a name has at most 70 bytes */

/* A header while its lines are put together. */
struct line {
    char text[LINE_MOST];
    size_t n;
    bool too_long;
};

/* Cuts a physical line off; false at the end. */
static bool next_line(struct ia_str *rest, struct ia_str *out)
{
    size_t end = 0;
    if (rest->n == 0)
        return false;
    while (end < rest->n && rest->p[end] != '\n' && rest->p[end] != '\r')
        end++;
    *out = ia_str_sub(*rest, 0, end);
    bool both = end + 1 < rest->n && rest->p[end] == '\r' && rest->p[end + 1] == '\n';
    *rest = ia_str_sub(*rest, end + (both ? 2 : 1), rest->n);
    return true;
}

/* What does not fit is left out; the name at the front tells whether that matters. */
static void append(struct line *line, struct ia_str part)
{
    size_t room = LINE_MOST - line->n, n = part.n < room ? part.n : room;
    line->too_long |= n < part.n;
    memcpy(line->text + line->n, part.p, n);
    line->n += n;
}

static size_t name_of(struct ia_str name)
{
    size_t i = 0;
    while (i < IA_MANIFEST_NAMES && !ia_str_eq_case(name, ia_str_from(names[i])))
        i++;
    return i;
}

static struct ia_str without_directives(struct ia_str value)
{
    return ia_str_trim(ia_str_sub(value, 0, ia_str_find(value, ';')));
}

/* A header that is complete. */
static int take_header(struct ia_env *env, struct line *line, struct ia_arena *arena, struct ia_manifest *out)
{
    struct ia_str text = {line->text, line->n};
    size_t colon = ia_str_find(text, ':'), name = name_of(ia_str_sub(text, 0, colon));
    bool too_long = line->too_long, begun = line->n > 0;
    line->n = 0;
    line->too_long = false;
    if (!begun)
        return IMGA_OK;
    if (colon == text.n || colon + 1 >= text.n || text.p[colon + 1] != ' ')
        out->odd = true;
    if (name == IA_MANIFEST_NAMES || colon == text.n)
        return IMGA_OK;
    struct ia_str value = ia_str_trim(ia_str_sub(text, colon + 1, text.n));
    if (name == IA_MANIFEST_BUNDLE_NAME)
        value = without_directives(value);
    if (too_long || value.n > IA_JAVA_VALUE_BYTES) {
        out->odd = true;
        return IMGA_OK;
    }
    out->value[name] = (struct ia_str){ia_arena_str(arena, value), value.n};
    return out->value[name].p ? IMGA_OK : ia_fail_nomem(env);
}

int ia_manifest_read(struct ia_env *env, struct ia_str content, struct ia_arena *arena, struct ia_manifest *out)
{
    struct line line = {.n = 0};
    struct ia_str rest = content, part;
    *out = (struct ia_manifest){.odd = false};
    for (size_t i = 0; i < IA_MANIFEST_NAMES; i++)
        out->value[i] = IA_STR("");
    while (next_line(&rest, &part) && part.n) {
        if (part.p[0] == ' ') {
            out->odd |= line.n == 0;
            append(&line, ia_str_sub(part, 1, part.n));
        } else {
            IA_TRY(take_header(env, &line, arena, out));
            append(&line, part);
        }
    }
    return take_header(env, &line, arena, out);
}
