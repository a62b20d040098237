#include <raceproof.h>
static int done;
static void wait(void) { wait_event(queue, done); rcu_read_lock(); done = -ENOMEM; }
scenario s(void) { thread("wait", wait()); }
