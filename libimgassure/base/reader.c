/* SPDX-License-Identifier: Apache-2.0 */
/* The reader over memory, and what every consumer needs. */
#include "base/reader.h"

struct memory_reader {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_cursor rest;
};

int ia_reader_drain(struct ia_reader *reader, struct ia_env *env)
{
    struct ia_cursor chunk;
    int status;
    while ((status = ia_reader_next(reader, env, &chunk)) > 0)
        IA_TRY(ia_check_cancel(env));
    return status;
}

static int memory_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct memory_reader *memory = (struct memory_reader *)self;
    (void)env;
    size_t size = memory->rest.n < IA_CHUNK ? memory->rest.n : IA_CHUNK;
    return ia_cursor_take(&memory->rest, size, out) && size > 0;
}

static int memory_skip(struct ia_reader *self, struct ia_env *env, uint64_t size, uint64_t *skipped)
{
    struct memory_reader *memory = (struct memory_reader *)self;
    struct ia_cursor part;
    (void)env;
    *skipped = size < memory->rest.n ? size : memory->rest.n;
    return ia_cursor_take(&memory->rest, (size_t)*skipped, &part);
}

static void memory_close(struct ia_reader *self)
{
    struct memory_reader *memory = (struct memory_reader *)self;
    struct ia_alloc alloc = memory->alloc;
    ia_free(&alloc, memory);
}

int ia_reader_memory(struct ia_env *env, const void *data, size_t size, struct ia_reader **out)
{
    struct memory_reader *memory = ia_new(&env->alloc, sizeof(*memory));
    if (!memory)
        return ia_fail_nomem(env);
    memory->reader = (struct ia_reader){memory_next, memory_skip, memory_close};
    memory->alloc = env->alloc;
    memory->rest = ia_cursor_from(data, size);
    *out = &memory->reader;
    return IMGA_OK;
}

int ia_write(struct ia_env *env, const struct ia_writer *writer, const void *data, size_t size)
{
    if (size && writer->write(writer->user, data, size) != 0)
        return ia_fail(env, IMGA_E_IO, -1, "the write callback refused the data");
    return IMGA_OK;
}
