/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX 1.6 (ECMA-424) as JSON: the image is metadata.component, the distribution and each package are components,
 * findings are vulnerabilities. The same inventory gives the same bytes: the serial number is made of its id (RFC 9562,
 * version 8), and there is no timestamp. Lists of files and executables have no place here; all that matching needs has
 * (model/cyclonedx.h, docs/cyclonedx.md), and catalog/cyclonedx_read.h takes it back.
 */
#include "report/cyclonedx.h"

#include "model/cyclonedx.h"
#include "model/purl.h"
#include "report/cyclonedx_findings.h"
#include "syntax/json_write.h"

#include <stdio.h>
#include <string.h>

enum { VERSION_MOST = IA_CYCLONEDX_VERSION_MOST, NAME_ROOM = 48 };

struct document {
    struct ia_env *env;
    struct ia_json_writer json;
    struct ia_buf text;    /* a name while it is made */
    struct ia_buf storage; /* of a purl that is read */
};

/* What ia_buf and ia_purl answer; true when it was done. */
static bool succeeded(struct document *d, int status)
{
    if (status == IMGA_E_NOMEM && d->json.status == IMGA_OK)
        d->json.status = ia_fail_nomem(d->env);
    return status == IMGA_OK;
}

static void member_unless_empty(struct document *d, const char *key, const char *text)
{
    if (*text)
        ia_json_member(&d->json, key, text);
}

/* ---- properties ---- */

static void write_property(struct document *d, const char *of, const char *name, const char *value)
{
    ia_buf_clear(&d->text);
    int status = ia_buf_text(&d->text, IA_CYCLONEDX_PREFIX);
    if (status == IMGA_OK)
        status = ia_buf_text(&d->text, of);
    if (status == IMGA_OK)
        status = ia_buf_text(&d->text, name);
    if (!succeeded(d, status))
        return;
    ia_json_object(&d->json);
    ia_json_key(&d->json, "name");
    ia_json_str(&d->json, ia_buf_view(&d->text));
    ia_json_member(&d->json, "value", value);
    ia_json_object_end(&d->json);
}

static void write_number(struct document *d, const char *of, const char *name, int64_t value)
{
    char digits[24];
    snprintf(digits, sizeof(digits), "%lld", (long long)value);
    write_property(d, of, name, digits);
}

static const char *text_at(const void *record, const struct ia_cyclonedx_text *text)
{
    const char *value;
    memcpy(&value, (const char *)record + text->at, sizeof(value));
    return value;
}

static void write_texts(struct document *d, const char *of, const struct ia_cyclonedx_texts *texts, const void *record)
{
    for (size_t i = 0; i < texts->n; i++) {
        const char *value = text_at(record, &texts->rows[i]);
        if (*value)
            write_property(d, of, texts->rows[i].name, value);
    }
}

static void write_layer(struct document *d, size_t index, const struct ia_layer *layer)
{
    char of[NAME_ROOM], size[24];
    snprintf(of, sizeof(of), "layer:%zu:", index);
    snprintf(size, sizeof(size), "%llu", (unsigned long long)layer->size);
    write_property(d, of, "size", size);
    write_texts(d, of, &ia_cyclonedx_layer, layer);
}

static void write_note(struct document *d, const char *kind, size_t index, const struct ia_note *note)
{
    char of[NAME_ROOM];
    snprintf(of, sizeof(of), "%s%zu:", kind, index);
    write_property(d, of, "code", ia_note_name(note->code));
    if (note->offset >= 0)
        write_number(d, of, "offset", note->offset);
    write_texts(d, of, &ia_cyclonedx_note, note);
}

/* Notes that were only counted are told by one, as in the inventory document. */
static void write_notes(struct document *d, const char *kind, const struct ia_notes *notes)
{
    const struct ia_note dropped = {IMGA_NOTE_DROPPED, -1, "", "more notes than the limit"};
    const struct ia_note *note;
    for (size_t i = 0; (note = ia_notes_at(notes, i)); i++)
        write_note(d, kind, i, note);
    if (notes->dropped && ia_notes_count(notes) == 0)
        write_note(d, kind, 0, &dropped);
}

/* ---- the image ---- */

/* "registry/folder/name" of "registry/folder/name:tag@digest"; empty for a tag alone. */
static struct ia_str repository_of(struct ia_str reference)
{
    struct ia_str path = ia_str_sub(reference, 0, ia_str_find(reference, '@'));
    size_t slash = ia_str_find_last(path, '/'), from = slash < path.n ? slash + 1 : 0;
    struct ia_str last = ia_str_sub(path, from, path.n);
    size_t colon = ia_str_find(last, ':');
    if (from == 0 && colon == last.n)
        return (struct ia_str){0};
    return ia_str_sub(path, 0, from + colon);
}

/* Into d->text; false when the reference names no repository, or the manifest is not known. */
static bool make_image_purl(struct document *d, const struct ia_image_facts *image)
{
    struct ia_str repository = repository_of(ia_str_from(image->reference));
    size_t slash = ia_str_find_last(repository, '/');
    struct ia_str name = slash < repository.n ? ia_str_sub(repository, slash + 1, repository.n) : repository;
    struct ia_purl purl = {.type = IA_STR("oci"), .name = name, .version = ia_str_from(image->manifest_digest)};
    if (!name.n || !purl.version.n)
        return false;
    ia_purl_qualify(&purl, "arch", ia_str_from(image->architecture));
    if (slash < repository.n)
        ia_purl_qualify(&purl, "repository_url", repository);
    ia_buf_clear(&d->text);
    return succeeded(d, ia_purl_write(&d->text, &purl));
}

static const char *name_of_image(const struct ia_image_facts *image)
{
    if (*image->reference)
        return image->reference;
    if (*image->manifest_digest)
        return image->manifest_digest;
    return *image->config_digest ? image->config_digest : "image";
}

static void write_image(struct document *d, const struct ia_image_facts *image)
{
    ia_json_key(&d->json, "component");
    ia_json_object(&d->json);
    ia_json_member(&d->json, "type", "container");
    ia_json_member(&d->json, "bom-ref", "image");
    ia_json_member(&d->json, "name", name_of_image(image));
    if (strlen(image->manifest_digest) <= VERSION_MOST)
        member_unless_empty(d, "version", image->manifest_digest);
    if (make_image_purl(d, image)) {
        ia_json_key(&d->json, "purl");
        ia_json_str(&d->json, ia_buf_view(&d->text));
    }
    ia_json_object_end(&d->json);
}

static void write_tool(struct document *d, const char *version)
{
    ia_json_key(&d->json, "tools");
    ia_json_object(&d->json);
    ia_json_key(&d->json, "components");
    ia_json_array(&d->json);
    ia_json_object(&d->json);
    ia_json_member(&d->json, "type", "library");
    ia_json_member(&d->json, "name", "libimgassure");
    ia_json_member(&d->json, "version", version);
    ia_json_object_end(&d->json);
    ia_json_array_end(&d->json);
    ia_json_object_end(&d->json);
}

static void write_facts(struct document *d, const struct ia_inventory *inventory)
{
    const struct ia_layer *layer;
    write_property(d, "", "schema", IA_CYCLONEDX_SCHEMA);
    write_property(d, "", "complete", ia_notes_complete(&inventory->notes) ? "true" : "false");
    write_texts(d, "image:", &ia_cyclonedx_image, &inventory->image);
    write_texts(d, "distro:", &ia_cyclonedx_distro, &inventory->distro);
    for (size_t i = 0; (layer = ia_inventory_layer(inventory, i)); i++)
        write_layer(d, i, layer);
    if (inventory->executables.n) {
        write_number(d, "", "executables", (int64_t)inventory->executables.n);
        write_number(d, "", "unowned-executables", (int64_t)ia_inventory_unowned(inventory));
    }
    write_notes(d, "note:", &inventory->notes);
}

static void write_metadata(struct document *d, const struct ia_report *report)
{
    ia_json_key(&d->json, "metadata");
    ia_json_object(&d->json);
    write_tool(d, report->version);
    write_image(d, &report->inventory->image);
    ia_json_key(&d->json, "properties");
    ia_json_array(&d->json);
    write_facts(d, report->inventory);
    if (report->findings) {
        write_property(d, "match:", "complete", ia_findings_complete(report->findings) ? "true" : "false");
        write_notes(d, "match:note:", &report->findings->notes);
    }
    ia_json_array_end(&d->json);
    ia_json_object_end(&d->json);
}

/* ---- packages ---- */

/* How sure a rule is that the package is there under this name and version: stated there, or concluded. */
enum { STATED = 100, CONCLUDED = 50 };

static const struct rule {
    const char *how;
    const char *technique;
    unsigned confidence; /* percent */
} rules[] = {
    {"classifier", "binary-analysis", CONCLUDED},
    {"file-name", "filename", CONCLUDED},
    {"go-buildinfo", "binary-analysis", STATED},
    {"cargo-auditable", "binary-analysis", STATED},
    {"note-package", "binary-analysis", STATED},
    {"pe-version", "binary-analysis", STATED},
    {"cyclonedx", "other", CONCLUDED},
};

static struct rule rule_of(const struct ia_package *package)
{
    const struct rule manifest = {package->how, "manifest-analysis", STATED};
    for (size_t i = 0; i < IA_COUNT(rules); i++)
        if (strcmp(rules[i].how, package->how) == 0)
            return rules[i];
    return manifest;
}

static const char *component_type(const struct ia_package *package)
{
    if (strcmp(package->type, "rpm-key") == 0)
        return "data";
    return strcmp(package->type, "generic") == 0 ? "application" : "library";
}

/* The namespace of the purl where the name is that, one character, and the purl's name: "@scope/name". */
static struct ia_str group_of(struct document *d, const struct ia_package *package)
{
    const struct ia_str name = ia_str_from(package->name), none = {0};
    struct ia_purl purl;
    const char *why;
    ia_buf_clear(&d->storage);
    if (!*package->purl || !succeeded(d, ia_purl_read_any(ia_str_from(package->purl), &d->storage, &purl, &why)))
        return none;
    bool is_split = purl.namespace.n && purl.name.n && name.n == purl.namespace.n + 1 + purl.name.n &&
                    ia_str_starts(name, purl.namespace) && ia_str_ends(name, purl.name);
    return is_split ? ia_str_sub(name, 0, purl.namespace.n) : none;
}

static void write_licenses(struct document *d, const struct ia_package *package)
{
    if (!*package->license && !*package->expression)
        return;
    ia_json_key(&d->json, "licenses");
    ia_json_array(&d->json);
    ia_json_object(&d->json);
    if (*package->expression) {
        ia_json_member(&d->json, "expression", package->expression);
    } else {
        ia_json_key(&d->json, "license");
        ia_json_object(&d->json);
        ia_json_member(&d->json, "name", package->license);
        ia_json_object_end(&d->json);
    }
    ia_json_object_end(&d->json);
    ia_json_array_end(&d->json);
}

static void write_identity(struct document *d, const struct ia_package *package)
{
    const struct rule rule = rule_of(package);
    ia_json_key(&d->json, "identity");
    ia_json_array(&d->json);
    ia_json_object(&d->json);
    ia_json_member(&d->json, "field", *package->purl ? "purl" : "name");
    ia_json_member_percent(&d->json, "confidence", rule.confidence);
    ia_json_key(&d->json, "methods");
    ia_json_array(&d->json);
    ia_json_object(&d->json);
    ia_json_member(&d->json, "technique", rule.technique);
    ia_json_member_percent(&d->json, "confidence", rule.confidence);
    member_unless_empty(d, "value", package->how);
    ia_json_object_end(&d->json);
    ia_json_array_end(&d->json);
    ia_json_object_end(&d->json);
    ia_json_array_end(&d->json);
}

static void write_evidence(struct document *d, const struct ia_package *package)
{
    ia_json_key(&d->json, "evidence");
    ia_json_object(&d->json);
    write_identity(d, package);
    if (*package->path || *package->inside) {
        ia_json_key(&d->json, "occurrences");
        ia_json_array(&d->json);
        ia_json_object(&d->json);
        ia_json_member(&d->json, "location", package->path);
        member_unless_empty(d, "additionalContext", package->inside);
        ia_json_object_end(&d->json);
        ia_json_array_end(&d->json);
    }
    ia_json_object_end(&d->json);
}

/* What CycloneDX has no place for. The name and version are here when they are not the component's own. */
static void write_package_properties(struct document *d, const struct ia_package *package, bool is_split, bool is_long)
{
    struct ia_package rest = *package;
    rest.name = is_split ? package->name : "";
    rest.version = is_long ? package->version : "";
    ia_json_key(&d->json, "properties");
    ia_json_array(&d->json);
    if (!*package->type)
        write_property(d, "", "type", "");
    write_texts(d, "", &ia_cyclonedx_package, &rest);
    if (package->layer >= 0)
        write_number(d, "", "layer", package->layer);
    if (package->owner >= 0) {
        char ref[NAME_ROOM];
        snprintf(ref, sizeof(ref), IA_CYCLONEDX_REF "%ld", (long)package->owner);
        write_property(d, "", "owner", ref);
    }
    for (size_t i = 0; i < package->property_count; i++)
        write_property(d, "property:", package->properties[i].name, package->properties[i].value);
    ia_json_array_end(&d->json);
}

static void write_name(struct document *d, const struct ia_package *package, struct ia_str group)
{
    struct ia_str name = ia_str_from(package->name);
    if (group.n) {
        ia_json_key(&d->json, "group");
        ia_json_str(&d->json, group);
        name = ia_str_sub(name, group.n + 1, name.n);
    }
    ia_json_key(&d->json, "name");
    ia_json_str(&d->json, name);
}

static void write_package(struct document *d, size_t index, const struct ia_package *package)
{
    char ref[NAME_ROOM];
    bool is_long = strlen(package->version) > VERSION_MOST;
    struct ia_str group = group_of(d, package);
    snprintf(ref, sizeof(ref), IA_CYCLONEDX_REF "%zu", index);
    ia_json_object(&d->json);
    ia_json_member(&d->json, "type", component_type(package));
    ia_json_member(&d->json, "bom-ref", ref);
    member_unless_empty(d, "publisher", package->maintainer);
    write_name(d, package, group);
    if (!is_long)
        member_unless_empty(d, "version", package->version);
    const char *cpe = ia_package_property(package, "cpe");
    if (ia_package_property(package, "removed"))
        ia_json_member(&d->json, "scope", "excluded");
    write_licenses(d, package);
    member_unless_empty(d, "cpe", cpe ? cpe : "");
    member_unless_empty(d, "purl", package->purl);
    write_evidence(d, package);
    write_package_properties(d, package, group.n > 0, is_long);
    ia_json_object_end(&d->json);
}

static void write_system(struct document *d, const struct ia_distro *distro)
{
    if (!*distro->id)
        return;
    ia_json_object(&d->json);
    ia_json_member(&d->json, "type", "operating-system");
    ia_json_member(&d->json, "bom-ref", "os");
    ia_json_member(&d->json, "name", distro->id);
    if (strlen(distro->version_id) <= VERSION_MOST)
        member_unless_empty(d, "version", distro->version_id);
    member_unless_empty(d, "description", distro->pretty_name);
    ia_json_object_end(&d->json);
}

static void write_components(struct document *d, const struct ia_inventory *inventory)
{
    const struct ia_package *package;
    ia_json_key(&d->json, "components");
    ia_json_array(&d->json);
    write_system(d, &inventory->distro);
    for (size_t i = 0; (package = ia_inventory_package(inventory, i)); i++)
        write_package(d, i, package);
    ia_json_array_end(&d->json);
}

static void write_composition(struct document *d, const struct ia_inventory *inventory)
{
    ia_json_key(&d->json, "compositions");
    ia_json_array(&d->json);
    ia_json_object(&d->json);
    ia_json_member(&d->json, "aggregate", ia_notes_complete(&inventory->notes) ? "complete" : "incomplete");
    ia_json_key(&d->json, "assemblies");
    ia_json_array(&d->json);
    ia_json_text(&d->json, "image");
    ia_json_array_end(&d->json);
    ia_json_object_end(&d->json);
    ia_json_array_end(&d->json);
}

/* ---- the document ---- */

/* The first digits of the id, with version and variant of a UUID that is made of other data. */
static void write_serial_number(struct document *d, const char *id)
{
    static const char form[] = "urn:uuid:xxxxxxxx-xxxx-8xxx-yxxx-xxxxxxxxxxxx";
    char serial[sizeof(form)];
    const char *digit = strchr(id, ':');
    if (!digit || strlen(digit) <= 32)
        return;
    digit++;
    memcpy(serial, form, sizeof(form));
    for (size_t i = sizeof("urn:uuid:") - 1; serial[i]; i++) {
        if (serial[i] == '-')
            continue;
        if (serial[i] == 'x')
            serial[i] = *digit;
        else if (serial[i] == 'y')
            serial[i] = "89ab"[*digit & 3];
        digit++;
    }
    ia_json_member(&d->json, "serialNumber", serial);
}

int ia_report_cyclonedx(struct ia_env *env, const struct ia_report *report, const struct ia_writer *writer)
{
    struct document d = {.env = env};
    IA_TRY(ia_report_check(env, report));
    ia_buf_init(&d.text, &env->alloc, SIZE_MAX);    /* as long as a few texts of the inventory */
    ia_buf_init(&d.storage, &env->alloc, SIZE_MAX); /* as long as a purl */
    ia_json_begin(&d.json, env, writer, false);
    ia_json_object(&d.json);
    ia_json_member(&d.json, "$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
    ia_json_member(&d.json, "bomFormat", "CycloneDX");
    ia_json_member(&d.json, "specVersion", "1.6");
    write_serial_number(&d, report->inventory->id);
    ia_json_member_uint(&d.json, "version", 1);
    write_metadata(&d, report);
    write_components(&d, report->inventory);
    write_composition(&d, report->inventory);
    if (report->findings)
        ia_cyclonedx_findings(&d.json, report->findings);
    ia_json_object_end(&d.json);
    ia_buf_free(&d.text);
    ia_buf_free(&d.storage);
    return ia_json_finish(&d.json);
}
