/* Bits of an unsigned long: in a model words of 32 bits, in which an atomic operation is one step. */
#ifndef _LINUX_BITOPS_H
#define _LINUX_BITOPS_H

#include <linux/atomic.h>
#include <linux/types.h>

#define BITS_PER_LONG 32
#define BITS_PER_BYTE 8
#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define BIT_MASK(n) (1UL << ((n) % BITS_PER_LONG))
#define BIT_WORD(n) ((n) / BITS_PER_LONG)
#define BITS_TO_LONGS(n) (((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]
#define GENMASK(high, low) ((~0UL << (low)) & (~0UL >> (BITS_PER_LONG - 1 - (high))))

#define __rp_bit_word(n, address) ((atomic_t *)((unsigned long *)(address) + BIT_WORD(n)))

#define set_bit(n, address) ((void)atomic_fetch_or(BIT_MASK(n), __rp_bit_word(n, address)))
#define clear_bit(n, address) ((void)atomic_fetch_and((int)~BIT_MASK(n), __rp_bit_word(n, address)))
#define change_bit(n, address) ((void)atomic_fetch_xor(BIT_MASK(n), __rp_bit_word(n, address)))
#define clear_bit_unlock(n, address) clear_bit(n, address)
#define test_and_clear_bit_unlock(n, address) test_and_clear_bit(n, address)
#define test_and_set_bit(n, address) \
	((atomic_fetch_or(BIT_MASK(n), __rp_bit_word(n, address)) & BIT_MASK(n)) != 0)
#define test_and_clear_bit(n, address) \
	((atomic_fetch_and((int)~BIT_MASK(n), __rp_bit_word(n, address)) & BIT_MASK(n)) != 0)
#define test_and_change_bit(n, address) \
	((atomic_fetch_xor(BIT_MASK(n), __rp_bit_word(n, address)) & BIT_MASK(n)) != 0)
#define test_and_set_bit_lock(n, address) test_and_set_bit(n, address)
#define test_bit(n, address) ((READ_ONCE(((unsigned long *)(address))[BIT_WORD(n)]) & BIT_MASK(n)) != 0)
#define test_bit_acquire(n, address) test_bit(n, address)
#define assign_bit(n, address, value) \
	do { if (value) set_bit(n, address); else clear_bit(n, address); } while (0)

/* Sets bits and clears others in one step; gives what was there. */
#define set_mask_bits(ptr, mask, bits) ({					\
	typeof(*(ptr)) __bits_old = READ_ONCE(*(ptr));				\
	while (!try_cmpxchg(ptr, &__bits_old, (__bits_old & ~(mask)) | (bits))) \
		;								\
	__bits_old;								\
})

/* Not atomic: a read and a write. */
#define __set_bit(n, address) ((void)(((unsigned long *)(address))[BIT_WORD(n)] |= BIT_MASK(n)))
#define __clear_bit(n, address) ((void)(((unsigned long *)(address))[BIT_WORD(n)] &= ~BIT_MASK(n)))
#define __change_bit(n, address) ((void)(((unsigned long *)(address))[BIT_WORD(n)] ^= BIT_MASK(n)))
#define __clear_bit_unlock(n, address) __clear_bit(n, address)
#define __test_and_set_bit(n, address) ({					\
	unsigned long *__bit_word = (unsigned long *)(address) + BIT_WORD(n);	\
	unsigned long __bit_old = *__bit_word;					\
	*__bit_word = __bit_old | BIT_MASK(n);					\
	(__bit_old & BIT_MASK(n)) != 0;						\
})
#define __test_and_clear_bit(n, address) ({					\
	unsigned long *__bit_word = (unsigned long *)(address) + BIT_WORD(n);	\
	unsigned long __bit_old = *__bit_word;					\
	*__bit_word = __bit_old & ~BIT_MASK(n);					\
	(__bit_old & BIT_MASK(n)) != 0;						\
})

#endif
