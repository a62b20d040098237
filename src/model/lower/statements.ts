// Statements -> code. A mistake in one is noted and the next is lowered all the same.

import type { Expression, Span, Statement } from "./ast.ts";
import { condition, knownCondition } from "./conditions.ts";
import { type Context, innerScope } from "./context.ts";
import { label } from "./emit.ts";
import { discard } from "./expressions.ts";
import { guard } from "./guards.ts";
import {
  caseLabel,
  gotoStatement,
  jumpOut,
  labelStatement,
  returnStatement,
  switchStatement,
} from "./jumps.ts";
import { declaration, poison } from "./locals.ts";
import { endAbove, leaveTo } from "./scopes.ts";
import { Mistake } from "./syntax.ts";
import { placeOf, recovering } from "./unit.ts";
import { walk } from "./walk.ts";

function lowerBlock(c: Context, statements: readonly Statement[], span: Span): void {
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
  if (e.kind === "call" && guard(c, e) !== undefined) return;
  // `fallthrough;` says what the code does anyway.
  if (e.kind === "identifier" && e.name === "fallthrough") return;
  discard(c, e);
}

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

/**
 * In the kernel this is a loop of one round: break and continue leave it. Where the lock was not had, the
 * statement for that runs in place of the body.
 */
function scopedGuard(c: Context, s: Statement & { kind: "scoped-guard" }): void {
  const { frame, out } = c;
  const [failed, done] = [label(), label()];
  const mark = frame.active;
  const outer = { breaks: frame.breaks, continues: frame.continues };
  const scope = { failed, mustFail: s.fail !== undefined };
  const conditional = guard(c, s.guard, scope) === "conditional";
  frame.breaks = { label: done, active: mark };
  frame.continues = frame.breaks;
  statement(c, s.body);
  leaveTo(c, mark, s);
  if (conditional) {
    out.jump(done, placeOf(c, s));
    out.place(failed);
    if (s.fail !== undefined) statement(c, s.fail);
  }
  Object.assign(frame, outer);
  out.place(done);
}
