/* SPDX-License-Identifier: Apache-2.0 */
/* What analysers find, as lines of text that a table can hold. */
#ifndef TEST_ANALYSED_H
#define TEST_ANALYSED_H

#include "catalog/analyser.h"
#include "support.h"

/*
 * Runs an analyser and writes a line for each item, in order; malloc'ed, or NULL when the call failed (t->env.error).
 *   package npm @a/b 1.0 arch=x license=MIT supplier=S in=inner.jar how=package.json key=value ...
 *   path usr/bin/x
 *   executable elf amd64 build-id=ab interpreter=/lib/ld.so flags=28
 *   attach 0 key=value
 *   attach-path usr/bin/x
 *   note db-partial 12          (the code's name, the offset; the words are not written)
 * Empty parts are left out, an empty name or version is "-"; bytes outside of 0x21..0x7e are written as %XX.
 */
char *test_analyse(struct test_env *t, const struct ia_analyser *analyser, const char *path, struct ia_str content);
/* Whether the analyser wants a file of this path, by name, extension and its own look; magics are not looked at. */
int test_wants(const struct ia_analyser *analyser, const char *path);
/*
 * Fails every allocation in turn, cuts the content at 64 places and flips a bit at 200: never a crash, a leak, a status
 * other than IMGA_E_NOMEM, an error left behind in env, or, for a cut file, neither package nor note. 0, or the number
 * of the first step that went wrong.
 */
size_t test_analyse_hostile(const struct ia_analyser *analyser, const char *path, struct ia_str content);

#endif
