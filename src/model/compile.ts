// The door of the front-end: a model's file and a scenario's name in, the IR out. Throws a ModelError with
// every mistake that was found.

import { INSTRUCTIONS_MAX } from "../../assembly/abi.ts";
import { collectDeclarations, type Declarations, type FunctionChunk } from "./declare.ts";
import { type Diagnostic, ModelError } from "./diagnostics.ts";
import type { IrProgram } from "./ir.ts";
import { GiveUp, StartAgain, type Unit } from "./lower/context.ts";
import { finishGlobals } from "./lower/globals.ts";
import { reach } from "./lower/reach.ts";
import { lowerScenario } from "./lower/scenario.ts";
import { Mistake } from "./lower/syntax.ts";
import { addDiagnostic, createUnit, report, suggestion } from "./lower/unit.ts";
import { type ParsedUnit, parseUnit } from "./parse.ts";
import { type Grammar, loadGrammar } from "./preprocess/grammar.ts";

export interface ModelOptions {
  /** A C identifier; `-` and `_` are the same. Default: the first scenario of the text. */
  readonly scenario?: string;
  /** `--define NAME=value`. */
  readonly defines?: ReadonlyMap<string, string>;
  /** Folders of `--include`. */
  readonly includes?: readonly string[];
  /** `--stub NAME` ("zero") and `--stub NAME=choose`. */
  readonly stubs?: ReadonlyMap<string, "zero" | "choose">;
  /** Fields that a header's struct lacks are mistakes instead of notes. */
  readonly strict?: boolean;
  /** How the model is called; default: the file as given. */
  readonly name?: string;
  /** How its file is called where a place in it is named; default: as the model. */
  readonly fileName?: string;
}

export interface ScenarioInfo {
  /** A C identifier. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** The comment right above it, on one line; "" where there is none. */
  readonly summary: string;
}

/** Diagnostics that are shown; the rest is counted. */
const DIAGNOSTICS_MAX = 50;
/** Times that structs of the headers may grow before the front-end gives up: once for each unknown field. */
const STARTS_MAX = 200;

/** A model that was read once, for several of its scenarios. */
export interface OpenModel {
  readonly scenarios: readonly ScenarioInfo[];
  /** Text of each file that was read, by the name that places have. */
  readonly sources: ReadonlyMap<string, string>;
  /** As compileModel: by default the first one. */
  compile(scenario?: string): IrProgram;
}

export async function openModel(file: string, options: ModelOptions = {}): Promise<OpenModel> {
  const opened = await read(file, options);
  return {
    scenarios: scenariosOf(opened),
    sources: new Map(opened.parsed.files.map(({ name, text }) => [name, text])),
    compile: (scenario) =>
      compileOpen(opened, file, { ...options, ...(scenario === undefined ? {} : { scenario }) }),
  };
}

export async function compileModel(file: string, options: ModelOptions = {}): Promise<IrProgram> {
  return compileOpen(await read(file, options), file, options);
}

function compileOpen(
  { parsed, grammar, declarations }: Read,
  file: string,
  options: ModelOptions,
): IrProgram {
  const scenario = chooseScenario(parsed, declarations, options);
  const addedFields = new Map<string, Set<string>>();
  const assigned = new Set<string>();
  const lateFunctions = new Set<string>();
  for (let start = 0; start < STARTS_MAX; start++) {
    const stubs = options.stubs ?? new Map();
    const flags = { stubs, strict: options.strict ?? false };
    const unit = createUnit(parsed, grammar, declarations, flags, addedFields, assigned);
    try {
      const program = lower(unit, scenario, options.name ?? file, lateFunctions);
      if (program !== undefined) return program;
    } catch (error) {
      if (!(error instanceof StartAgain)) throw error;
    }
  }
  throw new ModelError([
    {
      file: nameOfFile(file, options),
      line: 0,
      column: 0,
      message: `more than ${STARTS_MAX} fields are missing in the structs of the headers`,
      hint: "define these structs in the model",
      source: "",
    },
  ]);
}

export async function listScenarios(file: string, options: ModelOptions = {}): Promise<ScenarioInfo[]> {
  return scenariosOf(await read(file, options));
}

function scenariosOf({ parsed, declarations }: Read): ScenarioInfo[] {
  return declarations.scenarios.map((s) => {
    const position = parsed.expanded.positionAt(s.start);
    return { name: s.name, file: position.file, line: position.line, summary: commentAbove(parsed, s) };
  });
}

function nameOfFile(file: string, options: ModelOptions): string {
  return options.fileName ?? options.name ?? file;
}

interface Read {
  readonly parsed: ParsedUnit;
  readonly grammar: Grammar;
  readonly declarations: Declarations;
}

async function read(file: string, options: ModelOptions): Promise<Read> {
  const parsed = await parseUnit(file, {
    ...(options.defines === undefined ? {} : { defines: options.defines }),
    ...(options.includes === undefined ? {} : { includes: options.includes }),
    name: nameOfFile(file, options),
  });
  const grammar = await loadGrammar();
  return { parsed, grammar, declarations: collectDeclarations(parsed, grammar) };
}

// ---------------------------------------------------------------- the scenario

function chooseScenario(
  parsed: ParsedUnit,
  declarations: Declarations,
  options: ModelOptions,
): FunctionChunk {
  const { scenarios } = declarations;
  const main = parsed.files[0]!;
  const failure = (message: string, hint: string): ModelError => {
    const broken = [...new Set([...declarations.broken.values()].flat())].filter((d) => d.file === main.name);
    // A scenario that is there but cannot be read is not missing.
    if (broken.length > 0 && /\bscenario\b/.test(main.text)) return new ModelError(limited(broken));
    const d = { file: main.name, line: 0, column: 0, message, hint, source: "" };
    return new ModelError([...broken.slice(0, DIAGNOSTICS_MAX), d]);
  };
  const first = scenarios[0];
  if (first === undefined) {
    throw failure(
      "the model has no scenario",
      'write: scenario name(void) { ... thread("a", f()); thread("b", g()); }',
    );
  }
  const twins = scenarios.filter((s, i) => scenarios.findIndex((t) => t.name === s.name) < i);
  if (twins.length > 0) {
    throw new ModelError(
      twins.map((s) => {
        const other = parsed.expanded.positionAt(scenarios.find((t) => t.name === s.name)!.start);
        const hint = `the other one is ${other.file}:${other.line}; rename one of them`;
        return parsed.expanded.diagnosticAt(s.start, `the scenario '${s.name}' is defined twice`, hint);
      }),
    );
  }
  if (options.scenario === undefined) return first;
  const asked = options.scenario.replaceAll("-", "_");
  const found = scenarios.find((s) => s.name.replaceAll("-", "_") === asked);
  if (found !== undefined) return found;
  const names = scenarios.map((s) => s.name);
  const near = suggestion(asked, names);
  const list = `it has: ${names.map((n) => n.replaceAll("_", "-")).join(", ")}`;
  const guess = near === undefined ? "" : `did you mean ${near.replaceAll("_", "-")}? `;
  throw failure(`the model has no scenario '${options.scenario}'`, guess + list);
}

function commentAbove(parsed: ParsedUnit, s: FunctionChunk): string {
  const file = parsed.expanded.fileAt(s.start);
  const { line } = parsed.expanded.positionAt(s.start);
  const before = file.text.slice(0, file.lineStarts[line - 1] ?? 0).trimEnd();
  const block = before.endsWith("*/") ? before.slice(before.lastIndexOf("/*") + 2, -2) : undefined;
  const lines = /(?:^|\n)((?:[ \t]*\/\/[^\n]*\n?)+)$/.exec(before)?.[1];
  const text = block?.replaceAll(/^\s*\*/gm, " ") ?? lines?.replaceAll(/^[ \t]*\/\//gm, " ") ?? "";
  return text.replaceAll(/\s+/g, " ").trim();
}

// ---------------------------------------------------------------- lowering

/** Undefined where functions came up that were not known to have their address taken: to be lowered again. */
function lower(
  unit: Unit,
  scenario: FunctionChunk,
  model: string,
  lateFunctions: Set<string>,
): IrProgram | undefined {
  const reached = reach(unit.declarations, scenario.name);
  for (const name of [...reached.addressTaken, ...lateFunctions]) {
    if (!unit.functionIds.has(name)) unit.functionIds.set(name, unit.functionIds.size);
  }
  const known = unit.functionIds.size;
  try {
    const parts = lowerScenario(unit, scenario, reached.cast);
    finishGlobals(unit);
    if (unit.mistakes.size > 0) throw new ModelError(limited([...unit.mistakes.values()]));
    if (unit.functionIds.size > known) {
      for (const name of [...unit.functionIds.keys()].slice(known)) lateFunctions.add(name);
      return undefined;
    }
    const size = parts.entries.reduce((n, e) => n + e.code.length, 0);
    if (size > 4 * INSTRUCTIONS_MAX) throw new GiveUp();
    noteAddedFields(unit);
    return {
      model,
      scenario: scenario.name,
      files: unit.files,
      places: unit.places,
      classes: unit.classes,
      globals: unit.globals.map(({ type: _, ...g }) => g),
      ...parts,
      notes: [...unit.notes],
    };
  } catch (error) {
    if (error instanceof Mistake) {
      report(unit, error.start, error.message, error.hint);
      throw new ModelError(limited([...unit.mistakes.values()]));
    }
    if (!(error instanceof GiveUp)) throw error;
    const message = `the program has more than ${INSTRUCTIONS_MAX} instructions after inlining`;
    const hint = "every call is inlined: make functions that are called often smaller, or split the scenario";
    addDiagnostic(unit, unit.parsed.expanded.diagnosticAt(scenario.start, message, hint));
    throw new ModelError(limited([...unit.mistakes.values()]));
  }
}

function noteAddedFields(unit: Unit): void {
  for (const [tag, fields] of unit.addedFields) {
    for (const name of fields) {
      unit.notes.add(`struct ${tag} of the headers has no field '${name}': it was added as one word, zero`);
    }
  }
}

/** In the order of the text, at most so many, and how many more there are. */
function limited(all: readonly Diagnostic[]): Diagnostic[] {
  const order = new Map<string, number>();
  for (const d of all) if (!order.has(d.file)) order.set(d.file, order.size);
  const sorted = [...all].sort(
    (a, b) => order.get(a.file)! - order.get(b.file)! || a.line - b.line || a.column - b.column,
  );
  if (sorted.length <= DIAGNOSTICS_MAX) return sorted;
  const more = sorted.length - DIAGNOSTICS_MAX;
  const last = { file: sorted[0]!.file, line: 0, column: 0, message: `and ${more} more`, source: "" };
  return [...sorted.slice(0, DIAGNOSTICS_MAX), last];
}
