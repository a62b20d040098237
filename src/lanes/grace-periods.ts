// Grace-period domains as lanes do them (assembly/kernel/srcu.ts): which sections are open, and who waits for
// which of them, are flags; the levels that a task has open are part of where it stands.

import {
  Detail,
  DOMAIN_ATOMIC,
  DOMAIN_FLAGS,
  DOMAIN_PENDING,
  DOMAIN_READY,
  DOMAIN_SECTIONS,
  DOMAIN_SOFTIRQ,
  FUNCTION_BASE,
  HEAD_QUEUED,
  NESTING_MAX,
  Violation,
} from "../../assembly/abi.ts";
import { cell, maySleep, setCell } from "./kernel.ts";
import { type Section, Unfit } from "./network.ts";
import { type Doing, type Run, RunOver } from "./run.ts";
import { functionStart, spawn } from "./spawn.ts";

const DOMAIN_CELLS = DOMAIN_PENDING + 1;
const CALLBACK = 2;

function domainUsable(run: Run, site: number, domain: number): void {
  run.usable(site, domain, DOMAIN_CELLS);
  for (const at of [DOMAIN_SECTIONS, DOMAIN_SECTIONS + 1, DOMAIN_PENDING]) {
    run.world.conceal(domain + at, { domain });
  }
  if ((cell(run, domain + DOMAIN_FLAGS) & DOMAIN_READY) === 0) {
    run.violate(Violation.RCU_MISUSE, Detail.NOT_INITIALISED, site);
  }
}

function levelsOf(doing: Doing, domain: number): number[] {
  return doing.sections.filter((s) => s.domain === domain).map((s) => s.level);
}

/** Value of a section's index: of lanes alone, since a slot is not known here; models only hand it back. */
const INDEX_LEVEL = 64;

export function readLock(run: Run, doing: Doing, domain: number): number {
  domainUsable(run, doing.pc, domain);
  const taken = levelsOf(doing, domain);
  const level = [...Array(NESTING_MAX).keys()].find((n) => !taken.includes(n));
  if (level === undefined) throw new RunOver("overflow");
  const section: Section = { domain, level };
  doing.sections = [...doing.sections, section].sort((a, b) => a.domain - b.domain || a.level - b.level);
  if ((cell(run, domain + DOMAIN_FLAGS) & DOMAIN_ATOMIC) !== 0) doing.atomic++;
  run.effects.push({ do: "enter", section: run.world.section(doing.task, section), domain });
  return INDEX_LEVEL * level + doing.task.index;
}

export function readUnlock(run: Run, doing: Doing, domain: number, index: number, last: boolean): void {
  domainUsable(run, doing.pc, domain);
  const taken = levelsOf(doing, domain);
  const level = last ? Math.max(...taken) : Math.floor(index / INDEX_LEVEL);
  if (!last && index % INDEX_LEVEL !== doing.task.index && index < INDEX_LEVEL * NESTING_MAX) {
    throw new Unfit("a task may end a section of another one");
  }
  if (!taken.includes(level)) run.violate(Violation.RCU_MISUSE, Detail.UNBALANCED, doing.pc);
  doing.sections = doing.sections.filter((s) => s.domain !== domain || s.level !== level);
  if ((cell(run, domain + DOMAIN_FLAGS) & DOMAIN_ATOMIC) !== 0) doing.atomic--;
  run.effects.push({ do: "leave", section: run.world.section(doing.task, { domain, level }), domain });
}

export function readHeld(run: Run, doing: Doing, domain: number): number {
  domainUsable(run, doing.pc, domain);
  return levelsOf(doing, domain).length > 0 ? 1 : 0;
}

export function graceStart(run: Run, doing: Doing, domain: number): void {
  domainUsable(run, doing.pc, domain);
  if (levelsOf(doing, domain).length > 0) {
    run.violate(Violation.RCU_MISUSE, Detail.OWN_GRACE_PERIOD, doing.pc);
  }
  maySleep(run, doing);
  doing.waitDomain = domain;
  run.effects.push({ do: "snapshot", waiter: doing.task.index, domain });
}

export function graceWait(run: Run, doing: Doing): void {
  const domain = doing.waitDomain;
  doing.waitDomain = 0;
  if (domain !== 0) run.usable(doing.pc, domain, DOMAIN_CELLS);
}

export function graceCall(run: Run, doing: Doing, domain: number, head: number, callback: number): void {
  domainUsable(run, doing.pc, domain);
  run.usable(doing.pc, head, 1);
  if (cell(run, head + HEAD_QUEUED) !== 0) {
    run.violate(Violation.RCU_MISUSE, Detail.DOUBLE_QUEUE, doing.pc);
  }
  const start = functionStart(run, doing.pc, callback);
  setCell(run, head + HEAD_QUEUED, 1);
  const atomic = callbackAtomic(cell(run, domain + DOMAIN_FLAGS));
  const task = run.world.dynamic(CALLBACK, callback - FUNCTION_BASE, head, domain, start);
  spawn(run, task, start.to, atomic);
  run.effects.push({ do: "snapshot", waiter: task.index, domain });
}

export function callbackStart(run: Run, doing: Doing): void {
  doing.waitDomain = 0;
  run.usable(doing.pc, doing.task.queue, DOMAIN_CELLS);
  run.usable(doing.pc, doing.task.argument, 1);
  setCell(run, doing.task.argument + HEAD_QUEUED, 0);
}

/** From here on the task waits for the callbacks of a domain, or for those that have started. */
export function graceBarrier(run: Run, doing: Doing, domain: number, started: boolean): void {
  domainUsable(run, doing.pc, domain);
  maySleep(run, doing);
  doing.waitDomain = 0;
  run.world.asksForAll(run.derived);
  for (const task of run.world.tasks) {
    if (task.kind !== CALLBACK || task.queue !== domain) continue;
    run.effects.push({ do: "await", waiter: doing.task.index, task, started });
  }
}

/** Softirq callbacks must not sleep. */
export function callbackAtomic(flags: number): number {
  return (flags & DOMAIN_SOFTIRQ) !== 0 ? 1 : 0;
}
