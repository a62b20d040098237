// worker --spec FILE --shards A-B --out FILE: shards of one campaign, for a scheduler that is not ours and
// a node that reaches no database. A shard is a line of the results file as soon as it has ended; the same
// command goes on behind the last whole line.

import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { Exit, type ExitCode, UsageError } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { reasonOf } from "../base/reason.ts";
import { shellQuoted } from "../base/shell.ts";
import { runRange } from "../campaign/range.ts";
import { type CampaignFile, parseCampaign, parseResults, resultLine } from "../campaign/store/exchange.ts";
import { resultRows } from "../campaign/store/record.ts";
import { schedulesOf, shardsWithin } from "../campaign/store/spec.ts";
import { StoreError } from "../campaign/store/store.ts";
import { type CampaignPool, mustBeOurBuild, startCampaignPool } from "./campaign-pool.ts";
import { workerName } from "./database.ts";
import { catchInterrupts } from "./interrupt.ts";
import { writeError, writeJson, writeResult } from "./output.ts";
import { parseJobs, parseShards, parseUi } from "./values.ts";

export interface ShardsFlags {
  readonly spec: string;
  readonly shards: string;
  readonly out: string;
  readonly jobs?: string;
  readonly ui: string;
  readonly json: boolean;
}

export async function runShards(flags: ShardsFlags): Promise<ExitCode> {
  const threads = parseJobs(flags.jobs);
  const quiet = parseUi(flags.ui) === "none";
  const campaign = parseCampaign(flags.spec, readText(flags.spec));
  const { spec, budgets, program, hash } = campaign;
  mustBeOurBuild(hash.slice(0, 16), spec, version);
  const shards = parseShards(
    flags.shards,
    budgets.schedules === undefined ? null : shardsWithin(spec, budgets.schedules),
  );
  const file = openResults(flags.out, campaign);
  const interrupts = catchInterrupts();
  const pool = await startCampaignPool(spec, program, threads);
  const left = shards.filter((shard) => !file.shards.has(shard));
  try {
    if (!quiet && left.length < shards.length) {
      writeError(`${shards.length - left.length} of ${shards.length} shards are in ${flags.out} already`);
    }
    for (const shard of left) {
      const line = await Promise.race([runOne(campaign, pool, shard), aborted(interrupts.signal)]);
      if (line === null) break;
      file.append(line);
    }
  } finally {
    file.close();
    await pool.destroy();
  }
  if (interrupts.exitCode() !== null) {
    writeError(
      `raceproof: what has ended is in ${shellQuoted(flags.out)}; the same command goes on behind it`,
    );
  }
  const counts = { shards: shards.length, before: shards.length - left.length, recorded: file.appended() };
  const report = { schema: 1, version, command: "worker", campaign: hash.slice(0, 16), ...counts };
  // Results on stdout are all that belongs there.
  if (flags.out !== "-") {
    await (flags.json
      ? writeJson(report)
      : writeResult(
          `campaign ${report.campaign}: ${counts.recorded} of ${counts.shards} shards run, in ${flags.out}`,
        ));
  }
  interrupts.release();
  return interrupts.exitCode() ?? Exit.CLEAN;
}

async function runOne(
  { spec, budgets, program, hash }: CampaignFile,
  pool: CampaignPool,
  shard: number,
): Promise<string> {
  const began = performance.now();
  const tally = await runRange((job) => pool.run(job), spec, shard, { schedules: budgets.schedules });
  const ran = { worker: workerName(), tookMs: performance.now() - began, at: Date.now() };
  const runs = schedulesOf(spec, shard, budgets);
  return resultLine(hash, resultRows(program, { shard, runs }, tally, ran).row);
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
}

interface ResultsFile {
  /** Shards that are there already. */
  readonly shards: ReadonlySet<number>;
  append(line: string): void;
  appended(): number;
  close(): void;
}

/** "-" is stdout. A line that a kill has cut off is taken away. */
function openResults(name: string, campaign: CampaignFile): ResultsFile {
  let count = 0;
  if (name === "-") {
    const append = (line: string): void => {
      writeSync(1, line);
      count++;
    };
    return { shards: new Set(), append, appended: () => count, close: () => undefined };
  }
  const handle = explained(name, () => openSync(name, "a+"));
  try {
    const isFile = statSync(name).isFile();
    const before = isFile ? parseResults(name, readText(name), campaign) : { rows: [], whole: 0 };
    if (isFile) ftruncateSync(handle, before.whole);
    return {
      shards: new Set(before.rows.map(({ row }) => row.shard)),
      append(line) {
        explained(name, () => {
          writeSync(handle, line);
          if (isFile) fsyncSync(handle);
        });
        count++;
      },
      appended: () => count,
      close: () => closeSync(handle),
    };
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

export function readText(name: string): string {
  return explained(name, () => readFileSync(name, "utf8"));
}

function explained<Result>(name: string, use: () => Result): Result {
  try {
    return use();
  } catch (error) {
    if (error instanceof UsageError || error instanceof StoreError) throw error;
    throw new StoreError(`${name} cannot be used: ${reasonOf(error)}`, "name another file");
  }
}
