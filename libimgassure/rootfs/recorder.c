/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry by entry: what nobody asked for is jumped over, the content of wanted files is kept. Whether a file is wanted
 * is told by its own path only; one that links of other layers make wanted is read from the layer later. Limits:
 * layer_entries; kept_bytes for the contents and, apart from them, for names and link targets.
 */
#include "rootfs/recorder.h"

#include "base/checked.h"
#include "crypto/digest.h"
#include "rootfs/capture.h"
#include "rootfs/path.h"

enum { PLACE_MOST = 512, NAMES_MIN = 1024 * 1024, ENTRY_NUMBERS = 128 };

struct ia_recorder {
    struct ia_alloc alloc;
    const struct ia_recording *recording;
    struct ia_layer_record *record;
    struct ia_tar *tar;
    struct ia_tar_entry entry;
    struct ia_vec parts; /* struct ia_str */
    bool in_file;        /* the data of entry is being read */
    bool wanted;
    bool examined;
    bool waiting;                      /* for its turn to examine the entry */
    struct ia_capture capture;         /* when wanted */
    struct ia_examination examination; /* when examined */
    struct ia_hash *hash;              /* when digests are asked for */
};

/* Names have the limit of contents, but always room for a small image; the numbers of an entry come on top. */
static size_t names_most(const struct ia_env *env)
{
    uint64_t most = env->limits->kept_bytes < NAMES_MIN ? NAMES_MIN : env->limits->kept_bytes, numbers;
    if (!ia_mul_u64(env->limits->layer_entries, ENTRY_NUMBERS, &numbers) || !ia_add_u64(most, numbers, &most))
        return SIZE_MAX;
    return most < SIZE_MAX ? (size_t)most : SIZE_MAX;
}

int ia_recorder_new(struct ia_env *env, const struct ia_recording *recording, struct ia_reader *stream,
                    struct ia_layer_record *record, struct ia_recorder **out)
{
    struct ia_recorder *r = ia_new(&env->alloc, sizeof(*r));
    ia_layer_record_init(record, &env->alloc, names_most(env));
    record->has_digests = recording->digests;
    if (!r)
        return ia_fail_nomem(env);
    r->alloc = env->alloc;
    r->recording = recording;
    r->record = record;
    ia_examination_init(&r->examination, env, recording->examiner);
    ia_vec_init(&r->parts, &r->alloc, sizeof(struct ia_str), SIZE_MAX);
    int status = ia_tar_new(env, stream, &r->tar);
    if (status < 0)
        ia_recorder_free(r);
    else
        *out = r;
    return status;
}

static void give_turn(struct ia_recorder *r)
{
    if (r->recording->turn)
        ia_examine_turn_give(r->recording->turn, r);
}

void ia_recorder_free(struct ia_recorder *r)
{
    if (!r)
        return;
    struct ia_alloc alloc = r->alloc;
    give_turn(r);
    ia_capture_drop(&r->capture);
    ia_examination_free(&r->examination);
    ia_hash_free(r->hash);
    ia_vec_free(&r->parts);
    ia_tar_free(r->tar);
    ia_free(&alloc, r);
}

static int add_entry(struct ia_recorder *r, struct ia_env *env, struct ia_content *content, const uint8_t *digest)
{
    uint64_t most = env->limits->path_bytes;
    struct ia_layer_record_added added = {&r->entry, content, digest, most < SIZE_MAX ? (size_t)most : SIZE_MAX - 1};
    int status = ia_layer_record_add(r->record, &added);
    if (status == IMGA_E_LIMIT)
        return ia_fail_limit(env, (int64_t)r->entry.offset, "kept_bytes", env->limits->kept_bytes,
                             IA_STR("the names of the layer"));
    return status < 0 ? ia_fail_nomem(env) : 1;
}

/* Whether anybody wants the data, and who. */
static int find_takers(struct ia_recorder *r, struct ia_env *env)
{
    unsigned odd;
    int fits = ia_path_split(env, r->entry.name, &r->parts, &odd), examined = 0;
    IA_TRY(fits);
    r->wanted = fits > 0 && ia_wants_path(r->recording->wants, r->parts.p, r->parts.n);
    if (fits > 0 && !r->wanted)
        examined = ia_examination_begin(&r->examination, env, &r->parts, &r->entry);
    r->examined = examined > 0;
    return examined < 0 ? examined : IMGA_OK;
}

/* Small files, and those of which nobody takes the content, need none. */
static bool has_turn(struct ia_recorder *r)
{
    struct ia_examine_turn *turn = r->recording->turn;
    return !turn || !r->examined || r->entry.size <= IA_EXAMINE_LARGE || ia_examine_turn_take(turn, r);
}

static int begin_file(struct ia_recorder *r, struct ia_env *env)
{
    IA_TRY(find_takers(r, env));
    r->waiting = !has_turn(r);
    if (r->waiting)
        return IA_AGAIN;
    if (!r->wanted && !r->examined && !r->recording->digests)
        return add_entry(r, env, NULL, NULL);
    if (r->wanted)
        IA_TRY(ia_capture_begin(&r->capture, env, &r->entry, r->record->kept));
    if (r->recording->digests)
        IA_TRY(ia_hash_new(env, IA_DIGEST_SHA256, &r->hash));
    r->in_file = true;
    return 1;
}

/* What is kept of the file: 1 and the content, 0, < 0. */
static int finish_content(struct ia_recorder *r, struct ia_env *env, struct ia_content *content)
{
    uint64_t most = env->limits->kept_bytes;
    if (r->wanted)
        ia_capture_end(&r->capture, &r->entry, content);
    if (!r->examined)
        return r->wanted;
    int status = ia_examination_end(&r->examination, env, content);
    if (status > 0 && (r->record->kept > most || content->n > most - r->record->kept)) {
        ia_free(&env->alloc, content->p);
        return ia_fail_limit(env, (int64_t)r->entry.offset, "kept_bytes", most,
                             IA_STR("what is found in the files of a layer"));
    }
    return status;
}

static int end_file(struct ia_recorder *r, struct ia_env *env)
{
    struct ia_content content = {.p = NULL};
    struct ia_digest digest = {.algorithm = IA_DIGEST_SHA256};
    r->in_file = false;
    if (r->hash)
        IA_TRY(ia_hash_finish(r->hash, env, &digest));
    int kept = finish_content(r, env, &content);
    IA_TRY(kept);
    int status = add_entry(r, env, kept ? &content : NULL, r->hash ? digest.bytes : NULL);
    give_turn(r);
    ia_free(&r->alloc, content.p); /* NULL once it was taken over */
    ia_hash_free(r->hash);
    r->hash = NULL;
    return status;
}

static int take_piece(struct ia_recorder *r, struct ia_env *env, struct ia_cursor piece)
{
    if (r->wanted)
        IA_TRY(ia_capture_add(&r->capture, env, piece));
    if (r->hash)
        IA_TRY(ia_hash_update(r->hash, env, piece.p, piece.n));
    if (r->examined) {
        int more = ia_examination_add(&r->examination, env, piece);
        IA_TRY(more);
        r->examined = more > 0;
        if (!r->examined)
            give_turn(r);
    }
    return ia_check_cancel(env);
}

/* Goes on with the data of a file; what nobody wants any more is jumped over. */
static int read_file(struct ia_recorder *r, struct ia_env *env)
{
    struct ia_cursor piece;
    int status;
    while ((status = ia_tar_data(r->tar, env, &piece)) == 1) {
        IA_TRY(take_piece(r, env, piece));
        if (!r->wanted && !r->examined && !r->hash)
            return end_file(r, env);
    }
    return status == 0 ? end_file(r, env) : status;
}

static int take_entry(struct ia_recorder *r, struct ia_env *env)
{
    IA_TRY(ia_check_cancel(env));
    if (r->record->entries >= env->limits->layer_entries)
        return ia_fail_limit(env, (int64_t)r->entry.offset, "layer_entries", env->limits->layer_entries,
                             IA_STR("the layer's entries"));
    return r->entry.type == IA_TAR_FILE ? begin_file(r, env) : add_entry(r, env, NULL, NULL);
}

static int at_entry(const struct ia_recorder *r, struct ia_env *env, int status)
{
    struct ia_str name = r->entry.name;
    return ia_error_at(env, status, "%.*s", (int)(name.n < PLACE_MOST ? name.n : PLACE_MOST), name.p);
}

static int next_entry(struct ia_recorder *r, struct ia_env *env)
{
    int status = ia_tar_next(r->tar, env, &r->entry);
    return status == 1 ? at_entry(r, env, take_entry(r, env)) : status;
}

static int go_on(struct ia_recorder *r, struct ia_env *env)
{
    if (r->in_file)
        return at_entry(r, env, read_file(r, env));
    return r->waiting ? at_entry(r, env, begin_file(r, env)) : next_entry(r, env);
}

bool ia_recorder_waits(const struct ia_recorder *r)
{
    return r->waiting && !ia_examine_turn_is_free(r->recording->turn);
}

int ia_recorder_run(struct ia_recorder *r, struct ia_env *env)
{
    int status;
    do
        status = go_on(r, env);
    while (status == 1);
    if (status == 0) {
        r->record->bytes = ia_tar_offset(r->tar);
        r->record->trailing = ia_tar_has_trailing(r->tar);
    }
    return status;
}

int ia_layer_record_stream(struct ia_env *env, const struct ia_recording *recording, struct ia_reader *stream,
                           struct ia_layer_record *record)
{
    struct ia_recorder *recorder = NULL;
    int status = ia_recorder_new(env, recording, stream, record, &recorder);
    if (status == IMGA_OK)
        status = ia_recorder_run(recorder, env);
    ia_recorder_free(recorder);
    return status;
}
