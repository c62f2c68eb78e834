/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Core metadata (packaging.python.org, "Core metadata specifications" 1.0 to 2.4): headers like those of mail, up to
 * the first empty line. Of a header that comes twice the first counts, as for email.message. Names are written as PEP
 * 503 normalises them and as OSV lists them; a name that was spelt otherwise is kept as "declared-name".
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/place.h"
#include "catalog/lang/python.h"
#include "syntax/deb822.h"

enum header {
    NAME,
    VERSION,
    LICENSE_EXPRESSION,
    LICENSE,
    AUTHOR,
    AUTHOR_EMAIL,
    MAINTAINER,
    MAINTAINER_EMAIL,
    HEADERS,
    CLASSIFIER = HEADERS
};

static const char *const header_names[] = {"Name",         "Version",    "License-Expression", "License",   "Author",
                                           "Author-email", "Maintainer", "Maintainer-email",   "Classifier"};

struct metadata {
    struct ia_str values[HEADERS];
    struct ia_buf classified; /* licenses of classifiers */
    struct ia_buf normalised; /* name */
};

/* The first line that says something; setuptools writes "UNKNOWN" where nothing was declared. */
static struct ia_str first_line(struct ia_str value)
{
    struct ia_str line = ia_str_trim(ia_str_sub(value, 0, ia_str_find(value, '\n')));
    return ia_str_is(line, "UNKNOWN") ? (struct ia_str){0} : line;
}

/* "License :: OSI Approved :: MIT License": the last part says which. */
static int add_classifier(struct metadata *metadata, struct ia_str value)
{
    if (!ia_str_starts(value, IA_STR("License ::")))
        return IMGA_OK;
    struct ia_str license = ia_str_trim(ia_str_sub(value, ia_str_find_last(value, ':') + 1, value.n));
    if (license.n == 0 || ia_str_is(license, "OSI Approved"))
        return IMGA_OK;
    if (metadata->classified.n)
        IA_TRY(ia_buf_text(&metadata->classified, ", "));
    return ia_buf_str(&metadata->classified, license);
}

static int add_header(struct metadata *metadata, const struct ia_deb822_field *field)
{
    struct ia_str value = first_line(field->value);
    size_t i = 0;
    while (i < IA_COUNT(header_names) && !ia_str_eq_case(field->name, ia_str_from(header_names[i])))
        i++;
    if (i == CLASSIFIER)
        return add_classifier(metadata, value);
    if (i < HEADERS && metadata->values[i].n == 0)
        metadata->values[i] = value;
    return IMGA_OK;
}

/* Only an empty line ends the headers; setuptools writes blanks where a description has one. */
static bool is_end(struct ia_str content, const struct ia_deb822_field *field)
{
    char c = field->offset < content.n ? content.p[field->offset] : '\n';
    return c == '\n' || c == '\r';
}

static int read_headers(struct metadata *metadata, struct ia_str content)
{
    struct ia_deb822 reader;
    struct ia_deb822_field field;
    enum ia_deb822_event event;
    ia_deb822_init(&reader, content);
    while ((event = ia_deb822_next(&reader, &field)) != IA_DEB822_END) {
        if (event == IA_DEB822_PARAGRAPH && is_end(content, &field))
            break;
        if (event == IA_DEB822_FIELD)
            IA_TRY(add_header(metadata, &field));
    }
    return IMGA_OK;
}

int ia_python_name(struct ia_buf *out, struct ia_str name)
{
    bool run = false;
    for (size_t i = 0; i < name.n; i++) {
        bool separates = name.p[i] == '-' || name.p[i] == '_' || name.p[i] == '.';
        if (!separates || !run)
            IA_TRY(ia_buf_char(out, separates ? '-' : ia_lower(name.p[i])));
        run = separates;
    }
    return IMGA_OK;
}

/* Name and version of "name-version" or "name-version-py3.9", in which neither holds a '-'. */
static void complete(struct metadata *metadata, struct ia_str stem)
{
    struct ia_str name = {0}, version = {0};
    (void)ia_str_next(&stem, '-', &name);
    (void)ia_str_next(&stem, '-', &version);
    if (metadata->values[NAME].n == 0 && version.n)
        metadata->values[NAME] = name;
    if (metadata->values[VERSION].n == 0)
        metadata->values[VERSION] = version;
}

static struct ia_str first_of(const struct metadata *metadata, enum header from, enum header to)
{
    struct ia_str value = {0};
    for (size_t i = from; i <= to && value.n == 0; i++)
        value = metadata->values[i];
    return value;
}

static int add_package(const struct metadata *metadata, const struct ia_python_source *source, struct ia_env *env,
                       struct ia_found *found)
{
    struct ia_str name = ia_buf_view(&metadata->normalised), declared = metadata->values[NAME];
    struct ia_str license = first_of(metadata, LICENSE_EXPRESSION, LICENSE);
    struct ia_fields fields = {.n = 0};
    if (!ia_str_eq(name, declared))
        ia_fields_add(&fields, "declared-name", declared);
    ia_fields_flag(&fields, "vendored", ia_place_has(source->path, "_vendor"));
    struct ia_found_package package = {
        .type = IA_STR("pypi"),
        .name = name,
        .version = metadata->values[VERSION],
        .license = license.n ? license : ia_buf_view(&metadata->classified),
        .supplier = first_of(metadata, AUTHOR, MAINTAINER_EMAIL),
        .inside = source->inside,
        .how = ia_str_from(source->how),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(found, env, &package);
}

static int report(struct metadata *metadata, const struct ia_python_source *source, struct ia_env *env,
                  struct ia_found *found)
{
    bool whole = metadata->values[NAME].n && metadata->values[VERSION].n;
    complete(metadata, source->stem);
    if (!whole)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "the metadata have no name or no version"));
    if (metadata->values[NAME].n == 0)
        return IMGA_OK;
    if (ia_python_name(&metadata->normalised, metadata->values[NAME]) < 0)
        return ia_fail_nomem(env);
    return add_package(metadata, source, env, found);
}

int ia_python_metadata(const struct ia_python_source *source, struct ia_str content, struct ia_env *env,
                       struct ia_found *found)
{
    struct metadata metadata = {.values = {{0}}};
    ia_buf_init(&metadata.classified, &env->alloc, SIZE_MAX);
    ia_buf_init(&metadata.normalised, &env->alloc, SIZE_MAX);
    int status = read_headers(&metadata, content);
    status = status < 0 ? ia_fail_nomem(env) : report(&metadata, source, env, found);
    ia_buf_free(&metadata.normalised);
    ia_buf_free(&metadata.classified);
    return status;
}
