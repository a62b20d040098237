// show: what a model comes to: its tasks with their steps, its objects, its checks and the front-end's notes.
// Printed from the IR, so it shows what every back end gets.

import { STEPS_DEFAULT } from "../../assembly/abi.ts";
import { Exit, type ExitCode, UsageError } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { modelName } from "../campaign/repro.ts";
import { lanesOf } from "../lanes/lanes.ts";
import { type Instruction, type IrProgram, isStep } from "../model/ir.ts";
import { showProgram } from "../model/show.ts";
import type { ShowFlags } from "./flags.ts";
import { lanesTitle } from "./lanes-process.ts";
import { printable, writeJson, writeResult } from "./output.ts";
import { type CompiledModel, loadEngine, loadModel, startEngine } from "./session.ts";

interface ShownStep {
  /** Index of the instruction in its body. */
  readonly at: number;
  readonly op: string;
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly text: string;
}

interface ShownTask {
  readonly kind: "set-up" | "thread" | "kworker or callback" | "always" | "at_end";
  readonly label: string;
  readonly instructions: number;
  readonly steps: readonly ShownStep[];
}

export async function runShow(name: string | undefined, flags: ShowFlags): Promise<ExitCode> {
  const compiled = await loadModel(name, flags);
  const shown = describe(compiled);
  if (flags.lanes) await writeResult(await lanesText(compiled));
  else if (flags.json) await writeJson(flags.steps ? shown : withoutSteps(shown));
  else await writeResult(textOf(compiled, flags.steps));
  return Exit.CLEAN;
}

function describe({ ir, program }: CompiledModel) {
  const task = (kind: ShownTask["kind"], label: string, entry: number): ShownTask => {
    const code = ir.entries[entry]?.code ?? [];
    const steps = code.flatMap((i, at) => (isStep(i) ? [shownStep(ir, i, at)] : []));
    return { kind, label, instructions: code.length, steps };
  };
  return {
    schema: 1,
    version,
    command: "show",
    model: modelName(program),
    tasks: [
      task("set-up", "set-up", ir.setup),
      ...ir.threads.map((t) => task("thread", t.label, t.entry)),
      ...ir.functions.flatMap((f) => (f.entry < 0 ? [] : [task("kworker or callback", f.name, f.entry)])),
      ...ir.checks.map((c) => task(c.kind, c.text, c.entry)),
    ],
    objects: ir.globals.map((g) => ({
      name: g.name,
      class: ir.classes[g.class]?.name ?? "",
      cells: g.size,
    })),
    notes: ir.notes,
  };
}

/** The source of the model's lanes. Exit code 2 where it has none. */
async function lanesText({ program }: CompiledModel): Promise<string> {
  const engine = startEngine(await loadEngine(), program);
  const title = lanesTitle(program, "random");
  const source = lanesOf(engine, program.words, STEPS_DEFAULT, title, "random");
  if ("unfit" in source)
    throw new UsageError(`lanes do not fit: ${source.unfit}`, "the scalar machine runs it");
  return source.text;
}

type Shown = ReturnType<typeof describe>;

function withoutSteps(shown: Shown) {
  return { ...shown, tasks: shown.tasks.map((task) => ({ ...task, steps: task.steps.length })) };
}

function shownStep(ir: IrProgram, i: Instruction, at: number): ShownStep {
  const place = ir.places[i.place];
  const op = i.op === "primitive" ? i.name : i.op;
  return {
    at,
    op,
    file: ir.files[place?.file ?? -1] ?? "",
    line: place?.line ?? 0,
    function: place?.function ?? "",
    text: place?.text ?? "",
  };
}

function textOf(compiled: CompiledModel, steps: boolean): string {
  const model = modelName(compiled.program);
  const { name, scenario, hash, memoryModel } = model;
  const title = `${name}, scenario ${scenario}, program ${hash}, memory ${memoryModel}`;
  return `${title}\n\n${showProgram(compiled.ir, { steps })}`.split("\n").map(printable).join("\n");
}
