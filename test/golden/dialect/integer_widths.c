/* Narrow integers are cut where they are stored; bool is 0 or 1; comparisons follow the promoted types. */
#include "check.h"

struct widths {
	u8 byte;
	s8 small;
	u16 word;
	bool flag;
};

static u8 global_byte;

static u8 cut(int x)
{
	return x;
}

static bool is_set(int x)
{
	return x & 4;
}

static void run(void)
{
	u8 byte = 300;
	s8 small = 200;
	u16 word = -1;
	s16 signed_word = 0x18000;
	bool flag = 42;
	char c = 255;
	u64 big = 5;
	s64 negative = -1;
	long l = -5;
	size_t size = 3;
	struct widths w;

	assert(byte == 44 && small == -56 && word == 65535 && signed_word == -32768);
	assert(flag == 1 && c == -1);
	assert(big == 5 && negative < 0 && l / 2 == -2 && size - 4 > 0);
	byte = 255;
	byte++;
	assert(byte == 0);
	byte--;
	assert(byte == 255);
	byte += 2;
	assert(byte == 1);
	w.byte = 513;
	w.small = 128;
	w.word = 65537;
	w.flag = 8;
	assert(w.byte == 1 && w.small == -128 && w.word == 1 && w.flag);
	global_byte = 257;
	assert(global_byte == 1);
	assert(cut(511) == 255 && is_set(4) == 1 && is_set(3) == 0);
	assert((u8)-1 == 255 && (s8)255 == -1 && (bool)2 == true && (u16)0x12345 == 0x2345);
	assert((unsigned char)200 + (unsigned char)100 == 300);
	flag = &byte != NULL;
	assert(flag && !false);
	assert(negative < size || true);
}
