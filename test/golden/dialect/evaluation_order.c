/* Operands and arguments are evaluated from left to right; a value keeps what it was. */
#include "check.h"

static int log;
static int note(int v) { log = log * 10 + v; return v; }
static int three(int a, int b, int c) { return a * 100 + b * 10 + c; }

static void run(void)
{
	int x = 1, a[3] = { 0 }, i = 0;

	assert(note(1) + note(2) * note(3) == 7 && log == 123);
	log = 0;
	assert(three(note(4), note(5), note(6)) == 456 && log == 456);
	assert(three(x, x = 2, x) == 122);
	assert(x++ + x++ * 10 == 32 && x == 4);
	a[i] = i++;
	assert(i == 1);
	log = 0;
	a[note(1)] = note(2);
	assert(log == 12 && a[1] == 2);
	log = 0;
	a[note(2)] += note(3);
	assert(log == 23 && a[2] == 3);
	x = 5;
	x = x + (x = 1) + x;
	assert(x == 7);
}
