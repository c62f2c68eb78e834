/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One image read by 1 to 8 threads, with every SHA-256 kernel of this processor: inventory, notes and errors must be
 * the same, callbacks must stay in the calling thread, cancelling must end it. The same with a cache of layers, whole
 * or damaged. Built with ThreadSanitizer by scripts/test.
 */
#include "api/object.h"
#include "layered.h"
#include "scenario.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t thread_counts[] = {1, 2, 3, 8};
static const char *const kernels[] = {"openssl", "shani", "avx512", "avx2"};

struct run {
    const struct tarball *archive;
    uint32_t threads;
    const char *kernel;
    uint32_t verify;
    imga_progress_fn progress;
    void *progress_user;
    const imga_layer_cache *cache;
};

static imga_context *context_for(const struct run *run)
{
    imga_context *context = NULL;
    if (imga_context_new(NULL, &context, NULL) != IMGA_OK)
        abort();
    imga_context_set_threads(context, run->threads);
    imga_context_set_progress(context, run->progress, run->progress_user);
    if (run->kernel && ia_crypto_force(context->crypto, run->kernel) != IMGA_OK) {
        imga_context_unref(context);
        return NULL;
    }
    if (run->cache && imga_context_set_layer_cache(context, run->cache, NULL) != IMGA_OK)
        abort();
    return context;
}

static void say_error(const imga_error *error, struct sink *out)
{
    char text[1024];
    int n = snprintf(text, sizeof(text), "%s|%s|%s|%lld", imga_status_name(imga_error_code(error)),
                     imga_error_where(error), imga_error_message(error), (long long)imga_error_offset(error));
    sink_write(out, text, (size_t)n);
}

/* 0 when this processor lacks the kernel. */
static int ask(const struct run *run, struct sink *out)
{
    const imga_image_options options = {.struct_size = sizeof(options), .verify = run->verify};
    imga_context *context = context_for(run);
    imga_source *source = NULL;
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    imga_error *error = NULL;
    *out = (struct sink){NULL, 0};
    if (!context)
        return 0;
    if (imga_source_from_memory(context, run->archive->p, run->archive->n, &source, &error) != IMGA_OK ||
        imga_image_open_source(context, source, &options, &image, &error) != IMGA_OK ||
        imga_inventory_collect(context, image, &inventory, &error) != IMGA_OK)
        say_error(error, out);
    else if (imga_inventory_write(inventory, sink_write, out, &error) != IMGA_OK)
        abort();
    imga_error_free(error);
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    imga_source_unref(source);
    imga_context_unref(context);
    return 1;
}

static int same(const struct sink *a, const struct sink *b)
{
    return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

static int report(int ok, const char *what, const struct sink *answer)
{
    int shown = answer->n > 120 ? 120 : (int)answer->n;
    printf("%s: %s: %.*s\n", ok ? "ok" : "not ok", what, shown, answer->n ? answer->p : "");
    return ok;
}

/* Every number of threads with every kernel gives the answer of one thread and one stream. */
static int every_way(const struct tarball *archive, const char *what)
{
    struct run run = {.archive = archive, .threads = 1, .kernel = "openssl"};
    struct sink first, other;
    int ok = ask(&run, &first);
    for (size_t k = 0; k < sizeof(kernels) / sizeof(kernels[0]); k++) {
        for (size_t i = 0; i < sizeof(thread_counts) / sizeof(thread_counts[0]); i++) {
            run.threads = thread_counts[i];
            run.kernel = kernels[k];
            if (!ask(&run, &other))
                continue;
            if (!same(&first, &other))
                ok = report(0, kernels[k], &other);
            sink_free(&other);
        }
    }
    report(ok, what, &first);
    sink_free(&first);
    return ok;
}

struct watch {
    pthread_t caller;
    uint64_t last, total;
    int wrong, calls;
    int stop_at; /* call that asks to stop; 0: none */
};

static int on_progress(void *user, int32_t stage, uint64_t done, uint64_t total)
{
    struct watch *w = user;
    w->wrong |=
        stage == IMGA_STAGE_LAYERS && (!pthread_equal(w->caller, pthread_self()) || done < w->last || done > total);
    w->last = done;
    w->total = total;
    return ++w->calls == w->stop_at;
}

static int watched(const struct tarball *archive, int stop_at)
{
    int ok = 1;
    for (size_t i = 0; i < sizeof(thread_counts) / sizeof(thread_counts[0]); i++) {
        struct watch watch = {.caller = pthread_self(), .stop_at = stop_at};
        struct run run = {
            .archive = archive, .threads = thread_counts[i], .progress = on_progress, .progress_user = &watch};
        struct sink answer;
        ask(&run, &answer);
        int fine = !watch.wrong && watch.calls > 1 &&
                   (stop_at ? strncmp(answer.p, "cancelled|", 10) == 0 : watch.last == watch.total);
        ok &= fine;
        if (!fine)
            report(0, stop_at ? "stopped by progress" : "progress", &answer);
        sink_free(&answer);
    }
    printf("%s: %s\n", ok ? "ok" : "not ok", stop_at ? "stopped by progress" : "progress");
    return ok;
}

/* ---- the cache ---- */

enum { ENTRIES = 32 };

struct store {
    char keys[ENTRIES][65];
    struct sink bytes[ENTRIES];
    int count, gets, hits, puts;
    int refuse; /* put fails */
};

static int store_get(void *user, const char *key, int (*write)(void *to, const void *data, size_t size), void *to)
{
    struct store *s = user;
    s->gets++;
    for (int i = 0; i < s->count; i++) {
        if (strcmp(s->keys[i], key) != 0)
            continue;
        s->hits++;
        size_t half = s->bytes[i].n / 2;
        return write(to, s->bytes[i].p, half) || write(to, s->bytes[i].p + half, s->bytes[i].n - half);
    }
    return -1;
}

static int store_put(void *user, const char *key, const void *data, size_t size)
{
    struct store *s = user;
    s->puts++;
    if (s->refuse || s->count == ENTRIES)
        return -1;
    snprintf(s->keys[s->count], sizeof(s->keys[0]), "%s", key);
    sink_write(&s->bytes[s->count++], data, size);
    return 0;
}

static void store_free(struct store *s)
{
    for (int i = 0; i < s->count; i++)
        sink_free(&s->bytes[i]);
}

static int with_cache(const struct tarball *archive, const struct sink *plain, struct store *store, struct run run)
{
    const imga_layer_cache cache = {.struct_size = sizeof(cache), .get = store_get, .put = store_put, .user = store};
    struct sink answer;
    run.archive = archive;
    run.cache = &cache;
    ask(&run, &answer);
    int ok = same(plain, &answer);
    if (!ok)
        report(0, "with a cache", &answer);
    sink_free(&answer);
    return ok;
}

/* One byte of each entry is changed, in many places: no record of it may be used, or only to the same end. */
static int damaged_cache(const struct tarball *archive, const struct sink *plain, struct store *store)
{
    int ok = 1;
    for (size_t step = 1; step <= 24; step++) {
        for (int i = 0; i < store->count; i++) {
            size_t at = (size_t)((step * 2654435761u) % store->bytes[i].n);
            store->bytes[i].p[at] ^= (char)(1 << step % 8);
        }
        struct store copy = *store;
        copy.refuse = 1;
        ok &= with_cache(archive, plain, &copy, (struct run){.threads = 2});
    }
    return ok;
}

/* How much is verified is said in the answer: each mode is compared with itself. */
static int in_mode(const struct tarball *archive, struct store *store, uint32_t verify)
{
    struct run run = {.archive = archive, .threads = 2, .verify = verify};
    struct sink plain;
    ask(&run, &plain);
    int ok = with_cache(archive, &plain, store, run);
    sink_free(&plain);
    return ok;
}

static int cached(const struct tarball *archive)
{
    struct run run = {.archive = archive, .threads = 2};
    struct store store = {.count = 0};
    struct sink plain;
    ask(&run, &plain);
    int ok = with_cache(archive, &plain, &store, run); /* fills it */
    int filled = store.puts == LAYERED && store.hits == 0;
    ok &= with_cache(archive, &plain, &store, run);
    int used = store.puts == LAYERED && store.hits == LAYERED;
    ok &= in_mode(archive, &store, IMGA_VERIFY_BLOB) && store.hits == 2 * LAYERED;
    int gets = store.gets;
    ok &= in_mode(archive, &store, IMGA_VERIFY_NONE) && store.gets == gets;
    printf("%s: a cache is filled\n%s: and used\n", filled ? "ok" : "not ok", used ? "ok" : "not ok");
    ok &= damaged_cache(archive, &plain, &store);
    printf("%s: a cache changes nothing\n", ok ? "ok" : "not ok");
    store_free(&store);
    sink_free(&plain);
    return ok && filled && used;
}

/* A config that claims a cached diff_id for another blob must not get that record. */
static int aliased(const struct tarball *good, const struct tarball *forged)
{
    struct run run = {.archive = forged, .threads = 1};
    struct store store = {.count = 0};
    struct sink plain, forged_plain;
    ask(&run, &forged_plain);
    run.archive = good;
    ask(&run, &plain);
    int ok = with_cache(good, &plain, &store, run) && with_cache(forged, &forged_plain, &store, run);
    printf("%s: a forged diff_id: %.60s\n", ok ? "ok" : "not ok", forged_plain.p);
    store_free(&store);
    sink_free(&plain);
    sink_free(&forged_plain);
    return ok;
}

int main(void)
{
    struct tarball good = layered_archive(LAYERED_GOOD), forged = layered_archive(LAYERED_WRONG_DIFF_ID);
    int ok = 1;
    for (int damage = LAYERED_GOOD; damage <= LAYERED_LAST; damage++) {
        struct tarball archive = layered_archive((enum layered_damage)damage);
        ok &= every_way(&archive, layered_name((enum layered_damage)damage));
        tarball_free(&archive);
    }
    ok &= watched(&good, 0) & watched(&good, 3) & cached(&good) & aliased(&good, &forged);
    tarball_free(&good);
    tarball_free(&forged);
    return ok ? 0 : 1;
}
