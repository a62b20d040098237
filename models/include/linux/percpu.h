/* Per-CPU variables are not modelled: a task has no CPU. Only the annotation is known (compiler_types.h). */
#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H

#include <linux/compiler_types.h>
#include <linux/types.h>

#endif
