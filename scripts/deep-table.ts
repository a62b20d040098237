// The table of the deep models: how many schedules each strategy takes until one violates. Here: how that is
// found out for one seed, and the document. Pure; deep.ts measures, a test measures the portfolio again.

import { median } from "../src/base/quantile.ts";
import type { RawTally } from "../src/engine/engine.ts";

/** Schedules after which a seed gives up. */
export const SCHEDULES_MOST = 2 ** 18;
/** Seeds from 1 on. */
export const SEEDS = 31;

interface Machine {
  fuzz(
    draw: { readonly strategy: number; readonly seed: bigint; readonly stepsMax: number },
    first: number,
    count: number,
  ): RawTally;
}

interface Piece {
  readonly member: number;
  readonly first: number;
  readonly count: number;
}

/** By seed, the schedules up to the first that violates, this one included; null where none did. */
export function schedulesToFinding(
  machine: Machine,
  pieces: readonly Piece[],
  stepsMax: number,
): (number | null)[] {
  return Array.from({ length: SEEDS }, (_, n) => {
    for (const { member, first, count } of pieces) {
      const draw = { strategy: member, seed: BigInt(n + 1), stepsMax };
      for (let at = first; at < first + count; at += 1024) {
        const { findings } = machine.fuzz(draw, at, Math.min(1024, first + count - at));
        if (findings.length > 0) return Math.min(...findings.map((finding) => finding.first)) + 1;
      }
    }
    return null;
  });
}

/** Null where that seed found nothing. */
export function medianOf(values: readonly (number | null)[]): number | null {
  const middle = median(values.map((value) => value ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(middle) ? middle : null;
}

/** Schedules after which half of all random walks have shown what each shows with this probability. */
export function medianOfWalk(probability: number): number {
  return Math.log(2) / -Math.log1p(-probability);
}

export interface DeepRow {
  readonly model: string;
  readonly fixedStates: number;
  readonly states: number;
  readonly probability: number;
  readonly preemptions: number;
  /** By strategy, of SEEDS seeds. */
  readonly schedules: Readonly<Record<string, readonly (number | null)[]>>;
}

const INTRODUCTION = `# How rare the deep models are, and how soon they are found

Written by \`npm run deep\`; a test explores the models again, and lets the portfolio search them again.

Each model is made after a published bug and has one way to go wrong, at one or two places; its fixed
variant is proved. The chance is the exact one of a schedule of the uniform random walk, all states having
been visited.

`;

const MEDIANS = `
Schedules up to the first that violates: the median of ${SEEDS} seeds, and how many of them found nothing in
${SCHEDULES_MOST.toLocaleString("en-US")} schedules, where some did not. That of the random walk is
reckoned from its chance, for nobody can wait for it.

`;

export function renderDeep(rows: readonly DeepRow[]): string {
  const strategies = Object.keys(rows[0]!.schedules);
  const facts = rows.map(({ model, states, fixedStates, probability, preemptions }) => [
    `\`${model}\``,
    grouped(states),
    probability.toExponential(1),
    String(preemptions),
    grouped(fixedStates),
  ]);
  const medians = rows.map(({ model, probability, schedules }) => [
    `\`${model}\``,
    medianOfWalk(probability).toExponential(1),
    ...strategies.map((name) => searched(schedules[name]!)),
  ]);
  return [
    INTRODUCTION,
    table(["model", "states", "chance", "fewest preemptions", "states of the fixed one"], facts),
    MEDIANS,
    table(["model", "random", ...strategies], medians),
  ].join("");
}

function searched(values: readonly (number | null)[]): string {
  const middle = medianOf(values);
  const never = values.filter((value) => value === null).length;
  const text = middle === null ? `> ${grouped(SCHEDULES_MOST)}` : grouped(middle);
  return never === 0 ? text : `${text} (${never} none)`;
}

function grouped(n: number): string {
  return n.toLocaleString("en-US");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
