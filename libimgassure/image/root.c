/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One layer without digest: a folder is read as the tar that tar would make of it (io/folder_tar.h), an archive as it
 * is, compressed or not. Taking an image archive for a root would turn a broken image into one without findings, so an
 * archive with a single member that belongs to an image is none. Limits: layer_entries, layer_bytes.
 */
#include "image/root.h"

#include "base/hex.h"
#include "io/compress.h"
#include "io/digest_reader.h"
#include "io/folder_tar.h"
#include "io/tar.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { END_MARK = 1024 }; /* bytes */

/* What has been seen of a system: a release file is enough, and so are the two folders together. */
enum { SEEN_RELEASE = 1, SEEN_ETC = 2, SEEN_USR = 4 };

static bool is_system(unsigned seen)
{
    return (seen & SEEN_RELEASE) || (seen & (SEEN_ETC | SEEN_USR)) == (SEEN_ETC | SEEN_USR);
}

static const char *const release_files[] = {"etc/os-release", "usr/lib/os-release"};
static const char *const image_files[] = {"index.json", "oci-layout", "manifest.json", "repositories"};

static bool is_one_of(struct ia_str name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ia_str_is(name, names[i]))
            return true;
    return false;
}

static bool has(int folder, const char *name, bool is_folder)
{
    struct stat info;
    return fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && (!is_folder || S_ISDIR(info.st_mode));
}

int ia_root_folder_fits(struct ia_env *env, const struct ia_image *image, bool is_told)
{
    int folder = image->blobs.directory;
    unsigned seen = 0;
    (void)env;
    for (size_t i = 0; i < IA_COUNT(image_files) && !is_told; i++)
        if (has(folder, image_files[i], false))
            return 0;
    for (size_t i = 0; i < IA_COUNT(release_files); i++)
        seen |= has(folder, release_files[i], false) ? SEEN_RELEASE : 0;
    seen |= (has(folder, "etc", true) ? SEEN_ETC : 0) | (has(folder, "usr", true) ? SEEN_USR : 0);
    return is_system(seen);
}

/* The name of a member without "./" and '/' before it and '/' behind it. */
static struct ia_str plain(struct ia_str name)
{
    while (name.n > 1 && name.p[name.n - 1] == '/')
        name.n--;
    for (;;) {
        if (ia_str_starts(name, IA_STR("./")))
            name = ia_str_sub(name, 2, name.n);
        else if (ia_str_starts(name, IA_STR("/")))
            name = ia_str_sub(name, 1, name.n);
        else
            return name;
    }
}

/* What docker and others call configs and layers: 64 digits, maybe after "sha256:", maybe before ".json". */
static bool is_digest_name(struct ia_str name)
{
    uint8_t digest[32];
    if (ia_str_starts(name, IA_STR("sha256:")))
        name = ia_str_sub(name, sizeof("sha256:") - 1, name.n);
    return name.n >= 64 && ia_hex_decode(ia_str_sub(name, 0, 64), digest, sizeof(digest)) &&
           (name.n == 64 || name.p[64] == '.');
}

static bool is_image_member(struct ia_str name)
{
    struct ia_str top = ia_str_sub(name, 0, ia_str_find(name, '/'));
    if (ia_str_starts(name, IA_STR("blobs/sha256/")) || ia_str_starts(name, IA_STR("blobs/sha512/")))
        return true;
    if (ia_str_is(ia_str_sub(name, top.n, name.n), "/layer.tar"))
        return true;
    return is_one_of(name, image_files, IA_COUNT(image_files)) || is_digest_name(top);
}

static unsigned system_part(struct ia_str name)
{
    unsigned seen = 0;
    if (is_one_of(name, release_files, IA_COUNT(release_files)))
        seen |= SEEN_RELEASE;
    if (ia_str_starts(name, IA_STR("etc/")))
        seen |= SEEN_ETC;
    if (ia_str_starts(name, IA_STR("usr/")))
        seen |= SEEN_USR;
    return seen;
}

struct look {
    unsigned seen;
    bool is_image;
};

/* Reads names until the question is decided. */
static int look_at(struct ia_env *env, struct ia_tar *tar, bool is_told, struct look *look)
{
    struct ia_tar_entry entry;
    uint64_t entries = 0;
    int status;
    while ((status = ia_tar_next(tar, env, &entry)) > 0) {
        struct ia_str name = plain(entry.name);
        if (++entries > env->limits->layer_entries)
            return ia_fail_limit(env, (int64_t)entry.offset, "layer_entries", env->limits->layer_entries,
                                 IA_STR("the archive's entries"));
        IA_TRY(ia_check_cancel(env));
        look->is_image = look->is_image || is_image_member(name);
        look->seen |= system_part(name);
        if (is_told ? is_system(look->seen) : look->is_image)
            return IMGA_OK;
    }
    return status;
}

static int open_stream(struct ia_env *env, struct ia_source *source, struct ia_reader **out)
{
    enum ia_compression kind;
    struct ia_reader *reader = NULL;
    IA_TRY(ia_source_reader(source, env, 0, ia_source_size(source), &reader));
    return ia_decompress(env, reader, &kind, out);
}

static int open_bounded(struct ia_env *env, struct ia_source *source, struct ia_reader **out)
{
    const struct ia_expected bound = {
        .size = UINT64_MAX, .max = env->limits->layer_bytes, .limit = "layer_bytes", .what = "layer"};
    struct ia_reader *stream = NULL;
    IA_TRY(open_stream(env, source, &stream));
    return ia_digest_reader(env, stream, &bound, out);
}

static int look_through(struct ia_env *env, struct ia_source *source, bool is_told, struct look *look)
{
    struct ia_reader *reader = NULL;
    struct ia_tar *tar = NULL;
    int status;
    IA_GO(status, open_bounded(env, source, &reader));
    IA_GO(status, ia_tar_new(env, reader, &tar));
    status = look_at(env, tar, is_told, look);
out:
    ia_tar_free(tar);
    ia_reader_close(reader);
    return status;
}

/* Failures that say something about the bytes and not about the machine. */
static bool is_about_input(int status)
{
    return status != IMGA_E_NOMEM && status != IMGA_E_IO && status != IMGA_E_CANCELLED;
}

int ia_root_archive_fits(struct ia_env *env, struct ia_source *source, bool is_told)
{
    struct ia_notes *notes = env->notes;
    struct look look = {0, false};
    if (ia_source_is_stream(source))
        return is_told; /* nothing can be looked at and still be read */
    env->notes = NULL;
    int status = look_through(env, source, is_told, &look);
    env->notes = notes;
    if (status >= 0)
        return is_told ? is_system(look.seen) || !look.is_image : is_system(look.seen) && !look.is_image;
    bool is_too_much = status == IMGA_E_LIMIT && is_system(look.seen);
    if (!is_about_input(status) || (!look.is_image && (is_told || is_too_much)))
        return ia_error_at(env, status, "archive");
    ia_error_clear(env);
    return 0;
}

static int make_layer(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    if (choice->reference.n)
        return ia_fail(env, IMGA_E_NOT_FOUND, -1, "a root has no name; a reference cannot choose anything");
    if (choice->is_platform_asked)
        return ia_fail(env, IMGA_E_NOT_FOUND, -1, "a root does not say which platform it is for");
    image->facts.os = "linux";
    image->facts.verified = "none";
    return ia_image_add_layers(env, image, 1);
}

/*
 * No digest proves that an archive is whole. One that was cut between two entries lacks its end mark, and that is worth
 * a note: what is missing cannot be known.
 */
struct end_reader {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_reader *input;
    uint64_t zeros; /* bytes at the end of what has passed */
    bool is_cut;
};

static int note_cut(struct ia_env *env)
{
    return ia_note(env, IMGA_NOTE_SKIPPED, -1, IA_STR("layer 0"), "the archive has no end mark: it may have been cut");
}

static uint64_t zeros_at_end(struct ia_cursor chunk)
{
    size_t n = 0;
    while (n < chunk.n && chunk.p[chunk.n - 1 - n] == 0)
        n++;
    return n;
}

static int end_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct end_reader *r = (struct end_reader *)self;
    int status = ia_reader_next(r->input, env, out);
    if (status == 1) {
        uint64_t zeros = zeros_at_end(*out);
        r->zeros = zeros == out->n ? r->zeros + zeros : zeros;
    } else if (status == 0 && r->zeros < END_MARK && !r->is_cut) {
        r->is_cut = true;
        IA_TRY(note_cut(env));
    }
    return status;
}

static int end_skip(struct ia_reader *self, struct ia_env *env, uint64_t size, uint64_t *skipped)
{
    struct end_reader *r = (struct end_reader *)self;
    int status = r->input->skip(r->input, env, size, skipped);
    if (status > 0 && *skipped)
        r->zeros = 0;
    return status;
}

static void end_close(struct ia_reader *self)
{
    struct end_reader *r = (struct end_reader *)self;
    struct ia_alloc alloc = r->alloc;
    ia_reader_close(r->input);
    ia_free(&alloc, r);
}

/* Takes input over on success and on failure. */
static int watch_end(struct ia_env *env, struct ia_reader *input, struct ia_reader **out)
{
    struct end_reader *r = ia_new(&env->alloc, sizeof(*r));
    if (!r) {
        ia_reader_close(input);
        return ia_fail_nomem(env);
    }
    *r = (struct end_reader){.reader = {end_next, NULL, end_close}, .alloc = env->alloc, .input = input};
    r->reader.skip = input->skip ? end_skip : NULL;
    *out = &r->reader;
    return IMGA_OK;
}

static int open_folder(const struct ia_image *image, struct ia_env *env, size_t index, struct ia_reader **out)
{
    (void)index;
    return ia_folder_tar(env, image->blobs.directory, out);
}

int ia_root_folder_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    IA_TRY(make_layer(env, image, choice));
    image->parts->open = open_folder;
    return IMGA_OK;
}

static int open_archive(const struct ia_image *image, struct ia_env *env, size_t index, struct ia_reader **out)
{
    struct ia_reader *reader = NULL;
    (void)index;
    IA_TRY(open_stream(env, image->blobs.source, &reader));
    return watch_end(env, reader, out);
}

/* A root that goes by only once is examined at once. */
static int take_stream(struct ia_env *env, struct ia_image *image)
{
    const struct ia_layer_sink *sink = image->blobs.spooling.sink;
    struct ia_notes *notes = env->notes;
    struct ia_reader *reader = NULL;
    if (!sink)
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "an archive that can be read only once");
    IA_TRY(open_bounded(env, image->blobs.source, &reader));
    IA_TRY(watch_end(env, reader, &reader));
    env->notes = NULL; /* the sink keeps what there is to remark */
    int status = sink->take(sink->user, env, reader, &image->parts->taken);
    env->notes = notes;
    if (status >= 0 && ((const struct end_reader *)reader)->is_cut)
        status = note_cut(env);
    ia_reader_close(reader);
    image->parts->is_taken = status >= 0;
    return status;
}

int ia_root_archive_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    IA_TRY(make_layer(env, image, choice));
    if (ia_source_is_stream(image->blobs.source))
        return take_stream(env, image);
    image->parts->open = open_archive;
    image->layers->size = ia_source_size(image->blobs.source);
    return IMGA_OK;
}
