/* SPDX-License-Identifier: Apache-2.0 */
/* Sources that can be read once: what is read from front to back takes them, with the same result, and only once. */
#include "world.h"

struct stream {
    const char *p;
    size_t n, at;
    int closes;
};

static int64_t stream_read(void *user, void *buffer, size_t size)
{
    struct stream *s = user;
    size_t n = s->n - s->at < size ? s->n - s->at : size;
    n = n < 100 ? n : 100;
    memcpy(buffer, s->p + s->at, n);
    s->at += n;
    return (int64_t)n;
}

static void stream_close(void *user)
{
    ((struct stream *)user)->closes++;
}

static imga_source *stream_source(struct world *w, struct stream *s)
{
    const imga_stream_ops ops = {.struct_size = sizeof(ops), .read = stream_read, .close = stream_close, .user = s};
    imga_source *source = NULL;
    OK(imga_source_from_stream(w->context, &ops, &source, NULL));
    return source;
}

Test(streams, inventories)
{
    struct world w;
    struct sink text = {NULL, 0};
    imga_inventory *again = NULL, *third = NULL;
    world_open(&w);
    OK(imga_inventory_write(w.inventory, sink_write, &text, NULL));
    struct stream s = {text.p, text.n, 0, 0};
    imga_source *source = stream_source(&w, &s);
    OK(imga_inventory_read(w.context, source, &again, NULL));
    cr_expect_str_eq(imga_inventory_id(again), imga_inventory_id(w.inventory));
    cr_expect_eq(imga_inventory_read(w.context, source, &third, NULL), IMGA_E_UNSUPPORTED);
    cr_expect_null(third);
    imga_source_unref(source);
    cr_expect_eq(s.closes, 1);
    imga_inventory_unref(again);
    sink_free(&text);
    world_close(&w);
}

Test(streams, policies)
{
    struct world w;
    imga_policy *policy = NULL;
    world_open(&w);
    struct stream s = {w.data.policy, strlen(w.data.policy), 0, 0};
    imga_source *source = stream_source(&w, &s);
    OK(imga_policy_read(w.context, source, &policy, NULL));
    cr_expect_str_eq(imga_policy_id(policy), imga_policy_id(w.policy));
    imga_policy_unref(policy);
    imga_source_unref(source);
    cr_expect_eq(s.closes, 1);
    world_close(&w);
}

/* The size of a feed is in the database: it is counted where it is not known. */
Test(streams, feeds)
{
    struct world w;
    struct sink out[2] = {{NULL, 0}, {NULL, 0}};
    world_open(&w);
    const char *text = w.data.tracker;
    const imga_feed_options options = {.struct_size = sizeof(options), .name = "feed", .as_of = w.data.now};
    for (int once = 0; once < 2; once++) {
        struct stream s = {text, strlen(text), 0, 0};
        imga_source *source = once ? stream_source(&w, &s) : world_text(&w, text);
        imga_database_writer *writer = NULL;
        OK(imga_database_writer_new(w.context, &writer, NULL));
        OK(imga_database_writer_add(writer, &options, source, NULL));
        OK(imga_database_writer_finish(writer, sink_write, &out[once], NULL));
        imga_database_writer_free(writer);
        imga_source_unref(source);
    }
    cr_expect_eq(out[0].n, out[1].n);
    cr_expect(out[0].n == out[1].n && memcmp(out[0].p, out[1].p, out[0].n) == 0, "the same bytes either way");
    sink_free(&out[0]);
    sink_free(&out[1]);
    world_close(&w);
}

/* Limits count what comes, when nobody says how much will come. */
Test(streams, limits)
{
    struct world w;
    struct sink text = {NULL, 0};
    world_open(&w);
    OK(imga_inventory_write(w.inventory, sink_write, &text, NULL));
    for (uint64_t less = 0; less < 2; less++) {
        imga_limits limits = {.struct_size = sizeof(limits)};
        struct stream document = {text.p, text.n, 0, 0}, feed = {w.data.tracker, strlen(w.data.tracker), 0, 0};
        const imga_feed_options options = {.struct_size = sizeof(options), .name = "feed", .as_of = w.data.now};
        imga_source *sources[] = {stream_source(&w, &document), stream_source(&w, &feed)};
        imga_inventory *inventory = NULL;
        imga_database_writer *writer = NULL;
        imga_limits_default(&limits);
        limits.document_bytes = text.n - less;
        limits.feed_bytes = feed.n - less;
        OK(imga_context_set_limits(w.context, &limits, NULL));
        OK(imga_database_writer_new(w.context, &writer, NULL));
        cr_expect_eq(imga_inventory_read(w.context, sources[0], &inventory, NULL), less ? IMGA_E_LIMIT : IMGA_OK);
        cr_expect_eq(imga_database_writer_add(writer, &options, sources[1], NULL), less ? IMGA_E_LIMIT : IMGA_OK);
        imga_database_writer_free(writer);
        imga_inventory_unref(inventory);
        imga_source_unref(sources[0]);
        imga_source_unref(sources[1]);
    }
    OK(imga_context_set_limits(w.context, NULL, NULL));
    sink_free(&text);
    world_close(&w);
}
