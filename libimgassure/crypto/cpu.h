/* SPDX-License-Identifier: Apache-2.0 */
/* What the processor has and the operating system keeps for a program: Intel SDM volume 1 chapters 13.2 and 14.3. */
#ifndef IA_CRYPTO_CPU_H
#define IA_CRYPTO_CPU_H

enum {
    IA_CPU_SHA = 1, /* the SHA extensions, and AVX */
    IA_CPU_AVX2 = 2,
    IA_CPU_AVX512 = 4, /* AVX-512F and VL, and AVX2 */
};

unsigned ia_cpu_features(void); /* 0 on other processors than x86-64 */

#endif
