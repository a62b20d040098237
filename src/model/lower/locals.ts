// Declarations of local variables: in a register where nobody takes their address, else in memory.

import { sizeOf, typeName } from "../types.ts";
import { localAddress, newLocal, store, type Value } from "./access.ts";
import { type Declaration, declaredName } from "./ast.ts";
import { declaredType, POISON } from "./build-types.ts";
import type { Context } from "./context.ts";
import { imm } from "./emit.ts";
import { value } from "./expressions.ts";
import { staticLocal } from "./globals.ts";
import { initialise, sizedByInitializer } from "./initialise.ts";
import { Mistake } from "./syntax.ts";
import { fail, globalAddress, tellBroken } from "./unit.ts";

export function declaration(c: Context, s: Declaration): void {
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

export function poison(c: Context, name: string): void {
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
  if (s.threadLocal) fail(d, `'${name}' is a __thread variable in a function`, "declare it outside");
  if (names.has(name)) fail(d, `'${name}' is declared twice in this block`);
  if (d.value !== undefined) type = sizedByInitializer(c, type, d.value);
  if (sizeOf(type) === undefined) {
    if (type.kind === "struct" && tellBroken(c.unit, type.tag)) {
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
