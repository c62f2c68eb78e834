/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tar-split file against a few files in memory: what comes out is bounded by what is there, and what is skipped is
 * what would have been read. The first byte: how far each skip goes; even: no skips.
 */
#include "base/cursor.h"
#include "fuzz.h"
#include "image/tar_split.h"

#include <string.h>

static const struct {
    const char *name, *content;
} files[] = {{"a", "abc"}, {"d/b", "de"}, {"d/empty", ""}, {"\xff", "raw"}};

enum { ENOUGH = 4 << 20 }; /* no more is read */

static char big[300 * 1024];

static bool is_plain(const char *name)
{
    struct ia_str rest = ia_str_from(name), part;
    bool plain = rest.n > 0 && name[rest.n - 1] != '/';
    while (ia_str_next(&rest, '/', &part))
        plain = plain && part.n && !ia_str_is(part, ".") && !ia_str_is(part, "..");
    return plain;
}

static int open_file(void *user, struct ia_env *env, const char *name, struct ia_source **out)
{
    (void)user;
    fuzz_check(is_plain(name), "names are plain");
    for (size_t i = 0; i < IA_COUNT(files); i++)
        if (strcmp(files[i].name, name) == 0)
            return ia_source_memory(env, files[i].content, strlen(files[i].content), out);
    if (strcmp(name, "big") == 0)
        return ia_source_memory(env, big, sizeof(big), out);
    return ia_fail(env, IMGA_E_NOT_FOUND, -1, "there is no such file");
}

static void close_files(void *user)
{
    ++*(unsigned *)user;
}

struct outcome {
    int status;
    uint64_t total;
};

static struct outcome read_all(const uint8_t *data, size_t size, uint64_t step)
{
    struct fuzz_env f;
    struct outcome outcome = {0, 0};
    struct ia_reader *text = NULL, *reader = NULL;
    struct ia_cursor chunk;
    uint64_t skipped = 0;
    unsigned closed = 0;
    const struct ia_tar_split_files from = {open_file, close_files, &closed};
    fuzz_env_open(&f);
    fuzz_check(ia_reader_memory(&f.env, data, size, &text) == 0, "memory is there");
    outcome.status = ia_tar_split_reader(&f.env, text, &from, "split", &reader);
    while (outcome.status >= 0 && outcome.total < ENOUGH) {
        if (step && (outcome.status = reader->skip(reader, &f.env, step, &skipped)) < 0)
            break;
        fuzz_check(skipped <= step, "no more is skipped than was asked for");
        outcome.total += skipped;
        outcome.status = ia_reader_next(reader, &f.env, &chunk);
        if (outcome.status <= 0)
            break;
        fuzz_check(chunk.n > 0 && chunk.n <= IA_CHUNK, "a chunk holds something, and not too much");
        outcome.total += chunk.n;
    }
    ia_reader_close(reader);
    fuzz_check(closed == 1, "the files are closed once");
    fuzz_env_close(&f);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t steps[] = {1, 3, 512, 100000};
    struct ia_cursor in = ia_cursor_from(data, size);
    uint8_t mode;
    if (!ia_cursor_u8(&in, &mode))
        return 0;
    struct outcome whole = read_all(in.p, in.n, 0);
    if (mode % 2 == 0)
        return 0;
    struct outcome skipped = read_all(in.p, in.n, steps[mode / 2 % IA_COUNT(steps)]);
    fuzz_check(whole.status != 0 || whole.total >= ENOUGH || (skipped.status == 0 && skipped.total == whole.total),
               "skipping leads to the same end");
    return 0;
}
