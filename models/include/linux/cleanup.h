/* guard(mutex)(&lock) holds until the end of the block; scoped_guard(mutex, &lock) holds for a statement.
 * Both are raceproof's own; the classes are for the compiler. */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H

#include <linux/compiler.h>

#ifndef __RACEPROOF__

#define __rp_join_2(a, b) a##b
#define __rp_join(a, b) __rp_join_2(a, b)

/* A kind of guard: _T is the argument in both expressions. */
#define DEFINE_GUARD(kind, type, lock, unlock)						\
	struct __rp_guard_##kind { type argument; };					\
	static inline struct __rp_guard_##kind __rp_enter_##kind(type _T)		\
	{ struct __rp_guard_##kind guard = { _T }; lock; return guard; }		\
	static inline void __rp_leave_##kind(struct __rp_guard_##kind *guard)		\
	{ type _T = guard->argument; unlock; (void)_T; }

/* A kind of guard that remembers what its lock expression gave: _V in the other one. */
#define DEFINE_GUARD_VALUE(kind, type, lock, unlock)					\
	struct __rp_guard_##kind { type argument; unsigned long value; };		\
	static inline struct __rp_guard_##kind __rp_enter_##kind(type _T)		\
	{ struct __rp_guard_##kind guard = { _T, (unsigned long)(lock) }; return guard; } \
	static inline void __rp_leave_##kind(struct __rp_guard_##kind *guard)		\
	{ type _T = guard->argument; unsigned long _V = guard->value; unlock; (void)_T; (void)_V; }

/* A kind of guard without argument. */
#define DEFINE_LOCK_GUARD_0(kind, lock, unlock)						\
	struct __rp_guard_##kind { int unused; };					\
	static inline struct __rp_guard_##kind __rp_enter_##kind(void)			\
	{ struct __rp_guard_##kind guard = { 0 }; lock; return guard; }		\
	static inline void __rp_leave_##kind(struct __rp_guard_##kind *guard)		\
	{ (void)guard; unlock; }

#define __rp_scope(kind) __attribute__((__unused__, __cleanup__(__rp_leave_##kind)))

#define guard(kind) \
	struct __rp_guard_##kind __rp_join(__rp_guard, __COUNTER__) __rp_scope(kind) = __rp_enter_##kind

#define scoped_guard(kind, ...)								\
	for (struct __rp_guard_##kind __scope __rp_scope(kind) = __rp_enter_##kind(__VA_ARGS__), \
	     *__once = &__scope; __once; __once = NULL)

#endif

#define no_free_ptr(p) ({ typeof(p) __kept = (p); (p) = NULL; __kept; })
#define return_ptr(p) return no_free_ptr(p)

#endif
