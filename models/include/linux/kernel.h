/* What every file expects: sizes, rounding, min and max, container_of, messages. */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/stringify.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define ALIGN(x, a) (((x) + (a) - 1) & ~((a) - 1))
#define round_up(x, y) ((((x) - 1) | ((y) - 1)) + 1)
#define round_down(x, y) ((x) & ~((y) - 1))
#define abs(x) ({ typeof(x) __abs_x = (x); __abs_x < 0 ? -__abs_x : __abs_x; })
#define upper_32_bits(n) (0)
#define lower_32_bits(n) ((u32)(n))
/* Which places may sleep is checked where they do. */
/* Primitive: reports a task that must not sleep. */
void might_sleep(void);
#define might_sleep_if(condition) do { if (condition) might_sleep(); } while (0)
#define cond_resched() ((void)0)
#define might_fault() ((void)0)

#endif
