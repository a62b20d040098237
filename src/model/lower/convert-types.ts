// Parse tree -> syntax of types and declarators.

import type { Node } from "web-tree-sitter";
import { TYPEOF_MARK } from "./accommodate.ts";
import type {
  Declarator,
  EnumConstant,
  Expression,
  MemberDeclaration,
  Parameter,
  Specifier,
  TypeName,
} from "./ast.ts";
import { convertExpression } from "./convert-expressions.ts";
import { children, deeper, excerpt, field, refuse, type Source, spanOf, textOf } from "./syntax.ts";

const FLOATING = /^(float|double|_Complex|__int128|_Float\w*)$/;

/** The type of a declaration, parameter, member or type name: the child in its field "type". */
export function convertSpecifier(node: Node, source: Source): Specifier {
  const span = spanOf(node, source);
  switch (node.type) {
    case "primitive_type":
    case "sized_type_specifier": {
      const words = textOf(node, source).split(/\s+/).filter(Boolean);
      if (words.some((w) => FLOATING.test(w))) {
        refuse(
          node,
          source,
          "floating point is not part of the dialect",
          "use an integer: the kernel has no floating point either",
        );
      }
      return { ...span, kind: "primitive", words };
    }
    case "identifier":
    case "type_identifier": {
      if (node.text.startsWith(TYPEOF_MARK) && textOf(node, source) !== node.text) {
        return { ...span, kind: "typeof", value: typeofOperand(node, source) };
      }
      return { ...span, kind: "named", name: node.text };
    }
    case "struct_specifier":
    case "union_specifier":
      return structSpecifier(node, source);
    case "enum_specifier":
      return enumSpecifier(node, source);
    default:
      return refuse(node, source, `not a type of the dialect: '${excerpt(node, source)}'`);
  }
}

function structSpecifier(node: Node, source: Source): Specifier {
  const body = node.childForFieldName("body");
  const tag = node.childForFieldName("name")?.text ?? "";
  const base = {
    ...spanOf(node, source),
    kind: "struct" as const,
    union: node.type === "union_specifier",
    tag,
  };
  if (body === null) return base;
  const members = children(body).map((m) => memberDeclaration(m, source));
  return { ...base, members };
}

function memberDeclaration(node: Node, source: Source): MemberDeclaration {
  if (node.type !== "field_declaration") {
    refuse(node, source, `not a member of a struct: '${excerpt(node, source)}'`);
  }
  const specifier = convertSpecifier(field(node, "type", source), source);
  const declarators: { declarator: Declarator; bits?: Expression }[] = [];
  for (let i = 0; i < node.childCount; i++) {
    const child = node.child(i);
    if (child === null) continue;
    if (node.fieldNameForChild(i) === "declarator") {
      declarators.push({ declarator: convertDeclarator(child, source) });
    } else if (child.type === "bitfield_clause") {
      const width = child.namedChild(0);
      const bits = width === null ? undefined : convertExpression(width, source);
      const last = declarators.pop();
      const unnamed: Declarator = { ...spanOf(child, source), kind: "name", name: "" };
      declarators.push({ declarator: last?.declarator ?? unnamed, ...(bits === undefined ? {} : { bits }) });
    }
  }
  return { ...spanOf(node, source), specifier, declarators };
}

function enumSpecifier(node: Node, source: Source): Specifier {
  const body = node.childForFieldName("body");
  const tag = node.childForFieldName("name")?.text ?? "";
  const base = { ...spanOf(node, source), kind: "enum" as const, tag };
  if (body === null) return base;
  const constants = children(body).map((c): EnumConstant => {
    const value = c.childForFieldName("value");
    const name = field(c, "name", source).text;
    return {
      ...spanOf(c, source),
      name,
      ...(value === null ? {} : { value: convertExpression(value, source) }),
    };
  });
  return { ...base, constants };
}

/** typeof(x): its operand is parsed on its own, as that of a sizeof. */
function typeofOperand(node: Node, source: Source): Expression | TypeName {
  const whole = textOf(node, source);
  const open = whole.indexOf("(") + 1;
  const operand = operandOf(whole.slice(open, -1), node.startIndex + source.base + open, source);
  if (operand.kind === "sizeof-type") return operand.type;
  if (operand.kind === "sizeof-expression") return operand.value;
  return refuse(node, source, `not a type: '${excerpt(node, source)}'`);
}

/** Converts `inner`, which stands at `offset` of the expanded text, as the operand of a sizeof. */
export function operandOf(inner: string, offset: number, source: Source): Expression {
  const before = "int x = sizeof(";
  const root = source.parse(`${before}${inner});`);
  const value = root.namedChild(0)?.childForFieldName("declarator")?.childForFieldName("value");
  const nested: Source = { ...source, base: offset - before.length };
  if (value === null || value === undefined || root.hasError) {
    return refuse(root, { ...source, base: offset }, `cannot be read: '${inner.trim()}'`);
  }
  return convertExpression(value, nested);
}

/** A cast's or sizeof's type; also a parameter without a name. */
export function convertTypeName(node: Node, source: Source): TypeName {
  const span = spanOf(node, source);
  if (node.type !== "type_descriptor") {
    const specifier = convertSpecifier(node, source);
    return { ...span, kind: "type-name", specifier, declarator: { ...span, kind: "name", name: "" } };
  }
  const specifier = convertSpecifier(field(node, "type", source), source);
  const inner = node.childForFieldName("declarator");
  const declarator: Declarator =
    inner === null ? { ...span, kind: "name", name: "" } : convertDeclarator(inner, source);
  return { ...span, kind: "type-name", specifier, declarator };
}

/** Named and abstract declarators alike. */
export function convertDeclarator(node: Node, source: Source): Declarator {
  const span = spanOf(node, source);
  const inner = (): Declarator => {
    const child = node.childForFieldName("declarator") ?? lastDeclarator(node);
    if (child === null) return { start: span.end, end: span.end, kind: "name", name: "" };
    return deeper(node, source, () => convertDeclarator(child, source));
  };
  switch (node.type) {
    case "identifier":
    case "type_identifier":
    case "field_identifier":
    case "primitive_type":
      return { ...span, kind: "name", name: node.text };
    case "parenthesized_declarator":
    case "abstract_parenthesized_declarator":
    case "attributed_declarator":
      return inner();
    case "pointer_declarator":
    case "abstract_pointer_declarator":
      return { ...span, kind: "pointer", inner: inner() };
    case "array_declarator":
    case "abstract_array_declarator": {
      const size = node.childForFieldName("size");
      if (size !== null && size.type === "*")
        refuse(size, source, "variable-length arrays are not supported");
      return {
        ...span,
        kind: "array",
        inner: inner(),
        ...(size === null ? {} : { size: convertExpression(size, source) }),
      };
    }
    case "function_declarator":
    case "abstract_function_declarator": {
      const list = field(node, "parameters", source);
      const parameters = children(list)
        .filter((p) => p.type !== "variadic_parameter")
        .map((p) => convertParameter(p, source));
      const variadic = children(list).some((p) => p.type === "variadic_parameter");
      return { ...span, kind: "function", inner: inner(), parameters: withoutVoid(parameters), variadic };
    }
    default:
      return refuse(node, source, `not part of a declaration: '${excerpt(node, source)}'`);
  }
}

function lastDeclarator(node: Node): Node | null {
  const found = children(node).filter((c) => /declarator$|identifier$/.test(c.type));
  return found.at(-1) ?? null;
}

function convertParameter(node: Node, source: Source): Parameter {
  if (node.type !== "parameter_declaration") {
    refuse(
      node,
      source,
      `a parameter needs a type: '${excerpt(node, source)}'`,
      "write (int x), not the old style",
    );
  }
  const span = spanOf(node, source);
  const specifier = convertSpecifier(field(node, "type", source), source);
  const d = node.childForFieldName("declarator");
  const declarator: Declarator =
    d === null ? { ...span, kind: "name", name: "" } : convertDeclarator(d, source);
  return { ...span, specifier, declarator };
}

function withoutVoid(parameters: Parameter[]): Parameter[] {
  const only = parameters.length === 1 ? parameters[0]! : undefined;
  const isVoid =
    only?.specifier.kind === "primitive" &&
    only.specifier.words.includes("void") &&
    only.declarator.kind === "name";
  return isVoid ? [] : parameters;
}
