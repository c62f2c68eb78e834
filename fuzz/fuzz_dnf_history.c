/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dnf's histories: no more packages and no more bytes of them than the file has room for, and repositories that can be
 * shown. The input is as for rpmdb: the size of a write-ahead log in four bytes, that log, and the database.
 */
#include "fuzz.h"

#include "base/utf8.h"
#include "catalog/rpm/database.h"
#include "catalog/rpm/history.h"

enum { SMALLEST_PACKAGE = 8 };

static void check_repository(const struct ia_rpm_history *history, struct ia_str key)
{
    struct ia_str name = ia_rpm_history_find(history, key);
    uint32_t code;
    size_t n;
    fuzz_check(!ia_str_is(name, "@System"), "what dnf does not know is no repository");
    for (; name.n; name = ia_str_sub(name, n, name.n)) {
        n = ia_utf8_char(name, &code);
        fuzz_check(n > 0 && !ia_utf8_is_control(code), "a repository can be shown");
    }
}

/* The packages of the corpus. */
static void look_up(const struct ia_rpm_history *history, struct fuzz_env *f)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    struct ia_buf key;
    ia_buf_init(&key, &f->env.alloc, 100);
    for (size_t i = 0; i < IA_COUNT(names); i++) {
        const struct ia_rpm_nevra nevra = {ia_str_from(names[i]), IA_STR(""), IA_STR("1"), IA_STR("2"),
                                           IA_STR("noarch")};
        if (ia_rpm_nevra_key(&nevra, &key) == IMGA_OK)
            check_repository(history, ia_buf_view(&key));
    }
    ia_buf_free(&key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_cursor rest = ia_cursor_from(data, size), log;
    struct ia_damage damage = {.count = {0}};
    struct ia_rpm_history history;
    struct fuzz_env f;
    uint32_t log_size;
    if (!ia_cursor_u32le(&rest, &log_size) || !ia_cursor_take(&rest, log_size, &log))
        return 0;
    struct ia_db_source source = {.text = ia_cursor_str(rest), .beside = {[IA_RPM_WAL] = ia_cursor_str(log)}};
    fuzz_env_open(&f);
    ia_rpm_history_init(&history, &f.env);
    fuzz_check(ia_rpm_history_read(&history, &f.env, &source, &damage) == IMGA_OK, "damage is no failure");
    fuzz_check(history.repositories.used * SMALLEST_PACKAGE <= size, "packages have bytes");
    fuzz_check(history.names.arena.bytes <= 16 * size + (64 << 10), "keys have bytes");
    look_up(&history, &f);
    ia_rpm_history_free(&history);
    fuzz_env_close(&f);
    return 0;
}
