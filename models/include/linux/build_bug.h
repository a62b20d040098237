/* Build-time checks: the compiler makes them, not the model. */
#ifndef _LINUX_BUILD_BUG_H
#define _LINUX_BUILD_BUG_H

#include <linux/compiler.h>

#define BUILD_BUG_ON(condition) ((void)0)
#define BUILD_BUG_ON_MSG(condition, message) ((void)0)
#define BUILD_BUG_ON_NOT_POWER_OF_2(n) ((void)0)
#define BUILD_BUG_ON_INVALID(e) ((void)0)
#define BUILD_BUG() ((void)0)
#define BUILD_BUG_ON_ZERO(e) (0)

#endif
