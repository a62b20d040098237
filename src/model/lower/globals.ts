// Global variables, static locals and the addresses of functions, found by name and created on first use.

import { FUNCTION_BASE, POINTER_BASE } from "../../../assembly/abi.ts";
import type { Initial } from "../ir.ts";
import { type FunctionType, typeName } from "../types.ts";
import { convert, intValue, type Lvalue, type Value } from "./access.ts";
import type { Declarator, Expression, Span } from "./ast.ts";
import { declaredType, functionTypeOf, topContext } from "./build-types.ts";
import type { Context, GlobalDraft, Unit } from "./context.ts";
import { isConstant } from "./emit.ts";
import { value } from "./expressions.ts";
import { leavesOf, sizedByInitializer } from "./initialise.ts";
import { addGlobal, fail, recovering, tellBroken } from "./unit.ts";

/** A variable of the top level; undefined where the name is none. */
export function globalVariable(c: Context, span: Span, name: string): GlobalDraft | undefined {
  const { unit } = c;
  const known = unit.globalsByKey.get(name);
  if (known !== undefined) return known;
  const declared = unit.declarations.variables.get(name);
  if (declared === undefined) return undefined;
  const top = topContext(unit);
  let type = declaredType(top, declared.specifier, declared.declarator);
  if (type.kind === "function") return undefined;
  if (declared.threadLocal) fail(span, `'${name}' is a __thread variable: it has a value in a task only`);
  if (declared.extern && declared.value === undefined) {
    fail(
      span,
      `the variable '${name}' is declared extern and defined nowhere`,
      `define it in the model: ${typeName(type)}${typeName(type).endsWith("*") ? "" : " "}${name};`,
    );
  }
  if (declared.value !== undefined) type = sizedByInitializer(top, type, declared.value);
  if (type.kind === "array" && type.count < 0) type = { ...type, count: 1 };
  const draft = addGlobal(unit, declared.declarator, name, name, type);
  if (declared.value !== undefined) unit.pending.push({ draft, value: declared.value });
  return draft;
}

/** A `__thread` variable: a register of the entry, so that no access to it is a step. */
export function taskVariable(c: Context, span: Span, name: string): Lvalue | undefined {
  const declared = c.unit.declarations.variables.get(name);
  // In the initial value of a global there is no task.
  if (declared?.threadLocal !== true || c.frame.stack.length === 0) return undefined;
  const type = declaredType(topContext(c.unit), declared.specifier, declared.declarator);
  if (declared.value !== undefined)
    fail(span, `'${name}' is a __thread variable: it begins as 0 in each task`);
  if (type.kind === "struct" || type.kind === "array") {
    fail(span, `'${name}' is a __thread variable and a '${typeName(type)}'`, "use a number or a pointer");
  }
  const own = { kind: "register" as const, type, captured: false };
  const register = c.taskVariables.get(name);
  return register === undefined ? { ...own, register: 0, unassigned: name } : { ...own, register };
}

/** A static local: one for all calls of its function. */
export function staticLocal(
  c: Context,
  key: object,
  name: string,
  declarator: Declarator,
  type: GlobalDraft["type"],
  initial: Expression | undefined,
): GlobalDraft {
  const known = c.unit.globalsByKey.get(key);
  if (known !== undefined) return known;
  const draft = addGlobal(c.unit, declarator, key, `${c.frame.name}.${name}`, type);
  if (initial !== undefined) c.unit.pending.push({ draft, value: initial });
  return draft;
}

/** Evaluates the initialisers of every global that was used; they may bring in further ones. */
export function finishGlobals(unit: Unit): void {
  for (let next = unit.pending.shift(); next !== undefined; next = unit.pending.shift()) {
    const { draft, value: initial } = next;
    recovering(unit, () => {
      const top = topContext(unit);
      for (const leaf of leavesOf(top, draft.type, initial)) {
        recovering(unit, () => {
          const v: Value =
            typeof leaf.value === "number"
              ? intValue(leaf.value, leaf.type)
              : convert(top, value(top, leaf.value, { type: leaf.type }), leaf.type, leaf.span);
          if (!isConstant(v.at)) fail(leaf.span, "the initial value of a global is not a constant");
          draft.initial[leaf.offset] = initialOf(unit, v);
        });
      }
    });
  }
}

/** Addresses keep their meaning in reports: those of globals and functions are named as such. */
function initialOf(unit: Unit, v: Value): Initial {
  const n = isConstant(v.at) ? v.at.imm : 0;
  if (v.type.kind !== "pointer" && !(v.type.kind === "int" && v.type.added !== undefined)) return n;
  const index = n - FUNCTION_BASE;
  if (index >= 0 && index < unit.functionIds.size) return { function: index };
  const cell = n - POINTER_BASE;
  const global = unit.globals.findIndex((g) => cell >= g.cell && cell <= g.cell + g.size);
  return global < 0 ? n : { global, plus: cell - unit.globals[global]!.cell };
}

/** Index of a function as a value, and its type; undefined where the name is no function. */
export function functionIndex(
  c: Context,
  span: Span,
  name: string,
): { index: number; type: FunctionType } | undefined {
  const { declarations, functionIds } = c.unit;
  const chunk = declarations.functions.get(name);
  if (chunk === undefined) {
    const declared = declarations.variables.get(name);
    if (declared === undefined || functionTypeOf(c.unit, declared) === undefined) return undefined;
    return fail(
      span,
      `the address of '${name}' is taken, and nobody defines it`,
      `define it in the model; a primitive has no address, so wrap it in a function of its own`,
    );
  }
  const ast = chunk.ast();
  if (ast === undefined) {
    tellBroken(c.unit, name);
    return undefined;
  }
  const type = functionTypeOf(c.unit, ast);
  if (type === undefined) return undefined;
  let index = functionIds.get(name);
  if (index === undefined) {
    index = functionIds.size;
    functionIds.set(name, index);
  }
  return { index, type };
}
