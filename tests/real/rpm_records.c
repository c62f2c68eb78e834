/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm_records DATABASE [WAL [JOURNAL]]: what the reader of rpm databases says, a line an item with values parted by
 * tabs: P and the values of a record, F and a path of its files, D and a kind of damage with its count. "-" in place of
 * a file: none.
 */
#include "catalog/rpm/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VIEW(s) (int)(s).n, (s).p

static struct ia_str field_of(const struct ia_record *record, const char *name)
{
    for (size_t i = 0; i < record->field_count; i++)
        if (ia_str_is(record->fields[i].name, name))
            return record->fields[i].value;
    return IA_STR("");
}

static int print_record(void *user, struct ia_env *env, const struct ia_record *record)
{
    static const char *const names[] = {"epoch",      "release",       "source-rpm",  "vendor",
                                        "modularity", "signature-key", "install-time"};
    const struct ia_str values[] = {record->name,           record->version, record->architecture, record->source,
                                    record->source_version, record->license, record->maintainer};
    struct ia_record_files files = record->files;
    struct ia_str directory, name;
    (void)user;
    (void)env;
    printf("P\t%s", record->kept_apart ? "key" : "package");
    for (size_t i = 0; i < IA_COUNT(values); i++)
        printf("\t%.*s", VIEW(values[i]));
    for (size_t i = 0; i < IA_COUNT(names); i++)
        printf("\t%.*s", VIEW(field_of(record, names[i])));
    putchar('\n');
    while (files.next && files.next(&files, &directory, &name))
        printf("F\t%.*s%.*s\n", VIEW(directory), VIEW(name));
    return IMGA_OK;
}

/* The content, malloc'ed; "" for what is not there. */
static struct ia_str content(const char *path)
{
    struct ia_str text = IA_STR("");
    FILE *file = strcmp(path, "-") != 0 ? fopen(path, "rb") : NULL;
    long size;
    if (!file)
        return text;
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 && fseek(file, 0, SEEK_SET) == 0) {
        char *bytes = malloc((size_t)size);
        if (bytes && fread(bytes, 1, (size_t)size, file) == (size_t)size)
            text = (struct ia_str){bytes, (size_t)size};
        else
            free(bytes);
    }
    fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    static imga_limits limits;
    static const struct ia_hooks hooks;
    struct ia_env env = {.alloc = ia_alloc_libc, .limits = &limits, .hooks = &hooks};
    struct ia_str files[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    struct ia_damage damage = {.count = {0}};
    if (argc < 2 || argc > 4)
        return 64;
    ia_limits_fill(&limits);
    for (int i = 1; i < argc; i++)
        files[i - 1] = content(argv[i]);
    struct ia_db_source source = {.text = files[0], .beside = {files[1], files[2]}};
    int status = ia_rpm_read(&env, &source, &damage, print_record, NULL);
    for (size_t i = 0; i < IA_DAMAGE_KINDS; i++)
        if (damage.count[i])
            printf("D\t%zu\t%zu\n", i, damage.count[i]);
    for (size_t i = 0; i < IA_COUNT(files); i++)
        if (files[i].n)
            free((char *)files[i].p);
    if (status < 0)
        fprintf(stderr, "rpm_records: %d: %s\n", status, env.error.message);
    return status < 0 ? 1 : 0;
}
