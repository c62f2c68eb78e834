/* SPDX-License-Identifier: Apache-2.0 */
/* What bounds the reading of archives that can be read only once: limits, progress, memory. */
#include "crypto/digest.h"
#include "pipe_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* One limit, set so that it just holds and so that it does not. */
struct limit_row {
    const char *name;
    size_t offset; /* in imga_limits */
    uint64_t holds;
    int open, layer; /* below that */
};

static void check_limit(const struct made *m, const struct limit_row *row, uint64_t less)
{
    struct tarball archive = ocifiles_tar(&m->files);
    struct run r;
    run_init(&r, &archive);
    memcpy((char *)&r.t.limits + row->offset, &(uint64_t){row->holds - less}, sizeof(uint64_t));
    run_open(&r);
    cr_expect_eq(r.status, less ? row->open : IMGA_OK, "%s, %d less: %d %s", row->name, (int)less, r.status,
                 r.t.env.error.message);
    if (r.status == IMGA_OK) {
        int status = pipe_layer(&r.t, r.image, 1);
        cr_expect_eq(status, less ? row->layer : 1, "%s, %d less: %d %s", row->name, (int)less, status,
                     r.t.env.error.message);
    }
    if (less)
        cr_expect_not_null(strstr(r.t.env.error.message, row->name), "%s: %s", row->name, r.t.env.error.message);
    run_close(&r);
    tarball_free(&archive);
}

Test(pipe, limits)
{
    struct made m;
    made_open(&m, false);
    uint64_t config = m.files.p[0].size, manifest = m.files.p[3].size, tar = m.tars[0].n;
    const struct limit_row rows[] = {
        {"kept_bytes", offsetof(imga_limits, kept_bytes), config + manifest, IMGA_E_LIMIT, 0},
        {"manifest_bytes", offsetof(imga_limits, manifest_bytes), config > manifest ? config : manifest, IMGA_E_LIMIT,
         0},
        {"layer_bytes", offsetof(imga_limits, layer_bytes), tar, IMGA_OK, IMGA_E_LIMIT},
        {"image_bytes", offsetof(imga_limits, image_bytes), 2 * tar, IMGA_OK, IMGA_E_LIMIT},
        {"archive_members", offsetof(imga_limits, archive_members), m.files.n, IMGA_E_LIMIT, 0},
    };
    cr_assert_eq(m.tars[1].n, tar);
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        for (uint64_t less = 0; less < 2; less++)
            check_limit(&m, &rows[i], less);
    made_close(&m);
}

/* A pipe that never ends, behind the end mark. */
static int64_t zeros(void *user, void *buffer, size_t size)
{
    *(uint64_t *)user += size;
    memset(buffer, 0, size);
    return (int64_t)size;
}

Test(pipe, one_without_end_is_left)
{
    uint64_t read = 0;
    imga_stream_ops ops = {sizeof(ops), 0, zeros, NULL, &read};
    struct ia_image_request request = {.reference = NULL};
    struct ia_image *image = NULL;
    struct run r;
    run_init(&r, NULL);
    r.t.limits.image_bytes = 3000000;
    r.t.limits.kept_bytes = 1000000;
    request.sink = &r.sink.sink;
    cr_assert_eq(ia_source_stream(&r.t.env, &ops, &request.source), IMGA_OK);
    cr_expect_eq(ia_image_open(&r.t.env, &request, &image), IMGA_E_LIMIT, "%s", r.t.env.error.message);
    cr_expect_lt(read, 5000000);
    ia_source_unref(request.source);
    run_close(&r);
}

static int count_progress(void *user, int32_t stage, uint64_t done, uint64_t total)
{
    uint64_t *seen = user;
    cr_expect_eq(stage, IMGA_STAGE_LAYERS);
    cr_expect_geq(done, seen[0]);
    seen[0] = done;
    seen[1] = total;
    return seen[2] && done >= seen[2];
}

Test(pipe, progress_counts_the_archive)
{
    struct made m;
    made_open(&m, false);
    struct tarball archive = ocifiles_tar(&m.files), zstd = pipe_zstd(&archive);
    static const int expected[] = {IMGA_OK, IMGA_E_CANCELLED};
    for (int way = WAY_PIPE; way < WAYS; way += WAY_MEMORY_ZSTD - WAY_PIPE)
        for (uint64_t stop = 0; stop < 2; stop++) {
            uint64_t seen[] = {0, 77, stop};
            struct run r;
            run_init(&r, &archive);
            r.t.hooks.progress = count_progress;
            r.t.hooks.progress_user = seen;
            r.request.way = (enum pipe_way)way;
            run_open(&r);
            cr_expect_eq(r.status, expected[stop], "%s: %s", pipe_ways[way], r.t.env.error.message);
            cr_expect_eq(seen[1], way == WAY_PIPE ? 0 : zstd.n, "the total, if it is known");
            if (!stop)
                cr_expect_eq(seen[0], way == WAY_PIPE ? archive.n : zstd.n);
            run_close(&r);
        }
    tarball_free(&archive);
    tarball_free(&zstd);
    made_close(&m);
}

static int whole_run(struct run *r)
{
    run_open(r);
    int status = r->status;
    cr_expect_eq(status < 0, r->image == NULL);
    for (size_t i = 0; status >= 0 && i < ia_image_layer_count(r->image); i++)
        status = pipe_layer(&r->t, r->image, i);
    return status < 0 ? status : IMGA_OK;
}

static void sweep(const struct tarball *archive, enum pipe_way way, int fail_on)
{
    struct run r;
    run_init(&r, archive);
    r.request.way = way;
    int expected = whole_run(&r);
    size_t total = r.t.count;
    run_close(&r);
    cr_assert_gt(total, 10);
    for (size_t n = 1; n <= total; n++) {
        run_init(&r, archive);
        r.request.way = way;
        r.t.fail_at = n;
        r.t.fail_on = fail_on;
        int status = whole_run(&r);
        cr_expect(status == IMGA_E_NOMEM || status == expected, "%s, allocation %zu: %d %s", pipe_ways[way], n, status,
                  r.t.env.error.message);
        run_close(&r);
    }
}

Test(pipe, every_allocation_fails_once)
{
    for (int is_oci = 0; is_oci < 2; is_oci++) {
        struct made m;
        made_open(&m, is_oci);
        struct tarball archive = ocifiles_tar(&m.files);
        m.files.p[2].data[30] ^= 1; /* the compressed layer */
        struct tarball damaged = ocifiles_tar(&m.files);
        for (int way = WAY_PIPE; way < WAYS; way++)
            for (int fail_on = 0; fail_on < 2; fail_on++) {
                sweep(&archive, (enum pipe_way)way, fail_on);
                sweep(&damaged, (enum pipe_way)way, fail_on);
            }
        tarball_free(&archive);
        tarball_free(&damaged);
        made_close(&m);
    }
}

/* A large archive that nobody has to store: one layer with a file of zeros, then config and manifest. */
struct flood {
    struct tarball front, back; /* what comes before and after the zeros */
    uint64_t zeros, at;
};

enum { FLOOD = 48 << 20, TAR_END = 1024 };

static int64_t flood_read(void *user, void *buffer, size_t size)
{
    struct flood *f = user;
    uint64_t after = f->front.n + f->zeros;
    const char *from = NULL;
    uint64_t left = f->at < f->front.n ? f->front.n - f->at : after - f->at;
    if (f->at < f->front.n)
        from = f->front.p + f->at;
    if (f->at >= after) {
        from = f->back.p + (f->at - after);
        left = f->back.n - (f->at - after);
    }
    size_t n = left < size ? (size_t)left : size;
    if (from && n)
        memcpy(buffer, from, n);
    if (!from)
        memset(buffer, 0, n);
    f->at += n;
    return (int64_t)n;
}

/* The digest of the layer is that of the header and the zeros, the end mark of the layer among them. */
static void flood_make(struct flood *f, struct test_env *t)
{
    static const char block[65536];
    struct tarball header = {NULL, 0};
    struct ia_hash *hash = NULL;
    struct ia_digest digest;
    char size[13], text[IA_DIGEST_TEXT], config[512];
    *f = (struct flood){.zeros = FLOOD + TAR_END};
    snprintf(size, sizeof(size), "%011o", (unsigned)FLOOD);
    tarball_add(&header, &(struct tar_member){.name = "zeros", .raw_size = size});
    cr_assert_eq(ia_hash_new(&t->env, IA_DIGEST_SHA256, &hash), IMGA_OK);
    cr_assert_eq(ia_hash_update(hash, &t->env, header.p, header.n), IMGA_OK);
    for (uint64_t left = f->zeros; left; left -= left < sizeof(block) ? left : sizeof(block))
        cr_assert_eq(ia_hash_update(hash, &t->env, block, left < sizeof(block) ? (size_t)left : sizeof(block)),
                     IMGA_OK);
    cr_assert_eq(ia_hash_finish(hash, &t->env, &digest), IMGA_OK);
    ia_hash_free(hash);
    ia_digest_text(&digest, text);
    snprintf(size, sizeof(size), "%011o", (unsigned)(header.n + f->zeros));
    tarball_add(&f->front, &(struct tar_member){.name = "layer.tar", .raw_size = size});
    f->front.p = realloc(f->front.p, f->front.n + header.n);
    memcpy(f->front.p + f->front.n, header.p, header.n);
    f->front.n += header.n;
    snprintf(config, sizeof(config),
             "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}",
             text);
    tarball_file(&f->back, "config.json", config);
    tarball_file(&f->back, "manifest.json", "[{\"Config\":\"config.json\",\"Layers\":[\"layer.tar\"]}]");
    tarball_end(&f->back);
    tarball_free(&header);
}

/* An allocator that knows how much there is. */
struct weighing {
    size_t bytes, most;
};

struct weighed {
    size_t size;
    size_t aligned; /* what follows is aligned for everything */
};

static void *weighing_resize(void *user, void *ptr, size_t size)
{
    struct weighing *w = user;
    struct weighed *block = ptr ? (struct weighed *)ptr - 1 : NULL;
    w->bytes -= block ? block->size : 0;
    if (size == 0) {
        free(block);
        return NULL;
    }
    block = realloc(block, size + sizeof(*block));
    block->size = size;
    w->bytes += size;
    w->most = w->bytes > w->most ? w->bytes : w->most;
    return block + 1;
}

Test(pipe, memory_does_not_grow_with_the_archive)
{
    struct flood f;
    struct run r;
    struct weighing w = {0, 0};
    struct ia_image_request request = {.reference = NULL};
    run_init(&r, NULL);
    flood_make(&f, &r.t);
    imga_stream_ops ops = {sizeof(ops), 0, flood_read, NULL, &f};
    struct ia_alloc alloc = r.t.env.alloc;
    r.t.env.alloc = (struct ia_alloc){weighing_resize, &w};
    request.sink = &r.sink.sink;
    cr_assert_eq(ia_source_stream(&r.t.env, &ops, &request.source), IMGA_OK);
    r.status = ia_image_open(&r.t.env, &request, &r.image);
    cr_expect_eq(r.status, IMGA_OK, "%s: %s", r.t.env.error.where, r.t.env.error.message);
    cr_expect_eq(r.image ? taken_count(&r) : 0, 1);
    cr_expect_gt(r.sink.bytes, FLOOD);
    cr_expect_lt(w.most, 1 << 20, "%zu bytes at the peak", w.most);
    ia_source_unref(request.source);
    ia_image_close(r.image);
    r.image = NULL;
    cr_expect_eq(w.bytes, 0);
    r.t.env.alloc = alloc;
    tarball_free(&f.front);
    tarball_free(&f.back);
    run_close(&r);
}
