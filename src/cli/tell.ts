// Tells the findings of a stored campaign: by the minimised schedule in the finding's folder where there is
// one that shows it, else by the first schedule that showed it, which is drawn again and minimised in a
// hurry.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RaceproofError } from "../base/errors.ts";
import { explainFindings } from "../campaign/findings.ts";
import { keyOf } from "../campaign/keys.ts";
import { runToken, type TokenRun } from "../campaign/repro.ts";
import { tallyFromJson } from "../campaign/store/record.ts";
import { shardsWithin } from "../campaign/store/spec.ts";
import type { CampaignStore, StoredCampaign, StoredFinding } from "../campaign/store/store.ts";
import { strategyName } from "../campaign/strategies.ts";
import type { Finding } from "../campaign/summary.ts";
import { tellStory } from "../campaign/teller.ts";
import { parseToken } from "../campaign/tokens.ts";
import { whyRuns } from "../campaign/why.ts";
import type { Engine, RawTally } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { startEngineFor } from "./lanes.ts";
import { loadEngine, startEngine } from "./session.ts";
import { parseStrategy } from "./values.ts";

/** Machine steps for minimising one finding. */
const MINIMISE_STEPS = 500_000;

interface Means {
  readonly folder: string;
  readonly campaign: StoredCampaign;
  readonly program: Program;
}

interface Kept {
  readonly scheduleToken: string;
  readonly token: string;
}

/** The tokens in a finding's folder: minimised, and as drawn. */
export function keptTokens(folder: string, id: string): Kept | null {
  try {
    const text = readFileSync(join(folder, "findings", id, "token"), "utf8");
    const [scheduleToken = "", token = ""] = text.split("\n");
    return { scheduleToken, token };
  } catch {
    return null;
  }
}

/**
 * A class because engine and graph are made once, when they are first needed, and what was told is
 * remembered.
 */
export class Tellers {
  readonly #means: Means;
  readonly #told = new Map<string, Finding>();
  #engine: Promise<Engine> | null = null;
  #why: ReturnType<typeof whyRuns> | null = null;

  constructor(means: Means) {
    this.#means = means;
  }

  /** In words, where it cannot be told. */
  async tell(store: CampaignStore, stored: StoredFinding, schedules: number): Promise<Finding | string> {
    const perMillion = schedules === 0 ? 0 : (stored.count * 1e6) / schedules;
    const known = this.#told.get(stored.id);
    if (known !== undefined) return { ...known, count: stored.count, perMillion };
    try {
      const kept = (await this.#fromFolder(stored)) ?? (await this.#drawnAgain(store, stored));
      if (kept === null) return `one finding has no schedule to show: ${stored.title}`;
      const { finding, run } = kept;
      const told = await this.#story(run, stored.key);
      const whole = { ...finding, count: stored.count, perMillion, ...told };
      this.#told.set(stored.id, whole);
      return whole;
    } catch (error) {
      if (!(error instanceof RaceproofError)) throw error;
      return `one finding cannot be shown (${error.message}): ${stored.title}`;
    }
  }

  async #story(run: TokenRun, key: string): Promise<Pick<Finding, "necessity" | "story">> {
    const { program, campaign } = this.#means;
    const { stepsMax } = campaign.spec;
    const engine = await this.#machine();
    this.#why ??= whyRuns(program, engine, stepsMax);
    const necessity = (await this.#why)(run, key) ?? undefined;
    const { trace } = run.replay;
    const story = tellStory(program, engine, stepsMax, { schedule: run.schedule, trace, key, necessity });
    return {
      ...(necessity === undefined ? {} : { necessity }),
      ...(story === null ? {} : { story }),
    };
  }

  /**
   * Files can be older than the store, or be another's: what counts is that the schedule shows the finding.
   */
  async #fromFolder(stored: StoredFinding): Promise<{ finding: Finding; run: TokenRun } | null> {
    const { folder, program, campaign } = this.#means;
    const kept = keptTokens(folder, stored.id);
    if (kept === null) return null;
    const { stepsMax } = campaign.spec;
    let run: TokenRun;
    try {
      run = runToken(program, await this.#machine(), parseToken(kept.scheduleToken), stepsMax);
    } catch (error) {
      if (!(error instanceof RaceproofError)) throw error;
      return null;
    }
    const { trace } = run.replay;
    const violation = trace.violations.find(({ key }) => key === stored.key);
    if (violation === undefined) return null;
    const { place, task, object, kind, title } = violation;
    const finding: Finding = {
      key: stored.key,
      kind,
      title,
      group: stored.group,
      object,
      function: place.function,
      file: place.file,
      line: place.line,
      task,
      count: stored.count,
      perMillion: 0,
      firstSchedule: stored.first,
      preemptions: trace.preemptions,
      steps: trace.steps,
      token: kept.token,
      scheduleToken: kept.scheduleToken,
      trace,
    };
    return { finding, run };
  }

  async #drawnAgain(
    store: CampaignStore,
    stored: StoredFinding,
  ): Promise<{ finding: Finding; run: TokenRun } | null> {
    const { program, campaign } = this.#means;
    const { spec, id } = campaign;
    const shard = shardsWithin(spec, stored.first + 1) - 1;
    const row =
      (await store.result(id, shard)) ??
      (await store.partials(id)).find((partial) => partial.shard === shard);
    if (row === undefined) return null;
    const tally = tallyFromJson(row.tally);
    const raw = tally.findings.find(
      (each) => each.first === stored.first && keyOf(program, each) === stored.key,
    );
    if (raw === undefined) return null;
    const draw = { strategy: parseStrategy(spec.strategy), seed: BigInt(spec.seed), stepsMax: spec.stepsMax };
    const token = {
      kind: "seed",
      hash: program.hash,
      strategy: strategyName(raw.strategy),
      seed: draw.seed,
      schedule: raw.first,
    } as const;
    const engine = await startEngineFor(token, await loadEngine(), program, spec.stepsMax);
    const only: RawTally = { ...tally, findings: [raw] };
    const [finding] = explainFindings(program, engine, draw, only, { budgetAll: MINIMISE_STEPS });
    if (finding === undefined) return null;
    const run = runToken(program, engine, parseToken(finding.scheduleToken), spec.stepsMax);
    return { finding, run };
  }

  #machine(): Promise<Engine> {
    this.#engine ??= loadEngine().then((module) => startEngine(module, this.#means.program));
    return this.#engine;
  }
}
