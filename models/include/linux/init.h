/* Initcalls: skipped. A scenario calls what it needs itself. */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>

#ifndef __RACEPROOF__
#define __rp_initcall(function) static int (*__rp_initcall_##function)(void) __maybe_unused = function
#define early_initcall(function) __rp_initcall(function)
#define core_initcall(function) __rp_initcall(function)
#define postcore_initcall(function) __rp_initcall(function)
#define arch_initcall(function) __rp_initcall(function)
#define subsys_initcall(function) __rp_initcall(function)
#define fs_initcall(function) __rp_initcall(function)
#define device_initcall(function) __rp_initcall(function)
#define late_initcall(function) __rp_initcall(function)
#define module_init(function) __rp_initcall(function)
#define module_exit(function) static void (*__rp_exitcall_##function)(void) __maybe_unused = function
#endif

#endif
