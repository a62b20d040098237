/* Annotations: they mean nothing to a model. The front-end reads this header first, as the kernel does. */
#ifndef _LINUX_COMPILER_TYPES_H
#define _LINUX_COMPILER_TYPES_H

#ifdef __RACEPROOF__
#define __attribute__(x)
#define __attribute(x)
#define __extension__
#define __inline inline
#define __inline__ inline
#define __volatile__ volatile
#define __const const
#define __restrict
#define __restrict__
#define _Noreturn
#define _Static_assert(...)
#define __builtin_offsetof offsetof
#define __maybe_unused
#define __always_unused
#define __must_check
#define __printf(a, b)
#define __scanf(a, b)
#else
#define __maybe_unused __attribute__((__unused__))
#define __always_unused __attribute__((__unused__))
#define __must_check __attribute__((__warn_unused_result__))
#define __printf(a, b) __attribute__((__format__(__printf__, a, b)))
#define __scanf(a, b) __attribute__((__format__(__scanf__, a, b)))
#endif

#define static_assert(...) _Static_assert(1, "")
#ifdef __RACEPROOF__
#undef static_assert
#define static_assert(...)
#endif

/* Address spaces and contexts, for sparse. */
#define __rcu
#define __user
#define __kernel
#define __percpu
#define __iomem
#define __force
#define __nocast
#define __safe
#define __private
#define __bitwise
#define __must_hold(x)
#define __must_hold_shared(x)
#define __acquires(x)
#define __acquires_shared(x)
#define __cond_acquires(...)
#define __releases(x)
#define __releases_shared(x)
#define __guarded_by(...)
#define __pt_guarded_by(...)
#define __acquire(x) ((void)0)
#define __release(x) ((void)0)
#define __chk_user_ptr(x) ((void)0)
#define ACCESS_PRIVATE(p, member) ((p)->member)
#define context_unsafe(...) __VA_ARGS__

/* Sections. */
#define __init
#define __exit
#define __initdata
#define __initconst
#define __exitdata
#define __meminit
#define __ref
#define __refdata
#define __read_mostly
#define __ro_after_init
#define __section(x)
#define __cold
#define __hot
#define __visible
#define __used
#define __weak
#define __alias(x)
#define ____cacheline_aligned
#define ____cacheline_aligned_in_smp
#define ____cacheline_internodealigned_in_smp
#define __cacheline_aligned
#define __cacheline_aligned_in_smp
#define __aligned(x)
#define __packed
#define __randomize_layout
#define __no_randomize_layout
#define __designated_init

/* Functions. */
#define __always_inline inline
#define noinline
#define noinline_for_stack
#define __noinline
#define inline_for_stack
#define asmlinkage
#define notrace
#define noinstr
#define __noreturn
#define __pure
#define __attribute_const__
#define __malloc
#define __alloc_size(...)
#define __realloc_size(...)
#define __assume_aligned(...)
#define __returns_nonnull
#define __nonnull(...)
#define __no_sanitize_address
#define __no_kcsan
#define __no_kasan_or_inline inline
#define __nocfi
#define __noendbr
#define __flatten
#define __sched
#define __lockfunc
#define __kprobes
#define nokprobe_inline inline
#define __deprecated
#define __counted_by(member)
#define __counted_by_le(member)
#define __counted_by_ptr(member)
#define __bpf_kfunc
#define __bpf_hook_start()
#define __bpf_hook_end()
#define __bpf_kfunc_start_defs() extern int __rp_bpf_kfunc_defs
#define __bpf_kfunc_end_defs() extern int __rp_bpf_kfunc_defs
#ifdef __RACEPROOF__
#undef __bpf_kfunc_start_defs
#undef __bpf_kfunc_end_defs
#define __bpf_kfunc_start_defs()
#define __bpf_kfunc_end_defs()
#endif

/* Control flow. */
#ifdef __RACEPROOF__
#define fallthrough ((void)0)
#define __fallthrough ((void)0)
#else
#define fallthrough __attribute__((__fallthrough__))
#define __fallthrough __attribute__((__fallthrough__))
#endif

#define KBUILD_MODNAME "model"

#endif
