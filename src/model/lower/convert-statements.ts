// Parse tree -> syntax of statements, declarations and function definitions.
// A statement that cannot be converted becomes a "broken" one, so that the mistakes after it are found too.

import type { Node } from "web-tree-sitter";
import { failClause } from "./accommodate.ts";
import type { Block, Declaration, Declarator, Expression, FunctionDefinition, Statement } from "./ast.ts";
import { declaredName } from "./ast.ts";
import { convertExpression } from "./convert-expressions.ts";
import { convertDeclarator, convertSpecifier } from "./convert-types.ts";
import { children, deeper, excerpt, field, Mistake, refuse, type Source, spanOf, textOf } from "./syntax.ts";

export function convertFunction(node: Node, source: Source): FunctionDefinition {
  const declarator = convertDeclarator(field(node, "declarator", source), source);
  if (children(node).some((c) => c.type === "declaration")) {
    refuse(
      node,
      source,
      "a function in the old style",
      "write the parameters' types between the parentheses",
    );
  }
  return {
    ...spanOf(node, source),
    kind: "function",
    specifier: convertSpecifier(field(node, "type", source), source),
    declarator,
    body: convertBlock(field(node, "body", source), source),
  };
}

/** Before the initialiser: a call in it may be named so. */
const FREE = /^[^=]*\b__free\s*\(/;

export function convertDeclaration(node: Node, source: Source): Declaration {
  const words = children(node)
    .filter((c) => c.type === "storage_class_specifier")
    .map((c) => c.text);
  const declarators: { start: number; end: number; declarator: Declarator; value?: Expression }[] = [];
  for (let i = 0; i < node.childCount; i++) {
    const child = node.child(i);
    if (child === null || node.fieldNameForChild(i) !== "declarator") continue;
    const span = spanOf(child, source);
    if (FREE.test(textOf(child, source))) {
      refuse(
        child,
        source,
        "__free() is not part of the dialect",
        "free the object on each way out, or use guard()",
      );
    }
    if (child.type === "init_declarator") {
      const declarator = convertDeclarator(field(child, "declarator", source), source);
      const value = convertExpression(field(child, "value", source), source);
      declarators.push({ ...span, declarator, value });
    } else {
      declarators.push({ ...span, declarator: convertDeclarator(child, source) });
    }
  }
  if (node.type === "type_definition") {
    for (const d of declarators) source.addTypeName(declaredName(d.declarator));
  }
  return {
    ...spanOf(node, source),
    kind: "declaration",
    specifier: convertSpecifier(field(node, "type", source), source),
    typedef: node.type === "type_definition",
    static: words.includes("static"),
    threadLocal: words.includes("__thread"),
    extern: words.includes("extern"),
    declarators,
  };
}

export function convertBlock(node: Node, source: Source): Block {
  const statements = deeper(node, source, () => children(node).flatMap((c) => recovered(c, source)));
  return { ...spanOf(node, source), kind: "block", statements };
}

function recovered(node: Node, source: Source): Statement[] {
  const depth = source.depth;
  try {
    return statement(node, source);
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    source.depth = depth;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    const span = { start: error.start, end: node.endIndex + source.base };
    return [{ ...span, kind: "broken", mistake: error.message, ...hint, names: namesIn(node) }];
  }
}

/** Names that a declaration declares, as far as can be seen. */
function namesIn(node: Node): string[] {
  if (node.type !== "declaration") return [];
  const declarators = node.childrenForFieldName("declarator");
  return declarators.flatMap((d) => {
    const name = d?.type === "identifier" ? d : d?.descendantsOfType("identifier")[0];
    return name === undefined || name === null ? [] : [name.text];
  });
}

/** One statement where the grammar allows one; several are wrapped in a block. */
function single(node: Node, source: Source): Statement {
  const list = deeper(node, source, () => recovered(node, source));
  if (list.length === 1) return list[0]!;
  return { ...spanOf(node, source), kind: "block", statements: list };
}

/** Labels become statements of their own, hence a list. */
function statement(node: Node, source: Source): Statement[] {
  const span = spanOf(node, source);
  const expression = (name: string): Expression => convertExpression(field(node, name, source), source);
  switch (node.type) {
    case "compound_statement":
      return [convertBlock(node, source)];
    case "declaration":
    case "type_definition":
      return [convertDeclaration(node, source)];
    case "struct_specifier":
    case "union_specifier":
    case "enum_specifier":
      return [bareSpecifier(node, source)];
    case "expression_statement": {
      const value = children(node)[0];
      if (value === undefined) return [{ ...span, kind: "empty" }];
      return [{ ...span, kind: "expression", value: convertExpression(value, source) }];
    }
    case "if_statement": {
      const otherwise = node.childForFieldName("alternative");
      const branch = otherwise === null ? undefined : children(otherwise).at(-1);
      return [
        {
          ...span,
          kind: "if",
          condition: expression("condition"),
          yes: single(field(node, "consequence", source), source),
          ...(branch === undefined ? {} : { no: single(branch, source) }),
        },
      ];
    }
    case "while_statement": {
      const body = single(field(node, "body", source), source);
      const condition = expression("condition");
      if (/^scoped_(cond_)?guard\b/.test(textOf(node, source)))
        return [scopedGuard(node, condition, body, source)];
      return [{ ...span, kind: "while", condition, body }];
    }
    case "do_statement": {
      const body = single(field(node, "body", source), source);
      return [{ ...span, kind: "do", condition: expression("condition"), body }];
    }
    case "for_statement":
      return [forStatement(node, source)];
    case "switch_statement":
      return [
        {
          ...span,
          kind: "switch",
          value: expression("condition"),
          body: single(field(node, "body", source), source),
        },
      ];
    case "case_statement":
      return caseStatement(node, source);
    case "labeled_statement": {
      const label = field(node, "label", source);
      const rest = children(node).filter((c) => c.startIndex > label.startIndex);
      const after = rest.flatMap((c) => deeper(node, source, () => recovered(c, source)));
      return [{ ...spanOf(label, source), kind: "label", name: label.text }, ...after];
    }
    case "break_statement":
      return [{ ...span, kind: "break" }];
    case "continue_statement":
      return [{ ...span, kind: "continue" }];
    case "return_statement": {
      const value = children(node)[0];
      return [
        {
          ...span,
          kind: "return",
          ...(value === undefined ? {} : { value: convertExpression(value, source) }),
        },
      ];
    }
    case "goto_statement":
      if (textOf(node, source).includes("*")) {
        refuse(node, source, "a computed goto is not part of the dialect", "write a switch");
      }
      return [{ ...span, kind: "goto", label: field(node, "label", source).text }];
    case "attributed_statement":
      return children(node)
        .filter((c) => !c.type.startsWith("attribute"))
        .flatMap((c) => statement(c, source));
    case "function_definition":
      return refuse(node, source, "a function inside a function", "move it to the top level");
    default:
      return refuse(node, source, `not part of the dialect: '${excerpt(node, source)}' (${node.type})`);
  }
}

function forStatement(node: Node, source: Source): Statement {
  const first = node.childForFieldName("initializer");
  const condition = node.childForFieldName("condition");
  const step = node.childForFieldName("update");
  let start: Statement | undefined;
  if (first !== null) {
    if (first.type === "declaration") start = convertDeclaration(first, source);
    else start = { ...spanOf(first, source), kind: "expression", value: convertExpression(first, source) };
  }
  return {
    ...spanOf(node, source),
    kind: "for",
    ...(start === undefined ? {} : { first: start }),
    ...(condition === null ? {} : { condition: convertExpression(condition, source) }),
    ...(step === null ? {} : { step: convertExpression(step, source) }),
    body: single(field(node, "body", source), source),
  };
}

function caseStatement(node: Node, source: Source): Statement[] {
  const value = node.childForFieldName("value");
  const colon = node.children.find((c) => c?.type === ":");
  const from = colon?.startIndex ?? node.startIndex;
  const span = { start: node.startIndex + source.base, end: from + source.base };
  const rest = children(node).filter((c) => c.startIndex > from);
  const after = rest.flatMap((c) => deeper(node, source, () => recovered(c, source)));
  if (value === null) return [{ ...span, kind: "default" }, ...after];
  const first = convertExpression(value, source);
  if (first.kind === "logical" && source.text.slice(first.left.end, first.right.start).includes("...")) {
    return [{ ...span, kind: "case", first: first.left, last: first.right }, ...after];
  }
  return [{ ...span, kind: "case", first }, ...after];
}

/** `struct x { ... };` in a block declares a type and nothing else. */
function bareSpecifier(node: Node, source: Source): Declaration {
  const specifier = convertSpecifier(node, source);
  const none = { typedef: false, static: false, threadLocal: false, extern: false, declarators: [] };
  return { ...spanOf(node, source), kind: "declaration", specifier, ...none };
}

/** scoped_guard(kind, arguments), scoped_cond_guard(kind, fail, arguments): accommodate() made it a loop. */
function scopedGuard(node: Node, condition: Expression, body: Statement, source: Source): Statement {
  const close = source.text.indexOf(")", condition.end);
  const start = node.startIndex + source.base;
  const whole = { start, end: close < 0 ? condition.end : close + 1 };
  const callee: Expression = { ...whole, kind: "identifier", name: "scoped_guard" };
  const guard = { ...whole, kind: "call" as const, callee, args: commaParts(condition) };
  const scoped = { ...spanOf(node, source), kind: "scoped-guard" as const, guard, body };
  if (!textOf(node, source).startsWith("scoped_cond_guard")) return scoped;
  return { ...scoped, fail: failStatement(source, source.text.indexOf("(", start)) };
}

/** The second argument of scoped_cond_guard(), which accommodate() took out. */
function failStatement(source: Source, open: number): Statement {
  const { from, to } = failClause(source.text, open);
  const before = "void f(void) {";
  const text = source.text.slice(from + 1, to);
  const root = source.parse(`${before}${text};}`);
  const body = root.namedChild(0)?.childForFieldName("body");
  if (from === to || body === null || body === undefined || root.hasError) {
    throw new Mistake(
      open,
      "scoped_cond_guard() takes a kind, a statement for when the lock is not had, and the lock",
      "write for example: scoped_cond_guard(mutex_intr, return -EINTR, &lock) { ... }",
    );
  }
  return convertBlock(body, { ...source, base: from + 1 - before.length });
}

function commaParts(e: Expression): Expression[] {
  return e.kind === "comma" ? [...commaParts(e.left), ...commaParts(e.right)] : [e];
}
