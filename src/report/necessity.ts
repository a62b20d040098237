// Why a finding happens, and why one cannot: the orders of steps that force it, and what a proved scenario
// needs. For a mail: 72 columns, the statement first, its place below.

import type {
  Necessity,
  OrderedStep,
  ProtectionKind,
  ProtectionSite,
  SourcePlace,
} from "../campaign/summary.ts";
import { entry } from "./evidence.ts";
import { clean, counted, type Line, line, wrap } from "./text.ts";
import { traceLines } from "./trace.ts";

/** "why" among the evidence of a finding. */
export function necessityLines({ orders, reason }: Necessity, width: number): Line[] {
  if (orders === null) return entry("why", `not known: ${clean(reason ?? "")}`, width);
  if (orders.length === 0) return entry("why", "whatever the order of steps: every schedule shows it", width);
  const orderWord = counted(orders.length, "order");
  const head =
    orders.length === 1
      ? "1 order forces it: every schedule in which the second step waits for the first shows it"
      : `${orderWord} force it, and no fewer: every schedule in which each second step waits for the first ` +
        "of its pair shows it";
  const lines = entry("why", head, width);
  for (const [n, { before, after }] of orders.entries()) {
    const number = `${n + 1}.`.padEnd(3);
    lines.push(...stepLines(`    ${number}`, before, width), ...stepLines("       before ", after, width));
  }
  return lines;
}

function stepLines(start: string, { task, place, step, nth }: OrderedStep, width: number): Line[] {
  const rest = " ".repeat(9);
  const inner = step === undefined ? "" : `, in it ${clean(step.text)}`;
  const times = nth === 1 ? "" : `, time ${nth}`;
  const text = `[${clean(task)}] ${clean(place.text)}${inner}${times}`;
  return [...wrap(text, width, start, rest), ...wrap(placeText(place), width, rest, rest)].map((t) =>
    line(t),
  );
}

function placeText({ function: name, file, line: number }: SourcePlace): string {
  return `${clean(name)}() ${clean(file)}:${number}`;
}

// ---------------------------------------------------------------- what a scenario needs

/** What is done to each kind. */
const WITHOUT: Readonly<Record<ProtectionKind, string>> = {
  lock: "without this lock",
  section: "without this read-side section",
  "grace-period": "without waiting for the grace period",
  reference: "without this reference",
  atomic: "if it is not atomic (a load or check, then a store)",
  wait: "without this wait",
  check: "without looking whether it is dying",
};

/** The whole chapter: needed ones with their traces, then the others in a line each. */
export function protectionLines(sites: readonly ProtectionSite[], width: number): Line[] {
  if (sites.length === 0)
    return [line("Nothing in this scenario is a lock, a grace period or another protection.")];
  const of = (verdict: ProtectionSite["verdict"]) => sites.filter((site) => site.verdict === verdict);
  const needed = of("needed");
  const lines: Line[] = [];
  const head = (text: string): void => {
    if (lines.length > 0) lines.push(line(""));
    lines.push(...wrap(text, width, "", "  ").map((t) => line(t, "strong")));
  };
  if (needed.length > 0) head("What protects it: each of these, left out alone, lets a schedule violate:");
  else
    head(
      "Nothing that protects it is needed alone: what one protects, another one does as well, or nothing.",
    );
  for (const [n, site] of needed.entries()) lines.push(line(""), ...neededLines(site, n + 1, width));
  const others: readonly [ProtectionSite["verdict"], string][] = [
    ["not-needed", "Left out alone, no schedule of this scenario violates:"],
    ["unknown", "Not decided:"],
    ["not-tried", "Not tried:"],
  ];
  for (const [verdict, text] of others) {
    if (of(verdict).length > 0) head(text);
    for (const site of of(verdict)) lines.push(...otherLines(site, width));
  }
  return lines;
}

function neededLines(
  { protection, place, others, loss, otherLosses }: ProtectionSite,
  n: number,
  width: number,
): Line[] {
  const lines = wrap(`${n}. ${clean(place.text)}`, width, "", "   ").map((t) => line(t, "good"));
  const ends = others.map((other) => `${clean(other.text)} ${clean(other.file)}:${other.line}`);
  const until = ends.length === 0 ? "" : ` (to ${ends.join(", ")})`;
  lines.push(...wrap(`${placeText(place)}${until}`, width, "   ", "   ").map((t) => line(t)));
  if (loss === null) return lines;
  const more = otherLosses === 0 ? "" : ` (and ${counted(otherLosses, "other finding")})`;
  const size = `${counted(loss.preemptions, "preemption")}, ${counted(loss.steps, "step")}`;
  const text = `${WITHOUT[protection]}: ${clean(loss.title)}${more}; ${size}`;
  lines.push(...wrap(text, width, "   ", "   ").map((t) => line(t, "bad")), line(""));
  return [...lines, ...traceLines(loss.trace, { width, collapse: true })];
}

/** The same place with several kinds of protection stands here several times: the kind is said. */
function otherLines({ protection, place, reason }: ProtectionSite, width: number): Line[] {
  const why = reason === null ? "" : `: ${clean(reason)}`;
  const text = `${clean(place.text)} [${protection}] ${placeText(place)}${why}`;
  return wrap(text, width, "  ", "      ").map((t) => line(t));
}
