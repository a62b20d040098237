// Which steps and branches of a program its tasks have reached, by the marks that observed runs leave on
// instructions: a pass in which the code under test was hardly run says little. Code of the set-up and of
// checks is left out: it runs in every schedule, and what of it does not has no schedule to blame.

import { MARK_ALT, MARK_NEXT, OP_FIRST_STEP, Op } from "../../assembly/abi.ts";
import type { RawFinding } from "../engine/engine.ts";
import { type Image, jumpsToAlt, readImage, readJump } from "../lanes/image.ts";
import type { Program } from "../model/program.ts";
import { unpackMarks } from "../work/coverage.ts";
import { sitePlace } from "./places.ts";
import type { CoverageShare, SourcePlace, UnreachedPlace } from "./summary.ts";

export interface Reached {
  readonly steps: CoverageShare;
  readonly branches: CoverageShare;
  readonly unreached: readonly UnreachedPlace[];
}

/** Where a kworker or callback begins: which of them are used depends on how its function is. */
const STARTS: ReadonlySet<Op> = new Set([Op.CALLBACK_START, Op.WORK_START, Op.WORK_EXPIRE]);

/**
 * Steps and branches are counted by place and task: the compiler makes copies of a place, of which some are
 * for values that never come, and what one copy does the place has done. Instructions at which something was
 * found were reached too, though the run did not go on from there.
 */
export function reachedOf(program: Program, packed: string, findings: readonly RawFinding[]): Reached {
  const image = readImage(program.words);
  const marks = unpackMarks(packed, image.code.length);
  for (const { site } of findings) marks[site]! |= FOUND;
  const steps = new Map<string, PlaceOfTask>();
  const branches = new Map<string, PlaceOfTask>();
  for (const { n, task } of taskCode(program, image)) {
    const { op } = image.code[n]!;
    const place = sitePlace(program, n);
    if (place === undefined) continue;
    const key = `${task} ${place.file}:${place.line}:${place.column}`;
    const add = (to: Map<string, PlaceOfTask>, name: string): void => {
      to.set(name, { place, task, mark: (to.get(name)?.mark ?? 0) | marks[n]! });
    };
    if (op >= OP_FIRST_STEP && !STARTS.has(op)) add(steps, key);
    // A comparison begins where what it compares does: by opcode, too.
    if (forks(image, n)) add(branches, `${key} ${op}`);
  }
  const missed = [...steps.values()].filter(({ mark }) => mark === 0);
  const oneWay = [...branches.values()].filter(({ mark }) => mark !== 0 && waysOf(mark) < 2);
  const ways = [...branches.values()].reduce((sum, { mark }) => sum + waysOf(mark), 0);
  return {
    steps: { reached: steps.size - missed.length, total: steps.size },
    branches: { reached: ways, total: 2 * branches.size },
    unreached: [...listed("step", missed), ...listed("branch", oneWay)],
  };
}

/** A mark of our own: something was found there. */
const FOUND = 4;

interface PlaceOfTask {
  readonly place: SourcePlace;
  readonly task: string;
  readonly mark: number;
}

function waysOf(mark: number): number {
  return ((mark & MARK_NEXT) === 0 ? 0 : 1) + ((mark & MARK_ALT) === 0 ? 0 : 1);
}

/** Each place once, in the order of the source, with the tasks that it is about. */
function listed(what: UnreachedPlace["what"], places: readonly PlaceOfTask[]): UnreachedPlace[] {
  const found = new Map<string, { place: SourcePlace; tasks: string[] }>();
  for (const { place, task } of places) {
    const key = `${place.file}:${place.line}:${place.column}`;
    found.set(key, { place, tasks: [...(found.get(key)?.tasks ?? []), task] });
  }
  return [...found.values()]
    .sort(({ place: a }, { place: b }) => {
      return order(a.file, b.file) || a.line - b.line || a.column - b.column;
    })
    .map(({ place: { file, line, function: name, text }, tasks }) => {
      return { what, file, line, function: name, text, tasks: tasks.sort() };
    });
}

/** Instructions that tasks can come to, for each task. */
function taskCode(program: Program, image: Image): { n: number; task: string }[] {
  const { threads, functions } = program.symbols;
  const starts = [
    ...image.threads.map((start, i) => ({ start, task: threads[i]?.label ?? `thread ${i}` })),
    ...image.functions.map((start, i) => ({ start, task: `${functions[i]?.name ?? "?"}()` })),
  ];
  return starts.flatMap(({ start, task }) => {
    return start === null ? [] : codeFrom(image, start.to).map((n) => ({ n, task }));
  });
}

function codeFrom(image: Image, start: number): number[] {
  const seen = new Set([start]);
  // A set goes on over what is added to it meanwhile.
  for (const n of seen) {
    const { op, next, alt } = image.code[n]!;
    if (op !== Op.EXIT) seen.add(next.to);
    if (forks(image, n)) seen.add(readJump(alt).to);
  }
  return [...seen];
}

/** The instruction has two ways on. */
function forks({ code }: Image, n: number): boolean {
  const { op, next, alt } = code[n]!;
  // The set-up begins at 0: where nothing can go to.
  return jumpsToAlt(op) && readJump(alt).to !== 0 && readJump(alt).to !== next.to;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
