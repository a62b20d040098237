// The state of one compilation: what all entries share (places, classes, globals, functions), mistakes and
// notes, and how a context of lowering is put together. Decides nothing about C.

import { CELLS_MAX, INSTRUCTIONS_MAX, POINTER_BASE } from "../../../assembly/abi.ts";
import type { Declarations } from "../declare.ts";
import type { Diagnostic } from "../diagnostics.ts";
import type { Initial, ObjectClass, Operand, Place, PlaceId, Register } from "../ir.ts";
import type { ParsedUnit } from "../parse.ts";
import type { Grammar } from "../preprocess/grammar.ts";
import { type CType, className, fieldsOf, type StructType, sizeOf, typeName } from "../types.ts";
import type { Expression, InitializerList, Span, Specifier } from "./ast.ts";
import { createEmitter, type Emitter, type Label } from "./emit.ts";
import { Mistake } from "./syntax.ts";

export interface CompileOptions {
  readonly stubs: ReadonlyMap<string, "zero" | "choose">;
  readonly strict: boolean;
}

// ---------------------------------------------------------------- names in scope

export interface Variable {
  readonly kind: "variable";
  readonly name: string;
  readonly type: CType;
  readonly home: Home;
  /** A thread's own copy of a variable of the set-up. */
  readonly captured?: boolean;
}

export type Home =
  | { readonly kind: "register"; readonly register: Register }
  /** Memory of this entry. */
  | { readonly kind: "local"; readonly local: number }
  | { readonly kind: "address"; readonly address: Operand };

export type Binding =
  | Variable
  | { readonly kind: "typedef"; readonly type: CType }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "function"; readonly name: string };

export interface Scope {
  readonly parent: Scope | undefined;
  readonly names: Map<string, Binding>;
  readonly tags: Map<string, CType>;
}

export function innerScope(parent: Scope | undefined): Scope {
  return { parent, names: new Map(), tags: new Map() };
}

// ---------------------------------------------------------------- what lives until its scope ends

/** A list from the innermost outwards, shared by everything that was jumped from. */
export interface Active {
  readonly parent: Active | undefined;
  readonly depth: number;
  readonly what:
    | { readonly kind: "local"; readonly local: number }
    | { readonly kind: "guard"; readonly leave: (c: Context) => void; readonly start: number };
}

interface Exit {
  readonly label: Label;
  readonly active: Active | undefined;
}

export interface SwitchState {
  readonly cases: { first: number; last: number; label: Label; active: Active | undefined }[];
  fallback: Exit | undefined;
}

/** One function body that is being inlined. */
export interface Frame {
  readonly name: string;
  /** Place of the call, -1 in an entry's own text. */
  readonly caller: PlaceId;
  /** Names of the functions around, outermost first, this one included. */
  readonly stack: readonly string[];
  readonly addressed: ReadonlySet<string>;
  readonly returns: {
    readonly type: CType;
    /** Register of a scalar result, address of a struct's. */
    readonly to: Operand | undefined;
    readonly exit: Exit;
  };
  readonly labels: Map<string, { label: Label; active: Active | undefined; placed: boolean; start: number }>;
  readonly gotos: { name: string; stub: Label; active: Active | undefined; place: PlaceId; start: number }[];
  readonly undeclared: Set<string>;
  scope: Scope;
  active: Active | undefined;
  breaks: Exit | undefined;
  continues: Exit | undefined;
  switches: SwitchState | undefined;
}

/** What every function of the lowering gets first. */
export interface Context {
  readonly unit: Unit;
  readonly out: Emitter;
  readonly frame: Frame;
  /** The set-up of the scenario, where settle() may stand. */
  readonly setup: boolean;
}

// ---------------------------------------------------------------- the unit

export interface GlobalDraft {
  readonly name: string;
  readonly type: CType;
  readonly class: number;
  readonly size: number;
  readonly cell: number;
  initial: Initial[];
}

export interface Unit {
  readonly parsed: ParsedUnit;
  readonly grammar: Grammar;
  readonly declarations: Declarations;
  readonly options: CompileOptions;
  readonly mistakes: Map<string, Diagnostic>;
  readonly notes: Set<string>;
  /** Fields to add to structs of the headers: tag -> field names. Kept when the lowering starts again. */
  readonly addedFields: Map<string, Set<string>>;
  readonly places: Place[];
  readonly placeIds: Map<string, PlaceId>;
  readonly files: string[];
  readonly classes: ObjectClass[];
  readonly classIds: Map<string, number>;
  readonly globals: GlobalDraft[];
  readonly globalsByKey: Map<unknown, GlobalDraft>;
  /** Initialisers that are still to be evaluated. */
  readonly pending: { draft: GlobalDraft; value: Expression | InitializerList }[];
  /** Functions whose address is taken -> index. */
  readonly functionIds: Map<string, number>;
  readonly typedefTypes: Map<string, CType>;
  readonly structTypes: Map<string, StructType>;
  readonly specifierTypes: WeakMap<Specifier, CType>;
  readonly enumValues: Map<string, number>;
  /** Types and constants under evaluation, against endless recursion. */
  readonly busy: Set<unknown>;
  cellsUsed: number;
  emitted: number;
}

/** Thrown where lowering must start again because a struct grew. */
export class StartAgain extends Error {
  override readonly name = "StartAgain";
}

/** Thrown where going on is pointless: the program is too large. */
export class GiveUp extends Error {
  override readonly name = "GiveUp";
}

export function createUnit(
  parsed: ParsedUnit,
  grammar: Grammar,
  declarations: Declarations,
  options: CompileOptions,
  addedFields: Map<string, Set<string>>,
): Unit {
  return {
    parsed,
    grammar,
    declarations,
    options,
    mistakes: new Map(),
    notes: new Set(parsed.notes),
    addedFields,
    places: [],
    placeIds: new Map(),
    files: [],
    classes: [],
    classIds: new Map(),
    globals: [],
    globalsByKey: new Map(),
    pending: [],
    functionIds: new Map(),
    typedefTypes: new Map(),
    structTypes: new Map(),
    specifierTypes: new WeakMap(),
    enumValues: new Map(),
    busy: new Set(),
    cellsUsed: 0,
    emitted: 0,
  };
}

// ---------------------------------------------------------------- mistakes and notes

export function fail(span: Span, message: string, hint?: string): never {
  throw new Mistake(span.start, message, hint);
}

export function addDiagnostic(unit: Unit, d: Diagnostic): void {
  const key = `${d.file}:${d.line}:${d.column}:${d.message}`;
  if (!unit.mistakes.has(key)) unit.mistakes.set(key, d);
}

export function report(unit: Unit, start: number, message: string, hint?: string): void {
  addDiagnostic(unit, unit.parsed.expanded.diagnosticAt(start, message, hint));
}

/** Runs `lower`; a mistake in it is noted, and what follows is lowered all the same. */
export function recovering(unit: Unit, lower: () => void): void {
  try {
    lower();
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    report(unit, error.start, error.message, error.hint);
  }
}

// ---------------------------------------------------------------- places and classes

export function placeOf(c: Context, span: Span): PlaceId {
  const { unit, frame } = c;
  const key = `${span.start}:${span.end}:${frame.caller}:${frame.name}`;
  const known = unit.placeIds.get(key);
  if (known !== undefined) return known;
  const { expanded } = unit.parsed;
  const { file, line, column } = expanded.positionAt(span.start);
  let index = unit.files.indexOf(file);
  if (index < 0) index = unit.files.push(file) - 1;
  const text = expanded.originalText(span.start, span.end);
  const id =
    unit.places.push({ file: index, line, column, function: frame.name, text, caller: frame.caller }) - 1;
  unit.placeIds.set(key, id);
  return id;
}

export function classOf(unit: Unit, t: CType): number {
  return classFor(unit, className(t), sizeOf(t) ?? 1, () => fieldsOf(t));
}

export function classFor(
  unit: Unit,
  name: string,
  size: number,
  fields: () => ObjectClass["fields"],
): number {
  const key = `${name}:${size}`;
  const known = unit.classIds.get(key);
  if (known !== undefined) return known;
  const id = unit.classes.push({ name, size, fields: fields() }) - 1;
  unit.classIds.set(key, id);
  return id;
}

// ---------------------------------------------------------------- memory

export function sizeOrFail(span: Span, t: CType): number {
  const size = sizeOf(t);
  if (size !== undefined) return size;
  const hint =
    t.kind === "struct" ? `define ${typeName(t)} in the model, or include the header that does` : undefined;
  return fail(span, `the size of '${typeName(t)}' is not known`, hint);
}

/** A global in memory; its initial values are zero until somebody sets them. */
export function addGlobal(unit: Unit, span: Span, key: unknown, name: string, type: CType): GlobalDraft {
  const size = sizeOrFail(span, type);
  if (unit.cellsUsed + size + 1 > CELLS_MAX) {
    fail(
      span,
      `'${name}' takes ${size} cells; the objects of a model may take ${CELLS_MAX} in all`,
      "make the array smaller: a scenario needs few elements",
    );
  }
  const draft: GlobalDraft = {
    name,
    type,
    class: classOf(unit, type),
    size,
    cell: unit.cellsUsed,
    initial: new Array<Initial>(size).fill(0),
  };
  unit.cellsUsed += size + 1;
  unit.globals.push(draft);
  unit.globalsByKey.set(key, draft);
  return draft;
}

export function globalAddress(g: GlobalDraft): Operand {
  return { imm: POINTER_BASE + g.cell };
}

// ---------------------------------------------------------------- contexts

export function emitterFor(unit: Unit, name: string, parameters: number, dry = false): Emitter {
  return createEmitter(name, parameters, dry, () => {
    if (++unit.emitted > 4 * INSTRUCTIONS_MAX) throw new GiveUp();
  });
}

export function frameFor(
  parts: Partial<Frame> & Pick<Frame, "name" | "caller" | "stack" | "returns">,
): Frame {
  return {
    addressed: new Set(),
    labels: new Map(),
    gotos: [],
    undeclared: new Set(),
    scope: innerScope(undefined),
    active: undefined,
    breaks: undefined,
    continues: undefined,
    switches: undefined,
    ...parts,
  };
}

/** The same place in the program, but nothing that is emitted stays: for types and constants. */
export function dryContext(c: Context): Context {
  if (c.out.dry) return c;
  const frame = { ...c.frame, scope: innerScope(c.frame.scope), gotos: [], labels: new Map() };
  return { ...c, out: emitterFor(c.unit, "", 0, true), frame };
}
