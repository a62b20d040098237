// Names for addresses and values of a run: globals by name, heap objects by class and number of their
// allocation (mem_cgroup#2), fields by the class's table, errnos and functions by name.

import { ERR_PTR_MIN, FUNCTION_BASE, POINTER_BASE } from "../../assembly/abi.ts";
import type { Field } from "../model/ir.ts";
import type { Program } from "../model/program.ts";
import type { ObjectState, TraceMachine } from "./machine.ts";

export interface Namer {
  /** "mem_cgroup#2", "cgroup_mutex", or "" where the pointer leads to no object. */
  object(pointer: number): string;
  /** "mem_cgroup#2.bpf_oom", or "". */
  cell(pointer: number): string;
  /** The struct (a lock, a completion) whose first cell this is: "mem_cgroup#2.lock", or "". */
  struct(pointer: number): string;
  /** A value read from or written to the cell at `pointer`. */
  value(pointer: number, value: number): string;
  /** Forgets the numbers of heap objects: a new run begins. */
  reset(): void;
}

const ERRNOS: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  3: "ESRCH",
  4: "EINTR",
  5: "EIO",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  14: "EFAULT",
  16: "EBUSY",
  17: "EEXIST",
  19: "ENODEV",
  22: "EINVAL",
  28: "ENOSPC",
  34: "ERANGE",
  95: "EOPNOTSUPP",
  110: "ETIMEDOUT",
  116: "ESTALE",
};

export function nameObjects(program: Program, machine: TraceMachine): Namer {
  const { classes, functions, globals } = program.symbols;
  const globalNames = new Map(globals.map((g) => [POINTER_BASE + g.cell, g.name]));
  const numbers = new Map<number, number>();
  const counts = new Map<number, number>();
  let scanned = POINTER_BASE;

  /** Heap objects are numbered by class in the order of their addresses, which is that of allocation. */
  function number(base: number): number {
    while (scanned <= base) {
      const found = machine.object(scanned);
      if (found?.heap && found.base === scanned) {
        const count = (counts.get(found.class) ?? 0) + 1;
        counts.set(found.class, count);
        numbers.set(found.base, count);
      }
      scanned = found === undefined ? scanned + 1 : Math.max(found.base + found.size, scanned + 1);
    }
    return numbers.get(base) ?? 0;
  }

  function object(pointer: number): string {
    const found = machine.object(pointer);
    if (found === undefined) return "";
    const global = globalNames.get(found.base);
    if (global !== undefined) return global;
    if (!found.heap) return "local variable";
    return `${classes[found.class]?.name ?? "object"}#${number(found.base)}`;
  }

  function field(pointer: number): { field: Field; index: number } | undefined {
    const found = machine.object(pointer);
    const of = found === undefined ? undefined : classes[found.class];
    if (found === undefined || of === undefined || of.size === 0) return undefined;
    const offset = pointer - found.base;
    const at = of.fields[offset % of.size];
    const index = found.size > of.size ? Math.floor(offset / of.size) : -1;
    return at === undefined ? undefined : { field: at, index };
  }

  function cell(pointer: number): string {
    const name = object(pointer);
    const at = field(pointer);
    if (name === "" || at === undefined) return name;
    const element = at.index >= 0 ? `[${at.index}]` : "";
    return `${name}${element}${dotted(at.field.name)}`;
  }

  /** What a pointer into an object most likely means: the outermost part of it that begins there. */
  function whole(pointer: number, within: ObjectState): string {
    const of = classes[within.class];
    const offset = pointer - within.base;
    const name = of?.fields[offset]?.name ?? "";
    const before = of?.fields[offset - 1]?.name ?? "";
    if (name === "" || within.size !== of?.size) return cell(pointer);
    const parts = name.split(".");
    const others = before.split(".");
    const common = parts.findIndex((part, i) => part !== others[i]);
    return `${object(pointer)}${dotted(parts.slice(0, common + 1).join("."))}`;
  }

  function address(value: number): string {
    if (value === 0) return "NULL";
    if (value >= ERR_PTR_MIN) {
      const errno = 2 ** 32 - value;
      return `ERR_PTR(-${ERRNOS[errno] ?? errno})`;
    }
    const called = functions[value - FUNCTION_BASE]?.name;
    if (called !== undefined) return called;
    const found = machine.object(value);
    if (found === undefined) return `0x${value.toString(16)}`;
    return `&${found.base === value ? object(value) : whole(value, found)}`;
  }

  return {
    object,
    cell,
    struct: (pointer) => cell(pointer).replace(/\.[^.]*$/, ""),
    value(pointer, value) {
      const unsigned = value >>> 0;
      const kind = field(pointer)?.field.kind;
      if (kind === "bool") return unsigned === 0 ? "false" : "true";
      if (kind === "pointer" || kind === "function") return address(unsigned);
      if (kind === undefined && unsigned >= POINTER_BASE) return address(unsigned);
      return String(unsigned | 0);
    },
    reset() {
      numbers.clear();
      counts.clear();
      scanned = POINTER_BASE;
    },
  };
}

/** ".field", "[2].field", or "" for the cell of a scalar. */
function dotted(field: string): string {
  return field === "" || field.startsWith("[") ? field : `.${field}`;
}
