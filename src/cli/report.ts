// report: a page of a campaign, or of a token's run.

import { existsSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { Exit, type ExitCode, UsageError } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { reasonOf } from "../base/reason.ts";
import { reproduce, runToken } from "../campaign/repro.ts";
import type { Reproduction } from "../campaign/summary.ts";
import { tellStory } from "../campaign/teller.ts";
import { parseToken, type Token } from "../campaign/tokens.ts";
import { whyToken } from "../campaign/why.ts";
import { type Page, renderPage } from "../report/html/page.ts";
import { campaignPage } from "./campaign-page.ts";
import { modelForToken } from "./find-program.ts";
import { type ReportFlags, replayFlags, tokenFlags } from "./flags.ts";
import { startEngineFor } from "./lanes.ts";
import { writeError, writeResult } from "./output.ts";
import { pageAssets } from "./page-assets.ts";
import { resultPage } from "./result-page.ts";
import { loadEngine } from "./session.ts";
import { parseStepsMax } from "./values.ts";

export async function runReport(
  subject: string,
  model: string | undefined,
  flags: ReportFlags,
): Promise<ExitCode> {
  const page = await pageFor(subject, model, flags);
  await writePage(flags.output, renderPage(page, pageAssets()));
  return Exit.CLEAN;
}

/** A token says so itself; a file is a result, anything else a folder. */
async function pageFor(subject: string, model: string | undefined, flags: ReportFlags): Promise<Page> {
  if (/^rp\d+s?:/.test(subject)) return tokenPage(parseToken(subject), model, flags);
  if (model !== undefined) {
    throw new UsageError(
      `a campaign has its model: ${model} is one argument too many`,
      "raceproof report --help",
    );
  }
  const [given] = tokenFlags(flags);
  if (given !== undefined) {
    throw new UsageError(`${subject} has its model: ${given} is for a token`, "leave it out");
  }
  return isFile(subject) ? resultPage(subject) : campaignPage(subject);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

async function tokenPage(token: Token, model: string | undefined, flags: ReportFlags): Promise<Page> {
  const stepsMax = parseStepsMax(flags.maxSteps);
  const { program, sources } = await modelForToken(token, model, flags);
  const engine = await startEngineFor(token, await loadEngine(), program, stepsMax);
  const replayed = reproduce(program, engine, token, stepsMax, replayFlags(flags));
  const necessity = await whyToken(program, engine, token, stepsMax);
  const { schedule } = runToken(program, engine, token, stepsMax);
  const why = necessity ?? undefined;
  const story = tellStory(program, engine, stepsMax, { schedule, trace: replayed.trace, necessity: why });
  const reproduction: Reproduction = {
    ...replayed,
    ...(why === undefined ? {} : { necessity: why }),
    ...(story === null ? {} : { story }),
  };
  return { version, summaries: [], reproduction, sources };
}

/** Aside first: a page that was there stays whole if this one cannot be written. */
async function writePage(file: string, text: string): Promise<void> {
  if (file === "-") {
    await writeResult(text);
    return;
  }
  const aside = `${file}.${process.pid}`;
  try {
    writeFileSync(aside, text);
    renameSync(aside, file);
  } catch (error) {
    if (existsSync(aside)) rmSync(aside);
    throw new UsageError(`${file} cannot be written: ${reasonOf(error)}`, "name another file with -o");
  }
  writeError(`wrote ${file} (${Math.ceil(Buffer.byteLength(text) / 1000)} kB)`);
}
