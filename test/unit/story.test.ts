// Goal: a story is what happened. Method: stories of random schedules of bundled models, whose states,
// rebuilt from what each step is said to have changed, must be the machine's memory after every step; what a
// step is said to have read must be what was there, and to have come from who wrote it last. Then the lives,
// arrows and the window of the review's race, by name.

import { beforeAll, describe, expect, test } from "vitest";
import { POINTER_BASE, Strategy } from "../../assembly/abi.ts";
import { resolveModel } from "../../src/base/models.ts";
import { engineFile } from "../../src/base/paths.ts";
import { applySchedule } from "../../src/campaign/apply.ts";
import { nameObjects } from "../../src/campaign/names.ts";
import { replaySchedule } from "../../src/campaign/replay.ts";
import { runToken } from "../../src/campaign/repro.ts";
import type { Story } from "../../src/campaign/summary.ts";
import { tellStory } from "../../src/campaign/teller.ts";
import { parseToken } from "../../src/campaign/tokens.ts";
import { whyToken } from "../../src/campaign/why.ts";
import { compileEngine, Engine } from "../../src/engine/engine.ts";
import { compileModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";

const STEPS_MAX = 10_000;
const SCHEDULES = 6;

async function start(model: string, scenario: string): Promise<{ program: Program; engine: Engine }> {
  const { file, name, shown } = resolveModel(model);
  const program = encodeProgram(await compileModel(file, { scenario, name, fileName: shown }));
  const engine = new Engine(await compileEngine(engineFile));
  engine.load(program.words);
  return { program, engine };
}

/** The names and values of all cells, by a way of its own: over all pointers. */
function memoryOf(program: Program, engine: Engine): Map<string, string> {
  const namer = nameObjects(program, engine);
  const cells = new Map<string, string>();
  for (let pointer = POINTER_BASE; pointer < engine.cellsEnd(); pointer++) {
    const object = engine.object(pointer);
    const value = engine.cell(pointer);
    if (object === undefined || value === undefined || object.class < 0 || object.freed) continue;
    cells.set(namer.cell(pointer), namer.value(pointer, value));
  }
  return cells;
}

function nameOf({ objects }: Story, object: number, field: number): string {
  const { name, fields } = objects[object]!;
  const own = fields[field]!;
  return own === "" || own.startsWith("[") ? `${name}${own}` : `${name}.${own}`;
}

describe.each([
  ["bpf-oom/v2", "close-vs-rmdir"],
  ["bpf-oom/v2", "storm"],
  ["bpf-oom/v4", ""],
  ["srcu/correct", ""],
  ["examples/driver", ""],
])("stories of %s %s", (model, scenario) => {
  test("tell each state, what was read, and who had written it", async () => {
    const { program, engine } = await start(model, scenario === "" ? await firstScenario(model) : scenario);
    let reads = 0;
    for (let schedule = 0; schedule < SCHEDULES; schedule++) {
      const draw = { strategy: Strategy.RANDOM, seed: 7n, stepsMax: STEPS_MAX };
      const recording = engine.record(draw, schedule);
      const { trace } = replaySchedule(program, engine, STEPS_MAX, recording);
      const story = tellStory(program, engine, STEPS_MAX, { schedule: recording, trace })!;
      expect(story.steps).toHaveLength(trace.rows.length);
      reads += check(story, program, engine, recording);
    }
    expect(reads).toBeGreaterThan(SCHEDULES);
  });
});

async function firstScenario(model: string): Promise<string> {
  const { file, name } = resolveModel(model);
  return (await compileModel(file, { name })).scenario;
}

/** How many reads were compared. */
function check(
  story: Story,
  program: Program,
  engine: Engine,
  schedule: { readonly picks: Uint8Array; readonly choices: Uint32Array },
): number {
  const told = new Map<string, string>();
  const writers = new Map<string, number>();
  let reads = 0;
  const put = (object: number, field: number, value: string) => {
    if (story.objects[object]!.storage !== "local") told.set(nameOf(story, object, field), value);
  };
  const appear = (object: number) => {
    for (const [field, value] of story.objects[object]!.initial.entries()) put(object, field, value);
  };
  for (const [object, { born }] of story.objects.entries()) if (born < 0) appear(object);
  applySchedule(engine, STEPS_MAX, schedule, {
    before(step) {
      if (step === 1) expect(told).toEqual(memoryOf(program, engine));
      for (const { object, field, value, from } of story.steps[step - 1]!.reads) {
        if (story.objects[object]!.storage === "local") continue;
        expect(told.get(nameOf(story, object, field))).toBe(value);
        expect(from).toBe(writers.get(nameOf(story, object, field)) ?? -1);
        reads++;
      }
    },
    after(step) {
      const { writes, allocated, freed } = story.steps[step - 1]!;
      for (const object of allocated) appear(object);
      for (const { object, field, before, after } of writes) {
        const name = nameOf(story, object, field);
        if (story.objects[object]!.storage !== "local") {
          expect(told.get(name)).toBe(before);
        }
        put(object, field, after);
        writers.set(name, step - 1);
      }
      for (const object of freed) {
        for (const field of story.objects[object]!.fields.keys()) told.delete(nameOf(story, object, field));
      }
      const memory = memoryOf(program, engine);
      expect(told, `after step ${step}`).toEqual(memory);
    },
  });
  return reads;
}

describe("the story of the review's race", () => {
  let program: Program;
  let engine: Engine;

  beforeAll(async () => {
    ({ program, engine } = await start("bpf-oom/v2", "close-vs-rmdir"));
  });

  async function tell(text: string): Promise<Story> {
    const token = parseToken(text);
    const { schedule, replay } = runToken(program, engine, token, STEPS_MAX);
    const necessity = (await whyToken(program, engine, token, STEPS_MAX)) ?? undefined;
    return tellStory(program, engine, STEPS_MAX, { schedule, trace: replay.trace, necessity })!;
  }

  const livesOf = ({ lives, objects, trace }: Story) =>
    lives.map(({ object, phases }) => {
      const parts = phases.map(({ name, from }) => `${from < 0 ? 0 : trace.rows[from]!.step} ${name}`);
      return `${objects[object]!.name}: ${parts.join(", ")}`;
    });

  const arrowsOf = ({ arrows, trace }: Story) =>
    arrows.map(
      ({ kind, from, to, what }) => `${trace.rows[from]!.step} ${kind} ${trace.rows[to]!.step}: ${what}`,
    );

  test("the WARN that finds its slot cleared: lives, arrows, window", async () => {
    const story = await tell("rp1s:20a85f56:a13b11c3d20a.98a8");
    expect(livesOf(story)).toEqual([
      "mem_cgroup#1: 0 online, 19 dying, 41 offline",
      "cgroup#1: 0 online, 17 removed",
      "bpf_struct_ops_map#1: 0 published, 33 hidden",
      "bpf_struct_ops_link#1: 0 attached, 1 last reference gone",
    ]);
    expect(arrowsOf(story)).toEqual([
      "13 counts 23: cgroup#1.self.refcnt.count = 2",
      "11 counts 44: mem_cgroup#1.css.refcnt.count = 3",
      "33 sees 48: mem_cgroup#1.bpf_oom = NULL",
      "20 starts 25: rcu: css_killed_ref_fn",
      "27 starts 28: kworker: css_killed_work_fn",
    ]);
    // From the look-up that must come before the kill.
    expect(story.window).toEqual({
      opens: 10,
      closes: 47,
      why: "mem_cgroup#1.bpf_oom = NULL is stored between two steps of close(link)",
    });
  });

  test("the use after free: from the free to the use", async () => {
    const story = await tell("rp1s:20a85f56:b11a9d4c3d7.1da0");
    expect(livesOf(story)[0]).toBe("bpf_struct_ops_map#1: 0 published, 24 freed, still published, 33 freed");
    expect(arrowsOf(story)).toContain("24 frees 34: bpf_struct_ops_map#1");
    expect(story.window).toEqual({
      opens: 23,
      closes: 33,
      why: "bpf_struct_ops_map#1 is freed, and can still be reached",
    });
  });

  test("the WARN of the parent's slot: rmdir stands between the kill and the node's end", async () => {
    const story = await tell("rp1s:20a85f56:b6a17.9bd6");
    expect(arrowsOf(story)).toEqual(["6 sees 17: mem_cgroup#1.css.refcnt.dead = 1"]);
    expect(story.window).toEqual({
      opens: 5,
      closes: 22,
      why: "rmdir stands between two steps that belong together",
    });
  });
});
