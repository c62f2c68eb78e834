/* SPDX-License-Identifier: Apache-2.0 */
/* What the analysers found in the files of the merged view, into the inventory. */
#ifndef IA_CATALOG_EXAMINED_FILES_H
#define IA_CATALOG_EXAMINED_FILES_H

#include "catalog/package.h"

/* What files say of packages in other files. The texts live until the view changes. */
int ia_examined_attachments(struct ia_env *env, struct ia_rootfs *fs, struct ia_attachments *attachments);
/* Packages, executables and notes; builder->attachments is set. */
int ia_examined_take(struct ia_package_builder *builder, struct ia_env *env, struct ia_rootfs *fs);

#endif
