/* SPDX-License-Identifier: Apache-2.0 */
/* Shared pieces of the unit tests. */
#include "support.h"

#include "crypto/digest.h"

#include <stdlib.h>
#include <string.h>

static void *counting_resize(void *user, void *ptr, size_t size)
{
    struct test_env *t = user;
    if (size == 0) {
        if (ptr)
            t->live--;
        free(ptr);
        return NULL;
    }
    t->count++;
    if (t->fail_at && (t->count == t->fail_at || (t->fail_on && t->count > t->fail_at)))
        return NULL;
    void *grown = realloc(ptr, size);
    if (grown && !ptr)
        t->live++;
    return grown;
}

void test_env_open(struct test_env *t)
{
    memset(t, 0, sizeof(*t));
    ia_limits_fill(&t->limits);
    t->env.alloc = (struct ia_alloc){counting_resize, t};
    t->env.limits = &t->limits;
    t->hooks.cancel = &t->cancel;
    t->env.hooks = &t->hooks;
    t->env.notes = &t->notes;
    t->env.seed[0] = 1;
    t->env.seed[1] = 2;
    t->env.error.offset = -1;
    ia_notes_init(&t->notes, &t->env.alloc, 1000);
}

void test_env_close(struct test_env *t)
{
    ia_notes_free(&t->notes);
    ia_crypto_unref(t->env.crypto);
    t->env.crypto = NULL;
}

void test_env_reset(struct test_env *t)
{
    ia_error_clear(&t->env);
    ia_notes_free(&t->notes);
    ia_notes_init(&t->notes, &t->env.alloc, 1000);
}

int test_has_note(const struct test_env *t, int32_t code)
{
    for (size_t i = 0; i < ia_notes_count(&t->notes); i++)
        if (ia_notes_at(&t->notes, i)->code == code)
            return 1;
    return 0;
}

struct pieces {
    struct ia_reader reader;
    const char *data;
    size_t size, at, step;
    int status; /* at the end */
};

/* Every chunk is a fresh exact allocation, so that a sanitizer sees a read past it or after the next call. */
struct chunk_copy {
    struct pieces pieces;
    char *copy;
};

static int pieces_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct chunk_copy *c = (struct chunk_copy *)self;
    struct pieces *p = &c->pieces;
    size_t n = p->size - p->at < p->step ? p->size - p->at : p->step;
    free(c->copy);
    c->copy = NULL;
    if (n == 0)
        return p->status < 0 ? ia_fail(env, p->status, (int64_t)p->at, "test: broken reader") : 0;
    c->copy = malloc(n);
    memcpy(c->copy, p->data + p->at, n);
    p->at += n;
    *out = ia_cursor_from(c->copy, n);
    return 1;
}

static void pieces_close(struct ia_reader *self)
{
    free(((struct chunk_copy *)self)->copy);
    free(self);
}

static struct ia_reader *pieces_new(const void *data, size_t size, size_t step, int status)
{
    struct chunk_copy *c = calloc(1, sizeof(*c));
    c->pieces = (struct pieces){{pieces_next, NULL, pieces_close}, data, size, 0, step, status};
    return &c->pieces.reader;
}

struct ia_reader *test_chunks(const void *data, size_t size, size_t step)
{
    return pieces_new(data, size, step, 0);
}

struct ia_reader *test_broken(const void *data, size_t size, int status)
{
    return pieces_new(data, size, 4096, status);
}

int test_read_all(struct ia_env *env, struct ia_reader *reader, char **data, size_t *size)
{
    struct ia_cursor chunk;
    int status;
    *data = NULL;
    *size = 0;
    while ((status = ia_reader_next(reader, env, &chunk)) > 0) {
        *data = realloc(*data, *size + chunk.n + 1);
        memcpy(*data + *size, chunk.p, chunk.n);
        *size += chunk.n;
    }
    return status;
}

static int buf_write(void *user, const void *data, size_t size)
{
    return ia_buf_add(user, data, size);
}

struct ia_writer test_writer(struct ia_buf *buf)
{
    return (struct ia_writer){buf_write, buf};
}

char *test_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *data = NULL;
    size_t n;
    char block[65536];
    *size = 0;
    if (!file)
        return NULL;
    while ((n = fread(block, 1, sizeof(block), file)) > 0) {
        data = realloc(data, *size + n + 1);
        memcpy(data + *size, block, n);
        *size += n;
    }
    fclose(file);
    data = realloc(data, *size + 1);
    data[*size] = '\0';
    return data;
}

const char *test_shared(void)
{
    const char *path = getenv("IMGASSURE_SHARED");
    return path && *path ? path : NULL;
}

struct pausing {
    struct ia_reader reader;
    struct ia_reader *input;
    int paused;
};

static int pausing_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct pausing *p = (struct pausing *)self;
    p->paused = !p->paused;
    return p->paused ? IA_AGAIN : ia_reader_next(p->input, env, out);
}

static void pausing_close(struct ia_reader *self)
{
    struct pausing *p = (struct pausing *)self;
    ia_reader_close(p->input);
    free(p);
}

struct ia_reader *test_pausing(struct ia_reader *input)
{
    struct pausing *p = calloc(1, sizeof(*p));
    if (!p)
        abort();
    *p = (struct pausing){{pausing_next, NULL, pausing_close}, input, 0};
    return &p->reader;
}
