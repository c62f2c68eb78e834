/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One small image in which there is something of everything that an inventory tells with its evidence: a package of the
 * system, one of a language that it owns and one that it does not own, with licences and properties, an executable of
 * each kind, one of which says "Evident Extra version 3.2.1", a lock file, and a database that the upper layer removes.
 */
#ifndef TEST_EVIDENT_H
#define TEST_EVIDENT_H

#include "tarball.h"

/* A docker save archive of two layers, Debian with one package; free it with tarball_free(). */
struct tarball evident_image(void);

#endif
