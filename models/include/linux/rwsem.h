/* Read-write semaphores. A reader that comes while others read waits behind a queued writer, as in the
 * kernel: a task that reads recursively can deadlock with a writer in between. No signals are modelled, so
 * the interruptible and killable forms always get the lock; nor are down_read_non_owner() and its kin: who
 * took it gives it back. */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/types.h>

/* owner: the writing task, or that there are readers, or 0. reads: how often each task has it. queued: the
 * writers that wait. spins: it is a rwlock_t's. */
struct rw_semaphore {
	int owner;
	unsigned int reads;
	unsigned int queued;
	unsigned int spins;
};

#define __RWSEM_INITIALIZER(name) { .owner = 0 }
#define DECLARE_RWSEM(name) struct rw_semaphore name = __RWSEM_INITIALIZER(name)

/* Primitives. */
void down_read(struct rw_semaphore *sem);
int down_read_trylock(struct rw_semaphore *sem);
int down_write_trylock(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
void downgrade_write(struct rw_semaphore *sem);
int rwsem_queue_write(struct rw_semaphore *sem);
void rwsem_wait_write(struct rw_semaphore *sem);

/* Has it at once, or is queued and waits: readers see the difference. */
static inline void down_write(struct rw_semaphore *sem)
{
	if (!rwsem_queue_write(sem))
		rwsem_wait_write(sem);
}

static inline void init_rwsem(struct rw_semaphore *sem)
{
	sem->owner = 0;
	sem->reads = 0;
	sem->queued = 0;
	sem->spins = 0;
}

#define rwsem_is_locked(sem) (READ_ONCE((sem)->owner) != 0)
#define rwsem_is_contended(sem) (READ_ONCE((sem)->queued) != 0)
#define down_read_nested(sem, subclass) down_read(sem)
#define down_read_interruptible(sem) (down_read(sem), 0)
#define down_read_killable(sem) (down_read(sem), 0)
#define down_read_killable_nested(sem, subclass) (down_read(sem), 0)
#define down_write_nested(sem, subclass) down_write(sem)
#define down_write_nest_lock(sem, outer) down_write(sem)
#define down_write_killable(sem) (down_write(sem), 0)
#define down_write_killable_nested(sem, subclass) (down_write(sem), 0)

DEFINE_GUARD(rwsem_read, struct rw_semaphore *, down_read(_T), up_read(_T))
DEFINE_GUARD(rwsem_write, struct rw_semaphore *, down_write(_T), up_write(_T))
DEFINE_GUARD_COND(rwsem_read, _try, down_read_trylock(_T))
DEFINE_GUARD_COND(rwsem_read, _intr, down_read_interruptible(_T), _RET == 0)
DEFINE_GUARD_COND(rwsem_read, _kill, down_read_killable(_T), _RET == 0)
DEFINE_GUARD_COND(rwsem_write, _try, down_write_trylock(_T))
DEFINE_GUARD_COND(rwsem_write, _kill, down_write_killable(_T), _RET == 0)

#endif
