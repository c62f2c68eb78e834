/* SPDX-License-Identifier: Apache-2.0 */
#include "listed.h"

#include "catalog/rpm/database.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[IA_DAMAGE_KINDS] = {
    [IA_DAMAGE_LINE] = "line",     [IA_DAMAGE_RECORD] = "record", [IA_DAMAGE_NUL] = "nul",
    [IA_DAMAGE_FORMAT] = "format", [IA_DAMAGE_PAGE] = "page",     [IA_DAMAGE_HEADER] = "header",
    [IA_DAMAGE_FILES] = "files",   [IA_DAMAGE_SOURCE] = "source", [IA_DAMAGE_JOURNAL] = "journal",
};

static void add(char *out, const char *format, ...)
{
    size_t n = strlen(out);
    va_list args;
    va_start(args, format);
    vsnprintf(out + n, LISTED - n, format, args);
    va_end(args);
}

#define VIEW(s) (int)(s).n, (s).p

static int add_record(void *user, struct ia_env *env, const struct ia_record *r)
{
    struct ia_record_files files = r->files;
    struct ia_str directory, name;
    char *out = user;
    (void)env;
    add(out, "%s%.*s %.*s %.*s %.*s %.*s %.*s|%.*s|", r->kept_apart ? "-" : "", VIEW(r->name), VIEW(r->version),
        VIEW(r->architecture), VIEW(r->source), VIEW(r->source_version), VIEW(r->license), VIEW(r->maintainer));
    for (size_t i = 0; i < r->field_count; i++)
        add(out, "%s%.*s=%.*s", i ? "," : "", VIEW(r->fields[i].name), VIEW(r->fields[i].value));
    add(out, "|");
    for (int first = 1; files.next && files.next(&files, &directory, &name); first = 0)
        add(out, "%s%.*s%.*s", first ? "" : " ", VIEW(directory), VIEW(name));
    add(out, "\n");
    return IMGA_OK;
}

int list_database(struct test_env *t, const struct ia_db_source *source, char out[LISTED])
{
    struct ia_damage damage = {.count = {0}};
    out[0] = '\0';
    int status = ia_rpm_read(&t->env, source, &damage, add_record, out);
    for (size_t i = 0; i < IA_DAMAGE_KINDS; i++)
        if (damage.count[i])
            add(out, "!%s*%zu\n", kinds[i] ? kinds[i] : "?", damage.count[i]);
    return status;
}

void list_bytes(struct ia_str database, char out[LISTED])
{
    struct test_env t;
    char *exact = malloc(database.n ? database.n : 1);
    if (database.n)
        memcpy(exact, database.p, database.n);
    test_env_open(&t);
    struct ia_db_source source = {.text = {exact, database.n}};
    cr_expect_eq(list_database(&t, &source, out), IMGA_OK, "%s", t.env.error.message);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
    free(exact);
}

int is_damaged(const char *listed, const char *kind)
{
    char text[32];
    snprintf(text, sizeof(text), "!%s*", kind);
    return strstr(listed, text) != NULL;
}
