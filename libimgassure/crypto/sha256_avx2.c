/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 in eight lanes of AVX2: there is no rotation and no operation on three operands. */
#include "crypto/cpu.h"
#include "crypto/sha256.h"

#if IA_HAVE_KERNELS

#define X8_TARGET IA_TARGET("avx2")
#define X8_RUN run_avx2
#define ROTR(x, n) _mm256_or_si256(_mm256_srli_epi32(x, n), _mm256_slli_epi32(x, 32 - (n)))
#define XOR3(x, y, z) _mm256_xor_si256(_mm256_xor_si256(x, y), z)
#define CH(x, y, z) _mm256_xor_si256(z, _mm256_and_si256(x, _mm256_xor_si256(y, z)))
#define MAJ(x, y, z) _mm256_xor_si256(y, _mm256_and_si256(_mm256_xor_si256(x, y), _mm256_xor_si256(y, z)))

#include "crypto/sha256_x8.inc"

const struct ia_sha256_kernel ia_sha256_avx2 = {
    .name = "avx2", .run = run_avx2, .needs = IA_CPU_AVX2, .worth = 3, .lanes = 8};

#endif
