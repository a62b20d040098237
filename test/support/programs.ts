// Small programs written directly in the IR, for tests of what lies below the front-end.

import type { Entry, Instruction, IrProgram } from "../../src/model/ir.ts";

/** The address of cell n of the one global array, `data`. */
export const DATA = 4096;

type Loose<T> = T extends unknown ? Omit<T, "place"> : never;
/** An instruction without its place, which `program` gives. */
export type Plain = Loose<Instruction>;

/**
 * A scenario without a set-up: one thread for each list of instructions, over `cells` zeroed shared cells.
 */
export function program(cells: number, ...threads: readonly (readonly Plain[])[]): IrProgram {
  const places: IrProgram["places"][number][] = [];
  const entry = (name: string, code: readonly Plain[]): Entry => {
    const withExit: Plain[] = [...code, { op: "exit" }];
    const placed = withExit.map((i, n) => {
      places.push({
        file: 0,
        line: places.length + 1,
        column: 1,
        function: name,
        text: `${i.op} ${n}`,
        caller: -1,
      });
      return { ...i, place: places.length - 1 } as Instruction;
    });
    const registers = Math.max(0, ...placed.map((i) => ("dst" in i ? i.dst : 0)));
    return { name, parameters: 0, registers, locals: [], code: placed };
  };
  return {
    model: "test",
    scenario: "test",
    files: ["test.c"],
    classes: [{ name: "data", size: cells, fields: [] }],
    globals: [{ name: "data", class: 0, size: cells, initial: new Array<number>(cells).fill(0), cell: 0 }],
    functions: [],
    entries: [entry("set-up", []), ...threads.map((code, n) => entry(`thread ${n}`, code))],
    setup: 0,
    threads: threads.map((_, n) => ({ label: `thread ${n}`, entry: n + 1 })),
    checks: [],
    notes: [],
    places,
  };
}

/** dst = data[cell], as a step. */
export function load(dst: number, cell: number): Plain {
  return { op: "load", dst, address: { imm: DATA + cell }, order: "once" };
}

/** data[cell] = value, as a step. */
export function store(cell: number, value: number): Plain {
  return { op: "store", address: { imm: DATA + cell }, value: { imm: value }, order: "once" };
}
