/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bottlerocket's inventory, ARCH-bottlerocket-linux-gnu/sys-root/usr/share/bottlerocket/application-inventory.json: the
 * packages of rpm that the image was made of; its own advisories name them so.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/members.h"
#include "catalog/lang/place.h"
#include "catalog/system/system.h"

enum { NAME, VERSION, RELEASE, EPOCH, ARCHITECTURE, PUBLISHER, URL };

struct inventory {
    struct ia_found *found;
    struct ia_buf version;
};

static bool wants(struct ia_str path)
{
    return ia_str_is(ia_place_parent(path), "bottlerocket");
}

/* A string or a number. */
static struct ia_str word(const struct ia_member_record *record, size_t index)
{
    struct ia_str text = ia_member(record, index);
    return text.n ? text : ia_member_number(record, index);
}

/* "[epoch:]version[-release]" */
static int write_version(struct ia_buf *out, const struct ia_member_record *record)
{
    struct ia_str epoch = word(record, EPOCH), release = word(record, RELEASE);
    ia_buf_clear(out);
    if (epoch.n && !ia_str_is(epoch, "0")) {
        IA_TRY(ia_buf_str(out, epoch));
        IA_TRY(ia_buf_char(out, ':'));
    }
    IA_TRY(ia_buf_str(out, ia_member(record, VERSION)));
    if (release.n == 0)
        return IMGA_OK;
    IA_TRY(ia_buf_char(out, '-'));
    return ia_buf_str(out, release);
}

static int take(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct inventory *inventory = user;
    struct ia_fields fields = {.n = 0};
    if (ia_member(record, NAME).n == 0 || ia_member(record, VERSION).n == 0)
        return ia_found_note(inventory->found, env, IMGA_NOTE_DB_PARTIAL, record->offset,
                             "a package without name or version");
    if (write_version(&inventory->version, record) < 0)
        return ia_fail_nomem(env);
    ia_fields_add(&fields, "epoch", word(record, EPOCH));
    ia_fields_add(&fields, "url", ia_member(record, URL));
    struct ia_found_package package = {
        .type = IA_STR("rpm"),
        .name = ia_member(record, NAME),
        .version = ia_buf_view(&inventory->version),
        .architecture = ia_member(record, ARCHITECTURE),
        .supplier = ia_member(record, PUBLISHER),
        .how = IA_STR("bottlerocket-inventory"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(inventory->found, env, &package);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const char *const paths[] = {"Name",         "Version",   "Release", "Epoch",
                                        "Architecture", "Publisher", "Url",     NULL};
    static const struct ia_member_table table = {"Content[]", paths, false, take};
    struct inventory inventory = {.found = found};
    ia_buf_init(&inventory.version, &env->alloc, SIZE_MAX);
    int status = ia_members_read(env, file->content, &table, &inventory, found);
    if (status == 0 && found->packed.n == 0)
        status = ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "the document lists no package");
    ia_buf_free(&inventory.version);
    return status < 0 ? status : IMGA_OK;
}

static const char *const names[] = {"application-inventory.json", NULL};

const struct ia_analyser ia_bottlerocket_analyser = {"bottlerocket", 1, names, NULL, NULL, wants, analyse};
