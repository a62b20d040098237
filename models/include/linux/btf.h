/* BTF registration: skipped, except for the flags. */
#ifndef _LINUX_BTF_H
#define _LINUX_BTF_H

#include <linux/types.h>

#define KF_ACQUIRE 0x1
#define KF_RELEASE 0x2
#define KF_RET_NULL 0x4
#define KF_TRUSTED_ARGS 0x10
#define KF_SLEEPABLE 0x20
#define KF_DESTRUCTIVE 0x40
#define KF_RCU 0x80

struct btf;
struct module;
struct bpf_prog;

struct btf_type {
	u32 name_off;
	u32 info;
	u32 size;
};

struct btf_member {
	u32 name_off;
	u32 type;
	u32 offset;
};

struct btf_id_set8 {
	u32 cnt;
	u32 flags;
};

struct btf_kfunc_id_set {
	struct module *owner;
	struct btf_id_set8 *set;
	int (*filter)(const struct bpf_prog *prog, u32 kfunc_id);
};

/* Registration always succeeds and has no effect. */
#define register_btf_kfunc_id_set(type, kfunc_set) (0)

#endif
