/* The vocabulary of scenarios. A scenario says who runs the code under test at the same time:
 *
 *	#include <raceproof.h>
 *	#include "the_patch.c"
 *
 *	scenario close_vs_rmdir(void)
 *	{
 *		struct cgroup *cg = cgroup_mkdir(root_cgroup);	// set-up: runs once, alone
 *
 *		thread("close", my_close(cg));			// two tasks,
 *		thread("rmdir", cgroup_rmdir(cg));		// in every order of their steps
 *		at_end(!dangles(my_slot));			// when nothing runs any more
 *	}
 *
 * raceproof knows these names itself; the definitions below only make a model valid C for a compiler:
 * gcc -fsyntax-only -I models/include model.c */
#ifndef _RACEPROOF_H
#define _RACEPROOF_H

#include <linux/compiler.h>
#include <linux/types.h>

/* A function of this type is a scenario; it takes no arguments. */
typedef void scenario;

/* Names the struct whose calls through a field are calls of BPF programs. A call o->fn(...) of such an
 * object is three parts: it begins, the body runs, it ends; freeing o in between is a use-after-free.
 * Stands outside functions: struct_ops_type(bpf_oom_ops); */
#ifndef __RACEPROOF__
#define struct_ops_type(type) extern const struct type __struct_ops_type_##type
#endif

#ifndef __RACEPROOF__

/* A task that makes this call. The label heads its column in reports. Only in scenarios. */
#define thread(label, call) do { (void)(label); call; } while (0)

/* Any value from 0 to n - 1: every one is tried. */
int choose(int n);

/* Schedules in which the condition is false do not count. */
#define assume(condition) ((void)(condition))

/* Must be true here. */
#define assert(condition) ((void)(condition))

/* Must be true after every step of every task. Only in scenarios. */
#define always(condition) ((void)(condition))

/* Must be true when every task, kworker and callback has finished. Only in scenarios. */
#define at_end(condition) ((void)(condition))

/* True where the pointer leads into memory that has been freed. */
#define dangles(pointer) ((pointer) != (void *)1)

/* How many objects were allocated and not freed. For at_end(!leaks()). */
#define leaks() (0)

#endif /* !__RACEPROOF__ */

/* In the set-up: lets kworkers and callbacks run until there are none left. */
void settle(void);

#endif
