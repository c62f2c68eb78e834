/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tar walker: blocks in order, extension headers folded into the entry that follows, data jumped over unless asked
 * for. POSIX.1-2001 pax, ustar, Seventh Edition, old GNU. Where readers differ it follows Go's archive/tar, with which
 * images are unpacked, and marks the entry; docs/tar-rules.md. Bounds: tar_header_bytes for each extension header and
 * sparse map, layer_entries for the extension headers of one entry. Nothing is allocated per entry.
 */
#include "io/tar.h"

#include "io/tar_header.h"
#include "io/tar_pax.h"

#include <string.h>

/* What comes next in the stream, after the bytes to skip. A walk can stop at each of them and go on later. */
enum step { AT_HEADER = 0, AT_SPECIAL, AT_SPARSE_MAP, AT_SECOND_ZERO, AT_DRAIN };
enum { GO_ON = 3 }; /* beside 1, 0 and IA_AGAIN: the step is done, another follows */

/* What extension headers said about the entry that follows them. */
struct pending {
    uint64_t headers; /* count */
    bool waiting;     /* an extension header still waits for its entry */
    bool has_pax;
    struct ia_pax pax;        /* views of tar->records */
    struct ia_str name, link; /* of GNU 'L' and 'K': views of tar->long_name and tar->long_link */
    unsigned flags;           /* IA_TAR_* */
};

struct ia_tar {
    struct ia_alloc alloc;
    struct ia_reader *input;
    struct ia_cursor chunk; /* what is left of the last chunk of the input */
    uint64_t offset;        /* of the first byte of chunk */
    uint64_t data;          /* bytes of the current entry not handed out */
    uint32_t padding;       /* zero bytes after them */
    int status;             /* 1: walking; 0: at the end; < 0: failed */
    bool midway;            /* the walk to the next entry stopped and goes on */
    bool trailing, lacks_end;
    enum step step;
    uint64_t skip; /* bytes to jump over before the step */
    uint64_t header_offset;
    struct ia_tar_header header;
    struct ia_tar_entry entry; /* the one that is being put together */
    uint64_t map_size;         /* bytes of its sparse map so far */
    struct pending pending;
    struct ia_buf records, long_name, long_link;
    size_t have;                      /* bytes of block */
    uint8_t block[IA_TAR_BLOCK_SIZE]; /* a block that lies across chunks */
};

int ia_tar_new(struct ia_env *env, struct ia_reader *input, struct ia_tar **out)
{
    uint64_t limit = env->limits->tar_header_bytes;
    size_t max = limit < SIZE_MAX ? (size_t)limit : SIZE_MAX;
    struct ia_tar *tar = ia_new(&env->alloc, sizeof(*tar));
    if (!tar)
        return ia_fail_nomem(env);
    tar->alloc = env->alloc;
    tar->input = input;
    tar->status = 1;
    ia_buf_init(&tar->records, &tar->alloc, max);
    ia_buf_init(&tar->long_name, &tar->alloc, max);
    ia_buf_init(&tar->long_link, &tar->alloc, max);
    *out = tar;
    return IMGA_OK;
}

void ia_tar_free(struct ia_tar *tar)
{
    if (!tar)
        return;
    struct ia_alloc alloc = tar->alloc;
    ia_buf_free(&tar->records);
    ia_buf_free(&tar->long_name);
    ia_buf_free(&tar->long_link);
    ia_free(&alloc, tar);
}

uint64_t ia_tar_offset(const struct ia_tar *tar)
{
    return tar->offset;
}

bool ia_tar_has_trailing(const struct ia_tar *tar)
{
    return tar->trailing;
}

bool ia_tar_lacks_end(const struct ia_tar *tar)
{
    return tar->lacks_end;
}

/* Replaces an empty chunk by the next one: 1, 0 at the end of the input, IA_AGAIN, or a status. */
static int pull(struct ia_tar *tar, struct ia_env *env)
{
    tar->chunk = (struct ia_cursor){NULL, 0};
    IA_TRY(ia_check_cancel(env));
    return ia_reader_next(tar->input, env, &tar->chunk);
}

/* Takes at most size bytes of the chunk, which is not empty. */
static struct ia_cursor take(struct ia_tar *tar, uint64_t size)
{
    struct ia_cursor part = {NULL, 0};
    (void)ia_cursor_take(&tar->chunk, size < tar->chunk.n ? (size_t)size : tar->chunk.n, &part);
    tar->offset += part.n;
    return part;
}

/* Up to size bytes of the input, without a copy: 1, IA_AGAIN, E_TRUNCATED when there are none left, or a status. */
static int piece(struct ia_tar *tar, struct ia_env *env, uint64_t size, struct ia_cursor *out)
{
    if (!tar->chunk.n) {
        int status = pull(tar, env);
        if (status == 0)
            return ia_fail(env, IMGA_E_TRUNCATED, (int64_t)tar->offset, "the archive ends inside an entry");
        if (status != 1)
            return status;
    }
    *out = take(tar, size);
    return 1;
}

/* The next block: 1, 0 when the input ends before it, IA_AGAIN, or a status. Valid until the next pull. */
static int next_block(struct ia_tar *tar, struct ia_env *env, struct ia_cursor *out)
{
    if (!tar->have && tar->chunk.n >= IA_TAR_BLOCK_SIZE) {
        *out = take(tar, IA_TAR_BLOCK_SIZE);
        return 1;
    }
    while (tar->have < IA_TAR_BLOCK_SIZE) {
        int status = tar->chunk.n ? 1 : pull(tar, env);
        if (status == 0 && tar->have)
            return ia_fail(env, IMGA_E_TRUNCATED, (int64_t)tar->offset, "the archive ends inside a block");
        if (status != 1)
            return status;
        struct ia_cursor part = take(tar, IA_TAR_BLOCK_SIZE - tar->have);
        memcpy(tar->block + tar->have, part.p, part.n);
        tar->have += part.n;
    }
    tar->have = 0;
    *out = ia_cursor_from(tar->block, IA_TAR_BLOCK_SIZE);
    return 1;
}

/* Jumps over tar->skip bytes; what is not in the chunk is not even read when the input can skip. 1, IA_AGAIN. */
static int jump(struct ia_tar *tar, struct ia_env *env)
{
    struct ia_cursor part = {NULL, 0};
    while (tar->skip) {
        uint64_t skipped = 0;
        if (!tar->chunk.n && tar->input->skip) {
            IA_TRY(ia_check_cancel(env));
            IA_TRY(tar->input->skip(tar->input, env, tar->skip, &skipped));
            tar->offset += skipped;
        }
        if (!skipped) {
            int status = piece(tar, env, tar->skip, &part);
            if (status != 1)
                return status;
            skipped = part.n;
        }
        tar->skip -= skipped;
    }
    return 1;
}

static uint32_t padding_of(uint64_t size)
{
    return (uint32_t)((IA_TAR_BLOCK_SIZE - size % IA_TAR_BLOCK_SIZE) % IA_TAR_BLOCK_SIZE);
}

static bool is_zero(struct ia_cursor bytes)
{
    /* The first byte is zero and every byte equals the one before it. */
    return bytes.n == 0 || (bytes.p[0] == 0 && memcmp(bytes.p, bytes.p + 1, bytes.n - 1) == 0);
}

/* Reads what follows the end mark, so that the stages below check their digests. */
static int drain(struct ia_tar *tar, struct ia_env *env)
{
    int status;
    do {
        if (!tar->trailing && !is_zero(tar->chunk))
            tar->trailing = true;
        tar->offset += tar->chunk.n;
    } while ((status = pull(tar, env)) == 1);
    return status;
}

/* One zero block was read: the end, or damage. */
static int read_second_zero(struct ia_tar *tar, struct ia_env *env)
{
    struct ia_cursor block;
    int status = next_block(tar, env, &block);
    if (status != 1) {
        tar->lacks_end = status == 0;
        return status;
    }
    if (!is_zero(block))
        return ia_fail(env, IMGA_E_FORMAT, (int64_t)tar->header_offset, "a lone zero block inside the archive");
    tar->step = AT_DRAIN;
    return GO_ON;
}

/* The next header, of whatever kind, into tar->header: 1, 0 at the end of the archive, GO_ON, IA_AGAIN, or a status. */
static int next_header(struct ia_tar *tar, struct ia_env *env)
{
    struct ia_cursor block;
    if (!tar->have)
        tar->header_offset = tar->offset;
    int64_t at = (int64_t)tar->header_offset;
    int status = next_block(tar, env, &block);
    if (status == 0 && at == 0)
        return ia_fail(env, IMGA_E_TRUNCATED, 0, "the archive is empty");
    if (status != 1) {
        tar->lacks_end = status == 0;
        return status;
    }
    enum ia_tar_block_kind kind = ia_tar_block_kind(block);
    if (kind == IA_TAR_IS_ZERO) {
        tar->step = AT_SECOND_ZERO;
        return GO_ON;
    }
    if (kind == IA_TAR_IS_BAD && at == 0)
        return ia_fail(env, IMGA_E_FORMAT, 0, "this is not a tar archive");
    if (kind == IA_TAR_IS_BAD)
        return ia_fail(env, IMGA_E_CHECKSUM, at, "a tar header has a wrong checksum");
    if (!ia_tar_header_read(block, &tar->header))
        return ia_fail(env, IMGA_E_FORMAT, at, "a tar header has a malformed size");
    return 1;
}

/* Where the data of the extension header at hand goes. */
static struct ia_buf *special_buffer(struct ia_tar *tar)
{
    if (tar->header.type == 'L')
        return &tar->long_name;
    return tar->header.type == 'K' ? &tar->long_link : &tar->records;
}

/* The data of an extension header, whole: 1, IA_AGAIN or a status. */
static int read_special(struct ia_tar *tar, struct ia_env *env)
{
    struct ia_buf *out = special_buffer(tar);
    struct ia_cursor part = {NULL, 0};
    while (out->n < tar->header.size) {
        int status = piece(tar, env, tar->header.size - out->n, &part);
        if (status != 1)
            return status;
        IA_TRY(ia_described(env, ia_buf_add(out, part.p, part.n), "tar_header_bytes", env->limits->tar_header_bytes));
    }
    tar->skip = padding_of(tar->header.size);
    return 1;
}

static int take_long(struct ia_tar *tar, const struct ia_buf *buf, struct ia_str *name)
{
    struct ia_str text = ia_buf_view(buf);
    if (name->n)
        tar->pending.flags |= IA_TAR_ODD_PAX;
    *name = ia_str_sub(text, 0, ia_str_find(text, '\0'));
    if (!name->n)
        tar->pending.flags |= IA_TAR_ODD_PAX;
    return IMGA_OK;
}

static int take_pax(struct ia_tar *tar, struct ia_env *env)
{
    struct pending *pending = &tar->pending;
    struct ia_str text = ia_buf_view(&tar->records);
    /* Go replaces the earlier header, others add to it. */
    if (pending->has_pax)
        pending->flags |= IA_TAR_ODD_PAX;
    pending->has_pax = true;
    return ia_pax_read(env, text, tar->header_offset + IA_TAR_BLOCK_SIZE, &pending->pax);
}

/* A global header describes no entry. Go also forgets the extension headers before it, so the runtime does. */
static int take_global(struct ia_tar *tar, struct ia_env *env)
{
    struct pending *pending = &tar->pending;
    unsigned flags = pending->flags | (pending->waiting ? IA_TAR_ODD_PAX : 0);
    struct ia_pax *pax = &pending->pax;
    IA_TRY(ia_pax_read(env, ia_buf_view(&tar->records), tar->header_offset + IA_TAR_BLOCK_SIZE, pax));
    if (pax->path.n || pax->link.n || pax->has_size || pax->has_sparse)
        flags |= IA_TAR_ODD_PAX;
    flags |= pax->flags & IA_TAR_OVERLAY;
    *pending = (struct pending){.headers = pending->headers, .flags = flags};
    return IMGA_OK;
}

static bool is_extension(char type)
{
    return type == 'x' || type == 'g' || type == 'L' || type == 'K';
}

static int begin_special(struct ia_tar *tar, struct ia_env *env)
{
    uint64_t limit = env->limits->tar_header_bytes;
    if (tar->pending.headers++ >= env->limits->layer_entries)
        return ia_fail_limit(env, (int64_t)tar->header_offset, "layer_entries", env->limits->layer_entries,
                             IA_STR("the extension headers of one entry"));
    if (tar->header.size > limit)
        return ia_fail_limit(env, (int64_t)tar->header_offset, "tar_header_bytes", limit, IA_STR("a tar header"));
    ia_buf_clear(special_buffer(tar));
    tar->step = AT_SPECIAL;
    return GO_ON;
}

/* An extension header describes the entry that follows it. */
static int take_special(struct ia_tar *tar, struct ia_env *env)
{
    struct pending *pending = &tar->pending;
    int status = read_special(tar, env);
    if (status != 1)
        return status;
    tar->step = AT_HEADER;
    if (tar->header.type == 'g')
        status = take_global(tar, env);
    else if (tar->header.type == 'x')
        status = take_pax(tar, env);
    else if (tar->header.type == 'L')
        status = take_long(tar, &tar->long_name, &pending->name);
    else
        status = take_long(tar, &tar->long_link, &pending->link);
    pending->waiting = pending->waiting || tar->header.type != 'g';
    return status < 0 ? status : GO_ON;
}

static void choose_names(struct ia_tar *tar, struct ia_tar_entry *entry)
{
    const struct pending *pending = &tar->pending;
    const struct ia_pax *pax = &pending->pax;
    entry->name = (struct ia_str){tar->header.name, tar->header.name_size};
    entry->link = (struct ia_str){tar->header.link, tar->header.link_size};
    if (pax->path.n)
        entry->name = pax->path;
    if (pending->name.n)
        entry->name = pending->name;
    if (pax->link.n)
        entry->link = pax->link;
    if (pending->link.n)
        entry->link = pending->link;
    if ((pax->path.n && pending->name.n) || (pax->link.n && pending->link.n))
        entry->flags |= IA_TAR_ODD_PAX;
}

static void choose_numbers(const struct ia_tar *tar, struct ia_tar_entry *entry)
{
    static const uint64_t largest_octal = 077777777777;
    const struct ia_tar_header *header = &tar->header;
    const struct ia_pax *pax = &tar->pending.pax;
    entry->mode = header->mode;
    entry->uid = pax->has_uid ? pax->uid : header->uid;
    entry->gid = pax->has_gid ? pax->gid : header->gid;
    entry->device_major = header->device_major;
    entry->device_minor = header->device_minor;
    entry->size = pax->has_size ? pax->size : header->size;
    /* Beyond what ustar can hold the PAX size is the only right one. */
    if (entry->size != header->size && entry->size <= largest_octal)
        entry->flags |= IA_TAR_ODD_PAX;
}

/* A file whose name ends in '/': the Seventh Edition had no other way to write a directory. */
static void choose_slashed_type(const struct ia_tar *tar, struct ia_tar_entry *entry)
{
    if (!ia_str_ends(entry->name, IA_STR("/")))
        return;
    if (tar->header.type == '\0' || entry->size == 0)
        entry->type = IA_TAR_DIRECTORY;
    if (tar->header.type == '0')
        entry->flags |= IA_TAR_ODD_TYPE; /* to Go it is a file */
}

static void choose_type(const struct ia_tar *tar, struct ia_tar_entry *entry)
{
    static const enum ia_tar_type types[] = {
        IA_TAR_FILE, IA_TAR_HARDLINK, IA_TAR_SYMLINK, IA_TAR_CHARACTER, IA_TAR_BLOCK, IA_TAR_DIRECTORY, IA_TAR_FIFO,
    };
    char type = tar->header.type;
    entry->type = IA_TAR_FILE;
    if (type >= '0' && type <= '6')
        entry->type = types[type - '0'];
    else if (type != '\0')
        entry->flags |= IA_TAR_ODD_TYPE;
    if (type == '0' || type == '\0')
        choose_slashed_type(tar, entry);
}

static int choose_sparse(const struct ia_tar *tar, struct ia_env *env, struct ia_tar_entry *entry)
{
    const struct ia_pax *pax = &tar->pending.pax;
    bool old = tar->header.type == 'S', sparse = ia_pax_is_sparse(pax);
    if (old && tar->header.format != IA_TAR_GNU)
        return ia_fail(env, IMGA_E_FORMAT, (int64_t)entry->offset, "a sparse file in an archive that is not GNU tar's");
    if (sparse && !old && entry->type != IA_TAR_FILE)
        return ia_fail(env, IMGA_E_FORMAT, (int64_t)entry->offset, "a sparse map on an entry that has no data");
    if (sparse && !old && pax->sparse_name.n)
        entry->name = pax->sparse_name;
    if (old || sparse)
        entry->flags |= IA_TAR_SPARSE | IA_TAR_ODD_TYPE;
    if (pax->has_sparse && (old || !sparse))
        entry->flags |= IA_TAR_ODD_PAX; /* keys of no known version: a plain file to Go */
    return IMGA_OK;
}

/* Links, directories and devices have no data whatever their size says. */
static void drop_data(struct ia_tar_entry *entry)
{
    bool is_link = entry->type == IA_TAR_SYMLINK || entry->type == IA_TAR_HARDLINK;
    if (entry->type != IA_TAR_FILE && entry->size) {
        entry->flags |= IA_TAR_ODD_TYPE;
        entry->size = 0;
    }
    if (!is_link)
        entry->link = IA_STR("");
    if (entry->type == IA_TAR_CHARACTER && !entry->device_major && !entry->device_minor)
        entry->flags |= IA_TAR_OVERLAY;
}

/* All that headers say is known: the entry can be handed out. */
static int end_entry(struct ia_tar *tar, struct ia_tar_entry *out)
{
    tar->data = tar->entry.size;
    tar->padding = padding_of(tar->entry.size);
    tar->step = AT_HEADER;
    *out = tar->entry;
    return 1;
}

/* The rest of an old GNU sparse map: blocks between header and data that no size counts. */
static int skip_sparse_map(struct ia_tar *tar, struct ia_env *env, struct ia_tar_entry *out)
{
    uint64_t limit = env->limits->tar_header_bytes;
    struct ia_cursor block;
    do {
        if (tar->map_size + IA_TAR_BLOCK_SIZE > limit)
            return ia_fail_limit(env, (int64_t)tar->header_offset, "tar_header_bytes", limit, IA_STR("a sparse map"));
        int status = next_block(tar, env, &block);
        if (status == 0)
            return ia_fail(env, IMGA_E_TRUNCATED, (int64_t)tar->offset, "the archive ends inside a sparse map");
        if (status != 1)
            return status;
        tar->map_size += IA_TAR_BLOCK_SIZE;
    } while (ia_tar_sparse_goes_on(block));
    return end_entry(tar, out);
}

static int begin_entry(struct ia_tar *tar, struct ia_env *env, struct ia_tar_entry *out)
{
    struct ia_tar_entry entry = {.offset = tar->header_offset};
    entry.flags = tar->header.flags | tar->pending.flags | tar->pending.pax.flags;
    choose_names(tar, &entry);
    choose_numbers(tar, &entry);
    choose_type(tar, &entry);
    IA_TRY(choose_sparse(tar, env, &entry));
    drop_data(&entry);
    if (!entry.name.n)
        return ia_fail(env, IMGA_E_FORMAT, (int64_t)entry.offset, "a tar entry has no name");
    tar->entry = entry;
    if (tar->header.type != 'S' || !tar->header.extended)
        return end_entry(tar, out);
    tar->map_size = 0;
    tar->step = AT_SPARSE_MAP;
    return GO_ON;
}

static int take_header(struct ia_tar *tar, struct ia_env *env, struct ia_tar_entry *out)
{
    int status = next_header(tar, env);
    if (status == 1)
        return is_extension(tar->header.type) ? begin_special(tar, env) : begin_entry(tar, env, out);
    if (status == 0 && tar->pending.waiting)
        return ia_fail(env, IMGA_E_FORMAT, (int64_t)tar->header_offset, "an extension header describes no entry");
    return status;
}

static int take_end(struct ia_tar *tar, struct ia_env *env)
{
    int status = tar->step == AT_SECOND_ZERO ? read_second_zero(tar, env) : drain(tar, env);
    if (status == 0 && tar->pending.waiting)
        return ia_fail(env, IMGA_E_FORMAT, (int64_t)tar->header_offset, "an extension header describes no entry");
    return status;
}

static int take_step(struct ia_tar *tar, struct ia_env *env, struct ia_tar_entry *out)
{
    switch (tar->step) {
    case AT_HEADER:
        return take_header(tar, env, out);
    case AT_SPECIAL:
        return take_special(tar, env);
    case AT_SPARSE_MAP:
        return skip_sparse_map(tar, env, out);
    case AT_SECOND_ZERO:
    case AT_DRAIN:
        break;
    }
    return take_end(tar, env);
}

static int walk(struct ia_tar *tar, struct ia_env *env, struct ia_tar_entry *entry)
{
    int status;
    if (!tar->midway) {
        tar->skip = tar->data + tar->padding; /* below 2^63 + 512 */
        tar->data = tar->padding = 0;
        tar->pending = (struct pending){.headers = 0};
    }
    do {
        status = jump(tar, env);
        if (status == 1)
            status = take_step(tar, env, entry);
    } while (status == GO_ON);
    tar->midway = status == IA_AGAIN;
    return status;
}

/* What a walk that failed before answers; the first error stays the one that is reported. */
static int failed_before(const struct ia_tar *tar, struct ia_env *env)
{
    return ia_fail(env, tar->status, (int64_t)tar->offset, "the archive cannot be read any further");
}

int ia_tar_next(struct ia_tar *tar, struct ia_env *env, struct ia_tar_entry *entry)
{
    if (tar->status < 0)
        return failed_before(tar, env);
    if (tar->status == 0)
        return 0;
    int status = walk(tar, env, entry);
    tar->status = status == IA_AGAIN ? 1 : status;
    return status;
}

int ia_tar_data(struct ia_tar *tar, struct ia_env *env, struct ia_cursor *out)
{
    if (tar->status < 0)
        return failed_before(tar, env);
    if (!tar->data)
        return 0;
    int status = piece(tar, env, tar->data, out);
    if (status < 0)
        tar->status = status;
    if (status == 1)
        tar->data -= out->n;
    return status;
}
