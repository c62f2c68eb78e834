/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing byte buffer with a maximum fixed at creation. Statuses: IMGA_E_NOMEM, IMGA_E_LIMIT (without message: the
 * caller knows which limit it is).
 */
#ifndef IA_BASE_BUF_H
#define IA_BASE_BUF_H

#include "base/alloc.h"
#include "base/macros.h"
#include "base/str.h"

#include <stdint.h>

struct ia_buf {
    struct ia_alloc alloc;
    char *p; /* NULL while empty */
    size_t n;
    size_t capacity;
    size_t max;
};

void ia_buf_init(struct ia_buf *buf, const struct ia_alloc *alloc, size_t max);
void ia_buf_free(struct ia_buf *buf); /* a zeroed buffer is fine; usable again afterwards */
void ia_buf_clear(struct ia_buf *buf);
int ia_buf_reserve(struct ia_buf *buf, size_t more) IA_MUST_USE; /* room for more bytes, within the maximum */
int ia_buf_add(struct ia_buf *buf, const void *data, size_t size) IA_MUST_USE;
int ia_buf_str(struct ia_buf *buf, struct ia_str text) IA_MUST_USE;
int ia_buf_text(struct ia_buf *buf, const char *text) IA_MUST_USE;
int ia_buf_char(struct ia_buf *buf, char c) IA_MUST_USE;
int ia_buf_u64(struct ia_buf *buf, uint64_t value) IA_MUST_USE; /* decimal */
int ia_buf_i64(struct ia_buf *buf, int64_t value) IA_MUST_USE;  /* decimal */
struct ia_str ia_buf_view(const struct ia_buf *buf);

#endif
