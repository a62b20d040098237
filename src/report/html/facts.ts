// What the page says of one finding, whether it comes from a campaign or from the replay of a token.

import type {
  Finding,
  ModelName,
  Necessity,
  Reproduction,
  Story,
  Summary,
  Trace,
} from "../../campaign/summary.ts";
import { minimumText, rateText, scheduleText } from "../evidence.ts";
import { ratesText } from "../strategies.ts";
import { clean, shorten } from "../text.ts";
import { placeWord } from "../words.ts";

export interface Fact {
  readonly key: string;
  readonly text: string;
}

export interface PageFinding {
  readonly title: string;
  readonly model: ModelName;
  readonly trace: Trace;
  readonly story: Story | null;
  readonly necessity: Necessity | null;
  readonly facts: readonly Fact[];
  /** Of the command that replays it. */
  readonly token: string;
  readonly violated: boolean;
}

export function findingOf(summary: Summary, finding: Finding): PageFinding {
  const { trace, minimum, necessity, story } = finding;
  const rate = { ...finding, schedules: summary.schedules };
  const facts = [
    ...placeFacts(trace),
    { key: "schedule", text: scheduleText(trace) },
    ...(minimum === undefined
      ? []
      : [{ key: "minimum", text: minimumText(minimum, summary.options.minimise === "steps") }]),
    { key: "seen", text: rateText(rate) },
    ...(ratesText(finding.byStrategy) === ""
      ? []
      : [{ key: "by strategy", text: `per million: ${ratesText(finding.byStrategy)}` }]),
    ...(finding.token === finding.scheduleToken ? [] : [{ key: "as drawn", text: clean(finding.token) }]),
  ];
  return {
    title: clean(finding.title),
    model: summary.model,
    trace,
    story: story ?? null,
    necessity: necessity ?? null,
    facts,
    token: finding.scheduleToken,
    violated: true,
  };
}

export function replayOf(r: Reproduction): PageFinding {
  const { trace, model, token, necessity, story } = r;
  const [first, ...others] = trace.violations;
  const at = r.divergence;
  const diverged =
    at === null
      ? []
      : [
          {
            key: "diverged",
            text: `at step ${at.step}: expected ${clean(at.expected)}, found ${clean(at.found)}`,
          },
        ];
  return {
    title: first === undefined ? "No violation in this schedule" : clean(first.title),
    model,
    trace,
    story: story ?? null,
    necessity: necessity ?? null,
    facts: [
      ...diverged,
      ...others.map(({ title }) => ({ key: "and", text: clean(title) })),
      ...placeFacts(trace),
      { key: "schedule", text: scheduleText(trace) },
    ],
    token,
    violated: first !== undefined,
  };
}

/** Where each violation happened, what it read, and the other places that matter. */
function placeFacts(trace: Trace): Fact[] {
  return trace.violations.flatMap((violation) => {
    const at = { role: placeWord(violation.kind), place: violation.place, task: violation.task };
    const places = violation.kind === "deadlock" ? violation.related : [at, ...violation.related];
    const facts = places.flatMap(({ role, place, task }) => {
      if (place.file === "") return [];
      const name = place.function === "" ? "" : `${clean(place.function)}() `;
      const who = task === "" ? "" : ` [${shorten(clean(task), 40)}]`;
      return [{ key: clean(role), text: `${name}${clean(place.file)}:${place.line}${who}` }];
    });
    const read = violation.read === undefined ? [] : [{ key: "read", text: clean(violation.read) }];
    return [...facts.slice(0, 1), ...read, ...facts.slice(1)];
  });
}
