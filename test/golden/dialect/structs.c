/* Members, nested and anonymous; assignment copies; passing and returning by value. */
#include "check.h"

struct point { int x, y; };
struct shape {
	int kind;
	struct point at;
	struct { int width, height; };
	struct { int n; struct point deep; } named;
};

static struct point moved(struct point p, int by)
{
	p.x += by;
	p.y += by;
	return p;
}

static struct point make(int x, int y)
{
	return (struct point){ .x = x, .y = y };
}

static int area(struct shape s)
{
	s.kind = 99;
	return s.width * s.height;
}

static struct point origin = { 10, 20 };

static void run(void)
{
	struct shape s = { .kind = 1, .at = { 2, 3 }, .width = 4, .height = 5, .named.deep.y = 6 };
	struct shape copy = s;
	struct point p = { 1, 2 }, q;
	struct shape *ps = &s;

	assert(s.at.y == 3 && s.width == 4 && s.named.deep.y == 6 && s.named.n == 0);
	s.at.x = 50;
	assert(copy.at.x == 2 && ps->at.x == 50 && ps->height == 5);
	q = moved(p, 10);
	assert(q.x == 11 && q.y == 12 && p.x == 1);
	assert(make(7, 8).y == 8 && moved(make(1, 2), 3).x == 4);
	assert(area(s) == 20 && s.kind == 1);
	q = p = origin;
	assert(q.x == 10 && p.y == 20);
	*ps = (struct shape){ .kind = 5 };
	assert(s.kind == 5 && s.width == 0);
	ps->at = make(3, 4);
	assert(s.at.x == 3 && s.at.y == 4);
	q = s.kind == 5 ? make(1, 1) : origin;
	assert(q.x == 1);
	s.at = s.named.deep = (struct point){ 8, 9 };
	assert(s.at.y == 9 && s.named.deep.x == 8);
}
