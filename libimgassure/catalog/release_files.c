/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms: "Fedora release 38 (Thirty Eight)" in one line (Red Hat and its relatives), a version alone (Alpine,
 * Debian), a line and KEY = value (SUSE until 12), KEY=value (Linux Standard Base).
 */
#include "catalog/release_files.h"

#include "base/macros.h"
#include "catalog/paths.h"

static struct ia_str first_line(struct ia_str text)
{
    struct ia_str line = {"", 0};
    while (line.n == 0 && ia_str_next(&text, '\n', &line))
        line = ia_str_trim(line);
    return line;
}

static bool starts_with_digit(struct ia_str text)
{
    return text.n > 0 && ia_is_digit(text.p[0]);
}

/* Where a word begins in text, between blanks or the ends; text.n when it is not there. */
static size_t find_word(struct ia_str text, const char *word)
{
    struct ia_str rest = text, found;
    while (ia_str_word(&rest, &found))
        if (ia_str_is(found, word))
            return (size_t)(found.p - text.p);
    return text.n;
}

static bool parse_version(struct ia_str text, struct ia_release *out)
{
    out->version_id = first_line(text);
    return starts_with_digit(out->version_id);
}

/* "12.5", or "trixie/sid" for what is to become trixie. */
static bool parse_debian(struct ia_str text, struct ia_release *out)
{
    struct ia_str line = first_line(text);
    if (starts_with_digit(line))
        out->version_id = line;
    else
        out->codename = ia_str_sub(line, 0, ia_str_find(line, '/'));
    return line.n > 0;
}

/* What stands before " release ", and whose it is. The longest that fits comes first. */
static const struct relative {
    const char *name;
    const char *id;
    unsigned components; /* of the version that os-release has, too; 0: all */
} relatives[] = {
    {"Red Hat Enterprise Linux", "rhel", 0},
    {"CentOS", "centos", 1},
    {"Fedora", "fedora", 1},
    {"AlmaLinux", "almalinux", 0},
    {"Rocky Linux", "rocky", 0},
    {"Oracle Linux", "ol", 0},
    {"Enterprise Linux Enterprise Linux", "ol", 0},
    {"Amazon Linux AMI", "amzn", 0},
    {"Amazon Linux", "amzn", 1},
    {"Scientific Linux", "scientific", 0},
    {"CloudLinux", "cloudlinux", 0},
    {"EuroLinux", "eurolinux", 0},
    {"MIRACLE LINUX", "miraclelinux", 0},
    {"Anolis OS", "anolis", 0},
    {"openEuler", "openEuler", 0},
    {"EulerOS", "euleros", 0},
    {"Mageia", "mageia", 0},
};

static const struct relative *relative_of(struct ia_str line)
{
    for (size_t i = 0; i < IA_COUNT(relatives); i++)
        if (ia_str_starts(line, ia_str_from(relatives[i].name)))
            return &relatives[i];
    return NULL;
}

static struct ia_str first_components(struct ia_str version, unsigned count)
{
    size_t end = 0;
    for (; end < version.n; end++)
        if (version.p[end] == '.' && --count == 0)
            break;
    return ia_str_sub(version, 0, end);
}

/* "NAME release VERSION (CODENAME)" */
static bool parse_relative(struct ia_str text, struct ia_release *out)
{
    struct ia_str line = first_line(text);
    const struct relative *relative = relative_of(line);
    size_t at = find_word(line, "release");
    struct ia_str rest = ia_str_sub(line, at + sizeof("release"), line.n), version;
    if (at == line.n || !relative || !ia_str_word(&rest, &version) || !starts_with_digit(version))
        return false;
    out->id = ia_str_from(relative->id);
    out->version_id = relative->components ? first_components(version, relative->components) : version;
    out->pretty_name = line;
    return true;
}

/* The value of the line "KEY = value". */
static struct ia_str value_of(struct ia_str text, const char *key)
{
    struct ia_str line;
    while (ia_str_next(&text, '\n', &line)) {
        size_t equals = ia_str_find(line, '=');
        struct ia_str value = ia_str_trim(ia_str_sub(line, equals + 1, line.n));
        if (!ia_str_is(ia_str_trim(ia_str_sub(line, 0, equals)), key))
            continue;
        if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
            value = ia_str_sub(value, 1, value.n - 2);
        return value;
    }
    return IA_STR("");
}

/* "SUSE Linux Enterprise Server 11 (x86_64)", "VERSION = 11", "PATCHLEVEL = 4"; openSUSE has CODENAME for the latter.
 */
static bool parse_suse(struct ia_str text, struct ia_release *out)
{
    struct ia_str line = first_line(text);
    bool open = ia_str_starts(line, IA_STR("openSUSE"));
    if (!open && !ia_str_starts(line, IA_STR("SUSE Linux Enterprise Server")))
        return false;
    out->id = open ? IA_STR("opensuse") : IA_STR("sles");
    out->version_id = value_of(text, "VERSION");
    out->patch = value_of(text, "PATCHLEVEL");
    if (ia_str_is(out->patch, "0"))
        out->patch = IA_STR("");
    out->pretty_name = line;
    return starts_with_digit(out->version_id);
}

/* "VMware Photon OS 4.0", "VMware Photon Linux 1.0" */
static bool parse_photon(struct ia_str text, struct ia_release *out)
{
    struct ia_str line = first_line(text), rest = line, word;
    while (!starts_with_digit(out->version_id) && ia_str_word(&rest, &word))
        out->version_id = word;
    out->pretty_name = line;
    return ia_str_starts(line, IA_STR("VMware Photon")) && starts_with_digit(out->version_id);
}

static bool parse_lsb(struct ia_str text, struct ia_release *out)
{
    out->id = value_of(text, "DISTRIB_ID");
    out->version_id = value_of(text, "DISTRIB_RELEASE");
    out->codename = value_of(text, "DISTRIB_CODENAME");
    out->pretty_name = value_of(text, "DISTRIB_DESCRIPTION");
    if (!starts_with_digit(out->version_id)) /* Arch: "rolling" */
        out->version_id = IA_STR("");
    return out->id.n > 0;
}

const struct ia_release_file ia_release_files[] = {
    {"etc/alpine-release", false, "alpine", parse_version},
    {"etc/almalinux-release", false, "", parse_relative},
    {"etc/rocky-release", false, "", parse_relative},
    {"etc/oracle-release", false, "", parse_relative},
    {"etc/centos-release", false, "", parse_relative},
    {"etc/fedora-release", false, "", parse_relative},
    {"etc/SuSE-release", false, "", parse_suse},
    {"etc/photon-release", false, "photon", parse_photon},
    {"etc/system-release", true, "", parse_relative},
    {"etc/redhat-release", true, "", parse_relative},
    {"etc/lsb-release", true, "", parse_lsb},
    {"etc/debian_version", true, "debian", parse_debian},
};
const size_t ia_release_file_count = IA_COUNT(ia_release_files);

/* ---- in a root view ---- */

/* 1 when the file is there and of its form. */
static int parse_file(struct ia_env *env, struct ia_rootfs *fs, const struct ia_release_file *kind,
                      struct ia_release *out)
{
    struct ia_file file;
    struct ia_str none = IA_STR("");
    *out = (struct ia_release){ia_str_from(kind->id), none, none, none, none};
    IA_TRY(ia_rootfs_file(fs, env, kind->path, &file));
    return file.state == IA_FILE_CONTENT && kind->parse(file.content, out);
}

static int write_version(struct ia_buf *out, const struct ia_release *release)
{
    IA_TRY(ia_buf_str(out, release->version_id));
    if (release->patch.n == 0)
        return IMGA_OK;
    IA_TRY(ia_buf_char(out, '.'));
    return ia_buf_str(out, release->patch);
}

static int write_lower(struct ia_buf *out, struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++)
        IA_TRY(ia_buf_char(out, ia_lower(text.p[i])));
    return IMGA_OK;
}

/* Keeps what was written, and empties the buffer. */
static int keep_written(struct ia_env *env, struct ia_inventory *inventory, int written, struct ia_buf *text,
                        const char **out)
{
    if (written < 0)
        return ia_fail_nomem(env);
    IA_TRY(ia_keep_text(env, inventory, ia_buf_view(text), NULL, out));
    ia_buf_clear(text);
    return IMGA_OK;
}

static int keep_release(struct ia_env *env, struct ia_inventory *inventory, const struct ia_release *release)
{
    struct ia_distro *distro = &inventory->distro;
    struct ia_buf text;
    int status;
    ia_buf_init(&text, &env->alloc, SIZE_MAX); /* as long as a file of the view */
    IA_GO(status, keep_written(env, inventory, write_lower(&text, release->id), &text, &distro->id));
    IA_GO(status, keep_written(env, inventory, write_version(&text, release), &text, &distro->version_id));
    IA_GO(status, ia_keep_text(env, inventory, release->codename, NULL, &distro->codename));
    if (release->pretty_name.n)
        IA_GO(status, ia_keep_text(env, inventory, release->pretty_name, NULL, &distro->pretty_name));
out:
    ia_buf_free(&text);
    return status < 0 ? status : IMGA_OK;
}

int ia_release_files_read(struct ia_env *env, struct ia_rootfs *fs, struct ia_inventory *inventory, bool shared,
                          const struct ia_release_file **out)
{
    *out = NULL;
    for (size_t i = 0; i < ia_release_file_count; i++) {
        const struct ia_release_file *kind = &ia_release_files[i];
        struct ia_release release;
        int found = kind->shared && !shared ? 0 : parse_file(env, fs, kind, &release);
        IA_TRY(found);
        if (found) {
            *out = kind;
            return keep_release(env, inventory, &release);
        }
    }
    return IMGA_OK;
}

/* What of a version is a release: two parts for Alpine and Ubuntu, one elsewhere. */
static bool same_release(struct ia_str id, struct ia_str a, struct ia_str b)
{
    unsigned parts = ia_str_is(id, "alpine") || ia_str_is(id, "ubuntu") ? 2 : 1;
    return ia_str_eq(first_components(a, parts), first_components(b, parts));
}

int ia_release_files_contradict(struct ia_env *env, struct ia_rootfs *fs, const struct ia_inventory *inventory,
                                const struct ia_release_file **out)
{
    struct ia_str id = ia_str_from(inventory->distro.id), version = ia_str_from(inventory->distro.version_id);
    *out = NULL;
    for (size_t i = 0; i < ia_release_file_count && starts_with_digit(version); i++) {
        struct ia_release release;
        int found = parse_file(env, fs, &ia_release_files[i], &release);
        IA_TRY(found);
        if (!found || !ia_str_eq_case(release.id, id) || !starts_with_digit(release.version_id) ||
            same_release(id, release.version_id, version))
            continue;
        *out = &ia_release_files[i];
        return IMGA_OK;
    }
    return IMGA_OK;
}

/* ---- etc/apk/repositories ---- */

/* "v3.18" or "edge" among the components of a URL or path. */
static struct ia_str branch_of(struct ia_str url)
{
    struct ia_str part;
    while (ia_str_next(&url, '/', &part))
        if (ia_str_is(part, "edge") ||
            (part.n > 1 && part.p[0] == 'v' && ia_is_digit(part.p[1]) && ia_str_find(part, '.') < part.n))
            return part;
    return IA_STR("");
}

struct ia_str ia_apk_branch(struct ia_str repositories)
{
    struct ia_str line, word, found = {"", 0};
    while (ia_str_next(&repositories, '\n', &line)) {
        line = ia_str_trim(line);
        if (ia_str_starts(line, IA_STR("#")) || ia_str_starts(line, IA_STR("@")))
            continue;
        struct ia_str branch = {"", 0};
        while (branch.n == 0 && ia_str_word(&line, &word)) /* apk 3: "v3 URL COMPONENT..." */
            branch = branch_of(word);
        if (branch.n && found.n && !ia_str_eq(branch, found))
            return IA_STR("");
        if (branch.n)
            found = branch;
    }
    return found;
}
