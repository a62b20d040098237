// What every function of the lowering gets first: the unit, the emitter, and the function body that is being
// inlined with its scopes, its ways out and what lives in it.

import { INSTRUCTIONS_MAX } from "../../../assembly/abi.ts";
import type { Declarations } from "../declare.ts";
import type { Diagnostic } from "../diagnostics.ts";
import type { Initial, ObjectClass, Operand, Place, PlaceId, Register } from "../ir.ts";
import type { ParsedUnit } from "../parse.ts";
import type { Grammar } from "../preprocess/grammar.ts";
import type { CType, StructType } from "../types.ts";
import type { Expression, InitializerList, Specifier } from "./ast.ts";
import { createEmitter, type Emitter, type Label } from "./emit.ts";

export interface CompileOptions {
  readonly stubs: ReadonlyMap<string, "zero" | "choose">;
  readonly strict: boolean;
}

export interface Variable {
  readonly kind: "variable";
  readonly name: string;
  readonly type: CType;
  readonly home: Home;
  /** A thread's own copy of a variable of the set-up. */
  readonly captured?: boolean;
}

type Home =
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
interface Frame {
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
  /** Registers of the `__thread` variables that are assigned: a task is one entry, with all that it calls. */
  readonly taskVariables: ReadonlyMap<string, Register>;
}

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
  /** `__thread` variables that something assigns; the others are 0. Kept when the lowering starts again. */
  readonly assigned: Set<string>;
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

/** Thrown where lowering must start again: a struct grew, or a `__thread` variable is no constant. */
export class StartAgain extends Error {
  override readonly name = "StartAgain";
}

/** Thrown where going on is pointless: the program is too large. */
export class GiveUp extends Error {
  override readonly name = "GiveUp";
}

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
