/* SPDX-License-Identifier: Apache-2.0 */
/* The listing of the view: since which layer, until which, and with which attributes. */
#include "rootfs/history.h"
#include "layers.h"
#include "rootfs/recorder.h"
#include "rootfs/view.h"

#include <criterion/criterion.h>
#include <imgassure/status.h>
#include <stdlib.h>
#include <string.h>

/* Rows as "path:TYPE first last", removed ones with "!layer", links with ">target"; types as in ls, "i" for implied. */
static void write_row(struct ia_buf *out, const struct ia_listed *row)
{
    static const char letters[] = "i-dl?cbp";
    char text[80];
    int n = snprintf(text, sizeof(text), ":%c%u%u", letters[row->attributes.type],
                     (unsigned)row->attributes.first_layer, (unsigned)row->last_layer);
    if (row->removed_layer >= 0)
        n += snprintf(text + n, sizeof(text) - (size_t)n, "!%d", (int)row->removed_layer);
    if (row->attributes.is_hard)
        n += snprintf(text + n, sizeof(text) - (size_t)n, "=");
    if ((out->n && ia_buf_char(out, ' ') < 0) || ia_buf_str(out, row->path) < 0 || ia_buf_add(out, text, (size_t)n) < 0)
        abort();
    if (row->link.n && (ia_buf_char(out, '>') < 0 || ia_buf_str(out, row->link) < 0))
        abort();
}

/* One layer with the digests of its files. */
static int apply(struct ia_rootfs *fs, struct test_env *t, uint32_t layer, const struct tarball *tar, bool digests)
{
    const struct ia_recording recording = {.wants = ia_rootfs_wants(fs), .digests = digests};
    struct ia_reader *reader = test_chunks(tar->p, tar->n, 700);
    struct ia_layer_record record;
    int status = ia_layer_record_stream(&t->env, &recording, reader, &record);
    if (status == IMGA_OK)
        status = ia_rootfs_apply(fs, &t->env, layer, &record);
    ia_layer_record_free(&record);
    ia_reader_close(reader);
    return status;
}

/* The rows, which the caller frees also after a failure. */
static int listing(struct test_env *t, const struct layers *layers, bool removed, struct ia_listing_rows *out)
{
    struct ia_rootfs *fs = NULL;
    *out = (struct ia_listing_rows){.texts = {.bytes = 0}};
    int status = ia_rootfs_new(&t->env, NULL, 0, &fs);
    if (status == IMGA_OK)
        ia_rootfs_keep_history(fs, removed);
    for (size_t i = 0; status == IMGA_OK && i < layers->n; i++)
        status = apply(fs, t, (uint32_t)i, &layers->tar[i], false);
    if (status == IMGA_OK)
        status = ia_rootfs_list(fs, &t->env, out);
    ia_rootfs_free(fs);
    return status;
}

struct row {
    const char *name;
    const char *layers[4];
    const char *rows;
};

static const struct row rows[] = {
    {"nothing", {"d ./\n"}, ""},
    {"order is that of the bytes", {"f a/b 1\nf a-b 1\nf a.b 1\nf \xff 1\nf a 1\n"}, "a:-00 a-b:-00 a.b:-00 \xff:-00"},
    {"order is not that of the tree", {"f a/b 1\nf a! 1\n"}, "a:i00 a!:-00 a/b:-00"},
    {"all types", {"d d\nf f 1\nl l d\np p\n7 s 1\n"}, "d:d00 f:-00 l:l00>d p:p00 s:-00"},
    {"links as they are", {"l a ./x//../y/\nl b /\n"}, "a:l00>./x//../y/ b:l00>/"},
    {"written behind a link", {"d real\nl db real\n", "f db/x 1\n"}, "db:l00>real real:d00 real/x:-11"},

    /* first and last */
    {"stays", {"f a 1\n", "f b 1\n", "d c\n"}, "a:-00 b:-11 c:d22"},
    {"file written again", {"f a 1\n", "f b 1\n", "f a 2\n"}, "a:-00!2 a:-02 b:-11"},
    {"directory described again", {"d a\nf a/b 1\n", "f b 1\n", "d a\n"}, "a:d02 a/b:-00 b:-11"},
    {"implied, then described", {"f a/b 1\n", "d a\n"}, "a:d01 a/b:-00"},
    {"implied once", {"f a/b 1\n", "f a/c 1\n"}, "a:i00 a/b:-00 a/c:-11"},
    {"type changes", {"f a/b 1\n", "f a 1\n", "d a\n"}, "a:i00!1 a:-01!2 a:d02 a/b:-00!1"},
    {"twice in a layer was never there", {"f a 1\nf a 2\nd a\nf a/b 1\nf a 3\n"}, "a:-00"},
    {"twice in an upper layer", {"f a 1\n", "f a 2\nl a x\nf a 3\n"}, "a:-00!1 a:-01"},
    {"described, then replaced", {"d a\nf a/b 1\n", "d a\nf a 1\n"}, "a:d00!1 a:-01 a/b:-00!1"},
    {"described twice, then replaced", {"d a\n", "d a\nd a\nf a 1\n", "d b\n"}, "a:d00!1 a:-01 b:d22"},
    {"described in another layer, then replaced", {"d a\n", "d a\n", "f a 1\n"}, "a:d01!2 a:-02"},
    {"file used as a directory", {"f a 1\n", "f a/b 1\n"}, "a:-00!1 a:i01 a/b:-11"},

    /* whiteouts */
    {"removed", {"f a 1\nl l x\n", "f .wh.a\n", "f .wh.l\n"}, "a:-00!1 l:l00!2>x"},
    {"removed with all below", {"d a\nf a/b 1\nf a/c/d 1\n", "f .wh.a\n"}, "a:d00!1 a/b:-00!1 a/c:i00!1 a/c/d:-00!1"},
    {"removed twice", {"f a 1\n", "f .wh.a\n", "f a 1\n", "f .wh.a\n"}, "a:-00!1 a:-22!3"},
    {"comes back", {"f a 1\n", "f .wh.a\n", "f a 1\n"}, "a:-00!1 a:-22"},
    {"a whiteout starts anew, before", {"f a 1\n", "f .wh.a\nf a 2\n"}, "a:-00!1 a:-11"},
    {"a whiteout starts anew, after", {"f a 1\n", "f a 2\nf .wh.a\n"}, "a:-00!1 a:-11"},
    {"a directory starts anew, before",
     {"d a\nf a/b 1\n", "f .wh.a\nd a\nf a/c 1\n"},
     "a:d00!1 a:d11 a/b:-00!1 a/c:-11"},
    {"a directory starts anew, after", {"d a\nf a/b 1\n", "d a\nf a/c 1\nf .wh.a\n"}, "a:d11 a/b:-00!1 a/c:-11"},
    {"a directory that holds something is kept", {"d a\nf a/b 1\n", "f a/c 1\nf .wh.a\n"}, "a:d11 a/b:-00!1 a/c:-11"},
    {"kept, then replaced", {"d a\n", "f a/c 1\nf .wh.a\nf a 1\n"}, "a:d00!1 a:-11"},
    {"whiteout of nothing", {"f a 1\n", "f .wh.b\nf x/.wh.y\n"}, "a:-00"},
    {"whiteout of what only this layer has", {"f z 1\n", "f a 1\nf .wh.a\n"}, "a:-11 z:-00"},
    {"opaque, before", {"d a\nf a/b 1\nf a/c 1\n", "f a/.wh..wh..opq\nf a/b 2\n"}, "a:d00 a/b:-00!1 a/b:-11 a/c:-00!1"},
    {"opaque, after", {"d a\nf a/b 1\nf a/c 1\n", "f a/b 2\nf a/.wh..wh..opq\n"}, "a:d00 a/b:-00!1 a/b:-11 a/c:-00!1"},
    {"opaque root", {"f a/b 1\n", "f c 1\nf .wh..wh..opq\n"}, "a:i00!1 a/b:-00!1 c:-11"},
    {"opaque, nothing left to say", {"d a\n", "f a/.wh..wh..opq\n"}, "a:d00"},

    /* hard links */
    {"hard link", {"f a 1\nh b a\n"}, "a:-00= b:-00="},
    {"hard link to a lower layer", {"f a 1\n", "h b a\n"}, "a:-00= b:-11="},
    {"of a hard link", {"f a 1\nh b a\nh c b\n"}, "a:-00= b:-00= c:-00="},
    {"to a link", {"l a x\nh b a\n"}, "a:l00=>x b:l00=>x"},
    {"its target goes", {"f a 1\nh b a\n", "f .wh.a\n"}, "a:-00!1= b:-00="},
    {"its target is replaced", {"f a 1\nh b a\n", "f a 2\n"}, "a:-00!1= a:-01 b:-00="},
    {"over a file", {"f a 1\nf b 2\n", "h b a\n"}, "a:-00= b:-00!1 b:-01="},
    {"to nothing", {"f a 1\nh a b\nh c b\n"}, "a:-00"},
};

/* What is there is the same whether or not removed things are listed. */
static void check_present(struct test_env *t, const struct layers *layers, const struct ia_listing_rows *all,
                          const char *name)
{
    struct ia_listing_rows present;
    size_t at = 0;
    cr_assert_eq(listing(t, layers, false, &present), 0, "%s", name);
    for (size_t i = 0; i < all->rows.n; i++) {
        const struct ia_listed *row = ia_vec_at(&all->rows, i), *other = ia_vec_at(&present.rows, at);
        if (row->removed_layer >= 0)
            continue;
        cr_assert(other && ia_str_eq(row->path, other->path), "%s", name);
        cr_expect_eq(row->last_layer, other->last_layer, "%s", name);
        cr_expect_eq(row->attributes.first_layer, other->attributes.first_layer, "%s", name);
        at++;
    }
    cr_expect_eq(at, present.rows.n, "%s", name);
    ia_listing_rows_free(&present);
}

static void run_row(const struct row *row)
{
    struct test_env t;
    struct layers layers = {.n = 0};
    struct ia_listing_rows found;
    struct ia_buf text;
    test_env_open(&t);
    ia_buf_init(&text, &ia_alloc_libc, 4096);
    for (size_t i = 0; i < 4 && row->layers[i]; i++)
        layers_add(&layers, row->layers[i]);
    cr_assert_eq(listing(&t, &layers, true, &found), 0, "%s: %s", row->name, t.env.error.message);
    for (size_t i = 0; i < found.rows.n; i++) {
        const struct ia_listed *one = ia_vec_at(&found.rows, i);
        cr_expect_eq(one->path.p[one->path.n], '\0', "%s", row->name);
        cr_expect_eq(one->link.p[one->link.n], '\0', "%s", row->name);
        write_row(&text, one);
    }
    cr_expect(ia_str_is(ia_buf_view(&text), row->rows), "%s: %.*s", row->name, (int)text.n, text.n ? text.p : "");
    check_present(&t, &layers, &found, row->name);
    ia_buf_free(&text);
    ia_listing_rows_free(&found);
    layers_free(&layers);
    test_env_close(&t);
    cr_expect_eq(t.live, 0, "%s: leaks", row->name);
}

Test(history, rows)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        run_row(&rows[i]);
}

static void add_owned(struct tarball *tar, const char *uid, const char *gid, const struct tar_member *member)
{
    char records[64];
    int n = snprintf(records, sizeof(records), "%zu uid=%s\n%zu gid=%s\n", strlen(uid) + 7, uid, strlen(gid) + 7, gid);
    tarball_add(tar, &(struct tar_member){.name = "pax", .type = 'x', .data = records, .size = (size_t)n});
    tarball_add(tar, member);
}

static const struct ia_listed *row_at(const struct ia_listing_rows *rows_found, size_t index, const char *path)
{
    const struct ia_listed *row = ia_vec_at(&rows_found->rows, index);
    cr_assert(row && ia_str_is(row->path, path), "row %zu is not %s", index, path);
    return row;
}

#define EXPECT_OWNER(row, m, u, g)                                                                                     \
    do {                                                                                                               \
        cr_expect_eq((row)->attributes.mode, (unsigned)(m), "%s: mode %o", (row)->path.p, (row)->attributes.mode);     \
        cr_expect_eq((row)->attributes.uid, (u), "%s: uid %u", (row)->path.p, (row)->attributes.uid);                  \
        cr_expect_eq((row)->attributes.gid, (g), "%s: gid %u", (row)->path.p, (row)->attributes.gid);                  \
    } while (0)

/* Also of directories that merge: the last entry counts, a removed row has what it had. */
Test(history, attributes)
{
    struct test_env t;
    struct tarball low = {0}, high = {0};
    struct ia_rootfs *fs = NULL;
    struct ia_listing_rows found;
    test_env_open(&t);
    test_env_crypto(&t);
    tarball_pax(&low, "uid", "1000");
    tarball_add(&low, &(struct tar_member){.name = "d", .type = '5', .mode = 01777});
    tarball_add(&low, &(struct tar_member){.name = "d/f", .data = "abc", .size = 3, .mode = 04755});
    tarball_add(&low, &(struct tar_member){.name = "e/empty", .size = 0, .mode = 0400});
    tarball_end(&low);
    tarball_pax(&high, "uid", "4294967295");
    tarball_add(&high, &(struct tar_member){.name = "d", .type = '5', .mode = 0700});
    tarball_pax(&high, "gid", "33");
    tarball_add(&high, &(struct tar_member){.name = "d/f", .type = '2', .link = "e", .mode = 0777});
    tarball_end(&high);
    cr_assert_eq(ia_rootfs_new(&t.env, NULL, 0, &fs), 0);
    ia_rootfs_keep_history(fs, true);
    cr_assert_eq(apply(fs, &t, 0, &low, true), 0);
    cr_assert_eq(apply(fs, &t, 1, &high, true), 0);
    cr_assert_eq(ia_rootfs_list(fs, &t.env, &found), 0);
    cr_assert_eq(found.rows.n, 5);
    const struct ia_listed *d = row_at(&found, 0, "d"), *old = row_at(&found, 1, "d/f"),
                           *new = row_at(&found, 2, "d/f");
    const struct ia_listed *e = row_at(&found, 3, "e"), *empty = row_at(&found, 4, "e/empty");
    EXPECT_OWNER(d, 0700, 4294967295, 0);
    EXPECT_OWNER(old, 04755, 0, 0);
    EXPECT_OWNER(new, 0777, 0, 33);
    EXPECT_OWNER(empty, 0400, 0, 0);
    cr_expect_eq(e->attributes.type, 0, "no entry describes it");
    cr_expect_eq(old->attributes.size, 3);
    cr_expect_eq(new->attributes.size, 0);
    cr_expect_str_eq(old->digest, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    cr_expect_str_eq(empty->digest, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    cr_expect_str_eq(new->digest, "");
    cr_expect_str_eq(d->digest, "");
    cr_expect_eq(old->attributes.content_layer, 0);
    cr_expect_eq(old->attributes.offset, 1536, "behind an extended header, its data, and a directory");
    ia_listing_rows_free(&found);
    ia_rootfs_free(fs);
    tarball_free(&low);
    tarball_free(&high);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* Runtimes do chmod and chown with the header of a hard link, too: all names of the file have what the last one says.
 */
Test(history, hard_links_share_attributes)
{
    struct test_env t;
    struct tarball tar[3] = {{0}, {0}, {0}};
    struct ia_rootfs *fs = NULL;
    struct ia_listing_rows found;
    test_env_open(&t);
    add_owned(&tar[0], "1", "2", &(struct tar_member){.name = "a", .data = "x", .size = 1, .mode = 0644});
    add_owned(&tar[0], "3", "4", &(struct tar_member){.name = "b", .type = '1', .link = "a", .mode = 04755});
    add_owned(&tar[0], "5", "6", &(struct tar_member){.name = "l", .type = '2', .link = "a", .mode = 0777});
    add_owned(&tar[0], "7", "8", &(struct tar_member){.name = "m", .type = '1', .link = "l", .mode = 0600});
    add_owned(&tar[1], "9", "10", &(struct tar_member){.name = "c", .type = '1', .link = "b", .mode = 0600});
    tarball_add(&tar[2], &(struct tar_member){.name = "b", .data = "y", .size = 1, .mode = 0640});
    cr_assert_eq(ia_rootfs_new(&t.env, NULL, 0, &fs), 0);
    ia_rootfs_keep_history(fs, true);
    for (uint32_t i = 0; i < 3; i++) {
        tarball_end(&tar[i]);
        cr_assert_eq(apply(fs, &t, i, &tar[i], false), 0);
        tarball_free(&tar[i]);
    }
    cr_assert_eq(ia_rootfs_list(fs, &t.env, &found), 0);
    EXPECT_OWNER(row_at(&found, 0, "a"), 0600, 9, 10);
    EXPECT_OWNER(row_at(&found, 1, "b"), 0600, 9, 10); /* removed */
    EXPECT_OWNER(row_at(&found, 2, "b"), 0640, 0, 0);
    EXPECT_OWNER(row_at(&found, 3, "c"), 0600, 9, 10);
    EXPECT_OWNER(row_at(&found, 4, "l"), 0777, 7, 8);
    EXPECT_OWNER(row_at(&found, 5, "m"), 0777, 7, 8);
    cr_expect_eq(row_at(&found, 3, "c")->attributes.content_layer, 0);
    cr_expect_eq(row_at(&found, 3, "c")->attributes.offset, row_at(&found, 0, "a")->attributes.offset);
    ia_listing_rows_free(&found);
    ia_rootfs_free(fs);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* What is stored of a sparse file is not its content. */
Test(history, sparse_files_have_no_digest)
{
    struct test_env t;
    struct tarball tar = {0};
    struct ia_rootfs *fs = NULL;
    struct ia_listing_rows found;
    test_env_open(&t);
    test_env_crypto(&t);
    tarball_add(&tar, &(struct tar_member){.name = "pax",
                                           .type = 'x',
                                           .data = "22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n"
                                                   "24 GNU.sparse.name=hole\n31 GNU.sparse.realsize=1048576\n",
                                           .size = 22 + 22 + 24 + 31});
    tarball_add(&tar, &(struct tar_member){.name = "x", .data = "0\n", .size = 2});
    tarball_file(&tar, "plain", "0\n");
    tarball_end(&tar);
    cr_assert_eq(ia_rootfs_new(&t.env, NULL, 0, &fs), 0);
    ia_rootfs_keep_history(fs, false);
    cr_assert_eq(apply(fs, &t, 0, &tar, true), 0, "%s", t.env.error.message);
    cr_assert_eq(ia_rootfs_list(fs, &t.env, &found), 0);
    cr_expect(row_at(&found, 0, "hole")->attributes.is_sparse);
    cr_expect_str_eq(row_at(&found, 0, "hole")->digest, "");
    cr_expect_not(row_at(&found, 1, "plain")->attributes.is_sparse);
    cr_expect_str_not_empty(row_at(&found, 1, "plain")->digest);
    ia_listing_rows_free(&found);
    ia_rootfs_free(fs);
    tarball_free(&tar);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

static const char *const sweep_layers[] = {
    "d db\nf db/status 1\nl info opt/info\nf opt/info/a.list 2\nh hard db/status\nf x/y/z 4\n",
    "f .wh.x\nh db/status2 db/status\nd db\nf opt/info/b.list 5\nf db 6\n",
    "f opt/.wh..wh..opq\nf opt/info/a.list 7\nf info 1\nh lost nowhere\n",
};

Test(history, out_of_memory_sweep)
{
    struct layers layers = {.n = 0};
    for (size_t i = 0; i < 3; i++)
        layers_add(&layers, sweep_layers[i]);
    for (int forever = 0; forever < 2; forever++) {
        size_t failures = 0;
        bool done = false;
        for (size_t n = 1; !done; n++) {
            struct test_env t;
            struct ia_listing_rows found;
            cr_assert_lt(n, 5000);
            test_env_open(&t);
            t.fail_at = n;
            t.fail_on = forever;
            int status = listing(&t, &layers, true, &found);
            cr_assert(status == IMGA_E_NOMEM || status == IMGA_OK, "allocation %zu: %d", n, status);
            cr_assert_eq(t.env.error.status, status);
            cr_assert(status < 0 || found.rows.n == 15, "allocation %zu: %zu rows", n, found.rows.n);
            failures += status < 0;
            done = t.count < n;
            ia_listing_rows_free(&found);
            test_env_close(&t);
            cr_assert_eq(t.live, 0, "allocation %zu leaks", n);
        }
        cr_expect_gt(failures, 20);
    }
    layers_free(&layers);
}

/* The texts of a listing, and of what was removed, have the limit of names: at least 1 MiB. */
Test(history, limits)
{
    enum { NAME = 60000 };
    static const struct {
        unsigned files; /* in a directory with a long name: each path is a long text, each name a short one */
        bool removed;
        int status;
    } cases[] = {
        {8, false, IMGA_OK},
        {24, false, IMGA_E_LIMIT},
        {8, true, IMGA_OK},
        {24, true, IMGA_E_LIMIT},
    };
    char *name = calloc(1, NAME + 20), number[24];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct test_env t;
        struct layers layers = {.n = 2};
        struct ia_listing_rows found;
        test_env_open(&t);
        t.limits.kept_bytes = 1000;
        t.limits.path_bytes = 100000;
        for (unsigned k = 0; k < cases[i].files; k++) {
            memset(name, 'x', NAME);
            snprintf(number, sizeof(number), "/%u", k);
            strcpy(name + NAME, number);
            tarball_long_name(&layers.tar[0], name);
            tarball_add(&layers.tar[0], &(struct tar_member){.name = "x"});
        }
        tarball_file(&layers.tar[1], cases[i].removed ? ".wh..wh..opq" : "y", "");
        tarball_end(&layers.tar[0]);
        tarball_end(&layers.tar[1]);
        cr_expect_eq(listing(&t, &layers, cases[i].removed, &found), cases[i].status, "case %zu: %s", i,
                     t.env.error.message);
        cr_expect_eq(strstr(t.env.error.message, "kept_bytes") != NULL, cases[i].status < 0);
        ia_listing_rows_free(&found);
        layers_free(&layers);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
    free(name);
}
