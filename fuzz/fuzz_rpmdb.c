/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm databases of every format, by their first bytes: never more packages than the bytes have room for. The input is
 * the size of a write-ahead log in four bytes, that log, and the database.
 */
#include "fuzz.h"

#include "catalog/rpm/database.h"

enum { SMALLEST_PACKAGE = 12 }; /* a line of a text: name, version, nine tabs and an end; headers are longer */

static int check_record(void *user, struct ia_env *env, const struct ia_record *record)
{
    struct ia_record_files files = record->files;
    struct ia_str directory, name;
    size_t *records = user;
    (void)env;
    fuzz_check(record->name.n > 0 && record->version.n > 0 && record->source.n > 0, "a record is whole");
    while (files.next && files.next(&files, &directory, &name))
        fuzz_check(name.n > 0, "a file has a name");
    ++*records;
    return IMGA_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_cursor rest = ia_cursor_from(data, size), log;
    struct ia_damage damage = {.count = {0}};
    struct fuzz_env f;
    size_t records = 0;
    uint32_t log_size;
    if (!ia_cursor_u32le(&rest, &log_size) || !ia_cursor_take(&rest, log_size, &log))
        return 0;
    struct ia_db_source source = {.text = ia_cursor_str(rest), .beside = {[IA_RPM_WAL] = ia_cursor_str(log)}};
    fuzz_env_open(&f);
    fuzz_check(ia_rpm_read(&f.env, &source, &damage, check_record, &records) == IMGA_OK, "damage is no failure");
    fuzz_check(records * SMALLEST_PACKAGE <= size, "packages have bytes");
    fuzz_env_close(&f);
    return 0;
}
