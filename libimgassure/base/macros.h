/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few macros of the house. IA_TRY returns a failing status at once; functions that own something use IA_GO and one
 * "out" label instead.
 */
#ifndef IA_BASE_MACROS_H
#define IA_BASE_MACROS_H

#if defined(__GNUC__)
#define IA_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define IA_MUST_USE __attribute__((warn_unused_result))
#define IA_TARGET(features) __attribute__((target(features))) /* may use these instructions */
#define IA_ALWAYS_INLINE inline __attribute__((always_inline))
#define IA_PREFETCH(place) __builtin_prefetch(place) /* it will be read soon */
#else
#define IA_PRINTF(text, first)
#define IA_MUST_USE
#define IA_TARGET(features)
#define IA_ALWAYS_INLINE inline
#define IA_PREFETCH(place) ((void)(place))
#endif

#define IA_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define IA_TRY(expression)                                                                                             \
    do {                                                                                                               \
        int ia_try_status = (expression);                                                                              \
        if (ia_try_status < 0)                                                                                         \
            return ia_try_status;                                                                                      \
    } while (0)

#define IA_GO(status, expression)                                                                                      \
    do {                                                                                                               \
        (status) = (expression);                                                                                       \
        if ((status) < 0)                                                                                              \
            goto out;                                                                                                  \
    } while (0)

#endif
