// Statements -> code. A mistake in one is noted and the next is lowered all the same. Whatever lives until the
// end of a scope (locals in memory, guards) is ended on every way out of it, gotos included.

import { sizeOf, typeName } from "../types.ts";
import { convert, copied, localAddress, NOTHING, newLocal, scalar, store, type Value } from "./access.ts";
import type { Declaration, Expression, Span, Statement } from "./ast.ts";
import { declaredName } from "./ast.ts";
import { constantValue, declaredType, POISON, reportBroken } from "./build-types.ts";
import { imm, label, reg } from "./emit.ts";
import { condition, discard, knownCondition, value } from "./expressions.ts";
import { staticLocal } from "./globals.ts";
import { guard } from "./guards.ts";
import { initialise, sizedByInitializer } from "./initialise.ts";
import { Mistake } from "./syntax.ts";
import {
  type Active,
  type Context,
  fail,
  globalAddress,
  innerScope,
  placeOf,
  recovering,
  report,
  type SwitchState,
} from "./unit.ts";
import { walk } from "./walk.ts";

// ---------------------------------------------------------------- leaving scopes

/** Ends what lives above the mark, innermost first; does not change what is active. */
export function endAbove(c: Context, mark: Active | undefined, span: Span): void {
  const saved = c.frame.active;
  for (let at = saved; at !== mark && at !== undefined; at = at.parent) {
    c.frame.active = at.parent;
    end(c, at, span);
  }
  c.frame.active = saved;
}

function end(c: Context, a: Active, span: Span): void {
  if (a.what.kind === "guard") a.what.leave(c);
  else c.out.emit({ op: "local-dead", local: a.what.local }, placeOf(c, span));
}

/** The scope ends here. */
export function leaveTo(c: Context, mark: Active | undefined, span: Span): void {
  if (c.out.reachable()) endAbove(c, mark, span);
  c.frame.active = mark;
}

/** Code on the way from one place to another: ends what lives only there, starts what lives only here. */
function crossing(c: Context, from: Active | undefined, to: Active | undefined, span: Span): void {
  const saved = c.frame.active;
  let [a, b] = [from, to];
  const entered: Active[] = [];
  while (a !== b) {
    if ((a?.depth ?? 0) >= (b?.depth ?? 0)) {
      c.frame.active = a!.parent;
      end(c, a!, span);
      a = a!.parent;
    } else {
      entered.unshift(b!);
      b = b!.parent;
    }
  }
  for (const e of entered) {
    if (e.what.kind === "guard") {
      report(
        c.unit,
        span.start,
        "this jumps past a guard() into the scope that it guards",
        "move the guard or the label",
      );
      continue;
    }
    c.out.emit({ op: "local-live", local: e.what.local }, placeOf(c, span));
  }
  c.frame.active = saved;
}

// ---------------------------------------------------------------- blocks

export function lowerBlock(c: Context, statements: readonly Statement[], span: Span): void {
  const { frame } = c;
  const outer = frame.scope;
  const mark = frame.active;
  frame.scope = innerScope(outer);
  lowerBlockInside(c, statements);
  leaveTo(c, mark, { start: Math.max(span.start, span.end - 1), end: span.end });
  frame.scope = outer;
}

/** In the scope that is open already. */
export function lowerBlockInside(c: Context, statements: readonly Statement[]): void {
  for (const s of statements) statement(c, s);
}

export function statement(c: Context, s: Statement): void {
  const { scope, breaks, continues, switches } = c.frame;
  recovering(c.unit, () => {
    try {
      lower(c, s);
    } catch (error) {
      // A mistake deep inside must not leave the frame in the middle of something.
      Object.assign(c.frame, { scope, breaks, continues, switches });
      throw error;
    }
  });
}

function lower(c: Context, s: Statement): void {
  switch (s.kind) {
    case "expression":
      expressionStatement(c, s.value);
      break;
    case "declaration":
      declaration(c, s);
      break;
    case "block":
      lowerBlock(c, s.statements, s);
      break;
    case "if":
      ifStatement(c, s);
      break;
    case "while":
      loop(c, s, undefined, s.condition, undefined, s.body);
      break;
    case "for": {
      const outer = c.frame.scope;
      const mark = c.frame.active;
      c.frame.scope = innerScope(outer);
      loop(c, s, s.first, s.condition, s.step, s.body);
      leaveTo(c, mark, s);
      c.frame.scope = outer;
      break;
    }
    case "do":
      doLoop(c, s.body, s.condition, s);
      break;
    case "scoped-guard":
      scopedGuard(c, s);
      break;
    case "switch":
      switchStatement(c, s);
      break;
    case "case":
    case "default":
      caseLabel(c, s);
      break;
    case "break":
      jumpOut(c, c.frame.breaks, s, "break", "a loop or a switch");
      break;
    case "continue":
      jumpOut(c, c.frame.continues, s, "continue", "a loop");
      break;
    case "return":
      returnStatement(c, s);
      break;
    case "goto":
      gotoStatement(c, s);
      break;
    case "label":
      labelStatement(c, s);
      break;
    case "empty":
      break;
    case "broken":
      for (const name of s.names) poison(c, name);
      throw new Mistake(s.start, s.mistake, s.hint);
  }
}

function expressionStatement(c: Context, e: Expression): void {
  if (e.kind === "call" && guard(c, e)) return;
  // `fallthrough;` says what the code does anyway.
  if (e.kind === "identifier" && e.name === "fallthrough") return;
  discard(c, e);
}

// ---------------------------------------------------------------- declarations

function declaration(c: Context, s: Declaration): void {
  const { scope } = c.frame;
  if (s.declarators.length === 0) {
    declaredType(c, s.specifier, { start: s.start, end: s.end, kind: "name", name: "" });
    return;
  }
  for (const d of s.declarators) {
    const name = declaredName(d.declarator);
    try {
      declareOne(c, s, d, name);
    } catch (error) {
      // The name exists all the same, so that its uses are not told as well.
      if (error instanceof Mistake && !scope.names.has(name)) poison(c, name);
      throw error;
    }
  }
}

function poison(c: Context, name: string): void {
  const home = { kind: "register" as const, register: c.out.register() };
  c.frame.scope.names.set(name, { kind: "variable", name, type: POISON, home });
}

function declareOne(c: Context, s: Declaration, d: Declaration["declarators"][number], name: string): void {
  const { frame } = c;
  const { names } = frame.scope;
  const inferred =
    s.specifier.kind === "named" && s.specifier.name === "__auto_type" && d.value !== undefined;
  let type = inferred ? value(c, d.value!).type : declaredType(c, s.specifier, d.declarator);
  if (s.typedef) {
    names.set(name, { kind: "typedef", type });
    return;
  }
  if (type.kind === "function" || s.extern) return;
  if (names.has(name)) fail(d, `'${name}' is declared twice in this block`);
  if (d.value !== undefined) type = sizedByInitializer(c, type, d.value);
  if (sizeOf(type) === undefined) {
    if (type.kind === "struct" && reportBroken(c, type.tag)) {
      poison(c, name);
      return;
    }
    const hint = type.kind === "array" ? "give its length" : "define the type first";
    fail(d, `'${name}' has the incomplete type '${typeName(type)}'`, hint);
  }
  if (type.kind === "void") fail(d, `a variable of type 'void'`);
  if (s.static) {
    const draft = staticLocal(c, d, name, d.declarator, type, d.value);
    names.set(name, {
      kind: "variable",
      name,
      type,
      home: { kind: "address", address: globalAddress(draft) },
    });
    return;
  }
  const inMemory = type.kind === "struct" || type.kind === "array" || frame.addressed.has(name);
  if (!inMemory) {
    const register = c.out.register();
    names.set(name, { kind: "variable", name, type, home: { kind: "register", register } });
    const initial: Value = d.value === undefined ? { type, at: imm(0) } : value(c, d.value, { type });
    store(c, { kind: "register", type, register, captured: false }, initial, d);
    return;
  }
  const local = newLocal(c, d, name, type);
  names.set(name, { kind: "variable", name, type, home: { kind: "local", local } });
  if (d.value !== undefined) initialise(c, localAddress(c, d, local), type, d.value, d);
}

// ---------------------------------------------------------------- choices and loops

function ifStatement(c: Context, s: Statement & { kind: "if" }): void {
  const known = knownCondition(c, s.condition);
  const dropped = known === undefined ? undefined : known ? s.no : s.yes;
  if (known !== undefined && (dropped === undefined || !hasLabel(dropped))) {
    const kept = known ? s.yes : s.no;
    if (kept !== undefined) statement(c, kept);
    return;
  }
  const [yes, no, done] = [label(), label(), label()];
  const mark = c.frame.active;
  condition(c, s.condition, yes, no);
  c.out.place(yes);
  statement(c, s.yes);
  if (s.no !== undefined) {
    c.out.jump(done, placeOf(c, s));
    c.out.place(no);
    statement(c, s.no);
    c.out.place(done);
  } else {
    c.out.place(no);
  }
  // Structs that the condition made.
  leaveTo(c, mark, s);
}

/** Can something jump into it? */
function hasLabel(s: Statement): boolean {
  let found = false;
  walk(s, (n) => {
    if (n.kind === "label" || n.kind === "case" || n.kind === "default") found = true;
    return !found;
  });
  return found;
}

function loop(
  c: Context,
  span: Span,
  first: Statement | undefined,
  test: Expression | undefined,
  step: Expression | undefined,
  body: Statement,
): void {
  const { frame, out } = c;
  if (first !== undefined) statement(c, first);
  const [top, inside, next, failed, done] = [label(), label(), label(), label(), label()];
  const mark = frame.active;
  const place = placeOf(c, test ?? { start: span.start, end: span.start + 1 });
  out.jump(top, place);
  out.place(top);
  if (test !== undefined && knownCondition(c, test) !== true) condition(c, test, inside, failed);
  else out.jump(inside, place);
  out.place(inside);
  const tested = frame.active;
  const outer = { breaks: frame.breaks, continues: frame.continues };
  frame.breaks = { label: done, active: mark };
  frame.continues = { label: next, active: tested };
  statement(c, body);
  Object.assign(frame, outer);
  frame.active = tested;
  out.place(next);
  if (step !== undefined) recovering(c.unit, () => discard(c, step));
  if (out.reachable()) endAbove(c, mark, span);
  out.jump(top, place);
  out.place(failed);
  frame.active = tested;
  leaveTo(c, mark, span);
  out.place(done);
}

function doLoop(c: Context, body: Statement, test: Expression, span: Span): void {
  const { frame, out } = c;
  const [top, next, again, failed, done] = [label(), label(), label(), label(), label()];
  const mark = frame.active;
  const place = placeOf(c, test);
  out.jump(top, place);
  out.place(top);
  const outer = { breaks: frame.breaks, continues: frame.continues };
  frame.breaks = { label: done, active: mark };
  frame.continues = { label: next, active: mark };
  statement(c, body);
  Object.assign(frame, outer);
  out.place(next);
  if (knownCondition(c, test) === false) out.jump(failed, place);
  else recovering(c.unit, () => condition(c, test, again, failed));
  out.place(again);
  if (out.reachable()) endAbove(c, mark, span);
  out.jump(top, place);
  out.place(failed);
  leaveTo(c, mark, span);
  out.place(done);
}

/** In the kernel this is a loop of one round: break and continue leave it. */
function scopedGuard(c: Context, s: Statement & { kind: "scoped-guard" }): void {
  const { frame, out } = c;
  const done = label();
  const mark = frame.active;
  const outer = { breaks: frame.breaks, continues: frame.continues };
  guard(c, s.guard);
  frame.breaks = { label: done, active: mark };
  frame.continues = frame.breaks;
  statement(c, s.body);
  Object.assign(frame, outer);
  leaveTo(c, mark, s);
  out.place(done);
}

function jumpOut(c: Context, to: Context["frame"]["breaks"], s: Span, word: string, where: string): void {
  if (to === undefined) fail(s, `'${word}' outside of ${where}`);
  endAbove(c, to.active, s);
  c.out.jump(to.label, placeOf(c, s));
}

// ---------------------------------------------------------------- switch

function switchStatement(c: Context, s: Statement & { kind: "switch" }): void {
  const { frame, out } = c;
  const v = copied(c, scalar(value(c, s.value), s.value), s.value);
  if (v.type.kind === "pointer") fail(s.value, "a pointer cannot be switched on");
  const place = placeOf(c, s.value);
  const [dispatch, done] = [label(), label()];
  const mark = frame.active;
  out.jump(dispatch, place);
  const outer = { breaks: frame.breaks, switches: frame.switches };
  const state: SwitchState = { cases: [], fallback: undefined };
  frame.breaks = { label: done, active: mark };
  frame.switches = state;
  statement(c, s.body);
  Object.assign(frame, outer);
  leaveTo(c, mark, s);
  out.jump(done, place);
  out.place(dispatch);
  for (const k of state.cases) {
    const [hit, miss] = [label(), label()];
    if (k.first === k.last) {
      out.branch("==", v.at, imm(k.first), hit, miss, place);
    } else {
      const dst = out.register();
      out.emit({ op: "binary", operator: "-", dst, left: v.at, right: imm(k.first) }, place);
      out.branch("<=u", reg(dst), imm(k.last - k.first), hit, miss, place);
    }
    out.place(hit);
    crossing(c, mark, k.active, s);
    out.jump(k.label, place);
    out.place(miss);
  }
  if (state.fallback !== undefined) {
    crossing(c, mark, state.fallback.active, s);
    out.jump(state.fallback.label, place);
  }
  out.place(done);
}

function caseLabel(c: Context, s: Statement & { kind: "case" | "default" }): void {
  const { switches, active } = c.frame;
  if (switches === undefined) fail(s, `'${s.kind}' outside of a switch`);
  // The dispatch behind the body jumps here.
  const at = { at: -1, used: true };
  if (s.kind === "default") {
    if (switches.fallback !== undefined) fail(s, "a second 'default' in one switch");
    switches.fallback = { label: at, active };
  } else {
    const first = constantValue(c, s.first, "a case label");
    const last = s.last === undefined ? first : constantValue(c, s.last, "a case label");
    if (last < first) fail(s, `the range ${first} ... ${last} is empty`);
    const twin = switches.cases.find((k) => k.first <= last && k.last >= first);
    if (twin !== undefined) {
      fail(s, `the value ${Math.max(first, twin.first)} has a case in this switch already`);
    }
    switches.cases.push({ first, last, label: at, active });
  }
  c.out.place(at);
}

// ---------------------------------------------------------------- jumps

function returnStatement(c: Context, s: Statement & { kind: "return" }): void {
  const { returns, name } = c.frame;
  const { type, to } = returns;
  if (s.value === undefined) {
    if (type.kind !== "void")
      fail(s, `'${name}' must return a value`, `write 'return value;' of type '${typeName(type)}'`);
  } else if (type.kind === "void") {
    // `return f();` of a void function is common in the kernel.
    const v = value(c, s.value, { unused: true });
    if (v.type.kind !== "void")
      fail(s, `'${name}' returns nothing`, "remove the value or change the function's type");
  } else {
    const v = convert(c, value(c, s.value, { type }), type, s.value);
    if (to !== undefined) returnValue(c, v, s.value);
  }
  endAbove(c, returns.exit.active, s);
  c.out.jump(returns.exit.label, placeOf(c, s));
}

function returnValue(c: Context, v: Value, span: Span): void {
  const { type, to } = c.frame.returns;
  if (to === undefined || v === NOTHING) return;
  if (type.kind === "struct") {
    store(c, { kind: "memory", type, address: to }, v, span);
  } else if ("reg" in to) {
    store(c, { kind: "register", type, register: to.reg, captured: false }, v, span);
  }
}

function gotoStatement(c: Context, s: Statement & { kind: "goto" }): void {
  const { gotos, active } = c.frame;
  const place = placeOf(c, s);
  const stub = label();
  gotos.push({ name: s.label, stub, active, place, start: s.start });
  const known = target(c, s.label);
  known.label.used = true;
  c.out.jump(stub, place);
}

function target(c: Context, name: string) {
  let found = c.frame.labels.get(name);
  if (found === undefined) {
    found = { label: label(), active: undefined, placed: false, start: 0 };
    c.frame.labels.set(name, found);
  }
  return found;
}

function labelStatement(c: Context, s: Statement & { kind: "label" }): void {
  const found = target(c, s.name);
  if (found.placed) fail(s, `the label '${s.name}' stands twice in this function`);
  // A goto further down may lead here, so it counts as reachable.
  found.label.used = true;
  Object.assign(found, { placed: true, active: c.frame.active, start: s.start });
  c.out.place(found.label);
}

/** At the end of a function: the code between each goto and its label. */
export function finishGotos(c: Context): void {
  for (const g of c.frame.gotos) {
    const found = c.frame.labels.get(g.name);
    if (found?.placed !== true) {
      report(c.unit, g.start, `there is no label '${g.name}' in '${c.frame.name}'`);
      continue;
    }
    c.out.place(g.stub);
    crossing(c, g.active, found.active, { start: g.start, end: g.start + 4 });
    c.out.jump(found.label, g.place);
  }
}
