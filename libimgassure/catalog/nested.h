/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package databases of other roots inside the image: an unpacked system in a folder, a chroot, a build's leftover.
 * Their packages carry the property "root" and are no packages of the image's system.
 */
#ifndef IA_CATALOG_NESTED_H
#define IA_CATALOG_NESTED_H

#include "catalog/analyser.h"

/* dpkg's status, apk's installed and rpm's databases below any folder. Those of the root itself are read otherwise. */
extern const struct ia_analyser ia_nested_analyser;

#endif
