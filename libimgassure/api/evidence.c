/* SPDX-License-Identifier: Apache-2.0 */
/* evidence.h: rows of properties, CPE names and executables. */
#include "api/object.h"

#include "model/cpe.h"
#include "model/purl.h"

#include <string.h>

static const struct ia_package *package_at(const imga_inventory *inventory, size_t index)
{
    return inventory ? ia_inventory_package(&inventory->inventory, index) : NULL;
}

static void fill_property(const void *object, size_t index, void *out)
{
    const struct ia_package *package = object;
    imga_property_row *row = out;
    row->name = package->properties[index].name;
    row->value = package->properties[index].value;
}

IMGA_API int64_t imga_inventory_properties(const imga_inventory *inventory, size_t package, size_t first,
                                           imga_property_row *out, size_t count)
{
    const struct ia_package *it = package_at(inventory, package);
    struct ia_api_rows rows = {it, it ? it->property_count : 0, sizeof(*out), fill_property};
    return ia_api_fill(&rows, first, out, count);
}

/* ---- CPE names ---- */

struct names {
    const char *declared; /* a name that the package's file gives; NULL: none */
    struct ia_cpe_candidates candidates;
    struct ia_str version;
    struct ia_buf text;
};

static int find_names(struct names *names, const struct ia_alloc *alloc, const struct ia_package *package)
{
    struct ia_cpe_facts facts = {.type = ia_str_from(package->type),
                                 .name = ia_str_from(package->name),
                                 .vendor = ia_str_from(package->maintainer),
                                 .url = ia_str_from(ia_package_property(package, "url"))};
    struct ia_buf storage;
    struct ia_purl purl;
    const char *why;
    ia_buf_init(&storage, alloc, SIZE_MAX); /* as long as the purl */
    int status = ia_purl_read(ia_str_from(package->purl), &storage, &purl, &why);
    if (status == IMGA_OK) {
        facts.namespace = purl.namespace;
        facts.name = purl.name;
    }
    if (status != IMGA_E_NOMEM)
        status = ia_cpe_candidates_find(&names->candidates, &facts);
    ia_buf_free(&storage);
    return status;
}

static void fill_cpe(const void *object, size_t index, void *out)
{
    const struct names *names = object;
    imga_cpe_row *row = out;
    size_t declared = names->declared != NULL;
    struct ia_str text = ia_str_from(names->declared);
    char room[sizeof(row->cpe)];
    struct ia_buf buf = {.p = room, .capacity = sizeof(room), .max = sizeof(room)};
    row->how = "declared";
    if (index >= declared) {
        const struct ia_cpe_candidate *candidate = &names->candidates.rows[index - declared];
        row->how = candidate->how;
        if (ia_cpe_candidate_write(&buf, candidate, names->version) < 0)
            buf.n = 0;
        text = ia_buf_view(&buf);
    }
    if (text.n >= sizeof(row->cpe))
        text.n = 0;
    if (text.n)
        memcpy(row->cpe, text.p, text.n);
    row->cpe[text.n] = '\0';
}

IMGA_API int64_t imga_inventory_cpes(const imga_inventory *inventory, size_t package, size_t first, imga_cpe_row *out,
                                     size_t count)
{
    const struct ia_package *it = package_at(inventory, package);
    if (!it)
        return IMGA_E_INVALID;
    struct names names = {.declared = ia_package_property(it, "cpe"), .version = ia_str_from(it->version)};
    ia_cpe_candidates_init(&names.candidates, &inventory->context->alloc);
    int64_t filled = find_names(&names, &inventory->context->alloc, it);
    if (filled == IMGA_OK) {
        struct ia_api_rows rows = {&names, names.candidates.n + (names.declared != NULL), sizeof(*out), fill_cpe};
        filled = ia_api_fill(&rows, first, out, count);
    }
    ia_cpe_candidates_free(&names.candidates);
    return filled;
}

/* ---- executables ---- */

IMGA_API size_t imga_inventory_executable_count(const imga_inventory *inventory)
{
    return inventory ? inventory->inventory.executables.n : 0;
}

IMGA_API size_t imga_inventory_unowned_count(const imga_inventory *inventory)
{
    return inventory ? ia_inventory_unowned(&inventory->inventory) : 0;
}

static void fill_executable(const void *object, size_t index, void *out)
{
    const struct ia_executable *executable = ia_inventory_executable(object, index);
    imga_executable_row *row = out;
    row->layer = executable->layer;
    row->path = executable->path;
    row->format = executable->format;
    row->architecture = executable->architecture;
    row->build_id = executable->build_id;
    row->interpreter = executable->interpreter;
    row->flags = executable->flags;
    row->owner = executable->owner;
}

IMGA_API int64_t imga_inventory_executables(const imga_inventory *inventory, size_t first, imga_executable_row *out,
                                            size_t count)
{
    struct ia_api_rows rows = {inventory ? &inventory->inventory : NULL, imga_inventory_executable_count(inventory),
                               sizeof(*out), fill_executable};
    return ia_api_fill(&rows, first, out, count);
}
