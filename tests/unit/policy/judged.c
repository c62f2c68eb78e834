/* SPDX-License-Identifier: Apache-2.0 */
#include "judged.h"

#include <criterion/criterion.h>
#include <imgassure/findings.h>

void judged_open(struct judged *j, struct test_env *t)
{
    static const struct ia_layer layers[2] = {
        {.digest = "sha256:b0", .diff_id = "sha256:d0", .media_type = "m", .created_by = "ADD base", .size = 1},
        {.digest = "sha256:b1", .diff_id = "sha256:d1", .media_type = "m", .created_by = "RUN apt", .size = 2},
    };
    cr_assert_eq(ia_inventory_init(&t->env, &j->inventory), IMGA_OK);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(ia_inventory_add_layer(&t->env, &j->inventory, &layers[i]), IMGA_OK);
    j->inventory.image.reference = "shop/api:1";
    j->inventory.image.manifest_digest = "sha256:aa";
    j->inventory.distro.id = "debian";
    j->inventory.distro.release = "bookworm";
    j->inventory.distro.pretty_name = "Debian GNU/Linux 12 (bookworm)";
    ia_findings_init(&t->env, &j->findings);
    j->feed = (struct ia_feed){.name = "debian", .sha256 = "ff", .as_of = 1700000000, .size = 10, .records = 7};
    j->findings.inventory = &j->inventory;
    j->findings.database_id = "sha256:dd";
    j->findings.feeds = &j->feed;
    j->findings.feed_count = 1;
}

void judged_close(struct judged *j)
{
    ia_findings_free(&j->findings);
    ia_inventory_free(&j->inventory);
}

void judged_package(struct judged *j, struct test_env *t, struct ia_package package)
{
    ia_package_defaults(&package);
    cr_assert_eq(ia_inventory_add_package(&t->env, &j->inventory, &package), IMGA_OK);
}

void judged_finding(struct judged *j, struct ia_finding finding)
{
    const char **texts[] = {&finding.id,      &finding.source, &finding.version, &finding.fixed_version,
                            &finding.urgency, &finding.reason, &finding.release, &finding.repository};
    for (size_t i = 0; i < IA_COUNT(texts); i++)
        if (!*texts[i])
            *texts[i] = "";
    cr_assert_eq(ia_vec_push(&j->findings.rows, &finding), IMGA_OK);
}

void judged_fill(struct judged *j, struct test_env *t)
{
    static const struct {
        const char *name, *version, *purl;
        int32_t layer;
    } packages[] = {{"libssl3", "3.0.8-1", "pkg:deb/debian/libssl3@3.0.8-1", 1},
                    {"telnetd", "0.17", "pkg:deb/debian/telnetd@0.17", 0},
                    {"zlib1g", "1:1.2.13", "pkg:deb/debian/zlib1g@1:1.2.13", -1}};
    static const struct ia_finding findings[] = {
        {.id = "CVE-1",
         .status = IMGA_FINDING_AFFECTED,
         .severity = IMGA_SEVERITY_HIGH,
         .fixed_version = "3.0.9-1",
         .source = "openssl",
         .version = "3.0.8-1",
         .release = "bookworm",
         .urgency = "high"},
        {.id = "CVE-2", .status = IMGA_FINDING_AFFECTED, .source = "openssl", .version = "3.0.8-1"},
        {.id = "CVE-3", .status = IMGA_FINDING_UNDETERMINED, .severity = IMGA_SEVERITY_LOW, .package = 2},
        {.id = "CVE-4",
         .status = IMGA_FINDING_FIXED,
         .severity = IMGA_SEVERITY_CRITICAL,
         .fixed_version = "1:1.0",
         .package = 2},
        {.id = "CVE-5",
         .status = IMGA_FINDING_CANNOT_TELL,
         .severity = IMGA_SEVERITY_MEDIUM,
         .fixed_version = "x y",
         .package = 2},
        {.id = "CVE-6",
         .status = IMGA_FINDING_WILL_NOT_FIX,
         .severity = IMGA_SEVERITY_MEDIUM,
         .source = "zlib",
         .reason = "ignored",
         .package = 2,
         .feed = 1},
        {.id = "CVE-7", .status = IMGA_FINDING_NOT_AFFECTED, .severity = IMGA_SEVERITY_HIGH, .package = 1},
    };
    for (size_t i = 0; i < IA_COUNT(packages); i++)
        judged_package(j, t,
                       (struct ia_package){.type = "deb",
                                           .name = packages[i].name,
                                           .purl = packages[i].purl,
                                           .version = packages[i].version,
                                           .layer = packages[i].layer,
                                           .owner = -1,
                                           .architecture = "amd64",
                                           .path = "var/lib/dpkg/status"});
    for (size_t i = 0; i < IA_COUNT(findings); i++)
        judged_finding(j, findings[i]);
}

struct ia_policy *judged_policy(struct test_env *t, const char *rest)
{
    char document[8192];
    struct ia_policy *policy = NULL;
    int n = snprintf(document, sizeof(document), "imgassure: 1\npolicy: p\n%s", rest);
    cr_assert_lt(n, (int)sizeof(document));
    int status = ia_policy_parse(&t->env, ia_str_from(document), &policy);
    cr_assert_eq(status, IMGA_OK, "%s: %s", rest, t->env.error.message);
    return policy;
}
