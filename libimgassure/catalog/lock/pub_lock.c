/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pubspec.lock of Dart (dart.dev, "Pubspec lock file"): packages by name, with version and source. Those of the SDK and
 * of a path are part of the application, or of Dart.
 */
#include "catalog/lock/yaml_lock.h"

static int take(struct ia_found *found, struct ia_env *env, const struct ia_yaml *document,
                const struct ia_yaml *package)
{
    struct ia_locked locked = {
        "pub", "pubspec-lock", ia_str_from(package->key), ia_yaml_text(package, "version"), {.n = 0}};
    struct ia_str source = ia_yaml_text(package, "source");
    (void)document;
    if (ia_str_is(source, "sdk") || ia_str_is(source, "path"))
        return IMGA_OK;
    ia_fields_flag(&locked.fields, "dev", ia_str_is(ia_yaml_text(package, "dependency"), "direct dev"));
    if (locked.version.n == 0)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "a package without version"));
    return ia_locked_add(&locked, env, found);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    return ia_yaml_lock_read(file, env, found, take);
}

static const char *const names[] = {"pubspec.lock", NULL};

const struct ia_analyser ia_pub_lock_analyser = {"pub-lock", 1, names, NULL, NULL, ia_locked_wants, analyse};
