/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/database.h>, reading. */
#include "api/object.h"

static int open_database(struct ia_env *env, imga_context *context, struct ia_mapping bytes, imga_database **out)
{
    imga_database *database = ia_api_object(env, sizeof(*database));
    if (!database)
        return IMGA_E_NOMEM;
    int status = ia_db_open(env, bytes.data, bytes.size, &database->db);
    if (status < 0) {
        ia_free(&env->alloc, database);
        return status;
    }
    database->context = imga_context_ref(context);
    *out = database;
    return IMGA_OK;
}

IMGA_API int imga_database_open(imga_context *context, const char *path, imga_database **out, imga_error **error)
{
    struct ia_env env;
    struct ia_mapping mapping = {NULL, 0};
    imga_database *database = NULL;
    if (!context || !path || !out)
        return ia_api_invalid(error, "context, path or out is NULL");
    ia_api_begin(&env, context);
    int status = ia_mapping_open(&env, path, &mapping);
    if (status >= 0)
        status = ia_error_at(&env, open_database(&env, context, mapping, &database), "%s", path);
    if (status < 0) {
        ia_mapping_close(&mapping);
        return ia_api_end(&env, status, error);
    }
    database->mapping = mapping;
    *out = database;
    return IMGA_OK;
}

IMGA_API int imga_database_open_memory(imga_context *context, const void *data, size_t size, imga_database **out,
                                       imga_error **error)
{
    struct ia_env env;
    if (!context || !data || !out)
        return ia_api_invalid(error, "context, data or out is NULL");
    if ((uintptr_t)data % sizeof(uint64_t))
        return ia_api_invalid(error, "data is not aligned to 8 bytes");
    ia_api_begin(&env, context);
    return ia_api_end(&env, open_database(&env, context, (struct ia_mapping){data, size}, out), error);
}

IMGA_API imga_database *imga_database_ref(imga_database *database)
{
    if (database)
        ia_ref_take(&database->ref);
    return database;
}

IMGA_API imga_database *imga_database_unref(imga_database *database)
{
    if (database && ia_ref_drop(&database->ref)) {
        imga_context *context = database->context;
        ia_db_close(database->db);
        ia_mapping_close(&database->mapping);
        ia_free(&context->alloc, database);
        imga_context_unref(context);
    }
    return NULL;
}

IMGA_API const char *imga_database_id(const imga_database *database)
{
    return database ? ia_db_id(database->db) : "";
}

IMGA_API uint64_t imga_database_record_count(const imga_database *database)
{
    return database ? ia_db_record_count(database->db) : 0;
}

IMGA_API size_t imga_database_feed_count(const imga_database *database)
{
    size_t count = 0;
    if (database)
        ia_db_feeds(database->db, &count);
    return count;
}

static void fill_feed(const void *object, size_t index, void *out)
{
    size_t count;
    const struct ia_feed *feed = ia_db_feeds(object, &count) + index;
    imga_feed_row *row = out;
    row->format = feed->format;
    row->name = feed->name;
    row->sha256 = feed->sha256;
    row->as_of = feed->as_of;
    row->size = feed->size;
    row->records = feed->records;
    row->skipped = feed->skipped;
}

IMGA_API int64_t imga_database_feeds(const imga_database *database, size_t first, imga_feed_row *out, size_t count)
{
    struct ia_api_rows rows = {database ? database->db : NULL, imga_database_feed_count(database), sizeof(*out),
                               fill_feed};
    return ia_api_fill(&rows, first, out, count);
}

IMGA_API size_t imga_database_coverage_count(const imga_database *database)
{
    return database ? ia_db_coverage_count(database->db) : 0;
}

static void fill_coverage(const void *object, size_t index, void *out)
{
    struct ia_db_coverage coverage = {0};
    imga_coverage_row *row = out;
    ia_db_coverage(object, index, &coverage);
    row->feed = coverage.feed;
    row->distro = coverage.distro;
    row->release = coverage.release;
    row->repository = coverage.repository;
    row->records = coverage.records;
}

IMGA_API int64_t imga_database_coverage(const imga_database *database, size_t first, imga_coverage_row *out,
                                        size_t count)
{
    struct ia_api_rows rows = {database ? database->db : NULL, imga_database_coverage_count(database), sizeof(*out),
                               fill_coverage};
    return ia_api_fill(&rows, first, out, count);
}
