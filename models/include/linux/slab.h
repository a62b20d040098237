/* The heap. Memory is zeroed whatever the flags say, and allocation never fails. kzalloc() and kzalloc_obj()
 * are raceproof's own: they find the type of the object. */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/types.h>

void *kzalloc(size_t size, gfp_t flags);

/* Primitive. kfree(NULL) does nothing. */
void kfree(const void *object);

#define kmalloc(size, flags) kzalloc(size, flags)
#define kmalloc_array(n, size, flags) kzalloc((n) * (size), flags)
#define kcalloc(n, size, flags) kzalloc((n) * (size), flags)
#define kzalloc_node(size, flags, node) kzalloc(size, flags)
#define kmalloc_node(size, flags, node) kzalloc(size, flags)
#define kvzalloc(size, flags) kzalloc(size, flags)
#define kvmalloc(size, flags) kzalloc(size, flags)
#define kvcalloc(n, size, flags) kzalloc((n) * (size), flags)
#define vzalloc(size) kzalloc(size, GFP_KERNEL)
#define vmalloc(size) kzalloc(size, GFP_KERNEL)
#define struct_size(p, member, count) (sizeof(*(p)) + sizeof((p)->member[0]) * (count))
#define array_size(n, size) ((n) * (size))

#ifndef __RACEPROOF__
#define kzalloc_obj(object, ...) ((typeof(object) *)kzalloc(sizeof(object), GFP_KERNEL))
#define kmalloc_obj(object, ...) kzalloc_obj(object)
#endif

#define kvfree(object) kfree(object)
#define vfree(object) kfree(object)
#define kfree_sensitive(object) kfree(object)

#endif
