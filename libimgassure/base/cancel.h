/* SPDX-License-Identifier: Apache-2.0 */
/* The cancel token: one atomic flag, set from any thread or signal handler, and atomic reference counts. */
#ifndef IA_BASE_CANCEL_H
#define IA_BASE_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>

struct ia_ref {
    atomic_int count;
};

static inline void ia_ref_init(struct ia_ref *ref)
{
    atomic_init(&ref->count, 1);
}

static inline void ia_ref_take(struct ia_ref *ref)
{
    atomic_fetch_add_explicit(&ref->count, 1, memory_order_relaxed);
}

/* True when this was the last reference. */
static inline bool ia_ref_drop(struct ia_ref *ref)
{
    return atomic_fetch_sub_explicit(&ref->count, 1, memory_order_acq_rel) == 1;
}

struct ia_cancel {
    atomic_int flag;
};

static inline bool ia_cancel_is_set(struct ia_cancel *cancel)
{
    return cancel && atomic_load_explicit(&cancel->flag, memory_order_relaxed) != 0;
}

#endif
