// A scenario -> the entries of a program: the set-up, one for each thread and check, one for each function
// that the kernel's primitives may start as a task.

import { TASKS_MAX } from "../../../assembly/abi.ts";
import type { FunctionChunk } from "../declare.ts";
import type { Check, Entry, IrFunction, Register, Thread } from "../ir.ts";
import { type CType, type FunctionType, INT, VOID } from "../types.ts";
import { localAddress, scalar, truth } from "./access.ts";
import type { Call, Expression, FunctionDefinition, Identifier, Span, Statement } from "./ast.ts";
import { functionTypeOf } from "./build-types.ts";
import { bindParameters, finishBody, usable } from "./calls.ts";
import { type Context, emitterFor, frameFor, innerScope, type Scope, type Unit } from "./context.ts";
import { imm, label, reg } from "./emit.ts";
import { discard, value } from "./expressions.ts";
import { finishGotos } from "./jumps.ts";
import { lookUp } from "./lvalues.ts";
import { statement } from "./statements.ts";
import { fail, placeOf, recovering, report } from "./unit.ts";
import { functionFacts, walk } from "./walk.ts";

export interface ScenarioParts {
  readonly entries: readonly Entry[];
  readonly setup: number;
  readonly threads: readonly Thread[];
  readonly checks: readonly Check[];
  readonly functions: readonly IrFunction[];
}

interface Parts {
  readonly entries: Entry[];
  readonly threads: Thread[];
  readonly checks: Check[];
}

export function lowerScenario(unit: Unit, scenario: FunctionChunk, cast: ReadonlySet<string>): ScenarioParts {
  const parts: Parts = { entries: [], threads: [], checks: [] };
  const out = emitterFor(unit, "set-up", 0);
  const ast = usable(contextFor(unit, out, scenario.name, new Set()), scenario);
  if (ast === undefined) return { ...parts, setup: 0, functions: [] };
  recovering(unit, () => {
    const type = functionTypeOf(unit, ast);
    if (type !== undefined && type.parameters.length > 0) {
      report(unit, ast.start, `a scenario takes no parameters`, `write: scenario ${scenario.name}(void)`);
    }
  });
  const own = withTaskVariables(contextFor(unit, out, scenario.name, functionFacts(ast).addressed), ast);
  const c: Context = { ...own, setup: true };
  for (const s of ast.body.statements) scenarioStatement(c, s, parts);
  const closing = { start: ast.body.end - 1, end: ast.body.end };
  c.out.place(c.frame.returns.exit.label);
  out.emit({ op: "exit" }, placeOf(c, closing));
  finishGotos(c);
  if (parts.threads.length === 0) {
    report(
      unit,
      ast.start,
      `the scenario '${scenario.name}' starts no thread`,
      'end it with thread("label", call()); for each task',
    );
  }
  const functions = [...unit.functionIds.keys()].map((name) => {
    let found: IrFunction = { name, entry: -1 };
    recovering(unit, () => {
      found = functionEntry(unit, name, cast, parts);
    });
    return found;
  });
  const setup = parts.entries.push(out.finish(0)) - 1;
  return { ...parts, setup, functions };
}

function contextFor(
  unit: Unit,
  out: Context["out"],
  name: string,
  addressed: ReadonlySet<string>,
  scope: Scope = innerScope(undefined),
): Context {
  const exit = { label: label(), active: undefined };
  const returns = { type: VOID as CType, to: undefined, exit };
  const frame = frameFor({ name, caller: -1, stack: [name], returns, addressed, scope });
  return { unit, out, frame, setup: false, taskVariables: new Map() };
}

/** At the start of an entry: its own copies of the `__thread` variables, which are 0. */
function withTaskVariables(c: Context, span: Span): Context {
  const taskVariables = new Map<string, Register>();
  for (const name of c.unit.assigned) {
    const register = c.out.register();
    c.out.emit({ op: "move", dst: register, value: imm(0) }, placeOf(c, span));
    taskVariables.set(name, register);
  }
  return { ...c, taskVariables };
}

// ---------------------------------------------------------------- threads and checks

const VOCABULARY = /^(thread|at_end|always)$/;

function scenarioStatement(c: Context, s: Statement, parts: Parts): void {
  const call = s.kind === "expression" && s.value.kind === "call" ? s.value : undefined;
  const name = call?.callee.kind === "identifier" ? call.callee.name : "";
  if (call !== undefined && VOCABULARY.test(name)) {
    recovering(c.unit, () => {
      if (name === "thread") addThread(c, call, parts);
      else addCheck(c, call, name as Check["kind"], parts);
    });
    return;
  }
  const harmless = s.kind === "empty" || (s.kind === "return" && s.value === undefined);
  if (parts.threads.length > 0 && !harmless) {
    report(
      c.unit,
      s.start,
      "the set-up is over: after the first thread() only thread(), at_end() and always() may follow",
      "move this before the first thread()",
    );
    return;
  }
  if (harmless && parts.threads.length > 0) return;
  statement(c, s);
}

function addThread(c: Context, call: Call, parts: Parts): void {
  const [first, body] = call.args;
  if (call.args.length !== 2 || first === undefined || body === undefined) {
    fail(call, "thread() takes a label and what the task does", 'write: thread("label", call())');
  }
  if (first.kind !== "string")
    fail(first, "the label of a thread is a string", 'write: thread("label", call())');
  if (body.kind === "type-argument") fail(body, "a type where a call is needed");
  if (parts.threads.length === TASKS_MAX) {
    fail(call, `too many threads: a scenario may have ${TASKS_MAX} tasks, kworkers and callbacks included`);
  }
  const twin = parts.threads.some((t) => t.label === first.value);
  if (twin) fail(first, `two threads are labelled "${first.value}"`, "labels head the columns of a trace");
  const index = parts.threads.length;
  // The slot is taken even where the body is wrong, so that what follows is judged as it stands.
  parts.threads.push({ label: first.value, entry: parts.entries.length });
  const entry = captured(c, first.value, body, { kind: "thread", index }, call, (inner) =>
    discard(inner, body),
  );
  parts.entries.push(entry);
}

function addCheck(c: Context, call: Call, kind: Check["kind"], parts: Parts): void {
  const body = call.args[0];
  if (call.args.length !== 1 || body === undefined || body.kind === "type-argument") {
    fail(call, `${kind}() takes a condition`, `write: ${kind}(condition)`);
  }
  const index = parts.checks.length;
  const text = c.unit.parsed.expanded.originalText(body.start, body.end);
  parts.checks.push({ kind, text, entry: parts.entries.length });
  const entry = captured(c, kind, body, { kind: "check", index }, call, (inner) => {
    const v = truth(inner, scalar(value(inner, body), body), call);
    inner.out.emit({ op: "assert", value: v.at }, placeOf(inner, call));
  });
  parts.entries.push(entry);
}

/** An entry of its own for an expression of the scenario; variables of the set-up are handed over. */
function captured(
  c: Context,
  name: string,
  body: Expression,
  receiver: { kind: "thread" | "check"; index: number },
  span: Span,
  lower: (inner: Context) => void,
): Entry {
  const names = capturedNames(c, body);
  const scope = innerScope(undefined);
  const place = placeOf(c, span);
  let parameters = 0;
  for (const identifier of names) {
    const binding = lookUp(c, identifier.name)!;
    if (binding.kind !== "variable" || binding.home.kind === "address") {
      scope.names.set(identifier.name, binding);
      continue;
    }
    const parameter = ++parameters;
    const { home } = binding;
    if (home.kind === "register") {
      c.out.emit({ op: "capture", ...receiver, parameter, value: reg(home.register) }, place);
      const own = { kind: "register" as const, register: parameter };
      scope.names.set(identifier.name, { ...binding, home: own, captured: true });
    } else {
      const address = localAddress(c, identifier, home.local);
      c.out.emit({ op: "capture", ...receiver, parameter, value: address }, place);
      scope.names.set(identifier.name, { ...binding, home: { kind: "address", address: reg(parameter) } });
    }
  }
  // Types that the set-up declares are seen in the expression too.
  for (let s: Scope | undefined = c.frame.scope; s !== undefined; s = s.parent) {
    for (const [tag, type] of s.tags) if (!scope.tags.has(tag)) scope.tags.set(tag, type);
    for (const [n, b] of s.names) if (b.kind === "typedef" && !scope.names.has(n)) scope.names.set(n, b);
  }
  const out = emitterFor(c.unit, name, parameters);
  const inner = withTaskVariables(contextFor(c.unit, out, c.frame.name, c.frame.addressed, scope), span);
  recovering(c.unit, () => lower(inner));
  finishGotos(inner);
  out.emit({ op: "exit" }, placeOf(inner, span));
  return out.finish(parameters);
}

function capturedNames(c: Context, body: Expression): Identifier[] {
  const found = new Map<string, Identifier>();
  walk(body, (node) => {
    if (node.kind !== "identifier") return true;
    const e = node as Identifier;
    if (!found.has(e.name) && lookUp(c, e.name) !== undefined) found.set(e.name, e);
    return true;
  });
  return [...found.values()];
}

// ---------------------------------------------------------------- functions as tasks

/**
 * Work items and grace-period callbacks: one parameter, a pointer to the item or to nothing in particular.
 */
function startsAsTask(type: FunctionType, cast: boolean): boolean {
  const [only] = type.parameters;
  if (type.parameters.length !== 1 || only?.kind !== "pointer") return false;
  const { to } = only;
  if (cast || to.kind === "void") return true;
  return to.kind === "struct" && /^(work_struct|rcu_head|callback_head)$/.test(to.tag);
}

function functionEntry(unit: Unit, name: string, cast: ReadonlySet<string>, parts: Parts): IrFunction {
  const none = { name, entry: -1 };
  const chunk = unit.declarations.functions.get(name);
  const ast: FunctionDefinition | undefined = chunk?.ast();
  const type = ast === undefined ? undefined : functionTypeOf(unit, ast);
  if (chunk === undefined || ast === undefined || type === undefined) return none;
  if (!startsAsTask(type, cast.has(name))) return none;
  const out = emitterFor(unit, name, 1);
  const c = withTaskVariables(contextFor(unit, out, name, functionFacts(ast).addressed), ast);
  usable(c, chunk);
  const inner: Context = { ...c, frame: { ...c.frame, returns: { ...c.frame.returns, type: type.result } } };
  recovering(unit, () => {
    bindParameters(inner, ast, type, [{ type: type.parameters[0] ?? INT, at: reg(1) }], ast.declarator);
  });
  for (const s of ast.body.statements) statement(inner, s);
  finishBody(inner, ast, false);
  out.emit({ op: "exit" }, placeOf(inner, { start: ast.body.end - 1, end: ast.body.end }));
  return { name, entry: parts.entries.push(out.finish(1)) - 1 };
}
