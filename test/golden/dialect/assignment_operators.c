/* Compound assignment, increment and decrement, as statements and as values. */
#include "check.h"

static int g = 10;

static void run(void)
{
	int a = 5, b, array[3] = { 1, 2, 3 }, i = 0;
	int *p = array;

	a += 3; assert(a == 8);
	a -= 1; assert(a == 7);
	a *= 2; assert(a == 14);
	a /= 4; assert(a == 3);
	a %= 2; assert(a == 1);
	a <<= 4; assert(a == 16);
	a >>= 1; assert(a == 8);
	a |= 3; assert(a == 11);
	a &= 6; assert(a == 2);
	a ^= 7; assert(a == 5);
	b = a++; assert(b == 5 && a == 6);
	b = ++a; assert(b == 7 && a == 7);
	b = a--; assert(b == 7 && a == 6);
	b = --a; assert(b == 5 && a == 5);
	b = (g += 5); assert(b == 15 && g == 15);
	assert(g++ == 15 && g == 16);
	array[i++] = 9; assert(i == 1 && array[0] == 9);
	*p++ += 1; assert(array[0] == 10 && p == &array[1]);
	assert(*p-- == 2 && *p == 10);
	a = b = 4; assert(a == 4 && b == 4);
	a = i + (i = 5); assert(a == 6);
	a = i++ + i; assert(a == 11);
}
