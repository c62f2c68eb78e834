/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX documents, and inventory documents, as inventories: written as CycloneDX and read again it is the same
 * inventory but for files and executables, and the same document.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "catalog/inventory_json.h"
#include "report/report.h"

static int buf_write(void *user, const void *data, size_t size)
{
    return ia_buf_add(user, data, size);
}

static int read_document(struct fuzz_env *f, struct ia_str document, struct ia_inventory *inventory)
{
    struct ia_reader *input;
    fuzz_check(ia_reader_memory(&f->env, document.p, document.n, &input) == IMGA_OK, "a reader starts");
    int status = ia_inventory_read(&f->env, input, inventory);
    ia_reader_close(input);
    return status;
}

/* What CycloneDX has no place for. */
static void drop_lists(struct ia_inventory *inventory)
{
    inventory->executables.n = 0;
    for (size_t i = 0; i < inventory->packages.n; i++)
        ((struct ia_package *)ia_vec_at(&inventory->packages, i))->file_count = 0;
}

static void write_both(struct fuzz_env *f, const struct ia_inventory *inventory, struct ia_buf *json,
                       struct ia_buf *bom)
{
    const struct ia_report report = {.inventory = inventory, .version = "0"};
    const struct ia_writer to_json = {buf_write, json}, to_bom = {buf_write, bom};
    fuzz_check(ia_inventory_write(&f->env, inventory, &to_json) == IMGA_OK, "an inventory can be written");
    fuzz_check(ia_report_format(IMGA_REPORT_CYCLONEDX)->write(&f->env, &report, &to_bom) == IMGA_OK,
               "and written as CycloneDX");
}

static void check_again(struct fuzz_env *f, struct ia_str json, struct ia_str bom)
{
    struct ia_inventory inventory;
    struct ia_buf json_again, bom_again;
    ia_buf_init(&json_again, &f->env.alloc, SIZE_MAX);
    ia_buf_init(&bom_again, &f->env.alloc, SIZE_MAX);
    fuzz_check(read_document(f, bom, &inventory) == IMGA_OK, "what is written can be read");
    write_both(f, &inventory, &json_again, &bom_again);
    fuzz_check(ia_str_eq(json, ia_buf_view(&json_again)), "it is the same inventory");
    fuzz_check(ia_str_eq(bom, ia_buf_view(&bom_again)), "it is the same document");
    ia_inventory_free(&inventory);
    ia_buf_free(&json_again);
    ia_buf_free(&bom_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_env f;
    struct ia_inventory inventory;
    struct ia_buf json, bom;
    fuzz_env_open(&f);
    ia_buf_init(&json, &f.env.alloc, SIZE_MAX);
    ia_buf_init(&bom, &f.env.alloc, SIZE_MAX);
    if (read_document(&f, (struct ia_str){(const char *)data, size}, &inventory) == IMGA_OK) {
        drop_lists(&inventory);
        write_both(&f, &inventory, &json, &bom);
        f.limits.string_bytes *= 2;      /* names of properties are longer there */
        f.limits.document_bytes *= 1000; /* and so are documents */
        check_again(&f, ia_buf_view(&json), ia_buf_view(&bom));
        ia_inventory_free(&inventory);
    }
    ia_buf_free(&json);
    ia_buf_free(&bom);
    fuzz_env_close(&f);
    return 0;
}
