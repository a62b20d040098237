// Lanes of a program, ready to run: made by a process of their own (lanes-process.ts), and both what is known
// of them and the module are kept on disk (lanes-cache.ts), so that the next campaign of the program has them
// at once. Where a program does not fit, the reason.

import { Strategy } from "../../assembly/abi.ts";
import { TokenMismatch, UsageError } from "../base/errors.ts";
import type { StopRules } from "../campaign/loop.ts";
import type { EnginePlan } from "../campaign/plan.ts";
import { readStrategy, strategyName } from "../campaign/strategies.ts";
import type { Token } from "../campaign/tokens.ts";
import type { Draw, Engine, EngineModule, RawFinding } from "../engine/engine.ts";
import { BLOCK, type LanesCode, LanesEngine, lanesMember, lanesRule, scalarMember } from "../engine/lanes.ts";
import type { Program } from "../model/program.ts";
import { RANDOM_EVERY } from "../work/portfolio.ts";
import { keptLanes } from "./lanes-cache.ts";
import { type MadeLanes, makeLanes } from "./lanes-process.ts";
import { startEngine } from "./session.ts";

/** For whoever asks for another. */
export const LANES_DRAW = "random, pct:D and sticky:P";

interface PreparedLanes {
  /** Why the program has none, or null. */
  readonly unfit: Promise<string | null>;
  /** Fails where it has none. */
  readonly code: Promise<LanesCode>;
  /** Gives up what is not there yet. */
  readonly stop: () => void;
}

/** Lanes for what this strategy draws there, made while the caller goes on. */
function prepareLanes(
  program: Program,
  { stepsMax, strategy }: Pick<Draw, "stepsMax" | "strategy">,
): PreparedLanes {
  const rule = lanesRule(strategy);
  const kept = keptLanes(program, stepsMax, rule);
  const { facts, module } = kept.read();
  if (facts !== null && ("unfit" in facts || module !== null)) {
    return prepared({
      facts: Promise.resolve(facts),
      module: Promise.resolve(module!),
      stop: () => undefined,
    });
  }
  const made = makeLanes(program, stepsMax, rule);
  const keep = async (): Promise<void> => {
    const known = await made.facts;
    if (!("unfit" in known)) kept.writeModule(await made.module);
    kept.writeFacts(known);
  };
  keep().catch(() => undefined);
  return prepared(made);
}

function prepared({ facts, module, stop }: MadeLanes): PreparedLanes {
  const unfit = facts.then((known) => ("unfit" in known ? known.unfit : null));
  const code = facts.then(async (known) => {
    if ("unfit" in known) throw doNotFit(known.unfit);
    return { module: await WebAssembly.compile(await module), ...known.tables };
  });
  // Whoever waits for them hears of a failure; where nobody does any more, it is nobody's concern.
  unfit.catch(() => undefined);
  code.catch(() => undefined);
  return { unfit, code, stop };
}

function doNotFit(why: string): UsageError {
  return new UsageError(`lanes do not fit: ${why}`, "--engine auto takes the scalar machine then");
}

export interface Lanes {
  /** Which engine then runs which shards. */
  readonly plan: EnginePlan;
  /** Null where none are wanted; fails where the program has none. */
  readonly code: Promise<LanesCode> | null;
  /** Whether it has, where they are wanted. Fails where nothing else would do. */
  readonly fits?: Promise<boolean>;
  /** What is to be said of the engines after so many schedules. */
  readonly notes: (schedules: number) => Promise<readonly string[]>;
  readonly stop: () => void;
}

/** What --engine comes to for a program, whatever the budget. */
export async function resolveEngine(
  program: Program,
  wanted: EnginePlan,
  { stepsMax, strategy }: Draw,
): Promise<EnginePlan> {
  const portfolio = strategy === Strategy.PORTFOLIO;
  if (wanted === "scalar" || (!portfolio && lanesMember(strategy) === null)) return "scalar";
  if (wanted === "auto") {
    const lanes = prepareLanes(program, { stepsMax, strategy });
    try {
      if ((await lanes.unfit) !== null) return "scalar";
    } finally {
      lanes.stop();
    }
  }
  return portfolio ? "portfolio" : wanted;
}

/** Lanes, where they are wanted; a budget of one block has no use for them. */
export function lanesFor(
  program: Program,
  wanted: EnginePlan,
  draw: Draw,
  { schedules = Number.POSITIVE_INFINITY }: StopRules,
): Lanes {
  const says = (notes: readonly string[]) => async () => notes;
  const none = { code: null, plan: "scalar", notes: says([]), stop: () => undefined } as const;
  if (wanted === "scalar") return none;
  const portfolio = draw.strategy === Strategy.PORTFOLIO;
  const drawn = lanesMember(draw.strategy) !== null;
  if (wanted === "lanes" && !drawn) {
    throw new UsageError(
      `lanes draw ${LANES_DRAW}, not ${strategyName(draw.strategy)}`,
      "write --engine auto or --strategy random",
    );
  }
  const before = portfolio ? RANDOM_EVERY * BLOCK : BLOCK;
  if (wanted === "auto" && schedules <= before) return none;
  if (!portfolio && !drawn) {
    const name = strategyName(draw.strategy);
    return { ...none, notes: says([`run by the scalar machine: lanes do not draw ${name}`]) };
  }
  const lanes = prepareLanes(program, draw);
  const fits = lanes.unfit.then((why) => {
    if (why !== null && wanted === "lanes") throw doNotFit(why);
    return why === null;
  });
  fits.catch(() => undefined);
  const notes = async (ran: number): Promise<readonly string[]> => {
    // A campaign that ended sooner does not wait for what it had no use for.
    const why = ran <= BLOCK ? null : await lanes.unfit;
    return why === null ? [] : [`run by the scalar machine: lanes do not fit, ${why}`];
  };
  return { ...lanes, fits, plan: portfolio ? "portfolio" : wanted, notes };
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
  const lanes = prepareLanes(program, { stepsMax, strategy: read.member });
  const why = await lanes.unfit;
  if (why !== null) throw new TokenMismatch(`the token was drawn by lanes, which do not fit: ${why}`);
  engine.attachLanes(new LanesEngine(await lanes.code));
  return engine;
}
