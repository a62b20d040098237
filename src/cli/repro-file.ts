// repro --file: replays a file of tokens, such as a repository keeps of what was found and mended. Its
// grammar: src/campaign/regressions.ts; scenarios that it names are ci's business.

import { readFileSync } from "node:fs";
import { Exit, type ExitCode, RaceproofError, TokenMismatch, UsageError } from "../base/errors.ts";
import { reasonOf } from "../base/reason.ts";
import { parseRegressions, type RegressionToken } from "../campaign/regressions.ts";
import { reproduce } from "../campaign/repro.ts";
import type { Reproduction, ReproVerdict } from "../campaign/summary.ts";
import { modelForToken } from "./find-program.ts";
import { type ReproFlags, replayFlags, tokenFlags } from "./flags.ts";
import { parseOutput } from "./formats.ts";
import { startEngineFor } from "./lanes.ts";
import { printable, writeJson, writeResult } from "./output.ts";
import { loadEngine } from "./session.ts";
import { parseStepsMax } from "./values.ts";

interface LineResult {
  readonly line: number;
  readonly token: string;
  /** The line says that it may show. */
  readonly known: boolean;
  readonly model: string;
  readonly scenario: string;
  readonly verdict: ReproVerdict | "DOES NOT FIT";
  /** What it shows, or why it does not. */
  readonly detail: string;
}

/** Replays all of them, whatever the others show. */
export async function runReproFile(
  file: string,
  token: string | undefined,
  flags: ReproFlags,
): Promise<ExitCode> {
  if (token !== undefined) {
    throw new UsageError(`--file ${file} and a token exclude each other`, "put the token into the file");
  }
  const [given] = tokenFlags(flags);
  if (given !== undefined) throw new UsageError(`${given} is for one token`, `put it on its line of ${file}`);
  const { format } = parseOutput(flags, ["text", "json"]);
  const lines = readLines(file);
  const module = await loadEngine();
  const results: LineResult[] = [];
  for (const line of lines) results.push(await replay(module, line));
  const code = exitCodeOf(results);
  if (format === "json") await writeJson({ schema: 1, command: "repro", file, results });
  else await writeResult(textOf(file, results));
  return code;
}

/** One that shows a violation, and is not known to, is worse than one that says nothing. */
function exitCodeOf(results: readonly LineResult[]): ExitCode {
  const open = results.filter(({ known, verdict }) => !known || verdict !== "REPRODUCED");
  if (open.some(({ verdict }) => verdict === "REPRODUCED")) return Exit.FINDING;
  return open.every(({ verdict }) => verdict === "NOT REPRODUCED") ? Exit.CLEAN : Exit.TOKEN;
}

function readLines(file: string): RegressionToken[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${reasonOf(error)}`, "name a file with a token a line");
  }
  const lines = parseRegressions(text, file).filter((line) => line.kind === "token");
  if (lines.length === 0) throw new UsageError(`${file} has no token`, "fuzz --out writes regressions.txt");
  for (const { maxSteps } of lines) parseStepsMax(maxSteps);
  return lines;
}

async function replay(
  module: Awaited<ReturnType<typeof loadEngine>>,
  entry: RegressionToken,
): Promise<LineResult> {
  const { line, token, text } = entry;
  const known = { line, token: text, known: entry.known };
  try {
    const { program } = await modelForToken(token, entry.model, entry);
    const stepsMax = parseStepsMax(entry.maxSteps);
    const engine = await startEngineFor(token, module, program, stepsMax);
    const result = reproduce(program, engine, token, stepsMax, replayFlags(entry));
    const { name, scenario } = result.model;
    return { ...known, model: name, scenario, verdict: result.verdict, detail: detailOf(result) };
  } catch (error) {
    const model = { model: entry.model ?? "", scenario: entry.scenario ?? "" };
    if (error instanceof TokenMismatch) {
      return { ...known, ...model, verdict: "DOES NOT FIT", detail: error.message };
    }
    if (error instanceof RaceproofError && error.exitCode === Exit.USAGE) {
      throw new UsageError(`line ${line}: ${error.message}`, error.hint);
    }
    throw error;
  }
}

function detailOf({ trace, divergence, notes }: Reproduction): string {
  if (divergence !== null) {
    return `at step ${divergence.step} expected ${divergence.expected}, found: ${divergence.found}`;
  }
  const shown = trace.violations.map(({ title }) => title);
  return (shown.length > 0 ? shown : notes).join("; ");
}

function textOf(file: string, results: readonly LineResult[]): string {
  const lines = results.flatMap(({ line, token, known, model, scenario, verdict, detail }) => [
    `${verdict}${known ? " (known)" : ""}: line ${line}, ${model} ${scenario}`,
    `  ${token}`,
    ...(detail === "" ? [] : [`  ${detail}`]),
  ]);
  const of = (wanted: LineResult["verdict"]) => results.filter(({ verdict }) => verdict === wanted).length;
  const shown = of("REPRODUCED");
  const rest = results.length - shown - of("NOT REPRODUCED");
  lines.push("", `${file}: of ${results.length} tokens ${shown} show a violation, ${rest} do not fit`);
  return lines.map(printable).join("\n");
}
