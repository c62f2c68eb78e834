/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests, pom.properties that lie about, and the release file of a runtime. */
#include "analysed.h"
#include "support.h"

#include "catalog/java/java.h"
#include "catalog/java/manifest.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define TEN(text) text text text text text text text text text text
#define LONG_EXPORT "Export-Package: " TEN(TEN(TEN("a.b.c,"))) "\n"

static const struct {
    const char *name, *text, *version, *title;
    bool odd;
} manifests[] = {
    {"plain", "Manifest-Version: 1.0\nImplementation-Version: 1.2\nImplementation-Title: x\n\n", "1.2", "x", false},
    {"CR LF", "Manifest-Version: 1.0\r\nImplementation-Version: 1.2\r\n\r\nImplementation-Title: x\r\n", "1.2", "",
     false},
    {"CR", "Implementation-Version: 1.2\rImplementation-Title: x\r\rImplementation-Title: y\r", "1.2", "x", false},
    {"continued", "Implementation-Version: 1.\r\n 2.\r\n 3\r\nImplementation-Title:  x y \n  z\n", "1.2.3", "x y  z",
     false},
    {"other case", "IMPLEMENTATION-version: 1\n", "1", "", false},
    {"the last holds", "Implementation-Version: 1\nImplementation-Version: 2\n", "2", "", false},
    {"no newline at the end", "Implementation-Version: 1", "1", "", false},
    {"section", "A: b\n\nName: x\nImplementation-Version: 1\n", "", "", false},
    {"no blank after the colon", "Implementation-Version:1\n", "1", "", true},
    {"no colon", "Implementation-Version\nImplementation-Title: x\n", "", "x", true},
    {"begins with a blank", " x\nImplementation-Title: x\n", "", "x", true},
    {"empty", "", "", "", false},
    {"a long value of another name", LONG_EXPORT "Implementation-Title: x\n", "", "x", false},
    {"empty value", "Implementation-Version: \nImplementation-Title: x\n", "", "x", false},
};

Test(metadata, manifests)
{
    struct test_env t;
    struct ia_arena arena;
    test_env_open(&t);
    ia_arena_init(&arena, &t.env.alloc);
    for (size_t i = 0; i < IA_COUNT(manifests); i++) {
        struct ia_manifest m;
        cr_assert_eq(ia_manifest_read(&t.env, ia_str_from(manifests[i].text), &arena, &m), 0);
        cr_expect(ia_str_is(m.value[IA_MANIFEST_VERSION], manifests[i].version), "%s: \"%.*s\"", manifests[i].name,
                  (int)m.value[IA_MANIFEST_VERSION].n, m.value[IA_MANIFEST_VERSION].p);
        cr_expect(ia_str_is(m.value[IA_MANIFEST_TITLE], manifests[i].title), "%s: \"%.*s\"", manifests[i].name,
                  (int)m.value[IA_MANIFEST_TITLE].n, m.value[IA_MANIFEST_TITLE].p);
        cr_expect_eq(m.odd, manifests[i].odd, "%s", manifests[i].name);
    }
    ia_arena_free(&arena);
    cr_assert_eq(t.live, 0U);
    test_env_close(&t);
}

Test(metadata, value_at_the_limit_and_beyond)
{
    struct test_env t;
    struct ia_arena arena;
    static char text[2 * IA_JAVA_VALUE_BYTES];
    test_env_open(&t);
    ia_arena_init(&arena, &t.env.alloc);
    for (size_t n = IA_JAVA_VALUE_BYTES; n <= IA_JAVA_VALUE_BYTES + 100; n += 100) {
        struct ia_manifest m;
        size_t head = strlen(strcpy(text, "Implementation-Version: "));
        memset(text + head, '1', n);
        strcpy(text + head + n, "\nImplementation-Title: x\n");
        cr_assert_eq(ia_manifest_read(&t.env, ia_str_from(text), &arena, &m), 0);
        cr_expect_eq(m.value[IA_MANIFEST_VERSION].n, n == IA_JAVA_VALUE_BYTES ? n : 0);
        cr_expect_eq(m.odd, n != IA_JAVA_VALUE_BYTES);
        cr_expect(ia_str_is(m.value[IA_MANIFEST_TITLE], "x"));
    }
    ia_arena_free(&arena);
    test_env_close(&t);
}

static const struct {
    const struct ia_analyser *analyser;
    const char *path, *text, *expected;
} files[] = {
    {&ia_java_analyser, "app/META-INF/maven/g.h/a-b/pom.properties",
     "#Generated\n#Thu Jan 1\r\nversion=1.0\r\ngroupId=g.h\r\nartifactId=a-b\r\n",
     "package maven g.h:a-b 1.0 how=pom-properties\n"},
    {&ia_java_analyser, "META-INF/maven/g/a/pom.properties", "groupId = x\n! version=3\nartifactId:y\nversion=2\n",
     "package maven x:y 2 how=pom-properties\n"},
    {&ia_java_analyser, "META-INF/maven/g/a/pom.properties", "", "package maven g:a - how=pom-properties\n"},
    {&ia_java_analyser, "META-INF/maven/g/a/pom.properties", "version=${project.version}\n",
     "package maven g:a - how=pom-properties\n"},
    {&ia_java_analyser, "META-INF/maven/g/a/pom.properties", "version=1\\u0030\nartifactId=b c\n",
     "note archive -1\npackage maven g:a - how=pom-properties\n"},
    {&ia_java_analyser, "META-INF/maven/g\nh/a/pom.properties", "version=1\n", "note archive -1\n"},
    {&ia_jdk_analyser, "opt/jdk/release",
     "IMPLEMENTOR=\"Eclipse "
     "Adoptium\"\nJAVA_RUNTIME_VERSION=\"17.0.9+9\"\nJAVA_VERSION=\"17.0.9\"\nOS_ARCH=\"aarch64\"\n"
     "IMAGE_TYPE=\"JRE\"\nJAVA_VERSION=\"1\"\n",
     "package generic openjdk 17.0.9 arch=arm64 supplier=Eclipse%20Adoptium how=jdk-release runtime-version=17.0.9+9 "
     "image-type=JRE\n"},
    {&ia_jdk_analyser, "opt/jdk/release", "JAVA_VERSION=\"1.8.0_202\"\r\nBUILD_TYPE=\"commercial\"\r\n",
     "package generic oracle-jdk 1.8.0_202 how=jdk-release build-type=commercial\n"},
    {&ia_jdk_analyser, "opt/release", "VERSION=1\nJAVA_VERSIONS=\"1\"\nJAVA_VERSION\n", ""},
    {&ia_jdk_analyser, "opt/release", "JAVA_VERSION=\"\n", "package generic openjdk \" how=jdk-release\n"},
    {&ia_jdk_analyser, "opt/release", "", ""},
};

Test(metadata, files)
{
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(files); i++) {
        char *lines = test_analyse(&t, files[i].analyser, files[i].path, ia_str_from(files[i].text));
        cr_expect_str_eq(lines, files[i].expected, "%s %s: %s", files[i].path, files[i].text, lines);
        free(lines);
        cr_expect_eq(t.live, 0U);
    }
    test_env_close(&t);
}

Test(metadata, hostile)
{
    size_t failed = test_analyse_hostile(&ia_java_analyser, files[0].path, ia_str_from(files[0].text));
    cr_expect_eq(failed, 0U, "step %zu", failed);
}
