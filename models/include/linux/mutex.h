/* Mutexes. No signals are modelled: the interruptible forms always get the lock. */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/types.h>

/* owner: the holding task, or 0. */
struct mutex {
	int owner;
};

#define __MUTEX_INITIALIZER(name) { .owner = 0 }
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)

/* Primitives. */
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
int mutex_trylock(struct mutex *lock);

#define mutex_init(lock) ((void)((lock)->owner = 0))
#define mutex_destroy(lock) ((void)0)
#define mutex_is_locked(lock) (READ_ONCE((lock)->owner) != 0)
#define mutex_lock_nested(lock, subclass) mutex_lock(lock)
#define mutex_lock_nest_lock(lock, outer) mutex_lock(lock)
#define mutex_lock_io(lock) mutex_lock(lock)
#define mutex_lock_interruptible(lock) (mutex_lock(lock), 0)
#define mutex_lock_killable(lock) (mutex_lock(lock), 0)
#define mutex_lock_interruptible_nested(lock, subclass) (mutex_lock(lock), 0)
#define mutex_lock_killable_nested(lock, subclass) (mutex_lock(lock), 0)

DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))
DEFINE_GUARD_COND(mutex, _try, mutex_trylock(_T))
DEFINE_GUARD_COND(mutex, _intr, mutex_lock_interruptible(_T), _RET == 0)
DEFINE_GUARD_COND(mutex, _kill, mutex_lock_killable(_T), _RET == 0)

#endif
