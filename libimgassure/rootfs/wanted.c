/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of wanted paths. The wants are ours and few, so children and patterns are plain lists. */
#include "rootfs/wanted.h"

#include <imgassure/status.h>

struct ia_want_place {
    struct ia_str name;
    uint32_t first, next; /* child, sibling; 0: none */
    uint32_t pattern;     /* of this directory; 0: none */
    bool exact;           /* a file of this path is wanted */
};

struct ia_want_pattern {
    const struct ia_want *want;
    uint32_t next; /* 0: none */
};

static struct ia_want_place *place_at(const struct ia_wants *wants, uint32_t place)
{
    return ia_vec_at(&wants->places, place);
}

uint32_t ia_wants_below(const struct ia_wants *wants, uint32_t place, struct ia_str name)
{
    if (place == IA_WANT_NOTHING)
        return IA_WANT_NOTHING;
    uint32_t at = place_at(wants, place)->first;
    while (at && !ia_str_eq(place_at(wants, at)->name, name))
        at = place_at(wants, at)->next;
    return at;
}

static int add_below(struct ia_wants *wants, uint32_t place, struct ia_str name, uint32_t *out)
{
    struct ia_want_place fresh = {.name = name, .next = place_at(wants, place)->first};
    *out = ia_wants_below(wants, place, name);
    if (*out)
        return IMGA_OK;
    *out = (uint32_t)wants->places.n;
    IA_TRY(ia_vec_push(&wants->places, &fresh));
    place_at(wants, place)->first = *out;
    return IMGA_OK;
}

static int add_want(struct ia_wants *wants, const struct ia_want *want)
{
    struct ia_str rest = ia_str_from(want->path), part;
    struct ia_want_pattern pattern = {.want = want};
    uint32_t at = IA_WANT_ROOT;
    while (ia_str_next(&rest, '/', &part))
        if (part.n)
            IA_TRY(add_below(wants, at, part, &at));
    if (!want->suffix) {
        place_at(wants, at)->exact = true;
        return IMGA_OK;
    }
    pattern.next = place_at(wants, at)->pattern;
    IA_TRY(ia_vec_push(&wants->patterns, &pattern));
    place_at(wants, at)->pattern = (uint32_t)wants->patterns.n - 1;
    return IMGA_OK;
}

int ia_wants_init(struct ia_wants *wants, const struct ia_alloc *alloc, const struct ia_want *rows, size_t count)
{
    static const struct ia_want_place no_place = {.first = 0};
    static const struct ia_want_pattern no_pattern = {.next = 0};
    *wants = (struct ia_wants){.rows = rows, .count = count};
    ia_vec_init(&wants->places, alloc, sizeof(struct ia_want_place), UINT32_MAX);
    ia_vec_init(&wants->patterns, alloc, sizeof(struct ia_want_pattern), UINT32_MAX);
    for (int i = 0; i <= IA_WANT_ROOT; i++)
        IA_TRY(ia_vec_push(&wants->places, &no_place));
    IA_TRY(ia_vec_push(&wants->patterns, &no_pattern));
    for (size_t i = 0; i < count; i++)
        IA_TRY(add_want(wants, &rows[i]));
    return IMGA_OK;
}

void ia_wants_free(struct ia_wants *wants)
{
    ia_vec_free(&wants->places);
    ia_vec_free(&wants->patterns);
}

bool ia_want_matches(const struct ia_want *want, struct ia_str name)
{
    return ia_str_ends(name, ia_str_from(want->suffix));
}

bool ia_wants_file(const struct ia_wants *wants, uint32_t place, struct ia_str name)
{
    const struct ia_want_pattern *pattern;
    if (place == IA_WANT_NOTHING)
        return false;
    uint32_t below = ia_wants_below(wants, place, name);
    if (below && place_at(wants, below)->exact)
        return true;
    for (uint32_t at = place_at(wants, place)->pattern; at; at = pattern->next) {
        pattern = ia_vec_at(&wants->patterns, at);
        if (ia_want_matches(pattern->want, name))
            return true;
    }
    return false;
}

bool ia_wants_path(const struct ia_wants *wants, const struct ia_str *parts, size_t count)
{
    uint32_t place = IA_WANT_ROOT;
    for (size_t i = 0; i + 1 < count && place; i++)
        place = ia_wants_below(wants, place, parts[i]);
    return count > 0 && ia_wants_file(wants, place, parts[count - 1]);
}
