/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDX 2 as tags and values (spdx.github.io/spdx-spec/v2.3): lines "Tag: value", where a value in <text> ... </text>
 * may be several lines. A package begins with PackageName.
 */
#include "catalog/sbom/spdx.h"

struct tags {
    struct ia_found *found;
    struct ia_sbom_entry entry;
    struct ia_str purpose;
    int64_t offset; /* of the package, -1: none */
    bool any;
};

static int end_package(struct tags *tags, struct ia_env *env)
{
    int status = IMGA_OK;
    if (tags->offset >= 0 && ia_spdx_is_package(tags->purpose))
        status = ia_sbom_add(&tags->entry, tags->offset, env, tags->found);
    tags->entry = (struct ia_sbom_entry){.how = "spdx"};
    tags->purpose = (struct ia_str){0};
    tags->offset = -1;
    return status;
}

/* "PACKAGE-MANAGER purl pkg:npm/a@1" */
static void take_reference(struct tags *tags, struct ia_str value)
{
    struct ia_str word;
    for (size_t i = 0; i < 3 && ia_str_word(&value, &word); i++)
        if (i == 2)
            ia_spdx_refer(&tags->entry, word);
}

static void take_tag(struct tags *tags, struct ia_str tag, struct ia_str value)
{
    if (ia_str_is(tag, "PackageVersion"))
        tags->entry.version = ia_spdx_value(value);
    else if (ia_str_is(tag, "PackageLicenseDeclared"))
        tags->entry.license = ia_spdx_value(value);
    else if (ia_str_is(tag, "PackageSupplier"))
        tags->entry.supplier = ia_spdx_agent(value);
    else if (ia_str_is(tag, "PrimaryPackagePurpose"))
        tags->purpose = value;
    else if (ia_str_is(tag, "ExternalRef"))
        take_reference(tags, value);
}

/* Where the text that began in the value ends. */
static struct ia_str skip_text(struct ia_str rest)
{
    const struct ia_str end = IA_STR("</text>");
    struct ia_str line;
    while (ia_str_next(&rest, '\n', &line))
        for (size_t i = 0; i + end.n <= line.n; i++)
            if (line.p[i] == '<' && ia_str_starts(ia_str_sub(line, i, line.n), end))
                return rest;
    return rest;
}

static bool opens_text(struct ia_str value)
{
    return ia_str_starts(value, IA_STR("<text>")) && !ia_str_ends(value, IA_STR("</text>"));
}

static int read_tags(struct tags *tags, struct ia_env *env, struct ia_str document)
{
    struct ia_str rest = document, line;
    while (ia_str_next(&rest, '\n', &line)) {
        struct ia_str tag = ia_str_sub(line, 0, ia_str_find(line, ':'));
        struct ia_str value = ia_str_trim(ia_str_sub(line, tag.n + 1, line.n));
        if (ia_str_is(tag, "PackageName")) {
            IA_TRY(end_package(tags, env));
            tags->entry.name = value;
            tags->offset = line.p - document.p;
            tags->any = true;
        }
        take_tag(tags, tag, value);
        if (opens_text(value))
            rest = skip_text(rest);
    }
    return end_package(tags, env);
}

int ia_spdx_tags_read(struct ia_str document, struct ia_env *env, struct ia_found *found)
{
    struct tags tags = {.found = found, .entry = {.how = "spdx"}, .offset = -1};
    IA_TRY(read_tags(&tags, env, document));
    if (!tags.any)
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "it names no package");
    return IMGA_OK;
}
