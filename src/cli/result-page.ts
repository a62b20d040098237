// The page of a result that was written with --json: of fuzz, explore or check, whose findings are replayed,
// so that they can be stepped through; or of compare, whose table it shows. The file says which models it is
// about; they must still compile to the same programs.

import { readFileSync } from "node:fs";
import { TokenMismatch, UsageError } from "../base/errors.ts";
import { resolveModel } from "../base/models.ts";
import { version } from "../base/paths.ts";
import { runToken } from "../campaign/repro.ts";
import type { Comparison, Finding, ModelName, Summary } from "../campaign/summary.ts";
import { tellStory } from "../campaign/teller.ts";
import { parseToken } from "../campaign/tokens.ts";
import { whyRuns } from "../campaign/why.ts";
import type { Page } from "../report/html/page.ts";
import type { Sources } from "../report/html/source.ts";
import type { ModelFlags } from "./flags.ts";
import { type CompiledModel, loadEngine, openScenarios, startEngine } from "./session.ts";
import { parseStepsMax } from "./values.ts";

const RESULTS = ["fuzz", "demo", "explore", "check", "compare"];
/** A result with traces may be large; what is larger is none. */
const BYTES_MAX = 256 << 20;

type Json = Readonly<Record<string, unknown>>;

export async function resultPage(file: string): Promise<Page> {
  const result = readResult(file);
  if (result.command === "compare") {
    return { version, summaries: [], comparison: comparisonOf(file, result), sources: new Map() };
  }
  const given = result.command === "check" ? listOf(result.scenarios) : [result];
  const sources = new Map<string, string>();
  const summaries: Summary[] = [];
  for (const one of given) summaries.push(await retold(file, one, sources));
  return { version, summaries, sources };
}

function readResult(file: string): Json {
  let result: unknown;
  try {
    const text = readFileSync(file);
    if (text.length > BYTES_MAX) throw new Error("it is too large");
    result = JSON.parse(text.toString("utf8"));
  } catch (error) {
    throw noResult(file, error instanceof Error ? error.message : String(error));
  }
  const { schema, command } = objectOf(result);
  if (schema !== 1 || !RESULTS.includes(String(command)))
    throw noResult(file, "it has no such schema and command");
  return objectOf(result);
}

function noResult(file: string, reason: string): UsageError {
  return new UsageError(
    `${file} is no result of raceproof: ${reason}`,
    "give a campaign's folder, a token, or what fuzz, explore, check or compare --json wrote",
  );
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** With the shape that reports read; a file may be anybody's. */
function comparisonOf(file: string, result: Json): Comparison {
  const rows = listOf(result.scenarios).flatMap(({ rows }) => listOf(rows));
  const cells = rows.flatMap(({ cells }) => listOf(cells));
  const shaped =
    Array.isArray(result.models) &&
    result.models.every((name) => typeof name === "string") &&
    listOf(result.scenarios).every(({ runs, notes }) => Array.isArray(runs) && Array.isArray(notes)) &&
    rows.every(({ title, group }) => typeof title === "string" && typeof group === "string") &&
    cells.every(({ perMillion, exposed }) => typeof perMillion === "number" && typeof exposed === "number");
  if (!shaped) throw noResult(file, "its table is not whole");
  return result as unknown as Comparison;
}

/** One scenario's summary, with each finding replayed. */
async function retold(file: string, given: Json, sources: Map<string, string>): Promise<Summary> {
  const { model, findings, notes, options, verdict, endedBy } = given;
  const numbers = ["schedules", "steps", "elapsedMs", "schedulesPerSecond", "stepsPerSecond"];
  const shaped =
    typeof objectOf(model).name === "string" &&
    typeof objectOf(model).scenario === "string" &&
    ["violations", "none-found", "proved", "inconclusive"].includes(String(verdict)) &&
    Array.isArray(findings) &&
    Array.isArray(notes) &&
    notes.every((note) => typeof note === "string") &&
    typeof endedBy === "string" &&
    typeof options === "object" &&
    numbers.every((name) => typeof given[name] === "number");
  if (!shaped) throw noResult(file, "it lacks what a summary has");
  const name = model as ModelName;
  const summary = given as unknown as Summary;
  if (summary.findings.length === 0) return summary;
  const compiled = await compileFor(name, sources);
  const told = await tellAll(file, compiled, name, listOf(findings));
  return { ...summary, findings: told };
}

async function compileFor({ name, scenario, hash, flags = [] }: ModelName, sources: Map<string, string>) {
  const of = (flag: string): string[] =>
    flags.filter((each) => each.startsWith(`--${flag}=`)).map((each) => each.slice(flag.length + 3));
  const own: ModelFlags = { define: of("define"), include: of("include"), stub: of("stub"), strict: false };
  const opened = await openScenarios(resolveModel(name), own);
  const compiled = opened.compile(scenario.replaceAll("-", "_"));
  if (compiled.program.hash !== hash) {
    throw new TokenMismatch(
      `${name}, scenario ${scenario}, is program ${compiled.program.hash} now; the result is of ${hash}`,
      "run it again: the model has changed since",
    );
  }
  for (const [file, text] of opened.sources as Sources) sources.set(file, text);
  return { compiled, stepsMax: parseStepsMax(of("max-steps")[0]) };
}

async function tellAll(
  file: string,
  { compiled, stepsMax }: { readonly compiled: CompiledModel; readonly stepsMax: number },
  { name }: ModelName,
  given: readonly Json[],
): Promise<Finding[]> {
  const { program } = compiled;
  const engine = startEngine(await loadEngine(), program);
  const why = await whyRuns(program, engine, stepsMax);
  return given.map((one) => {
    const { key, scheduleToken, token, group, count, perMillion, firstSchedule, object } = one;
    const texts = [key, scheduleToken, token, group, object];
    const numbers = [count, perMillion, firstSchedule];
    if (texts.some((text) => typeof text !== "string") || numbers.some((n) => typeof n !== "number")) {
      throw noResult(file, "a finding lacks what findings have");
    }
    const run = runToken(program, engine, parseToken(String(scheduleToken)), stepsMax);
    const { trace } = run.replay;
    const violation = trace.violations.find((each) => each.key === key);
    if (violation === undefined) {
      throw noResult(file, `${String(scheduleToken)} does not show its finding in ${name}`);
    }
    const necessity = why(run, violation.key) ?? undefined;
    const about = { schedule: run.schedule, trace, key: violation.key, necessity };
    const story = tellStory(program, engine, stepsMax, about) ?? undefined;
    return { ...(one as unknown as Finding), title: violation.title, trace, necessity, story };
  });
}
