// Lanes of a program, ready to run: its source is made here, compiled by a process of its own, and both what
// is known of it and the module are kept on disk (lanes-cache.ts), so that the next campaign of the program
// has them at once. Where a program does not fit, the reason.

import { spawn } from "node:child_process";
import { Strategy } from "../../assembly/abi.ts";
import { InternalError, TokenMismatch, UsageError } from "../base/errors.ts";
import { lanesCompilerFile, lanesFolder } from "../base/paths.ts";
import type { StopRules } from "../campaign/loop.ts";
import type { EnginePlan } from "../campaign/plan.ts";
import { readStrategy, strategyName } from "../campaign/strategies.ts";
import type { Token } from "../campaign/tokens.ts";
import type { Draw, Engine, EngineModule, RawFinding } from "../engine/engine.ts";
import { BLOCK, type LanesCode, LanesEngine, lanesMember, lanesRule, scalarMember } from "../engine/lanes.ts";
import { type LanesSource, lanesOf } from "../lanes/lanes.ts";
import type { Rule } from "../lanes/rank.ts";
import type { Program } from "../model/program.ts";
import { RANDOM_EVERY } from "../work/portfolio.ts";
import { keptLanes, type LanesFacts } from "./lanes-cache.ts";
import { startEngine } from "./session.ts";

type PreparedLanes =
  | { readonly code: Promise<LanesCode>; readonly stop: () => void }
  | { readonly unfit: string };

/**
 * Lanes for what this strategy draws there; the engine has the program loaded. The module is compiled while
 * the caller goes on; `stop` gives that up.
 */
function prepareLanes(
  engine: Engine,
  program: Program,
  { stepsMax, strategy }: Pick<Draw, "stepsMax" | "strategy">,
): PreparedLanes {
  const rule = lanesRule(strategy);
  const kept = keptLanes(program, stepsMax, rule);
  const { facts, module } = kept.read();
  if (facts !== null && ("unfit" in facts || module !== null)) return prepared(facts, module);
  const source = lanesSource(engine, program, stepsMax, rule);
  if ("unfit" in source) {
    kept.writeFacts({ unfit: source.unfit });
    return source;
  }
  const { bytes, stop } = compileSource(source.text);
  const written = bytes.then((made) => {
    kept.writeModule(made);
    kept.writeFacts({ tables: source.tables });
    return made;
  });
  return prepared({ tables: source.tables }, written, stop);
}

function prepared(
  facts: LanesFacts,
  bytes: Promise<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | null,
  stop: () => void = () => undefined,
): PreparedLanes {
  if ("unfit" in facts) return facts;
  const code = Promise.resolve(bytes!).then(async (module) => {
    return { module: await WebAssembly.compile(module), ...facts.tables };
  });
  // Whoever waits for it hears of a failure; where nobody does any more, it is nobody's concern.
  code.catch(() => undefined);
  return { code, stop };
}

export interface Lanes {
  readonly code: Promise<LanesCode> | null;
  /** Which engine then runs which shards. */
  readonly plan: EnginePlan;
  readonly notes: readonly string[];
  readonly stop: () => void;
}

/** What --engine comes to for a program, whatever the budget; the engine has the program loaded. */
export function resolveEngine(
  engine: Engine,
  program: Program,
  wanted: EnginePlan,
  { stepsMax, strategy }: Draw,
): EnginePlan {
  const portfolio = strategy === Strategy.PORTFOLIO;
  if (wanted === "scalar" || (!portfolio && lanesMember(strategy) === null)) return "scalar";
  if (wanted === "auto") {
    const rule = lanesRule(strategy);
    const known = keptLanes(program, stepsMax, rule).read().facts;
    const facts = known ?? lanesSource(engine, program, stepsMax, rule);
    if ("unfit" in facts) return "scalar";
  }
  return portfolio ? "portfolio" : wanted;
}

/** Lanes, where they are wanted and the program fits; a budget of one block has no use for them. */
export function lanesFor(
  engine: Engine,
  program: Program,
  wanted: EnginePlan,
  draw: Draw,
  { schedules = Number.POSITIVE_INFINITY }: StopRules,
): Lanes {
  const none = { code: null, plan: "scalar", notes: [], stop: () => undefined } as const;
  if (wanted === "scalar") return none;
  const portfolio = draw.strategy === Strategy.PORTFOLIO;
  const drawn = lanesMember(draw.strategy) !== null;
  if (wanted === "lanes" && !drawn) {
    throw new UsageError(
      `lanes draw random, pct:D and sticky:P, not ${strategyName(draw.strategy)}`,
      "write --engine auto or --strategy random",
    );
  }
  const before = portfolio ? RANDOM_EVERY * BLOCK : BLOCK;
  if (wanted === "auto" && schedules <= before) return none;
  if (!portfolio && !drawn) {
    const name = strategyName(draw.strategy);
    return { ...none, notes: [`run by the scalar machine: lanes do not draw ${name}`] };
  }
  const lanes = prepareLanes(engine, program, draw);
  if (!("unfit" in lanes)) return { ...lanes, plan: portfolio ? "portfolio" : wanted, notes: [] };
  if (wanted === "lanes") {
    throw new UsageError(`lanes do not fit: ${lanes.unfit}`, "--engine auto takes the scalar machine then");
  }
  return { ...none, notes: [`run by the scalar machine: lanes do not fit, ${lanes.unfit}`] };
}

export function drawnByLanes(findings: readonly Pick<RawFinding, "strategy">[]): boolean {
  return findings.some(({ strategy }) => scalarMember(strategy) !== null);
}

/** How much of what lanes found was looked at twice. */
export function replayedNotes(findings: readonly RawFinding[]): string[] {
  const replayed = findings.reduce((sum, f) => sum + (f.replayed ?? 0), 0);
  if (replayed === 0) return [];
  const all = findings.reduce((sum, f) => sum + f.count, 0);
  return [`of ${all} violations ${replayed} that lanes showed were run on the scalar machine too: it agrees`];
}

/** An engine for a token: with the program's lanes, where the token was drawn by them. */
export async function startEngineFor(
  token: Token,
  module: EngineModule,
  program: Program,
  stepsMax: number,
): Promise<Engine> {
  const engine = startEngine(module, program);
  if (token.kind !== "seed" || token.hash !== program.hash) return engine;
  const read = readStrategy(token.strategy);
  if ("problem" in read || scalarMember(read.member) === null) return engine;
  const lanes = prepareLanes(engine, program, { stepsMax, strategy: read.member });
  if ("unfit" in lanes)
    throw new TokenMismatch(`the token was drawn by lanes, which do not fit: ${lanes.unfit}`);
  engine.attachLanes(new LanesEngine(await lanes.code));
  return engine;
}

/** Of the program that was asked for last: a campaign asks whether it fits before it asks for its lanes. */
const made = new WeakMap<Program, { readonly of: string; readonly source: MaybeSource }>();

type MaybeSource = LanesSource | { readonly unfit: string };

export function lanesSource(engine: Engine, program: Program, stepsMax: number, rule: Rule): MaybeSource {
  const known = made.get(program);
  const of = `${stepsMax} ${rule}`;
  if (known?.of === of) return known.source;
  const { words, symbols, hash } = program;
  const scenario = `${symbols.model}, scenario ${symbols.scenario}`;
  const title = `${scenario}, program ${hash}${rule === "random" ? "" : `, ${rule}`}`;
  const source = lanesOf(engine, words, stepsMax, title, rule);
  made.set(program, { of, source });
  return source;
}

interface Compiling {
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
  readonly stop: () => void;
}

function compileSource(text: string): Compiling {
  const child = spawn(process.execPath, [lanesCompilerFile, lanesFolder], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const bytes = new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", reject);
    child.on("close", (exit) => {
      if (exit === 0) resolve(new Uint8Array(Buffer.concat(output)));
      else reject(new InternalError(`lanes cannot be compiled: ${Buffer.concat(errors).toString("utf8")}`));
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(text);
  });
  return { bytes, stop: () => child.kill("SIGKILL") };
}
