/* Module information: skipped. */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>

struct module {
	const char *name;
};

#ifndef __RACEPROOF__
#define __rp_module_information _Static_assert(1, "")
#define MODULE_LICENSE(text) __rp_module_information
#define MODULE_AUTHOR(text) __rp_module_information
#define MODULE_DESCRIPTION(text) __rp_module_information
#define MODULE_VERSION(text) __rp_module_information
#define MODULE_ALIAS(text) __rp_module_information
#define MODULE_IMPORT_NS(space) __rp_module_information
#define MODULE_PARM_DESC(name, text) __rp_module_information
#define module_param(name, type, mode) __rp_module_information
#define module_param_named(name, variable, type, mode) __rp_module_information
#endif

#define try_module_get(module) ((void)(module), true)
#define module_put(module) ((void)(module))

#endif
