/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Python distributions as importlib.metadata finds them: NAME-VERSION.dist-info (packaging.python.org, "Recording
 * installed projects"), NAME-VERSION.egg-info as a directory or a file, EGG-INFO in an egg, which is a directory or a
 * zip archive. What pip left behind of a failed removal ("~ame-1.0.dist-info") and what lies among a package's tests
 * is not installed.
 */
#include "catalog/lang/python.h"

#include "catalog/lang/lang.h"
#include "catalog/lang/place.h"

static bool ends_case(struct ia_str text, struct ia_str suffix)
{
    return text.n >= suffix.n && ia_str_eq_case(ia_str_sub(text, text.n - suffix.n, suffix.n), suffix);
}

static struct ia_str without_end(struct ia_str text, struct ia_str suffix)
{
    return ends_case(text, suffix) ? ia_str_sub(text, 0, text.n - suffix.n) : text;
}

/* ---- what a file is, by its place ---- */

static int read_dist_info(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str stem = without_end(ia_place_parent(file->path), IA_STR(".dist-info"));
    const struct ia_python_source source = {.path = file->path, .stem = stem, .how = "dist-info"};
    return ia_python_metadata(&source, file->content, env, found);
}

static int read_egg_info(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str stem = without_end(ia_place_parent(file->path), IA_STR(".egg-info"));
    const struct ia_python_source source = {.path = file->path, .stem = stem, .how = "egg-info"};
    return ia_python_metadata(&source, file->content, env, found);
}

static int read_egg_info_file(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str stem = without_end(ia_place_name(file->path), IA_STR(".egg-info"));
    const struct ia_python_source source = {.path = file->path, .stem = stem, .how = "egg-info"};
    return ia_python_metadata(&source, file->content, env, found);
}

/* "example-1.0-py3.6.egg/EGG-INFO/PKG-INFO" */
static int read_egg_folder(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str egg = ia_place_parent(ia_place_directory(file->path));
    const struct ia_python_source source = {.path = file->path, .stem = without_end(egg, IA_STR(".egg")), .how = "egg"};
    return ia_python_metadata(&source, file->content, env, found);
}

static int read_installer(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    enum { INSTALLER_MOST = 64 };
    struct ia_str name = ia_str_trim(ia_str_sub(file->content, 0, ia_str_find(file->content, '\n')));
    const struct ia_field field = {IA_STR("installer"), name};
    return name.n && name.n <= INSTALLER_MOST ? ia_found_attach(found, env, 0, &field) : IMGA_OK;
}

static int read_requested(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    const struct ia_field field = {IA_STR("requested"), IA_STR("true")};
    (void)file;
    return ia_found_attach(found, env, 0, &field);
}

static const struct kind {
    const char *name;   /* of the file, or what it ends with */
    const char *folder; /* what the name of its directory ends with; NULL: any */
    int (*analyse)(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found);
} kinds[] = {
    {"METADATA", ".dist-info", read_dist_info},
    {"RECORD", ".dist-info", ia_python_record},
    {"INSTALLER", ".dist-info", read_installer},
    {"REQUESTED", ".dist-info", read_requested},
    {"direct_url.json", ".dist-info", ia_python_direct_url},
    {"PKG-INFO", ".egg-info", read_egg_info},
    {"installed-files.txt", ".egg-info", ia_python_installed_files},
    {"PKG-INFO", "EGG-INFO", read_egg_folder},
    {".egg-info", NULL, read_egg_info_file},
    {".egg", NULL, ia_python_egg},
};

static const struct kind *kind_of(struct ia_str path)
{
    struct ia_str name = ia_place_name(path), folder = ia_place_parent(path);
    for (size_t i = 0; i < IA_COUNT(kinds); i++) {
        bool fits = kinds[i].folder ? ia_str_is(name, kinds[i].name) && ends_case(folder, ia_str_from(kinds[i].folder))
                                    : ends_case(name, ia_str_from(kinds[i].name));
        if (fits)
            return &kinds[i];
    }
    return NULL;
}

/* ---- whether it is installed ---- */

static bool is_library_folder(struct ia_str component)
{
    return ia_str_is(component, "site-packages") || ia_str_is(component, "dist-packages") ||
           ia_str_starts(component, IA_STR("python3.")) || ia_str_starts(component, IA_STR("python2."));
}

/* Among the tests of a package, or of Python itself. */
static bool is_sample(struct ia_str path)
{
    struct ia_str part;
    bool in_library = false, sample = false;
    while (ia_str_next(&path, '/', &part)) {
        sample = !is_library_folder(part) && (sample || (in_library && ia_place_is_sample(part)));
        in_library = in_library || is_library_folder(part);
    }
    return sample;
}

static bool is_leftover(struct ia_str path)
{
    return ia_str_starts(ia_place_parent(path), IA_STR("~")) || ia_str_starts(ia_place_name(path), IA_STR("~"));
}

static bool wants(struct ia_str path)
{
    return kind_of(path) && !is_leftover(path) && !is_sample(path) && !ia_place_in_conda_cache(path);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    const struct kind *kind = kind_of(file->path);
    return kind ? kind->analyse(file, env, found) : IMGA_OK;
}

static const char *const names[] = {
    "METADATA", "PKG-INFO", "RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "installed-files.txt", NULL};
static const char *const extensions[] = {"egg-info", "egg", NULL};

const struct ia_analyser ia_python_analyser = {"python", 1, names, extensions, NULL, wants, analyse};
