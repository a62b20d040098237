/* Interrupts off and on. There are none in a model; what it comes to is that the task must not sleep
 * meanwhile, and must not end so. */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

#include <linux/compiler.h>
#include <linux/types.h>

/* Primitives, of which no other task sees anything. irq_disable() says whether they were off already. */
int irq_disable(void);
void irq_restore(int were_off);

#define local_irq_disable() ((void)irq_disable())
#define local_irq_enable() irq_restore(0)
#define local_irq_save(flags) ((void)((flags) = irq_disable()))
#define local_irq_restore(flags) irq_restore(flags)

#endif
