/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public handles, and what every entry point does: begin a call on a context, end it with a status and an error
 * object, fill rows of any size. Every object keeps a reference to its context, and children one to their parents.
 */
#ifndef IA_API_OBJECT_H
#define IA_API_OBJECT_H

#include "base/env.h"
#include "crypto/digest.h"
#include "db/db.h"
#include "image/image.h"
#include "image/listing.h"
#include "io/mapping.h"
#include "io/source.h"
#include "model/finding.h"
#include "model/inventory.h"
#include "policy/policy.h"
#include "scan/taken.h"

#include <imgassure/imgassure.h>

struct imga_cancel {
    struct ia_cancel cancel; /* first: the two pointers are the same */
    struct ia_ref ref;
};

struct imga_context {
    struct ia_ref ref;
    struct ia_alloc alloc;
    imga_limits limits;
    struct ia_hooks hooks;
    struct ia_crypto *crypto;
    struct imga_cancel *cancel;
    unsigned threads;                   /* that a call may use; 0 means 1 */
    struct ia_classifiers *classifiers; /* NULL: the built-in ones */
    char classifiers_id[IA_DIGEST_TEXT];
    uint64_t seed[2];
};

struct imga_source {
    struct ia_ref ref;
    imga_context *context;
    struct ia_source *source;
};

struct imga_image {
    struct ia_ref ref;
    imga_context *context;
    struct ia_image *image;
    struct ia_taken taken; /* layers of an archive that could be read only once */
};

struct imga_image_list {
    struct ia_ref ref;
    imga_context *context;
    struct ia_image_list list;
};

struct imga_inventory {
    struct ia_ref ref;
    imga_context *context;
    struct ia_inventory inventory;
};

struct imga_database {
    struct ia_ref ref;
    imga_context *context;
    struct ia_mapping mapping; /* empty when the caller owns the bytes */
    struct ia_db *db;
};

struct imga_findings {
    struct ia_ref ref;
    imga_context *context;
    imga_inventory *inventory;
    imga_database *database;
    struct ia_findings findings;
};

struct imga_policy {
    struct ia_ref ref;
    imga_context *context;
    struct ia_policy *policy;
    char id[72];
};

struct imga_verdict {
    struct ia_ref ref;
    imga_context *context;
    imga_policy *policy;
    imga_findings *findings;
    struct ia_verdict verdict;
};

/* Starts a call: an env on the caller's stack, without notes. */
void ia_api_begin(struct ia_env *env, imga_context *context);
/* Ends a call: makes the error object when status < 0 and error is wanted; returns a documented status. */
int ia_api_end(struct ia_env *env, int status, imga_error **error);
/* A wrong argument, before any context is known. */
int ia_api_invalid(imga_error **error, const char *message);

/* A zeroed object of size bytes whose first member is a struct ia_ref, counted once; described failure is NULL. */
void *ia_api_object(struct ia_env *env, size_t size);

/* Rows of one kind. fill writes a whole row; it is cut to the caller's struct_size. */
struct ia_api_rows {
    const void *object;
    size_t total;
    size_t row_size;
    void (*fill)(const void *object, size_t index, void *row);
};
int64_t ia_api_fill(const struct ia_api_rows *rows, size_t first, void *out, size_t count);
/* What the options of an image ask for; all versions of the struct. */
struct ia_api_image_request {
    struct ia_image_request request;
    uint32_t look; /* IMGA_LOOK_* */
};
int ia_api_image_options(const imga_image_options *options, struct ia_api_image_request *out);
/* One row without an index. */
int ia_api_fill_one(const struct ia_api_rows *rows, void *out);

int64_t ia_api_notes(const struct ia_notes *notes, size_t first, imga_note_row *out, size_t count);
void ia_api_image_row(const void *facts, size_t index, void *row);
void ia_api_layer_row(const struct ia_layer *layer, imga_layer_row *row);
imga_policy *ia_api_policy_ref(imga_policy *policy);

#endif
