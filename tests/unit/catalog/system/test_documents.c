/* SPDX-License-Identifier: Apache-2.0 */
/* Inventories that are one document: COS, Bottlerocket, Bitnami, Red Hat's content manifests. */
#include "../lang/cases.h"
#include "catalog/system/system.h"

#include <criterion/criterion.h>

#define COS "etc/cos-package-info.json"
#define BOTTLEROCKET "x86_64-bottlerocket-linux-gnu/sys-root/usr/share/bottlerocket/application-inventory.json"
#define BITNAMI "opt/bitnami/.bitnami_components.json"
#define MANIFEST "root/buildinfo/content_manifests/ubi8-container-8.9-1028.json"
#define LABELS "root/buildinfo/labels.json"

static const struct file_case cos[] = {
    {"COS", COS,
     TEXT(
         "{\"installedPackages\": [{\"category\": \"app-arch\", \"name\": \"gzip\", \"version\": \"1.9\", "
         "\"ebuild_version\": \"1.9-r1\"}, {\"category\": \"dev-libs\", \"name\": \"popt\", \"version\": \"1.16.1\"}], "
         "\"buildTimePackages\": [{\"category\": \"sys-devel\", \"name\": \"gcc\", \"version\": \"10\"}]}"),
     "package cos gzip 1.9 how=cos-package-info category=app-arch ebuild-version=1.9-r1\n"
     "package cos popt 1.16.1 how=cos-package-info category=dev-libs\n"},
    {"a package without version", COS, TEXT("{\"installedPackages\":[{\"name\":\"a\"},null]}"), "note db-partial 22\n"},
    {"nothing", COS, TEXT("{}"), "note db-partial 0\n"},
    {"empty", COS, TEXT(""), "note db-partial 0\n"},
};

static const struct file_case bottlerocket[] = {
    {"Bottlerocket", BOTTLEROCKET,
     TEXT("{\"Content\":[{\"Name\":\"bash\",\"Publisher\":\"Bottlerocket\",\"Version\":\"5.2.26\",\"Release\":\"1.170."
          "br1\",\"InstalledTime\":\"2024-05-01T00:00:00Z\",\"ApplicationType\":\"Unspecified\",\"Architecture\":"
          "\"x86_64\",\"Url\":\"https://www.gnu.org/software/bash\",\"Summary\":\"shell\"},{\"Name\":\"glibc\","
          "\"Version\":\"2.40\",\"Epoch\":1,\"Release\":\"1\"}]}"),
     "package rpm bash 5.2.26-1.170.br1 arch=x86_64 supplier=Bottlerocket how=bottlerocket-inventory "
     "url=https://www.gnu.org/software/bash\npackage rpm glibc 1:2.40-1 how=bottlerocket-inventory epoch=1\n"},
    {"an epoch of 0", BOTTLEROCKET, TEXT("{\"Content\":[{\"Name\":\"a\",\"Version\":\"1\",\"Epoch\":\"0\"}]}"),
     "package rpm a 1 how=bottlerocket-inventory epoch=0\n"},
    {"no name", BOTTLEROCKET, TEXT("{\"Content\":[{\"Version\":\"1\"}]}"), "note db-partial 12\n"},
    {"nothing", BOTTLEROCKET, TEXT("{\"Content\":[]}"), "note db-partial 0\n"},
};

static const struct file_case bitnami[] = {
    {"Bitnami", BITNAMI,
     TEXT("{\n  \"redis\": {\n    \"arch\": \"amd64\",\n    \"digest\": \"abc\",\n    \"distro\": \"debian-11\",\n    "
          "\"type\": \"NAMI\",\n    \"version\": \"7.0.8-0\"\n  },\n  \"wait-for-port\": {\"version\": "
          "\"1.0.6-2\"}\n}\n"),
     "package bitnami redis 7.0.8-0 arch=amd64 how=bitnami-components distro=debian-11\n"
     "package bitnami wait-for-port 1.0.6-2 how=bitnami-components\n"},
    {"no version", BITNAMI, TEXT("{\"a\":{}}"), "note db-partial 5\n"},
    {"no components", BITNAMI, TEXT("{}\n"), ""},
    {"no document", BITNAMI, TEXT("[]"), "note db-partial 0\n"},
};

static const struct file_case manifests[] = {
    {"content sets", MANIFEST,
     TEXT("{\"metadata\":{\"icm_version\":1,\"icm_spec\":\"https://"
          "x\",\"image_layer_index\":1},\"content_sets\":[\"rhel-"
          "8-for-x86_64-baseos-rpms\",\"rhel-8-for-x86_64-appstream-rpms\"],\"image_contents\":[]}"),
     "package redhat-content-set rhel-8-for-x86_64-baseos-rpms - how=content-manifest\n"
     "package redhat-content-set rhel-8-for-x86_64-appstream-rpms - how=content-manifest\n"},
    {"content sets of a newer image", "usr/share/buildinfo/content-sets.json",
     TEXT("{\"metadata\":{\"icm_version\":1,\"image_layer_index\":0},\"from_dnf_hint\":true,\"content_sets\":[\"ubi-9-"
          "for-"
          "x86_64-baseos-rpms\"]}"),
     "package redhat-content-set ubi-9-for-x86_64-baseos-rpms - how=content-manifest\n"},
    {"none", MANIFEST, TEXT("{\"content_sets\":[]}"), ""},
    {"contents without sets", MANIFEST, TEXT("{\"image_contents\":{\"dependencies\":[{\"purl\":\"pkg:rpm/a/b@1\"}]}}"),
     ""},
    {"no document", MANIFEST, TEXT("x"), "note db-partial 0\n"},
    {"labels", LABELS,
     TEXT("{\"architecture\":\"x86_64\",\"com.redhat.component\":\"ubi9-container\",\"name\":\"ubi9\",\"release\":"
          "\"1214\",\"version\":\"9.4\"}"),
     "package redhat-container ubi9 9.4-1214 arch=x86_64 how=labels\n"},
    {"labels without a name", LABELS, TEXT("{\"version\":\"9.4\"}"), "note db-partial 0\n"},
};

Test(documents, files)
{
    check_files(&ia_cos_analyser, cos, IA_COUNT(cos));
    check_files(&ia_bottlerocket_analyser, bottlerocket, IA_COUNT(bottlerocket));
    check_files(&ia_bitnami_analyser, bitnami, IA_COUNT(bitnami));
    check_files(&ia_content_manifest_analyser, manifests, IA_COUNT(manifests));
}

Test(documents, hostile)
{
    check_hostile(&ia_cos_analyser, cos, IA_COUNT(cos));
    check_hostile(&ia_bottlerocket_analyser, bottlerocket, IA_COUNT(bottlerocket));
    check_hostile(&ia_bitnami_analyser, bitnami, IA_COUNT(bitnami));
    check_hostile(&ia_content_manifest_analyser, manifests, IA_COUNT(manifests));
}

Test(documents, places)
{
    static const struct place_case manifest_places[] = {
        {MANIFEST, 1},
        {"usr/share/buildinfo/content_manifests/content-sets.json", 1},
        {"usr/share/buildinfo/labels.json", 1},
        {"usr/share/buildinfo/content-sets.json", 1},
        {"root/buildinfo/content-sets.json", 1},
        {"srv/content-sets.json", 0},
        {"root/buildinfo/a.json", 0},
        {"srv/content_manifests/a.json", 0},
        {"srv/labels.json", 0},
    };
    static const struct place_case cos_places[] = {{COS, 1}, {"usr/share/cos-package-info.json", 0}};
    static const struct place_case inventory_places[] = {{BOTTLEROCKET, 1}, {"srv/application-inventory.json", 0}};
    check_places(&ia_content_manifest_analyser, manifest_places, IA_COUNT(manifest_places));
    check_places(&ia_cos_analyser, cos_places, IA_COUNT(cos_places));
    check_places(&ia_bottlerocket_analyser, inventory_places, IA_COUNT(inventory_places));
}
