/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the purl types, from the type definitions of package-url/purl-spec (2026-08). A type that is not listed
 * has none. One deviation: golang's namespace may be absent, because module paths without a slash exist ("stdlib",
 * "example"); the definition requires one.
 */
#include "model/purl_rules.h"

enum presence { MAY, MUST, NEVER };

static const struct type_rules {
    const char *type;
    const char *qualifier; /* required; NULL: none */
    struct ia_purl_spellings spell;
    enum presence namespace;
} types[] = {
    {"alpm", NULL, {IA_PURL_LOWER, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, MUST},
    {"apk", NULL, {IA_PURL_LOWER, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, MUST},
    {"bazel", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"bitbucket", NULL, {IA_PURL_LOWER, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, MUST},
    {"bitnami", NULL, {IA_PURL_AS_IS, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"brew", NULL, {IA_PURL_LOWER, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, MAY},
    {"cargo", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"chrome-extension", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"cocoapods", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"composer", NULL, {IA_PURL_LOWER, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, MUST},
    {"conda", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"cpan", NULL, {IA_PURL_UPPER, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, MAY},
    {"cran", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"deb", NULL, {IA_PURL_LOWER, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, MUST},
    {"gem", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 1}, NEVER},
    {"git", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 1, 0}, MUST},
    {"github", NULL, {IA_PURL_LOWER, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, MUST},
    {"golang", NULL, {IA_PURL_LOWER, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, MAY},
    {"hackage", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"hex", NULL, {IA_PURL_LOWER, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, MAY},
    {"huggingface", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_LOWER, 0, 0}, MUST},
    {"julia", "uuid", {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"luarocks", NULL, {IA_PURL_LOWER, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, MAY},
    {"maven", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, MUST},
    {"mlflow", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"npm", NULL, {IA_PURL_LOWER, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, MAY},
    {"nuget", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"oci", NULL, {IA_PURL_AS_IS, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"opam", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"otp", NULL, {IA_PURL_AS_IS, IA_PURL_LOWER, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"pub", NULL, {IA_PURL_AS_IS, IA_PURL_UNDERSCORES, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"pypi", NULL, {IA_PURL_AS_IS, IA_PURL_DASHES, IA_PURL_LOWER, 0, 0}, NEVER},
    {"qpkg", NULL, {IA_PURL_LOWER, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, MUST},
    {"rpm", NULL, {IA_PURL_LOWER, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 1}, MUST},
    {"swid", "tag_id", {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, MAY},
    {"swift", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, MUST},
    {"vcpkg", NULL, {IA_PURL_AS_IS, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, NEVER},
    {"vscode-extension", NULL, {IA_PURL_LOWER, IA_PURL_LOWER, IA_PURL_LOWER, 0, 0}, MUST},
    {"yocto", NULL, {IA_PURL_LOWER, IA_PURL_AS_IS, IA_PURL_AS_IS, 0, 0}, MAY},
};

static const struct type_rules *rules_of(struct ia_str type)
{
    for (size_t i = 0; i < IA_COUNT(types); i++)
        if (ia_str_eq_case(type, ia_str_from(types[i].type)))
            return &types[i];
    return NULL;
}

static bool contains(struct ia_str text, struct ia_str part)
{
    for (size_t i = 0; i + part.n <= text.n; i++)
        if (ia_str_eq(ia_str_sub(text, i, part.n), part))
            return true;
    return false;
}

/* Hosts whose owners and repositories have no case. */
static bool host_without_case(struct ia_str host)
{
    return ia_str_eq_case(host, IA_STR("github")) || ia_str_eq_case(host, IA_STR("github.com")) ||
           ia_str_eq_case(host, IA_STR("bitbucket.org"));
}

struct ia_purl_spellings ia_purl_spellings(struct ia_str type, struct ia_str namespace, struct ia_str repository_url)
{
    const struct type_rules *rules = rules_of(type);
    struct ia_purl_spellings spell = {.namespace = IA_PURL_AS_IS};
    if (rules)
        spell = rules->spell;
    if (spell.path_name && host_without_case(namespace))
        spell.namespace = spell.name = IA_PURL_LOWER;
    if (ia_str_eq_case(type, IA_STR("mlflow")) && contains(repository_url, IA_STR("databricks")))
        spell.name = IA_PURL_LOWER;
    return spell;
}

bool ia_purl_spell(struct ia_purl_letters *letters, char *c)
{
    bool joint = *c == '-' || *c == '_' || *c == '.';
    if (letters->spelling == IA_PURL_AS_IS)
        return true;
    if (letters->spelling == IA_PURL_UPPER) {
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
        return true;
    }
    *c = ia_lower(*c);
    if (letters->spelling == IA_PURL_UNDERSCORES && *c == '-')
        *c = '_';
    if (letters->spelling != IA_PURL_DASHES)
        return true;
    bool repeated = joint && letters->in_run;
    letters->in_run = joint;
    if (joint)
        *c = '-';
    return !repeated;
}

/* Chrome's extension ids are 32 letters from a to p, its versions one to four numbers. */
static const char *chrome_fault(const struct ia_purl *purl)
{
    struct ia_str rest = purl->version, part;
    unsigned parts = 0;
    if (purl->name.n != 32)
        return "the name of a Chrome extension has 32 letters";
    for (size_t i = 0; i < purl->name.n; i++)
        if (purl->name.p[i] < 'a' || purl->name.p[i] > 'p')
            return "the name of a Chrome extension has letters from a to p only";
    while (ia_str_next(&rest, '.', &part)) {
        uint64_t number;
        if (!ia_str_u64(part, &number))
            parts = 4;
        parts++;
    }
    bool odd = parts > 4 || ia_str_ends(purl->version, IA_STR("."));
    return odd ? "the version of a Chrome extension is one to four numbers" : NULL;
}

const char *ia_purl_demand(const struct ia_purl *purl)
{
    const struct type_rules *rules = rules_of(purl->type);
    if (!rules)
        return NULL;
    bool namespace = ia_purl_has_segments(purl->namespace, true);
    if (rules->namespace == MUST && !namespace)
        return "the type requires a namespace";
    if (rules->namespace == NEVER && namespace)
        return "the type prohibits a namespace";
    if (rules->qualifier && ia_purl_qualifier(purl, rules->qualifier).n == 0)
        return "a qualifier that the type requires is missing";
    if (ia_str_is(ia_str_from(rules->type), "cpan") && contains(purl->name, IA_STR("::")))
        return "a CPAN name is that of a distribution, not of a module";
    if (ia_str_is(ia_str_from(rules->type), "chrome-extension"))
        return chrome_fault(purl);
    return NULL;
}
