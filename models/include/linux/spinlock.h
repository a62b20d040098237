/* Spinlocks: the holder must not sleep. There are no interrupts in a model, so what the _bh, _irq and
 * _irqsave forms add is that the task must not sleep, nor end, before it switched softirqs and interrupts on
 * again. */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/bottom_half.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/types.h>

/* owner: the holding task, or 0. */
typedef struct spinlock {
	int owner;
} spinlock_t;

typedef spinlock_t raw_spinlock_t;

#define __SPIN_LOCK_UNLOCKED(name) { .owner = 0 }
#define __RAW_SPIN_LOCK_UNLOCKED(name) { .owner = 0 }
#define DEFINE_SPINLOCK(name) spinlock_t name = __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name = __RAW_SPIN_LOCK_UNLOCKED(name)

/* Primitives. */
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);
int spin_trylock(spinlock_t *lock);

#define spin_lock_init(lock) ((void)((lock)->owner = 0))
#define spin_is_locked(lock) (READ_ONCE((lock)->owner) != 0)
#define assert_spin_locked(lock) lockdep_assert_held(lock)
#define spin_lock_nested(lock, subclass) spin_lock(lock)
#define spin_lock_bh(lock) (bh_disable(), spin_lock(lock))
#define spin_unlock_bh(lock) (spin_unlock(lock), bh_enable())
#define spin_trylock_bh(lock) ({							\
	bh_disable();								\
	int __locked = spin_trylock(lock);					\
	if (!__locked)								\
		bh_enable();							\
	__locked;								\
})
#define spin_lock_irq(lock) (local_irq_disable(), spin_lock(lock))
#define spin_unlock_irq(lock) (spin_unlock(lock), local_irq_enable())
#define spin_trylock_irq(lock) ({						\
	local_irq_disable();							\
	int __locked = spin_trylock(lock);					\
	if (!__locked)								\
		local_irq_enable();						\
	__locked;								\
})
#define spin_lock_irqsave(lock, flags) (local_irq_save(flags), spin_lock(lock))
#define spin_lock_irqsave_nested(lock, flags, subclass) spin_lock_irqsave(lock, flags)
#define spin_unlock_irqrestore(lock, flags) (spin_unlock(lock), local_irq_restore(flags))
#define spin_trylock_irqsave(lock, flags) ({					\
	local_irq_save(flags);							\
	int __locked = spin_trylock(lock);					\
	if (!__locked)								\
		local_irq_restore(flags);					\
	__locked;								\
})

#define raw_spin_lock_init(lock) spin_lock_init(lock)
#define raw_spin_is_locked(lock) spin_is_locked(lock)
#define raw_spin_lock(lock) spin_lock(lock)
#define raw_spin_lock_nested(lock, subclass) spin_lock(lock)
#define raw_spin_unlock(lock) spin_unlock(lock)
#define raw_spin_trylock(lock) spin_trylock(lock)
#define raw_spin_lock_bh(lock) spin_lock_bh(lock)
#define raw_spin_unlock_bh(lock) spin_unlock_bh(lock)
#define raw_spin_lock_irq(lock) spin_lock_irq(lock)
#define raw_spin_unlock_irq(lock) spin_unlock_irq(lock)
#define raw_spin_trylock_irq(lock) spin_trylock_irq(lock)
#define raw_spin_lock_irqsave(lock, flags) spin_lock_irqsave(lock, flags)
#define raw_spin_unlock_irqrestore(lock, flags) spin_unlock_irqrestore(lock, flags)
#define raw_spin_trylock_irqsave(lock, flags) spin_trylock_irqsave(lock, flags)

static inline unsigned long __rp_spin_lock_irqsave(spinlock_t *lock)
{
	unsigned long flags;

	spin_lock_irqsave(lock, flags);
	return flags;
}

#include <linux/rwlock.h>

DEFINE_GUARD(spinlock, spinlock_t *, spin_lock(_T), spin_unlock(_T))
DEFINE_GUARD(spinlock_bh, spinlock_t *, spin_lock_bh(_T), spin_unlock_bh(_T))
DEFINE_GUARD(spinlock_irq, spinlock_t *, spin_lock_irq(_T), spin_unlock_irq(_T))
DEFINE_GUARD_VALUE(spinlock_irqsave, spinlock_t *, __rp_spin_lock_irqsave(_T),
		   spin_unlock_irqrestore(_T, _V))
DEFINE_GUARD(raw_spinlock, spinlock_t *, spin_lock(_T), spin_unlock(_T))
DEFINE_GUARD(raw_spinlock_nested, spinlock_t *, spin_lock(_T), spin_unlock(_T))
DEFINE_GUARD(raw_spinlock_bh, spinlock_t *, spin_lock_bh(_T), spin_unlock_bh(_T))
DEFINE_GUARD(raw_spinlock_irq, spinlock_t *, spin_lock_irq(_T), spin_unlock_irq(_T))
DEFINE_GUARD_VALUE(raw_spinlock_irqsave, spinlock_t *, __rp_spin_lock_irqsave(_T),
		   spin_unlock_irqrestore(_T, _V))
DEFINE_GUARD_COND(spinlock, _try, spin_trylock(_T))
DEFINE_GUARD_COND(spinlock_bh, _try, spin_trylock_bh(_T))
DEFINE_GUARD_COND(spinlock_irq, _try, spin_trylock_irq(_T))
DEFINE_GUARD_COND(spinlock_irqsave, _try, spin_trylock_irqsave(_T, _V))
DEFINE_GUARD_COND(raw_spinlock, _try, spin_trylock(_T))
DEFINE_GUARD_COND(raw_spinlock_bh, _try, spin_trylock_bh(_T))
DEFINE_GUARD_COND(raw_spinlock_irq, _try, spin_trylock_irq(_T))
DEFINE_GUARD_COND(raw_spinlock_irqsave, _try, spin_trylock_irqsave(_T, _V))

#endif
