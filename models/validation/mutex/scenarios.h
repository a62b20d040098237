/* Who uses the critical section, and how often. */

static void section(int me)
{
	if (!enter(me))
		return;
	assert(atomic_inc_return(&inside) == 1);
	atomic_dec(&inside);
	leave(me);
}

static void sections(int me, int times)
{
	while (times--)
		section(me);
}

/* Each enters once. */
scenario once_each(void)
{
	thread("0", sections(0, 1));
	thread("1", sections(1, 1));
}

/* Each enters twice, so that one may meet what the other has left behind. */
scenario twice_each(void)
{
	thread("0", sections(0, 2));
	thread("1", sections(1, 2));
}

/* Task 1 alone: nobody else will ever want to enter. */
scenario alone(void)
{
	thread("1", sections(1, 1));
}
