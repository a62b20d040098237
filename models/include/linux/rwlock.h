/* Read-write spinlocks: readers share, a writer is alone, and whoever holds one must not sleep. Queued, as
 * the kernel's: a reader that comes while others read waits behind a writer that is queued, so that a task
 * that reads recursively can deadlock with a writer in between. Not modelled: that an interrupt handler's
 * reader passes by. Reported: unlocking what is not held, taking for writing what the task holds, holding at
 * exit, sleeping while holding (all lock-misuse). */
#ifndef _LINUX_RWLOCK_H
#define _LINUX_RWLOCK_H

#include <linux/bottom_half.h>
#include <linux/cleanup.h>
#include <linux/irqflags.h>
#include <linux/rwsem.h>

/* A rw_semaphore whose steps know that they spin. */
typedef struct rwlock {
	struct rw_semaphore lock;
} rwlock_t;

#define __RW_LOCK_UNLOCKED(name) { .lock = { .spins = 1 } }
#define DEFINE_RWLOCK(name) rwlock_t name = __RW_LOCK_UNLOCKED(name)

static inline void rwlock_init(rwlock_t *lock)
{
	init_rwsem(&lock->lock);
	lock->lock.spins = 1;
}

#define read_lock(rwlock) down_read(&(rwlock)->lock)
#define read_trylock(rwlock) down_read_trylock(&(rwlock)->lock)
#define read_unlock(rwlock) up_read(&(rwlock)->lock)
#define write_lock(rwlock) down_write(&(rwlock)->lock)
#define write_trylock(rwlock) down_write_trylock(&(rwlock)->lock)
#define write_unlock(rwlock) up_write(&(rwlock)->lock)
#define write_lock_nested(rwlock, subclass) write_lock(rwlock)
#define rwlock_is_contended(rwlock) rwsem_is_contended(&(rwlock)->lock)

#define read_lock_bh(rwlock) (bh_disable(), read_lock(rwlock))
#define read_unlock_bh(rwlock) (read_unlock(rwlock), bh_enable())
#define read_lock_irq(rwlock) (local_irq_disable(), read_lock(rwlock))
#define read_unlock_irq(rwlock) (read_unlock(rwlock), local_irq_enable())
#define read_lock_irqsave(rwlock, flags) (local_irq_save(flags), read_lock(rwlock))
#define read_unlock_irqrestore(rwlock, flags) (read_unlock(rwlock), local_irq_restore(flags))
#define write_lock_bh(rwlock) (bh_disable(), write_lock(rwlock))
#define write_unlock_bh(rwlock) (write_unlock(rwlock), bh_enable())
#define write_lock_irq(rwlock) (local_irq_disable(), write_lock(rwlock))
#define write_unlock_irq(rwlock) (write_unlock(rwlock), local_irq_enable())
#define write_lock_irqsave(rwlock, flags) (local_irq_save(flags), write_lock(rwlock))
#define write_unlock_irqrestore(rwlock, flags) (write_unlock(rwlock), local_irq_restore(flags))
#define write_trylock_irqsave(rwlock, flags) ({					\
	local_irq_save(flags);							\
	int __locked = write_trylock(rwlock);					\
	if (!__locked)								\
		local_irq_restore(flags);					\
	__locked;								\
})

static inline unsigned long __rp_read_lock_irqsave(rwlock_t *lock)
{
	unsigned long flags;

	read_lock_irqsave(lock, flags);
	return flags;
}

static inline unsigned long __rp_write_lock_irqsave(rwlock_t *lock)
{
	unsigned long flags;

	write_lock_irqsave(lock, flags);
	return flags;
}

DEFINE_GUARD(read_lock, rwlock_t *, read_lock(_T), read_unlock(_T))
DEFINE_GUARD_COND(read_lock, _try, read_trylock(_T))
DEFINE_GUARD(read_lock_irq, rwlock_t *, read_lock_irq(_T), read_unlock_irq(_T))
DEFINE_GUARD_VALUE(read_lock_irqsave, rwlock_t *, __rp_read_lock_irqsave(_T), read_unlock_irqrestore(_T, _V))
DEFINE_GUARD(write_lock, rwlock_t *, write_lock(_T), write_unlock(_T))
DEFINE_GUARD_COND(write_lock, _try, write_trylock(_T))
DEFINE_GUARD(write_lock_irq, rwlock_t *, write_lock_irq(_T), write_unlock_irq(_T))
DEFINE_GUARD_VALUE(write_lock_irqsave, rwlock_t *, __rp_write_lock_irqsave(_T),
		   write_unlock_irqrestore(_T, _V))

#endif
