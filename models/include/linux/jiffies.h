/* Time as a number of ticks. Time does not pass in a model: when a timer expires is the scheduler's choice,
 * so of a delay it matters only whether it is 0. */
#ifndef _LINUX_JIFFIES_H
#define _LINUX_JIFFIES_H

#include <linux/types.h>

#define HZ 100
#define MAX_JIFFY_OFFSET 0x3ffffffe
#define MAX_SCHEDULE_TIMEOUT 0x7fffffff

/* A delay that is not 0 has at least one tick. */
#define msecs_to_jiffies(ms) (((ms) + 9) / 10)
#define usecs_to_jiffies(us) (((us) + 9999) / 10000)
#define secs_to_jiffies(seconds) ((seconds) * HZ)
#define round_jiffies(j) (j)
#define round_jiffies_relative(j) (j)
#define round_jiffies_up_relative(j) (j)

#endif
