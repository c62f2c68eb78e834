/* SPDX-License-Identifier: Apache-2.0 */
/* What one archive is: rules of identity in a table, members as text. */
#include "analysed.h"
#include "support.h"
#include "zipped.h"

#include "catalog/java/java.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { MEMBERS = 6 };

#define MANIFEST "META-INF/MANIFEST.MF"
#define POM(group, artifact) "META-INF/maven/" group "/" artifact "/pom.properties"
#define GAV(group, artifact, version) "groupId=" group "\nartifactId=" artifact "\nversion=" version "\n"

static const struct {
    const char *path;
    struct {
        const char *name, *text;
    } members[MEMBERS];
    const char *expected;
} rows[] = {
    {"opt/log4j-core-2.14.1.jar",
     {{MANIFEST, "Manifest-Version: 1.0\nBundle-License: Apache-2.0;link=x\nImplementation-Vendor: ASF\n"},
      {POM("org.apache.logging.log4j", "log4j-core"), GAV("org.apache.logging.log4j", "log4j-core", "2.14.1")}},
     "package maven org.apache.logging.log4j:log4j-core 2.14.1 license=Apache-2.0 supplier=ASF "
     "in=META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties how=pom-properties\n"},
    {"opt/app.jar",
     {{POM("g", "thing"), GAV("g", "thing", "1")}},
     "package maven g:thing 1 in=META-INF/maven/g/thing/pom.properties how=pom-properties\n"},
    /* shaded: what the file's name and the manifest fit is the main package */
    {"opt/app-1.0.jar",
     {{POM("com.google.guava", "guava"), GAV("com.google.guava", "guava", "31")},
      {POM("g", "app"), GAV("g", "app", "1.0")}},
     "package maven g:app 1.0 in=META-INF/maven/g/app/pom.properties how=pom-properties\n"
     "package maven com.google.guava:guava 31 in=META-INF/maven/com.google.guava/guava/pom.properties "
     "how=pom-properties shaded=yes\n"},
    {"opt/uber.jar",
     {{MANIFEST, "Implementation-Title: app\nImplementation-Version: 1.0\n"},
      {POM("com.google.guava", "guava"), GAV("com.google.guava", "guava", "31")},
      {POM("g", "app"), GAV("g", "app", "1.0")}},
     "package maven g:app 1.0 in=META-INF/maven/g/app/pom.properties how=pom-properties\n"
     "package maven com.google.guava:guava 31 in=META-INF/maven/com.google.guava/guava/pom.properties "
     "how=pom-properties shaded=yes\n"},
    {"opt/uber-3.jar",
     {{POM("com.google.guava", "guava"), GAV("com.google.guava", "guava", "31")}},
     "package maven uber 3 how=file-name\n"
     "package maven com.google.guava:guava 31 in=META-INF/maven/com.google.guava/guava/pom.properties "
     "how=pom-properties shaded=yes\n"},
    {"opt/uber.jar",
     {{POM("a", "b"), GAV("a", "b", "1")}, {POM("c", "d"), GAV("c", "d", "2")}},
     "package maven uber - how=file-name unidentified=yes\n"
     "package maven a:b 1 in=META-INF/maven/a/b/pom.properties how=pom-properties shaded=yes\n"
     "package maven c:d 2 in=META-INF/maven/c/d/pom.properties how=pom-properties shaded=yes\n"},
    /* the version is not in pom.properties */
    {"opt/a-2.jar",
     {{POM("g", "a"), ""}},
     "package maven g:a 2 in=META-INF/maven/g/a/pom.properties how=pom-properties\n"},
    {"opt/a.jar",
     {{MANIFEST, "Implementation-Version: 3\n"}, {POM("g", "a"), "version=${v}\n"}},
     "package maven g:a 3 in=META-INF/maven/g/a/pom.properties how=pom-properties\n"},
    /* manifest and name */
    {"opt/commons-io-2.11.0.jar",
     {{MANIFEST, "Implementation-Version: 2.11.0\nBundle-SymbolicName: org.apache.commons.commons-io\n"}},
     "package maven commons-io 2.11.0 how=file-name group-guess=org.apache.commons "
     "symbolic-name=org.apache.commons.commons-io\n"},
    {"opt/guava.jar",
     {{MANIFEST, "Bundle-SymbolicName: com.google.guava; singleton:=true\nBundle-Version: 31.1.0.jre\n"}},
     "package maven guava 31.1.0.jre in=META-INF/MANIFEST.MF how=manifest group-guess=com.google.guava "
     "symbolic-name=com.google.guava\n"},
    {"opt/slf4j-api-1.7.jar",
     {{MANIFEST, "Automatic-Module-Name: org.slf4j.api\nImplementation-Vendor-Id: x\n"}},
     "package maven slf4j-api 1.7 how=file-name group-guess=org.slf4j vendor-id=x module-name=org.slf4j.api\n"},
    {"opt/log4j-1.2-api.jar",
     {{"meta-inf/manifest.mf", "Implementation-Version: 2.19.0\n"}},
     "package maven log4j-1.2-api 2.19.0 in=meta-inf/manifest.mf how=manifest\n"},
    {"opt/log4j-1.2-api.jar", {{"A.class", "x"}}, "package maven log4j 1.2-api how=file-name\n"},
    {"jenkins/plugins/git.hpi",
     {{MANIFEST, "Group-Id: org.jenkins-ci.plugins\nPlugin-Version: 4.0\n"}},
     "package maven org.jenkins-ci.plugins:git 4.0 in=META-INF/MANIFEST.MF how=manifest\n"},
    {".m2/repository/org/x/a/1/a-1.jar",
     {{MANIFEST, "Implementation-Version: 7\n"}},
     "package maven org.x:a 1 how=maven-repository\n"},
    {"opt/x-1.0-sources.jar", {{"A.java", ""}}, "package maven x 1.0 how=file-name classifier=sources\n"},
    {"opt/x.jar",
     {{MANIFEST, "Implementation-Version: not a version\nImplementation-Vendor: %vendor\n"}},
     "package maven x - how=file-name unidentified=yes\n"},
    {"opt/x.jar", {{NULL, NULL}}, "package maven x - how=file-name unidentified=yes\n"},
    /* other kinds of files have these extensions, too */
    {"opt/x.par", {{"META.yml", ""}}, ""},
    {"opt/x.par", {{MANIFEST, ""}}, "package maven x - how=file-name unidentified=yes\n"},
    {"opt/x-1.kar", {{"features.xml", ""}}, "package maven x 1 how=file-name\n"},
    /* remarks */
    {"opt/x-1.jar",
     {{MANIFEST, "no header\nImplementation-Version: 1\n"}},
     "note archive -1\npackage maven x 1 how=file-name\n"},
    {"opt/x-1.jar", {{"../../etc/passwd", ""}}, "note path -1\npackage maven x 1 how=file-name\n"},
    {"opt/app.jar",
     {{POM("g", "a"), GAV("g", "a", "1")}, {POM("g", "a"), GAV("g", "a", "2")}},
     "note duplicate -1\n"
     "package maven g:a 1 in=META-INF/maven/g/a/pom.properties how=pom-properties\n"
     "package maven g:a 2 in=META-INF/maven/g/a/pom.properties how=pom-properties\n"},
    {"opt/a.jar",
     {{POM("g", "a"), GAV("g", "a", "1")}, {POM("g", "a"), GAV("g", "a", "2")}},
     "note duplicate -1\n"
     "package maven g:a 1 in=META-INF/maven/g/a/pom.properties how=pom-properties\n"
     "package maven g:a 2 in=META-INF/maven/g/a/pom.properties how=pom-properties\n"},
};

static void build(size_t row, struct zipped *zip, unsigned method)
{
    for (size_t i = 0; i < MEMBERS && rows[row].members[i].name; i++)
        zipped_file(zip, rows[row].members[i].name, ia_str_from(rows[row].members[i].text), method);
    zipped_end(zip, 0, "");
}

Test(jar, table)
{
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        for (unsigned method = 0; method <= 8; method += 8) {
            struct zipped zip = {.n = 0};
            build(i, &zip, method);
            char *lines = test_analyse(&t, &ia_java_analyser, rows[i].path, zipped_view(&zip));
            cr_expect_str_eq(lines, rows[i].expected, "%zu %s:\n%s\n", i, rows[i].path, lines);
            free(lines);
            cr_expect_eq(t.live, 0U);
            zipped_free(&zip);
        }
    test_env_close(&t);
}

Test(jar, hostile)
{
    static const size_t chosen[] = {0, 2, 10};
    for (size_t i = 0; i < IA_COUNT(chosen); i++) {
        struct zipped zip = {.n = 0};
        build(chosen[i], &zip, 8);
        size_t failed = test_analyse_hostile(&ia_java_analyser, rows[chosen[i]].path, zipped_view(&zip));
        cr_expect_eq(failed, 0U, "%s: step %zu", rows[chosen[i]].path, failed);
        zipped_free(&zip);
    }
}

static int has_line(const char *lines, const char *begin)
{
    for (const char *line = lines; *line; line = strchr(line, '\n') + 1)
        if (strncmp(line, begin, strlen(begin)) == 0)
            return 1;
    return 0;
}

/* A package that is lost, or that has another version, is never silent: every bit of the archive is flipped. */
Test(jar, no_bit_hides_a_package_silently)
{
    struct test_env t;
    struct zipped zip = {.n = 0};
    size_t hidden = 0;
    static const char good[] = "package maven org.apache.logging.log4j:log4j-core 2.14.1 ";
    test_env_open(&t);
    build(0, &zip, 8);
    for (size_t at = 0; at < zip.n * 8; at++) {
        zip.p[at / 8] ^= (char)(1 << at % 8);
        char *lines = test_analyse(&t, &ia_java_analyser, rows[0].path, zipped_view(&zip));
        cr_assert_not_null(lines);
        if (!has_line(lines, good) && !has_line(lines, "note ")) {
            hidden++;
            cr_log_error("byte %zu, bit %zu:\n%s", at / 8, at % 8, lines);
        }
        zip.p[at / 8] ^= (char)(1 << at % 8);
        free(lines);
        test_env_reset(&t);
    }
    cr_expect_eq(hidden, 0U);
    zipped_free(&zip);
    test_env_close(&t);
}

static const struct {
    const char *path, *text;
    size_t size;
    const char *expected;
} others[] = {
    {"a.jar", "", 0, "note archive -1\n"},
    {"a-1.jar", "\177ELF", 50, "note archive -1\n"},
    {"e.jar", "<html>", 6, "note archive -1\n"},
    {"f.jar", "PK\5\6", 21, "note archive -1\n"},
    {"g.war", "PK\3\4", 4, "note archive -1\n"},
    {"g-1.war", "PK\3\4", 4, "note archive -1\npackage maven g 1 how=file-name\n"},
    {"x.rar", "Rar!\x1a\a", 7, ""},
    {"x.kar", "MThd", 4, ""},
    {"x.sar", "PK\3\4", 4, "note archive -1\n"},
};

Test(jar, something_else)
{
    struct test_env t;
    static char bytes[64];
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(others); i++) {
        memset(bytes, 0, sizeof(bytes));
        strcpy(bytes, others[i].text);
        char *lines = test_analyse(&t, &ia_java_analyser, others[i].path, (struct ia_str){bytes, others[i].size});
        cr_expect_str_eq(lines, others[i].expected, "%s: %s", others[i].path, lines);
        free(lines);
    }
    test_env_close(&t);
}
