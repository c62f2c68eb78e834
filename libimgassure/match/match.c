/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One finding per package and identifier. Several records may speak of one identifier (repositories, feeds, a fix that
 * had to be repeated): the worst state counts, in the order affected, cannot tell, undetermined, will not fix, fixed,
 * not affected; among equals the one that asks for the highest version. A version that cannot be compared is an answer
 * of its own and a note, never "not vulnerable". Limit: findings.
 */
#include "match/match.h"

#include "match/sources.h"
#include "model/distro.h"
#include "version/version.h"

#include <imgassure/findings.h>

#include <stdio.h>

enum { PROGRESS_EVERY = 64 };

struct matcher {
    struct ia_sources *sources;
    struct ia_env *env;
    const struct ia_db *db;
    struct ia_findings *findings;
    const struct ia_distro *distro;
    const char *type;                       /* of the distribution's packages; "" when unknown */
    const struct ia_version_scheme *scheme; /* NULL: none for this type */
    bool covered;
};

/* A record, judged for one package. */
struct judged {
    struct ia_db_record record;
    int32_t status;  /* IMGA_FINDING_* */
    const char *why; /* why the versions cannot be compared */
};

/* The package as its source: what the records speak of. */
struct source {
    const char *name;
    const char *version;
};

static const char *first_of(const char *text, const char *otherwise)
{
    return text[0] ? text : otherwise;
}

static struct source source_of(const struct ia_package *package)
{
    return (struct source){first_of(package->source, package->name),
                           first_of(package->source_version, package->version)};
}

/* before: what it means when the installed version is below the fixed one. */
static void judge_versions(const struct matcher *m, const char *installed, int32_t before, struct judged *judged)
{
    int order;
    if (m->scheme->compare(ia_str_from(installed), ia_str_from(judged->record.fixed_version), &order, &judged->why) < 0)
        judged->status = IMGA_FINDING_CANNOT_TELL;
    else
        judged->status = order < 0 ? before : IMGA_FINDING_FIXED;
}

static void judge(const struct matcher *m, const char *installed, struct judged *judged)
{
    bool has_fix = judged->record.fixed_version[0] != '\0';
    judged->why = "";
    switch (judged->record.status) {
    case IA_ADVISORY_NOT_AFFECTED:
        judged->status = IMGA_FINDING_NOT_AFFECTED;
        return;
    case IA_ADVISORY_UNDETERMINED:
        judged->status = IMGA_FINDING_UNDETERMINED;
        return;
    case IA_ADVISORY_WILL_NOT_FIX:
        judged->status = IMGA_FINDING_WILL_NOT_FIX;
        break;
    case IA_ADVISORY_AFFECTED:
        judged->status = IMGA_FINDING_AFFECTED;
        break;
    }
    if (has_fix)
        judge_versions(m, installed, judged->status, judged);
}

static int weight(int32_t status)
{
    static const int32_t from_best[] = {IMGA_FINDING_NOT_AFFECTED, IMGA_FINDING_FIXED,       IMGA_FINDING_WILL_NOT_FIX,
                                        IMGA_FINDING_UNDETERMINED, IMGA_FINDING_CANNOT_TELL, IMGA_FINDING_AFFECTED};
    int i = 0;
    while (i < (int)IA_COUNT(from_best) - 1 && from_best[i] != status)
        i++;
    return i;
}

/* Whether a asks for more than b. */
static bool is_worse(const struct matcher *m, const struct judged *a, const struct judged *b)
{
    const char *why;
    int order;
    if (a->status != b->status)
        return weight(a->status) > weight(b->status);
    if (a->record.fixed_version[0] == '\0' || b->record.fixed_version[0] == '\0')
        return a->record.fixed_version[0] == '\0' && b->record.fixed_version[0] != '\0';
    return m->scheme->compare(ia_str_from(a->record.fixed_version), ia_str_from(b->record.fixed_version), &order,
                              &why) == IMGA_OK &&
           order > 0;
}

static int add_finding(const struct matcher *m, size_t package, struct source source, const struct judged *judged)
{
    const struct ia_db_record *record = &judged->record;
    const struct ia_finding finding = {
        .status = judged->status,
        .severity = record->severity,
        .feed = record->feed,
        .package = (uint32_t)package,
        .id = record->id,
        .source = source.name,
        .version = source.version,
        .fixed_version = record->fixed_version,
        .urgency = record->urgency,
        .reason = record->reason,
        .release = record->release,
        .repository = record->repository,
    };
    return ia_described(m->env, ia_vec_push(&m->findings->rows, &finding), "findings", m->env->limits->findings);
}

/* The worst of the records that start at *at and share an identifier; *at is moved behind them. */
static void judge_id(const struct matcher *m, const char *installed, size_t *at, size_t end, struct judged *worst)
{
    struct judged next;
    ia_db_record(m->db, (*at)++, &worst->record);
    judge(m, installed, worst);
    for (; *at < end; (*at)++) {
        ia_db_record(m->db, *at, &next.record);
        if (next.record.id != worst->record.id) /* each text is in the database once: one identifier, one address */
            return;
        judge(m, installed, &next);
        if (is_worse(m, &next, worst))
            *worst = next;
    }
}

/* What was found for another package of the same source and version holds for this one, too. */
static int repeat_findings(const struct matcher *m, size_t package, const struct ia_source_findings *known)
{
    for (size_t i = 0; i < known->count; i++) {
        struct ia_finding finding = *ia_findings_at(m->findings, known->first + i);
        finding.package = (uint32_t)package;
        IA_TRY(ia_described(m->env, ia_vec_push(&m->findings->rows, &finding), "findings", m->env->limits->findings));
    }
    return IMGA_OK;
}

static int match_package(const struct matcher *m, size_t index, const struct ia_package *package)
{
    struct source source = source_of(package);
    struct ia_source_findings found = {source.name, source.version, m->findings->rows.n, 0};
    struct judged worst;
    size_t at;
    if (ia_sources_find(m->sources, &found))
        return repeat_findings(m, index, &found);
    size_t count =
        ia_db_find(m->db, ia_str_from(m->distro->id), ia_str_from(m->distro->release), ia_str_from(source.name), &at);
    bool noted = false;
    for (size_t end = at + count; at < end;) {
        judge_id(m, source.version, &at, end, &worst);
        IA_TRY(add_finding(m, index, source, &worst));
        if (noted || worst.status != IMGA_FINDING_CANNOT_TELL)
            continue;
        noted = true; /* one per package: the findings tell the rest */
        IA_TRY(ia_note(m->env, IMGA_NOTE_VERSION, -1, ia_str_from(package->path),
                       "%s: %s cannot be compared with %s: %s", package->name, source.version,
                       worst.record.fixed_version, worst.why));
    }
    found.count = m->findings->rows.n - found.first;
    return noted ? IMGA_OK : ia_sources_add(m->sources, m->env, &found); /* a note is each package's own */
}

/* Not one whose database was removed. */
static bool is_there(const struct ia_package *package)
{
    return !ia_package_property(package, "removed");
}

/* Another system's, of which no release is known. */
static bool is_nested(const struct ia_package *package)
{
    return ia_str_is(ia_str_from(package->how), "nested-database");
}

/* Says once for each reason that packages were not looked at. */
static int note_no_feed(const struct matcher *m, const struct ia_package *package)
{
    char place[256];
    const char *release = first_of(m->distro->release, m->distro->version_id);
    snprintf(place, sizeof(place), "%.100s%s%.100s", first_of(m->distro->id, "unknown distribution"),
             release[0] ? " " : "", release);
    struct ia_str where = ia_str_from(place);
    if (m->covered)
        return ia_note(m->env, IMGA_NOTE_NO_FEED, -1, ia_str_from(package->type), "%s",
                       is_nested(package) ? "packages of another root in the image: their release is not known"
                                          : "no advisory feed of the database covers packages of this type");
    return ia_note(m->env, IMGA_NOTE_NO_FEED, -1, where, "no advisory feed of the database covers it");
}

static bool covers_repository(const struct matcher *m, const char *repository)
{
    struct ia_db_coverage row;
    for (size_t i = 0; ia_db_coverage(m->db, i, &row); i++)
        if (ia_str_is(ia_str_from(row.distro), m->distro->id) &&
            ia_str_is(ia_str_from(row.release), m->distro->release) &&
            (row.repository[0] == '\0' || ia_str_is(ia_str_from(row.repository), repository)))
            return true;
    return false;
}

/* Where each repository has a feed of its own, one that is missing would look like packages without advisories. */
static int note_repositories(const struct matcher *m)
{
    char place[256];
    const char *const *repository = ia_distro_repositories(ia_str_from(m->distro->id), ia_str_from(m->distro->release));
    snprintf(place, sizeof(place), "%.100s %.100s", m->distro->id, m->distro->release);
    for (; m->covered && *repository; repository++)
        if (!covers_repository(m, *repository))
            IA_TRY(ia_note(m->env, IMGA_NOTE_NO_FEED, -1, ia_str_from(place),
                           "no advisory feed of the database covers its repository \"%s\"", *repository));
    return IMGA_OK;
}

static bool belongs(const struct matcher *m, const struct ia_package *package)
{
    return m->covered && ia_str_is(ia_str_from(package->type), m->type) && !is_nested(package);
}

/*
 * Whether others speak for it: what a package of the system brought along is a matter of that package's advisories, and
 * a trusted key has none.
 */
static bool is_spoken_for(const struct matcher *m, const struct ia_inventory *inventory,
                          const struct ia_package *package)
{
    const struct ia_package *owner =
        package->owner < 0 ? NULL : ia_inventory_package(inventory, (size_t)package->owner);
    return (owner && belongs(m, owner)) || ia_package_is_fact(package) || !is_there(package);
}

static int match_all(const struct matcher *m, const struct ia_inventory *inventory)
{
    size_t total = inventory->packages.n;
    bool noted = false;
    IA_TRY(note_repositories(m));
    for (size_t i = 0; i < total; i++) {
        const struct ia_package *package = ia_inventory_package(inventory, i);
        if (i % PROGRESS_EVERY == 0)
            IA_TRY(ia_progress(m->env, IMGA_STAGE_MATCH, i, total));
        if (is_spoken_for(m, inventory, package))
            continue;
        if (belongs(m, package)) {
            IA_TRY(match_package(m, i, package));
        } else if (m->covered || !noted) {
            noted = true;
            IA_TRY(note_no_feed(m, package));
        }
    }
    return ia_progress(m->env, IMGA_STAGE_MATCH, total, total);
}

int ia_match(struct ia_env *env, const struct ia_inventory *inventory, const struct ia_db *db,
             struct ia_findings *findings)
{
    const struct ia_distro *distro = &inventory->distro;
    struct ia_notes *notes = env->notes;
    struct ia_sources sources;
    struct matcher m = {.sources = &sources, .env = env, .db = db, .findings = findings, .distro = distro};
    ia_findings_init(env, findings);
    findings->inventory = inventory;
    findings->database_id = ia_db_id(db);
    findings->feeds = ia_db_feeds(db, &findings->feed_count);
    m.type = ia_distro_package_type(ia_str_from(distro->id));
    m.scheme = ia_version_scheme_named(ia_str_from(m.type));
    m.covered = m.scheme && ia_db_covers(db, ia_str_from(distro->id), ia_str_from(distro->release));
    env->notes = &findings->notes;
    ia_sources_init(&sources, env);
    int status = match_all(&m, inventory);
    ia_sources_free(&sources);
    env->notes = notes;
    if (status < 0)
        ia_findings_free(findings);
    return status;
}
