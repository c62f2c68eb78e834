/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The paragraphs of dpkg's and opkg's status files: what deb822 fields say of a package, first value of each. What dpkg
 * would refuse is read as far as it goes, always so that a package is rather listed than hidden: a second "Package" in
 * a paragraph begins a paragraph of its own.
 */
#ifndef IA_CATALOG_PARAGRAPH_H
#define IA_CATALOG_PARAGRAPH_H

#include "catalog/record.h"

enum ia_paragraph_field {
    IA_PARAGRAPH_PACKAGE,
    IA_PARAGRAPH_STATUS,
    IA_PARAGRAPH_VERSION,
    IA_PARAGRAPH_SOURCE,
    IA_PARAGRAPH_SOURCE_NAME,
    IA_PARAGRAPH_ARCHITECTURE,
    IA_PARAGRAPH_MAINTAINER,
    IA_PARAGRAPH_LICENSE,
    IA_PARAGRAPH_CONFFILES, /* the only one of several lines */
    IA_PARAGRAPH_FIELDS
};

struct ia_paragraph {
    struct ia_str value[IA_PARAGRAPH_FIELDS]; /* trimmed */
    bool has[IA_PARAGRAPH_FIELDS];
    size_t offset;
};

/* The next paragraph that has a field; false at the end. */
bool ia_paragraph_next(struct ia_db_reader *reader, struct ia_paragraph *out);

/*
 * Whether the word for a package's state is known, and whether its files are on disk then. In unpacked and
 * half-installed they are (partly) there, vulnerable ones included, though the package does not work. A state that is
 * not known counts as installed.
 */
bool ia_package_state_find(struct ia_str state, bool *on_disk);

/* The files that "Conffiles" lists. */
struct ia_record_files ia_conffiles(struct ia_str value);

#endif
