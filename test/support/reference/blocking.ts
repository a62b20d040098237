// Which tasks of the reference interpreter have to wait, and for what: the "Blocks:" clauses of
// assembly/abi.ts. A pointer that must not be used never blocks: the step is taken, and is the violation.

import {
  COMPLETION_DONE,
  LOCK_OWNER,
  QUEUE_ACTIVE,
  QUEUE_MAX_ACTIVE,
  RWSEM_OWNER,
  RWSEM_QUEUED,
  RWSEM_READERS,
  RWSEM_READS,
  RWSEM_SPINS,
} from "../../../assembly/abi.ts";
import type { PrimitiveName } from "../../../src/model/ir.ts";
import {
  instructionOf,
  isDynamic,
  operandValue,
  peek,
  START,
  type State,
  type Task,
  tasksLeft,
} from "./state.ts";
import { mustNotSleep } from "./tasks.ts";

const RWSEM_ALL = [RWSEM_OWNER, RWSEM_READS, RWSEM_QUEUED, RWSEM_SPINS];

/** True where the task's next step would have to wait. */
export function isBlocked(state: State, task: Task): boolean {
  if (task.index === START) {
    if (task.kind !== "kworker") return task.waitMask.size > 0;
    return task.turn!.order !== undefined && !isTurn(state, task);
  }
  const instruction = instructionOf(state, task)!;
  if (instruction.op !== "primitive") return false;
  const pointer = instruction.args[0] === undefined ? 0 : operandValue(task, instruction.args[0]);
  return isPrimitiveBlocked(state, task, instruction.name, pointer);
}

function isPrimitiveBlocked(state: State, task: Task, name: PrimitiveName, pointer: number): boolean {
  switch (name) {
    case "mutex_lock":
    case "spin_lock": {
      const owner = peek(state, pointer + LOCK_OWNER);
      // Taking one's own lock again does not wait: it is a violation.
      return owner !== undefined && owner !== 0 && owner !== task.slot + 1;
    }
    case "gp_wait":
      return task.waitMask.size > 0 || task.waitTasks.size > 0;
    case "flush_wait":
      return task.waitMask.size > 0 || task.waitTasks.size > 0;
    case "wait_for_completion":
      return peek(state, pointer + COMPLETION_DONE) === 0;
    case "down_read": {
      const cells = RWSEM_ALL.map((cell) => peek(state, pointer + cell));
      const [owner, , queued] = cells;
      if (cells.includes(undefined) || owner === task.slot + 1) return false;
      return owner === RWSEM_READERS ? queued !== 0 : owner !== 0;
    }
    case "rwsem_wait_write": {
      const cells = RWSEM_ALL.map((cell) => peek(state, pointer + cell));
      return !cells.includes(undefined) && cells[0] !== 0;
    }
    case "wait_sleep":
      return task.sleepState !== 0 && !mustNotSleep(task);
    case "settle":
      return tasksLeft(state).some(isDynamic);
    default:
      return false;
  }
}

/** True where a kworker whose item is queued may take it. */
function isTurn(state: State, kworker: Task): boolean {
  const { work, queue, order } = kworker.turn!;
  const cells = [0, 1, 2, 3].flatMap((n) => [peek(state, work + n), peek(state, queue + n)]);
  if (cells.includes(undefined)) return true;
  const active = peek(state, queue + QUEUE_ACTIVE)!;
  const width = Math.max(peek(state, queue + QUEUE_MAX_ACTIVE)!, 1);
  const others = tasksLeft(state).filter((other) => other !== kworker && other.turn?.queue === queue);
  const isExecuted = others.some(
    (other) => other.index !== START && other.turn!.work === work && other.entry === kworker.entry,
  );
  const isFirst = !others.some(
    ({ index, turn }) => index === START && turn!.order !== undefined && turn!.order < order!,
  );
  return !isExecuted && active < width && (width > 1 || isFirst);
}
