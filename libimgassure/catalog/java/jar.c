/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives of Java: jar, war, ear and what is built like them (JAR File Specification; Jenkins plugins; Android
 * libraries), with the archives that they hold, and pom.properties of an archive that was unpacked. Each archive is
 * looked at once, and its metadata are read: META-INF/MANIFEST.MF and META-INF/maven/GROUP/ARTIFACT/pom.properties.
 */
#include "catalog/java/identity.h"
#include "catalog/java/java.h"
#include "catalog/java/nest.h"

#include "base/macros.h"

#include <string.h>

static const char *const extensions[] = {"jar", "war", "ear", "hpi", "jpi", "aar", "lpkg", "far", "kar",
                                         "nar", "par", "rar", "sar", "zap", "JAR", "WAR",  "EAR", NULL};
static const char *const names[] = {"pom.properties", NULL};

static bool wants(struct ia_str path)
{
    struct ia_pom pom;
    return ia_jar_extension(path) != IA_JAR_NO || ia_pom_is_path(path, &pom);
}

/* ---- the metadata of the innermost archive ---- */

static int keep(struct ia_env *env, struct ia_arena *arena, struct ia_str *text)
{
    char *copy = ia_arena_new(arena, text->n + 1);
    if (!copy)
        return ia_fail_nomem(env);
    if (text->n)
        memcpy(copy, text->p, text->n);
    text->p = copy;
    return IMGA_OK;
}

static int add_pom(struct ia_nest *nest, struct ia_jar_facts *facts, const struct ia_zip_content *content,
                   struct ia_jar_pom *row)
{
    struct ia_pom *pom = &row->pom;
    (void)ia_pom_read(ia_cursor_str(content->data), pom);
    if (pom->odd)
        IA_TRY(ia_nest_note(nest, IMGA_NOTE_ARCHIVE, row->path, "values that are no names or versions"));
    IA_TRY(keep(nest->env, &facts->arena, &pom->group));
    IA_TRY(keep(nest->env, &facts->arena, &pom->artifact));
    IA_TRY(keep(nest->env, &facts->arena, &pom->version));
    return ia_described(nest->env, ia_vec_push(&facts->poms, row), "", 0);
}

/* What cannot be read is known by its path alone. */
static int read_pom(struct ia_nest *nest, struct ia_jar_facts *facts, const struct ia_zip_member *member)
{
    struct ia_jar_pom row = {.path = member->name};
    struct ia_zip_content content;
    if (!ia_pom_is_path(member->name, &row.pom))
        return IMGA_OK;
    if (nest->packages + facts->poms.n >= IA_JAVA_PACKAGES)
        return ia_nest_note(nest, IMGA_NOTE_SKIPPED, IA_STR(""), "too many pom.properties");
    int status = ia_nest_read(nest, member, IA_JAVA_METADATA_BYTES, &content);
    if (status == 0)
        content = (struct ia_zip_content){.flags = 0};
    if (status >= 0)
        status = add_pom(nest, facts, &content, &row);
    ia_zip_content_free(&content);
    return status;
}

/* Java finds it in any case; of several the last is used, and the first is not. */
static int read_manifest(struct ia_nest *nest, struct ia_jar_facts *facts, const struct ia_zip_member *member)
{
    struct ia_zip_content content;
    if (!ia_str_eq_case(member->name, IA_STR("META-INF/MANIFEST.MF")))
        return IMGA_OK;
    int status = ia_nest_read(nest, member, IA_JAVA_METADATA_BYTES, &content);
    if (status <= 0)
        return status;
    facts->manifest_path = member->name;
    status = ia_manifest_read(nest->env, ia_cursor_str(content.data), &facts->arena, &facts->manifest);
    ia_zip_content_free(&content);
    if (status == IMGA_OK && facts->manifest.odd)
        status = ia_nest_note(nest, IMGA_NOTE_ARCHIVE, member->name, "lines that are no headers, or too long");
    return status;
}

static int read_metadata(struct ia_nest *nest, const struct ia_zip *zip, struct ia_jar_facts *facts)
{
    size_t count = ia_zip_count(zip);
    for (size_t i = 0; i < count; i++) {
        const struct ia_zip_member *member = ia_zip_at(zip, i);
        IA_TRY(read_manifest(nest, facts, member));
        IA_TRY(read_pom(nest, facts, member));
    }
    return IMGA_OK;
}

static void begin(const struct ia_nest *nest, struct ia_str path, struct ia_jar_facts *facts)
{
    ia_jar_facts_init(facts, nest->env, IA_JAVA_PACKAGES);
    facts->name = ia_jar_name(path);
    facts->sure = ia_jar_extension(path) == IA_JAR_SURE;
    facts->inside = ia_buf_view(&nest->inside);
}

static int identify(struct ia_nest *nest, struct ia_str path)
{
    struct ia_jar_facts facts;
    if (nest->packages >= IA_JAVA_PACKAGES)
        return ia_nest_note(nest, IMGA_NOTE_SKIPPED, IA_STR(""), "too many archives");
    begin(nest, path, &facts);
    int status = read_metadata(nest, nest->levels[nest->depth - 1].zip, &facts);
    if (status == IMGA_OK)
        status = ia_jar_identify(&facts, nest->env, nest->found, &nest->packages);
    ia_jar_facts_free(&facts);
    return status;
}

/* Of an archive that cannot be opened its name is left. */
static int identify_damaged(struct ia_nest *nest, struct ia_str inside, struct ia_str path)
{
    struct ia_jar_facts facts;
    begin(nest, path, &facts);
    int status = ia_jar_identify_damaged(&facts, nest->env, nest->found, inside);
    ia_jar_facts_free(&facts);
    return status;
}

/* ---- archives in archives ---- */

/* Takes content over; inside: its path in the innermost archive, or nothing for the file itself. */
static int look_into(struct ia_nest *nest, struct ia_zip_content *content, struct ia_str inside, struct ia_str path)
{
    bool begins = ia_str_starts(ia_cursor_str(content->data), IA_STR("PK\003\004"));
    int status = ia_nest_enter(nest, content->data, content, inside);
    if (status > 0)
        return identify(nest, path);
    return status == 0 && begins ? identify_damaged(nest, inside, path) : status;
}

static int enter(struct ia_nest *nest, const struct ia_zip_member *member)
{
    struct ia_zip_content content;
    if (nest->spent)
        return IMGA_OK;
    if (nest->depth == IA_JAVA_DEPTH)
        return ia_nest_note(nest, IMGA_NOTE_SKIPPED, member->name, "archives in archives, too deep");
    int status = ia_nest_read(nest, member, nest->env->limits->file_bytes, &content);
    return status > 0 ? look_into(nest, &content, member->name, member->name) : status;
}

/* The next member of the innermost archive. */
static int step(struct ia_nest *nest)
{
    struct ia_nest_level *level = &nest->levels[nest->depth - 1];
    const struct ia_zip_member *member = ia_zip_at(level->zip, level->next++);
    if (member)
        return ia_jar_extension(member->name) == IA_JAR_NO ? IMGA_OK : enter(nest, member);
    ia_nest_leave(nest);
    return IMGA_OK;
}

static int analyse_archive(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_nest nest;
    struct ia_zip_content content = {.data = ia_cursor_from(file->content.p, file->content.n)};
    ia_nest_init(&nest, env, found, file->content.n);
    int status = look_into(&nest, &content, IA_STR(""), file->path);
    while (status == IMGA_OK && nest.depth)
        status = step(&nest);
    ia_nest_free(&nest);
    return status;
}

/* ---- other files ---- */

static int analyse_pom(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_nest nest;
    struct ia_jar_facts facts;
    struct ia_jar_pom row = {.path = IA_STR("")};
    struct ia_zip_content content = {.data = ia_cursor_from(file->content.p, file->content.n)};
    if (!ia_pom_is_path(file->path, &row.pom))
        return IMGA_OK;
    ia_nest_init(&nest, env, found, file->content.n);
    begin(&nest, IA_STR(""), &facts);
    int status = add_pom(&nest, &facts, &content, &row);
    if (status == IMGA_OK && row.pom.artifact.n)
        status = ia_jar_identify_pom(&facts, env, found, &row);
    ia_jar_facts_free(&facts);
    ia_nest_free(&nest);
    return status;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    enum ia_jar_extension kind = ia_jar_extension(file->path);
    if (kind == IA_JAR_NO)
        return analyse_pom(file, env, found);
    /* A RAR archive or a piece of music is no archive of Java. */
    if (kind == IA_JAR_MAYBE && !ia_str_starts(file->content, IA_STR("PK")))
        return IMGA_OK;
    return analyse_archive(file, env, found);
}

const struct ia_analyser ia_java_analyser = {
    .name = "java",
    .version = 1,
    .names = names,
    .extensions = extensions,
    .wants = wants,
    .analyse = analyse,
};
