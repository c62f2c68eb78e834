/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of texts; docs/cyclonedx.md has the whole mapping. */
#include "model/cyclonedx.h"

#include "model/inventory.h"

static const struct ia_cyclonedx_text image[] = {
    {"form", offsetof(struct ia_image_facts, form)},
    {"reference", offsetof(struct ia_image_facts, reference)},
    {"manifest-digest", offsetof(struct ia_image_facts, manifest_digest)},
    {"config-digest", offsetof(struct ia_image_facts, config_digest)},
    {"os", offsetof(struct ia_image_facts, os)},
    {"architecture", offsetof(struct ia_image_facts, architecture)},
    {"variant", offsetof(struct ia_image_facts, variant)},
    {"created", offsetof(struct ia_image_facts, created)},
    {"verified", offsetof(struct ia_image_facts, verified)},
};

static const struct ia_cyclonedx_text distro[] = {
    {"id", offsetof(struct ia_distro, id)},
    {"id-like", offsetof(struct ia_distro, id_like)},
    {"version-id", offsetof(struct ia_distro, version_id)},
    {"codename", offsetof(struct ia_distro, codename)},
    {"release", offsetof(struct ia_distro, release)},
    {"pretty-name", offsetof(struct ia_distro, pretty_name)},
    {"services", offsetof(struct ia_distro, services)},
};

static const struct ia_cyclonedx_text layer[] = {
    {"digest", offsetof(struct ia_layer, digest)},
    {"diff-id", offsetof(struct ia_layer, diff_id)},
    {"media-type", offsetof(struct ia_layer, media_type)},
    {"created-by", offsetof(struct ia_layer, created_by)},
};

static const struct ia_cyclonedx_text note[] = {
    {"where", offsetof(struct ia_note, where)},
    {"text", offsetof(struct ia_note, text)},
};

/* Name and version are properties only where the component's own differ from them. */
static const struct ia_cyclonedx_text package[] = {
    {"type", offsetof(struct ia_package, type)},       {"architecture", offsetof(struct ia_package, architecture)},
    {"source", offsetof(struct ia_package, source)},   {"source-version", offsetof(struct ia_package, source_version)},
    {"license", offsetof(struct ia_package, license)}, {"how", offsetof(struct ia_package, how)},
    {"name", offsetof(struct ia_package, name)},       {"version", offsetof(struct ia_package, version)},
};

const struct ia_cyclonedx_texts ia_cyclonedx_image = {image, IA_COUNT(image)};
const struct ia_cyclonedx_texts ia_cyclonedx_distro = {distro, IA_COUNT(distro)};
const struct ia_cyclonedx_texts ia_cyclonedx_layer = {layer, IA_COUNT(layer)};
const struct ia_cyclonedx_texts ia_cyclonedx_note = {note, IA_COUNT(note)};
const struct ia_cyclonedx_texts ia_cyclonedx_package = {package, IA_COUNT(package)};
