/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources over files, memory and the caller's callbacks, and the reader over a range of one. A file's size is fixed
 * when it is opened: what it loses later is E_TRUNCATED, what it gains is not seen. Below a directory every component
 * is opened by itself with O_NOFOLLOW, so that no link in an image layout leads out of it. O_NONBLOCK keeps a pipe from
 * hanging the open; only regular files pass. A stream is handed on as its callback gives it, and ends where that says
 * so.
 */
#include "io/source.h"

#include "io/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, COMPONENT_MAX = 255 };

struct ia_source {
    struct ia_ref ref;
    struct ia_alloc alloc;
    uint64_t size;
    /* Reads up to size bytes inside the source: their number, 0 when they are gone, or a status. */
    int64_t (*read)(struct ia_source *self, struct ia_env *env, uint64_t offset, void *buffer, size_t size);
    int file;                /* -1: none */
    struct ia_cursor memory; /* the bytes of a memory source */
    imga_source_ops ops;
    imga_stream_ops stream; /* read NULL: this is no stream */
    bool is_begun;          /* the one reader of a stream was made */
};

static struct ia_source *source_new(struct ia_env *env, uint64_t size)
{
    struct ia_source *source = ia_new(&env->alloc, sizeof(*source));
    if (!source) {
        ia_fail_nomem(env);
        return NULL;
    }
    ia_ref_init(&source->ref);
    source->alloc = env->alloc;
    source->size = size;
    source->file = -1;
    return source;
}

/* Words of our own: strerror() depends on the locale. */
static const char *reason(int number)
{
    switch (number) {
    case ENOENT:
        return "no such file";
    case ENOTDIR:
        return "not a directory";
    case ELOOP:
        return "a symbolic link";
    case EACCES:
    case EPERM:
        return "permission denied";
    case EMFILE:
    case ENFILE:
        return "too many open files";
    case ENAMETOOLONG:
        return "the name is too long";
    case EISDIR:
        return "a directory";
    default:
        return "input or output error";
    }
}

static int open_failed(struct ia_env *env, int number)
{
    int status = number == ENOENT || number == ENOTDIR ? IMGA_E_NOT_FOUND : IMGA_E_IO;
    return ia_fail(env, status, -1, "cannot open the file: %s (errno %d)", reason(number), number);
}

static int64_t file_read(struct ia_source *self, struct ia_env *env, uint64_t offset, void *buffer, size_t size)
{
    ssize_t n;
    do {
        n = pread(self->file, buffer, size, (off_t)offset);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return ia_fail(env, IMGA_E_IO, (int64_t)offset, "cannot read the file: errno %d", errno);
    return n;
}

/* Takes the descriptor over on success and on failure. */
static int source_file(struct ia_env *env, int file, const char *name, struct ia_source **out)
{
    struct stat info;
    struct ia_source *source = NULL;
    int status = IMGA_OK;
    if (fstat(file, &info) != 0)
        status = ia_error_at(env, open_failed(env, errno), "%s", name);
    else if (!S_ISREG(info.st_mode) || info.st_size < 0)
        status = ia_error_at(env, ia_fail(env, IMGA_E_INVALID, -1, "not a regular file"), "%s", name);
    else if (!(source = source_new(env, (uint64_t)info.st_size)))
        status = IMGA_E_NOMEM;
    if (!source) {
        close(file);
        return status;
    }
    source->file = file;
    source->read = file_read;
    *out = source;
    return IMGA_OK;
}

int ia_source_path(struct ia_env *env, const char *path, struct ia_source **out)
{
    int file = open(path, OPEN_FLAGS);
    if (file < 0)
        return ia_error_at(env, open_failed(env, errno), "%s", path);
    return source_file(env, file, path, out);
}

static bool is_plain(struct ia_str component)
{
    return component.n > 0 && component.n <= COMPONENT_MAX && !ia_str_is(component, ".") && !ia_str_is(component, "..");
}

static bool is_link(int directory, const char *name)
{
    struct stat info;
    return fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
}

/* Opens one component below *directory and closes the previous one unless it is the caller's. */
static int step_down(struct ia_env *env, int top, struct ia_str component, int flags, int *directory)
{
    char name[COMPONENT_MAX + 1] = "";
    if (!is_plain(component))
        return ia_fail(env, IMGA_E_PATH, -1, "not a plain relative path");
    memcpy(name, component.p, component.n);
    int file = openat(*directory, name, OPEN_FLAGS | O_NOFOLLOW | flags);
    int number = errno;
    if (file < 0 && (number == ELOOP || number == ENOTDIR) && is_link(*directory, name))
        return ia_fail(env, IMGA_E_PATH, -1, "a symbolic link, which is not followed");
    if (file < 0)
        return open_failed(env, number);
    if (*directory != top)
        close(*directory);
    *directory = file;
    return IMGA_OK;
}

int ia_source_at(struct ia_env *env, int directory, const char *name, struct ia_source **out)
{
    struct ia_str rest = ia_str_from(name);
    int file = directory, status;
    bool last;
    do {
        size_t slash = ia_str_find(rest, '/');
        last = slash == rest.n;
        status = step_down(env, directory, ia_str_sub(rest, 0, slash), last ? 0 : O_DIRECTORY, &file);
        rest = ia_str_sub(rest, slash + 1, rest.n);
    } while (status == IMGA_OK && !last);
    if (status == IMGA_OK)
        return source_file(env, file, name, out);
    if (file != directory)
        close(file);
    return ia_error_at(env, status, "%s", name);
}

static int64_t memory_read(struct ia_source *self, struct ia_env *env, uint64_t offset, void *buffer, size_t size)
{
    struct ia_cursor part;
    if (!ia_cursor_sub(&self->memory, offset, size, &part))
        return ia_fail(env, IMGA_E_INTERNAL, (int64_t)offset, "a read outside the memory");
    memcpy(buffer, part.p, part.n);
    return (int64_t)size;
}

int ia_source_memory(struct ia_env *env, const void *data, size_t size, struct ia_source **out)
{
    struct ia_source *source = source_new(env, size);
    if (!source)
        return IMGA_E_NOMEM;
    source->memory = ia_cursor_from(data, size);
    source->read = memory_read;
    *out = source;
    return IMGA_OK;
}

static int64_t ops_read(struct ia_source *self, struct ia_env *env, uint64_t offset, void *buffer, size_t size)
{
    int64_t n = self->ops.read_at(self->ops.user, offset, buffer, size);
    if (n < 0)
        return ia_fail(env, IMGA_E_IO, (int64_t)offset, "the read callback failed");
    if ((uint64_t)n > size)
        return ia_fail(env, IMGA_E_IO, (int64_t)offset, "the read callback returned more than was asked for");
    return n;
}

int ia_source_ops(struct ia_env *env, const imga_source_ops *ops, struct ia_source **out)
{
    if (!ops->read_at || ops->size > INT64_MAX)
        return ia_fail(env, IMGA_E_INVALID, -1, "the source has no read callback or an impossible size");
    struct ia_source *source = source_new(env, ops->size);
    if (!source)
        return IMGA_E_NOMEM;
    source->ops = *ops;
    source->read = ops_read;
    *out = source;
    return IMGA_OK;
}

static int64_t stream_read(struct ia_source *self, struct ia_env *env, uint64_t offset, void *buffer, size_t size)
{
    int64_t n = self->stream.read(self->stream.user, buffer, size);
    if (n < 0) /* a read that waits is ended by what cancels the call */
        IA_TRY(ia_check_cancel(env));
    if (n < 0)
        return ia_fail(env, IMGA_E_IO, (int64_t)offset, "the read callback failed");
    if ((uint64_t)n > size)
        return ia_fail(env, IMGA_E_IO, (int64_t)offset, "the read callback returned more than was asked for");
    return n;
}

int ia_source_stream(struct ia_env *env, const imga_stream_ops *ops, struct ia_source **out)
{
    if (!ops->read)
        return ia_fail(env, IMGA_E_INVALID, -1, "the stream has no read callback");
    struct ia_source *source = source_new(env, UINT64_MAX);
    if (!source)
        return IMGA_E_NOMEM;
    source->stream = *ops;
    source->read = stream_read;
    *out = source;
    return IMGA_OK;
}

bool ia_source_is_stream(const struct ia_source *source)
{
    return source->stream.read != NULL;
}

struct ia_source *ia_source_ref(struct ia_source *source)
{
    ia_ref_take(&source->ref);
    return source;
}

void ia_source_unref(struct ia_source *source)
{
    if (!source || !ia_ref_drop(&source->ref))
        return;
    struct ia_alloc alloc = source->alloc;
    if (source->file >= 0)
        close(source->file);
    if (source->ops.close)
        source->ops.close(source->ops.user);
    if (source->stream.close)
        source->stream.close(source->stream.user);
    ia_free(&alloc, source);
}

bool ia_source_is_shared(const struct ia_source *source)
{
    return source->read != ops_read;
}

uint64_t ia_source_size(const struct ia_source *source)
{
    return source->size;
}

int ia_source_read(struct ia_source *source, struct ia_env *env, uint64_t offset, void *buffer, size_t size)
{
    char *to = buffer;
    if (ia_source_is_stream(source))
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "these bytes can only be read once, from the first to the last");
    if (offset > source->size || size > source->size - offset)
        return ia_fail(env, IMGA_E_TRUNCATED, (int64_t)source->size, "the source ends early");
    for (size_t done = 0; done < size;) {
        size_t step = size - done < IA_CHUNK ? size - done : IA_CHUNK;
        IA_TRY(ia_check_cancel(env));
        int64_t n = source->read(source, env, offset + done, to + done, step);
        if (n < 0)
            return (int)n;
        if (n == 0)
            return ia_fail(env, IMGA_E_TRUNCATED, (int64_t)(offset + done), "the source became shorter");
        done += (size_t)n;
    }
    return IMGA_OK;
}

/* A stream tells its size by ending. */
static int slurp_stream(struct ia_source *source, struct ia_env *env, const char *limit, uint64_t max,
                        struct ia_buf *buf)
{
    struct ia_reader *reader = NULL;
    struct ia_cursor chunk;
    int status;
    ia_buf_clear(buf);
    IA_TRY(ia_source_reader(source, env, 0, ia_source_size(source), &reader));
    while ((status = ia_reader_next(reader, env, &chunk)) > 0) {
        if (chunk.n > max - buf->n)
            IA_GO(status, ia_fail_limit(env, -1, limit, max, IA_STR("the size of the source")));
        IA_GO(status, ia_described(env, ia_buf_add(buf, chunk.p, chunk.n), limit, max));
    }
out:
    ia_reader_close(reader);
    return status;
}

int ia_source_slurp(struct ia_source *source, struct ia_env *env, const char *limit, uint64_t max, struct ia_buf *buf)
{
    if (ia_source_is_stream(source))
        return slurp_stream(source, env, limit, max, buf);
    if (source->size > max || source->size > SIZE_MAX)
        return ia_fail_limit(env, -1, limit, max, IA_STR("the size of the source"));
    size_t size = (size_t)source->size;
    ia_buf_clear(buf);
    IA_TRY(ia_described(env, ia_buf_reserve(buf, size), limit, max));
    IA_TRY(ia_source_read(source, env, 0, buf->p, size));
    buf->n = size;
    return IMGA_OK;
}

struct source_reader {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_source *source;
    uint64_t at, end;
    int status;          /* < 0: the answer from now on */
    struct ia_ring ring; /* not open for memory: its bytes are handed out as they are */
};

static int reader_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct source_reader *r = (struct source_reader *)self;
    uint64_t left = r->end - r->at;
    size_t size = left < IA_CHUNK ? (size_t)left : IA_CHUNK;
    if (r->status < 0 || size == 0)
        return r->status;
    if (r->ring.bytes) {
        uint8_t *buffer = ia_ring_next(&r->ring);
        r->status = ia_source_read(r->source, env, r->at, buffer, size);
        *out = ia_cursor_from(buffer, size);
    } else {
        r->status = ia_check_cancel(env);
        ia_cursor_sub(&r->source->memory, r->at, size, out);
    }
    if (r->status < 0)
        return r->status;
    r->at += size;
    return 1;
}

static int reader_skip(struct ia_reader *self, struct ia_env *env, uint64_t size, uint64_t *skipped)
{
    struct source_reader *r = (struct source_reader *)self;
    (void)env;
    if (r->status < 0)
        return r->status;
    *skipped = size < r->end - r->at ? size : r->end - r->at;
    r->at += *skipped;
    return 1;
}

/* What there is now, at most a chunk: who writes into a pipe need not be waited for. */
static int reader_next_of_stream(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct source_reader *r = (struct source_reader *)self;
    if (r->status < 0 || r->at == r->end)
        return r->status;
    if ((r->status = ia_check_cancel(env)) < 0)
        return r->status;
    uint8_t *buffer = ia_ring_next(&r->ring);
    int64_t n = r->source->read(r->source, env, r->at, buffer, IA_CHUNK);
    if (n <= 0) {
        r->status = (int)n;
        r->end = r->at;
        return r->status;
    }
    *out = ia_cursor_from(buffer, (size_t)n);
    r->at += (uint64_t)n;
    return 1;
}

static void reader_close(struct ia_reader *self)
{
    struct source_reader *r = (struct source_reader *)self;
    struct ia_alloc alloc = r->alloc;
    ia_source_unref(r->source);
    ia_ring_close(&r->ring);
    ia_free(&alloc, r);
}

/* No larger and no more buffers than the range fills. */
static int open_ring(struct source_reader *r, struct ia_env *env, uint64_t size)
{
    return ia_ring_open(&r->ring, env, size < IA_CHUNK ? (size_t)size : IA_CHUNK, (size - 1) / IA_CHUNK + 1);
}

/* The one reader that a stream has. */
static int begin_stream(struct source_reader *r, struct ia_env *env)
{
    if (r->source->is_begun || r->at > 0 || r->end != UINT64_MAX)
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "these bytes can only be read once, from the first to the last");
    IA_TRY(ia_ring_open(&r->ring, env, IA_CHUNK, UINT64_MAX));
    r->reader.next = reader_next_of_stream;
    r->reader.skip = NULL;
    r->source->is_begun = true;
    return IMGA_OK;
}

int ia_source_reader(struct ia_source *source, struct ia_env *env, uint64_t offset, uint64_t size,
                     struct ia_reader **out)
{
    if (offset > source->size || size > source->size - offset)
        return ia_fail(env, IMGA_E_TRUNCATED, (int64_t)source->size, "the source ends early");
    struct source_reader *r = ia_new(&env->alloc, sizeof(*r));
    if (!r)
        return ia_fail_nomem(env);
    r->reader = (struct ia_reader){reader_next, reader_skip, reader_close};
    r->alloc = env->alloc;
    r->source = ia_source_ref(source);
    r->at = offset;
    r->end = offset + size;
    int status = IMGA_OK;
    if (ia_source_is_stream(source))
        status = begin_stream(r, env);
    else if (source->read != memory_read && size > 0)
        status = open_ring(r, env, size);
    if (status < 0)
        reader_close(&r->reader);
    else
        *out = &r->reader;
    return status;
}
