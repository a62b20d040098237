/* What versions 1 to 3 do alike: their struct_ops with reg and unreg, for the kernel and for models/lib/. */

static struct bpf_struct_ops bpf_oom_bpf_ops = {
	.reg = bpf_oom_ops_reg,
	.unreg = bpf_oom_ops_unreg,
	.name = "bpf_oom_ops",
};

static int __init bpf_oom_struct_ops_init(void)
{
	return register_bpf_struct_ops(&bpf_oom_bpf_ops, bpf_oom_ops);
}
late_initcall(bpf_oom_struct_ops_init);

#define STRUCT_OPS bpf_oom_ops
#define STRUCT_OPS_REG(kdata, link) bpf_oom_ops_reg(kdata, link)
#define STRUCT_OPS_UNREG(kdata, link) bpf_oom_ops_unreg(kdata, link)
