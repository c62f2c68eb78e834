/* SPDX-License-Identifier: Apache-2.0 */
/* What names and places of archives say. */
#include "support.h"

#include "catalog/java/file_name.h"
#include "catalog/java/java.h"

#include "analysed.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *path, *artifact, *version, *classifier, *group;
    bool unsure;
} rows[] = {
    {"lib/guava-31.1-jre.jar", "guava", "31.1-jre", "", "", false},
    {"log4j-1.2-api-2.14.1.jar", "log4j-1.2-api", "2.14.1", "", "", false},
    {"log4j-1.2-api.jar", "log4j", "1.2-api", "", "", true},
    {"log4j-core.jar", "log4j-core", "", "", "", false},
    {"a/b/x-1.0-beta-2.jar", "x", "1.0-beta-2", "", "", false},
    {"x-2.0-RC1.jar", "x", "2.0-RC1", "", "", false},
    {"x-1.0-20200101.123456-1.jar", "x", "1.0-20200101.123456-1", "", "", false},
    {"x-1.0-SNAPSHOT.war", "x", "1.0-SNAPSHOT", "", "", false},
    {"akka-actor_2.13-2.6.20.jar", "akka-actor_2.13", "2.6.20", "", "", false},
    {"akka-actor_2.13.jar", "akka-actor_2.13", "", "", "", false},
    {"org.eclipse.osgi_3.16.0.v20200828-0759.jar", "org.eclipse.osgi_3.16.0.v20200828", "0759", "", "", false},
    {"org.eclipse.osgi_3.16.0.v20200828.jar", "org.eclipse.osgi", "3.16.0.v20200828", "", "", false},
    {"bcprov-jdk18on-1.72.jar", "bcprov-jdk18on", "1.72", "", "", false},
    {"kotlin-stdlib-jdk8-1.9.0.jar", "kotlin-stdlib-jdk8", "1.9.0", "", "", false},
    {"grpc-google-cloud-pubsub-v1-1.107.7.jar", "grpc-google-cloud-pubsub-v1", "1.107.7", "", "", false},
    {"guava-r09.jar", "guava", "r09", "", "", false},
    {"a-7zip-1.0.jar", "a-7zip", "1.0", "", "", false},
    {"netty-4.1.100.Final-linux-x86_64.jar", "netty", "4.1.100.Final", "linux-x86_64", "", false},
    {"x-1.0-sources.jar", "x", "1.0", "sources", "", false},
    {"x-sources.jar", "x-sources", "", "", "", false},
    {"h2-2.1.214.jar", "h2", "2.1.214", "", "", false},
    {"3rd-party.jar", "3rd-party", "", "", "", false},
    {"1.0.jar", "1.0", "", "", "", false},
    {"-1.jar", "-1", "", "", "", false},
    {".jar", ".jar", "", "", "", false},
    {"x-.jar", "x-", "", "", "", false},
    {"x--1.jar", "x-", "1", "", "", false},
    {"-.jar", "-", "", "", "", false},
    {"r/.m2/repository/org/apache/commons/commons-lang3/3.12.0/commons-lang3-3.12.0.jar", "commons-lang3", "3.12.0", "",
     "org/apache/commons", false},
    {"usr/share/maven-repo/asm/asm/debian/asm-debian.jar", "asm", "debian", "", "asm", false},
    {"repository/junit/3.8/junit-3.8.jar", "junit", "3.8", "", "", false},
    {"m2/g/log4j-1.2-api/5/log4j-1.2-api-5-all.jar", "log4j-1.2-api", "5", "all", "g", false},
    {"m2/g/a/1/b-1.jar", "b", "1", "", "", false},
    {"c/files-2.1/org.x.y/a-b/1.0/0123abcd/a-b-1.0.jar", "a-b", "1.0", "", "org.x.y", false},
    {"c/files-2.1/org.x.y/a-b/1.0/0123abcd/a-c-1.0.jar", "a-c", "1.0", "", "", false},
};

static void same(const char *path, const char *what, struct ia_str is, const char *expected)
{
    cr_expect(ia_str_is(is, expected), "%s: %s is \"%.*s\", not \"%s\"", path, what, (int)is.n, is.p, expected);
}

Test(file_name, names)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_jar_name name = ia_jar_name(ia_str_from(rows[i].path));
        same(rows[i].path, "artifact", name.artifact, rows[i].artifact);
        same(rows[i].path, "version", name.version, rows[i].version);
        same(rows[i].path, "classifier", name.classifier, rows[i].classifier);
        same(rows[i].path, "group", name.group, rows[i].group);
        cr_expect_eq(name.unsure, rows[i].unsure, "%s", rows[i].path);
    }
}

Test(file_name, nothing)
{
    struct ia_jar_name name = ia_jar_name(IA_STR(""));
    same("", "artifact", name.artifact, "");
    same("", "version", name.version, "");
}

static const struct {
    const char *path;
    bool wanted;
    enum ia_jar_extension kind;
} paths[] = {
    {"a.jar", true, IA_JAR_SURE},
    {"x/A.WAR", true, IA_JAR_SURE},
    {"x/a.Jar", false, IA_JAR_SURE}, /* the table of the analyser has usual forms only */
    {"plugins/git.hpi", true, IA_JAR_SURE},
    {"a.rar", true, IA_JAR_MAYBE},
    {"a.zip", false, IA_JAR_NO},
    {"jar", false, IA_JAR_NO},
    {"a.jar/b", false, IA_JAR_NO},
    {"a.jar/", false, IA_JAR_NO},
    {"__MACOSX/._a.jar", false, IA_JAR_NO},
    {"app/META-INF/maven/g/a/pom.properties", true, IA_JAR_NO},
    {"META-INF/maven/g/a/pom.properties", true, IA_JAR_NO},
    {"META-INF/maven/a/pom.properties", false, IA_JAR_NO},
    {"target/maven-archiver/pom.properties", false, IA_JAR_NO},
    {"pom.properties", false, IA_JAR_NO},
};

Test(file_name, wanted_paths)
{
    for (size_t i = 0; i < IA_COUNT(paths); i++) {
        cr_expect_eq(ia_jar_extension(ia_str_from(paths[i].path)), paths[i].kind, "%s", paths[i].path);
        cr_expect_eq(test_wants(&ia_java_analyser, paths[i].path), paths[i].wanted, "%s", paths[i].path);
    }
    cr_expect(test_wants(&ia_jdk_analyser, "usr/lib/jvm/java-17/release"));
    cr_expect(!test_wants(&ia_jdk_analyser, "usr/lib/jvm/java-17/release.txt"));
}
