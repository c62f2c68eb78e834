/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPUID leaves 1 and 7 and the register XCR0, which tells what survives a task switch. Asked anew by each context: the
 * answer is no global state.
 */
#include "crypto/cpu.h"

#include "base/macros.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <cpuid.h>
#include <immintrin.h>
#include <stdbool.h>

/* Bits of CPUID.1:ECX, CPUID.7.0:EBX and XCR0. */
enum { ECX_OSXSAVE = 1 << 27, ECX_AVX = 1 << 28 };
enum { EBX_AVX2 = 1 << 5, EBX_AVX512F = 1 << 16, EBX_SHA = 1 << 29 };
static const unsigned ebx_avx512vl = 1U << 31;
enum { XCR0_YMM = 0x06, XCR0_ZMM = 0xe6 };

IA_TARGET("xsave") static unsigned kept_state(void)
{
    return (unsigned)_xgetbv(0);
}

static bool has(unsigned word, unsigned bits)
{
    return (word & bits) == bits;
}

unsigned ia_cpu_features(void)
{
    unsigned eax, ebx = 0, ecx = 0, edx, state, found = 0, ebx7 = 0, ecx7;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !__get_cpuid_count(7, 0, &eax, &ebx7, &ecx7, &edx))
        return 0;
    state = has(ecx, ECX_OSXSAVE) ? kept_state() : 0;
    if (has(ebx7, EBX_SHA) && has(ecx, ECX_AVX) && has(state, XCR0_YMM))
        found |= IA_CPU_SHA;
    if (has(ebx7, EBX_AVX2) && has(state, XCR0_YMM))
        found |= IA_CPU_AVX2;
    if (has(ebx7, EBX_AVX2 | EBX_AVX512F | ebx_avx512vl) && has(state, XCR0_ZMM))
        found |= IA_CPU_AVX512;
    return found;
}

#else

unsigned ia_cpu_features(void)
{
    return 0;
}

#endif
