/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is left of a member that went by in an archive that can be read only once: its digests, and what became of it as
 * a layer. Every such member was tried as one; a failure counts only when a manifest names the member as a layer.
 */
#ifndef IA_IMAGE_PASSED_H
#define IA_IMAGE_PASSED_H

#include "base/reader.h"
#include "image/flow.h"
#include "io/compress.h"

/* What is known of a member that went by. */
struct ia_passed {
    enum ia_compression kind;
    bool is_shut; /* the failure is that not even its decoder could be made */
    int status;   /* < 0: it failed as a layer, with the error that follows */
    int64_t offset;
    const char *message, *where;
    uint32_t taken;                          /* what the sink said */
    struct ia_digest blob[IA_FLOW_DIGESTS];  /* of the bytes as they are stored; algorithm 0: not computed */
    struct ia_digest layer[IA_FLOW_DIGESTS]; /* of the tar; all of it only when status is 0 */
};

/* What a member that went by must have been; algorithm 0: anything. */
struct ia_passed_want {
    struct ia_digest blob, layer;
};
/* Compares the bytes as they are stored; IMGA_OK or E_DIGEST. */
int ia_passed_verify(const struct ia_passed *passed, struct ia_env *env, const struct ia_digest *blob);
/* A reader without bytes whose end says what reading the member as a layer would have ended with. */
int ia_passed_reader(const struct ia_passed *passed, struct ia_env *env, const struct ia_passed_want *want,
                     struct ia_reader **out);

#endif
