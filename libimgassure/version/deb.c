/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debian versions, [epoch:]upstream[-revision]: deb-version(7), and libdpkg where it differs from the page. What
 * libdpkg only warns about (a letter first, odd characters) is compared, because status files hold it; what it refuses
 * is "cannot tell". Bytes from 0x80 up sort between the letters and the other ASCII characters, as they do for dpkg on
 * amd64. Numbers have no upper bound, except the epoch: INT_MAX.
 */
#include "version/runs.h"
#include "version/version.h"

#include "base/macros.h"

enum { EPOCH_MAX = 2147483647 };

enum fault {
    FAULT_NONE,
    FAULT_EMPTY,
    FAULT_BLANK,
    FAULT_NUL,
    FAULT_EPOCH_EMPTY,
    FAULT_EPOCH_TEXT,
    FAULT_EPOCH_NEGATIVE,
    FAULT_EPOCH_BIG,
    FAULT_AFTER_COLON,
    FAULT_NO_UPSTREAM,
    FAULT_NO_REVISION
};

static const char *const faults[][2] = {
    [FAULT_NONE] = {"", ""},
    [FAULT_EMPTY] = {"the first version is empty", "the second version is empty"},
    [FAULT_BLANK] = {"the first version has an embedded blank", "the second version has an embedded blank"},
    [FAULT_NUL] = {"the first version has an embedded NUL", "the second version has an embedded NUL"},
    [FAULT_EPOCH_EMPTY] = {"the first version has an empty epoch", "the second version has an empty epoch"},
    [FAULT_EPOCH_TEXT] = {"the epoch of the first version is not a number",
                          "the epoch of the second version is not a number"},
    [FAULT_EPOCH_NEGATIVE] = {"the epoch of the first version is negative",
                              "the epoch of the second version is negative"},
    [FAULT_EPOCH_BIG] = {"the epoch of the first version is too big", "the epoch of the second version is too big"},
    [FAULT_AFTER_COLON] = {"the first version has nothing after its epoch",
                           "the second version has nothing after its epoch"},
    [FAULT_NO_UPSTREAM] = {"the first version has no upstream part", "the second version has no upstream part"},
    [FAULT_NO_REVISION] = {"the first version has an empty revision", "the second version has an empty revision"},
};

struct deb_version {
    uint32_t epoch;
    struct ia_str upstream;
    struct ia_str revision;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct ia_str trim_blanks(struct ia_str text)
{
    size_t from = 0;
    while (from < text.n && is_blank(text.p[from]))
        from++;
    text = ia_str_sub(text, from, text.n);
    while (text.n > 0 && is_blank(text.p[text.n - 1]))
        text.n--;
    return text;
}

/* libdpkg calls strtol(): it skips blanks (those that were not trimmed) and takes a sign, and so must we. */
static enum fault parse_epoch(struct ia_str text, uint32_t *epoch)
{
    uint64_t value = 0;
    size_t at = 0;
    if (text.n == 0)
        return FAULT_EPOCH_EMPTY;
    while (at < text.n && text.p[at] >= '\n' && text.p[at] <= '\r')
        at++;
    bool negative = at < text.n && text.p[at] == '-';
    if (negative || (at < text.n && text.p[at] == '+'))
        at++;
    if (at == text.n)
        return FAULT_EPOCH_TEXT;
    for (; at < text.n; at++) {
        if (!ia_is_digit(text.p[at]))
            return FAULT_EPOCH_TEXT;
        if (value <= EPOCH_MAX)
            value = value * 10 + (uint64_t)(text.p[at] - '0');
    }
    if (negative && value > 0)
        return FAULT_EPOCH_NEGATIVE;
    if (value > EPOCH_MAX)
        return FAULT_EPOCH_BIG;
    *epoch = (uint32_t)value;
    return FAULT_NONE;
}

/* Where the parts meet: text.n stands for "nowhere". */
struct marks {
    size_t colon;  /* the first */
    size_t hyphen; /* the last */
};

static enum fault find_marks(struct ia_str text, struct marks *marks)
{
    *marks = (struct marks){text.n, text.n};
    if (text.n == 0)
        return FAULT_EMPTY;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\0')
            return FAULT_NUL;
        if (is_blank(c))
            return FAULT_BLANK;
        if (c == ':' && marks->colon == text.n)
            marks->colon = i;
        if (c == '-')
            marks->hyphen = i;
    }
    return FAULT_NONE;
}

static enum fault parse(struct ia_str text, struct deb_version *out)
{
    struct marks marks;
    text = trim_blanks(text);
    enum fault fault = find_marks(text, &marks);
    if (fault != FAULT_NONE)
        return fault;
    size_t from = 0;
    out->epoch = 0;
    if (marks.colon < text.n) {
        fault = parse_epoch(ia_str_sub(text, 0, marks.colon), &out->epoch);
        if (fault != FAULT_NONE)
            return fault;
        from = marks.colon + 1;
        if (from == text.n)
            return FAULT_AFTER_COLON;
    }
    bool has_revision = marks.hyphen < text.n && marks.hyphen >= from;
    size_t upstream_end = has_revision ? marks.hyphen : text.n;
    out->upstream = ia_str_sub(text, from, upstream_end - from);
    out->revision = ia_str_sub(text, upstream_end + 1, text.n);
    if (has_revision && out->revision.n == 0)
        return FAULT_NO_REVISION;
    return out->upstream.n == 0 ? FAULT_NO_UPSTREAM : FAULT_NONE;
}

/* The weight of the character at an index: "~" is before the end, digits weigh like the end. */
static int weight(struct ia_str text, size_t at)
{
    if (at >= text.n || ia_is_digit(text.p[at]))
        return 0;
    if (text.p[at] == '~')
        return -1;
    uint8_t byte = (uint8_t)text.p[at];
    return ia_is_alpha(text.p[at]) || byte >= 0x80 ? byte : byte + 256;
}

static size_t text_run(struct ia_str text)
{
    size_t n = 0;
    while (n < text.n && !ia_is_digit(text.p[n]))
        n++;
    return n;
}

static int compare_part(struct ia_str a, struct ia_str b)
{
    while (a.n > 0 || b.n > 0) {
        size_t run_a = text_run(a), run_b = text_run(b), run = run_a > run_b ? run_a : run_b;
        for (size_t i = 0; i < run; i++) {
            int left = i < run_a ? weight(a, i) : 0, right = i < run_b ? weight(b, i) : 0;
            if (left != right)
                return left < right ? -1 : 1;
        }
        a = ia_str_sub(a, run_a, a.n);
        b = ia_str_sub(b, run_b, b.n);
        struct ia_str left = ia_run_digits(&a), right = ia_run_digits(&b);
        int order = ia_number_cmp(left, right);
        if (order != 0)
            return order;
    }
    return 0;
}

int ia_deb_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    struct deb_version left = {0}, right = {0};
    enum fault fault_a = parse(a, &left), fault_b = parse(b, &right);
    *why = fault_a != FAULT_NONE ? faults[fault_a][0] : faults[fault_b][1];
    if (fault_a != FAULT_NONE || fault_b != FAULT_NONE)
        return IMGA_E_VERSION;
    if (left.epoch != right.epoch) {
        *order = left.epoch < right.epoch ? -1 : 1;
        return IMGA_OK;
    }
    *order = compare_part(left.upstream, right.upstream);
    if (*order == 0)
        *order = compare_part(left.revision, right.revision);
    return IMGA_OK;
}
