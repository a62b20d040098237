/* WARN_ON, WARN_ON_ONCE and BUG_ON are raceproof's own: a WARN is a finding and goes on, a BUG ends it. */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/compiler.h>
#include <linux/build_bug.h>
#include <linux/printk.h>

#ifndef __RACEPROOF__
#define WARN_ON(condition) ({ int __warned = !!(condition); __warned; })
#define WARN_ON_ONCE(condition) WARN_ON(condition)
#define BUG_ON(condition) do { if (condition) __builtin_trap(); } while (0)
#endif

#define WARN(condition, ...) WARN_ON(condition)
#define WARN_ONCE(condition, ...) WARN_ON_ONCE(condition)
#define WARN_TAINT(condition, taint, ...) WARN_ON(condition)
#define WARN_RATELIMIT(condition, ...) WARN_ON(condition)
#define BUG() BUG_ON(1)
#define VM_BUG_ON(condition) BUG_ON(condition)
#define VM_WARN_ON(condition) WARN_ON(condition)
#define VM_WARN_ON_ONCE(condition) WARN_ON_ONCE(condition)

#endif
