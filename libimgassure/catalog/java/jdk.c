/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file "release" in the home of a JDK or JRE (JEP 223, JEP 282): NAME="value" lines. Files of this name that have
 * no JAVA_VERSION are something else.
 */
#include "catalog/java/java.h"

#include "base/macros.h"

enum { FIELDS = 6 };

static const char *const names[] = {"release", NULL};

static struct ia_str unquoted(struct ia_str value)
{
    value = ia_str_trim(value);
    bool quoted = value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"';
    return quoted ? ia_str_sub(value, 1, value.n - 2) : value;
}

/* Of equal names the first; empty when there is none. */
static struct ia_str value_of(struct ia_str content, const char *name)
{
    struct ia_str line;
    while (ia_str_next(&content, '\n', &line)) {
        size_t end = ia_str_find(line, '=');
        struct ia_str value = unquoted(ia_str_sub(line, end + 1, line.n));
        if (end < line.n && ia_str_is(ia_str_trim(ia_str_sub(line, 0, end)), name) && value.n <= IA_JAVA_VALUE_BYTES)
            return value;
    }
    return IA_STR("");
}

/* As OCI writes it. */
static struct ia_str architecture(struct ia_str name)
{
    static const char *const rows[][2] = {
        {"x86_64", "amd64"}, {"amd64", "amd64"},     {"aarch64", "arm64"}, {"i586", "386"},        {"i686", "386"},
        {"x86", "386"},      {"ppc64le", "ppc64le"}, {"s390x", "s390x"},   {"riscv64", "riscv64"}, {"arm", "arm"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        if (ia_str_is(name, rows[i][0]))
            return ia_str_from(rows[i][1]);
    return name;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const char *const facts[][2] = {
        {"runtime-version", "JAVA_RUNTIME_VERSION"},
        {"implementor-version", "IMPLEMENTOR_VERSION"},
        {"image-type", "IMAGE_TYPE"},
        {"jvm", "JVM_VARIANT"},
        {"build-type", "BUILD_TYPE"},
        {"graalvm-version", "GRAALVM_VERSION"},
    };
    struct ia_field fields[FIELDS];
    struct ia_found_package package = {.type = IA_STR("generic"), .how = IA_STR("jdk-release"), .fields = fields};
    package.version = value_of(file->content, "JAVA_VERSION");
    if (package.version.n == 0)
        return IMGA_OK;
    /* Oracle's own build is another product than the OpenJDK that it is made from. */
    bool oracle = ia_str_is(value_of(file->content, "BUILD_TYPE"), "commercial");
    package.name = oracle ? IA_STR("oracle-jdk") : IA_STR("openjdk");
    package.supplier = value_of(file->content, "IMPLEMENTOR");
    package.architecture = architecture(value_of(file->content, "OS_ARCH"));
    package.license = package.inside = IA_STR("");
    for (size_t i = 0; i < IA_COUNT(facts); i++) {
        struct ia_str value = value_of(file->content, facts[i][1]);
        if (value.n)
            fields[package.field_count++] = (struct ia_field){ia_str_from(facts[i][0]), value};
    }
    return ia_found_package(found, env, &package);
}

const struct ia_analyser ia_jdk_analyser = {
    .name = "jdk",
    .version = 1,
    .names = names,
    .analyse = analyse,
};
