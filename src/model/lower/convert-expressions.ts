// Parse tree -> syntax of expressions. What the dialect lacks is refused here, with what to write instead.

import type { Node } from "web-tree-sitter";
import { OFFSETOF_MARK, TYPEOF_MARK } from "./accommodate.ts";
import type { Argument, ArithmeticOperator, Binary, Expression, TypeName, UnaryOperator } from "./ast.ts";
import { initializerList, offsetof } from "./convert-initialisers.ts";
import { convertBlock } from "./convert-statements.ts";
import { convertTypeName, operandOf } from "./convert-types.ts";
import { charValue, signedLiteral, stringValue } from "./literals.ts";
import { children, deeper, excerpt, field, refuse, type Source, spanOf, textOf } from "./syntax.ts";

export function convertExpression(node: Node, source: Source): Expression {
  return deeper(node, source, () => convert(node, source));
}

function convert(node: Node, source: Source): Expression {
  const span = spanOf(node, source);
  const sub = (name: string): Expression => convertExpression(field(node, name, source), source);
  switch (node.type) {
    case "identifier":
      return identifier(node, source);
    case "number_literal":
      return signedLiteral(node, source);
    case "char_literal":
      return { ...span, kind: "number", value: charValue(node, source), bits: 32, signed: true, cut: false };
    case "true":
    case "false":
      if (!/^(true|false)$/.test(node.text)) return { ...span, kind: "identifier", name: node.text };
      return {
        ...span,
        kind: "number",
        value: node.type === "true" ? 1 : 0,
        bits: 32,
        signed: true,
        cut: false,
      };
    case "null":
      return { ...span, kind: "number", value: 0, bits: 32, signed: true, cut: false };
    case "string_literal":
      return { ...span, kind: "string", value: stringValue(node, source) };
    case "concatenated_string":
      return { ...span, kind: "string", value: concatenated(node, source) };
    case "parenthesized_expression":
      return parenthesized(node, source);
    case "unary_expression":
    case "pointer_expression": {
      const operator = field(node, "operator", source).text as UnaryOperator;
      return { ...span, kind: "unary", operator, operand: sub("argument") };
    }
    case "update_expression": {
      const operator = field(node, "operator", source);
      const target = field(node, "argument", source);
      return {
        ...span,
        kind: "update",
        operator: operator.text === "++" ? "+" : "-",
        prefix: operator.startIndex < target.startIndex,
        target: convertExpression(target, source),
      };
    }
    case "binary_expression":
      return binary(node, source);
    case "assignment_expression": {
      const operator = field(node, "operator", source).text.slice(0, -1) as ArithmeticOperator | "";
      return { ...span, kind: "assignment", operator, target: sub("left"), value: sub("right") };
    }
    case "comma_expression":
      return { ...span, kind: "comma", left: sub("left"), right: sub("right") };
    case "conditional_expression": {
      const yes = node.childForFieldName("consequence");
      return {
        ...span,
        kind: "conditional",
        condition: sub("condition"),
        ...(yes === null ? {} : { yes: convertExpression(yes, source) }),
        no: sub("alternative"),
      };
    }
    case "call_expression":
      return call(node, source);
    case "field_expression":
      return {
        ...span,
        kind: "member",
        object: sub("argument"),
        name: field(node, "field", source).text,
        arrow: field(node, "operator", source).text === "->",
      };
    case "subscript_expression":
      return { ...span, kind: "index", object: sub("argument"), index: sub("index") };
    case "cast_expression": {
      const type = convertTypeName(field(node, "type", source), source);
      return { ...span, kind: "cast", type, value: sub("value") };
    }
    case "compound_literal_expression": {
      const type = convertTypeName(field(node, "type", source), source);
      return {
        ...span,
        kind: "compound-literal",
        type,
        value: initializerList(field(node, "value", source), source),
      };
    }
    case "initializer_list":
      return initializerList(node, source);
    case "sizeof_expression":
      return sizeofExpression(node, source);
    case "offsetof_expression": {
      const type = convertTypeName(field(node, "type", source), source);
      const name = field(node, "member", source).text;
      return { ...span, kind: "offsetof", type, path: [{ kind: "field", name }] };
    }
    case "compound_statement":
      return { ...span, kind: "statement-expression", block: convertBlock(node, source) };
    case "gnu_asm_expression":
      return refuse(
        node,
        source,
        "inline assembly is not part of the dialect",
        "write the step in C: smp_mb(), xchg(), cmpxchg()",
      );
    case "generic_expression":
      return refuse(node, source, "_Generic is not part of the dialect", "call the function that you mean");
    case "extension_expression": {
      const inner = children(node).at(-1);
      if (inner !== undefined) return convertExpression(inner, source);
      break;
    }
  }
  return refuse(node, source, `not part of the dialect: '${excerpt(node, source)}' (${node.type})`);
}

function identifier(node: Node, source: Source): Expression {
  const span = spanOf(node, source);
  const written = textOf(node, source);
  if (node.text.startsWith(OFFSETOF_MARK) && written !== node.text) return offsetof(node, source);
  if (written !== node.text && /^(struct|union|enum)\s/.test(written)) {
    refuse(node, source, `a type where an expression is expected: '${written}'`);
  }
  return { ...span, kind: "identifier", name: node.text };
}

function parenthesized(node: Node, source: Source): Expression {
  const inner = children(node);
  if (inner.length !== 1) refuse(node, source, `not part of the dialect: '${excerpt(node, source)}'`);
  // The parentheses stay outside the span: the text of an access reads better without them.
  return convertExpression(inner[0]!, source);
}

/** `(T) - x`, `(T) & x`, `(T) * x`, `(T) + x` with a typedef's name are casts; the grammar cannot know. */
function binary(node: Node, source: Source): Expression {
  const span = spanOf(node, source);
  const operator = field(node, "operator", source).text;
  const leftNode = field(node, "left", source);
  const left = leftNode.type === "parenthesized_expression" ? castType(leftNode, source) : undefined;
  const right = convertExpression(field(node, "right", source), source);
  if (left !== undefined && /^[-+&*]$/.test(operator)) {
    const start = field(node, "operator", source).startIndex + source.base;
    const value: Expression = {
      start,
      end: span.end,
      kind: "unary",
      operator: operator as UnaryOperator,
      operand: right,
    };
    return { ...span, kind: "cast", type: left, value };
  }
  const operands = { ...span, left: convertExpression(leftNode, source), right };
  if (operator === "&&" || operator === "||") return { ...operands, kind: "logical", operator };
  return { ...operands, kind: "binary", operator: operator as Binary["operator"] };
}

/** The type in `(T)`, where T is a name that typedef declares. */
function castType(node: Node, source: Source): TypeName | undefined {
  const inner = children(node)[0];
  if (inner === undefined || !isTypeWord(inner, source)) return undefined;
  return convertTypeName(inner, source);
}

/** A name that typedef declares, or a rewritten typeof. */
function isTypeWord(node: Node, source: Source): boolean {
  if (node.type !== "identifier") return false;
  if (source.isTypeName(node.text)) return true;
  return node.text.startsWith(TYPEOF_MARK) && textOf(node, source) !== node.text;
}

function call(node: Node, source: Source): Expression {
  const span = spanOf(node, source);
  const callee = field(node, "function", source);
  const list = field(node, "arguments", source);
  if (list.type !== "argument_list")
    refuse(node, source, `not part of the dialect: '${excerpt(node, source)}'`);
  // `(T)(x)` with a typedef's name is a cast.
  if (callee.type === "parenthesized_expression") {
    const type = castType(callee, source);
    if (type !== undefined) {
      const values = children(list).map((c) => convertExpression(c, source));
      const value = values.reduce<Expression | undefined>(
        (left, right) =>
          left === undefined ? right : { start: left.start, end: right.end, kind: "comma", left, right },
        undefined,
      );
      if (value === undefined) refuse(node, source, "a cast of nothing");
      return { ...span, kind: "cast", type, value };
    }
  }
  const args = children(list).map((c) => argument(c, source));
  return { ...span, kind: "call", callee: convertExpression(callee, source), args };
}

function argument(node: Node, source: Source): Argument {
  const written = textOf(node, source);
  if (node.type === "identifier" && node.text !== written && /^(struct|union|enum)\s/.test(written)) {
    const operand = operandOf(written, node.startIndex + source.base, source);
    if (operand.kind === "sizeof-type") {
      return { ...spanOf(node, source), kind: "type-argument", type: operand.type };
    }
  }
  if (isTypeWord(node, source)) {
    return { ...spanOf(node, source), kind: "type-argument", type: convertTypeName(node, source) };
  }
  if (node.type === "type_descriptor") {
    return { ...spanOf(node, source), kind: "type-argument", type: convertTypeName(node, source) };
  }
  return convertExpression(node, source);
}

function sizeofExpression(node: Node, source: Source): Expression {
  const span = spanOf(node, source);
  const type = node.childForFieldName("type");
  if (type !== null) return { ...span, kind: "sizeof-type", type: convertTypeName(type, source) };
  const value = field(node, "value", source);
  const inner = value.type === "parenthesized_expression" ? children(value)[0] : undefined;
  if (inner !== undefined && isTypeWord(inner, source)) {
    return { ...span, kind: "sizeof-type", type: convertTypeName(inner, source) };
  }
  return { ...span, kind: "sizeof-expression", value: convertExpression(value, source) };
}

function concatenated(node: Node, source: Source): string {
  return children(node)
    .map((c) => {
      if (c.type !== "string_literal") refuse(c, source, "strings are joined with strings only");
      return stringValue(c, source);
    })
    .join("");
}
