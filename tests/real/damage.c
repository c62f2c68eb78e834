/* SPDX-License-Identifier: Apache-2.0 */
/*
 * damage FILE SEED CUTS FLIPS MENDED: takes the inventory of the image archive in FILE and of damaged copies of it, all
 * in memory and under hard limits: CUTS cut short, FLIPS with a bit or a byte changed, MENDED with a change inside a
 * member whose digests were made right again. The places come from the seed: the same on every run.
 *
 * Prints a line for each, "cut 512: truncated", written before the attempt so that a crash shows its place, then what
 * is wrong, if anything, and "summary RUNS REFUSED INCOMPLETE COMPLETE MILLISECONDS WRONG", the slowest attempt being
 * MILLISECONDS. What must hold: see judge(). Ends with 0 when nothing is wrong.
 */
#include "mend.h"

#include <imgassure/imgassure.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 60, SLOW = 10000, HEAD = 4096, SPAN = 24 };

struct bytes {
    unsigned char *p;
    size_t n;
};

struct outcome {
    int status;
    int opened;
    int complete;
    size_t packages;
    uint64_t listing;  /* a hash of names and versions */
    const char *fault; /* what disagrees in the answer itself, or NULL */
};

struct tally {
    size_t runs, refused, incomplete, complete, wrong;
    double slowest; /* milliseconds of processor time */
};

struct spans {
    size_t *p; /* where headers and the ends of streams are */
    size_t n;
};

struct damage {
    struct bytes file;
    imga_context *context;
    struct outcome intact; /* under the default limits */
    struct tally tally;
    struct spans spans;
    uint64_t state;
};

static void die(const char *what)
{
    fprintf(stderr, "damage: %s\n", what);
    exit(99);
}

static struct bytes load(const char *path)
{
    struct bytes file = {NULL, 0};
    FILE *in = fopen(path, "rb");
    if (!in || fseek(in, 0, SEEK_END) != 0)
        die("cannot read the file");
    long size = ftell(in);
    file.p = size > 0 ? malloc((size_t)size) : NULL;
    rewind(in);
    if (!file.p || fread(file.p, 1, (size_t)size, in) != (size_t)size)
        die("cannot read the file");
    fclose(in);
    file.n = (size_t)size;
    return file;
}

/* A copy of its own length, so that a sanitizer sees a read behind its end. */
static struct bytes copy_of(const struct bytes *file, size_t size)
{
    struct bytes copy = {malloc(size ? size : 1), size};
    if (!copy.p)
        die("no memory");
    memcpy(copy.p, file->p, size);
    return copy;
}

/* xorshift64* */
static size_t pick(uint64_t *state, size_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (size_t)((*state * UINT64_C(2685821657736338717)) >> 11) % below;
}

static void too_late(int number)
{
    static const char text[] = "damage: no end in sight\n";
    (void)number;
    if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
        _exit(97);
    _exit(98);
}

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* FNV-1a with its NUL, so that "ab" "c" is not "a" "bc". */
static void add_text(uint64_t *hash, const char *text)
{
    do
        *hash = (*hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    while (*text++);
}

static void describe(struct outcome *o, const imga_inventory *inventory)
{
    imga_package_row row = {.struct_size = sizeof(row)};
    imga_note_row note = {.struct_size = sizeof(note)};
    int complete = 1;
    o->complete = imga_inventory_is_complete(inventory);
    o->packages = imga_inventory_package_count(inventory);
    for (size_t i = 0; imga_inventory_packages(inventory, i, &row, 1) == 1; i++) {
        add_text(&o->listing, row.name);
        add_text(&o->listing, row.version);
    }
    for (size_t i = 0; imga_inventory_notes(inventory, i, &note, 1) == 1; i++)
        complete &= !imga_note_is_incomplete(note.code);
    if (complete != o->complete)
        o->fault = "complete, against its notes";
}

static void check_failure(struct outcome *o, const imga_inventory *inventory, const imga_error *error)
{
    if (inventory)
        o->fault = "an inventory beside a failure";
    else if (imga_error_code(error) != o->status)
        o->fault = "the status and the error disagree";
    else if (!imga_error_message(error)[0])
        o->fault = "an error without words";
}

static struct outcome inventory_of(imga_context *context, const struct bytes *file)
{
    struct outcome o = {.listing = UINT64_C(14695981039346656037)};
    imga_source *source = NULL;
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    imga_error *error = NULL;
    if (imga_source_from_memory(context, file->p, file->n, &source, NULL) != IMGA_OK)
        die("no source");
    o.status = imga_image_open_source(context, source, NULL, &image, &error);
    o.opened = o.status == IMGA_OK;
    if (o.opened)
        o.status = imga_inventory_collect(context, image, &inventory, &error);
    if (o.status != IMGA_OK)
        check_failure(&o, inventory, error);
    else
        describe(&o, inventory);
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    imga_source_unref(source);
    imga_error_free(error);
    return o;
}

/* Whether damage may give this status: those that image.h and inventory.h list, less those that bytes cannot cause. */
static int is_expected(const struct outcome *o)
{
    static const int both[] = {IMGA_OK,       IMGA_E_LIMIT,       IMGA_E_FORMAT, IMGA_E_TRUNCATED, IMGA_E_CHECKSUM,
                               IMGA_E_DIGEST, IMGA_E_UNSUPPORTED, IMGA_E_PATH,   IMGA_E_NOT_FOUND};
    for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++)
        if (o->status == both[i])
            return 1;
    return !o->opened && o->status == IMGA_E_AMBIGUOUS;
}

/* What is wrong with the outcome of a damaged copy, or NULL. */
static const char *judge(const struct outcome *intact, const struct outcome *o, double took, int is_mended)
{
    if (o->fault)
        return o->fault;
    if (!is_expected(o))
        return "a status that damage must not give";
    if (took > SLOW)
        return "too slow";
    if (o->status != IMGA_OK || !o->complete)
        return NULL;
    if (o->packages == 0 && intact->packages > 0)
        return "complete without packages";
    if (!is_mended && intact->complete && o->listing != intact->listing)
        return "complete with other packages, below digests that are not mended";
    return NULL;
}

static void attempt(struct damage *d, const struct bytes *copy, const char *what, size_t place)
{
    printf("%s %zu: ", what, place);
    fflush(stdout);
    alarm(PATIENCE);
    double before = milliseconds();
    struct outcome o = inventory_of(d->context, copy);
    double took = milliseconds() - before;
    alarm(0);
    const char *wrong = judge(&d->intact, &o, took, what[0] == 'm');
    printf("%s", o.status == IMGA_OK ? o.complete ? "complete" : "incomplete" : imga_status_name(o.status));
    printf(wrong ? ", %zu packages: WRONG: %s\n" : "\n", o.packages, wrong);
    d->tally.runs++;
    d->tally.refused += o.status != IMGA_OK;
    d->tally.incomplete += o.status == IMGA_OK && !o.complete;
    d->tally.complete += o.status == IMGA_OK && o.complete;
    d->tally.wrong += wrong != NULL;
    if (took > d->tally.slowest)
        d->tally.slowest = took;
}

/* A quarter at borders of blocks, a quarter one byte beside them, the rest one in each of equal stretches. */
static void cut(struct damage *d, size_t number, size_t cuts)
{
    size_t stretch = d->file.n / cuts, size;
    if (number % 4 == 0)
        size = pick(&d->state, d->file.n / MEND_BLOCK + 1) * MEND_BLOCK;
    else if (number % 4 == 1)
        size = pick(&d->state, d->file.n / MEND_BLOCK + 1) * MEND_BLOCK + (pick(&d->state, 2) ? 1 : (size_t)-1);
    else
        size = number * stretch + (stretch ? pick(&d->state, stretch) : 0);
    if (size >= d->file.n)
        size = d->file.n - 1;
    struct bytes copy = copy_of(&d->file, size);
    attempt(d, &copy, "cut", size);
    free(copy.p);
}

static void change(struct damage *d, struct bytes *copy, size_t place, size_t number)
{
    copy->p[place] ^= (unsigned char)(number % 2 ? 1 + pick(&d->state, 255) : (size_t)1 << pick(&d->state, 8));
}

/* Half at the start of the file, at headers and at the ends of streams. */
static void flip(struct damage *d, size_t number)
{
    size_t place = pick(&d->state, d->file.n);
    if (number % 4 == 0)
        place = pick(&d->state, d->file.n < HEAD ? d->file.n : HEAD);
    else if (number % 4 == 2 && d->spans.n)
        place = d->spans.p[pick(&d->state, d->spans.n)] + pick(&d->state, SPAN);
    if (place >= d->file.n)
        place = d->file.n - 1;
    struct bytes copy = copy_of(&d->file, d->file.n);
    change(d, &copy, place, number / 4);
    attempt(d, &copy, "flip", place);
    free(copy.p);
}

/* Any member in turn with the largest, which is a layer. */
static size_t member_for(struct damage *d, const struct mend_archive *archive, size_t number)
{
    size_t largest = 0;
    if (number / 2 % 2)
        return archive->count ? pick(&d->state, archive->count) : 0;
    for (size_t i = 1; i < archive->count; i++)
        if (archive->members[i].size > archive->members[largest].size)
            largest = i;
    return largest;
}

/* A place in the member's data, every second one in a header there, if there is one. */
static size_t place_in(struct damage *d, const struct mend_member *member, size_t number)
{
    size_t in[64], count = 0;
    for (size_t i = 0; i < d->spans.n && count < sizeof(in) / sizeof(in[0]); i++)
        if (d->spans.p[i] >= member->data && d->spans.p[i] - member->data + SPAN < member->size)
            in[count++] = d->spans.p[i];
    if (count && number / 4 % 2)
        return in[pick(&d->state, count)] + pick(&d->state, SPAN);
    return member->data + pick(&d->state, member->size);
}

/* A change in a member, its digests made right; in a tar header inside it the checksum, too, in every second. */
static void flip_mended(struct damage *d, size_t number)
{
    struct bytes copy = copy_of(&d->file, d->file.n);
    struct mend_archive archive;
    mend_open(&archive, copy.p, copy.n);
    size_t member = member_for(d, &archive, number);
    if (member < archive.count && archive.members[member].size) {
        size_t place = place_in(d, &archive.members[member], number);
        size_t block = place / MEND_BLOCK * MEND_BLOCK;
        change(d, &copy, place, number / 8);
        if (number % 2 && mend_is_header(&archive, block))
            mend_checksum(&archive, block);
        mend_digests(&archive, member);
        attempt(d, &copy, "mended flip", place);
    }
    mend_close(&archive);
    free(copy.p);
}

static void add_span(struct spans *spans, size_t place)
{
    spans->p = realloc(spans->p, (spans->n + 1) * sizeof(*spans->p));
    if (!spans->p)
        die("no memory");
    spans->p[spans->n++] = place;
}

/* Where the fields of headers begin: tar headers of the file and inside it, starts and ends of members. */
static void find_spans(struct damage *d)
{
    static const size_t fields[] = {0, 100, 124, 148, 156, 257, 345};
    struct mend_archive archive;
    mend_open(&archive, d->file.p, d->file.n);
    for (size_t i = 0; i < archive.count; i++) {
        add_span(&d->spans, archive.members[i].data);
        if (archive.members[i].size >= SPAN)
            add_span(&d->spans, archive.members[i].data + archive.members[i].size - SPAN);
    }
    for (size_t at = 0; at < d->file.n && d->spans.n < 4096; at += MEND_BLOCK)
        for (size_t i = 0; mend_is_header(&archive, at) && i < sizeof(fields) / sizeof(fields[0]); i++)
            add_span(&d->spans, at + fields[i]);
    mend_close(&archive);
}

/* Hostile inputs are large only when unpacked: these bound every copy to a moment, and the defaults judge the intact.
 */
static void set_hard_limits(imga_context *context)
{
    imga_limits limits = {.struct_size = sizeof(limits)};
    imga_limits_default(&limits);
    limits.layer_bytes = limits.image_bytes = 96 << 20;
    limits.layer_entries = limits.image_entries = 110000;
    limits.file_bytes = limits.kept_bytes = 4 << 20;
    limits.gzip_members = 110000;
    if (imga_context_set_limits(context, &limits, NULL) != IMGA_OK)
        die("no limits");
}

static void run(struct damage *d, char **numbers)
{
    size_t cuts = strtoul(numbers[1], NULL, 10), flips = strtoul(numbers[2], NULL, 10);
    size_t mended = strtoul(numbers[3], NULL, 10);
    d->state = strtoull(numbers[0], NULL, 10) * 2 + 1;
    d->intact = inventory_of(d->context, &d->file);
    set_hard_limits(d->context);
    find_spans(d);
    attempt(d, &d->file, "intact", 0);
    if (d->intact.status == IMGA_OK && d->tally.refused)
        printf("bounded\n");
    for (size_t i = 0; i < cuts; i++)
        cut(d, i, cuts);
    for (size_t i = 0; i < flips; i++)
        flip(d, i);
    for (size_t i = 0; i < mended; i++)
        flip_mended(d, i);
}

int main(int argc, char **argv)
{
    struct damage d = {.state = 0};
    const struct sigaction action = {.sa_handler = too_late};
    if (argc != 6 || imga_context_new(NULL, &d.context, NULL) != IMGA_OK || sigaction(SIGALRM, &action, NULL) != 0)
        die("usage: damage FILE SEED CUTS FLIPS MENDED");
    d.file = load(argv[1]);
    run(&d, argv + 2);
    printf("summary %zu %zu %zu %zu %.0f %zu\n", d.tally.runs, d.tally.refused, d.tally.incomplete, d.tally.complete,
           d.tally.slowest, d.tally.wrong);
    free(d.spans.p);
    free(d.file.p);
    imga_context_unref(d.context);
    return d.tally.wrong ? 1 : 0;
}
