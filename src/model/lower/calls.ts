// Calls: a function that the model defines is inlined; a builtin or primitive becomes its instructions.

import type { FunctionChunk } from "../declare.ts";
import { headerOf } from "../headers.ts";
import { type Operand, PRIMITIVES, type PrimitiveName } from "../ir.ts";
import { type CType, type FunctionType, INT, typeName } from "../types.ts";
import {
  convert,
  copied,
  fresh,
  localAddress,
  NOTHING,
  newLocal,
  scalar,
  store,
  type Value,
} from "./access.ts";
import {
  type Call,
  declaredName,
  type Expression,
  type FunctionDefinition,
  functionDeclarator,
  type Span,
} from "./ast.ts";
import { functionTypeOf, POISON } from "./build-types.ts";
import { builtinCall, isBuiltin } from "./builtins.ts";
import { type Context, frameFor, innerScope, type Variable } from "./context.ts";
import { imm, label, reg } from "./emit.ts";
import { value, type Wanted } from "./expressions.ts";
import { globalVariable } from "./globals.ts";
import { indirectCall } from "./indirect.ts";
import { finishGotos } from "./jumps.ts";
import { lookUp } from "./lvalues.ts";
import { endAbove } from "./scopes.ts";
import { lowerBlockInside } from "./statements.ts";
import { addDiagnostic, fail, placeOf, report, suggestion, tellBroken, wrongCount } from "./unit.ts";
import { calleeName, functionFacts, mayWrite } from "./walk.ts";

/** Functions inlined in one another: deeper nesting would exhaust the stack of the lowering. */
const CALLS_DEEP_MAX = 100;

export function callValue(c: Context, e: Call, wanted: Wanted): Value {
  const name = calleeName(e);
  const local = name === undefined ? undefined : lookUp(c, name);
  if (name === undefined || local?.kind === "variable") return indirectCall(c, e, wanted);
  const { functions } = c.unit.declarations;
  const chunk = functions.get(name);
  if (chunk !== undefined) return inlineCall(c, chunk, e, wanted);
  if (isBuiltin(name)) return builtinCall(c, name, e, wanted);
  const declared = declaredFunction(c, name);
  if (name in PRIMITIVES) return primitiveCall(c, name as PrimitiveName, declared, e);
  if (declared === undefined && globalVariable(c, e, name) !== undefined) return indirectCall(c, e, wanted);
  return undefinedCall(c, name, declared, e);
}

function declaredFunction(c: Context, name: string): FunctionType | undefined {
  const declared = c.unit.declarations.variables.get(name);
  return declared === undefined ? undefined : functionTypeOf(c.unit, declared);
}

/** Values of the arguments, left to right; none changes while the later ones are evaluated. */
export function argumentValues(c: Context, e: Call, types: readonly CType[] = []): Value[] {
  const args = e.args.map((a): Expression => {
    if (a.kind === "type-argument") fail(a, "a type where a value is needed");
    return a;
  });
  return args.map((a, i) => {
    const type = types[i];
    const v = value(c, a, type === undefined ? {} : { type });
    if (v.type.kind === "void") fail(a, "a value is needed here, and this is 'void'");
    return args.slice(i + 1).some(mayWrite) ? copied(c, v, a) : v;
  });
}

export function countArguments(e: Call, what: string, type: FunctionType): void {
  const wanted = type.parameters.length;
  const given = e.args.length;
  if (given === wanted || (type.variadic && given > wanted)) return;
  const takes = type.variadic ? `at least ${wanted}` : wanted;
  fail(e, wrongCount(what, takes, given), `it is declared ${typeName(type)}`);
}

function inlineCall(c: Context, chunk: FunctionChunk, e: Call, wanted: Wanted): Value {
  if (chunk.scenario) fail(e, `'${chunk.name}' is a scenario, not a function to call`);
  const ast = usable(c, chunk);
  const type = ast === undefined ? undefined : functionTypeOf(c.unit, ast);
  if (ast === undefined || type === undefined) {
    argumentValues(c, e);
    return { type: POISON, at: imm(0) };
  }
  countArguments(e, `'${chunk.name}'`, type);
  const args = argumentValues(c, e, type.parameters);
  return inline(c, chunk, ast, type, args, e, wanted.unused !== true);
}

/** The function's syntax; undefined, and told, where it cannot be used. */
export function usable(c: Context, chunk: FunctionChunk): FunctionDefinition | undefined {
  for (const d of chunk.errors()) addDiagnostic(c.unit, d);
  if (chunk.rival !== undefined) {
    const { file, line } = c.unit.parsed.expanded.positionAt(chunk.start);
    report(
      c.unit,
      chunk.rival,
      `'${chunk.name}' is defined twice`,
      `the other definition is ${file}:${line}; remove one of them`,
    );
  }
  return chunk.ast();
}

/** Lowers the body of a function into the code of its caller. */
export function inline(
  c: Context,
  chunk: FunctionChunk,
  ast: FunctionDefinition,
  type: FunctionType,
  args: readonly Value[],
  span: Span,
  resultUsed: boolean,
): Value {
  const { name } = chunk;
  const { result } = type;
  // Types and constants do not depend on what the function does.
  if (c.out.dry) return result.kind === "void" ? NOTHING : { type: result, at: reg(fresh(c)) };
  refuseRecursion(c, name, span);
  const caller = placeOf(c, span);
  const to = resultPlace(c, result, span);
  const { frame: outer } = c;
  const exit = { label: label(), active: undefined };
  const inner: Context = {
    ...c,
    frame: frameFor({
      name,
      caller,
      stack: [...outer.stack, name],
      returns: { type: result, to, exit },
      addressed: functionFacts(ast).addressed,
    }),
  };
  const mistakes = c.unit.mistakes.size;
  bindParameters(inner, ast, type, args, span);
  lowerBlockInside(inner, ast.body.statements);
  // A return that could not be lowered is no missing one.
  finishBody(inner, ast, resultUsed && c.unit.mistakes.size === mistakes);
  if (result.kind === "void" || to === undefined) return NOTHING;
  return { type: result, at: to };
}

function refuseRecursion(c: Context, name: string, span: Span): void {
  const { stack } = c.frame;
  const from = stack.indexOf(name);
  if (from >= 0) {
    const cycle = [...stack.slice(from), name].join(" -> ");
    fail(
      span,
      `recursion: ${cycle}`,
      "calls are inlined, so recursion has no end: write a loop, or bound it by hand",
    );
  }
  if (stack.length >= CALLS_DEEP_MAX) {
    fail(span, `calls nest more than ${CALLS_DEEP_MAX} deep`, "call the function that matters directly");
  }
}

/** Where a result goes: a register, or memory of the caller for a struct. */
export function resultPlace(c: Context, result: CType, span: Span): Operand | undefined {
  if (result.kind === "void") return undefined;
  if (result.kind === "struct") return localAddress(c, span, newLocal(c, span, "(result)", result));
  return reg(fresh(c));
}

/** Parameters are variables that the arguments initialise. */
export function bindParameters(
  c: Context,
  ast: FunctionDefinition,
  type: FunctionType,
  args: readonly Value[],
  span: Span,
): void {
  const parameters = functionDeclarator(ast.declarator)?.parameters ?? [];
  c.frame.scope = innerScope(undefined);
  for (const [i, p] of parameters.entries()) {
    const parameterType = type.parameters[i]!;
    const name = declaredName(p.declarator);
    const v = convert(c, args[i]!, parameterType, span);
    c.frame.scope.names.set(name, parameterVariable(c, name, parameterType, v, span));
  }
}

function parameterVariable(c: Context, name: string, type: CType, v: Value, span: Span): Variable {
  if (type.kind !== "struct" && !c.frame.addressed.has(name)) {
    const register = fresh(c);
    store(c, { kind: "register", type, register, captured: false }, v, span);
    return { kind: "variable", name, type, home: { kind: "register", register } };
  }
  const local = newLocal(c, span, name, type);
  store(c, { kind: "memory", type, address: localAddress(c, span, local) }, v, span);
  return { kind: "variable", name, type, home: { kind: "local", local } };
}

/** The way out of a body: what still lives ends, gotos get their stubs. */
export function finishBody(c: Context, ast: FunctionDefinition, resultUsed: boolean): void {
  const { frame, out } = c;
  const { returns } = frame;
  const closing = { start: ast.body.end - 1, end: ast.body.end };
  if (out.reachable() && returns.type.kind !== "void" && resultUsed) {
    report(
      c.unit,
      closing.start,
      `'${frame.name}' can end here without returning a value, and its value is used`,
      "return a value on every path",
    );
  }
  if (out.reachable()) endAbove(c, returns.exit.active, closing);
  const place = placeOf(c, closing);
  out.jump(returns.exit.label, place);
  finishGotos(c);
  frame.active = returns.exit.active;
  out.place(returns.exit.label);
}

/** Emits a primitive whose arguments are known. */
export function primitive(c: Context, name: PrimitiveName, args: readonly Operand[], span: Span): Value {
  const dst = PRIMITIVES[name].result ? fresh(c) : 0;
  c.out.emit({ op: "primitive", name, dst, args }, placeOf(c, span));
  return dst === 0 ? NOTHING : { type: INT, at: reg(dst) };
}

function primitiveCall(c: Context, name: PrimitiveName, type: FunctionType | undefined, e: Call): Value {
  const wanted = PRIMITIVES[name].args;
  if (e.args.length !== wanted) {
    fail(e, wrongCount(`'${name}'`, wanted, e.args.length));
  }
  if (name === "settle" && !c.setup) {
    fail(e, "settle() belongs into the set-up of a scenario, before its first thread()");
  }
  const args = argumentValues(c, e, type?.parameters).map((v, i) => {
    const arg = e.args[i] as Expression;
    const to = type?.parameters[i];
    return to === undefined ? scalar(v, arg).at : convert(c, v, to, arg).at;
  });
  const v = primitive(c, name, args, e);
  const result = type?.result;
  return v === NOTHING || result === undefined || result.kind === "void" ? v : { type: result, at: v.at };
}

function undefinedHint(c: Context, name: string): string {
  const header = headerOf(name, c.unit.parsed.files);
  if (header !== undefined) return `#include <${header}>`;
  const near = suggestion(name, [...c.unit.declarations.functions.keys(), ...Object.keys(PRIMITIVES)]);
  const guess = near === undefined ? "" : `did you mean '${near}'? Else `;
  return (
    `${guess}define it in the scenario file, or give --stub ${name} (does nothing, returns 0) ` +
    `or --stub ${name}=choose (returns anything of a small range)`
  );
}

function undefinedCall(c: Context, name: string, type: FunctionType | undefined, e: Call): Value {
  const stub = c.unit.options.stubs.get(name);
  const result = type?.result ?? INT;
  if (stub === undefined) {
    if (tellBroken(c.unit, name)) return { type: POISON, at: imm(0) };
    if (!c.frame.undeclared.has(name)) {
      c.frame.undeclared.add(name);
      report(c.unit, e.start, `'${name}' is called, and nobody defines it`, undefinedHint(c, name));
    }
    argumentValues(c, e);
    return { type: result.kind === "void" ? result : POISON, at: imm(0) };
  }
  // A macro that was never included may be called with anything: its arguments are evaluated where they can
  // be.
  argumentValues(c, e);
  const kind = stub === "zero" ? "does nothing and returns 0" : "returns anything of a small range";
  c.unit.notes.add(`stub: ${name}() ${kind}`);
  if (result.kind === "void") return NOTHING;
  if (result.kind === "struct") {
    return { type: result, at: localAddress(c, e, newLocal(c, e, "(result)", result)) };
  }
  if (stub === "zero") return { type: result, at: imm(0) };
  const dst = fresh(c);
  c.out.emit({ op: "choose", dst, count: imm(choices(result)) }, placeOf(c, e));
  return { type: result, at: reg(dst) };
}

/** How many values a stub chooses from: both of a bool, NULL alone of a pointer, 0 and 1 of others. */
function choices(t: CType): number {
  return t.kind === "pointer" ? 1 : 2;
}
