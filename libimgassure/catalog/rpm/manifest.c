/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns: name, version-release, install time, build time, vendor, epoch, size, architecture, epoch as a number,
 * source package. Lines with fewer are passed over as damage; more may follow.
 */
#include "catalog/rpm/manifest.h"

enum { LOOKED_AT = 512 };

enum column {
    NAME,
    VERSION_RELEASE,
    INSTALL_TIME,
    BUILD_TIME,
    VENDOR,
    EPOCH,
    SIZE,
    ARCHITECTURE,
    EPOCH_NUMBER,
    SOURCE,
    COLUMNS
};

static bool split_line(struct ia_str line, struct ia_str values[COLUMNS])
{
    size_t count = 0;
    if (ia_str_ends(line, IA_STR("\r")))
        line.n--;
    while (count < COLUMNS && ia_str_next(&line, '\t', &values[count])) {
        values[count] = ia_str_trim(values[count]);
        if (ia_str_is(values[count], "(none)"))
            values[count] = IA_STR("");
        count++;
    }
    return count == COLUMNS;
}

/* A text with a line that is a package, wherever it is: a bad line in front of it must not hide the others. */
bool ia_rpm_is_manifest(struct ia_str text)
{
    struct ia_str begin = ia_str_sub(text, 0, LOOKED_AT), line, values[COLUMNS];
    if (ia_str_find(begin, '\0') < begin.n)
        return false;
    while (ia_str_next(&text, '\n', &line))
        if (split_line(line, values))
            return true;
    return false;
}

static int take_line(struct ia_rpm_reader *reader, const struct ia_str values[COLUMNS], size_t offset)
{
    struct ia_str both = values[VERSION_RELEASE];
    size_t dash = ia_str_find_last(both, '-');
    uint64_t seconds;
    struct ia_rpm_package package = {.name = values[NAME],
                                     .epoch = values[EPOCH],
                                     .version = ia_str_sub(both, 0, dash),
                                     .release = ia_str_sub(both, dash + 1, both.n),
                                     .architecture = values[ARCHITECTURE],
                                     .vendor = values[VENDOR],
                                     .source = values[SOURCE],
                                     .offset = offset};
    if (ia_str_u64(values[INSTALL_TIME], &seconds) && seconds <= INT64_MAX) {
        ia_time_text((int64_t)seconds, reader->time);
        package.install_time = ia_str_from(reader->time);
    }
    return ia_rpm_take_package(reader, &package);
}

int ia_rpm_read_manifest(struct ia_rpm_reader *reader, struct ia_str text)
{
    struct ia_str rest = text, line, values[COLUMNS];
    size_t nul = ia_str_find(text, '\0');
    if (nul < text.n)
        ia_damage_add(reader->damage, IA_DAMAGE_NUL, nul);
    for (size_t offset = 0; ia_str_next(&rest, '\n', &line); offset = text.n - rest.n) {
        IA_TRY(ia_check_cancel(reader->env));
        if (split_line(line, values))
            IA_TRY(take_line(reader, values, offset));
        else if (ia_str_trim(line).n)
            ia_damage_add(reader->damage, IA_DAMAGE_LINE, offset);
    }
    return IMGA_OK;
}
