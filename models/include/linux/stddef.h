/* NULL, true and false (raceproof's own words), offsetof. */
#ifndef _LINUX_STDDEF_H
#define _LINUX_STDDEF_H

#ifdef __RACEPROOF__
typedef unsigned long size_t;
#else
typedef __SIZE_TYPE__ size_t;
#endif

#ifndef __RACEPROOF__
#define NULL ((void *)0)
#define offsetof(type, member) __builtin_offsetof(type, member)
enum {
	false = 0,
	true = 1,
};
#endif

#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define offsetofend(type, member) (offsetof(type, member) + sizeof_field(type, member))
#define struct_group(name, ...) union { struct { __VA_ARGS__ }; struct { __VA_ARGS__ } name; }
#define DECLARE_FLEX_ARRAY(type, name) type name[0]

#endif
