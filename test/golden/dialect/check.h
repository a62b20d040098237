/* Every program of this folder defines run(), which asserts what its construct does. */
#include <raceproof.h>
#include <linux/kernel.h>

static void run(void);
static int finished;

static void run_to_its_end(void)
{
	run();
	finished = 1;
}

scenario checks(void)
{
	thread("run", run_to_its_end());
	at_end(finished == 1);
}
