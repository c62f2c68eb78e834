/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members that tell neither which files there are nor what they are (times, owners, offsets) are skipped. Entries of
 * type "chunk" go on with a file that has come.
 */
#include "scan/toc_read.h"

#include "image/document.h"

enum { VERSION, ENTRIES };
static const char *const top_names[] = {"version", "entries"};
static const struct ia_members top_members = {top_names, IA_COUNT(top_names), false};

enum { TYPE, NAME, LINK, SIZE, DIGEST, MAJOR, MINOR };
static const char *const entry_names[] = {"type", "name", "linkName", "size", "digest", "devMajor", "devMinor"};
static const struct ia_members entry_members = {entry_names, IA_COUNT(entry_names), false};

enum { CHUNK = -1 };
static const struct {
    const char *name;
    int type;
} types[] = {
    {"reg", IA_TAR_FILE},       {"dir", IA_TAR_DIRECTORY}, {"symlink", IA_TAR_SYMLINK}, {"hardlink", IA_TAR_HARDLINK},
    {"char", IA_TAR_CHARACTER}, {"block", IA_TAR_BLOCK},   {"fifo", IA_TAR_FIFO},       {"chunk", CHUNK},
};

struct toc {
    struct ia_document document;
    struct ia_buf name, link, digest; /* of the entry at hand */
    struct ia_toc_entry entry;
    uint64_t count;
    ia_toc_each *each;
    void *user;
};

static int type_of(struct ia_str name)
{
    for (size_t i = 0; i < IA_COUNT(types); i++)
        if (ia_str_is(name, types[i].name))
            return types[i].type;
    return 0;
}

static int keep(struct toc *toc, struct ia_buf *buf)
{
    struct ia_str text;
    IA_TRY(ia_document_string(&toc->document, &text));
    return text.n && ia_buf_add(buf, text.p, text.n) < 0 ? ia_fail_nomem(toc->document.env) : IMGA_OK;
}

static int read_type(struct toc *toc)
{
    struct ia_str text;
    IA_TRY(ia_document_string(&toc->document, &text));
    toc->entry.type = type_of(text);
    return IMGA_OK;
}

static int read_member(struct toc *toc, unsigned index)
{
    switch (index) {
    case TYPE:
        return read_type(toc);
    case NAME:
        return keep(toc, &toc->name);
    case LINK:
        return keep(toc, &toc->link);
    case SIZE:
        return ia_document_u64(&toc->document, &toc->entry.size);
    case DIGEST:
        return keep(toc, &toc->digest);
    case MAJOR:
        return ia_document_u64(&toc->document, &toc->entry.device_major);
    default:
        return ia_document_u64(&toc->document, &toc->entry.device_minor);
    }
}

static int hand_out(struct toc *toc)
{
    struct ia_env *env = toc->document.env;
    if (toc->entry.type == CHUNK)
        return IMGA_OK;
    if (toc->count++ >= env->limits->layer_entries)
        return ia_fail_limit(env, ia_document_offset(&toc->document), "layer_entries", env->limits->layer_entries,
                             IA_STR("the table of contents"));
    toc->entry.name = ia_buf_view(&toc->name);
    toc->entry.link = ia_buf_view(&toc->link);
    toc->entry.digest = ia_buf_view(&toc->digest);
    return toc->each(toc->user, env, &toc->entry);
}

static int read_entry(struct toc *toc)
{
    struct ia_object object;
    unsigned index;
    toc->entry = (struct ia_toc_entry){.type = 0};
    ia_buf_clear(&toc->name);
    ia_buf_clear(&toc->link);
    ia_buf_clear(&toc->digest);
    int status = ia_object_begin(&toc->document, &object, &entry_members);
    if (status == 0)
        return ia_fail(toc->document.env, IMGA_E_FORMAT, ia_document_offset(&toc->document), "an entry is null");
    while (status > 0 && (status = ia_object_next(&toc->document, &object, &index)) > 0)
        IA_TRY(read_member(toc, index));
    return status < 0 ? status : hand_out(toc);
}

static int read_entries(struct toc *toc)
{
    int status = ia_array_begin(&toc->document);
    while (status > 0 && (status = ia_array_next(&toc->document)) > 0)
        IA_TRY(read_entry(toc));
    return status;
}

static int read_top(struct toc *toc)
{
    struct ia_document *d = &toc->document;
    struct ia_object object;
    uint64_t version = 0;
    unsigned index;
    int status = ia_object_begin(d, &object, &top_members);
    while (status > 0 && (status = ia_object_next(d, &object, &index)) > 0)
        IA_TRY(index == VERSION ? ia_document_u64(d, &version) : read_entries(toc));
    IA_TRY(status);
    if (!(object.seen & 1U << ENTRIES) || version != 1)
        return ia_fail(d->env, IMGA_E_FORMAT, -1, "it is no table of contents of version 1");
    return ia_document_end(d);
}

int ia_toc_read(struct ia_env *env, struct ia_reader *json, ia_toc_each *each, void *user)
{
    struct toc toc = {.each = each, .user = user};
    ia_buf_init(&toc.name, &env->alloc, SIZE_MAX); /* the reader of JSON has a limit for strings */
    ia_buf_init(&toc.link, &env->alloc, SIZE_MAX);
    ia_buf_init(&toc.digest, &env->alloc, SIZE_MAX);
    int status = ia_document_stream(&toc.document, env, NULL, json);
    if (status >= 0)
        status = read_top(&toc);
    ia_document_close(&toc.document);
    ia_buf_free(&toc.name);
    ia_buf_free(&toc.link);
    ia_buf_free(&toc.digest);
    return status;
}
