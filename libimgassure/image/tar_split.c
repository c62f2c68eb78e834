/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts a layer's tar together again: github.com/vbatts/tar-split, tar/storage entry.go and getter.go. The CRC-64 of a
 * file is not looked at: the digest of the whole is the proof. It covers what the tar holds; files that were added to
 * the folder beside it, owners and modes on the disk are not seen here. Two changes that no digest would show are
 * looked for: a file that became longer than in the tar, and an empty file that is no longer empty.
 */
#include "image/tar_split.h"

#include "base/base64.h"
#include "image/document.h"
#include "io/compress.h"
#include "io/digest_reader.h"
#include "io/ring.h"

#include <inttypes.h>
#include <string.h>

/* From this size on a file begins a chunk of its own, so that it can be skipped. */
enum { SKIP_WORTH = 64 * 1024 };

enum { TYPE_FILE = 1, TYPE_PIECE = 2 };

struct tar_split {
    struct ia_reader reader;
    struct ia_alloc alloc;
    const char *name;        /* of the tar-split file */
    struct ia_reader *input; /* its lines */
    struct ia_cursor text;   /* of input, not yet used */
    bool text_ended;
    uint64_t lines;        /* begun so far */
    struct ia_buf line;    /* one that lies across chunks */
    struct ia_arena arena; /* the strings of one line */
    struct ia_buf piece;   /* the last piece of the tar */
    struct ia_cursor rest; /* of it, not yet handed out */
    struct ia_tar_split_files files;
    struct ia_buf path;     /* of the current file, with a NUL behind it */
    struct ia_source *file; /* NULL: not yet open */
    uint64_t at, size;      /* in the current file */
    struct ia_ring ring;
    bool ended;
    int status; /* < 0: the answer from now on */
};

/* One line. */
struct entry {
    uint64_t type, size;
    const char *name, *name_raw, *payload; /* "" when absent */
};

static int too_long(struct tar_split *r, struct ia_env *env, struct ia_str what)
{
    return ia_fail_limit(env, -1, "manifest_bytes", r->line.max, what);
}

/* Takes the text before the next line feed, or all there is; true when the line feed was there. */
static bool cut_line(struct tar_split *r, struct ia_str *out)
{
    struct ia_cursor taken;
    struct ia_str text = ia_cursor_str(r->text);
    size_t end = ia_str_find(text, '\n');
    bool is_whole = end < text.n;
    *out = ia_str_sub(text, 0, end);
    (void)ia_cursor_take(&r->text, is_whole ? end + 1 : end, &taken);
    return is_whole;
}

static int more_text(struct tar_split *r, struct ia_env *env)
{
    int status = r->text_ended ? 0 : ia_reader_next(r->input, env, &r->text);
    if (status == 0) {
        r->text_ended = true;
        r->text = (struct ia_cursor){NULL, 0};
    }
    return status;
}

/* The next line without its end: 1, 0 when there is none, or a status. Valid until the next call. */
static int next_line(struct tar_split *r, struct ia_env *env, struct ia_str *out)
{
    static const struct ia_str what = {"a line of a tar-split file", 26};
    struct ia_str part;
    bool is_whole = false;
    int status;
    ia_buf_clear(&r->line);
    while (!is_whole) {
        if (r->text.n == 0 && (status = more_text(r, env)) <= 0) {
            *out = ia_buf_view(&r->line);
            return status < 0 ? status : out->n > 0;
        }
        is_whole = cut_line(r, &part);
        if (part.n > r->line.max)
            return too_long(r, env, what);
        if (is_whole && r->line.n == 0) {
            *out = part;
            return 1;
        }
        status = ia_buf_str(&r->line, part);
        if (status < 0)
            return status == IMGA_E_LIMIT ? too_long(r, env, what) : ia_fail_nomem(env);
    }
    *out = ia_buf_view(&r->line);
    return 1;
}

enum { TYPE, NAME, NAME_RAW, SIZE, PAYLOAD };

static int read_member(struct ia_document *d, unsigned index, struct entry *out)
{
    switch (index) {
    case TYPE:
        return ia_document_u64(d, &out->type);
    case NAME:
        return ia_document_text(d, &out->name);
    case NAME_RAW:
        return ia_document_text(d, &out->name_raw);
    case SIZE:
        return ia_document_u64(d, &out->size);
    default:
        return ia_document_text(d, &out->payload);
    }
}

static int read_entry(struct tar_split *r, struct ia_env *env, struct ia_str line, struct entry *out)
{
    static const char *const names[] = {"type", "name", "name_raw", "size", "payload"};
    static const struct ia_members members = {names, IA_COUNT(names), false};
    struct ia_document d;
    struct ia_object object;
    unsigned index;
    int status;
    *out = (struct entry){.name = "", .name_raw = "", .payload = ""};
    IA_GO(status, ia_document_open(&d, env, &r->arena, line));
    IA_GO(status, ia_object_begin(&d, &object, &members));
    if (status == 0)
        IA_GO(status, ia_fail(env, IMGA_E_FORMAT, 0, "it is null, not an object"));
    while ((status = ia_object_next(&d, &object, &index)) > 0)
        IA_GO(status, read_member(&d, index, out));
    IA_GO(status, status);
    status = ia_document_end(&d);
out:
    ia_document_close(&d);
    return status;
}

static int take_piece(struct tar_split *r, struct ia_env *env, const struct entry *entry)
{
    struct ia_str text = ia_str_from(entry->payload);
    ia_buf_clear(&r->piece);
    IA_TRY(ia_described(env, ia_buf_reserve(&r->piece, ia_base64_room(text.n)), "string_bytes", r->piece.max));
    if (text.n && !ia_base64_decode(text, (uint8_t *)r->piece.p, &r->piece.n))
        return ia_fail(env, IMGA_E_FORMAT, -1, "the payload is not base64");
    r->rest = ia_cursor_from(r->piece.p, r->piece.n);
    return IMGA_OK;
}

/* The name of a file as the tar has it, raw bytes. */
static int name_of(struct tar_split *r, struct ia_env *env, const struct entry *entry, struct ia_str *out)
{
    struct ia_str raw = ia_str_from(entry->name_raw);
    *out = ia_str_from(entry->name);
    if (raw.n == 0)
        return IMGA_OK;
    if (out->n)
        return ia_fail(env, IMGA_E_AMBIGUOUS, -1, "the file has two names");
    uint8_t *bytes = ia_arena_new(&r->arena, ia_base64_room(raw.n) + 1);
    if (!bytes)
        return ia_fail_nomem(env);
    if (!ia_base64_decode(raw, bytes, &out->n))
        return ia_fail(env, IMGA_E_FORMAT, -1, "the name is not base64");
    out->p = (const char *)bytes;
    return IMGA_OK;
}

static int add_component(struct ia_buf *path, struct ia_str component)
{
    if (path->n)
        IA_TRY(ia_buf_char(path, '/'));
    return ia_buf_str(path, component);
}

/* Where the file lies below the folder: "./a//b" and "/a/b" are "a/b". */
static int set_path(struct tar_split *r, struct ia_env *env, struct ia_str name)
{
    struct ia_str part;
    int status = IMGA_OK;
    if (ia_str_find(name, '\0') < name.n)
        return ia_fail(env, IMGA_E_FORMAT, -1, "the name of a file holds a NUL");
    ia_buf_clear(&r->path);
    while (status == IMGA_OK && ia_str_next(&name, '/', &part)) {
        if (ia_str_is(part, ".."))
            return ia_fail(env, IMGA_E_PATH, -1, "the name of a file has a \"..\"");
        if (part.n && !ia_str_is(part, "."))
            status = add_component(&r->path, part);
    }
    if (status == IMGA_OK && r->path.n == 0)
        return ia_fail(env, IMGA_E_FORMAT, -1, "a file without a name");
    if (status == IMGA_OK)
        status = ia_buf_char(&r->path, '\0');
    return ia_described(env, status, "path_bytes", r->path.max - 1);
}

static void close_file(struct tar_split *r)
{
    ia_source_unref(r->file);
    r->file = NULL;
}

static int open_file(struct tar_split *r, struct ia_env *env)
{
    IA_TRY(r->files.open(r->files.user, env, r->path.p, &r->file));
    uint64_t size = ia_source_size(r->file);
    if (size < r->size)
        return ia_fail(env, IMGA_E_TRUNCATED, (int64_t)size,
                       "the file is shorter than the %" PRIu64 " bytes it must have", r->size);
    if (size > r->size)
        return ia_fail(env, IMGA_E_DIGEST, -1, "the file is longer than the %" PRIu64 " bytes it must have", r->size);
    return IMGA_OK;
}

/* Whether the tar has an empty regular file here: its header is the end of the piece before. */
static bool is_empty_file(const struct tar_split *r, struct ia_str name)
{
    enum { BLOCK = 512, TYPE_FLAG = 156 };
    size_t slash = ia_str_find_last(name, '/');
    struct ia_str base = slash < name.n ? ia_str_sub(name, slash + 1, name.n) : name;
    if (r->piece.n < BLOCK || base.n == 0 || ia_str_starts(base, IA_STR(".wh.")))
        return false; /* a whiteout is not there as a file */
    char type = r->piece.p[r->piece.n - BLOCK + TYPE_FLAG];
    return type == '0' || type == '\0';
}

static int check_empty(struct tar_split *r, struct ia_env *env)
{
    r->at = r->size = 0;
    int status = open_file(r, env);
    close_file(r);
    return status;
}

static int take_file(struct tar_split *r, struct ia_env *env, const struct entry *entry)
{
    struct ia_str name;
    IA_TRY(name_of(r, env, entry, &name));
    bool is_empty = entry->size == 0 && is_empty_file(r, name);
    ia_buf_clear(&r->piece);
    if (entry->size == 0 && !is_empty)
        return IMGA_OK;
    IA_TRY(set_path(r, env, name));
    r->at = 0;
    r->size = entry->size;
    return is_empty ? ia_error_at(env, check_empty(r, env), "%.150s", r->path.p) : IMGA_OK;
}

static int take_line(struct tar_split *r, struct ia_env *env, struct ia_str line)
{
    struct entry entry;
    IA_TRY(read_entry(r, env, line, &entry));
    if (entry.type == TYPE_PIECE)
        return take_piece(r, env, &entry);
    if (entry.type == TYPE_FILE)
        return take_file(r, env, &entry);
    return ia_fail(env, IMGA_E_FORMAT, -1, "entries of type %" PRIu64 " are not known", entry.type);
}

static int at_line(const struct tar_split *r, struct ia_env *env, int status)
{
    return ia_error_at(env, status, "%.140s: line %" PRIu64, r->name, r->lines);
}

/* Goes on with the next line: 1, 0 at the end, or a status. */
static int next_entry(struct tar_split *r, struct ia_env *env)
{
    struct ia_str line;
    IA_TRY(ia_check_cancel(env));
    int status = next_line(r, env, &line);
    if (status <= 0)
        return ia_error_at(env, status, "%.200s", r->name);
    r->lines++;
    if (ia_str_trim(line).n == 0)
        return 1;
    status = take_line(r, env, line);
    ia_arena_free(&r->arena);
    return status < 0 ? at_line(r, env, status) : 1;
}

static int read_file(struct tar_split *r, struct ia_env *env, uint8_t *buffer, size_t size)
{
    int status = r->file ? IMGA_OK : open_file(r, env);
    if (status == IMGA_OK)
        status = ia_source_read(r->file, env, r->at, buffer, size);
    if (status < 0) {
        ia_error_at(env, status, "%.150s", r->path.p);
        return at_line(r, env, status);
    }
    r->at += size;
    if (r->at == r->size)
        close_file(r);
    return IMGA_OK;
}

static size_t room(size_t used, uint64_t wanted)
{
    return wanted < IA_CHUNK - used ? (size_t)wanted : IA_CHUNK - used;
}

static void copy_piece(struct tar_split *r, uint8_t *chunk, size_t *used)
{
    struct ia_cursor part = {NULL, 0};
    if (ia_cursor_take(&r->rest, room(*used, r->rest.n), &part))
        memcpy(chunk + *used, part.p, part.n);
    *used += part.n;
}

/* Fills a chunk from pieces and files, as far as they go. */
static int fill(struct tar_split *r, struct ia_env *env, uint8_t *chunk, size_t *used)
{
    int status = 1;
    while (status > 0 && *used < IA_CHUNK) {
        if (r->rest.n) {
            copy_piece(r, chunk, used);
        } else if (r->at < r->size) {
            if (*used && r->at == 0 && r->size >= SKIP_WORTH)
                break;
            size_t size = room(*used, r->size - r->at);
            IA_TRY(read_file(r, env, chunk + *used, size));
            *used += size;
        } else {
            status = next_entry(r, env);
        }
    }
    return status < 0 ? status : IMGA_OK;
}

static int split_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct tar_split *r = (struct tar_split *)self;
    size_t used = 0;
    if (r->status < 0 || r->ended)
        return r->status;
    uint8_t *chunk = ia_ring_next(&r->ring);
    r->status = fill(r, env, chunk, &used);
    if (r->status < 0)
        return r->status;
    r->ended = used == 0;
    *out = ia_cursor_from(chunk, used);
    return !r->ended;
}

/* To what can be skipped: nothing at the end. */
static void advance(struct tar_split *r, struct ia_env *env)
{
    while (r->status >= 0 && !r->ended && r->rest.n == 0 && r->at == r->size) {
        int status = next_entry(r, env);
        if (status < 0)
            r->status = status;
        r->ended = status == 0;
    }
}

static int split_skip(struct ia_reader *self, struct ia_env *env, uint64_t size, uint64_t *skipped)
{
    struct tar_split *r = (struct tar_split *)self;
    struct ia_cursor part;
    *skipped = 0;
    advance(r, env);
    if (r->status < 0)
        return r->status;
    if (r->rest.n) {
        *skipped = size < r->rest.n ? size : r->rest.n;
        (void)ia_cursor_take(&r->rest, (size_t)*skipped, &part);
        return 1;
    }
    *skipped = size < r->size - r->at ? size : r->size - r->at;
    r->at += *skipped;
    if (r->at == r->size)
        close_file(r);
    return 1;
}

static void split_close(struct ia_reader *self)
{
    struct tar_split *r = (struct tar_split *)self;
    struct ia_alloc alloc = r->alloc;
    ia_reader_close(r->input);
    close_file(r);
    r->files.close(r->files.user);
    ia_arena_free(&r->arena);
    ia_buf_free(&r->line);
    ia_buf_free(&r->piece);
    ia_buf_free(&r->path);
    ia_ring_close(&r->ring);
    ia_free(&alloc, r);
}

static size_t bounded(uint64_t limit)
{
    return limit < SIZE_MAX - 1 ? (size_t)limit : SIZE_MAX - 1;
}

/* Unpacks and bounds the lines; takes input over on success and on failure. */
static int open_text(struct tar_split *r, struct ia_env *env, struct ia_reader *input)
{
    const struct ia_expected text = {
        .size = UINT64_MAX, .max = env->limits->layer_bytes, .limit = "layer_bytes", .what = "tar-split file"};
    enum ia_compression kind;
    struct ia_reader *lines = NULL;
    IA_TRY(ia_decompress(env, input, &kind, &lines));
    return ia_digest_reader(env, lines, &text, &r->input);
}

int ia_tar_split_reader(struct ia_env *env, struct ia_reader *input, const struct ia_tar_split_files *files,
                        const char *name, struct ia_reader **out)
{
    struct tar_split *r = ia_new(&env->alloc, sizeof(*r));
    if (!r) {
        ia_reader_close(input);
        files->close(files->user);
        return ia_fail_nomem(env);
    }
    r->reader = (struct ia_reader){split_next, split_skip, split_close};
    r->alloc = env->alloc;
    r->name = name;
    r->files = *files;
    ia_arena_init(&r->arena, &env->alloc);
    ia_buf_init(&r->line, &env->alloc, bounded(env->limits->manifest_bytes));
    ia_buf_init(&r->piece, &env->alloc, bounded(env->limits->string_bytes));
    ia_buf_init(&r->path, &env->alloc, bounded(env->limits->path_bytes) + 1);
    unsigned alive = env->chunks_alive;
    env->chunks_alive = 1; /* the lines are used up at once */
    int status = ia_error_at(env, open_text(r, env, input), "%.200s", name);
    env->chunks_alive = alive;
    if (status >= 0)
        status = ia_ring_open(&r->ring, env, IA_CHUNK, UINT64_MAX);
    if (status < 0)
        split_close(&r->reader);
    else
        *out = &r->reader;
    return status;
}
