/* SPDX-License-Identifier: Apache-2.0 */
/* The small complete case. Package and advisory facts are Debian's; the image is made here. */
#include "scenario.h"

#include "ociimage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char os_release[] = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\n"
                                 "VERSION_CODENAME=bookworm\n";
static const char status_below[] = "Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\n"
                                   "Source: zlib\nVersion: 1:1.2.13.dfsg-1\nMaintainer: Mark Brown\n\n"
                                   "Package: tar\nStatus: install ok installed\nArchitecture: amd64\n"
                                   "Version: 1.34+dfsg-1.2\n\n";
static const char status_above[] = "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\n"
                                   "Source: openssl\nVersion: 3.0.8-1\n\n"
                                   "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\n"
                                   "Version: 1.0\n\n";

static const char tracker[] =
    "{\"zlib\":{\"CVE-2023-45853\":{\"releases\":{\"bookworm\":{\"status\":\"open\",\"urgency\":\"not yet assigned\","
    "\"nodsa\":\"x\",\"nodsa_reason\":\"ignored\"}}},"
    "\"CVE-2022-37434\":{\"releases\":{\"bookworm\":{\"status\":\"resolved\",\"fixed_version\":\"1:1.2.11.dfsg-4.1\","
    "\"urgency\":\"not yet assigned\"}}}},"
    "\"openssl\":{\"CVE-2023-0464\":{\"releases\":{\"bookworm\":{\"status\":\"resolved\",\"fixed_version\":\"3.0.9-1\","
    "\"urgency\":\"high\"}}},\"CVE-2000-0001\":{\"releases\":{\"bookworm\":{\"status\":\"resolved\","
    "\"fixed_version\":\"0\",\"urgency\":\"low\"}}}},"
    "\"tar\":{\"CVE-2005-2541\":{\"releases\":{\"bookworm\":{\"status\":\"undetermined\",\"urgency\":\"unimportant\"}}}"
    "}}";

static const char secdb[] =
    "{\"distroversion\":\"v3.18\",\"reponame\":\"main\",\"packages\":[{\"pkg\":{\"name\":\"openssl\",\"secfixes\":"
    "{\"3.1.1-r0\":[\"CVE-2023-2650\"],\"0\":[\"CVE-2022-0001 XSA-1\"]}}}]}";

static const char policy[] = "imgassure: 1\npolicy: test/all\ndefault: {unknown: deny, severity: medium}\nrules:\n"
                             "  - {id: high, check: vuln, severity: high, fixable: true}\n"
                             "  - {id: open, check: vuln, severity: medium, action: warn, fix: wait}\n"
                             "  - {id: names, check: package, deny: [\"telnet*\", tar]}\n"
                             "exceptions:\n"
                             "  - {id: X1, rule: names, package: tar, owner: o, reason: r, until: 2030-01-01}\n"
                             "  - {id: X2, rule: high, vuln: CVE-2023-0464, owner: o, reason: r, until: 2024-01-01}\n";

static void *failing_resize(void *user, void *ptr, size_t size)
{
    struct failing *f = user;
    if (size == 0) {
        f->live -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    f->count++;
    if (f->fail_at && (f->count == f->fail_at || (f->for_ever && f->count > f->fail_at))) {
        f->failed++;
        return NULL;
    }
    void *grown = realloc(ptr, size);
    f->live += grown && !ptr;
    return grown;
}

void failing_init(struct failing *f)
{
    *f = (struct failing){.allocator = {sizeof(imga_allocator), 0, failing_resize, f}};
}

void failing_arm(struct failing *f, size_t fail_at, int for_ever)
{
    f->count = 0;
    f->failed = 0;
    f->fail_at = fail_at;
    f->for_ever = for_ever;
}

void failing_disarm(struct failing *f)
{
    f->fail_at = 0;
}

static void lower_layer(struct tarball *t)
{
    tarball_dir(t, "etc/");
    tarball_file(t, "etc/os-release", os_release);
    tarball_file(t, "var/lib/dpkg/status", status_below);
    tarball_file(t, "var/lib/dpkg/info/zlib1g.list", "/.\n/usr\n/usr/lib\n/usr/lib/libz.so.1\n");
    tarball_link(t, "usr/lib/libz.so", "libz.so.1");
    tarball_end(t);
}

static void upper_layer(struct tarball *t)
{
    char both[2048];
    snprintf(both, sizeof(both), "%s%s", status_below, status_above);
    tarball_file(t, "var/lib/dpkg/status", both);
    tarball_file(t, "usr/.wh.share", "");
    tarball_end(t);
}

void scenario_make(struct scenario *s)
{
    struct tarball below = {0}, above = {0};
    struct ocifiles files = {0};
    *s = (struct scenario){.tracker = tracker, .secdb = secdb, .policy = policy, .now = 1750000000};
    lower_layer(&below);
    upper_layer(&above);
    const struct ociimage_layer layers[] = {{.tar = below.p, .tar_size = below.n},
                                            {.tar = above.p, .tar_size = above.n}};
    const struct ociimage image = {.layers = layers, .count = 2, .reference = "test:latest"};
    s->docker = ociimage_docker_archive(&image);
    s->oci = ociimage_oci_archive(&image);
    ociimage_layout(&files, &image);
    s->folder = ocifiles_folder(&files);
    ocifiles_free(&files);
    tarball_free(&below);
    tarball_free(&above);
}

void scenario_free(struct scenario *s)
{
    char command[4096];
    snprintf(command, sizeof(command), "rm -rf '%s'", s->folder);
    if (system(command) != 0)
        fprintf(stderr, "cannot remove %s\n", s->folder);
    free(s->folder);
    tarball_free(&s->docker);
    tarball_free(&s->oci);
}

int sink_write(void *user, const void *data, size_t size)
{
    struct sink *sink = user;
    sink->p = realloc(sink->p, sink->n + size + 1);
    memcpy(sink->p + sink->n, data, size);
    sink->n += size;
    sink->p[sink->n] = '\0';
    return 0;
}

void sink_free(struct sink *sink)
{
    free(sink->p);
    *sink = (struct sink){NULL, 0};
}

static void add(imga_context *context, imga_database_writer *writer, const char *name, const char *text)
{
    const imga_feed_options feed = {.struct_size = sizeof(feed), .name = name, .as_of = 1700000000};
    imga_source *source = NULL;
    if (imga_source_from_memory(context, text, strlen(text), &source, NULL) != IMGA_OK ||
        imga_database_writer_add(writer, &feed, source, NULL) != IMGA_OK)
        abort();
    imga_source_unref(source);
}

void scenario_database(const struct scenario *s, imga_context *context, struct sink *out)
{
    imga_database_writer *writer = NULL;
    if (imga_database_writer_new(context, &writer, NULL) != IMGA_OK)
        abort();
    add(context, writer, "debian", s->tracker);
    add(context, writer, "alpine", s->secdb);
    if (imga_database_writer_finish(writer, sink_write, out, NULL) != IMGA_OK)
        abort();
    imga_database_writer_free(writer);
}
