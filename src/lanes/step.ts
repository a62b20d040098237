// One step of one task, in one combination of the values that it tests: the instruction it stands at and the
// task-local ones that follow, as assembly/machine/step.ts does them, but that memory is asked of a run.

import { Detail, LOCAL_MAX, Op, Violation } from "../../assembly/abi.ts";
import { arithmetic } from "./arithmetic.ts";
import { callbackStart } from "./grace-periods.ts";
import { type Jump, readJump } from "./image.ts";
import { ATOMIC_BH, completionBlocks, lockBlocks } from "./kernel.ts";
import { type Leaf, type Location, type Ready, type Task, Unfit } from "./network.ts";
import { primitive } from "./primitives.ts";
import { arriveAt, Registers } from "./registers.ts";
import { type Doing, type Run, RunOver } from "./run.ts";
import { rwsemBlocks } from "./rwsem.ts";
import { leavesWaiting, waitBlocks } from "./wait.ts";
import { workReady, workStart } from "./work.ts";
import { LIFE_DEAD, LIFE_LIVE } from "./world.ts";

/** Cells of what a step may allocate here. */
const ALLOCATION_MAX = 1024;

/** Takes the step that begins at a location. */
export function takeStep(run: Run, from: Location): Leaf {
  const doing = doingAt(run, from);
  try {
    return walk(run, doing, (jump) => jump.stops);
  } catch (error) {
    if (error instanceof RunOver) return run.leaf(null, error.how);
    throw error;
  }
}

/** Evaluates a check: runs it to its end. */
export function takeCheck(run: Run, task: Task, start: Jump, registers: ReadonlyMap<number, number>): Leaf {
  const doing: Doing = {
    task,
    pc: start.to,
    registers: new Registers(run, task, { registers }),
    locks: [],
    sections: [],
    atomic: 0,
    waitDomain: 0,
    loaded: 0,
    alone: true,
    sawDangling: 0,
    sawLeak: false,
  };
  try {
    return walk(run, doing, () => false);
  } catch (error) {
    if (error instanceof RunOver) return run.leaf(null, error.how);
    throw error;
  }
}

function doingAt(run: Run, from: Location): Doing {
  return {
    task: from.task,
    pc: from.pc,
    registers: new Registers(run, from.task, from),
    locks: [...from.locks],
    sections: [...from.sections],
    atomic: from.atomic,
    waitDomain: from.waitDomain,
    loaded: 0,
    alone: false,
    sawDangling: 0,
    sawLeak: false,
  };
}

function walk(run: Run, doing: Doing, stops: (jump: Jump) => boolean): Leaf {
  const { image } = run.world;
  for (let budget = LOCAL_MAX; budget > 0; budget--) {
    const { op } = image.code[doing.pc]!;
    if (op === Op.EXIT) return exit(run, doing);
    const next = execute(run, doing);
    if (stops(next)) return run.leaf(arrive(run, doing, next), null);
    if (op >= Op.LOAD && doing.alone) doing.loaded = op === Op.LOAD ? doing.loaded : 0;
    doing.pc = next.to;
  }
  run.violate(Violation.STEP_LIMIT, Detail.LOCAL_LOOP, doing.pc);
  throw new RunOver("violated");
}

function arrive(run: Run, doing: Doing, jump: Jump): Location {
  const { task, locks, sections, atomic, waitDomain, registers } = doing;
  const place = { task, pc: jump.to, locks, sections, atomic, waitDomain, blocks: jump.blocks };
  return arriveAt(run, place, registers);
}

function exit(run: Run, doing: Doing): Leaf {
  if (doing.alone) return run.leaf(null, null);
  const { locks, sections, atomic, pc, task } = doing;
  if (locks.length > 0) run.violate(Violation.LOCK_MISUSE, Detail.HELD_AT_EXIT, pc);
  if (sections.length > 0) run.violate(Violation.RCU_MISUSE, Detail.STILL_READING, pc);
  if (atomic >= ATOMIC_BH) run.violate(Violation.LOCK_MISUSE, Detail.ATOMIC_AT_EXIT, pc);
  leavesWaiting(run, doing);
  run.effects.push({ do: "end", task });
  return run.leaf(null, null);
}

function execute(run: Run, doing: Doing): Jump {
  const i = run.world.image.code[doing.pc]!;
  const reg = (r: number): number => doing.registers.get(r);
  const set = (value: number): void => doing.registers.set(i.dst, value);
  /** A result; the way on is alt where it is 0. */
  const fork = (value: number): Jump => {
    set(value);
    return value !== 0 ? i.next : readJump(i.alt);
  };
  const x = (reg(i.a) + i.imm) >>> 0;
  const site = doing.pc;
  const other = (): number => {
    const writer = doing.loaded === 0 ? 0 : run.get(run.world.writer(doing.loaded));
    return writer === 0 ? -1 : writer;
  };
  if (i.op <= Op.LE_U || (i.op >= Op.JEQ && i.op <= Op.JLE_U)) {
    return arithmetic(run, site, i, reg(i.a), (reg(i.b) + i.imm) >>> 0, set);
  }
  switch (i.op) {
    case Op.LOCAL_LIVE: {
      const object = run.world.objectAt(x);
      if (object !== undefined && i.alt > 0) run.bornAgain(object);
      break;
    }
    case Op.LOCAL_DEAD: {
      const object = run.world.objectAt(x);
      if (object !== undefined && i.alt > 0) run.set(object.life, LIFE_DEAD);
      break;
    }
    case Op.CHOOSE:
      set(run.choose(x, `${doing.task.index}`));
      break;
    case Op.ASSUME:
      if (x === 0) throw new RunOver("dropped");
      break;
    case Op.ASSERT:
      if (x === 0) failAssert(run, doing, other);
      break;
    case Op.WARN:
      if (x !== 0) run.note(Violation.WARN, 0, site, -1, other());
      break;
    case Op.BUG:
      if (x !== 0) run.violate(Violation.BUG, 0, site, -1, other());
      break;
    case Op.BAD_CALL:
      run.violate(x < 4096 ? Violation.NULL_DEREF : Violation.BAD_POINTER, 0, site);
      break;
    case Op.DANGLES: {
      const object = run.world.objectAt(x);
      const freed = object !== undefined && run.get(object.life) >= LIFE_DEAD;
      if (freed) doing.sawDangling = x;
      set(freed ? 1 : 0);
      break;
    }
    case Op.LEAKS: {
      run.world.asksForAll(run.derived);
      const objects = run.world.heapObjects().filter((o) => i.imm === 0xffff || o.class === i.imm);
      const living = objects.filter((o) => run.get(o.life) === LIFE_LIVE).length;
      if (living > 0) doing.sawLeak = true;
      set(living);
      break;
    }
    case Op.LOAD:
    case Op.LOAD_LOCAL:
      run.usable(site, x, 1);
      if (i.op === Op.LOAD) doing.loaded = x;
      return fork(run.load(x));
    case Op.STORE:
    case Op.STORE_LOCAL:
      run.usable(site, x, 1);
      run.store(x, (reg(i.b) + i.alt) >>> 0, site);
      break;
    case Op.XCHG:
    case Op.CMPXCHG:
    case Op.FETCH_ADD:
    case Op.FETCH_AND:
    case Op.FETCH_OR:
    case Op.FETCH_XOR:
      set(readModifyWrite(run, doing, x, reg));
      break;
    case Op.FENCE:
      break;
    case Op.ALLOC: {
      if (x > ALLOCATION_MAX) throw new RunOver("overflow");
      const object = run.world.allocation(doing.task, site, Math.max(x, 1), i.alt);
      if (!run.neverLived(object)) throw new RunOver("overflow");
      run.born(object);
      set(object.base);
      break;
    }
    case Op.CALLBACK_START:
      callbackStart(run, doing);
      break;
    case Op.WORK_START:
      workStart(run, doing);
      break;
    default:
      return primitive(run, doing, i.op, x, reg(i.b), i.alt, reg, fork) ?? i.next;
  }
  return i.next;
}

function failAssert(run: Run, doing: Doing, other: () => number): void {
  if (doing.alone && doing.sawDangling !== 0) {
    run.violateObject(Violation.DANGLING, 0, doing.pc, doing.sawDangling);
  }
  const leak = doing.alone && doing.sawLeak;
  run.violate(leak ? Violation.LEAK : Violation.ASSERTION, 0, doing.pc, -1, other());
}

function readModifyWrite(run: Run, doing: Doing, x: number, reg: (r: number) => number): number {
  const i = run.world.image.code[doing.pc]!;
  const site = doing.pc;
  run.usable(site, x, 1);
  const old = run.load(x);
  const b = reg(i.b);
  switch (i.op) {
    case Op.XCHG:
      run.store(x, b, site);
      break;
    case Op.CMPXCHG:
      if (old === b) run.store(x, reg(i.alt), site);
      break;
    case Op.FETCH_ADD: {
      const value = (old + b + i.alt) >>> 0;
      if (value > old) run.count(run.world.cell(x), value, doing.task.index * 0x10000 + site);
      run.store(x, value, site);
      break;
    }
    case Op.FETCH_AND:
      run.store(x, old & (b + i.alt), site);
      break;
    case Op.FETCH_OR:
      run.store(x, old | (b + i.alt), site);
      break;
    default:
      run.store(x, old ^ (b + i.alt), site);
  }
  return old;
}

/** When a task at a location that may have to wait need not. */
export function readyAt(run: Run, at: Location): Ready {
  const { image } = run.world;
  const i = image.code[at.pc]!;
  const free: Ready = { blocked: false, waitsDomain: 0, waitsTasks: false, waitsTurn: false };
  const x = (new Registers(run, at.task, at).get(i.a) + i.imm) >>> 0;
  switch (i.op) {
    case Op.GP_WAIT:
      return { ...free, waitsDomain: at.waitDomain };
    case Op.CALLBACK_START:
      return { ...free, waitsDomain: at.task.queue };
    case Op.FLUSH_WAIT:
      return { ...free, waitsTasks: true };
    case Op.WORK_START:
      return workReady(run, at.task);
    case Op.MUTEX_LOCK:
    case Op.SPIN_LOCK:
      return { ...free, blocked: lockBlocks(run, at.task, x) };
    case Op.WAIT_COMPLETION:
      return { ...free, blocked: completionBlocks(run, x) };
    case Op.DOWN_READ:
    case Op.RWSEM_WAIT_WRITE:
      return { ...free, blocked: rwsemBlocks(run, at.task, i.op, x) };
    case Op.WAIT_SLEEP:
      return { ...free, blocked: waitBlocks(run, at.task, at.atomic) };
    default:
      throw new Unfit(`it waits with ${Op[i.op]?.toLowerCase() ?? `opcode ${i.op}`}`);
  }
}
