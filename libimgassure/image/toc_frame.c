/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Footers: estargz.md of stargz-snapshotter; pkg/chunked of containers/storage. Every number is checked against the
 * size of the blob before it is used; where two readers could take two numbers, the frame is in trouble.
 */
#include "image/toc_frame.h"

#include "image/opened.h"
#include "io/compress.h"
#include "io/digest_reader.h"
#include "io/tar.h"

enum { FRAME_HEADER = 8, CHUNKED_FOOTER = 64, OLD_CHUNKED_FOOTER = 40, CRFS_MANIFEST = 1, POSITION_NUMBERS = 4 };
enum { EXTRA = 12, STARGZ_REST = 13, SUBFIELD = 4, OFFSET_DIGITS = 16 };

const char ia_toc_name[] = "stargz.index.json";

/* The last size bytes. */
static struct ia_cursor end_of(struct ia_cursor tail, size_t size)
{
    struct ia_cursor end = {0};
    if (size <= tail.n)
        (void)ia_cursor_sub(&tail, tail.n - size, size, &end);
    return end;
}

/* Whether the last bytes are a skippable frame with so many. */
static bool is_frame(struct ia_cursor tail, uint32_t size)
{
    struct ia_cursor frame = end_of(tail, FRAME_HEADER + (size_t)size);
    uint32_t magic, found;
    return ia_cursor_u32le(&frame, &magic) && ia_cursor_u32le(&frame, &found) && (magic & 0xfffffff0) == 0x184d2a50 &&
           found == size;
}

static void chunked_footer(struct ia_cursor tail, uint64_t size, struct ia_toc_frame *out)
{
    bool is_long = is_frame(tail, CHUNKED_FOOTER), is_short = is_frame(tail, OLD_CHUNKED_FOOTER);
    struct ia_cursor footer = end_of(tail, is_long ? CHUNKED_FOOTER : OLD_CHUNKED_FOOTER);
    uint64_t type = 0, end;
    out->kind = IA_TOC_CHUNKED;
    if (is_long == is_short) {
        out->trouble = is_long ? "its footer can be read in two ways" : "its footer is no frame of its own";
        return;
    }
    end = size - footer.n - FRAME_HEADER;
    (void)(ia_cursor_u64le(&footer, &out->offset) && ia_cursor_u64le(&footer, &out->size) &&
           ia_cursor_u64le(&footer, &out->unpacked) && ia_cursor_u64le(&footer, &type));
    if (type != CRFS_MANIFEST)
        out->trouble = "its footer names a type that is not known";
    else if (out->offset > end || out->size > end - out->offset)
        out->trouble = "its footer leads out of the layer";
}

static bool hex_u64(struct ia_str digits, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < digits.n; i++) {
        char c = ia_lower(digits.p[i]);
        if (!ia_is_digit(c) && !(c >= 'a' && c <= 'f'))
            return false;
        *out = *out << 4 | (uint64_t)(ia_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return true;
}

/* The extra field is all of the footer but the header and what ends an empty member. */
static bool stargz_footer(struct ia_cursor tail, uint64_t size, struct ia_str subfield, struct ia_toc_frame *out)
{
    static const struct ia_str mark = {"STARGZ", 6};
    size_t footer = EXTRA + subfield.n + OFFSET_DIGITS + mark.n + STARGZ_REST;
    struct ia_str text = ia_cursor_str(end_of(tail, footer)),
                  digits = ia_str_sub(text, EXTRA + subfield.n, OFFSET_DIGITS);
    if (!ia_str_starts(text, IA_STR("\x1f\x8b")) || !ia_str_starts(ia_str_sub(text, EXTRA, subfield.n), subfield) ||
        !ia_str_starts(ia_str_sub(text, EXTRA + subfield.n + OFFSET_DIGITS, mark.n), mark))
        return false;
    out->kind = IA_TOC_ESTARGZ;
    if (!hex_u64(digits, &out->offset))
        out->trouble = "its footer holds no offset";
    else if (out->offset > size - footer)
        out->trouble = "its footer leads out of the layer";
    else
        out->size = size - footer - out->offset;
    return true;
}

void ia_toc_footer(struct ia_cursor tail, uint64_t size, struct ia_toc_frame *out)
{
    out->unpacked = UINT64_MAX;
    if (ia_str_ends(ia_cursor_str(tail), IA_STR("GnUlInUx")))
        chunked_footer(tail, size, out);
    else if (!stargz_footer(tail, size, (struct ia_str){"SG\x16\0", SUBFIELD}, out))
        (void)stargz_footer(tail, size, IA_STR(""), out);
}

/* ---- the descriptor ---- */

static bool is_said(const char *text)
{
    return text && text[0];
}

static int take_digest(struct ia_env *env, const char *text, struct ia_toc_frame *frame, struct ia_digest *out)
{
    int status = is_said(text) ? ia_digest_parse(env, ia_str_from(text), out) : IMGA_OK;
    if (status >= 0)
        return IMGA_OK;
    if (status != IMGA_E_FORMAT && status != IMGA_E_UNSUPPORTED)
        return status;
    ia_error_clear(env);
    out->algorithm = 0;
    frame->trouble = "an annotation of its descriptor holds no digest that is known";
    return IMGA_OK;
}

/* Whether the annotation leads to the same bytes as the footer. */
static bool is_at(const char *position, const struct ia_toc_frame *frame)
{
    const uint64_t wanted[POSITION_NUMBERS] = {frame->offset, frame->size, frame->unpacked, CRFS_MANIFEST};
    struct ia_str rest = ia_str_from(position), part;
    uint64_t number;
    for (unsigned i = 0; i < POSITION_NUMBERS; i++)
        if (!ia_str_next(&rest, ':', &part) || !ia_str_u64(part, &number) || number != wanted[i])
            return false;
    return rest.n == 0;
}

static int take_claim(struct ia_env *env, const struct ia_toc_claim *claim, struct ia_toc_frame *out)
{
    out->promises_chunked = is_said(claim->checksum) || is_said(claim->position);
    out->promises_any = out->promises_chunked || is_said(claim->digest);
    if (out->kind == IA_TOC_NONE)
        return IMGA_OK;
    IA_TRY(take_digest(env, claim->digest, out, &out->digest));
    if (out->kind != IA_TOC_CHUNKED || out->is_gone)
        return IMGA_OK;
    IA_TRY(take_digest(env, claim->checksum, out, &out->checksum));
    if (claim->is_double)
        out->trouble = "two annotations of its descriptor contradict each other";
    else if (!out->trouble && is_said(claim->position) && !is_at(claim->position, out))
        out->trouble = "an annotation of its descriptor leads elsewhere than its footer";
    return IMGA_OK;
}

/* Of a blob that went by no more is known than how it was compressed. */
static void recall(const struct ia_passed *passed, struct ia_toc_frame *out)
{
    out->is_gone = true;
    if (passed->kind == IA_COMPRESSION_GZIP)
        out->kind = IA_TOC_ESTARGZ;
    if (passed->kind == IA_COMPRESSION_ZSTD)
        out->kind = IA_TOC_CHUNKED;
}

static int read_footer(struct ia_env *env, const struct ia_blob *blob, struct ia_toc_frame *out)
{
    uint8_t tail[IA_TOC_TAIL];
    size_t n = blob->size < sizeof(tail) ? (size_t)blob->size : sizeof(tail);
    IA_TRY(ia_source_read(blob->source, env, blob->offset + blob->size - n, tail, n));
    ia_toc_footer(ia_cursor_from(tail, n), blob->size, out);
    return IMGA_OK;
}

int ia_image_layer_toc(const struct ia_image *image, struct ia_env *env, size_t index, struct ia_toc_frame *out)
{
    const struct ia_layer_part *part = &image->parts[index];
    struct ia_blob blob = {0};
    int status = IMGA_OK;
    *out = (struct ia_toc_frame){.kind = IA_TOC_NONE};
    if (part->open)
        return IMGA_OK;
    IA_GO(status, ia_image_layer_blob(image, env, part, &blob));
    if (blob.passed)
        recall(blob.passed, out);
    else
        IA_GO(status, read_footer(env, &blob, out));
    status = take_claim(env, &part->toc, out);
out:
    ia_blob_free(&blob);
    return ia_error_at(env, status, "layer %zu", index);
}

/* ---- the JSON of an eStargz layer: the only file of a tar ---- */

struct indexed {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_reader *input;
    struct ia_tar *tar;
    bool is_found;
};

static int find_index(struct indexed *s, struct ia_env *env)
{
    struct ia_tar_entry entry;
    int status = ia_tar_next(s->tar, env, &entry);
    if (status < 0)
        return status;
    if (status == 0 || entry.type != IA_TAR_FILE || !ia_str_is(entry.name, ia_toc_name) ||
        (entry.flags & IA_TAR_SPARSE))
        return ia_fail(env, IMGA_E_FORMAT, -1, "its footer leads to something else");
    s->is_found = true;
    return IMGA_OK;
}

static int indexed_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct indexed *s = (struct indexed *)self;
    if (!s->is_found)
        IA_TRY(find_index(s, env));
    return ia_tar_data(s->tar, env, out);
}

static void indexed_close(struct ia_reader *self)
{
    struct indexed *s = (struct indexed *)self;
    struct ia_alloc alloc = s->alloc;
    ia_tar_free(s->tar);
    ia_reader_close(s->input);
    ia_free(&alloc, s);
}

/* Takes input over on success and on failure. */
static int indexed_reader(struct ia_env *env, struct ia_reader *input, struct ia_reader **out)
{
    struct indexed *s = ia_new(&env->alloc, sizeof(*s));
    if (!s) {
        ia_reader_close(input);
        return ia_fail_nomem(env);
    }
    *s = (struct indexed){.reader = {indexed_next, NULL, indexed_close}, .alloc = env->alloc, .input = input};
    int status = ia_tar_new(env, input, &s->tar);
    if (status < 0)
        indexed_close(&s->reader);
    else
        *out = &s->reader;
    return status;
}

/* ---- opening ---- */

/* Each stage takes the one below over, also when it fails. */
static int decode(struct ia_env *env, const struct ia_toc_frame *frame, struct ia_reader **reader)
{
    enum ia_compression right = frame->kind == IA_TOC_CHUNKED ? IA_COMPRESSION_ZSTD : IA_COMPRESSION_GZIP;
    enum ia_compression kind = IA_COMPRESSION_NONE;
    struct ia_expected packed = {frame->checksum, frame->size, UINT64_MAX, "", "table of contents, as stored,", false};
    struct ia_expected json = {frame->digest, frame->unpacked, frame->max, frame->limit, "table of contents", false};
    struct ia_reader *below = *reader;
    *reader = NULL;
    IA_TRY(ia_digest_reader(env, below, &packed, &below));
    IA_TRY(ia_decompress(env, below, &kind, &below));
    if (kind != right) {
        ia_reader_close(below);
        return ia_fail(env, IMGA_E_FORMAT, -1, "its compression is %s", ia_compression_name(kind));
    }
    if (frame->kind == IA_TOC_ESTARGZ)
        IA_TRY(indexed_reader(env, below, &below));
    return ia_digest_reader(env, below, &json, reader);
}

int ia_image_layer_toc_open(const struct ia_image *image, struct ia_env *env, size_t index,
                            const struct ia_toc_frame *frame, struct ia_reader **out)
{
    struct ia_blob blob = {0};
    struct ia_reader *reader = NULL;
    int status;
    IA_GO(status, ia_image_layer_blob(image, env, &image->parts[index], &blob));
    IA_GO(status, ia_source_reader(blob.source, env, blob.offset + frame->offset, frame->size, &reader));
    IA_GO(status, decode(env, frame, &reader));
    *out = reader;
out:
    ia_blob_free(&blob);
    return status;
}
