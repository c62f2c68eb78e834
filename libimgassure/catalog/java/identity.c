/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an archive is: Maven's pom.properties when one of them fits the file's name or the manifest, else the place in a
 * repository, the file's name and the manifest. Only the group that Maven wrote, or that the place shows, becomes a
 * part of the name; what the names of bundle and module suggest is the field "group-guess". docs/java.md lists the
 * rules.
 */
#include "catalog/java/identity.h"

#include "base/macros.h"

enum { FIELDS = 8, FITS_LEAST = 4 };

/* A package while it is put together. */
struct draft {
    struct ia_found_package package;
    struct ia_field fields[FIELDS];
    struct ia_str group, artifact;
};

void ia_jar_facts_init(struct ia_jar_facts *facts, const struct ia_env *env, size_t poms)
{
    *facts = (struct ia_jar_facts){.sure = true};
    for (size_t i = 0; i < IA_MANIFEST_NAMES; i++)
        facts->manifest.value[i] = IA_STR("");
    ia_vec_init(&facts->poms, &env->alloc, sizeof(struct ia_jar_pom), poms);
    ia_arena_init(&facts->arena, &env->alloc);
}

void ia_jar_facts_free(struct ia_jar_facts *facts)
{
    ia_vec_free(&facts->poms);
    ia_arena_free(&facts->arena);
}

static void add_field(struct draft *draft, const char *name, struct ia_str value)
{
    if (value.n && draft->package.field_count < FIELDS)
        draft->fields[draft->package.field_count++] = (struct ia_field){ia_str_from(name), value};
}

/* ---- texts ---- */

static int join(struct ia_env *env, struct ia_arena *arena, const struct ia_str parts[3], struct ia_str *out)
{
    size_t n = 0;
    char *text = ia_arena_new(arena, parts[0].n + parts[1].n + parts[2].n + 1);
    if (!text)
        return ia_fail_nomem(env);
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < parts[i].n; k++)
            text[n++] = parts[i].p[k];
    *out = (struct ia_str){text, n};
    return IMGA_OK;
}

/* "org/apache/x" as "org.apache.x". */
static int dotted(struct ia_env *env, struct ia_arena *arena, struct ia_str path, struct ia_str *out)
{
    const struct ia_str parts[3] = {path, IA_STR(""), IA_STR("")};
    IA_TRY(join(env, arena, parts, out));
    char *text = ia_arena_new(arena, path.n + 1);
    if (!text)
        return ia_fail_nomem(env);
    for (size_t i = 0; i < path.n; i++)
        text[i] = path.p[i] == '/' ? '.' : path.p[i];
    *out = (struct ia_str){text, path.n};
    return IMGA_OK;
}

/* Letters, digits, '.', '-', '_': what Maven allows. */
static bool is_identifier(struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!ia_is_alpha(text.p[i]) && !ia_is_digit(text.p[i]) && text.p[i] != '.' && text.p[i] != '-' &&
            text.p[i] != '_')
            return false;
    return text.n > 0;
}

static bool is_version(struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ' || text.p[i] == '$')
            return false;
    return text.n > 0;
}

static struct ia_str first_of(const struct ia_manifest *manifest, const enum ia_manifest_name *names, size_t count,
                              bool (*fits)(struct ia_str))
{
    for (size_t i = 0; i < count; i++)
        if (fits(manifest->value[names[i]]))
            return manifest->value[names[i]];
    return IA_STR("");
}

/* Not "%Bundle-Vendor.0", which stands for a text in another file. */
static bool is_text(struct ia_str text)
{
    return text.n > 0 && text.p[0] != '%';
}

static struct ia_str manifest_version(const struct ia_manifest *manifest)
{
    static const enum ia_manifest_name names[] = {IA_MANIFEST_PLUGIN_VERSION, IA_MANIFEST_VERSION,
                                                  IA_MANIFEST_BUNDLE_VERSION, IA_MANIFEST_SPECIFICATION_VERSION};
    return first_of(manifest, names, IA_COUNT(names), is_version);
}

static struct ia_str manifest_vendor(const struct ia_manifest *manifest)
{
    static const enum ia_manifest_name names[] = {IA_MANIFEST_VENDOR, IA_MANIFEST_BUNDLE_VENDOR,
                                                  IA_MANIFEST_SPECIFICATION_VENDOR};
    return first_of(manifest, names, IA_COUNT(names), is_text);
}

/* ---- the main pom.properties ---- */

/* The text begins with the word, and the word ends there. */
static bool begins_with(struct ia_str text, struct ia_str word)
{
    return word.n && ia_str_starts(text, word) &&
           (text.n == word.n || text.p[word.n] == '-' || text.p[word.n] == '.' || text.p[word.n] == '_');
}

/* "org.apache.commons.io" is what the archiver for bundles makes of org.apache.commons:commons-io. */
static bool is_bundle_of(struct ia_str bundle, const struct ia_pom *pom)
{
    return pom->group.n && ia_str_starts(bundle, pom->group) &&
           (bundle.n == pom->group.n || bundle.p[pom->group.n] == '.');
}

static unsigned fit(const struct ia_jar_facts *facts, const struct ia_pom *pom)
{
    const struct ia_jar_name *name = &facts->name;
    const struct ia_str *manifest = facts->manifest.value;
    unsigned points = 0;
    if (ia_str_eq(pom->artifact, name->artifact) || ia_str_eq(pom->artifact, name->stem))
        points += 16;
    else if (begins_with(name->stem, pom->artifact))
        points += 8;
    if (pom->version.n && ia_str_eq(pom->version, name->version))
        points += 4;
    if (ia_str_eq(pom->artifact, manifest[IA_MANIFEST_TITLE]))
        points += 4;
    if (is_bundle_of(manifest[IA_MANIFEST_BUNDLE_NAME], pom))
        points += 2;
    if (pom->version.n && ia_str_eq(pom->version, manifest[IA_MANIFEST_VERSION]))
        points += 2;
    return points;
}

static bool is_same_project(const struct ia_pom *a, const struct ia_pom *b)
{
    return ia_str_eq(a->group, b->group) && ia_str_eq(a->artifact, b->artifact);
}

/* An archive that was renamed ("app.jar") and holds pom.properties of one project only is what they say. */
static const struct ia_jar_pom *only_pom(const struct ia_jar_facts *facts)
{
    const struct ia_jar_pom *first = ia_vec_at(&facts->poms, 0), *other;
    if (!first || facts->name.version.n || first->pom.artifact.n == 0 ||
        !ia_str_starts(first->path, IA_STR("META-INF/")))
        return NULL;
    for (size_t i = 1; (other = ia_vec_at(&facts->poms, i)); i++)
        if (!is_same_project(&first->pom, &other->pom))
            return NULL;
    return first;
}

static const struct ia_jar_pom *main_pom(const struct ia_jar_facts *facts)
{
    const struct ia_jar_pom *best = NULL;
    unsigned most = 0;
    for (size_t i = 0; i < facts->poms.n; i++) {
        const struct ia_jar_pom *pom = ia_vec_at(&facts->poms, i);
        unsigned points = pom->pom.artifact.n ? fit(facts, &pom->pom) : 0;
        if (points > most && points >= FITS_LEAST) {
            most = points;
            best = pom;
        }
    }
    return best ? best : only_pom(facts);
}

/* ---- packages ---- */

/* Where in the file: the archive, and what in it. */
static int place(struct ia_env *env, struct ia_jar_facts *facts, struct ia_str path, struct ia_str *out)
{
    const struct ia_str parts[3] = {facts->inside, facts->inside.n && path.n ? IA_STR("!") : IA_STR(""), path};
    return join(env, &facts->arena, parts, out);
}

static int finish(struct draft *draft, struct ia_jar_facts *facts, struct ia_env *env, struct ia_found *found)
{
    const struct ia_str parts[3] = {draft->group, draft->group.n ? IA_STR(":") : IA_STR(""), draft->artifact};
    IA_TRY(join(env, &facts->arena, parts, &draft->package.name));
    draft->package.type = IA_STR("maven");
    draft->package.fields = draft->fields;
    return ia_found_package(found, env, &draft->package);
}

static void begin(struct draft *draft)
{
    const struct ia_str none = IA_STR("");
    *draft = (struct draft){.group = none, .artifact = none};
    draft->package = (struct ia_found_package){
        .version = none, .architecture = none, .license = none, .supplier = none, .inside = none, .how = none};
}

/* The names of bundles are made of group and artifact, in several ways; empty when it is none of them. */
static struct ia_str group_of_bundle(struct ia_str bundle, struct ia_str artifact)
{
    size_t dot = ia_str_find_last(bundle, '.'), hyphen = ia_str_find_last(artifact, '-');
    struct ia_str head = ia_str_sub(bundle, 0, dot), last = ia_str_sub(bundle, dot + 1, bundle.n);
    if (!is_identifier(bundle) || dot == bundle.n)
        return IA_STR("");
    if (ia_str_eq(last, artifact)) /* com.google.guava, guava; but org.mockito.mockito-core, mockito-core */
        return hyphen < artifact.n ? head : bundle;
    bool ends = hyphen < artifact.n && ia_str_eq(last, ia_str_sub(artifact, hyphen + 1, artifact.n));
    return ends ? head : IA_STR(""); /* org.slf4j.api, slf4j-api */
}

/* Implementation-Vendor-Id is the group where Maven wrote it, and only "org.apache" where Ant did. */
static struct ia_str guess_group(const struct ia_manifest *manifest, struct ia_str artifact)
{
    static const enum ia_manifest_name names[] = {IA_MANIFEST_VENDOR_ID, IA_MANIFEST_BUNDLE_NAME, IA_MANIFEST_MODULE};
    struct ia_str group = group_of_bundle(manifest->value[IA_MANIFEST_BUNDLE_NAME], artifact);
    if (group.n == 0)
        group = group_of_bundle(manifest->value[IA_MANIFEST_MODULE], artifact);
    return group.n ? group : first_of(manifest, names, IA_COUNT(names), is_identifier);
}

/* What is evidence only, for whoever matches names. */
static void add_evidence(struct draft *draft, const struct ia_manifest *manifest)
{
    if (draft->group.n == 0)
        add_field(draft, "group-guess", guess_group(manifest, draft->artifact));
    add_field(draft, "title", manifest->value[IA_MANIFEST_TITLE]);
    add_field(draft, "vendor-id", manifest->value[IA_MANIFEST_VENDOR_ID]);
    add_field(draft, "symbolic-name", manifest->value[IA_MANIFEST_BUNDLE_NAME]);
    add_field(draft, "module-name", manifest->value[IA_MANIFEST_MODULE]);
}

/* "BSD-3-Clause;link=..." without its attributes; a list stays as it is. */
static struct ia_str license(struct ia_str declared)
{
    bool list = ia_str_find(declared, ',') < declared.n;
    return list ? declared : ia_str_trim(ia_str_sub(declared, 0, ia_str_find(declared, ';')));
}

static void add_manifest(struct draft *draft, const struct ia_jar_facts *facts)
{
    draft->package.license = license(facts->manifest.value[IA_MANIFEST_BUNDLE_LICENSE]);
    draft->package.supplier = manifest_vendor(&facts->manifest);
}

static int find_pom(struct ia_jar_facts *facts, struct ia_env *env, struct ia_found *found,
                    const struct ia_jar_pom *pom, const struct ia_jar_pom *chosen)
{
    struct draft draft;
    bool shaded =
        !chosen || !ia_str_eq(pom->pom.artifact, chosen->pom.artifact) || !ia_str_eq(pom->pom.group, chosen->pom.group);
    begin(&draft);
    draft.group = pom->pom.group;
    draft.artifact = pom->pom.artifact;
    draft.package.version = pom->pom.version;
    draft.package.how = IA_STR("pom-properties");
    if (shaded)
        add_field(&draft, "shaded", IA_STR("yes"));
    else
        add_manifest(&draft, facts);
    if (pom == chosen) {
        if (draft.package.version.n == 0)
            draft.package.version = facts->name.version.n ? facts->name.version : manifest_version(&facts->manifest);
        add_field(&draft, "classifier", facts->name.classifier);
    }
    IA_TRY(place(env, facts, pom->path, &draft.package.inside));
    return finish(&draft, facts, env, found);
}

/* Without a pom.properties of its own. */
static int find_by_name(struct ia_jar_facts *facts, struct ia_env *env, struct ia_found *found, size_t *found_count)
{
    const struct ia_jar_name *name = &facts->name;
    struct ia_str by_manifest = manifest_version(&facts->manifest);
    bool use_manifest = by_manifest.n && (name->version.n == 0 || name->unsure);
    struct draft draft;
    begin(&draft);
    draft.artifact = use_manifest ? name->stem : name->artifact;
    draft.package.version = use_manifest ? by_manifest : name->version;
    draft.package.how = use_manifest ? IA_STR("manifest") : IA_STR("file-name");
    if (is_identifier(facts->manifest.value[IA_MANIFEST_GROUP]))
        draft.group = facts->manifest.value[IA_MANIFEST_GROUP];
    if (name->group.n) {
        IA_TRY(dotted(env, &facts->arena, name->group, &draft.group));
        draft.package.how = IA_STR("maven-repository");
    }
    if (draft.package.version.n == 0 && draft.group.n == 0 && !facts->sure && facts->manifest_path.n == 0)
        return IMGA_OK;
    if (draft.package.version.n == 0)
        add_field(&draft, "unidentified", IA_STR("yes"));
    add_field(&draft, "classifier", use_manifest ? IA_STR("") : name->classifier);
    add_evidence(&draft, &facts->manifest);
    add_manifest(&draft, facts);
    ++*found_count;
    IA_TRY(place(env, facts, use_manifest ? facts->manifest_path : IA_STR(""), &draft.package.inside));
    return finish(&draft, facts, env, found);
}

int ia_jar_identify(struct ia_jar_facts *facts, struct ia_env *env, struct ia_found *found, size_t *found_count)
{
    const struct ia_jar_pom *chosen = main_pom(facts);
    if (chosen)
        IA_TRY(find_pom(facts, env, found, chosen, chosen));
    else
        IA_TRY(find_by_name(facts, env, found, found_count));
    *found_count += chosen != NULL;
    for (size_t i = 0; i < facts->poms.n; i++) {
        const struct ia_jar_pom *pom = ia_vec_at(&facts->poms, i);
        if (pom == chosen || pom->pom.artifact.n == 0)
            continue;
        IA_TRY(find_pom(facts, env, found, pom, chosen));
        ++*found_count;
    }
    return IMGA_OK;
}

int ia_jar_identify_pom(struct ia_jar_facts *facts, struct ia_env *env, struct ia_found *found,
                        const struct ia_jar_pom *pom)
{
    return find_pom(facts, env, found, pom, pom);
}

int ia_jar_identify_damaged(struct ia_jar_facts *facts, struct ia_env *env, struct ia_found *found, struct ia_str path)
{
    size_t count = 0;
    if (facts->name.version.n == 0)
        return IMGA_OK;
    IA_TRY(place(env, facts, path, &facts->inside));
    return find_by_name(facts, env, found, &count);
}
