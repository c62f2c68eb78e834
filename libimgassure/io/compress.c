/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which compression a stream has, by its first bytes only, and the decoder for it. Magic numbers: RFC 1952 2.3.1,
 * RFC 8878 3.1.1 and 3.1.2, xz file format 2.1.1.1, bzip2 "BZh" and the block size, zip local header.
 */
#include "io/compress.h"

#include "io/bzip2.h"
#include "io/gzip.h"
#include "io/xz.h"
#include "io/zstd.h"

enum { MAGIC_MAX = 6 };

static const struct {
    enum ia_compression kind;
    const char *name;
    struct ia_str magic;
} kinds[] = {
    {IA_COMPRESSION_GZIP, "gzip", {"\x1f\x8b", 2}},
    {IA_COMPRESSION_ZSTD, "zstd", {"\x28\xb5\x2f\xfd", 4}},
    {IA_COMPRESSION_XZ, "xz", {"\xfd\x37zXZ\0", 6}},
    {IA_COMPRESSION_BZIP2, "bzip2", {"BZh", 3}},
};

const char *ia_compression_name(enum ia_compression kind)
{
    for (size_t i = 0; i < IA_COUNT(kinds); i++)
        if (kinds[i].kind == kind)
            return kinds[i].name;
    return "none";
}

static bool is_skippable_frame(struct ia_cursor head)
{
    return head.n >= 4 && (ia_load_u32le(head.p) & 0xfffffff0) == 0x184d2a50;
}

enum ia_compression ia_compression_of(struct ia_cursor head)
{
    struct ia_str text = ia_cursor_str(head);
    for (size_t i = 0; i < IA_COUNT(kinds); i++) {
        if (!ia_str_starts(text, kinds[i].magic))
            continue;
        /* A tar may begin with a file called "BZh...": bzip2 has a digit from 1 to 9 there. */
        if (kinds[i].kind == IA_COMPRESSION_BZIP2 && (text.n < 4 || text.p[3] < '1' || text.p[3] > '9'))
            continue;
        return kinds[i].kind;
    }
    return is_skippable_frame(head) ? IA_COMPRESSION_ZSTD : IA_COMPRESSION_NONE;
}

/* The bytes as they are. */
struct plain {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_input *input;
};

static int plain_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct ia_input *input = ((struct plain *)self)->input;
    int status = ia_input_fill(input, env);
    if (status > 0)
        ia_cursor_take(&input->in, input->in.n, out);
    return status;
}

static int plain_skip(struct ia_reader *self, struct ia_env *env, uint64_t size, uint64_t *skipped)
{
    return ia_input_skip(((struct plain *)self)->input, env, size, skipped);
}

static void plain_close(struct ia_reader *self)
{
    struct plain *plain = (struct plain *)self;
    struct ia_alloc alloc = plain->alloc;
    ia_input_free(plain->input);
    ia_free(&alloc, plain);
}

static int plain_reader(struct ia_env *env, struct ia_input *input, struct ia_reader **out)
{
    struct plain *plain = ia_new(&env->alloc, sizeof(*plain));
    if (!plain) {
        ia_input_free(input);
        return ia_fail_nomem(env);
    }
    plain->reader = (struct ia_reader){plain_next, input->reader->skip ? plain_skip : NULL, plain_close};
    plain->alloc = env->alloc;
    plain->input = input;
    *out = &plain->reader;
    return IMGA_OK;
}

static int recognise(struct ia_env *env, struct ia_input *input, enum ia_compression *kind)
{
    struct ia_cursor head;
    IA_TRY(ia_input_peek(input, env, MAGIC_MAX, &head));
    if (head.n == 0)
        return ia_fail(env, IMGA_E_TRUNCATED, 0, "the layer is empty");
    struct ia_str text = ia_cursor_str(head);
    if (ia_str_starts(text, IA_STR("PK\003\004")) || ia_str_starts(text, IA_STR("PK\005\006")))
        return ia_fail(env, IMGA_E_UNSUPPORTED, 0, "a zip archive is not a layer");
    *kind = ia_compression_of(head);
    return IMGA_OK;
}

int ia_decompress(struct ia_env *env, struct ia_reader *input, enum ia_compression *kind, struct ia_reader **out)
{
    struct ia_input *front;
    enum ia_compression found = IA_COMPRESSION_NONE;
    IA_TRY(ia_input_new(env, input, &front));
    int status = recognise(env, front, &found);
    *kind = found;
    if (status < 0) {
        ia_input_free(front);
        return status;
    }
    switch (found) {
    case IA_COMPRESSION_GZIP:
        return ia_gzip_reader(env, front, ia_inflate_engines[0], out);
    case IA_COMPRESSION_ZSTD:
        return ia_zstd_reader(env, front, ia_zstd_best(), out);
    case IA_COMPRESSION_XZ:
        return ia_xz_reader(env, front, out);
    case IA_COMPRESSION_BZIP2:
        return ia_bzip2_reader(env, front, out);
    default:
        return plain_reader(env, front, out);
    }
}
