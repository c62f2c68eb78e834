/* SPDX-License-Identifier: Apache-2.0 */
/* The inventory document: what is accepted is written as a document that is accepted, and written the same again. */
#include "fuzz.h"

#include "base/buf.h"
#include "catalog/inventory_json.h"

static int buf_write(void *user, const void *data, size_t size)
{
    return ia_buf_add(user, data, size);
}

/* Reads a document and writes it again; a status of the reading. */
static int rewrite(struct fuzz_env *f, struct ia_str document, struct ia_buf *out)
{
    struct ia_inventory inventory;
    struct ia_reader *input;
    struct ia_writer writer = {buf_write, out};
    fuzz_check(ia_reader_memory(&f->env, document.p, document.n, &input) == IMGA_OK, "a reader starts");
    int status = ia_inventory_read(&f->env, input, &inventory);
    ia_reader_close(input);
    if (status < 0)
        return status;
    fuzz_check(ia_inventory_write(&f->env, &inventory, &writer) == IMGA_OK, "an inventory can be written");
    ia_inventory_free(&inventory);
    return IMGA_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_env f;
    struct ia_buf once, twice;
    fuzz_env_open(&f);
    ia_buf_init(&once, &f.env.alloc, SIZE_MAX);
    ia_buf_init(&twice, &f.env.alloc, SIZE_MAX);
    if (rewrite(&f, (struct ia_str){(const char *)data, size}, &once) == IMGA_OK) {
        fuzz_check(rewrite(&f, ia_buf_view(&once), &twice) == IMGA_OK, "what is written can be read");
        fuzz_check(ia_str_eq(ia_buf_view(&once), ia_buf_view(&twice)), "the same inventory gives the same bytes");
    }
    ia_buf_free(&once);
    ia_buf_free(&twice);
    fuzz_env_close(&f);
    return 0;
}
