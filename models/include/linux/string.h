/* Memory and strings, one cell at a time: each access of shared memory is a step. A cell is what a model
 * calls a byte, so memset() with anything but 0 gives other values than in the kernel. */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <linux/errno.h>
#include <linux/types.h>

#ifdef __RACEPROOF__

static inline void *memset(void *to, int value, size_t count)
{
	for (size_t i = 0; i < count; i++)
		((char *)to)[i] = value;
	return to;
}

static inline void *memcpy(void *to, const void *from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		((char *)to)[i] = ((const char *)from)[i];
	return to;
}

static inline int memcmp(const void *a, const void *b, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int difference = ((const char *)a)[i] - ((const char *)b)[i];

		if (difference)
			return difference;
	}
	return 0;
}

static inline size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

static inline int strcmp(const char *a, const char *b)
{
	for (size_t i = 0;; i++) {
		char left = a[i];
		char right = b[i];

		if (left != right || !left)
			return left - right;
	}
}

#define memmove(to, from, count) memcpy(to, from, count)

#else

void *memset(void *to, int value, size_t count);
void *memcpy(void *to, const void *from, size_t count);
void *memmove(void *to, const void *from, size_t count);
int memcmp(const void *a, const void *b, size_t count);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);

#endif

/* Copies with its end mark, cut to fit; its length, or -E2BIG where it was cut. */
static inline ssize_t strscpy(char *to, const char *from, size_t size)
{
	size_t i;

	for (i = 0; i + 1 < size; i++) {
		char c = from[i];

		to[i] = c;
		if (!c)
			return i;
	}
	if (size)
		to[i] = 0;
	return -E2BIG;
}

#endif
