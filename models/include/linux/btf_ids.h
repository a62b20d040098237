/* Sets of kfuncs: lines outside functions that are skipped. */
#ifndef _LINUX_BTF_IDS_H
#define _LINUX_BTF_IDS_H

#include <linux/btf.h>

#ifndef __RACEPROOF__
#define __rp_btf_line extern int __rp_btf;
#define BTF_KFUNCS_START(name) static struct btf_id_set8 name __attribute__((__unused__)) = { 0, 0 };
#define BTF_KFUNCS_END(name) __rp_btf_line
#define BTF_SET8_START(name) BTF_KFUNCS_START(name)
#define BTF_SET8_END(name) __rp_btf_line
#define BTF_SET_START(name) BTF_KFUNCS_START(name)
#define BTF_SET_END(name) __rp_btf_line
#define BTF_ID(kind, name) __rp_btf_line
#define BTF_ID_FLAGS(kind, name, ...) __rp_btf_line
#define BTF_ID_LIST(name) static u32 name[1] __attribute__((__unused__));
#define BTF_ID_LIST_SINGLE(name, kind, type) static u32 name[1] __attribute__((__unused__));
#endif

#endif
