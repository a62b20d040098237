// #if: integer constant expressions (C11 6.10.1). 64-bit signed or unsigned; unknown identifiers are 0.

import type { Token } from "./lexer.ts";
import type { Reporter } from "./report.ts";

/** Operators and parentheses nested in one #if. */
export const CONDITION_DEPTH_MAX = 100;

interface Value {
  readonly value: bigint;
  readonly unsigned: boolean;
}

const PRECEDENCE: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];

/** Internal: the expression is wrong; carries what the author is told. */
class ConditionError extends Error {
  readonly token: Token;
  constructor(token: Token, message: string) {
    super(message);
    this.token = token;
  }
}

/** The truth of an expression whose macros have been expanded; false, and reported, where it is wrong. */
export function evaluateCondition(tokens: readonly Token[], directive: Token, report: Reporter): boolean {
  try {
    return evaluate(tokens, directive).value !== 0n;
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    report.error(error.token, error.message, "#if takes an integer constant expression");
    return false;
  }
}

function evaluate(tokens: readonly Token[], directive: Token): Value {
  let at = 0;
  let depth = 0;
  const fail = (message: string): never => {
    throw new ConditionError(tokens[at] ?? tokens.at(-1) ?? directive, message);
  };
  const accept = (text: string): boolean => {
    if (tokens[at]?.text !== text || tokens[at]?.kind !== "punctuator") return false;
    at++;
    return true;
  };
  const nested = <T>(parse: () => T): T => {
    if (++depth > CONDITION_DEPTH_MAX) fail(`#if nests more than ${CONDITION_DEPTH_MAX} deep`);
    const result = parse();
    depth--;
    return result;
  };

  // `live` is false where short circuit leaves a part unevaluated: division by zero is no mistake there.
  function conditional(live: boolean): Value {
    return nested(() => {
      const condition = binary(0, live);
      if (!accept("?")) return condition;
      const yes = conditional(live && condition.value !== 0n);
      if (!accept(":")) fail('"?" without ":" in #if');
      const no = conditional(live && condition.value === 0n);
      const chosen = condition.value !== 0n ? yes : no;
      return wrap(chosen.value, yes.unsigned || no.unsigned);
    });
  }

  function binary(level: number, live: boolean): Value {
    const operators = PRECEDENCE[level];
    if (operators === undefined) return unary(live);
    let left = binary(level + 1, live);
    for (;;) {
      const operator = operators.find((text) => accept(text));
      if (operator === undefined) return left;
      const decided = (operator === "&&" && left.value === 0n) || (operator === "||" && left.value !== 0n);
      const right = binary(level + 1, live && !decided);
      if ((operator === "/" || operator === "%") && right.value === 0n) {
        if (live) fail("division by zero in #if");
        left = wrap(0n, false);
      } else {
        left = apply(operator, left, right);
      }
    }
  }

  function unary(live: boolean): Value {
    return nested(() => {
      if (accept("!")) return truth(unary(live).value === 0n);
      if (accept("+")) return unary(live);
      for (const [operator, sign] of [
        ["-", -1n],
        ["~", 0n],
      ] as const) {
        if (!accept(operator)) continue;
        const { value, unsigned } = unary(live);
        return wrap(sign === 0n ? ~value : -value, unsigned);
      }
      if (accept("(")) {
        const inside = conditional(live);
        if (!accept(")")) fail('a ")" is missing in #if');
        return inside;
      }
      return primary();
    });
  }

  function primary(): Value {
    const token = tokens[at];
    if (token === undefined) return fail("#if ends where a value is expected");
    if (token.kind === "number") {
      const value = integer(token.text) ?? fail(`"${token.text}" is no integer`);
      at++;
      return value;
    }
    if (token.kind === "char") {
      const value = character(token.text) ?? fail(`${token.text} is no simple character`);
      at++;
      return wrap(value, false);
    }
    if (token.kind === "identifier") {
      at++;
      return wrap(token.text === "true" ? 1n : 0n, false);
    }
    return fail(`"${token.text}" stands where #if expects a value`);
  }

  const result = conditional(true);
  if (at < tokens.length) fail(`"${tokens[at]!.text}" is left over in #if`);
  return result;
}

function wrap(value: bigint, unsigned: boolean): Value {
  return { value: unsigned ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value), unsigned };
}

function truth(yes: boolean): Value {
  return { value: yes ? 1n : 0n, unsigned: false };
}

function apply(operator: string, left: Value, right: Value): Value {
  const unsigned = left.unsigned || right.unsigned;
  const [a, b] = [wrap(left.value, unsigned).value, wrap(right.value, unsigned).value];
  const count = BigInt.asUintN(6, right.value);
  switch (operator) {
    case "||":
      return truth(a !== 0n || b !== 0n);
    case "&&":
      return truth(a !== 0n && b !== 0n);
    case "==":
      return truth(a === b);
    case "!=":
      return truth(a !== b);
    case "<":
      return truth(a < b);
    case ">":
      return truth(a > b);
    case "<=":
      return truth(a <= b);
    case ">=":
      return truth(a >= b);
    case "|":
      return wrap(a | b, unsigned);
    case "^":
      return wrap(a ^ b, unsigned);
    case "&":
      return wrap(a & b, unsigned);
    case "<<":
      return wrap(left.value << count, left.unsigned);
    case ">>":
      return wrap(left.value >> count, left.unsigned);
    case "+":
      return wrap(a + b, unsigned);
    case "-":
      return wrap(a - b, unsigned);
    case "*":
      return wrap(a * b, unsigned);
    case "/":
      return wrap(a / b, unsigned);
    default:
      return wrap(a % b, unsigned);
  }
}

/** Longest integer literal that is worth reading: 64 binary digits, prefix and suffix. */
const LITERAL_MAX = 80;

function integer(text: string): Value | null {
  const found = /^(0[xX][\da-fA-F]+|0[bB][01]+|\d+)([uUlL]{0,3})$/.exec(text.slice(0, LITERAL_MAX));
  if (found === null || text.length > LITERAL_MAX) return null;
  const digits = found[1]!;
  const octal = /^0\d/.test(digits);
  if (octal && /[89]/.test(digits)) return null;
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  return wrap(value, /[uU]/.test(found[2]!) || value > 0x7fffffffffffffffn);
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11 };

function character(text: string): bigint | null {
  const inside = text.slice(1, -1);
  if (inside.length === 1) return BigInt(inside.charCodeAt(0));
  if (inside.length === 2 && inside[0] === "\\") {
    const c = inside[1]!;
    return BigInt(ESCAPES[c] ?? (/\d/.test(c) ? Number(c) : c.charCodeAt(0)));
  }
  return null;
}
