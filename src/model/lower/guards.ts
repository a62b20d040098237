// guard(kind)(argument), scoped_guard() and scoped_cond_guard(): the lock is taken here and given back at
// every exit of the scope. Kinds are what DEFINE_GUARD, DEFINE_GUARD_VALUE, DEFINE_LOCK_GUARD_0 and, where
// the lock may not be had, DEFINE_GUARD_COND define, in a header or in the code under test.

import { copied, intValue, scalar, store, type Value } from "./access.ts";
import { accommodate } from "./accommodate.ts";
import type { Argument, Call, Expression, Span } from "./ast.ts";
import { condition } from "./conditions.ts";
import { type Context, innerScope, type Scope, type Unit } from "./context.ts";
import { convertExpression } from "./convert-expressions.ts";
import { type Label, label } from "./emit.ts";
import { discard, value } from "./expressions.ts";
import { Mistake, type Source } from "./syntax.ts";
import { fail, suggestion, wrongCount } from "./unit.ts";

interface GuardKind {
  readonly parameter: string;
  readonly enter: string;
  readonly leave: string;
  /** What `enter` gives is _V in `leave`; where `taken` is given, what `enter` makes of _V. */
  readonly remembers: boolean;
  /** Whether the lock was had, of what `enter` gives, which is _RET; undefined where it always is. */
  readonly taken?: string;
}

/** Where a guard that may not have its lock goes then, and whether it must be one of these. */
interface Failing {
  readonly failed: Label;
  readonly mustFail: boolean;
}

/** Lowers a guard; undefined where the call is none. */
export function guard(c: Context, e: Call, failing?: Failing): "certain" | "conditional" | undefined {
  const parts = partsOf(e);
  if (parts === undefined) return undefined;
  const { kind, args } = parts;
  const kinds = guardKinds(c.unit);
  const found = kinds.get(kind);
  if (found === undefined) {
    const near = suggestion(kind, kinds.keys());
    fail(
      e,
      `guard(${kind}) is not known`,
      near !== undefined
        ? `did you mean '${near}'?`
        : `include the header that defines it with DEFINE_GUARD(${kind}, ...)`,
    );
  }
  checkCondition(e, kind, found, failing);
  const wanted = found.parameter === "" ? 0 : 1;
  if (args.length !== wanted) fail(e, wrongCount(`guard(${kind})`, wanted, args.length));
  const scope = innerScope(undefined);
  if (wanted === 1) {
    const a = valueArgument(args[0]!);
    const v = copied(c, scalar(value(c, a), a), a);
    keep(c, scope, e, "_T", v);
  }
  inScope(c, scope, () => {
    const enter = expressionIn(c, e, found.enter);
    if (found.taken !== undefined) tryEnter(c, e, scope, found, enter, failing!.failed);
    else if (found.remembers) keep(c, scope, e, "_V", copied(c, scalar(value(c, enter), enter), enter));
    else discard(c, enter);
  });
  onExit(c, e, (inner) => inScope(inner, scope, () => discard(inner, expressionIn(inner, e, found.leave))));
  return found.taken === undefined ? "certain" : "conditional";
}

function checkCondition(e: Call, kind: string, { taken }: GuardKind, failing: Failing | undefined): void {
  if (taken !== undefined && failing === undefined) {
    const hint = `write scoped_guard(${kind}, ...) or scoped_cond_guard(${kind}, return -EBUSY, ...)`;
    fail(e, `guard(${kind}) may not get its lock, and nothing asks whether it did`, hint);
  }
  if (taken === undefined && failing?.mustFail === true) {
    fail(e, `guard(${kind}) always gets its lock`, `write scoped_guard(${kind}, ...)`);
  }
}

/** Goes on where the lock was had, else elsewhere. */
function tryEnter(
  c: Context,
  e: Call,
  scope: Scope,
  { remembers, taken }: GuardKind,
  enter: Expression,
  failed: Label,
): void {
  if (remembers) keep(c, scope, e, "_V", intValue(0));
  keep(c, scope, e, "_RET", copied(c, scalar(value(c, enter), enter), enter));
  const had = label();
  condition(c, expressionIn(c, e, taken!), had, failed);
  c.out.place(had);
}

/** A variable that the guard's expressions know. */
function keep(c: Context, scope: Scope, e: Call, name: string, v: Value): void {
  const register = c.out.register();
  store(c, { kind: "register", type: v.type, register, captured: false }, v, e);
  scope.names.set(name, { kind: "variable", name, type: v.type, home: { kind: "register", register } });
}

function partsOf(e: Call): { kind: string; args: readonly Argument[] } | undefined {
  if (e.callee.kind === "identifier" && e.callee.name === "scoped_guard") {
    const [kind, ...args] = e.args;
    return kind?.kind === "identifier" ? { kind: kind.name, args } : undefined;
  }
  if (e.callee.kind !== "call" || e.callee.callee.kind !== "identifier" || e.callee.callee.name !== "guard") {
    return undefined;
  }
  const kind = e.callee.args[0];
  return kind?.kind === "identifier" ? { kind: kind.name, args: e.args } : undefined;
}

function valueArgument(a: Argument): Expression {
  return a.kind === "type-argument" ? fail(a, "a type where a value is needed") : a;
}

function onExit(c: Context, span: Span, leave: (inner: Context) => void): void {
  const { active } = c.frame;
  const what = { kind: "guard" as const, leave, start: span.start };
  c.frame.active = { parent: active, depth: (active?.depth ?? 0) + 1, what };
}

/** Lowers something of a guard's definition as if it stood where the guard stands. */
function inScope(c: Context, scope: Scope, lower: () => void): void {
  const { frame } = c;
  const outer = frame.scope;
  frame.scope = scope;
  try {
    lower();
  } finally {
    frame.scope = outer;
  }
}

/** An expression of a guard's definition, with the guard's place. */
function expressionIn(c: Context, e: Call, text: string): Expression {
  return respanned(expressionOf(c, text, e), e);
}

function expressionOf(c: Context, text: string, e: Span): Expression {
  const { unit } = c;
  const source: Source = {
    text,
    base: 0,
    depth: 0,
    parse: (t) =>
      unit.grammar.parse(accommodate(t), (m, h) => unit.parsed.expanded.diagnosticAt(e.start, m, h)),
    isTypeName: (name) => unit.declarations.typedefs.has(name),
    addTypeName: () => undefined,
  };
  const before = "int x = ";
  const root = source.parse(`${before}${text};`);
  const node = root.namedChild(0)?.childForFieldName("declarator")?.childForFieldName("value");
  if (node === null || node === undefined || root.hasError) {
    throw new Mistake(e.start, `the guard's definition cannot be read: ${text}`);
  }
  return convertExpression(node, { ...source, base: -before.length });
}

function respanned<T>(node: T, span: Span): T {
  if (typeof node !== "object" || node === null) return node;
  if (Array.isArray(node)) return node.map((n) => respanned(n, span)) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, v] of Object.entries(node)) copy[key] = respanned(v, span);
  if ("start" in copy) Object.assign(copy, { start: span.start, end: span.end });
  return copy as T;
}

// ---------------------------------------------------------------- definitions

const known = new WeakMap<Unit["parsed"], Map<string, GuardKind>>();

function guardKinds(unit: Unit): Map<string, GuardKind> {
  const before = known.get(unit.parsed);
  if (before !== undefined) return before;
  const kinds = new Map<string, GuardKind>();
  const conditional: string[][] = [];
  for (const { name, argument } of unit.parsed.skipped) {
    const parts = splitArguments(argument);
    if (/^DEFINE_GUARD(_VALUE)?$/.test(name) && parts.length === 4) {
      const remembers = name === "DEFINE_GUARD_VALUE";
      kinds.set(parts[0]!, { parameter: parts[1]!, enter: parts[2]!, leave: parts[3]!, remembers });
    } else if (name === "DEFINE_GUARD_COND" && (parts.length === 3 || parts.length === 4)) {
      conditional.push(parts);
    } else if (name === "DEFINE_LOCK_GUARD_0" && parts.length >= 3) {
      kinds.set(parts[0]!, { parameter: "", enter: parts[1]!, leave: parts[2]!, remembers: false });
    }
  }
  for (const [base, ending, enter, taken = "_RET"] of conditional) {
    const of = kinds.get(base!);
    if (of !== undefined) kinds.set(`${base}${ending}`, { ...of, enter: enter!, taken });
  }
  known.set(unit.parsed, kinds);
  return kinds;
}

/** At the commas outside of brackets. */
function splitArguments(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const c of text) {
    if (c === "," && depth === 0) {
      parts.push("");
      continue;
    }
    if ("([{".includes(c)) depth++;
    if (")]}".includes(c)) depth--;
    parts[parts.length - 1] += c;
  }
  return parts.map((p) => p.trim());
}
