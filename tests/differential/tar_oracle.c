/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks mutated archives with the library's walker and with libarchive. When both accept an archive they must list the
 * same names, types, sizes and link targets. A difference must have one of the reasons of the table below, which
 * docs/tar-rules.md explains. Arguments: number of archives, seed.
 */
#include "tar_mutation.h"

#include "io/tar_header.h"

#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum { LISTED = 64, NAME = 600 };

struct listed {
    char type; /* f d l h c b p, or ? */
    char name[NAME], link[NAME];
    uint64_t size;  /* of a file */
    unsigned flags; /* ours */
    uint64_t offset;
};

struct listing {
    int status; /* 0: accepted */
    size_t count;
    struct listed rows[LISTED];
};

struct difference {
    const struct tarball *archive;
    const struct listed *ours, *theirs; /* NULL: past the end of that list */
    const struct listed *rows;          /* ours, the whole list */
    size_t agreed;                      /* rows of it that are the same in both */
};

/* Two names are the same when they differ only in doubled slashes: a prefix may or may not end in one. */
static void copy_name(char out[NAME], const char *name, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n && name[i] && to < NAME - 1; i++)
        if (name[i] != '/' || to == 0 || out[to - 1] != '/')
            out[to++] = name[i];
    out[to] = '\0';
}

static void list_ours(const struct tarball *t, size_t step, struct listing *out)
{
    static const char letters[] = "?fdlhcbp";
    struct test_env env;
    struct ia_tar *tar = NULL;
    struct ia_tar_entry entry;
    struct ia_reader *reader = test_chunks(t->p, t->n, step);
    test_env_open(&env);
    out->count = 0;
    out->status = ia_tar_new(&env.env, reader, &tar);
    while (out->status == 0 && (out->status = ia_tar_next(tar, &env.env, &entry)) > 0 && out->count < LISTED) {
        struct listed *row = &out->rows[out->count++];
        row->type = letters[entry.type];
        row->size = entry.type == IA_TAR_FILE ? entry.size : 0;
        row->flags = entry.flags;
        row->offset = entry.offset;
        copy_name(row->name, entry.name.p, entry.name.n);
        copy_name(row->link, entry.link.p, entry.link.n);
        out->status = 0;
    }
    ia_tar_free(tar);
    ia_reader_close(reader);
    test_env_close(&env);
}

static void describe(struct archive_entry *entry, struct listed *row)
{
    const char *name = archive_entry_pathname(entry), *link = archive_entry_symlink(entry);
    *row = (struct listed){.type = '?'};
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
        row->type = 'f';
        break;
    case AE_IFDIR:
        row->type = 'd';
        break;
    case AE_IFLNK:
        row->type = 'l';
        break;
    case AE_IFCHR:
        row->type = 'c';
        break;
    case AE_IFBLK:
        row->type = 'b';
        break;
    case AE_IFIFO:
        row->type = 'p';
        break;
    default:
        break;
    }
    if (archive_entry_hardlink(entry)) {
        row->type = 'h';
        link = archive_entry_hardlink(entry);
    }
    row->size = row->type == 'f' && archive_entry_size(entry) >= 0 ? (uint64_t)archive_entry_size(entry) : 0;
    copy_name(row->name, name ? name : "", name ? strlen(name) : 0);
    copy_name(row->link, link ? link : "", link ? strlen(link) : 0);
}

static void list_theirs(const struct tarball *t, struct listing *out)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    int status;
    archive_read_support_format_tar(archive);
    out->count = 0;
    status = archive_read_open_memory(archive, t->p, t->n);
    while (status == ARCHIVE_OK || status == ARCHIVE_WARN) {
        status = archive_read_next_header(archive, &entry);
        if ((status == ARCHIVE_OK || status == ARCHIVE_WARN) && out->count < LISTED)
            describe(entry, &out->rows[out->count++]);
        if (status == ARCHIVE_OK || status == ARCHIVE_WARN)
            status = archive_read_data_skip(archive);
    }
    out->status = status == ARCHIVE_EOF ? 0 : -1;
    archive_read_free(archive);
}

static bool same(const struct listed *a, const struct listed *b)
{
    return a->type == b->type && a->size == b->size && !strcmp(a->name, b->name) && !strcmp(a->link, b->link);
}

static const char *header_of(const struct difference *d)
{
    return d->ours && d->ours->offset + 512 <= d->archive->n ? d->archive->p + d->ours->offset : NULL;
}

static bool has_flag(const struct difference *d, unsigned flag)
{
    return d->ours && (d->ours->flags & flag);
}

/* Whether the text is found before the entry. */
static bool mentions(const struct difference *d, const char *text)
{
    size_t n = strlen(text), end = d->ours ? d->ours->offset : d->archive->n;
    for (size_t at = 0; at + n <= end && at + n <= d->archive->n; at++)
        if (!memcmp(d->archive->p + at, text, n))
            return true;
    return false;
}

/* Or the entry before it: keys of no known version make a plain file to us. */
static bool is_sparse(const struct difference *d)
{
    return has_flag(d, IA_TAR_SPARSE) ||
           (d->agreed && d->rows[d->agreed - 1].flags & IA_TAR_ODD_PAX && mentions(d, "GNU.sparse."));
}

/* After such an entry libarchive may be at another block, or one entry behind. */
static bool is_odd_type(const struct difference *d)
{
    for (size_t i = 0; i < d->agreed; i++)
        if (d->rows[i].flags & IA_TAR_ODD_TYPE)
            return true;
    return has_flag(d, IA_TAR_ODD_TYPE);
}

static bool is_odd_pax(const struct difference *d)
{
    return has_flag(d, IA_TAR_ODD_PAX);
}

/* "ustar" and then something that is neither ustar nor GNU tar. */
static bool has_odd_magic(const struct difference *d)
{
    const char *h = header_of(d);
    return h && !memcmp(h + 257, "ustar", 5) && memcmp(h + 257, "ustar\0", 6) && memcmp(h + 257, "ustar  \0", 8);
}

static bool is_star(const struct difference *d)
{
    const char *h = header_of(d);
    return h && !memcmp(h + 257, "ustar\0", 6) && !memcmp(h + 508, "tar\0", 4);
}

static bool has_empty_link(const struct difference *d)
{
    const char *h = header_of(d);
    return h && (d->ours->type == 'l' || d->ours->type == 'h') && h[157] == '\0';
}

/* libarchive reports the size of the sparse header for every header with GNU magic. */
static bool has_real_size(const struct difference *d)
{
    const char *h = header_of(d);
    return h && !memcmp(h + 257, "ustar  \0", 8) && h[483] != '\0';
}

/* libarchive does not look for the slash at the end of such a name when the headers before it gave it a warning. */
static bool is_old_directory(const struct difference *d)
{
    const char *h = header_of(d);
    if (!h || h[156] != '\0' || d->ours->type != 'd' || !d->theirs || d->theirs->type != 'f')
        return false;
    for (size_t at = 0; at < d->ours->offset; at += 512)
        if (d->archive->p[at + 156] == 'x' &&
            ia_tar_block_kind(ia_cursor_from(d->archive->p + at, 512)) == IA_TAR_IS_HEADER)
            return true;
    return false;
}

/* The empty size of a PAX header is 0 to libarchive. */
static bool has_empty_size(const struct difference *d)
{
    return d->theirs && d->theirs->size == 0 && d->ours && mentions(d, " size=\n");
}

static bool has_nul_before_number(const char *header)
{
    int64_t size = 0;
    struct ia_cursor block = ia_cursor_from(header, 512);
    return header[124] == '\0' && ia_tar_block_kind(block) == IA_TAR_IS_HEADER &&
           ia_tar_number(ia_cursor_from(header + 124, 12), &size) && size != 0;
}

/* In the header, or in an extension header or entry before it. */
static bool has_nul_before_size(const struct difference *d)
{
    size_t end = d->ours ? d->ours->offset + 512 : d->archive->n;
    for (size_t at = 0; at + 512 <= end; at += 512)
        if (has_nul_before_number(d->archive->p + at))
            return true;
    return false;
}

static const struct {
    const char *name; /* as in docs/tar-rules.md */
    bool (*applies)(const struct difference *d);
} reasons[] = {
    {"sparse", is_sparse},
    {"type", is_odd_type},
    {"pax", is_odd_pax},
    {"magic", has_odd_magic},
    {"star prefix", is_star},
    {"empty link", has_empty_link},
    {"empty size", has_empty_size},
    {"old directory", is_old_directory},
    {"NUL before size", has_nul_before_size},
    {"real size", has_real_size},
};

/* The index of the reason, or -1. */
static int reason_of(const struct difference *d)
{
    for (size_t i = 0; i < IA_COUNT(reasons); i++)
        if (reasons[i].applies(d))
            return (int)i;
    return -1;
}

static void print_row(const char *who, const struct listed *row)
{
    if (row)
        printf("  %s: %c \"%s\" > \"%s\" %" PRIu64 " flags %u\n", who, row->type, row->name, row->link, row->size,
               row->flags);
    else
        printf("  %s: no entry\n", who);
}

struct totals {
    uint64_t equal, both_refuse, only_ours_refuses, only_theirs_refuses, unexplained;
    uint64_t explained[IA_COUNT(reasons)];
};

static void compare(const struct tarball *t, const struct listing *ours, const struct listing *theirs,
                    struct totals *sum)
{
    size_t i = 0;
    while (i < ours->count && i < theirs->count && same(&ours->rows[i], &theirs->rows[i]))
        i++;
    if (i == ours->count && i == theirs->count) {
        sum->equal++;
        return;
    }
    struct difference d = {t, i < ours->count ? &ours->rows[i] : NULL, i < theirs->count ? &theirs->rows[i] : NULL,
                           ours->rows, i};
    int reason = reason_of(&d);
    if (reason >= 0) {
        sum->explained[reason]++;
        return;
    }
    sum->unexplained++;
    printf("entry %zu differs without a reason\n", i);
    print_row("ours", d.ours);
    print_row("theirs", d.theirs);
}

static void run_one(const struct tarball *t, size_t step, struct totals *sum)
{
    static struct listing ours, theirs;
    list_ours(t, step, &ours);
    list_theirs(t, &theirs);
    if (ours.status == 0 && theirs.status == 0)
        compare(t, &ours, &theirs, sum);
    else if (ours.status == 0)
        sum->only_theirs_refuses++;
    else if (theirs.status == 0)
        sum->only_ours_refuses++;
    else
        sum->both_refuse++;
}

/* Every base is accepted by both, or the mutations would prove nothing. */
static int check_bases(void)
{
    struct totals sum = {.equal = 0};
    for (size_t i = 0; i < mutation_bases(); i++) {
        struct tarball t;
        mutation_base(i, &t);
        run_one(&t, 512, &sum);
        tarball_free(&t);
    }
    if (!sum.unexplained && !sum.both_refuse && !sum.only_ours_refuses && !sum.only_theirs_refuses)
        return 0;
    printf("an archive that was not mutated is refused or differs\n");
    return 1;
}

static void print_totals(const struct totals *sum)
{
    printf("equal %" PRIu64 ", both refuse %" PRIu64 ", only ours refuses %" PRIu64 ", only libarchive refuses %" PRIu64
           "\n",
           sum->equal, sum->both_refuse, sum->only_ours_refuses, sum->only_theirs_refuses);
    for (size_t i = 0; i < IA_COUNT(reasons); i++)
        printf("differs, reason \"%s\": %" PRIu64 "\n", reasons[i].name, sum->explained[i]);
    printf("differs without a reason: %" PRIu64 "\n", sum->unexplained);
}

int main(int argc, char **argv)
{
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000;
    struct random random = {argc > 2 ? strtoull(argv[2], NULL, 10) : 1};
    struct totals sum = {.equal = 0};
    setlocale(LC_ALL, "C.UTF-8"); /* libarchive converts names */
    if (check_bases())
        return 1;
    for (uint64_t i = 0; i < count; i++) {
        struct tarball t;
        uint64_t unexplained = sum.unexplained;
        mutation_make(&random, &t);
        run_one(&t, 1 + random_below(&random, 2000), &sum);
        if (sum.unexplained > unexplained)
            printf("that was archive %" PRIu64 "\n", i);
        tarball_free(&t);
    }
    print_totals(&sum);
    return sum.unexplained || sum.equal < count / 10 ? 1 : 0;
}
