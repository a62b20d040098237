// The result of check: the verdict, one line a scenario, then each finding once, in the first scenario that
// shows it (a model's first scenario is its question), then what the check leaves open.

import type { Check, CheckedScenario, Finding } from "../campaign/summary.ts";
import { coverageLines } from "./coverage.ts";
import { scenarioName } from "./evidence.ts";
import { protectionLines } from "./necessity.ts";
import { clampWidth } from "./reproduction.ts";
import { findingLines, groupsOf, type SummaryOptions, sampler, VERDICTS } from "./summary.ts";
import { clean, counted, type Line, line, paint, wrap } from "./text.ts";

/** A finding of the model, in all scenarios that show it. */
export interface Shared {
  readonly finding: Finding;
  readonly scenario: CheckedScenario;
  readonly scenarios: readonly CheckedScenario[];
}

export function renderCheck(check: Check, options: SummaryOptions = {}): string {
  const width = clampWidth(options.width);
  const shared = shareFindings(check.scenarios);
  const lines = [...headLines(check, shared.size, width), line(""), ...tableLines(check, shared, width)];
  let number = 0;
  for (const each of shared.values()) {
    number++;
    const title = `${number}. ${clean(each.finding.title)}`;
    lines.push(line(""), ...wrap(title, width, "", "   ").map((t) => line(t, "bad")));
    lines.push(...elsewhereLines(each, width), line(""));
    lines.push(...findingLines(each.scenario, each.finding, width));
  }
  for (const { model, protections } of check.scenarios) {
    if (protections === undefined) continue;
    lines.push(
      line(""),
      line(`${scenarioName(model.scenario)}:`, "strong"),
      ...protectionLines(protections, width),
    );
  }
  for (const { model, coverage } of check.scenarios) {
    if (coverage === undefined) continue;
    lines.push(line(""), ...coverageLines(coverage, width, scenarioName(model.scenario)));
  }
  lines.push(line(""), ...noteLines(check, width), ...openLines(check, width));
  return paint(lines, options.color === true);
}

/** By group, in the order of the scenarios. */
export function shareFindings(scenarios: readonly CheckedScenario[]): Map<string, Shared> {
  const shared = new Map<string, Shared>();
  for (const scenario of scenarios) {
    for (const { shown } of groupsOf(scenario)) {
      const first = shared.get(shown.group) ?? { finding: shown, scenario, scenarios: [] };
      shared.set(shown.group, { ...first, scenarios: [...first.scenarios, scenario] });
    }
  }
  return shared;
}

function headLines(check: Check, found: number, width: number): Line[] {
  const { tone } = VERDICTS[check.verdict];
  return wrap(checkHeadline(check, found), width, "", "  ").map((t) => line(t, tone));
}

/** `VIOLATIONS: 2 findings in 1 of 3 scenarios, 2 proved; bpf-oom/v2`. */
export function checkHeadline(
  { verdict, scenarios, notRun, model, interrupted }: Check,
  found: number,
): string {
  const { words } = VERDICTS[verdict];
  const total = scenarios.length + notRun.length;
  const amount = (of: CheckedScenario["verdict"]) => scenarios.filter((s) => s.verdict === of).length;
  const failing = amount("violations");
  const proved = amount("proved");
  const parts = [
    failing === 0 ? "no violation" : `${counted(found, "finding")} in ${failing} of ${scenariosOf(total)}`,
    proved === 0 ? "" : failing === 0 ? `${proved} of ${scenariosOf(total)} proved` : `${proved} proved`,
    interrupted ? "interrupted" : "",
  ];
  return `${words}: ${parts.filter((part) => part !== "").join(", ")}; ${clean(model)}`;
}

function scenariosOf(total: number): string {
  return counted(total, "scenario");
}

function tableLines({ scenarios, notRun }: Check, shared: Map<string, Shared>, width: number): Line[] {
  const names = [...scenarios.map(({ model }) => scenarioName(model.scenario)), ...notRun.map(scenarioName)];
  const column = Math.min(28, Math.max(...names.map((name) => name.length))) + 2;
  const numbers = new Map([...shared.keys()].map((group, i) => [group, i + 1]));
  const row = (name: string, text: string, tone: Line["tone"]): Line[] => {
    const first = `  ${name.padEnd(column)}`;
    return wrap(text, width, first, " ".repeat(2 + column)).map((t) => line(t, tone));
  };
  return [
    ...scenarios.flatMap((one) => {
      const { tone } = VERDICTS[one.verdict];
      return row(scenarioName(one.model.scenario), outcomeText(one, numbers), tone);
    }),
    ...notRun.flatMap((name) => row(scenarioName(name), "not looked at: interrupted before", "doubt")),
  ];
}

/** What a scenario came to: of what it was said, and why no more can be said. */
function outcomeText(one: CheckedScenario, numbers: ReadonlyMap<string, number>): string {
  const own = groupsOf(one).map(({ shown }) => numbers.get(shown.group)!);
  const found = `${own.length === 1 ? "finding" : "findings"} ${own.sort((a, b) => a - b).join(", ")}`;
  return outcomeOf(one, found);
}

/** The same in other reports, where findings go by their number; `notProved` is "" where nobody asked. */
export function outcomeOf(one: CheckedScenario, found: string): string {
  const of = one.reduction === undefined ? "" : " of a reduced graph";
  const states = `${counted(one.states ?? 0, "state")}${of}`;
  const gap = one.notProved ? `; not every schedule: ${clean(one.notProved)}` : "";
  switch (one.verdict) {
    case "violations":
      if (one.notProved === null) return `${found}: all there are in ${states}`;
      return one.schedules === 0 ? `${found}${gap}` : `${found} in ${drawn(one)}${gap}`;
    case "proved":
      return `proved in ${states}: no schedule violates`;
    case "none-found":
      return `none found in ${drawn(one)}, p < ${(3 / one.schedules).toExponential(1)}${gap}`;
    case "inconclusive":
      return `inconclusive after ${one.schedules > 0 ? drawn(one) : states}${gap}`;
  }
}

function drawn({ schedules }: CheckedScenario): string {
  return counted(schedules, "schedule");
}

function elsewhereLines({ scenario, scenarios }: Shared, width: number): Line[] {
  if (scenarios.length === 1) return [];
  const others = scenarios.filter((one) => one !== scenario).map((one) => scenarioName(one.model.scenario));
  const text = `shown in ${scenarioName(scenario.model.scenario)}; also in ${others.join(", ")}`;
  return wrap(text, width, "   ", "   ").map((t) => line(t, "faint"));
}

/** Each note once, with the scenarios that it is about where they are not all. */
function noteLines({ scenarios }: Check, width: number): Line[] {
  const said = new Map<string, string[]>();
  for (const { notes, model } of scenarios) {
    for (const note of notes) said.set(note, [...(said.get(note) ?? []), scenarioName(model.scenario)]);
  }
  return [...said].flatMap(([note, by]) => {
    const where = by.length === scenarios.length ? "" : `${by.join(", ")}: `;
    return wrap(`note: ${where}${clean(note)}`, width, "", "  ").map((t) => line(t));
  });
}

function openLines(check: Check, width: number): Line[] {
  const lines = [line("What this does not prove:", "strong")];
  const say = (text: string): void => {
    lines.push(...wrap(text, width, "- ", "  ").map((t) => line(t)));
  };
  const explored = check.scenarios.filter(({ notProved }) => notProved === null);
  if (explored.length > 0) {
    const odds = Math.max(...explored.map((one) => one.collisionProbability ?? 0));
    // Of no states at all, where the set-up violates, none can be taken for another.
    if (odds > 0) {
      say(
        "Where every schedule was looked at, states are told apart by a hash; that two were taken for one " +
          `has a probability below ${odds.toExponential(0)}.`,
      );
    }
  }
  const sampled = check.scenarios.find(({ verdict }) => verdict === "none-found");
  if (sampled !== undefined) {
    say(
      `None found in N schedules: with 95 % confidence a schedule drawn by ${sampler(sampled)} fails with ` +
        "p < 3/N. Some orders are very unlikely to be drawn: it is no proof of absence.",
    );
  }
  if (check.scenarios.some(({ verdict }) => verdict === "inconclusive") || check.notRun.length > 0) {
    say("Of what is inconclusive, interrupted or at a limit, nothing is said beyond where it ended.");
  }
  say(
    "Nothing is said about code that is not in the model, about other scenarios or more tasks, or about " +
      "reorderings beyond the memory model sc.",
  );
  return lines;
}
