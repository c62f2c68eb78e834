/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "artifact-version[-classifier].extension" is how Maven and Gradle name archives. The version begins at the last word
 * that begins with a digit, and words with digits or usual qualifiers before it belong to it: "x-1.0-beta-2" is x at
 * 1.0-beta-2, "log4j-1.2-api-2.14.1" is log4j-1.2-api at 2.14.1.
 */
#include "catalog/java/file_name.h"

#include "base/macros.h"

enum { LETTERS_MOST = 2, BUNDLE_DOTS = 2 };

enum ia_jar_extension ia_jar_extension(struct ia_str path)
{
    static const struct {
        const char *name;
        enum ia_jar_extension kind;
    } rows[] = {
        {"jar", IA_JAR_SURE},  {"war", IA_JAR_SURE},  {"ear", IA_JAR_SURE},  {"hpi", IA_JAR_SURE},
        {"jpi", IA_JAR_SURE},  {"aar", IA_JAR_SURE},  {"lpkg", IA_JAR_SURE}, {"far", IA_JAR_MAYBE},
        {"kar", IA_JAR_MAYBE}, {"nar", IA_JAR_MAYBE}, {"par", IA_JAR_MAYBE}, {"rar", IA_JAR_MAYBE},
        {"sar", IA_JAR_MAYBE}, {"zap", IA_JAR_MAYBE},
    };
    size_t slash = ia_str_find_last(path, '/');
    struct ia_str name = slash < path.n ? ia_str_sub(path, slash + 1, path.n) : path;
    struct ia_str extension = ia_str_sub(name, ia_str_find_last(name, '.') + 1, name.n);
    if (ia_str_starts(name, IA_STR("._"))) /* AppleDouble: what macOS puts beside each file */
        return IA_JAR_NO;
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        if (ia_str_eq_case(extension, ia_str_from(rows[i].name)))
            return rows[i].kind;
    return IA_JAR_NO;
}

/* "31.1", "1a", "20040616", "r09", "v2"; not "7zip". */
static bool is_number(struct ia_str word)
{
    size_t at = word.n > 1 && (word.p[0] == 'r' || word.p[0] == 'v') ? 1 : 0, letters = 0;
    if (at == word.n || !ia_is_digit(word.p[at]))
        return false;
    while (at < word.n && ia_is_digit(word.p[at]))
        at++;
    while (at + letters < word.n && ia_is_alpha(word.p[at + letters]))
        letters++;
    return letters <= LETTERS_MOST;
}

/* "RC1", "jre", "SNAPSHOT", "jdk8": belongs to the version that it follows. */
static bool is_qualifier(struct ia_str word)
{
    static const char *const words[] = {
        "a",  "alpha",      "android", "b",       "beta", "build",    "cr",        "dev",     "ea",  "final",
        "ga", "incubating", "java",    "jdk",     "jre",  "m",        "milestone", "p",       "pre", "preview",
        "r",  "rc",         "redhat",  "release", "sec",  "snapshot", "sp",        "tuxcare", "v",
    };
    struct ia_str letters = word;
    while (letters.n && (ia_is_digit(letters.p[letters.n - 1]) || letters.p[letters.n - 1] == '.'))
        letters.n--;
    for (size_t i = 0; i < IA_COUNT(words); i++)
        if (ia_str_eq_case(letters, ia_str_from(words[i])))
            return true;
    return false;
}

/* Cuts the last word off, with its hyphen; false when there is only one left. */
static bool take_last(struct ia_str *words, struct ia_str *out)
{
    size_t hyphen = ia_str_find_last(*words, '-');
    if (hyphen == words->n)
        return false;
    *out = ia_str_sub(*words, hyphen + 1, words->n);
    words->n = hyphen;
    return true;
}

static void take_classifier(struct ia_jar_name *name, struct ia_str *stem)
{
    static const char *const classifiers[] = {
        "sources",
        "javadoc",
        "tests",
        "test-sources",
        "jar-with-dependencies",
        "shaded",
        "all",
        "uber",
        "fat",
        "exec",
        "runner",
        "no_aop",
        "linux-x86_64",
        "linux-aarch_64",
        "linux-aarch64",
        "linux-ppcle_64",
        "linux-s390_64",
        "linux-x86_64-fedora",
        "linux-aarch_64-fedora",
        "osx-x86_64",
        "osx-aarch_64",
        "windows-x86_64",
    };
    for (size_t i = 0; i < IA_COUNT(classifiers); i++) {
        struct ia_str classifier = ia_str_from(classifiers[i]);
        if (stem->n > classifier.n + 1 && ia_str_ends(*stem, classifier) &&
            stem->p[stem->n - classifier.n - 1] == '-') {
            name->classifier = ia_str_sub(*stem, stem->n - classifier.n, classifier.n);
            stem->n -= classifier.n + 1;
            return;
        }
    }
}

/* How much of the text is the artifact; all of it when no version follows. */
static size_t artifact_size(struct ia_str text, bool *unsure)
{
    struct ia_str left = text, word;
    size_t size = text.n;
    bool other = false;
    while (take_last(&left, &word)) {
        bool first = size == text.n; /* "v1" before a version is a part of the name: "pubsub-v1-1.107.7" */
        if (is_number(word) && (first || ia_is_digit(word.p[0]))) {
            size = left.n;
            *unsure = other;
        } else if (!is_qualifier(word)) {
            if (!first)
                break;
            other = true;
        }
    }
    return size;
}

/* "org.eclipse.osgi_3.16.0.v2021": bundles; not "akka-actor_2.13", which is for Scala 2.13. */
static size_t bundle_size(struct ia_str stem)
{
    size_t underscore = ia_str_find(stem, '_'), dots = 0;
    struct ia_str rest = ia_str_sub(stem, underscore + 1, stem.n);
    for (size_t i = 0; i < rest.n; i++)
        dots += rest.p[i] == '.';
    return rest.n && ia_is_digit(rest.p[0]) && dots >= BUNDLE_DOTS ? underscore : stem.n;
}

static void split_stem(struct ia_jar_name *name)
{
    struct ia_str stem = name->stem;
    take_classifier(name, &stem);
    size_t size = artifact_size(stem, &name->unsure);
    if (size == stem.n)
        size = bundle_size(stem);
    name->artifact = ia_str_sub(stem, 0, size);
    name->version = ia_str_sub(stem, size + 1, stem.n);
    if (name->version.n == 0 || name->artifact.n == 0) {
        name->artifact = name->stem;
        name->version = IA_STR("");
        name->classifier = IA_STR("");
    }
}

static struct ia_str take_component(struct ia_str *path)
{
    size_t slash = ia_str_find_last(*path, '/');
    struct ia_str last = slash < path->n ? ia_str_sub(*path, slash + 1, path->n) : *path;
    *path = ia_str_sub(*path, 0, slash < path->n ? slash : 0);
    return last;
}

static bool is_repository(struct ia_str component)
{
    static const char *const names[] = {"repository", "maven-repo", "maven2", "m2", "repo"};
    for (size_t i = 0; i < IA_COUNT(names); i++)
        if (ia_str_is(component, names[i]))
            return true;
    return false;
}

/* What follows the last directory that is the root of a repository. */
static struct ia_str below_repository(struct ia_str directory)
{
    struct ia_str left = directory;
    while (left.n) {
        struct ia_str rest = left, component = take_component(&left);
        if (is_repository(component))
            return ia_str_sub(directory, rest.n + 1, directory.n);
    }
    return IA_STR("");
}

/* The stem begins with "artifact-version": then no guess is needed. */
static bool agrees(struct ia_str stem, struct ia_str artifact, struct ia_str version)
{
    return artifact.n && version.n && ia_str_starts(stem, artifact) && stem.n > artifact.n &&
           stem.p[artifact.n] == '-' && ia_str_starts(ia_str_sub(stem, artifact.n + 1, stem.n), version);
}

/* REPOSITORY/GROUP/ARTIFACT/VERSION/FILE with a path as group, or files-2.1/GROUP/ARTIFACT/VERSION/HASH/FILE. */
static void take_place(struct ia_jar_name *name, struct ia_str directory)
{
    struct ia_str version = take_component(&directory), artifact = take_component(&directory);
    struct ia_str group = below_repository(directory);
    if (!agrees(name->stem, artifact, version)) {
        version = artifact;
        artifact = take_component(&directory);
        group = take_component(&directory);
        if (!ia_str_is(take_component(&directory), "files-2.1") || !agrees(name->stem, artifact, version))
            return;
    }
    if (group.n == 0)
        return;
    name->group = group;
    name->artifact = artifact;
    name->version = version;
    name->unsure = false;
}

struct ia_jar_name ia_jar_name(struct ia_str path)
{
    struct ia_jar_name name = {.unsure = false};
    struct ia_str directory = path, file = take_component(&directory);
    name.stem = ia_str_sub(file, 0, ia_str_find_last(file, '.'));
    if (name.stem.n == 0)
        name.stem = file;
    split_stem(&name);
    take_place(&name, directory);
    return name;
}
