/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of contents. First byte even: the rest is the end of a blob; a footer without trouble leads into the blob.
 * Odd: the rest is a table beside a small layer; how its bytes are cut changes nothing.
 */
#include "fuzz.h"

#include "image/toc_frame.h"
#include "scan/toc_compare.h"

#include <string.h>

struct pieces {
    struct ia_reader reader;
    struct ia_cursor rest;
    size_t step;
};

static int next_piece(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct pieces *p = (struct pieces *)self;
    (void)env;
    return ia_cursor_take(&p->rest, p->rest.n < p->step ? p->rest.n : p->step, out) && out->n > 0;
}

static void close_pieces(struct ia_reader *self)
{
    (void)self;
}

static void make_record(struct fuzz_env *f, struct ia_layer_record *record)
{
    static const struct ia_tar_entry entries[] = {
        {.type = IA_TAR_DIRECTORY, .name = {"./", 2}},
        {.type = IA_TAR_DIRECTORY, .name = {"d/", 2}},
        {.type = IA_TAR_FILE, .name = {"d/f", 3}, .size = 3},
        {.type = IA_TAR_SYMLINK, .name = {"l", 1}, .link = {"d/f", 3}},
        {.type = IA_TAR_HARDLINK, .name = {"h", 1}, .link = {"./d/f", 5}},
        {.type = IA_TAR_CHARACTER, .name = {"c", 1}, .device_major = 1, .device_minor = 3},
        {.type = IA_TAR_FIFO, .name = {"d//p\xff", 5}},
    };
    ia_layer_record_init(record, &f->env.alloc, 4096);
    for (size_t i = 0; i < IA_COUNT(entries); i++) {
        const struct ia_layer_record_added added = {&entries[i], NULL, NULL, 100};
        fuzz_check(ia_layer_record_add(record, &added) == IMGA_OK, "a record is made");
    }
}

/* 2: it could not be read; 1: it differs, as *out says, a copy; 0: it does not. */
static int compare(struct fuzz_env *f, struct ia_cursor json, size_t step, char out[256])
{
    struct pieces input = {{next_piece, NULL, close_pieces}, json, step};
    struct ia_layer_record record;
    struct ia_toc_compare with;
    struct ia_toc_difference difference = {"", ""};
    make_record(f, &record);
    fuzz_check(ia_toc_compare_begin(&with, &f->env, &record, true) == IMGA_OK, "a comparison begins");
    int status = ia_toc_read(&f->env, &input.reader, ia_toc_compare_entry, &with);
    fuzz_check(status <= 0 && status != IMGA_E_INTERNAL, "reading ends with a status");
    if (status == IMGA_OK)
        status = ia_toc_compare_end(&with, &f->env, &difference);
    else
        ia_error_clear(&f->env);
    strncpy(out, difference.name ? difference.name : "", 255);
    ia_toc_compare_free(&with);
    ia_layer_record_free(&record);
    return status < 0 ? 2 : status;
}

static void read_footer(struct ia_cursor tail)
{
    struct ia_toc_frame frame = {.kind = IA_TOC_NONE};
    uint64_t size = tail.n + (uint64_t)1000;
    ia_toc_footer(tail, size, &frame);
    if (frame.kind != IA_TOC_NONE && !frame.trouble)
        fuzz_check(frame.offset <= size && frame.size <= size - frame.offset, "a footer leads into the blob");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_cursor in = ia_cursor_from(data, size);
    char whole[256] = "", cut[256] = "";
    struct fuzz_env f;
    uint8_t mode;
    if (!ia_cursor_u8(&in, &mode))
        return 0;
    if (!(mode & 1)) {
        read_footer(in);
        return 0;
    }
    fuzz_env_open(&f);
    f.limits.layer_entries = 100;
    int first = compare(&f, in, in.n ? in.n : 1, whole), second = compare(&f, in, (mode >> 1) + (size_t)1, cut);
    fuzz_check(first == second && strcmp(whole, cut) == 0, "cuts change nothing");
    fuzz_env_close(&f);
    return 0;
}
