/* IS_ENABLED() and its kin: an option counts as enabled where its name is defined as 1
 * (--define CONFIG_X, also =y), as a module where CONFIG_X_MODULE is (--define CONFIG_X=m). */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

/* An option that is 1 turns into a macro that brings a comma, which shifts the 1 into second place. */
#define __RP_ENABLED_1 0,
#define __rp_second(ignored, value, ...) value
#define __rp_pick(shift) __rp_second(shift 1, 0, 0)
#define __rp_paste(value) __rp_pick(__RP_ENABLED_##value)
#define __rp_is_one(option) __rp_paste(option)

#define IS_BUILTIN(option) __rp_is_one(option)
#define IS_MODULE(option) __rp_is_one(option##_MODULE)
#define IS_ENABLED(option) (__rp_is_one(option) || __rp_is_one(option##_MODULE))
/* The model is one unit, as if built in: it reaches what is built in. */
#define IS_REACHABLE(option) __rp_is_one(option)

#endif
