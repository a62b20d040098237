// Expressions -> values in registers. Operands are evaluated from left to right; && || ?: and comma as C has them.

import {
  CHAR,
  type CType,
  findMember,
  INT,
  LONG,
  pointerTo,
  type StructType,
  sizeOf,
  structMembers,
  typeName,
  UINT,
  ULONG,
  VOID_POINTER,
} from "../types.ts";
import {
  addressOf,
  convert,
  copied,
  dereference,
  fresh,
  functionAddress,
  intValue,
  type Lvalue,
  load,
  localAddress,
  NOTHING,
  newLocal,
  scalar,
  store,
  TRUTH,
  truth,
  type Value,
  variableLvalue,
} from "./access.ts";
import type {
  Assignment,
  Conditional,
  Designator,
  Expression,
  Identifier,
  Logical,
  Member,
  Offsetof,
  Span,
  StatementExpression,
  StringLiteral,
  Unary,
  Update,
} from "./ast.ts";
import {
  constantValue,
  enumValue,
  isPoison,
  noteCut,
  POISON,
  reportBroken,
  typeOfName,
} from "./build-types.ts";
import { callValue } from "./calls.ts";
import { imm, isConstant, type Label, label, plus, reg } from "./emit.ts";
import { functionIndex, globalVariable } from "./globals.ts";
import { initialise, sizedByInitializer } from "./initialise.ts";
import {
  advanced,
  arithmetic,
  binaryValue,
  branchOn,
  comparison,
  complemented,
  mergedType,
  negated,
  notOf,
} from "./operators.ts";
import { leaveTo, lowerBlockInside } from "./statements.ts";
import {
  addGlobal,
  type Binding,
  type Context,
  dryContext,
  fail,
  globalAddress,
  innerScope,
  placeOf,
  type Scope,
  StartAgain,
} from "./unit.ts";
import { mayWrite } from "./walk.ts";

/** What the surroundings say about a value: kzalloc() wants to know what it allocates. */
export interface Wanted {
  readonly type?: CType;
  /** The value is thrown away. */
  readonly unused?: boolean;
}

export function value(c: Context, e: Expression, wanted: Wanted = {}): Value {
  switch (e.kind) {
    case "number": {
      noteCut(c.unit, e);
      const type = e.bits === 32 ? (e.signed ? INT : UINT) : e.signed ? LONG : ULONG;
      return intValue(e.value, type);
    }
    case "string":
    case "identifier":
    case "member":
    case "index":
    case "compound-literal":
      return identifierConstant(c, e) ?? load(c, lvalue(c, e), e);
    case "unary":
      return unary(c, e);
    case "update":
      return update(c, e, wanted.unused === true);
    case "binary": {
      const [a, b] = operands(c, e.left, e.right);
      return binaryValue(c, e.operator, a, b, e);
    }
    case "logical":
      return logical(c, e);
    case "comma":
      discard(c, e.left);
      return value(c, e.right, wanted);
    case "assignment":
      return assignment(c, e);
    case "conditional":
      return conditional(c, e, wanted);
    case "call":
      return callValue(c, e, wanted);
    case "cast": {
      const type = typeOfName(c, e.type);
      if (type.kind === "void") {
        discard(c, e.value);
        return NOTHING;
      }
      if (type.kind === "array" || type.kind === "function") fail(e, `a cast to '${typeName(type)}'`);
      return convert(c, value(c, e.value, { type }), type, e);
    }
    case "sizeof-type":
      return intValue(sizeOfType(typeOfName(c, e.type), e), ULONG);
    case "sizeof-expression":
      return intValue(sizeOfType(typeOfExpression(c, e.value), e), ULONG);
    case "offsetof":
      return intValue(offsetOf(c, e), ULONG);
    case "statement-expression":
      return statementExpression(c, e, wanted);
    case "initializer-list":
      return fail(e, "a list in braces can only initialise a variable", "write (struct x){ ... }");
  }
}

/** An expression statement: what only names something is not read. */
export function discard(c: Context, e: Expression): void {
  if (
    e.kind === "identifier" ||
    e.kind === "member" ||
    e.kind === "index" ||
    (e.kind === "unary" && e.operator === "*")
  ) {
    identifierConstant(c, e) ?? lvalue(c, e);
    return;
  }
  value(c, e, { unused: true });
}

/** Left before right; what the right side may write is kept from the left. */
export function operands(c: Context, left: Expression, right: Expression): [Value, Value] {
  let a = value(c, left);
  if (mayWrite(right)) a = copied(c, a, left);
  return [a, value(c, right)];
}

/** The type of an expression, arrays undecayed; nothing is evaluated. */
export function typeOfExpression(c: Context, e: Expression): CType {
  const dry = dryContext(c);
  if (isLvalueSyntax(e)) {
    return identifierConstant(dry, e)?.type ?? lvalue(dry, e).type;
  }
  const { type } = value(dry, e);
  return type.kind === "int" && type === TRUTH ? INT : type;
}

function isLvalueSyntax(e: Expression): boolean {
  if (e.kind === "unary") return e.operator === "*";
  return /^(string|identifier|member|index|compound-literal)$/.test(e.kind);
}

function sizeOfType(t: CType, span: Span): number {
  const size = sizeOf(t.kind === "function" ? INT : t);
  return size ?? fail(span, `the size of '${typeName(t)}' is not known`);
}

// ---------------------------------------------------------------- names

export function lookUp(c: Context, name: string): Binding | undefined {
  for (let scope: Scope | undefined = c.frame.scope; scope !== undefined; scope = scope.parent) {
    const found = scope.names.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Enumeration constants and functions: names that are no lvalues. */
function identifierConstant(c: Context, e: Expression): Value | undefined {
  if (e.kind !== "identifier") return undefined;
  const local = lookUp(c, e.name);
  if (local?.kind === "constant") return intValue(local.value);
  if (local?.kind === "variable") return undefined;
  const constant = enumValue(c.unit, e.name);
  if (constant !== undefined) return intValue(constant);
  const found = functionIndex(c, e, e.name);
  if (found === undefined) return undefined;
  return { type: pointerTo(found.type), at: functionAddress(found.index) };
}

function identifierLvalue(c: Context, e: Identifier): Lvalue {
  const local = lookUp(c, e.name);
  if (local?.kind === "variable") return variableLvalue(c, local, e);
  if (local === undefined) {
    const global = globalVariable(c, e, e.name);
    if (global !== undefined) return { kind: "memory", type: global.type, address: globalAddress(global) };
  }
  if (local?.kind === "typedef" || c.unit.declarations.typedefs.has(e.name)) {
    fail(e, `'${e.name}' is a type, and a value is needed here`);
  }
  return undeclared(c, e);
}

/** Told once for each function, as compilers do. */
function undeclared(c: Context, e: Identifier): Lvalue {
  const lv: Lvalue = { kind: "memory", type: POISON, address: imm(0) };
  if (c.frame.undeclared.has(e.name)) return lv;
  c.frame.undeclared.add(e.name);
  if (reportBroken(c, e.name)) return lv;
  const names = [...c.unit.declarations.variables.keys(), ...c.unit.declarations.enumConstants.keys()];
  for (let scope: Scope | undefined = c.frame.scope; scope !== undefined; scope = scope.parent) {
    names.push(...scope.names.keys());
  }
  const near = nearest(e.name, names);
  const hint =
    near !== undefined
      ? `did you mean '${near}'?`
      : `declare it, include the header that does, or give --define ${e.name}=value if it is a macro`;
  return fail(e, `'${e.name}' is not declared`, hint);
}

/** The candidate that differs least, if it differs little. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name, candidate);
    if (distance > 0 && distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

// ---------------------------------------------------------------- lvalues

export function lvalue(c: Context, e: Expression): Lvalue {
  switch (e.kind) {
    case "identifier":
      return identifierLvalue(c, e);
    case "string":
      return stringLvalue(c, e);
    case "unary":
      if (e.operator === "*") return dereference(scalar(value(c, e.operand), e.operand), e);
      break;
    case "member":
      return member(c, e);
    case "index": {
      const [a, b] = operands(c, e.object, e.index);
      if (isPoison(a.type)) return { kind: "memory", type: POISON, address: a.at };
      const [pointer, index] = b.type.kind === "pointer" ? [b, a] : [a, b];
      if (pointer.type.kind !== "pointer") fail(e, `'${typeName(a.type)}' is no array and no pointer`);
      return dereference(advanced(c, pointer, index, 1, e), e);
    }
    case "compound-literal": {
      const type = sizedByInitializer(c, typeOfName(c, e.type), e.value);
      if (c.frame.stack.length === 0) {
        const draft = addGlobal(c.unit, e, e, `(${typeName(type)})`, type);
        c.unit.pending.push({ draft, value: e.value });
        return { kind: "memory", type, address: globalAddress(draft) };
      }
      const address = localAddress(c, e, newLocal(c, e, `(${typeName(type)})`, type));
      initialise(c, address, type, e.value, e);
      return { kind: "memory", type, address };
    }
    case "comma":
      discard(c, e.left);
      return lvalue(c, e.right);
    default:
      break;
  }
  const v = value(c, e);
  // A struct that a function returned, or that an assignment left: its cells can be named, not assigned to.
  if (v.type.kind === "struct") return { kind: "memory", type: v.type, address: v.at };
  if (isPoison(v.type)) return { kind: "memory", type: POISON, address: v.at };
  return fail(e, "this is a value, not a variable: it has no place to be stored in or pointed to");
}

function member(c: Context, e: Member): Lvalue {
  const base = e.arrow ? dereference(scalar(value(c, e.object), e.object), e.object) : lvalue(c, e.object);
  if (isPoison(base.type)) return base;
  if (base.type.kind !== "struct") {
    const isPointer = base.type.kind === "pointer" && !e.arrow;
    const hint = isPointer ? `write '->${e.name}'` : undefined;
    return fail(e, `'${typeName(base.type)}' has no members`, hint);
  }
  if (base.kind === "register") return fail(e, "this struct has no place");
  const found = memberOf(c, base.type, e.name, e);
  return { kind: "memory", type: found.type, address: plus(base.address, found.offset) };
}

/** A member; one that a header's struct lacks is added, and the lowering starts again. */
export function memberOf(c: Context, t: StructType, name: string, span: Span) {
  const found = findMember(t, name);
  if (found !== undefined) return found;
  const members = structMembers(t);
  if (members === undefined) {
    if (reportBroken(c, t.tag)) return { type: POISON, offset: 0 };
    return fail(
      span,
      `'${typeName(t)}' is declared but not defined`,
      "define it in the model, or include the header that does",
    );
  }
  if (t.library && t.tag !== "" && !c.unit.options.strict) {
    const added = c.unit.addedFields.get(t.tag) ?? new Set<string>();
    c.unit.addedFields.set(t.tag, added.add(name));
    throw new StartAgain();
  }
  const near = nearest(
    name,
    members.map((m) => m.name),
  );
  const hint = near !== undefined ? `did you mean '${near}'?` : `add the field to ${typeName(t)}`;
  return fail(span, `'${typeName(t)}' has no member '${name}'`, hint);
}

function stringLvalue(c: Context, e: StringLiteral): Lvalue {
  const key = `string ${e.value}`;
  const type: CType = { kind: "array", of: CHAR, count: e.value.length + 1 };
  let draft = c.unit.globalsByKey.get(key);
  if (draft === undefined) {
    draft = addGlobal(c.unit, e, key, JSON.stringify(e.value), type);
    draft.initial = [...e.value].map((x) => (x.charCodeAt(0) << 24) >> 24);
    draft.initial.push(0);
  }
  return { kind: "memory", type, address: globalAddress(draft) };
}

// ---------------------------------------------------------------- operators

function unary(c: Context, e: Unary): Value {
  switch (e.operator) {
    case "&": {
      const constant = identifierConstant(c, e.operand);
      if (constant !== undefined && constant.type.kind === "pointer") return constant;
      if (constant !== undefined) fail(e, "the address of a constant cannot be taken");
      return addressOf(lvalue(c, e.operand), e);
    }
    case "*": {
      // *f of a function pointer is the function again.
      const pointer = scalar(value(c, e.operand), e.operand);
      if (pointer.type.kind === "pointer" && pointer.type.to.kind === "function") return pointer;
      return load(c, dereference(pointer, e), e);
    }
    case "!":
      return notOf(c, value(c, e.operand), e);
    case "-":
      return negated(c, scalar(value(c, e.operand), e), e);
    case "~":
      return complemented(c, scalar(value(c, e.operand), e), e);
    case "+":
      return scalar(value(c, e.operand), e);
  }
}

function update(c: Context, e: Update, unused: boolean): Value {
  const lv = lvalue(c, e.target);
  let old = scalar(load(c, lv, lv.kind === "register" ? e : e.target), e);
  if (!e.prefix && !unused) old = copied(c, old, e);
  const next = arithmetic(c, e.operator, old, intValue(1), e);
  const stored = store(c, lv, next, e);
  return e.prefix ? stored : old;
}

function assignment(c: Context, e: Assignment): Value {
  if (e.operator === "") {
    if (!isLvalueSyntax(e.target) && e.target.kind !== "comma") {
      fail(e.target, "only a variable, a field, an element or what a pointer points to can be assigned to");
    }
    const lv = lvalue(c, e.target);
    if (identifierConstant(c, e.target) !== undefined) fail(e.target, "a constant cannot be assigned to");
    const kept = mayWrite(e.value) ? keptLvalue(c, lv, e.target) : lv;
    return store(c, kept, value(c, e.value, { type: lv.type }), e);
  }
  const lv = lvalue(c, e.target);
  const kept = mayWrite(e.value) ? keptLvalue(c, lv, e.target) : lv;
  let old = load(c, kept, e.target);
  if (mayWrite(e.value)) old = copied(c, old, e.target);
  const right = value(c, e.value);
  return store(c, kept, arithmetic(c, e.operator, scalar(old, e.target), scalar(right, e.value), e), e);
}

/** The address stays what it was when it was evaluated. */
function keptLvalue(c: Context, lv: Lvalue, span: Span): Lvalue {
  if (lv.kind === "register") return lv;
  return { ...lv, address: copied(c, { type: VOID_POINTER, at: lv.address }, span).at };
}

/** Control goes to `yes` or `no`; && || and ! become jumps. */
export function condition(c: Context, e: Expression, yes: Label, no: Label): void {
  if (e.kind === "logical") {
    const middle = label();
    if (e.operator === "&&") condition(c, e.left, middle, no);
    else condition(c, e.left, yes, middle);
    c.out.place(middle);
    condition(c, e.right, yes, no);
    return;
  }
  if (e.kind === "unary" && e.operator === "!") {
    condition(c, e.operand, no, yes);
    return;
  }
  if (e.kind === "call" && e.callee.kind === "identifier" && /^(un)?likely$/.test(e.callee.name)) {
    const inner = e.args[0];
    if (inner !== undefined && inner.kind !== "type-argument" && e.args.length === 1) {
      condition(c, inner, yes, no);
      return;
    }
  }
  const place = placeOf(c, e);
  if (e.kind === "binary" && /^(==|!=|<|<=|>|>=)$/.test(e.operator)) {
    const [a, b] = operands(c, e.left, e.right);
    branchOn(c, comparison(e.operator as "==", a, b, e), yes, no, place);
    return;
  }
  const v = scalar(value(c, e), e);
  branchOn(c, { op: "!=", left: v.at, right: imm(0) }, yes, no, place);
}

/** The value of a condition that is known while compiling. */
export function knownCondition(c: Context, e: Expression): boolean | undefined {
  if (e.kind === "logical") {
    const left = knownCondition(c, e.left);
    if (left === (e.operator === "||")) return left;
    return left === undefined ? undefined : knownCondition(c, e.right);
  }
  // Most conditions are not: looking at those that cannot be spares the second lowering.
  if (!/^(number|binary|unary|cast|conditional|sizeof-type|sizeof-expression|identifier)$/.test(e.kind))
    return undefined;
  if (mayWrite(e)) return undefined;
  const mistakes = new Map(c.unit.mistakes);
  try {
    const v = value(dryContext(c), e);
    return isConstant(v.at) && v.type !== POISON ? v.at.imm !== 0 : undefined;
  } catch (error) {
    if (error instanceof StartAgain) throw error;
    return undefined;
  } finally {
    c.unit.mistakes.clear();
    for (const [k, d] of mistakes) c.unit.mistakes.set(k, d);
  }
}

function logical(c: Context, e: Logical): Value {
  if (c.out.dry) {
    const [a, b] = [value(c, e.left).at, value(c, e.right).at];
    const decisive = e.operator === "||";
    if (isConstant(a) && (a.imm !== 0) === decisive) return intValue(decisive ? 1 : 0, TRUTH);
    if (isConstant(a) && isConstant(b)) return intValue(b.imm !== 0 ? 1 : 0, TRUTH);
    return { type: TRUTH, at: reg(fresh(c)) };
  }
  const known = knownCondition(c, e.left);
  if (known === (e.operator === "||")) return intValue(known ? 1 : 0, TRUTH);
  if (known !== undefined) return truth(c, value(c, e.right), e);
  const [yes, no, end] = [label(), label(), label()];
  const dst = fresh(c);
  const place = placeOf(c, e);
  condition(c, e, yes, no);
  c.out.place(yes);
  c.out.emit({ op: "move", dst, value: imm(1) }, place);
  c.out.jump(end, place);
  c.out.place(no);
  c.out.emit({ op: "move", dst, value: imm(0) }, place);
  c.out.place(end);
  return { type: TRUTH, at: reg(dst) };
}

function conditional(c: Context, e: Conditional, wanted: Wanted): Value {
  const branch = (): Expression => e.yes ?? e.condition;
  if (c.out.dry) {
    const choice = value(c, e.condition).at;
    const [a, b] = [value(c, branch(), wanted), value(c, e.no, wanted)];
    const type = mergedType(a.type, b.type, e);
    if (isConstant(choice)) return convert(c, choice.imm !== 0 ? a : b, type, e);
    return type.kind === "void" ? NOTHING : { type, at: reg(fresh(c)) };
  }
  const known = knownCondition(c, e.condition);
  if (known !== undefined) {
    const other = dryContext(c);
    const type = mergedType(value(other, branch()).type, value(other, e.no).type, e);
    return convert(c, value(c, known ? branch() : e.no, wanted), type, e);
  }
  const dry = dryContext(c);
  const type = mergedType(value(dry, branch(), wanted).type, value(dry, e.no, wanted).type, e);
  const [yes, no, end] = [label(), label(), label()];
  const dst = fresh(c);
  const place = placeOf(c, e);
  const settle = (v: Value): void => {
    if (type.kind !== "void") c.out.emit({ op: "move", dst, value: convert(c, v, type, e).at }, place);
  };
  if (e.yes === undefined) {
    const v = copied(c, scalar(value(c, e.condition), e.condition), e.condition);
    branchOn(c, { op: "!=", left: v.at, right: imm(0) }, yes, no, place);
    c.out.place(yes);
    settle(v);
  } else {
    condition(c, e.condition, yes, no);
    c.out.place(yes);
    settle(value(c, e.yes, wanted));
  }
  c.out.jump(end, place);
  c.out.place(no);
  settle(value(c, e.no, wanted));
  c.out.place(end);
  return type.kind === "void" ? NOTHING : { type, at: reg(dst) };
}

function statementExpression(c: Context, e: StatementExpression, wanted: Wanted): Value {
  const { frame } = c;
  const outer = frame.scope;
  const mark = frame.active;
  frame.scope = innerScope(outer);
  try {
    const last = e.block.statements.at(-1);
    if (last?.kind !== "expression") {
      lowerBlockInside(c, e.block.statements);
      return NOTHING;
    }
    lowerBlockInside(c, e.block.statements.slice(0, -1));
    const v = value(c, last.value, wanted);
    // A struct may be a local of the block: it stays alive until the block around ends.
    if (v.type.kind === "struct") return v;
    const result = v.type.kind === "void" ? v : copied(c, v, last.value);
    leaveTo(c, mark, e);
    return result;
  } finally {
    if (frame.active !== mark && !keepsAlive(e)) frame.active = mark;
    frame.scope = outer;
  }
}

function keepsAlive(e: StatementExpression): boolean {
  return e.block.statements.at(-1)?.kind === "expression";
}

// ---------------------------------------------------------------- offsetof

function offsetOf(c: Context, e: Offsetof): number {
  return pathOffset(c, typeOfName(c, e.type), e.path, e).offset;
}

/** Cells from the start of a value to the member or element that a path of designators names. */
export function pathOffset(c: Context, from: CType, path: readonly Designator[], span: Span) {
  let [type, offset] = [from, 0];
  for (const step of path) {
    if (isPoison(type)) break;
    if (step.kind === "field") {
      if (type.kind !== "struct") return fail(span, `'${typeName(type)}' has no member '${step.name}'`);
      const found = memberOf(c, type, step.name, span);
      [type, offset] = [found.type, offset + found.offset];
    } else {
      if (type.kind !== "array") return fail(span, `'${typeName(type)}' is no array`);
      const index = constantValue(c, step.first, "the index");
      offset += index * sizeOfType(type.of, span);
      type = type.of;
    }
  }
  return { type, offset };
}
