// break, continue, return, goto and switch: jumps out of scopes, and sometimes into them.

import { typeName } from "../types.ts";
import { convert, copied, NOTHING, scalar, store, type Value } from "./access.ts";
import type { Span, Statement } from "./ast.ts";
import { constantValue } from "./build-types.ts";
import type { Context, SwitchState } from "./context.ts";
import { imm, label, reg } from "./emit.ts";
import { value } from "./expressions.ts";
import { crossing, endAbove, leaveTo } from "./scopes.ts";
import { statement } from "./statements.ts";
import { fail, placeOf, report, suggestion } from "./unit.ts";

export function jumpOut(
  c: Context,
  to: Context["frame"]["breaks"],
  s: Span,
  word: string,
  where: string,
): void {
  if (to === undefined) fail(s, `'${word}' outside of ${where}`);
  endAbove(c, to.active, s);
  c.out.jump(to.label, placeOf(c, s));
}

export function switchStatement(c: Context, s: Statement & { kind: "switch" }): void {
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

export function caseLabel(c: Context, s: Statement & { kind: "case" | "default" }): void {
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

export function returnStatement(c: Context, s: Statement & { kind: "return" }): void {
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

export function gotoStatement(c: Context, s: Statement & { kind: "goto" }): void {
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

export function labelStatement(c: Context, s: Statement & { kind: "label" }): void {
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
      const placed = [...c.frame.labels].filter(([, l]) => l.placed).map(([name]) => name);
      const near = suggestion(g.name, placed);
      const hint = near === undefined ? undefined : `did you mean '${near}'?`;
      report(c.unit, g.start, `there is no label '${g.name}' in '${c.frame.name}'`, hint);
      continue;
    }
    c.out.place(g.stub);
    crossing(c, g.active, found.active, { start: g.start, end: g.start + 4 });
    c.out.jump(found.label, g.place);
  }
}
