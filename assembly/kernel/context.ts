// What a task may do where it is: interrupts and softirqs off, both of which forbid to sleep. There are no
// interrupts in a model, so nothing else comes of them.

import { Detail, Op, Violation } from "../abi";
import { ATOMIC_BH, ATOMIC_IRQ, TASK_ATOMIC } from "../core/layout";
import { taskMaySleep } from "../machine/task";
import { taskBlock, violate } from "../machine/state";

export function contextStep(op: u32, x: u32, slot: u32, site: u32): u32 {
  const task = taskBlock(slot);
  const atomic = load<u32>(task, TASK_ATOMIC);
  switch (op) {
    case Op.IRQ_DISABLE:
      store<u32>(task, atomic | ATOMIC_IRQ, TASK_ATOMIC);
      return atomic & ATOMIC_IRQ ? 1 : 0;
    case Op.IRQ_RESTORE:
      store<u32>(task, x ? atomic | ATOMIC_IRQ : atomic & ~ATOMIC_IRQ, TASK_ATOMIC);
      return 0;
    case Op.BH_DISABLE:
      store<u32>(task, atomic + ATOMIC_BH, TASK_ATOMIC);
      return 0;
    case Op.BH_ENABLE:
      if ((atomic & (ATOMIC_IRQ - ATOMIC_BH)) == 0) {
        violate(Violation.LOCK_MISUSE, Detail.UNBALANCED, slot, site, -1, -1);
      } else store<u32>(task, atomic - ATOMIC_BH, TASK_ATOMIC);
      return 0;
    case Op.MIGHT_SLEEP:
      taskMaySleep(slot, site);
      return 0;
    default:
      unreachable();
  }
  return 0;
}
