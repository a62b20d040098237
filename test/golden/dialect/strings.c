/* String literals are constant arrays; equal ones may be the same; joined; escapes. */
#include "check.h"
#include <linux/string.h>

static const char *greeting = "hello";

static int length(const char *s)
{
	int n = 0;

	while (*s++)
		n++;
	return n;
}

static void run(void)
{
	const char *p = "ab" "cd";
	char copy[8];

	assert(length(greeting) == 5 && length(p) == 4 && p[2] == 'c' && length("") == 0);
	assert("x\ty"[1] == 9 && "\x41\102"[1] == 'B');
	memset(copy, 0, sizeof(copy));
	memcpy(copy, greeting, 6 * sizeof(char));
	assert(copy[4] == 'o' && copy[5] == 0);
	assert(strcmp(copy, "hello") == 0 && strcmp(copy, "help") != 0);
	assert(strlen(copy) == 5);
}
