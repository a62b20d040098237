/* Globals with and without initialisers, static, const, extern, pointing to each other. */
#include "check.h"

struct node { struct node *next, *self; int value; };

extern int declared_first;
static int zeroed;
int initialised = 5;
const int constant = 6;
static int computed = 2 * 3 + sizeof(int[2]) / sizeof(int);
static struct node second;
static struct node first = { &second, &first, 1 };
static struct node second = { .next = &first, .value = 2 };
static int *into = &first.value;
static unsigned int mask = ~0u << 4;
int declared_first = 11;
static int pair_a = 1, pair_b = 2, *pair_p = &pair_b;

static void run(void)
{
	assert(zeroed == 0 && initialised == 5 && constant == 6 && computed == 8);
	assert(first.next->value == 2 && second.next == first.self && first.next->next == &first);
	assert(*into == 1 && mask == 0xfffffff0 && declared_first == 11);
	zeroed = 4;
	*into = 9;
	assert(zeroed == 4 && first.value == 9 && pair_a == 1 && *pair_p == 2);
}
