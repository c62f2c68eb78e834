/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How an inventory stands in a CycloneDX document: names of our properties, which writer and reader share. CycloneDX
 * has places for most of what a package is (name, version, purl, licences, evidence); the rest is in properties whose
 * names begin with "imgassure:". Texts that are empty are left out.
 */
#ifndef IA_MODEL_CYCLONEDX_H
#define IA_MODEL_CYCLONEDX_H

#include <stddef.h>

#define IA_CYCLONEDX_PREFIX "imgassure:"
#define IA_CYCLONEDX_SCHEMA "imgassure-cyclonedx/1" /* the value of "schema", which tells a document of ours */
#define IA_CYCLONEDX_REF "pkg-"                     /* bom-ref of a package: this and its index */

/* A text of a record: the name of its property behind the prefix and the record's own, and where it is. */
struct ia_cyclonedx_text {
    const char *name;
    size_t at;
};

struct ia_cyclonedx_texts {
    const struct ia_cyclonedx_text *rows;
    size_t n;
};

extern const struct ia_cyclonedx_texts ia_cyclonedx_image;   /* "image:form"; struct ia_image_facts */
extern const struct ia_cyclonedx_texts ia_cyclonedx_distro;  /* "distro:id"; struct ia_distro */
extern const struct ia_cyclonedx_texts ia_cyclonedx_layer;   /* "layer:0:digest", behind "size"; struct ia_layer */
extern const struct ia_cyclonedx_texts ia_cyclonedx_note;    /* "note:0:where", behind "code"; struct ia_note */
extern const struct ia_cyclonedx_texts ia_cyclonedx_package; /* "type"; struct ia_package */

#endif
