/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inventory document "imgassure-inventory/1" (docs/schema/inventory-1.schema.json): every member always, in this
 * order, without blanks, so that one inventory has one document and its digest is its identity.
 */
#include "catalog/inventory_json.h"

#include "syntax/json_write.h"

static void write_image(struct ia_json_writer *w, const struct ia_image_facts *image)
{
    ia_json_key(w, "image");
    ia_json_object(w);
    ia_json_member(w, "form", image->form);
    ia_json_member(w, "reference", image->reference);
    ia_json_member(w, "manifestDigest", image->manifest_digest);
    ia_json_member(w, "configDigest", image->config_digest);
    ia_json_member(w, "os", image->os);
    ia_json_member(w, "architecture", image->architecture);
    ia_json_member(w, "variant", image->variant);
    ia_json_member(w, "created", image->created);
    ia_json_member(w, "verified", image->verified);
    ia_json_object_end(w);
}

static void write_distro(struct ia_json_writer *w, const struct ia_distro *distro)
{
    ia_json_key(w, "distro");
    ia_json_object(w);
    ia_json_member(w, "id", distro->id);
    ia_json_member(w, "idLike", distro->id_like);
    ia_json_member(w, "versionId", distro->version_id);
    ia_json_member(w, "codename", distro->codename);
    ia_json_member(w, "release", distro->release);
    ia_json_member(w, "prettyName", distro->pretty_name);
    ia_json_member(w, "services", distro->services);
    ia_json_object_end(w);
}

static void write_layer(struct ia_json_writer *w, const struct ia_layer *layer)
{
    ia_json_object(w);
    ia_json_member(w, "digest", layer->digest);
    ia_json_member(w, "diffId", layer->diff_id);
    ia_json_member(w, "mediaType", layer->media_type);
    ia_json_member_uint(w, "size", layer->size);
    ia_json_member(w, "createdBy", layer->created_by);
    ia_json_object_end(w);
}

static void write_properties(struct ia_json_writer *w, const struct ia_package *package)
{
    ia_json_key(w, "properties");
    ia_json_object(w);
    for (size_t i = 0; i < package->property_count; i++)
        ia_json_member(w, package->properties[i].name, package->properties[i].value);
    ia_json_object_end(w);
}

static void write_files(struct ia_json_writer *w, const struct ia_package *package)
{
    ia_json_key(w, "files");
    ia_json_array(w);
    for (size_t i = 0; i < package->file_count; i++)
        ia_json_text(w, package->files[i]);
    ia_json_array_end(w);
}

static void write_package(struct ia_json_writer *w, const struct ia_package *package)
{
    ia_json_object(w);
    ia_json_member(w, "type", package->type);
    ia_json_member(w, "name", package->name);
    ia_json_member(w, "version", package->version);
    ia_json_member(w, "architecture", package->architecture);
    ia_json_member(w, "source", package->source);
    ia_json_member(w, "sourceVersion", package->source_version);
    ia_json_member(w, "license", package->license);
    ia_json_member(w, "licenseExpression", package->expression);
    ia_json_member(w, "maintainer", package->maintainer);
    ia_json_member(w, "purl", package->purl);
    ia_json_member(w, "how", package->how);
    ia_json_member(w, "path", package->path);
    ia_json_member(w, "inside", package->inside);
    ia_json_member_int(w, "layer", package->layer);
    ia_json_member_int(w, "owner", package->owner);
    write_properties(w, package);
    write_files(w, package);
    ia_json_object_end(w);
}

static void write_executable(struct ia_json_writer *w, const struct ia_executable *executable)
{
    ia_json_object(w);
    ia_json_member(w, "path", executable->path);
    ia_json_member(w, "format", executable->format);
    ia_json_member(w, "architecture", executable->architecture);
    ia_json_member(w, "buildId", executable->build_id);
    ia_json_member(w, "interpreter", executable->interpreter);
    ia_json_member_uint(w, "flags", executable->flags);
    ia_json_member_int(w, "layer", executable->layer);
    ia_json_member_int(w, "owner", executable->owner);
    ia_json_object_end(w);
}

static void write_note(struct ia_json_writer *w, const struct ia_note *note)
{
    ia_json_object(w);
    ia_json_member(w, "code", ia_note_name(note->code));
    ia_json_member_int(w, "offset", note->offset);
    ia_json_member(w, "where", note->where);
    ia_json_member(w, "text", note->text);
    ia_json_object_end(w);
}

/* Notes that were only counted are told by one; under a limit of no notes at all it has no row, and is made here. */
static void write_notes(struct ia_json_writer *w, const struct ia_notes *notes)
{
    const struct ia_note dropped = {IMGA_NOTE_DROPPED, -1, "", "more notes than the limit"};
    const struct ia_note *note;
    ia_json_key(w, "notes");
    ia_json_array(w);
    for (size_t i = 0; (note = ia_notes_at(notes, i)); i++)
        write_note(w, note);
    if (notes->dropped && ia_notes_count(notes) == 0)
        write_note(w, &dropped);
    ia_json_array_end(w);
}

int ia_inventory_write(struct ia_env *env, const struct ia_inventory *inventory, const struct ia_writer *writer)
{
    const struct ia_layer *layer;
    const struct ia_package *package;
    const struct ia_executable *executable;
    struct ia_json_writer w;
    ia_json_begin(&w, env, writer, false);
    ia_json_object(&w);
    ia_json_member(&w, "schema", IA_INVENTORY_SCHEMA);
    write_image(&w, &inventory->image);
    write_distro(&w, &inventory->distro);
    ia_json_key(&w, "layers");
    ia_json_array(&w);
    for (size_t i = 0; (layer = ia_inventory_layer(inventory, i)); i++)
        write_layer(&w, layer);
    ia_json_array_end(&w);
    ia_json_key(&w, "packages");
    ia_json_array(&w);
    for (size_t i = 0; (package = ia_inventory_package(inventory, i)); i++)
        write_package(&w, package);
    ia_json_array_end(&w);
    ia_json_key(&w, "executables");
    ia_json_array(&w);
    for (size_t i = 0; (executable = ia_inventory_executable(inventory, i)); i++)
        write_executable(&w, executable);
    ia_json_array_end(&w);
    write_notes(&w, &inventory->notes);
    ia_json_member_bool(&w, "complete", ia_notes_complete(&inventory->notes));
    ia_json_object_end(&w);
    return ia_json_finish(&w);
}
