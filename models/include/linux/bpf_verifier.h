/* The verifier's types, as far as callbacks of a struct_ops mention them. Nothing here is executed. */
#ifndef _LINUX_BPF_VERIFIER_H
#define _LINUX_BPF_VERIFIER_H

#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/types.h>

struct bpf_verifier_log {
	u32 level;
};

struct bpf_reg_state {
	int type;
	struct btf *btf;
	u32 btf_id;
};

struct bpf_insn_access_aux {
	int reg_type;
	struct bpf_verifier_log *log;
};

#endif
