/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files are documents of this kind: by the endings that their makers recommend (cyclonedx.org "bom.json",
 * "*.cdx.json"; SPDX 2.3 "*.spdx", "*.spdx.json"), by PEP 770 ("*.dist-info/sboms"). Bitnami's images have one for each
 * component, opt/bitnami/NAME/.spdx-NAME.spdx. What a document is decides its content. XML is not read.
 */
#include "catalog/sbom/sbom.h"

#include "catalog/lang/members.h"
#include "catalog/lang/place.h"

enum { BOM_FORMAT, SPDX_VERSION, CONTEXT };

/* Names that promise what they are: another content is damage. */
static bool is_promised(struct ia_str path)
{
    static const char *const endings[] = {".cdx.json", ".spdx.json", ".cdx", ".spdx"};
    for (size_t i = 0; i < IA_COUNT(endings); i++)
        if (ia_str_ends(path, ia_str_from(endings[i])))
            return true;
    return false;
}

static bool wants(struct ia_str path)
{
    struct ia_str name = ia_place_name(path);
    return is_promised(path) || ia_str_is(name, "bom.json") || ia_str_is(name, "sbom.json") ||
           ia_str_ends(name, IA_STR(".bom.json")) || ia_str_ends(name, IA_STR(".sbom.json")) ||
           ia_str_is(ia_place_parent(path), "sboms");
}

struct probe {
    int (*read)(struct ia_str document, struct ia_env *env, struct ia_found *found);
};

static int take(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct probe *probe = user;
    (void)env;
    if (ia_str_is(ia_member(record, BOM_FORMAT), "CycloneDX"))
        probe->read = ia_cyclonedx_read;
    else if (ia_member(record, SPDX_VERSION).n)
        probe->read = ia_spdx_read;
    else if (ia_str_starts(ia_member(record, CONTEXT), IA_STR("https://spdx.org/")))
        probe->read = ia_spdx_graph_read;
    return IMGA_OK;
}

static int find_reader(struct probe *probe, struct ia_env *env, struct ia_str document)
{
    static const char *const paths[] = {"bomFormat", "spdxVersion", "@context", NULL};
    static const struct ia_member_table table = {"", paths, false, take};
    struct ia_str text = ia_str_trim(document);
    if (text.n && text.p[0] != '{' && (unsigned char)text.p[0] < 0x80) {
        probe->read = ia_str_starts(text, IA_STR("<")) ? NULL : ia_spdx_tags_read;
        return IMGA_OK;
    }
    int status = ia_members_read(env, document, &table, probe, NULL);
    return status < 0 ? status : IMGA_OK;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct probe probe = {NULL};
    IA_TRY(find_reader(&probe, env, file->content));
    if (probe.read && (probe.read != ia_spdx_tags_read || is_promised(file->path)))
        return probe.read(file->content, env, found);
    if (ia_str_starts(ia_str_trim(file->content), IA_STR("<")))
        return ia_found_note(found, env, IMGA_NOTE_SKIPPED, 0, "an SBOM in XML is not read");
    if (!is_promised(file->path))
        return IMGA_OK;
    return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "it is no SBOM of a kind that is known");
}

static const char *const extensions[] = {"json", "spdx", "cdx", NULL};

const struct ia_analyser ia_sbom_analyser = {"sbom", 1, NULL, extensions, NULL, wants, analyse};
