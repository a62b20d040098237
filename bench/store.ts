// What keeping a campaign in a folder costs, and whether a long one stays small.
//
// Cost: the same campaign with a folder and without, in turns, round after round: the ratio of the medians of
// schedules/s counts. Both start with lanes from the cache, for one round runs before anything is measured.
//
// Long run: one campaign, its resident memory over time as the campaign's own series has it, and the size of
// its folder. Memory is flat where it is no higher at the end than after the first minute, but for a tenth.
//
//   node bin/node24.js bench/store.ts [--rounds N] [--seconds S] [--minutes M] [--scenario NAME] [--jobs N]

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../dist/src/base/paths.js";
import { median } from "../dist/src/base/quantile.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "8" },
    seconds: { type: "string", default: "5" },
    minutes: { type: "string" },
    scenario: { type: "string", default: "close-vs-rmdir" },
    jobs: { type: "string" },
  },
});

const program = join(packageRoot, "bin", "raceproof.js");
const jobs = values.jobs === undefined ? [] : ["-j", values.jobs];
const place = mkdtempSync(join(tmpdir(), "raceproof-bench-"));
const MIB = 2 ** 20;
const MINUTE_MS = 60_000;

function fuzz(more: readonly string[]): { schedules: number; schedulesPerSecond: number } {
  const args = [
    "fuzz",
    "bpf-oom/v2",
    "--scenario",
    values.scenario,
    "--seed",
    "42",
    "--ui",
    "none",
    "--json",
  ];
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args, ...jobs, ...more], {
    encoding: "utf8",
    maxBuffer: 64 * MIB,
  });
  if (status !== 0 && status !== 1) throw new Error(`raceproof ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

function measureCost(rounds: number): void {
  const time = ["--time", `${values.seconds}s`];
  const rates = { without: [] as number[], kept: [] as number[] };
  fuzz(time);
  for (let round = 0; round < rounds; round++) {
    const turns = [
      () => rates.without.push(fuzz(time).schedulesPerSecond),
      () => rates.kept.push(fuzz([...time, "--out", join(place, `round-${round}`)]).schedulesPerSecond),
    ];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) turn();
    const [a, b] = [rates.without.at(-1)!, rates.kept.at(-1)!];
    console.log(`round ${round + 1}: without ${a} schedules/s, kept ${b}, ratio ${(b / a).toFixed(4)}`);
  }
  const [without, kept] = [median(rates.without), median(rates.kept)];
  console.log(`median: without ${without} schedules/s, kept ${kept}, ratio ${(kept / without).toFixed(4)}`);
}

interface Row {
  readonly t_active_ms?: number;
  readonly schedules: number;
  readonly rss: number;
}

function measureLong(minutes: number): void {
  const out = join(place, "long");
  const { schedules, schedulesPerSecond } = fuzz(["--time", `${60 * minutes}s`, "--out", out]);
  const lines = readFileSync(join(out, "series.ndjson"), "utf8").trimEnd().split("\n");
  const rows = lines.map((line) => JSON.parse(line) as Row).filter((row) => row.t_active_ms !== undefined);
  console.log("active s      schedules   resident MiB");
  let next = 0;
  for (const { t_active_ms = 0, schedules: done, rss } of rows) {
    if (t_active_ms < next && t_active_ms < rows.at(-1)!.t_active_ms!) continue;
    next = t_active_ms + Math.min(MINUTE_MS, (minutes * MINUTE_MS) / 20);
    const cells = [(t_active_ms / 1000).toFixed(0).padStart(8), String(done).padStart(15)];
    console.log(`${cells.join("")}${(rss / MIB).toFixed(1).padStart(15)}`);
  }
  const settled = rows.filter(({ t_active_ms = 0 }) => t_active_ms >= MINUTE_MS);
  const [first, last] = [settled[0] ?? rows[0]!, rows.at(-1)!];
  const flat = last.rss <= 1.1 * first.rss;
  console.log(`memory: ${flat ? "flat" : "NOT flat"} after the first minute`);
  const database = readdirSync(out).filter((name) => name.startsWith("campaign.db"));
  const bytes = database.reduce((sum, name) => sum + statSync(join(out, name)).size, 0);
  const folder = execFileSync("du", ["-sk", out], { encoding: "utf8" }).split("\t")[0]!;
  console.log(`store: ${(bytes / MIB).toFixed(2)} MiB in the database, ${folder} KiB in the folder`);
  console.log(`${schedules} schedules, ${schedulesPerSecond}/s`);
  if (!flat) process.exitCode = 1;
}

try {
  if (values.minutes === undefined) measureCost(Number(values.rounds));
  else measureLong(Number(values.minutes));
} finally {
  rmSync(place, { recursive: true, force: true });
}
