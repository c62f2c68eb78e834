/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the harnesses share. A harness is one function: exact-size input, small limits, no output, no state between
 * calls; it aborts on a broken property.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/env.h"
#include "base/reader.h"
#include "catalog/analyser.h"

struct fuzz_env {
    struct ia_env env;
    imga_limits limits;
    struct ia_hooks hooks;
    struct ia_notes notes;
};

/* Small limits; crypto included. */
void fuzz_env_open(struct fuzz_env *f);
void fuzz_env_close(struct fuzz_env *f);

/* Aborts with the text when the property does not hold. */
void fuzz_check(int holds, const char *property);

/* Runs an analyser on the input; it never fails within the limits but for memory, and what it found can be read back.
 */
void fuzz_analyse(const struct ia_analyser *analyser, const char *path, const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
