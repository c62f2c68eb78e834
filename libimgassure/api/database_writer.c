/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/database.h>, writing: feeds are streamed through SHA-256 into the writer. */
#include "advisory/feed.h"
#include "api/object.h"
#include "io/digest_reader.h"

struct imga_database_writer {
    imga_context *context;
    struct ia_db_writer *writer;
    struct ia_notes notes;
    bool finished;
};

IMGA_API int imga_database_writer_new(imga_context *context, imga_database_writer **out, imga_error **error)
{
    struct ia_env env;
    if (!context || !out)
        return ia_api_invalid(error, "context or out is NULL");
    ia_api_begin(&env, context);
    imga_database_writer *writer = ia_new(&env.alloc, sizeof(*writer));
    int status = writer ? ia_db_writer_new(&env, &writer->writer) : ia_fail_nomem(&env);
    if (status < 0) {
        ia_free(&env.alloc, writer);
        return ia_api_end(&env, status, error);
    }
    ia_notes_init(&writer->notes, &env.alloc, (size_t)context->limits.notes);
    writer->context = imga_context_ref(context);
    *out = writer;
    return IMGA_OK;
}

/* Hashes what passes; the digest is kept when the input has ended. */
struct feed_input {
    struct ia_reader reader;
    struct ia_reader *source;
    struct ia_hash *hash;
    uint64_t size;
    uint64_t total; /* 0: a stream, not known */
};

static int feed_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct feed_input *input = (struct feed_input *)self;
    int status = ia_reader_next(input->source, env, out);
    if (status <= 0)
        return status;
    input->size += out->n;
    if (input->size > env->limits->feed_bytes)
        return ia_fail_limit(env, -1, "feed_bytes", env->limits->feed_bytes, IA_STR("its size"));
    IA_TRY(ia_progress(env, IMGA_STAGE_FEED, input->size, input->total));
    IA_TRY(ia_hash_update(input->hash, env, out->p, out->n));
    return status;
}

static int read_feed(struct ia_env *env, imga_database_writer *writer, const imga_feed_options *options,
                     struct feed_input *input)
{
    struct ia_feed_reading reading = {.format = options->format};
    struct ia_digest digest;
    char text[IA_DIGEST_TEXT];
    struct ia_advisory_sink sink = ia_db_writer_sink(writer->writer);
    IA_TRY(ia_feed_read(env, ia_str_from(options->name), &input->reader, &sink, &reading));
    IA_TRY(ia_hash_finish(input->hash, env, &digest));
    ia_digest_text(&digest, text);
    const struct ia_feed feed = {reading.format, options->name, text + sizeof("sha256:") - 1,
                                 options->as_of, input->size,   reading.records,
                                 reading.skipped};
    return ia_db_writer_end_feed(writer->writer, env, &feed);
}

static int add_feed(struct ia_env *env, imga_database_writer *writer, const imga_feed_options *options,
                    struct ia_source *source)
{
    uint64_t size = ia_source_size(source);
    struct feed_input input = {.reader = {feed_next, NULL, NULL}, .total = ia_source_is_stream(source) ? 0 : size};
    int status;
    if (input.total > env->limits->feed_bytes)
        return ia_error_at(env, ia_fail_limit(env, -1, "feed_bytes", env->limits->feed_bytes, IA_STR("its size")),
                           "feed %s", options->name);
    IA_GO(status, ia_hash_new(env, IA_DIGEST_SHA256, &input.hash));
    IA_GO(status, ia_source_reader(source, env, 0, size, &input.source));
    IA_GO(status, ia_db_writer_begin_feed(writer->writer, env));
    status = read_feed(env, writer, options, &input);
    if (status < 0)
        ia_db_writer_end_feed(writer->writer, env, NULL);
out:
    ia_reader_close(input.source);
    ia_hash_free(input.hash);
    return status;
}

IMGA_API int imga_database_writer_add(imga_database_writer *writer, const imga_feed_options *options,
                                      imga_source *source, imga_error **error)
{
    struct ia_env env;
    if (!writer || !options || !source)
        return ia_api_invalid(error, "writer, options or source is NULL");
    if (options->struct_size < sizeof(*options) || !options->name || !*options->name)
        return ia_api_invalid(error, "the options have no name or a wrong struct_size");
    if (writer->finished)
        return ia_api_invalid(error, "the writer is finished");
    ia_api_begin(&env, writer->context);
    env.notes = &writer->notes;
    return ia_api_end(&env, add_feed(&env, writer, options, source->source), error);
}

IMGA_API int imga_database_writer_finish(imga_database_writer *writer, imga_write_fn write, void *user,
                                         imga_error **error)
{
    struct ia_env env;
    struct ia_writer out = {write, user};
    if (!writer || !write)
        return ia_api_invalid(error, "writer or write is NULL");
    if (writer->finished)
        return ia_api_invalid(error, "the writer is finished");
    ia_api_begin(&env, writer->context);
    writer->finished = true;
    return ia_api_end(&env, ia_db_writer_finish(writer->writer, &env, &out), error);
}

IMGA_API size_t imga_database_writer_note_count(const imga_database_writer *writer)
{
    return writer ? ia_notes_count(&writer->notes) : 0;
}

IMGA_API int64_t imga_database_writer_notes(const imga_database_writer *writer, size_t first, imga_note_row *out,
                                            size_t count)
{
    return writer ? ia_api_notes(&writer->notes, first, out, count) : IMGA_E_INVALID;
}

IMGA_API imga_database_writer *imga_database_writer_free(imga_database_writer *writer)
{
    if (writer) {
        imga_context *context = writer->context;
        ia_db_writer_free(writer->writer);
        ia_notes_free(&writer->notes);
        ia_free(&context->alloc, writer);
        imga_context_unref(context);
    }
    return NULL;
}
