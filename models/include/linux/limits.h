/* Limits of the integer types; a model's long and long long have 32 bits. */
#ifndef _LINUX_LIMITS_H
#define _LINUX_LIMITS_H

#define U8_MAX 255
#define S8_MAX 127
#define S8_MIN (-128)
#define U16_MAX 65535
#define S16_MAX 32767
#define S16_MIN (-32768)
#define INT_MAX 2147483647
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX 4294967295U
#define S32_MAX INT_MAX
#define S32_MIN INT_MIN
#define U32_MAX UINT_MAX

#ifdef __RACEPROOF__
#define LONG_MAX INT_MAX
#define LONG_MIN INT_MIN
#define ULONG_MAX UINT_MAX
#define LLONG_MAX INT_MAX
#define LLONG_MIN INT_MIN
#define ULLONG_MAX UINT_MAX
#else
#define LONG_MAX __LONG_MAX__
#define LONG_MIN (-LONG_MAX - 1)
#define ULONG_MAX (2UL * LONG_MAX + 1)
#define LLONG_MAX __LONG_LONG_MAX__
#define LLONG_MIN (-LLONG_MAX - 1)
#define ULLONG_MAX (2ULL * LLONG_MAX + 1)
#endif

#define S64_MAX LLONG_MAX
#define S64_MIN LLONG_MIN
#define U64_MAX ULLONG_MAX
#define SIZE_MAX ULONG_MAX
#define PAGE_SIZE 4096
#define PAGE_SHIFT 12
#define PATH_MAX 4096
#define NAME_MAX 255

#endif
