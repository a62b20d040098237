/* Operators on int and unsigned int, with C's conversions. */
#include "check.h"

static void run(void)
{
	int a = 7, b = -3;
	unsigned int u = 7, big = 0xfffffff0;

	assert(a + b == 4 && a - b == 10 && a * b == -21);
	assert(a / b == -2 && a % b == 1);
	assert(-7 / 2 == -3 && -7 % 2 == -1);
	assert(big / 16 == 0x0fffffff && big % 7 == 0xfffffff0 % 7);
	assert((a & 3) == 3 && (a | 8) == 15 && (a ^ 1) == 6 && ~a == -8);
	assert(a << 2 == 28 && b >> 1 == -2 && big >> 28 == 15);
	assert(-a == -7 && +a == 7 && !a == 0 && !0 == 1);
	assert(b < a && b <= a && a > b && a >= b && a != b);
	assert(!(u < a) && u == a);
	assert((unsigned int)b > u);
	assert(b > u);
	assert(0x7fffffff + 1u == 0x80000000);
	assert(2147483647 < 2147483648u);
	assert(-1 > 0u);
	assert(-1L < 0u);
	assert('a' == 97 && '\n' == 10 && '\x41' == 65 && '\0' == 0 && '\\' == 92);
	assert(010 == 8 && 0x1F == 31 && 0b101 == 5);
}
