/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 in eight lanes of AVX-512VL: ymm registers, 32 of them, with rotation and any function of three operands in
 * one instruction each. The truth tables of vpternlogd: x is bit 2, y bit 1, z bit 0.
 */
#include "crypto/cpu.h"
#include "crypto/sha256.h"

#if IA_HAVE_KERNELS

#define X8_TARGET IA_TARGET("avx512f,avx512vl")
#define X8_RUN run_avx512
#define ROTR(x, n) _mm256_ror_epi32(x, n)
#define XOR3(x, y, z) _mm256_ternarylogic_epi32(x, y, z, 0x96)
#define CH(x, y, z) _mm256_ternarylogic_epi32(x, y, z, 0xca)
#define MAJ(x, y, z) _mm256_ternarylogic_epi32(x, y, z, 0xe8)

#include "crypto/sha256_x8.inc"

const struct ia_sha256_kernel ia_sha256_avx512 = {
    .name = "avx512", .run = run_avx512, .needs = IA_CPU_AVX512, .worth = 2, .lanes = 8};

#endif
