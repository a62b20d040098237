/* Tasks that have nothing to do with each other: n and m steps can be put in (n + m)! / (n! m!) orders, which
 * are (n + 1)(m + 1) states. More tasks: one factorial each (Musuvathi and Qadeer, Iterative context bounding
 * for systematic testing, PLDI 2007, section 2). */
// expect steps_1_1: proved; 4 states, 5 transitions, 2 schedules
// expect steps_3_2: proved; 12 states, 18 transitions, 10 schedules
// expect steps_10_10: proved; 121 states, 221 transitions, 184756 schedules
// expect steps_30_20: proved; 651 states, 1251 transitions, 47129212243960 schedules
// expect steps_40_40: proved; 1681 states, 3281 transitions, 107507208733336176461620 schedules
// expect steps_4_3_2: proved; 60 states, 134 transitions, 1260 schedules
// expect steps_9_9_9: proved; 1000 states, 2701 transitions, 227873431500 schedules
// expect steps_3_3_3_3: proved; 256 states, 769 transitions, 369600 schedules
// expect needle: assertion; 42 states, 62 transitions, 21 schedules
#include <raceproof.h>
#include <linux/compiler.h>

static int a, b, c, d;

static void steps(int *word, int n)
{
	int i;

	for (i = 1; i <= n; i++)
		WRITE_ONCE(*word, i);
}

#define two(n, m)				\
	thread("A", steps(&a, n));		\
	thread("B", steps(&b, m));		\
	at_end(a == (n) && b == (m))

#define three(n, m, k)				\
	two(n, m);				\
	thread("C", steps(&c, k));		\
	at_end(c == (k))

scenario steps_1_1(void)
{
	two(1, 1);
}

scenario steps_3_2(void)
{
	two(3, 2);
}

scenario steps_10_10(void)
{
	two(10, 10);
}

scenario steps_30_20(void)
{
	two(30, 20);
}

/* More schedules than 64 bits can count. */
scenario steps_40_40(void)
{
	two(40, 40);
}

scenario steps_4_3_2(void)
{
	three(4, 3, 2);
}

scenario steps_9_9_9(void)
{
	three(9, 9, 9);
}

scenario steps_3_3_3_3(void)
{
	three(3, 3, 3);
	thread("D", steps(&d, 3));
	at_end(d == 3);
}

static void look(int *word, int n)
{
	assert(READ_ONCE(*word) != n);
}

/* One order of 21 goes wrong, and the random walk has to toss the same side 20 times to take it: 2^-20
 * (Burckhardt, Kothari, Musuvathi, Nagarakatte, A randomized scheduler with probabilistic guarantees of
 * finding bugs, ASPLOS 2010, section 1). */
scenario needle(void)
{
	thread("A", steps(&a, 20));
	thread("B", look(&a, 20));
}
