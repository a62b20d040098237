/* Softirqs off and on, which nests. A task must not sleep while they are off, and must not end so. */
#ifndef _LINUX_BOTTOM_HALF_H
#define _LINUX_BOTTOM_HALF_H

/* Primitives, of which no other task sees anything. */
void bh_disable(void);
void bh_enable(void);

#define local_bh_disable() bh_disable()
#define local_bh_enable() bh_enable()

#endif
