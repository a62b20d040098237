// A file of races that is committed beside a model: what `raceproof repro --file` replays and `raceproof ci`
// holds a pipeline to. A line is a command of raceproof without its first word, so that what a report prints
// can be pasted.
//
//   file     line*                       after a "\" at its end, and inside quotes, a line goes on
//   line     ["raceproof"] (replay | scenario) ["#" comment]  |  ["#" comment]
//   replay   ["known"] ["repro"] TOKEN [MODEL] flag*
//   scenario "check" MODEL flag*
//   flag     "--scenario" NAME | "--define" NAME[=VALUE] | "--include" FOLDER | "--stub" NAME[=choose]
//            | "--max-steps" N | "--strict"             "--flag=value" is the same as "--flag value"
//
// Words are quoted as in a shell. `known`: the race is in the model and may stay there for now.

import { UsageError } from "../base/errors.ts";
import { shellQuoted, shellWords } from "../base/shell.ts";
import type { ModelName } from "./summary.ts";
import { parseToken, type Token } from "./tokens.ts";

/** What is to be compiled; names and values as written. */
export interface RegressionModel {
  readonly model?: string;
  readonly scenario?: string;
  readonly define: readonly string[];
  readonly include: readonly string[];
  readonly stub: readonly string[];
  readonly strict: boolean;
  readonly maxSteps?: string;
}

interface Placed extends RegressionModel {
  /** 1-based line of the file where it begins. */
  readonly line: number;
}

export interface RegressionToken extends Placed {
  readonly kind: "token";
  /** As written; `token` is what it says. */
  readonly text: string;
  readonly token: Token;
  readonly known: boolean;
}

export interface RegressionScenario extends Placed {
  readonly kind: "scenario";
  readonly model: string;
}

export type Regression = RegressionToken | RegressionScenario;

/** Lines of a file; one that is longer than this was not written by hand. */
const LINES_MAX = 100_000;
const CHARACTERS_MAX = 16 << 20;
/** Of one line that goes on. */
const WHOLE_LINES_MAX = 2000;

/** Mistakes of a file that are named; of more only how many. */
const MISTAKES_NAMED = 10;

/** Throws a UsageError that names the file and every line that is wrong. */
export function parseRegressions(text: string, file: string): Regression[] {
  const lines = text.split(/\r?\n/);
  if (lines.length > LINES_MAX || text.length > CHARACTERS_MAX) {
    throw new UsageError(`${file} is too long: at most ${LINES_MAX} lines, 16 MiB`, "cut it in two");
  }
  const found: Regression[] = [];
  const mistakes: UsageError[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1;
    const fail = (what: string, hint?: string): never => {
      throw new UsageError(`${file}:${line}: ${what}`, hint ?? "a line is: TOKEN MODEL --scenario NAME");
    };
    const { text: whole, last } = wholeLine(lines, i);
    i = last;
    try {
      const words = shellWords(whole) ?? fail("a quote is not closed");
      if (words.length > 0) found.push(parseLine(words, line, fail));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      mistakes.push(error);
    }
  }
  if (mistakes.length > 0) throw allOf(mistakes);
  return found;
}

/** One error for all of them, with the hint of the first. */
function allOf(mistakes: readonly UsageError[]): UsageError {
  const more = mistakes.length - MISTAKES_NAMED;
  const named = mistakes.slice(0, MISTAKES_NAMED).map(({ message }) => message);
  return new UsageError([...named, ...(more > 0 ? [`and ${more} more`] : [])].join("; "), mistakes[0]!.hint);
}

/** A line with those that go on with it: after a "\\", and inside quotes, where a long token goes on. */
function wholeLine(lines: readonly string[], first: number): { text: string; last: number } {
  let text = lines[first]!;
  let last = first;
  const end = Math.min(lines.length, first + WHOLE_LINES_MAX) - 1;
  for (; last < end; last++) {
    if (/(^|[^\\])(\\\\)*\\$/.test(text)) text = text.slice(0, -1) + lines[last + 1]!;
    else if (shellWords(text) === undefined) text = `${text}\n${lines[last + 1]!}`;
    else break;
  }
  return { text, last };
}

type Fail = (what: string, hint?: string) => never;

function parseLine(words: readonly string[], line: number, fail: Fail): Regression {
  const rest = [...words];
  if (rest[0] === "raceproof") rest.shift();
  if (rest[0] === "check") {
    const { operands, ...flags } = parseFlags(rest.slice(1), fail);
    const [model, more] = operands;
    if (model === undefined) return fail("check names no model", "write: check MODEL --scenario NAME");
    if (more !== undefined) return fail(`"${more}" is one word too many`);
    return { kind: "scenario", line, model, ...flags };
  }
  const known = rest[0] === "known";
  if (known) rest.shift();
  if (rest[0] === "repro") rest.shift();
  const { operands, ...flags } = parseFlags(rest, fail);
  const [text, model, more] = operands;
  if (text === undefined) return fail("there is no token");
  if (more !== undefined) return fail(`"${more}" is one word too many`);
  const token = parsed(text, fail);
  return { kind: "token", line, text, token, known, ...(model === undefined ? {} : { model }), ...flags };
}

function parsed(text: string, fail: Fail): Token {
  try {
    return parseToken(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return fail(error.message, error.hint);
  }
}

const LISTS = { "--define": "define", "--include": "include", "--stub": "stub" } as const;

function parseFlags(words: readonly string[], fail: Fail): RegressionModel & { operands: string[] } {
  const lists = { define: [] as string[], include: [] as string[], stub: [] as string[] };
  const one: { scenario?: string; maxSteps?: string } = {};
  const operands: string[] = [];
  let strict = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const match = /^(--[a-z-]+)(?:=(.*))?$/s.exec(word);
    if (match === null) {
      operands.push(word);
      continue;
    }
    const flag = match[1]!;
    if (flag === "--strict") {
      strict = true;
      continue;
    }
    const known = flag in LISTS || flag === "--scenario" || flag === "--max-steps";
    if (!known) fail(`${flag} is no flag of a model`, "flags: --scenario, --define, --include, --stub, ...");
    const value = match[2] ?? words[++i] ?? fail(`${flag} lacks its value`);
    if (flag === "--scenario") one.scenario = value;
    else if (flag === "--max-steps") one.maxSteps = value;
    else lists[LISTS[flag as keyof typeof LISTS]].push(value);
  }
  return { ...one, ...lists, strict, operands };
}

/** The line of a finding, without a line end; `parseRegressions` reads it back. */
export function regressionLine(model: ModelName, token: string): string {
  const scenario = model.scenario === "" ? [] : ["--scenario", model.scenario];
  return [token, model.name, ...scenario, ...(model.flags ?? [])].map(shellQuoted).join(" ");
}
