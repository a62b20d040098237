// The names of strategies, as the command line and tokens write them, and the numbers that the engine takes:
//
//   random  pos  urw  surw  lanes  portfolio       without a parameter
//   pct-D, pct-D-K, lanes-pct-D, lanes-pct-D-K     depth; steps among which the change points are drawn
//   sticky-P, lanes-sticky-P                       percent
//
// On the command line a colon may stand for each dash: pct:3, sticky:90.

import {
  MEMBER_PARAMETER_SHIFT,
  MEMBER_STEPS_SHIFT,
  MEMBER_STRATEGY_MASK,
  PCT_DEPTH_MAX,
  PCT_STEPS_MAX,
  STICKY_MAX,
  Strategy,
} from "../../assembly/abi.ts";
import { nearest } from "../base/names.ts";

const PLAIN: ReadonlyMap<string, number> = new Map([
  ["random", Strategy.RANDOM],
  ["pos", Strategy.POS],
  ["urw", Strategy.URW],
  ["surw", Strategy.SURW],
  ["lanes", Strategy.LANES],
  ["portfolio", Strategy.PORTFOLIO],
]);

const EXAMPLES: ReadonlyMap<string, string> = new Map([
  ["pct", "pct:3"],
  ["sticky", "sticky:90"],
]);

/** What --strategy takes; "lanes" says which engine drew: that is --engine's. */
export const STRATEGY_NAMES: readonly string[] = [
  ...[...PLAIN.keys()].filter((name) => name !== "lanes"),
  "pct:D",
  "sticky:P",
];

/** A member's number for PCT and STICKY. */
export function memberOf(strategy: number, parameter: number, steps = 0): number {
  return (strategy | (parameter << MEMBER_PARAMETER_SHIFT) | (steps << MEMBER_STEPS_SHIFT)) >>> 0;
}

/** As tokens write it. */
export function strategyName(member: number): string {
  const parameter = (member >>> MEMBER_PARAMETER_SHIFT) & 0xff;
  const steps = member >>> MEMBER_STEPS_SHIFT;
  const strategy = member & MEMBER_STRATEGY_MASK;
  const pct = `pct-${parameter}${steps === 0 ? "" : `-${steps}`}`;
  if (strategy === Strategy.PCT) return pct;
  if (strategy === Strategy.LANES_PCT) return `lanes-${pct}`;
  if (strategy === Strategy.STICKY) return `sticky-${parameter}`;
  if (strategy === Strategy.LANES_STICKY) return `lanes-sticky-${parameter}`;
  for (const [name, number] of PLAIN) if (number === member) return name;
  throw new RangeError(`strategy ${member} has no name`);
}

export type ReadStrategy = { readonly member: number } | { readonly problem: string; readonly hint: string };

/** A member's number, or what is wrong with the name and the next thing to try. */
export function readStrategy(text: string): ReadStrategy {
  const plain = PLAIN.get(text);
  if (plain !== undefined) return { member: plain };
  const [name = "", ...values] = text.split(/[:-]/);
  const [of, ...more] = values;
  if (name === "pct") return readPct(text, values, Strategy.PCT);
  if (name === "sticky") return readSticky(text, values, Strategy.STICKY);
  if (name === "lanes" && of === "pct") return readPct(text, more, Strategy.LANES_PCT);
  if (name === "lanes" && of === "sticky") return readSticky(text, more, Strategy.LANES_STICKY);
  if (PLAIN.has(name)) {
    return { problem: `strategy ${name} takes no parameter, and ${text} has one`, hint: `write ${name}` };
  }
  const [near] = nearest(name, [...PLAIN.keys(), ...EXAMPLES.keys()]);
  const hint =
    near === undefined || near === "lanes"
      ? `strategies: ${STRATEGY_NAMES.join(", ")}`
      : `did you mean ${EXAMPLES.get(near) ?? near}?`;
  return { problem: `unknown strategy ${text}`, hint };
}

function readPct(text: string, values: readonly string[], strategy: Strategy): ReadStrategy {
  const [depth = "", steps = "0", ...more] = values;
  if (depth === "") {
    return { problem: `strategy ${text} lacks the depth of the bugs that it looks for`, hint: "write pct:3" };
  }
  if (!isNumber(depth, 1, PCT_DEPTH_MAX) || more.length > 0) {
    const hint = `write pct:D with a depth D from 1 to ${PCT_DEPTH_MAX}, for example pct:3`;
    return { problem: `strategy ${text} has no such depth`, hint };
  }
  if (values.length > 1 && !isNumber(steps, 1, PCT_STEPS_MAX)) {
    const hint = `write pct:${depth}, or pct:${depth}:K with K steps from 1 to ${PCT_STEPS_MAX}`;
    return { problem: `strategy ${text} has no such number of steps`, hint };
  }
  return { member: memberOf(strategy, Number(depth), Number(steps)) };
}

function readSticky(text: string, values: readonly string[], strategy: Strategy): ReadStrategy {
  const [percent = "", ...more] = values;
  if (!isNumber(percent, 0, STICKY_MAX) || more.length > 0) {
    const hint = `write sticky:P with P percent from 0 to ${STICKY_MAX}, for example sticky:90`;
    return { problem: `strategy ${text} does not say how often a task steps on`, hint };
  }
  return { member: memberOf(strategy, Number(percent)) };
}

/** One way of writing each: a token is compared as text. */
function isNumber(text: string, least: number, most: number): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) >= least && Number(text) <= most;
}
