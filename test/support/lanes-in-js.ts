// Runs the source of lanes (src/lanes/emit.ts) as JavaScript, 32 lanes in an integer: the text is simple
// enough for that once its types are gone. So thousands of programs can be tried, where compiling each
// would take hours. What assembly/lanes/runtime.ts does is done here in the plainest way, without refilling
// lanes.

import { compileFunction } from "node:vm";
import { Violation } from "../../assembly/abi.ts";
import type { Engine, RawViolation } from "../../src/engine/engine.ts";
import { type LanesCode, type LanesRun, replayLanes } from "../../src/engine/lanes.ts";
import { lanesOf } from "../../src/lanes/lanes.ts";
import type { Rule } from "../../src/lanes/rank.ts";
import type { Program } from "../../src/model/program.ts";
import { randomIntegers } from "./run-reference.ts";

const LANES = 32;
/** Where the runtime keeps what a program reads and writes (assembly/lanes/memory.ts); any places do here. */
const PLACES = {
  BEYOND: 0x800,
  CROWDED: 0x810,
  GENERATOR: 0x900,
  DRAWS: 0x1000,
  ENDED: 0x2000,
  NOBODY: 0x2010,
  MOVES: 0x2020,
  LASTS: 0x2800,
  THERE: 0x2c00,
  PICKS: 0x3000,
  RUNS: 0x4000,
  TOLD: 0x5000,
};
const STATE = 0x8000;

interface LaneProgram {
  readonly TASKS: number;
  readonly DRAWN: number;
  readonly FINDINGS: number;
  readonly FOUND_VECTORS: number;
  begin(m: number): void;
  begun(m: number): void;
  iterate(n: number): void;
  conclude(m: number): void;
  always(m: number): void;
  allDone(): number;
}

/** How one lane ended, and what it showed. */
export interface LaneRun extends LanesRun {
  readonly findings: ReadonlySet<number>;
  readonly end: "done" | "deadlock" | "violated" | "dropped" | "overflow" | "running";
}

export function runLanesInJs(text: string, seed: number, iterations: number): LaneRun[] {
  const memory = new Map<number, number>();
  const load = (at: number): number => memory.get(at) ?? 0;
  let stepped = 0;
  const draw = randomIntegers(seed);
  const ends = new Map<number, LaneRun["end"]>();
  const each = (m: number, visit: (lane: number) => void): void => {
    for (let lane = 0; lane < LANES; lane++) if ((m >>> lane) & 1) visit(lane);
  };
  const over = (m: number, how: LaneRun["end"]): void => {
    memory.set(PLACES.ENDED, load(PLACES.ENDED) | m);
    each(m, (lane) => ends.set(lane, how));
  };
  const program = evaluate(text, {
    ...PLACES,
    STATE,
    v128: {
      and: (a: number, b: number) => a & b,
      or: (a: number, b: number) => a | b,
      xor: (a: number, b: number) => a ^ b,
      andnot: (a: number, b: number) => a & ~b,
      not: (a: number) => ~a,
      bitselect: (a: number, b: number, m: number) => (a & m) | (b & ~m),
      any_true: (a: number) => a !== 0,
      load,
      store: (at: number, value: number) => void memory.set(at, value),
    },
    i64x2: { splat: (value: number) => value },
    i32x4: {
      add: (a: number, b: number) => (a + b) | 0,
      shl: (a: number, by: number) => a << by,
      shr_u: (a: number, by: number) => a >>> by,
    },
    memory: { data: () => 0 },
    draw: (count: number) => {
      for (let d = 0; d < count; d++) {
        memory.set(PLACES.DRAWS + 16 * d, draw(0x10000) | (draw(0x10000) << 16));
      }
    },
    // Seven times of eight, whatever the percentage.
    stay: (m: number) => {
      const word = (): number => draw(0x10000) | (draw(0x10000) << 16);
      return m & (word() | word() | word());
    },
    ...priorities(draw, load, (at, value) => void memory.set(at, value)),
    population: () => 0,
    tell: (m: number) => {
      stepped = m;
    },
    tellAll: () => {},
    over: (m: number, dropped: boolean) => over(m, dropped ? "dropped" : "violated"),
    overflow: (m: number) => over(m, "overflow"),
  });
  const tasks: number[][] = Array.from({ length: LANES }, () => []);
  const bits: number[][] = Array.from({ length: LANES }, () => []);
  for (let word = 0; word < 4; word++) {
    memory.set(PLACES.GENERATOR + 16 * word, draw(0x10000) | (draw(0x10000) << 16));
  }
  program.begin(-1);
  program.begun(-1);
  for (let n = 0; n < iterations; n++) {
    stepped = 0;
    program.iterate(1);
    each(stepped, (lane) => {
      for (let task = 0; task < program.TASKS; task++) {
        const picked = load(PLACES.PICKS + 16 * task) & load(PLACES.RUNS + 16 * task);
        if ((picked >>> lane) & 1) tasks[lane]!.push(task);
      }
      let drawn = 0;
      for (let d = 0; d < program.DRAWN; d++) drawn |= ((load(PLACES.DRAWS + 16 * d) >>> lane) & 1) << d;
      bits[lane]!.push(drawn);
    });
    if ((load(PLACES.NOBODY) | load(PLACES.ENDED)) === -1) break;
  }
  const stuck = load(PLACES.NOBODY) & ~load(PLACES.ENDED);
  const done = stuck & program.allDone();
  program.conclude(done);
  each(stuck & ~done, (lane) => ends.set(lane, "deadlock"));
  each(done & ~load(PLACES.ENDED), (lane) => ends.set(lane, "done"));
  return Array.from({ length: LANES }, (_, lane) => ({
    tasks: Uint8Array.from(tasks[lane]!),
    bits: Uint8Array.from(bits[lane]!),
    findings: findingsOf(program, load, lane),
    end: ends.get(lane) ?? "running",
  }));
}

/** Change points of a schedule by priorities: so many, among so many steps. */
const POINTS = 3;
const AMONG = 12;
/** No program of lanes has more. */
const TASKS_MAX = 60;

/** Who has the highest priority, in the plainest way (assembly/lanes/pct.ts). */
function priorities(
  draw: (below: number) => number,
  load: (at: number) => number,
  store: (at: number, value: number) => void,
) {
  const lanes = Array.from({ length: LANES }, () => ({
    by: new Map<number, number>(),
    points: Array.from({ length: POINTS }, () => draw(AMONG)),
    counted: 0,
  }));
  const drawn = (): number => POINTS + draw(0x10000) + draw(0x10000) / 0x10000;
  return {
    comesToBe: (task: number, m: number) => {
      lanes.forEach(({ by }, lane) => {
        if ((m >>> lane) & 1) by.set(task, drawn());
      });
    },
    pickHighest: (several: number): number => {
      let falling = 0;
      const picks = new Map<number, number>();
      lanes.forEach((each, lane) => {
        let best = -1;
        for (let task = 0; task < TASKS_MAX; task++) {
          if (((load(PLACES.RUNS + 16 * task) >>> lane) & 1) === 0) continue;
          if (!each.by.has(task)) each.by.set(task, drawn());
          if (best < 0 || each.by.get(task)! > each.by.get(best)!) best = task;
        }
        if (best < 0) return;
        picks.set(best, (picks.get(best) ?? 0) | (1 << lane));
        if (((several >>> lane) & 1) === 0) return;
        const level = each.points.lastIndexOf(each.counted);
        each.points = each.points.map((point) => (point === each.counted ? -1 : point));
        if (level >= 0) {
          each.by.set(best, level);
          falling |= 1 << lane;
        } else each.counted++;
      });
      for (let task = 0; task < TASKS_MAX; task++) {
        store(PLACES.PICKS + 16 * task, picks.get(task) ?? 0);
      }
      return falling;
    },
  };
}

function findingsOf(
  { FINDINGS, FOUND_VECTORS }: LaneProgram,
  load: (at: number) => number,
  lane: number,
): Set<number> {
  const found = new Set<number>();
  for (let n = 0; n < FINDINGS; n++) if ((load(FOUND_VECTORS + 16 * n) >>> lane) & 1) found.add(n);
  return found;
}

function evaluate(text: string, scope: Record<string, unknown>): LaneProgram {
  const plain = text
    .replace(/^import \{[^}]*\} from .*$/gm, "")
    .replace(/@inline /g, "")
    .replace(/memory\.data<i32>/g, "memory.data")
    .replace(/: (u32|u64|usize|bool|v128|void)\b/g, "");
  const names = [...plain.matchAll(/^export (?:const|function) (\w+)/gm)].map((m) => m[1]!);
  const body = `"use strict";\n${plain.replace(/^export /gm, "")}\nreturn { ${names.join(", ")} };`;
  return compileFunction(body, Object.keys(scope))(...Object.values(scope)) as LaneProgram;
}

const keyOf = (v: Pick<RawViolation, "kind" | "detail" | "site" | "class" | "other">): string =>
  [v.kind, v.detail, v.site, v.class, v.other].join(",");

export interface LanesComparison {
  /** Why the program has no lanes; else how many lanes were compared to their end. */
  readonly unfit?: string;
  readonly compared: number;
  readonly difference?: string;
}

/**
 * The program's lanes against the scalar machine: every lane's schedule must be one there, and show the same.
 * `change` may spoil the source, to see whether that is noticed.
 */
export function compareLanes(
  engine: Engine,
  program: Program,
  seed: number,
  stepsMax: number,
  change: (text: string) => string = (text) => text,
  rule: Rule = "random",
): LanesComparison {
  engine.load(program.words);
  const source = lanesOf(engine, program.words, stepsMax, "a test", rule);
  if ("unfit" in source) return { unfit: source.unfit, compared: 0 };
  const code = { module: null as unknown as WebAssembly.Module, ...source.tables } satisfies LanesCode;
  let compared = 0;
  for (const [lane, run] of runLanesInJs(change(source.text), seed, 3 * stepsMax).entries()) {
    const difference = compareLane(engine, code, run, stepsMax);
    if (difference !== undefined) return { compared, difference: `lane ${lane}: ${difference}` };
    if (run.end !== "running" && run.end !== "overflow") compared++;
  }
  return { compared };
}

const OUTCOMES: Record<LaneRun["end"], readonly number[]> = {
  done: [1],
  deadlock: [2],
  violated: [2],
  dropped: [3],
  overflow: [0, 1, 2, 3, 4],
  running: [0],
};

function compareLane(engine: Engine, code: LanesCode, run: LaneRun, stepsMax: number): string | undefined {
  if (run.end === "overflow") return undefined;
  if (run.tasks.length !== run.bits.length) return "more than one task steps at a time, or none";
  // What the bound on steps ends there, goes on in its lane until that is looked at.
  const bounded = run.tasks.length > stepsMax;
  const steps = { tasks: run.tasks.subarray(0, stepsMax), bits: run.bits.subarray(0, stepsMax) };
  let replay: ReturnType<typeof replayLanes>;
  try {
    replay = replayLanes(engine, code, steps, stepsMax);
  } catch (error) {
    return (error as Error).message;
  }
  if (bounded) {
    const limited = replay.violations.some((v) => v.kind === Violation.STEP_LIMIT);
    return limited ? undefined : `goes on beyond ${stepsMax} steps, on the machine ${replay.outcome}`;
  }
  if (!OUTCOMES[run.end].includes(replay.outcome)) return `ends ${run.end}, on the machine ${replay.outcome}`;
  const scalar = replay.violations
    .filter(({ kind }) => run.end !== "deadlock" || kind !== Violation.DEADLOCK)
    .map(keyOf);
  const lanes = [...run.findings].map((n) => keyOf(code.findings[n]!));
  const [ours, theirs] = [lanes, scalar].map((keys) => [...new Set(keys)].sort().join("; "));
  return ours === theirs ? undefined : `shows ${ours}, on the machine ${theirs}`;
}
