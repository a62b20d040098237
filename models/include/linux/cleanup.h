/* guard(mutex)(&lock) holds until the end of the block; scoped_guard(mutex, &lock) holds for a statement,
 * which a kind that may not get its lock (mutex_try) skips then; scoped_cond_guard(mutex_try, return -EBUSY,
 * &lock) says what to do instead. They are raceproof's own; the classes are for the compiler. Not there:
 * CLASS(), ACQUIRE(). */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H

#include <linux/compiler.h>
#include <linux/types.h>

#ifndef __RACEPROOF__

#define __rp_join_2(a, b) a##b
#define __rp_join(a, b) __rp_join_2(a, b)

#define __RP_ALWAYS_TAKEN(kind)								\
	static inline bool __rp_taken_##kind(struct __rp_guard_##kind *guard)		\
	{ return guard != NULL; }

/* A kind of guard: _T is the argument in both expressions. */
#define DEFINE_GUARD(kind, type, lock, unlock)						\
	struct __rp_guard_##kind { type argument; };					\
	__RP_ALWAYS_TAKEN(kind)								\
	static inline struct __rp_guard_##kind __rp_enter_##kind(type _T)		\
	{ struct __rp_guard_##kind guard = { _T }; lock; return guard; }		\
	static inline void __rp_leave_##kind(struct __rp_guard_##kind *guard)		\
	{ type _T = guard->argument; unlock; (void)_T; }				\
	static inline struct __rp_guard_##kind __rp_held_##kind(type _T, unsigned long _V) \
	{ (void)_V; return (struct __rp_guard_##kind){ _T }; }

/* A kind of guard that remembers what its lock expression gave: _V in the other one. */
#define DEFINE_GUARD_VALUE(kind, type, lock, unlock)					\
	struct __rp_guard_##kind { type argument; unsigned long value; };		\
	__RP_ALWAYS_TAKEN(kind)								\
	static inline struct __rp_guard_##kind __rp_enter_##kind(type _T)		\
	{ struct __rp_guard_##kind guard = { _T, (unsigned long)(lock) }; return guard; } \
	static inline void __rp_leave_##kind(struct __rp_guard_##kind *guard)		\
	{ type _T = guard->argument; unsigned long _V = guard->value; unlock; (void)_T; (void)_V; } \
	static inline struct __rp_guard_##kind __rp_held_##kind(type _T, unsigned long _V) \
	{ return (struct __rp_guard_##kind){ _T, _V }; }

/* A kind of guard without argument. */
#define DEFINE_LOCK_GUARD_0(kind, lock, unlock)						\
	struct __rp_guard_##kind { int unused; };					\
	__RP_ALWAYS_TAKEN(kind)								\
	static inline struct __rp_guard_##kind __rp_enter_##kind(void)			\
	{ struct __rp_guard_##kind guard = { 0 }; lock; return guard; }		\
	static inline void __rp_leave_##kind(struct __rp_guard_##kind *guard)		\
	{ (void)guard; unlock; }

/* Of a kind that always gets its lock one that may not: kind##ending. Had is what the lock expression gives,
 * or with a fourth argument what that makes of it, which is _RET there. Where the kind remembers a value, the
 * lock expression leaves it in _V. */
#define DEFINE_GUARD_COND(kind, ending, ...) __rp_guard_cond(kind, ending, __VA_ARGS__, _RET)
#define __rp_guard_cond(kind, ending, lock, had, ...)					\
	struct __rp_guard_##kind##ending { struct __rp_guard_##kind held; int taken; };	\
	static inline struct __rp_guard_##kind##ending __rp_enter_##kind##ending(	\
		typeof(((struct __rp_guard_##kind *)0)->argument) _T)			\
	{										\
		struct __rp_guard_##kind##ending guard;					\
		unsigned long _V = 0;							\
		int _RET = (lock);							\
		guard.held = __rp_held_##kind(_T, _V);					\
		guard.taken = (had);							\
		return guard;								\
	}										\
	static inline void __rp_leave_##kind##ending(struct __rp_guard_##kind##ending *guard) \
	{ if (guard->taken) __rp_leave_##kind(&guard->held); }				\
	static inline bool __rp_taken_##kind##ending(struct __rp_guard_##kind##ending *guard) \
	{ return guard->taken; }

#define __rp_scope(kind) __attribute__((__unused__, __cleanup__(__rp_leave_##kind)))

#define guard(kind) \
	struct __rp_guard_##kind __rp_join(__rp_guard, __COUNTER__) __rp_scope(kind) = __rp_enter_##kind

#define scoped_guard(kind, ...)								\
	for (struct __rp_guard_##kind __scope __rp_scope(kind) = __rp_enter_##kind(__VA_ARGS__), \
	     *__once = &__scope; __once && __rp_taken_##kind(__once); __once = NULL)

#define scoped_cond_guard(kind, fail, ...)						\
	for (struct __rp_guard_##kind __scope __rp_scope(kind) = __rp_enter_##kind(__VA_ARGS__), \
	     *__once = &__scope; __once; __once = NULL)					\
		if (!__rp_taken_##kind(__once)) { fail; } else

#endif

#define no_free_ptr(p) ({ typeof(p) __kept = (p); (p) = NULL; __kept; })
#define return_ptr(p) return no_free_ptr(p)

#endif
