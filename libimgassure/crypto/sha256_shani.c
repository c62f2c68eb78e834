/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 by the SHA extensions (Intel SDM volume 2, SHA256RNDS2, SHA256MSG1, SHA256MSG2), two or three messages in
 * turn: one alone waits for the result of each instruction as long as one or two others take.
 */
#include "crypto/cpu.h"
#include "crypto/sha256.h"

#if IA_HAVE_KERNELS

#include <immintrin.h>

#define SHANI IA_TARGET("sha,avx")

/* The instructions want the words a, b, e, f in one register, c, d, g, h in the other, the first one highest. */
struct stream {
    __m128i abef, cdgh;
    __m128i saved_abef, saved_cdgh;
    __m128i w[4]; /* 16 words of the schedule */
};

SHANI static IA_ALWAYS_INLINE void load_state(struct stream *s, const uint32_t state[8])
{
    __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128((const void *)state), 0xb1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const void *)(state + 4)), 0x1b);
    s->abef = _mm_alignr_epi8(cdab, efgh, 8);
    s->cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
}

SHANI static IA_ALWAYS_INLINE void store_state(const struct stream *s, uint32_t state[8])
{
    __m128i feba = _mm_shuffle_epi32(s->abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(s->cdgh, 0xb1);
    _mm_storeu_si128((void *)state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((void *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

SHANI static IA_ALWAYS_INLINE __m128i load_words(const uint8_t *data)
{
    const __m128i swap = _mm_set_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203);
    return _mm_shuffle_epi8(_mm_loadu_si128((const void *)data), swap);
}

SHANI static IA_ALWAYS_INLINE void begin_block(struct stream *s, const uint8_t *data)
{
    s->saved_abef = s->abef;
    s->saved_cdgh = s->cdgh;
    s->w[0] = load_words(data);
    s->w[1] = load_words(data + 16);
    s->w[2] = load_words(data + 32);
    s->w[3] = load_words(data + 48);
}

SHANI static IA_ALWAYS_INLINE void end_block(struct stream *s)
{
    s->abef = _mm_add_epi32(s->abef, s->saved_abef);
    s->cdgh = _mm_add_epi32(s->cdgh, s->saved_cdgh);
}

/* Rounds 4i to 4i+3. */
SHANI static IA_ALWAYS_INLINE void four_rounds(struct stream *s, unsigned i)
{
    __m128i wk = _mm_add_epi32(s->w[i % 4], _mm_load_si128((const void *)(ia_sha256_k + (size_t)4 * i)));
    s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, wk);
    s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(wk, 0x0e));
}

/* The four words of the schedule that are wanted 16 rounds after those. */
SHANI static IA_ALWAYS_INLINE void four_words(struct stream *s, unsigned i)
{
    __m128i *w0 = &s->w[i % 4], w1 = s->w[(i + 1) % 4], w2 = s->w[(i + 2) % 4], w3 = s->w[(i + 3) % 4];
    if (i < 12)
        *w0 = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(*w0, w1), _mm_alignr_epi8(w3, w2, 4)), w3);
}

/*
 * busy is a constant of the caller, so no branch is left of it. Three messages do not fit the registers; of the orders
 * tried this one costs least over both compilers.
 */
SHANI static IA_ALWAYS_INLINE void in_turn(struct stream s[3], unsigned busy, unsigned i)
{
    if (busy > 2)
        four_rounds(&s[2], i);
    four_rounds(&s[0], i);
    four_words(&s[0], i);
    four_rounds(&s[1], i);
    four_words(&s[1], i);
    if (busy > 2)
        four_words(&s[2], i);
}

SHANI static IA_ALWAYS_INLINE void compress(struct stream s[3], unsigned busy)
{
    in_turn(s, busy, 0);
    in_turn(s, busy, 1);
    in_turn(s, busy, 2);
    in_turn(s, busy, 3);
    in_turn(s, busy, 4);
    in_turn(s, busy, 5);
    in_turn(s, busy, 6);
    in_turn(s, busy, 7);
    in_turn(s, busy, 8);
    in_turn(s, busy, 9);
    in_turn(s, busy, 10);
    in_turn(s, busy, 11);
    in_turn(s, busy, 12);
    in_turn(s, busy, 13);
    in_turn(s, busy, 14);
    in_turn(s, busy, 15);
}

SHANI static IA_ALWAYS_INLINE void run(const struct ia_sha256_lanes *lanes, size_t blocks, unsigned busy)
{
    struct stream s[3];
    load_state(&s[0], lanes->state[0]);
    load_state(&s[1], lanes->state[1]);
    if (busy > 2)
        load_state(&s[2], lanes->state[2]);
    for (size_t offset = 0; offset < blocks * IA_SHA256_BLOCK; offset += IA_SHA256_BLOCK) {
        begin_block(&s[0], lanes->data[0] + offset);
        begin_block(&s[1], lanes->data[1] + offset);
        if (busy > 2)
            begin_block(&s[2], lanes->data[2] + offset);
        compress(s, busy);
        end_block(&s[0]);
        end_block(&s[1]);
        if (busy > 2)
            end_block(&s[2]);
    }
    store_state(&s[0], lanes->state[0]);
    store_state(&s[1], lanes->state[1]);
    if (busy > 2)
        store_state(&s[2], lanes->state[2]);
}

/*
 * The SHA instructions only exist in the old encoding, which merges into the upper halves of the registers. Where other
 * code has left something there (ISA-L does), every one of them waits for the one before it, OpenSSL's as ours.
 */
SHANI static void clear_upper_halves(void)
{
    _mm256_zeroupper();
}

SHANI static void run_shani(const struct ia_sha256_lanes *lanes, size_t blocks)
{
    clear_upper_halves();
    if (lanes->busy > 2)
        run(lanes, blocks, 3);
    else
        run(lanes, blocks, 2);
}

const struct ia_sha256_kernel ia_sha256_shani = {
    .name = "shani", .run = run_shani, .prepare = clear_upper_halves, .needs = IA_CPU_SHA, .worth = 2, .lanes = 3};

#endif
