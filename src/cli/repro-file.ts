// repro --file: replays a file of tokens, such as a repository keeps of what was found and mended. A line is
// what follows `raceproof repro` on the command line: a token, its model, flags; `#` begins a comment.

import { readFileSync } from "node:fs";
import { Command } from "commander";
import { Exit, type ExitCode, RaceproofError, TokenMismatch, UsageError } from "../base/errors.ts";
import { reproduce } from "../campaign/repro.ts";
import type { Reproduction, ReproVerdict } from "../campaign/summary.ts";
import { parseToken, type Token } from "../campaign/tokens.ts";
import { modelForToken } from "./find-program.ts";
import { type ReproFlags, replayFlags } from "./flags.ts";
import { startEngineFor } from "./lanes.ts";
import { addModelFlags } from "./options.ts";
import { printable, writeJson, writeResult } from "./output.ts";
import { loadEngine } from "./session.ts";
import { splitWords } from "./shell.ts";
import { parseStepsMax } from "./values.ts";

/** A file that somebody reads and keeps. */
const LINES_MAX = 10_000;

interface TokenLine {
  readonly number: number;
  readonly token: Token;
  readonly text: string;
  readonly model: string | undefined;
  readonly flags: Omit<ReproFlags, "format" | "json">;
}

interface LineResult {
  readonly line: number;
  readonly token: string;
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
  { json }: Pick<ReproFlags, "json">,
): Promise<ExitCode> {
  if (token !== undefined) {
    throw new UsageError(`--file ${file} and a token exclude each other`, "put the token into the file");
  }
  const lines = readLines(file);
  const module = await loadEngine();
  const results: LineResult[] = [];
  for (const line of lines) results.push(await replay(module, line));
  const code = exitCodeOf(results);
  if (json) await writeJson({ schema: 1, command: "repro", file, results });
  else await writeResult(textOf(file, results));
  return code;
}

/** One that shows a violation is worse than one that says nothing. */
function exitCodeOf(results: readonly LineResult[]): ExitCode {
  if (results.some(({ verdict }) => verdict === "REPRODUCED")) return Exit.FINDING;
  return results.every(({ verdict }) => verdict === "NOT REPRODUCED") ? Exit.CLEAN : Exit.TOKEN;
}

/** Every line that is wrong is named at once. */
function readLines(file: string): TokenLine[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot read ${file}: ${code === "ENOENT" ? "there is no such file" : message}`);
  }
  const lines: TokenLine[] = [];
  const problems: string[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (i >= LINES_MAX) throw new UsageError(`${file} has more than ${LINES_MAX} lines`);
    try {
      const parsed = parseLine(line, i + 1);
      if (parsed !== null) lines.push(parsed);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      problems.push(`line ${i + 1}: ${error.message.replace(/^error: /, "")}`);
    }
  }
  if (problems.length > 0) {
    throw new UsageError(
      `${file}: ${problems.slice(0, 10).join("; ")}${problems.length > 10 ? "; and more" : ""}`,
      "a line is a token, its model and flags as for raceproof repro; # begins a comment",
    );
  }
  if (lines.length === 0) throw new UsageError(`${file} has no token`, "fuzz --out writes regressions.txt");
  return lines;
}

function parseLine(line: string, number: number): TokenLine | null {
  const words = splitWords(line);
  if (words === null) throw new UsageError("a quote is not closed");
  if (words.length === 0) return null;
  const command = addModelFlags(new Command("line").argument("<token>").argument("[model]"))
    .option("--max-steps <n>")
    .exitOverride()
    .helpOption(false)
    .configureOutput({ writeErr: () => undefined, outputError: () => undefined });
  command.parse(words, { from: "user" });
  const [text, model] = command.args as [string, string?];
  const flags = command.opts<TokenLine["flags"]>();
  parseStepsMax(flags.maxSteps);
  return { number, token: parseToken(text), text, model, flags };
}

async function replay(module: Awaited<ReturnType<typeof loadEngine>>, line: TokenLine): Promise<LineResult> {
  const { number, token, text, flags } = line;
  const known = { line: number, token: text };
  try {
    const { program } = await modelForToken(token, line.model, flags);
    const stepsMax = parseStepsMax(flags.maxSteps);
    const engine = await startEngineFor(token, module, program, stepsMax);
    const result = reproduce(program, engine, token, stepsMax, replayFlags(flags));
    const { name, scenario } = result.model;
    return { ...known, model: name, scenario, verdict: result.verdict, detail: detailOf(result) };
  } catch (error) {
    const model = { model: line.model ?? "", scenario: flags.scenario ?? "" };
    if (error instanceof TokenMismatch) {
      return { ...known, ...model, verdict: "DOES NOT FIT", detail: error.message };
    }
    if (error instanceof RaceproofError && error.exitCode === Exit.USAGE) {
      throw new UsageError(`line ${number}: ${error.message}`, error.hint);
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
  const lines = results.flatMap(({ line, token, model, scenario, verdict, detail }) => [
    `${verdict}: line ${line}, ${model} ${scenario}`,
    `  ${token}`,
    ...(detail === "" ? [] : [`  ${detail}`]),
  ]);
  const of = (wanted: LineResult["verdict"]) => results.filter(({ verdict }) => verdict === wanted).length;
  const shown = of("REPRODUCED");
  const rest = results.length - shown - of("NOT REPRODUCED");
  lines.push("", `${file}: of ${results.length} tokens ${shown} show a violation, ${rest} do not fit`);
  return lines.map(printable).join("\n");
}
