// The state of one compilation: what all entries share (places, classes, globals), mistakes and notes.

import { CELLS_MAX, POINTER_BASE } from "../../../assembly/abi.ts";
import { nearest } from "../../base/names.ts";
import type { Declarations } from "../declare.ts";
import type { Diagnostic } from "../diagnostics.ts";
import type { Initial, ObjectClass, Operand, PlaceId } from "../ir.ts";
import type { ParsedUnit } from "../parse.ts";
import type { Grammar } from "../preprocess/grammar.ts";
import { type CType, className, fieldsOf, sizeOf, typeName } from "../types.ts";
import type { Span } from "./ast.ts";
import type { CompileOptions, Context, GlobalDraft, Unit } from "./context.ts";
import { Mistake } from "./syntax.ts";

export function createUnit(
  parsed: ParsedUnit,
  grammar: Grammar,
  declarations: Declarations,
  options: CompileOptions,
  addedFields: Map<string, Set<string>>,
  assigned: Set<string>,
): Unit {
  return {
    parsed,
    grammar,
    declarations,
    options,
    mistakes: new Map(),
    notes: new Set(parsed.notes),
    addedFields,
    assigned,
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

export function fail(span: Span, message: string, hint?: string): never {
  throw new Mistake(span.start, message, hint);
}

/** "Did you mean": the nearest name, unless the wrong one is too short to tell. */
export function suggestion(name: string, names: Iterable<string>): string | undefined {
  return name.length < 4 ? undefined : nearest(name, [...names], 1)[0];
}

/** Tells the mistakes of the text that declares a name, if it could not be read. */
export function tellBroken(unit: Unit, name: string): boolean {
  const errors = unit.declarations.broken.get(name);
  for (const e of errors ?? []) addDiagnostic(unit, e);
  return errors !== undefined;
}

/** "'f' takes 2 arguments, 1 is given". */
export function wrongCount(what: string, takes: string | number, given: number): string {
  const one = `${takes}` === "1";
  return `${what} takes ${takes} argument${one ? "" : "s"}, ${given} ${given === 1 ? "is" : "are"} given`;
}

/** Ends the statement; what is wrong was told already. */
export function stop(span: Span): never {
  throw new Mistake(span.start, "");
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
    if (error.message !== "") report(unit, error.start, error.message, error.hint);
  }
}

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

export function sizeOrFail(unit: Unit, span: Span, t: CType): number {
  const size = sizeOf(t);
  if (size !== undefined) return size;
  if (t.kind === "struct" && tellBroken(unit, t.tag)) stop(span);
  const hint =
    t.kind === "struct" ? `define ${typeName(t)} in the model, or include the header that does` : undefined;
  return fail(span, `the size of '${typeName(t)}' is not known`, hint);
}

/** A global in memory; its initial values are zero until somebody sets them. */
export function addGlobal(unit: Unit, span: Span, key: unknown, name: string, type: CType): GlobalDraft {
  const size = sizeOrFail(unit, span, type);
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
