// What ci gives: each line of a committed file replayed, and the scenarios that its lines name checked.
// Types, and which findings are known; text is made last.

import type {
  CheckedScenario,
  Finding,
  ModelName,
  Reproduction,
  ReproVerdict,
  Summary,
  Trace,
  Verdict,
} from "./summary.ts";

/** STALE: a seed token of another program, which no longer says anything. */
export type ReplayVerdict = ReproVerdict | "STALE";

/** One token of the file. */
export interface GateReplay {
  /** Line of the file. */
  readonly line: number;
  readonly token: string;
  readonly model: ModelName;
  /** The line says that the race is in the model and may stay. */
  readonly known: boolean;
  readonly verdict: ReplayVerdict;
  /** Why it does not fit the program any more, or null. */
  readonly reason: string | null;
  readonly trace: Trace | null;
}

/** A scenario that was checked, with the findings that lines of the file say are known. */
export interface GateScenario extends CheckedScenario {
  /** Dedupe keys among its findings. */
  readonly known: readonly string[];
}

/** Result of ci. */
export interface Gate {
  readonly schema: 1;
  readonly version: string;
  readonly command: "ci";
  readonly file: string;
  readonly options: Summary["options"];
  /** A known race that still shows is no violation. */
  readonly verdict: Verdict;
  readonly elapsedMs: number;
  readonly replays: readonly GateReplay[];
  readonly scenarios: readonly GateScenario[];
  readonly interrupted: boolean;
}

/** A WARN that shows before the token diverges is shown: what follows says nothing, that does. */
export function replayVerdict({ verdict, trace }: Pick<Reproduction, "verdict" | "trace">): ReproVerdict {
  return trace.violations.length > 0 ? "REPRODUCED" : verdict;
}

/** Of the findings those that a known token shows, or that are of one group with such a one. */
export function knownAmong(findings: readonly Finding[], known: ReadonlySet<string>): string[] {
  const groups = new Set(findings.filter(({ key }) => known.has(key)).map(({ group }) => group));
  return findings.filter(({ key, group }) => known.has(key) || groups.has(group)).map(({ key }) => key);
}

/** What the pipeline is to do. */
export function verdictOfGate({ replays, scenarios, interrupted }: Omit<Gate, "verdict">): Verdict {
  const back = replays.some(({ known, verdict }) => verdict === "REPRODUCED" && !known);
  const fresh = scenarios.some(({ findings, known }) => findings.some(({ key }) => !known.includes(key)));
  if (back || fresh) return "violations";
  if (interrupted || scenarios.some(({ verdict }) => verdict === "inconclusive")) return "inconclusive";
  // Where no token fits and nothing was checked, nothing was looked at.
  const looked = replays.some(({ verdict }) => verdict === "REPRODUCED" || verdict === "NOT REPRODUCED");
  if (!looked && scenarios.length === 0) return "inconclusive";
  const proved = scenarios.length > 0 && scenarios.every(({ verdict }) => verdict === "proved");
  return proved ? "proved" : "none-found";
}
