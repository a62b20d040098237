// What is to be said of a run besides its findings: what says nothing, and what was not drawn.

import { LimitKind } from "../../assembly/abi.ts";
import type { RawTally } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";

const LIMIT_WORDS: Readonly<Record<number, string>> = {
  [LimitKind.TASKS]: "had more tasks at once than the machine has slots",
  [LimitKind.CELLS]: "used more memory than the machine has",
  [LimitKind.OBJECTS]: "made more objects than the machine can hold",
  [LimitKind.NESTING]: "nested read-side sections deeper than the machine can count",
  [LimitKind.TALLY]: "showed more different violations than a shard can tell apart",
  [LimitKind.SETUP_BLOCKED]: "could not finish the set-up: it waits for something that never comes",
};

export function limitNotes(limited: readonly number[]): string[] {
  return limited.flatMap((count, kind) => {
    return count > 0 ? [`${count} runs ${LIMIT_WORDS[kind] ?? `hit limit ${kind}`}: they say nothing`] : [];
  });
}

export function runNotes(program: Program, tally: RawTally): string[] {
  const notes = limitNotes(tally.limited);
  if (tally.dropped > 0) notes.unshift(`${tally.dropped} runs were dropped by assume() and are not counted`);
  return [...program.symbols.notes, ...notes];
}

export function missedNotes(missed: number | null): string[] {
  if (missed === null) return [];
  if (missed === 0) return ["every schedule was looked at as well: there are no further findings"];
  const findings = missed === 1 ? "one finding" : `${missed} findings`;
  return [`there is more: raceproof explore shows ${findings} that no schedule here drew`];
}
