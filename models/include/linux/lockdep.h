/* lockdep_assert_held(l) is raceproof's own: it is checked. The other annotations do nothing. */
#ifndef _LINUX_LOCKDEP_H
#define _LINUX_LOCKDEP_H

#include <linux/compiler.h>

struct lock_class_key {
	int unused;
};

struct lockdep_map {
	int unused;
};

#ifndef __RACEPROOF__
#define lockdep_assert_held(lock) ((void)(lock))
#define lockdep_assert_held_write(lock) lockdep_assert_held(lock)
#define lockdep_assert_held_read(lock) lockdep_assert_held(lock)
#define lockdep_is_held(lock) ((void)(lock), 1)
#endif

#define lockdep_assert_held_once(lock) lockdep_assert_held(lock)
#define lockdep_assert_in_rcu_read_lock() ((void)0)
#define lockdep_assert_once(condition) ((void)0)
#define lockdep_assert(condition) ((void)0)
#define lockdep_set_class(lock, key) ((void)0)
#define lockdep_set_class_and_name(lock, key, name) ((void)0)
#define lockdep_register_key(key) ((void)0)
#define lockdep_unregister_key(key) ((void)0)
#define lock_map_acquire(map) ((void)0)
#define lock_map_release(map) ((void)0)
#define might_lock(lock) ((void)0)

#endif
