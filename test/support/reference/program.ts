// Writes small IR programs for tests: bodies without places in, an IrProgram out in which every instruction
// has a place of its own (so that two engines can compare positions by place) and the bookkeeping is done.

import type {
  Check,
  Entry,
  Global,
  Initial,
  Instruction,
  IrProgram,
  Local,
  ObjectClass,
  Operand,
  Place,
  PrimitiveName,
} from "../../../src/model/ir.ts";

type WithoutPlace<I> = I extends Instruction ? Omit<I, "place"> : never;
/** An instruction that has no place yet. */
export type Bare = WithoutPlace<Instruction>;

export interface Body {
  readonly parameters?: number;
  readonly locals?: readonly Local[];
  /** An exit is added where the last instruction is none. */
  readonly code: readonly Bare[];
}

export interface Parts {
  readonly classes?: readonly ObjectClass[];
  readonly globals?: readonly {
    readonly name: string;
    readonly size: number;
    readonly class?: number;
    readonly initial?: readonly Initial[];
  }[];
  /** A function without a body has an address but cannot run as a task. */
  readonly functions?: readonly (Body | undefined)[];
  readonly setup?: Body;
  readonly threads: readonly Body[];
  readonly checks?: readonly { readonly kind: Check["kind"]; readonly body: Body }[];
}

export const imm = (value: number): Operand => ({ imm: value });
export const reg = (register: number, plus = 0): Operand => ({ reg: register, plus });

export function primitive(name: PrimitiveName, args: readonly Operand[] = [], dst = 0): Bare {
  return { op: "primitive", name, dst, args };
}

/** Globals are laid out densely with one gap cell between, as the front-end does. */
export function layOutGlobals(globals: NonNullable<Parts["globals"]>): Global[] {
  let cell = 0;
  return globals.map((global) => {
    const initial = Array.from({ length: global.size }, (_, i) => global.initial?.[i] ?? 0);
    const placed = { class: 0, ...global, initial, cell };
    cell += global.size + 1;
    return placed;
  });
}

export function makeProgram(parts: Parts): IrProgram {
  const places: Place[] = [];
  const entries: Entry[] = [];
  const addEntry = (name: string, body: Body): number => {
    entries.push(makeEntry(name, body, places));
    return entries.length - 1;
  };
  const setup = addEntry("set-up", parts.setup ?? { code: [] });
  return {
    model: "test",
    scenario: "test",
    files: ["test.c"],
    classes: parts.classes ?? [{ name: "thing", size: 1, fields: [] }],
    globals: layOutGlobals(parts.globals ?? []),
    setup,
    threads: parts.threads.map((body, n) => ({ label: `thread ${n}`, entry: addEntry(`thread ${n}`, body) })),
    functions: (parts.functions ?? []).map((body, n) => ({
      name: `function_${n}`,
      entry: body === undefined ? -1 : addEntry(`function_${n}`, { parameters: 1, ...body }),
    })),
    checks: (parts.checks ?? []).map(({ kind, body }, n) => ({
      kind,
      text: `check ${n}`,
      entry: addEntry(kind, body),
    })),
    entries,
    places,
    notes: [],
  };
}

function makeEntry(name: string, body: Body, places: Place[]): Entry {
  const bare = [...body.code];
  if (bare.at(-1)?.op !== "exit") bare.push({ op: "exit" });
  const code = bare.map((each, index): Instruction => {
    const place = places.length;
    places.push({
      file: 0,
      line: place + 1,
      column: 1,
      function: name,
      text: `${name}[${index}] ${each.op}`,
      caller: -1,
    });
    return { ...each, place };
  });
  const parameters = body.parameters ?? 0;
  return {
    name,
    parameters,
    registers: Math.max(parameters, highestRegister(bare)),
    locals: body.locals ?? [],
    code,
  };
}

/** The highest register that is named anywhere in the code. */
function highestRegister(code: readonly Bare[]): number {
  let highest = 0;
  const visit = (value: unknown, key: string): void => {
    if ((key === "dst" || key === "reg") && typeof value === "number") highest = Math.max(highest, value);
    else if (typeof value === "object" && value !== null) {
      for (const [name, inner] of Object.entries(value)) visit(inner, name);
    }
  };
  visit(code, "");
  return highest;
}
