/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Invariant: the next bytes of the stream are in, then later, then what the reader will hand out. later is used only
 * while in is a view of head; both stay valid because the reader is asked again only when in and later are empty or in
 * was copied to head.
 */
#include "io/compress_input.h"

#include <string.h>

/* Never NULL: decoders and cursors do pointer arithmetic on it. */
static struct ia_cursor nothing(struct ia_input *input)
{
    return ia_cursor_from(input->head, 0);
}

int ia_input_new(struct ia_env *env, struct ia_reader *reader, struct ia_input **out)
{
    struct ia_input *input = ia_new(&env->alloc, sizeof(*input));
    if (!input) {
        ia_reader_close(reader);
        return ia_fail_nomem(env);
    }
    input->alloc = env->alloc;
    input->reader = reader;
    input->in = nothing(input);
    input->later = nothing(input);
    *out = input;
    return IMGA_OK;
}

void ia_input_free(struct ia_input *input)
{
    if (!input)
        return;
    struct ia_alloc alloc = input->alloc;
    ia_reader_close(input->reader);
    ia_free(&alloc, input);
}

static int fetch(struct ia_input *input, struct ia_env *env, struct ia_cursor *out)
{
    IA_TRY(ia_check_cancel(env));
    int status = ia_reader_next(input->reader, env, out);
    if (status > 0)
        input->fetched += out->n;
    else
        *out = nothing(input);
    return status;
}

int ia_input_fill(struct ia_input *input, struct ia_env *env)
{
    if (input->in.n)
        return 1;
    input->in_head = false;
    input->in = input->later;
    input->later = nothing(input);
    if (input->in.n)
        return 1;
    return fetch(input, env, &input->in);
}

/* Makes in a view of the start of head. */
static void move_to_head(struct ia_input *input)
{
    memmove(input->head, input->in.p, input->in.n);
    input->in = ia_cursor_from(input->head, input->in.n);
    input->in_head = true;
}

int ia_input_peek(struct ia_input *input, struct ia_env *env, size_t want, struct ia_cursor *out)
{
    struct ia_cursor part;
    int status = ia_input_fill(input, env);
    while (status > 0 && input->in.n < want) {
        move_to_head(input);
        if (input->later.n == 0)
            status = fetch(input, env, &input->later);
        size_t step = want - input->in.n < input->later.n ? want - input->in.n : input->later.n;
        if (ia_cursor_take(&input->later, step, &part))
            memcpy(input->head + input->in.n, part.p, part.n);
        input->in.n += step;
    }
    if (status < 0)
        return status;
    *out = ia_cursor_from(input->in.p, input->in.n < want ? input->in.n : want);
    return IMGA_OK;
}

int ia_input_gather(struct ia_input *input, struct ia_env *env, uint8_t *buffer, size_t size, struct ia_cursor *out)
{
    size_t have = 0;
    do {
        struct ia_cursor part;
        int status = ia_input_fill(input, env);
        if (status <= 0)
            return status < 0 ? status : IMGA_E_TRUNCATED;
        if (have == 0 && ia_cursor_take(&input->in, size, out))
            return IMGA_OK;
        ia_cursor_take(&input->in, size - have < input->in.n ? size - have : input->in.n, &part);
        memcpy(buffer + have, part.p, part.n);
        have += part.n;
    } while (have < size);
    *out = ia_cursor_from(buffer, size);
    return IMGA_OK;
}

bool ia_input_unread(struct ia_input *input, const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return true;
    if (!input->in_head) {
        input->later = input->in;
        input->in.n = 0;
    }
    if (size > IA_INPUT_PEEK - input->in.n)
        return false;
    memmove(input->head + size, input->in.p, input->in.n);
    memcpy(input->head, bytes, size);
    input->in = ia_cursor_from(input->head, input->in.n + size);
    input->in_head = true;
    return true;
}

int ia_input_discard(struct ia_input *input, struct ia_env *env, uint64_t size)
{
    struct ia_cursor part;
    while (size) {
        int status = ia_input_fill(input, env);
        if (status <= 0)
            return status < 0 ? status : IMGA_E_TRUNCATED;
        size_t step = size < input->in.n ? (size_t)size : input->in.n;
        ia_cursor_take(&input->in, step, &part);
        size -= step;
    }
    return IMGA_OK;
}

int ia_input_skip(struct ia_input *input, struct ia_env *env, uint64_t size, uint64_t *skipped)
{
    struct ia_cursor part;
    if (input->in.n || input->later.n) {
        int status = ia_input_fill(input, env);
        *skipped = size < input->in.n ? size : input->in.n;
        ia_cursor_take(&input->in, (size_t)*skipped, &part);
        return status;
    }
    int status = input->reader->skip(input->reader, env, size, skipped);
    if (status > 0)
        input->fetched += *skipped;
    return status;
}

uint64_t ia_input_offset(const struct ia_input *input)
{
    return input->fetched - input->in.n - input->later.n;
}
