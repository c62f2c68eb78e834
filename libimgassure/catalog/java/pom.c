/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pom.properties (Apache Maven Archiver; java.util.Properties): groupId, artifactId and version. Names and versions of
 * Maven have no character that Properties would escape, so a value with an escape was not written by Maven and is not
 * believed. What is missing is taken from the path.
 */
#include "catalog/java/pom.h"

#include "catalog/java/java.h"

/* Cuts the last component off. */
static struct ia_str take_last(struct ia_str *path)
{
    size_t slash = ia_str_find_last(*path, '/');
    struct ia_str last = slash < path->n ? ia_str_sub(*path, slash + 1, path->n) : *path;
    *path = ia_str_sub(*path, 0, slash < path->n ? slash : 0);
    return last;
}

static bool is_value(struct ia_str value)
{
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (c <= ' ' || c == 0x7f || c == '\\')
            return false;
    }
    return value.n <= IA_JAVA_VALUE_BYTES;
}

bool ia_pom_is_path(struct ia_str path, struct ia_pom *out)
{
    *out = (struct ia_pom){.version = IA_STR("")};
    if (!ia_str_is(take_last(&path), "pom.properties"))
        return false;
    out->artifact = take_last(&path);
    out->group = take_last(&path);
    if (!ia_str_is(take_last(&path), "maven") || !ia_str_eq_case(take_last(&path), IA_STR("META-INF")))
        return false;
    out->odd = !is_value(out->artifact) || !is_value(out->group);
    if (out->odd)
        out->artifact = out->group = IA_STR("");
    return true;
}

static void set(struct ia_pom *pom, struct ia_str *to, struct ia_str value)
{
    if (!is_value(value))
        pom->odd = true;
    else if (value.n)
        *to = value;
}

static void take_line(struct ia_str line, struct ia_pom *pom)
{
    size_t end = 0;
    while (end < line.n && line.p[end] != '=' && line.p[end] != ':')
        end++;
    struct ia_str key = ia_str_trim(ia_str_sub(line, 0, end)), value = ia_str_trim(ia_str_sub(line, end + 1, line.n));
    if (ia_str_is(key, "groupId"))
        set(pom, &pom->group, value);
    else if (ia_str_is(key, "artifactId"))
        set(pom, &pom->artifact, value);
    else if (ia_str_is(key, "version"))
        set(pom, &pom->version, value);
}

bool ia_pom_read(struct ia_str content, struct ia_pom *pom)
{
    struct ia_str line;
    while (ia_str_next(&content, '\n', &line)) {
        line = ia_str_trim(line);
        if (line.n && line.p[0] != '#' && line.p[0] != '!')
            take_line(line, pom);
    }
    /* A build that did not fill its properties in says nothing. */
    if (ia_str_find(pom->version, '$') < pom->version.n)
        pom->version = IA_STR("");
    return pom->version.n > 0;
}
