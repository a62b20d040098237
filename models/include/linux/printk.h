/* Messages do nothing in a model: their arguments are not evaluated. */
#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H

#include <linux/compiler.h>

#define KERN_EMERG ""
#define KERN_ALERT ""
#define KERN_CRIT ""
#define KERN_ERR ""
#define KERN_WARNING ""
#define KERN_NOTICE ""
#define KERN_INFO ""
#define KERN_DEBUG ""
#define KERN_CONT ""

#ifndef pr_fmt
#define pr_fmt(format) format
#endif

#ifdef __RACEPROOF__
#define printk(...) ((void)0)
#else
__printf(1, 2) int __rp_printk(const char *format, ...);
#define printk(...) ((void)__rp_printk(__VA_ARGS__))
#endif

#define printk_once(...) printk(__VA_ARGS__)
#define printk_ratelimited(...) printk(__VA_ARGS__)
#define printk_deferred(...) printk(__VA_ARGS__)
#define no_printk(...) printk(__VA_ARGS__)
#define pr_emerg(...) printk(__VA_ARGS__)
#define pr_emerg_once(...) printk(__VA_ARGS__)
#define pr_emerg_ratelimited(...) printk(__VA_ARGS__)
#define pr_alert(...) printk(__VA_ARGS__)
#define pr_alert_once(...) printk(__VA_ARGS__)
#define pr_alert_ratelimited(...) printk(__VA_ARGS__)
#define pr_crit(...) printk(__VA_ARGS__)
#define pr_crit_once(...) printk(__VA_ARGS__)
#define pr_crit_ratelimited(...) printk(__VA_ARGS__)
#define pr_err(...) printk(__VA_ARGS__)
#define pr_err_once(...) printk(__VA_ARGS__)
#define pr_err_ratelimited(...) printk(__VA_ARGS__)
#define pr_warn(...) printk(__VA_ARGS__)
#define pr_warn_once(...) printk(__VA_ARGS__)
#define pr_warn_ratelimited(...) printk(__VA_ARGS__)
#define pr_warning(...) printk(__VA_ARGS__)
#define pr_warning_once(...) printk(__VA_ARGS__)
#define pr_warning_ratelimited(...) printk(__VA_ARGS__)
#define pr_notice(...) printk(__VA_ARGS__)
#define pr_notice_once(...) printk(__VA_ARGS__)
#define pr_notice_ratelimited(...) printk(__VA_ARGS__)
#define pr_info(...) printk(__VA_ARGS__)
#define pr_info_once(...) printk(__VA_ARGS__)
#define pr_info_ratelimited(...) printk(__VA_ARGS__)
#define pr_debug(...) printk(__VA_ARGS__)
#define pr_debug_once(...) printk(__VA_ARGS__)
#define pr_debug_ratelimited(...) printk(__VA_ARGS__)
#define pr_cont(...) printk(__VA_ARGS__)
#define pr_devel(...) printk(__VA_ARGS__)
#define trace_printk(...) printk(__VA_ARGS__)
#define dump_stack() ((void)0)

#endif
