/* SPDX-License-Identifier: Apache-2.0 */
/* One record for each candidate, numbered in the order of the archive. */
#include "scan/taken.h"

#include "catalog/catalog.h"

/* Takes the record over on success. */
static int keep(struct ia_taken *taken, struct ia_env *env, const struct ia_layer_record *record)
{
    uint64_t most = env->limits->kept_bytes, bytes = record->kept + record->packed.capacity;
    if (taken->held > most || bytes > most - taken->held)
        return ia_fail_limit(env, -1, "kept_bytes", most, IA_STR("the layers of an archive that is read once"));
    IA_TRY(ia_described(env, ia_vec_push(&taken->records, record), "archive_members", env->limits->archive_members));
    taken->held += bytes;
    return IMGA_OK;
}

static int take(void *user, struct ia_env *env, struct ia_reader *stream, uint32_t *number)
{
    struct ia_taken *taken = user;
    struct ia_layer_record record;
    int status = ia_layer_record_stream(env, &taken->recording, stream, &record);
    if (status >= 0)
        status = keep(taken, env, &record);
    if (status < 0) {
        ia_layer_record_free(&record);
        return status;
    }
    *number = (uint32_t)(taken->records.n - 1);
    return IMGA_OK;
}

int ia_taken_init(struct ia_env *env, struct ia_taken *taken, uint32_t look)
{
    size_t count;
    const struct ia_want *wants = ia_catalog_wants(&count);
    *taken = (struct ia_taken){.alloc = env->alloc, .look = look};
    taken->recording.wants = &taken->wants.wants;
    taken->recording.examiner = &taken->examiner.examiner;
    taken->sink = (struct ia_layer_sink){take, taken};
    ia_vec_init(&taken->records, &env->alloc, sizeof(struct ia_layer_record), UINT32_MAX);
    IA_TRY(ia_file_examiner_init(&taken->examiner, env, look));
    return ia_toc_wants_init(env, wants, count, &taken->wants);
}

void ia_taken_free(struct ia_taken *taken)
{
    for (size_t i = 0; i < taken->records.n; i++)
        ia_layer_record_free(ia_vec_at(&taken->records, i));
    ia_vec_free(&taken->records);
    ia_file_examiner_free(&taken->examiner);
    ia_toc_wants_free(&taken->wants);
}

const struct ia_layer_record *ia_taken_record(const struct ia_taken *taken, uint32_t number)
{
    return taken ? ia_vec_at(&taken->records, number) : NULL;
}
