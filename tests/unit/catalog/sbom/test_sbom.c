/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX and SPDX documents in an image. */
#include "../lang/cases.h"
#include "catalog/sbom/sbom.h"

#include <criterion/criterion.h>

#define CDX "opt/app/bom.cdx.json"
#define SPDX "var/lib/db/sbom/wolfi-baselayout-20230201-r11.spdx.json"
#define TAGS "opt/app/app.spdx"

static const struct file_case rows[] = {
    {"CycloneDX", CDX,
     TEXT(
         "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"serialNumber\":\"urn:uuid:0\",\"version\":1,"
         "\"metadata\":{\"component\":{\"type\":\"application\",\"name\":\"app\"}},\"components\":[{\"type\":"
         "\"library\","
         "\"bom-ref\":\"a\",\"group\":\"org.slf4j\",\"name\":\"slf4j-api\",\"version\":\"2.0.7\",\"licenses\":[{"
         "\"license\":"
         "{\"id\":\"MIT\"}}],\"purl\":\"pkg:maven/org.slf4j/"
         "slf4j-api@2.0.7?type=jar\",\"supplier\":{\"name\":\"QOS\"}},"
         "{\"type\":\"framework\",\"name\":\"spring\",\"version\":\"6\",\"cpe\":\"cpe:2.3:a:x:spring:6:*:*:*:*:*:*:*\","
         "\"components\":[{\"type\":\"library\",\"name\":\"@a/b\",\"version\":\"1\",\"purl\":\"pkg:npm/%40a/b@1\"}]},"
         "{\"type\":\"operating-system\",\"name\":\"alpine\",\"version\":\"3.18\"},{\"type\":\"file\",\"name\":\"x\"}]"
         "}"),
     "package maven org.slf4j:slf4j-api 2.0.7 license=MIT supplier=QOS how=cyclonedx sbom=1 "
     "purl=pkg:maven/org.slf4j/slf4j-api@2.0.7?type=jar\n"
     "package npm @a/b 1 how=cyclonedx sbom=1 purl=pkg:npm/%40a/b@1\n"
     "package generic spring 6 how=cyclonedx sbom=1 cpe=cpe:2.3:a:x:spring:6:*:*:*:*:*:*:*\n"},
    {"packages of a system", CDX,
     TEXT(
         "{\"bomFormat\":\"CycloneDX\",\"components\":[{\"type\":\"library\",\"name\":\"bash\",\"version\":\"1:5.1-2\","
         "\"purl\":\"pkg:rpm/redhat/"
         "bash@5.1-2?arch=x86_64&epoch=1\"},{\"type\":\"library\",\"name\":\"libc6\",\"purl\":"
         "\"pkg:deb/debian/libc6@2.36-9?arch=amd64\"}]}"),
     "package rpm bash 1:5.1-2 arch=x86_64 how=cyclonedx sbom=1 "
     "purl=pkg:rpm/redhat/bash@5.1-2?arch=x86_64&epoch=1\n"
     "package deb libc6 2.36-9 arch=amd64 how=cyclonedx sbom=1 purl=pkg:deb/debian/libc6@2.36-9?arch=amd64\n"},
    {"a purl that is none", CDX,
     TEXT("{\"bomFormat\":\"CycloneDX\",\"components\":[{\"group\":\"g\",\"name\":\"n\",\"version\":\"1\",\"purl\":"
          "\"x\"}]"
          "}"),
     "package generic g/n 1 how=cyclonedx sbom=1 purl=x\n"},
    {"components without a name", CDX,
     TEXT(
         "{\"bomFormat\":\"CycloneDX\",\"components\":[null,{\"type\":\"library\"},{\"name\":null},{\"name\":\"a\"}]}"),
     "note db-partial 44\nnote db-partial 63\npackage generic a - how=cyclonedx sbom=1\n"},
    {"SPDX", SPDX,
     TEXT("{\"SPDXID\":\"SPDXRef-DOCUMENT\",\"spdxVersion\":\"SPDX-2.3\",\"name\":\"apk\",\"packages\":[{\"SPDXID\":"
          "\"a\","
          "\"name\":\"wolfi-baselayout\",\"versionInfo\":\"20230201-r11\",\"licenseConcluded\":\"NOASSERTION\","
          "\"licenseDeclared\":\"MIT\",\"supplier\":\"Organization: Wolfi\",\"externalRefs\":[{\"referenceCategory\":"
          "\"SECURITY\",\"referenceLocator\":\"cpe:2.3:a:w:b:1:*:*:*:*:*:*:*\",\"referenceType\":\"cpe23Type\"},"
          "{\"referenceCategory\":\"PACKAGE_MANAGER\",\"referenceLocator\":\"pkg:apk/wolfi/"
          "wolfi-baselayout@20230201-r11?"
          "arch=x86_64\",\"referenceType\":\"purl\"}]},{\"name\":\"image\",\"primaryPackagePurpose\":\"CONTAINER\"},"
          "{\"name\":\"plain\",\"versionInfo\":\"NOASSERTION\",\"licenseDeclared\":\"NONE\",\"licenseConcluded\":"
          "\"ISC\","
          "\"supplier\":\"NOASSERTION\",\"originator\":\"Person: J\"}]}"),
     "package apk wolfi-baselayout 20230201-r11 arch=x86_64 license=MIT supplier=Wolfi how=spdx sbom=1 "
     "purl=pkg:apk/wolfi/wolfi-baselayout@20230201-r11?arch=x86_64 cpe=cpe:2.3:a:w:b:1:*:*:*:*:*:*:*\n"
     "package generic plain - license=ISC supplier=J how=spdx sbom=1\n"},
    {"SPDX of Bitnami", "opt/bitnami/redis/.spdx-redis.spdx",
     TEXT(
         "{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[{\"name\":\"redis\",\"versionInfo\":\"7.0.8\",\"externalRefs\":[{"
         "\"referenceLocator\":\"pkg:bitnami/redis@7.0.8-0?arch=amd64&distro=debian-11\"}]}]}"),
     "package bitnami redis 7.0.8-0 arch=amd64 how=spdx sbom=1 "
     "purl=pkg:bitnami/redis@7.0.8-0?arch=amd64&distro=debian-11\n"},
    {"SPDX 3", SPDX,
     TEXT("{\"@context\":\"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\",\"@graph\":[{\"type\":\"software_Package\","
          "\"name\":\"zlib\",\"software_packageVersion\":\"1.3\",\"software_packageUrl\":\"pkg:generic/zlib@1.3\"},"
          "{\"type\":\"software_File\",\"name\":\"x\"},{\"type\":\"software_Package\",\"name\":\"os\","
          "\"software_primaryPurpose\":\"operatingSystem\"}]}"),
     "package generic zlib 1.3 how=spdx sbom=1 purl=pkg:generic/zlib@1.3\n"},
    {"SPDX with null", SPDX,
     TEXT("{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[null,{\"name\":null}],\"files\":[null]}"),
     "note db-partial 43\n"},
    {"tags", TAGS,
     TEXT("SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n\nPackageName: curl\nSPDXID: SPDXRef-1\nPackageVersion: 8.7.1\n"
          "PackageSupplier: Organization: curl (x@y)\nPackageLicenseDeclared: curl\nPackageDescription: <text>a\n"
          "PackageName: no\n</text>\nExternalRef: PACKAGE-MANAGER purl pkg:generic/curl@8.7.1\n\nPackageName: os\n"
          "PrimaryPackagePurpose: OPERATING-SYSTEM\n\nPackageName: zlib\nPackageVersion: 1.3\n"),
     "package generic curl 8.7.1 license=curl supplier=curl%20(x@y) how=spdx sbom=1 purl=pkg:generic/curl@8.7.1\n"
     "package generic zlib 1.3 how=spdx sbom=1\n"},
    {"tags without a package", TAGS, TEXT("SPDXVersion: SPDX-2.3\n"), "note db-partial 0\n"},
    {"XML", "opt/bom.cdx", TEXT("<?xml version=\"1.0\"?><bom/>"), "note skipped 0\n"},
    {"something else", CDX, TEXT("{\"a\":1}"), "note db-partial 0\n"},
    {"empty", SPDX, TEXT(""), "note db-partial 0\n"},
};

/* Such names are used for other things, too. */
static const struct file_case others[] = {
    {"an SBOM of a plain name", "usr/share/app/bom.json",
     TEXT("{\"bomFormat\":\"CycloneDX\",\"components\":[{\"name\":\"a\",\"version\":\"1\"}]}"),
     "package generic a 1 how=cyclonedx sbom=1\n"},
    {"PEP 770", "usr/lib/python3/site-packages/a-1.dist-info/sboms/auditwheel.json",
     TEXT("{\"bomFormat\":\"CycloneDX\",\"components\":[{\"name\":\"z\",\"purl\":\"pkg:deb/debian/z@1\"}]}"),
     "package deb z 1 how=cyclonedx sbom=1 purl=pkg:deb/debian/z@1\n"},
    {"a bill of other materials", "srv/bom.json", TEXT("{\"bolts\":4}"), ""},
    {"no document", "srv/bom.json", TEXT("bolts"), ""},
};

Test(sbom, files)
{
    check_files(&ia_sbom_analyser, rows, IA_COUNT(rows));
    check_files(&ia_sbom_analyser, others, IA_COUNT(others));
}

Test(sbom, hostile)
{
    check_hostile(&ia_sbom_analyser, rows, IA_COUNT(rows));
    check_allocations(&ia_sbom_analyser, others, IA_COUNT(others));
}

Test(sbom, places)
{
    static const struct place_case places[] = {
        {CDX, 1}, {SPDX, 1}, {TAGS, 1}, {"a.bom.json", 1}, {"a.sbom.json", 1}, {"a.json", 0}, {"spdx/a.json", 0},
    };
    check_places(&ia_sbom_analyser, places, IA_COUNT(places));
}
