/* Casts between integers, pointers and void; through void * and back. */
#include "check.h"

struct thing { int a, b; };

static void run(void)
{
	struct thing t = { 3, 4 };
	void *opaque = &t;
	unsigned long word = (unsigned long)&t;
	int x;

	assert(((struct thing *)opaque)->b == 4);
	assert(((struct thing *)word)->a == 3);
	assert(*(int *)opaque == 3);
	(void)x;
	(void)t.a;
	x = (int)(long)opaque;
	assert(x == (int)word);
	assert((u8)0x1ff + 1 == 256 && (s8)0x80 < 0);
	assert((void *)0 == NULL && (struct thing *)NULL == NULL);
	assert((int)(char)128 == -128);
}
