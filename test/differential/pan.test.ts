// Goal: exploring visits the states of the bundled scenarios that another explorer visits, and takes the
// steps that it takes. Method: the program is translated to C (bench/peers/), a second reading of its image
// with every primitive written once more, and verified by SPIN's pan without reduction; states and
// transitions must be equal but for what pan counts besides: MORE_STATES, of which one is the state after a
// violation and is there only where there is one.

import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { MORE_STATES, MORE_TRANSITIONS, Pan, spinInstalled } from "../../bench/peers/verifier.ts";
import { resolveModel } from "../../src/base/models.ts";
import { engineFile } from "../../src/base/paths.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

describe.skipIf(!spinInstalled)("the same in pan (spin and gcc are needed)", () => {
  test.each([
    ["bpf-oom/v2", "close_vs_rmdir"],
    ["bpf-oom/v2", "close_vs_rmdir_empty"],
    ["bpf-oom/v2", "close_vs_rmdir_vs_oom"],
    ["bpf-oom/v2-fa", "close_vs_rmdir_empty"],
    ["bpf-oom/v2-fc", "close_vs_rmdir"],
    ["bpf-oom/v2-minimal", "close_vs_rmdir"],
  ])("%s, %s", async (name, scenario) => {
    const opened = await openModel(resolve(resolveModel(name).file));
    const program = encodeProgram(opened.compile(scenario));
    const engineFor = () => {
      const engine = new Engine(module);
      engine.load(program.words);
      return engine;
    };
    const engine = engineFor();
    engine.exploreBegin(256 << 20, 10_000);
    while (!engine.exploreRun(10_000));
    const { states, transitions } = engine.exploreProgress();
    const violates = engine.exploredNotes(true).notes.some(({ note }) => note.kind !== 1);
    const pan = await Pan.make(program, engineFor, states);
    try {
      const verified = await pan.run();
      expect(verified.complete).toBe(true);
      expect(verified.transitions).toBe(transitions + MORE_TRANSITIONS);
      expect(verified.states).toBe(states + MORE_STATES - (violates ? 0 : 1));
    } finally {
      pan.end();
    }
  });
});
