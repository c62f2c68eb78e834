/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of contents beside the streams they belong to: what agrees is remarked, what differs makes it incomplete. */
#include "scan/toc_compare.h"
#include "toc_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define AND_MORE "\"NumLink\":0},"
#define LAST "},{\"name\":\"pipe\""

static const struct row {
    const char *name, *find, *with;
    const char *where, *text; /* of the difference; NULL: there is none */
} rows[] = {
    {"equal", "\"type\"", "\"type\"", NULL, NULL},
    {"directory without a slash", "\"bin/\"", "\"bin\"", NULL, NULL},
    {"dots and slashes", "\"bin/ls\"", "\"/./x/..//bin/ls\"", NULL, NULL},
    {"escaped name", "\"bin/ls\"", "\"b\\u0069n\\/ls\"", NULL, NULL},
    {"hard link spelt differently", "\"linkName\":\"bin/sh\"", "\"linkName\":\"./bin//sh\"", NULL, NULL},
    {"the root", AND_MORE, AND_MORE "{\"name\":\"./\",\"type\":\"dir\"},", NULL, NULL},
    {"chunk of nothing", AND_MORE, AND_MORE "{\"name\":\"absent\",\"type\":\"chunk\"},", NULL, NULL},
    {"twice the same", AND_MORE, AND_MORE "{\"name\":\"bin\",\"type\":\"dir\"},", NULL, NULL},
    {"twice, the last one right", AND_MORE, AND_MORE "{\"name\":\"pipe\",\"type\":\"dir\"},", NULL, NULL},
    {"members that do not matter", AND_MORE, "\"uid\":-1,\"x\":[{\"y\":1e9}]},", NULL, NULL},

    {"missing", "\"name\":\"bin/ls\",\"type\":\"symlink\"", "\"name\":\"bin/ls\",\"type\":\"chunk\"", "layer 0: bin/ls",
     "only the stream has it"},
    {"extra", AND_MORE, AND_MORE "{\"name\":\"etc/passwd\",\"type\":\"reg\",\"size\":3},", "layer 0: etc/passwd",
     "only the table of contents has it"},
    {"extra directory", AND_MORE, AND_MORE "{\"name\":\"lib\",\"type\":\"dir\"},", "layer 0: lib",
     "only the table of contents has it"},
    {"root that is a file", AND_MORE, AND_MORE "{\"name\":\".\",\"type\":\"reg\"},", "layer 0: .",
     "only the table of contents has it"},
    {"entry without a name", AND_MORE, AND_MORE "{\"type\":\"reg\"},", "layer 0: ", "only the table"},
    {"whiteout", AND_MORE, AND_MORE "{\"name\":\"bin/.wh.sh\",\"type\":\"reg\"},", "layer 0: bin/.wh.sh",
     "only the table"},
    {"other case", "\"pipe\"", "\"Pipe\"", "layer 0: pipe", "only the stream has it"},
    {"zero in a name", "\"pipe\"", "\"pipe\\u0000\"", "layer 0: pipe", "only the stream has it"},
    {"size", "\"size\":5", "\"size\":6", "layer 0: bin/sh", "another size"},
    {"no size", "\"size\":5,", "", "layer 0: bin/sh", "another size"},
    {"size of 64 bits", "\"size\":5", "\"size\":18446744073709551615", "layer 0: bin/sh", "another size"},
    {"content", "\"digest\":\"sha256:a", "\"digest\":\"sha256:b", "layer 0: lib/apk/db/installed", "another content"},
    {"digest of an unknown kind", "\"digest\":\"sha256:a5", "\"digest\":\"md5:a5", "layer 0: lib/apk/db/installed",
     "another content"},
    {"type", "\"type\":\"fifo\"", "\"type\":\"char\"", "layer 0: pipe", "another type"},
    {"type that is not known", "\"type\":\"fifo\"", "\"type\":\"socket\"", "layer 0: pipe", "another type"},
    {"file for a hard link", "\"type\":\"hardlink\"", "\"type\":\"reg\",\"size\":5", "layer 0: ./bin/ash",
     "another type"},
    {"symbolic link", "\"linkName\":\"sh\"", "\"linkName\":\"./sh\"", "layer 0: bin/ls", "another link target"},
    {"no link", ",\"linkName\":\"sh\"", "", "layer 0: bin/ls", "another link target"},
    {"hard link", "\"linkName\":\"bin/sh\"", "\"linkName\":\"bin/ls\"", "layer 0: ./bin/ash", "another link target"},
    {"device", "\"devMajor\":0", "\"devMinor\":3", "layer 0: zero", "another device"},
    {"twice, the last one wrong", LAST, "},{\"name\":\"bin/sh\",\"type\":\"reg\",\"size\":1" LAST, "layer 0: bin/sh",
     "another size"},
    {"first of two", "\"size\":5", "\"size\":6,\"x\":[{\"name\":\"pipe\"}]", "layer 0: bin/sh", "another size"},
};

static void check_row(const struct row *row, struct toc_layer layer, const char *form)
{
    struct test_env t;
    char *json = toc_edit(row->find, row->with);
    test_env_open(&t);
    test_env_crypto(&t);
    layer.json = json;
    struct toc_found found = toc_run(&t, &layer);
    cr_expect_eq(found.status, 0, "%s, %s: %d %s", row->name, form, found.status, t.env.error.message);
    cr_expect_eq(found.tocs, 1, "%s, %s", row->name, form);
    cr_expect_eq(found.skipped, row->text != NULL, "%s, %s: %s %s", row->name, form, found.where, found.text);
    if (row->text) {
        cr_expect_str_eq(found.where, row->where, "%s, %s", row->name, form);
        cr_expect_not_null(strstr(found.text, row->text), "%s, %s: %s", row->name, form, found.text);
        cr_expect_not_null(strstr(found.text, layer.form < FORM_CHUNKED ? "the eStargz" : "the zstd:chunked"));
    }
    free(json);
    test_env_close(&t);
    cr_expect_eq(t.live, 0, "%s leaks", row->name);
}

Test(toc, is_compared_entry_by_entry)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        for (size_t k = 0; k < IA_COUNT(toc_forms); k++)
            check_row(&rows[i], (struct toc_layer){.form = toc_forms[k]}, toc_form_names[k]);
        check_row(&rows[i], (struct toc_layer){.form = FORM_ESTARGZ, .piped = true}, "eStargz through a pipe");
    }
}

static struct toc_found run(struct toc_layer layer)
{
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    struct toc_found found = toc_run(&t, &layer);
    cr_expect_eq(found.status, 0, "%s", t.env.error.message);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
    return found;
}

/* What the footer leads to counts, not the file of the same name in the stream. */
Test(toc, is_the_one_of_the_footer)
{
    char *other = toc_edit("\"size\":5", "\"size\":6");
    struct toc_found found = run((struct toc_layer){.form = FORM_ESTARGZ, .json = other, .stream_json = toc_json});
    cr_expect_str_eq(found.where, "layer 0: bin/sh");
    found = run((struct toc_layer){.form = FORM_ESTARGZ, .json = toc_json, .stream_json = other});
    cr_expect_eq(found.skipped, 0, "%s", found.text);
    cr_expect_eq(found.tocs, 1);
    /* Nothing reads the file without a footer; a pipe leaves no way to know. */
    found = run((struct toc_layer){.form = FORM_ESTARGZ, .json = other, .no_footer = true});
    cr_expect(found.skipped == 0 && found.tocs == 1, "%s", found.text);
    found = run((struct toc_layer){.form = FORM_ESTARGZ, .json = other, .no_footer = true, .piped = true});
    cr_expect(found.skipped == 1 && found.tocs == 1);
    found = run((struct toc_layer){.form = FORM_CHUNKED, .json = other, .no_footer = true});
    cr_expect(found.skipped == 0 && found.tocs == 0);
    free(other);
}

#define CHECKSUM "\"io.github.containers.zstd-chunked.manifest-checksum\":"
#define OLD_CHECKSUM "\"io.containers.zstd-chunked.manifest-checksum\":"
#define POSITION "\"io.github.containers.zstd-chunked.manifest-position\":"
#define OLD_POSITION "\"io.containers.zstd-chunked.manifest-position\":"
#define DIGEST "\"containerd.io/snapshot/stargz/toc.digest\":"
#define NONE "\"sha256:0000000000000000000000000000000000000000000000000000000000000000\""

static const struct promise {
    const char *name;
    enum toc_form form;
    bool no_footer, piped;
    const char *annotations; /* @: the position */
    const char *text;        /* NULL: nothing is wrong */
} promises[] = {
    {"the right place", FORM_CHUNKED, 0, 0, POSITION "\"@\"", NULL},
    {"the right place, old name", FORM_CHUNKED_OLD, 0, 0, OLD_POSITION "\"@\"", NULL},
    {"both names", FORM_CHUNKED, 0, 0, POSITION "\"@\"," OLD_POSITION "\"@\"", NULL},
    {"null", FORM_CHUNKED, 0, 0, POSITION "null", NULL},
    {"another place", FORM_CHUNKED, 0, 0, POSITION "\"8:2:3:1\"", "leads elsewhere than its footer"},
    {"another type", FORM_CHUNKED, 0, 0, POSITION "\"@1\"", "leads elsewhere than its footer"},
    {"three numbers", FORM_CHUNKED, 0, 0, POSITION "\"1:2:3\"", "leads elsewhere than its footer"},
    {"no numbers", FORM_CHUNKED, 0, 0, POSITION "\"-1:x:99999999999999999999999:\"", "leads elsewhere than its footer"},
    {"names that differ", FORM_CHUNKED, 0, 0, POSITION "\"@\"," OLD_POSITION "\"1:2:3:1\"", "contradict each other"},
    {"another checksum", FORM_CHUNKED, 0, 0, CHECKSUM NONE, "has the digest"},
    {"another old checksum", FORM_CHUNKED, 0, 0, OLD_CHECKSUM NONE, "has the digest"},
    {"malformed checksum", FORM_CHUNKED, 0, 0, CHECKSUM "\"sha256:zz\"", "no digest that is known"},
    {"checksum of another kind", FORM_CHUNKED, 0, 0, CHECKSUM "\"blake3:00\"", "no digest that is known"},
    {"another digest", FORM_CHUNKED, 0, 0, DIGEST NONE, "has the digest"},
    {"another digest", FORM_ESTARGZ, 0, 0, DIGEST NONE, "has the digest"},
    {"another digest, piped", FORM_ESTARGZ, 0, 1, DIGEST NONE, "has the digest"},
    {"malformed digest", FORM_ESTARGZ_LEGACY, 0, 0, DIGEST "\"\\u001b[0m\"", "no digest that is known"},
    {"not there", FORM_CHUNKED, 1, 0, POSITION "\"@\"", "promises a table of contents"},
    {"not there, digest", FORM_CHUNKED, 1, 0, DIGEST NONE, "promises a table of contents"},
    {"no footer", FORM_ESTARGZ, 1, 0, DIGEST NONE, "promises a table of contents"},
    {"the other kind", FORM_ESTARGZ, 0, 0, CHECKSUM NONE, "promises a table of contents"},
    {"gone", FORM_CHUNKED, 0, 1, POSITION "\"@\"", "read once"},
    {"gone, nothing promised", FORM_CHUNKED, 0, 1, "", NULL},
};

/* text with every @ replaced. */
static void put_position(const char *text, const char *position, char out[1024])
{
    size_t n = 0;
    for (; *text; text++)
        n += (size_t)snprintf(out + n, 1024 - n, "%s", *text == '@' ? position : (char[]){*text, 0});
    out[n] = '\0';
}

Test(toc, is_where_the_descriptor_says)
{
    for (size_t i = 0; i < IA_COUNT(promises); i++) {
        const struct promise *p = &promises[i];
        struct toc_layer layer = {.form = p->form, .json = toc_json, .no_footer = p->no_footer, .piped = p->piped};
        char position[128], text[1024];
        toc_position(&layer, position);
        put_position(p->annotations, position, text);
        layer.annotations = text;
        struct toc_found found = run(layer);
        cr_expect_eq(found.skipped, p->text != NULL, "%s: %s", p->name, found.text);
        cr_expect_not_null(strstr(found.text, p->text ? p->text : ""), "%s: %s", p->name, found.text);
        cr_expect_eq(found.where[0] ? strcmp(found.where, "layer 0") : 0, 0, "%s: %s", p->name, found.where);
    }
}

Test(toc, is_not_kept)
{
    struct test_env t;
    uint64_t before, after;
    test_env_open(&t);
    test_env_crypto(&t);
    toc_kept(&t, &before, &after);
    cr_expect_eq(before - after, strlen(toc_json));
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* ---- the cache of layers ---- */

struct kept {
    struct ia_buf bytes;
    size_t puts, hits;
};

static int kept_get(void *user, const char *key, int (*write)(void *to, const void *data, size_t size), void *to)
{
    struct kept *kept = user;
    (void)key;
    if (kept->bytes.n == 0)
        return 1;
    kept->hits++;
    return write(to, kept->bytes.p, kept->bytes.n);
}

static int kept_put(void *user, const char *key, const void *data, size_t size)
{
    struct kept *kept = user;
    (void)key;
    kept->puts++;
    ia_buf_clear(&kept->bytes);
    return ia_buf_add(&kept->bytes, data, size);
}

static struct toc_found run_kept(struct kept *kept, struct toc_layer layer)
{
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    t.hooks.cache = (imga_layer_cache){sizeof(imga_layer_cache), 0, kept_get, kept_put, kept};
    struct toc_found found = toc_run(&t, &layer);
    cr_expect_eq(found.status, 0, "%s", t.env.error.message);
    test_env_close(&t);
    return found;
}

/* No result depends on the cache: a layer with a table never enters it, and one that did is looked at again. */
Test(toc, and_the_cache_of_layers)
{
    struct kept kept = {.puts = 0};
    ia_buf_init(&kept.bytes, &ia_alloc_libc, SIZE_MAX);
    for (size_t k = 0; k < IA_COUNT(toc_forms); k++)
        cr_expect_eq(run_kept(&kept, (struct toc_layer){.form = toc_forms[k], .json = toc_json}).tocs, 1);
    cr_expect(kept.puts == 0 && kept.hits == 0);
    struct toc_layer plain = {.form = FORM_CHUNKED, .json = toc_json, .no_footer = true};
    cr_expect_eq(run_kept(&kept, plain).tocs, 0);
    cr_expect(kept.puts == 1 && kept.hits == 0);
    plain.annotations = POSITION "\"1:2:3:1\"";
    struct toc_found found = run_kept(&kept, plain);
    cr_expect(kept.puts == 1 && kept.hits == 1, "%zu puts, %zu hits", kept.puts, kept.hits);
    cr_expect_eq(found.skipped, 1);
    cr_expect_not_null(strstr(found.text, "promises"), "%s", found.text);
    ia_buf_free(&kept.bytes);
}

/* ---- names ---- */

static const struct {
    const char *name, *key;
} names[] = {
    {"a", "a"}, {"./a/", "a"}, {"/a//b", "a/b"},           {"a/../b/.", "b"},        {"../../a", "a"}, {"", ""},
    {"./", ""}, {"..", ""},    {"a\xff", "a\xef\xbf\xbd"}, {"\xc3\xa4", "\xc3\xa4"}, {"a\\b", "a\\b"},
};

Test(toc, names_are_normalised)
{
    struct test_env t;
    struct ia_vec parts;
    struct ia_buf key;
    test_env_open(&t);
    ia_vec_init(&parts, &t.env.alloc, sizeof(struct ia_str), SIZE_MAX);
    ia_buf_init(&key, &t.env.alloc, SIZE_MAX);
    for (size_t i = 0; i < IA_COUNT(names); i++) {
        cr_expect_eq(ia_toc_key(&t.env, ia_str_from(names[i].name), &parts, &key), 1);
        cr_expect(ia_str_is(ia_buf_view(&key), names[i].key), "%s: %.*s", names[i].name, (int)key.n, key.p);
    }
    t.limits.path_bytes = 3;
    cr_expect_eq(ia_toc_key(&t.env, IA_STR("abc"), &parts, &key), 1);
    cr_expect_eq(ia_toc_key(&t.env, IA_STR("abcd"), &parts, &key), 0);
    ia_vec_free(&parts);
    ia_buf_free(&key);
    test_env_close(&t);
}
