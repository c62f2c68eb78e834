/* SPDX-License-Identifier: Apache-2.0 */
/* The same headers in every format give the same records; what ends a call ends it in each. */
#include "listed.h"
#include "made.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { PACKAGES = 12, FORMATS = 6 };

struct packages {
    struct made made[PACKAGES];
    struct ia_str headers[PACKAGES];
};

/* From small headers to some of several pages. */
static void open_packages(struct packages *p)
{
    static char long_text[9000];
    memset(long_text, 'x', sizeof(long_text) - 1);
    for (size_t i = 0; i < PACKAGES; i++) {
        char name[8];
        snprintf(name, sizeof(name), "p%02zu", i);
        made_open(&p->made[i]);
        made_package(&p->made[i], name);
        made_string(&p->made[i], 9999, long_text + sizeof(long_text) - 1 - 1000 * (i % 9));
        made_region(&p->made[i]);
        p->headers[i] = made_header(&p->made[i]);
    }
}

static void close_packages(struct packages *p)
{
    for (size_t i = 0; i < PACKAGES; i++)
        made_close(&p->made[i]);
}

static const char *const names[FORMATS] = {
    "bdb, little-endian", "bdb, big-endian", "bdb, smallest pages", "bdb, largest pages", "ndb", "sqlite"};

static struct ia_str made_database(const struct packages *p, size_t format)
{
    switch (format) {
    case 0:
        return made_bdb(p->headers, PACKAGES, false, 4096);
    case 1:
        return made_bdb(p->headers, PACKAGES, true, 4096);
    case 2:
        return made_bdb(p->headers, PACKAGES, false, 512);
    case 3:
        return made_bdb(p->headers, PACKAGES, true, 65536);
    case 4:
        return made_ndb(p->headers, PACKAGES);
    default:
        return made_sqlite(p->headers, PACKAGES, NULL);
    }
}

Test(rpm_databases, formats_agree)
{
    struct packages p;
    char expected[LISTED] = "", out[LISTED];
    open_packages(&p);
    for (size_t i = 0; i < PACKAGES; i++)
        snprintf(expected + strlen(expected), sizeof(expected) - strlen(expected),
                 "p%02zu 1-2 noarch p%02zu 1-2 ||release=2,source-rpm=p%02zu-1-2.src.rpm|\n", i, i, i);
    for (size_t f = 0; f < FORMATS; f++) {
        struct ia_str database = made_database(&p, f);
        list_bytes(database, out);
        cr_expect_str_eq(out, expected, "%s: got\n%s", names[f], out);
        free((char *)database.p);
    }
    close_packages(&p);
}

Test(rpm_databases, empty_ones)
{
    struct ia_str databases[] = {made_bdb(NULL, 0, false, 4096), made_ndb(NULL, 0), made_sqlite(NULL, 0, NULL)};
    char out[LISTED];
    for (size_t i = 0; i < IA_COUNT(databases); i++) {
        list_bytes(databases[i], out);
        cr_expect_str_eq(out, "", "%zu: %s", i, out);
        free((char *)databases[i].p);
    }
}

static int stop(void *user, struct ia_env *env, const struct ia_record *record)
{
    int *left = user;
    (void)record;
    return --*left == 0 ? ia_fail(env, IMGA_E_LIMIT, -1, "enough") : IMGA_OK;
}

static int set_cancel(void *user, struct ia_env *env, const struct ia_record *record)
{
    (void)user;
    (void)record;
    atomic_store(&env->hooks->cancel->flag, 1);
    return IMGA_OK;
}

Test(rpm_databases, what_ends_a_call)
{
    struct packages p;
    open_packages(&p);
    for (size_t f = 0; f < FORMATS; f++) {
        struct ia_str database = made_database(&p, f);
        struct ia_db_source source = {.text = database};
        struct ia_damage damage = {.count = {0}};
        struct test_env t;
        int left = 3;
        test_env_open(&t);
        cr_expect_eq(ia_rpm_read(&t.env, &source, &damage, stop, &left), IMGA_E_LIMIT, "%s", names[f]);
        cr_expect_eq(left, 0);
        test_env_reset(&t);
        cr_expect_eq(ia_rpm_read(&t.env, &source, &damage, set_cancel, NULL), IMGA_E_CANCELLED, "%s", names[f]);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", names[f]);
        free((char *)database.p);
    }
    close_packages(&p);
}

Test(rpm_databases, memory_that_ends)
{
    struct packages p;
    char expected[LISTED], out[LISTED];
    open_packages(&p);
    for (size_t f = 0; f < FORMATS; f++) {
        struct ia_str database = made_database(&p, f);
        struct ia_db_source source = {.text = database};
        int status = IMGA_E_NOMEM;
        list_bytes(database, expected);
        for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
            struct test_env t;
            test_env_open(&t);
            t.fail_at = n;
            status = list_database(&t, &source, out);
            cr_expect(status == IMGA_E_NOMEM || status == IMGA_OK, "%s, %zu: %d", names[f], n, status);
            test_env_close(&t);
            cr_expect_eq(t.live, 0, "%s, %zu", names[f], n);
        }
        cr_expect_str_eq(out, expected, "%s", names[f]);
        free((char *)database.p);
    }
    close_packages(&p);
}
