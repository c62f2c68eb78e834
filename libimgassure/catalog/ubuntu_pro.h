/* SPDX-License-Identifier: Apache-2.0 */
/* Which longer support an Ubuntu system is attached to: var/lib/ubuntu-advantage/status.json of the program "pro". */
#ifndef IA_CATALOG_UBUNTU_PRO_H
#define IA_CATALOG_UBUNTU_PRO_H

#include "base/env.h"
#include "rootfs/rootfs.h"

enum ia_ubuntu_service {
    IA_UBUNTU_ESM_INFRA = 1, /* longer support for main and restricted */
    IA_UBUNTU_ESM_APPS = 2,  /* for universe and multiverse */
    IA_UBUNTU_FIPS = 4       /* other versions of the cryptographic packages */
};

/* The services that the text says are enabled; a text that is no such document names none. >= 0, or a failure. */
int ia_ubuntu_pro_parse(struct ia_env *env, struct ia_str text);
/* The same of the file in a root view. */
int ia_ubuntu_pro_read(struct ia_env *env, struct ia_rootfs *fs);

#endif
