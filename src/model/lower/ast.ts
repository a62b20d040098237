// The syntax tree that the lowering walks: C of the dialect, free of the parser's own shapes.
// Every node knows its offsets in the expanded text. Knows no types and no names.

/** Offsets in the expanded text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

// ---------------------------------------------------------------- expressions

export type UnaryOperator = "-" | "+" | "~" | "!" | "*" | "&";
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>";
export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";

export type Expression =
  | NumberLiteral
  | StringLiteral
  | Identifier
  | Unary
  | Update
  | Binary
  | Logical
  | Comma
  | Assignment
  | Conditional
  | Call
  | Member
  | Index
  | Cast
  | CompoundLiteral
  | SizeofType
  | SizeofExpression
  | Offsetof
  | StatementExpression
  | InitializerList;

export interface NumberLiteral extends Span {
  readonly kind: "number";
  /** Modulo 2^32. */
  readonly value: number;
  readonly bits: 32 | 64;
  readonly signed: boolean;
  /** The literal as written does not fit 32 bits. */
  readonly cut: boolean;
}
export interface StringLiteral extends Span {
  readonly kind: "string";
  readonly value: string;
}
export interface Identifier extends Span {
  readonly kind: "identifier";
  readonly name: string;
}
export interface Unary extends Span {
  readonly kind: "unary";
  readonly operator: UnaryOperator;
  readonly operand: Expression;
}
export interface Update extends Span {
  readonly kind: "update";
  readonly operator: "+" | "-";
  readonly prefix: boolean;
  readonly target: Expression;
}
export interface Binary extends Span {
  readonly kind: "binary";
  readonly operator: ArithmeticOperator | ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface Logical extends Span {
  readonly kind: "logical";
  readonly operator: "&&" | "||";
  readonly left: Expression;
  readonly right: Expression;
}
export interface Comma extends Span {
  readonly kind: "comma";
  readonly left: Expression;
  readonly right: Expression;
}
export interface Assignment extends Span {
  readonly kind: "assignment";
  /** "" for a plain one. */
  readonly operator: ArithmeticOperator | "";
  readonly target: Expression;
  readonly value: Expression;
}
export interface Conditional extends Span {
  readonly kind: "conditional";
  readonly condition: Expression;
  /** Absent in `a ?: b`. */
  readonly yes?: Expression;
  readonly no: Expression;
}
export interface TypeArgument extends Span {
  readonly kind: "type-argument";
  readonly type: TypeName;
}
export type Argument = Expression | TypeArgument;
export interface Call extends Span {
  readonly kind: "call";
  readonly callee: Expression;
  readonly args: readonly Argument[];
}
export interface Member extends Span {
  readonly kind: "member";
  readonly object: Expression;
  readonly name: string;
  readonly arrow: boolean;
}
export interface Index extends Span {
  readonly kind: "index";
  readonly object: Expression;
  readonly index: Expression;
}
export interface Cast extends Span {
  readonly kind: "cast";
  readonly type: TypeName;
  readonly value: Expression;
}
export interface CompoundLiteral extends Span {
  readonly kind: "compound-literal";
  readonly type: TypeName;
  readonly value: InitializerList;
}
export interface SizeofType extends Span {
  readonly kind: "sizeof-type";
  readonly type: TypeName;
}
export interface SizeofExpression extends Span {
  readonly kind: "sizeof-expression";
  readonly value: Expression;
}
export interface Offsetof extends Span {
  readonly kind: "offsetof";
  readonly type: TypeName;
  /** The member as an lvalue path: fields and constant indices. */
  readonly path: readonly Designator[];
}
export interface StatementExpression extends Span {
  readonly kind: "statement-expression";
  readonly block: Block;
}
export type Designator =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "index"; readonly first: Expression; readonly last?: Expression };
export interface InitializerItem extends Span {
  readonly designators: readonly Designator[];
  readonly value: Expression;
}
export interface InitializerList extends Span {
  readonly kind: "initializer-list";
  readonly items: readonly InitializerItem[];
}

// ---------------------------------------------------------------- types

export type Specifier =
  | (Span & { readonly kind: "named"; readonly name: string })
  /** Words such as "unsigned long". */
  | (Span & { readonly kind: "primitive"; readonly words: readonly string[] })
  | (Span & {
      readonly kind: "struct";
      readonly union: boolean;
      readonly tag: string;
      readonly members?: readonly MemberDeclaration[];
    })
  | (Span & { readonly kind: "enum"; readonly tag: string; readonly constants?: readonly EnumConstant[] })
  | (Span & { readonly kind: "typeof"; readonly value: Expression | TypeName });

export interface EnumConstant extends Span {
  readonly name: string;
  readonly value?: Expression;
}

export interface MemberDeclaration extends Span {
  readonly specifier: Specifier;
  /** Empty for an anonymous struct or union. */
  readonly declarators: readonly { readonly declarator: Declarator; readonly bits?: Expression }[];
}

export type Declarator =
  | (Span & { readonly kind: "name"; readonly name: string })
  | (Span & { readonly kind: "pointer"; readonly inner: Declarator })
  | (Span & { readonly kind: "array"; readonly inner: Declarator; readonly size?: Expression })
  | (Span & {
      readonly kind: "function";
      readonly inner: Declarator;
      readonly parameters: readonly Parameter[];
      readonly variadic: boolean;
    });

export interface Parameter extends Span {
  readonly specifier: Specifier;
  readonly declarator: Declarator;
}

/** A type as in a cast: the declarator's name is "". */
export interface TypeName extends Span {
  readonly kind: "type-name";
  readonly specifier: Specifier;
  readonly declarator: Declarator;
}

// ---------------------------------------------------------------- declarations and statements

export interface Declaration extends Span {
  readonly kind: "declaration";
  readonly specifier: Specifier;
  readonly typedef: boolean;
  readonly static: boolean;
  /** `__thread`: each task has its own. */
  readonly threadLocal: boolean;
  readonly extern: boolean;
  readonly declarators: readonly (Span & {
    readonly declarator: Declarator;
    readonly value?: Expression;
  })[];
}

export interface FunctionDefinition extends Span {
  readonly kind: "function";
  readonly specifier: Specifier;
  readonly declarator: Declarator;
  readonly body: Block;
}

export type Statement =
  | Declaration
  | Block
  | (Span & { readonly kind: "expression"; readonly value: Expression })
  | (Span & {
      readonly kind: "if";
      readonly condition: Expression;
      readonly yes: Statement;
      readonly no?: Statement;
    })
  | (Span & { readonly kind: "while"; readonly condition: Expression; readonly body: Statement })
  | (Span & { readonly kind: "do"; readonly condition: Expression; readonly body: Statement })
  | (Span & {
      readonly kind: "for";
      readonly first?: Statement;
      readonly condition?: Expression;
      readonly step?: Expression;
      readonly body: Statement;
    })
  /**
   * scoped_guard(kind, ...) body; `guard` is the call as written. `fail` where it is scoped_cond_guard(kind,
   * fail, ...).
   */
  | (Span & {
      readonly kind: "scoped-guard";
      readonly guard: Call;
      readonly body: Statement;
      readonly fail?: Statement;
    })
  | (Span & { readonly kind: "switch"; readonly value: Expression; readonly body: Statement })
  /** A label in a switch; the statements after it follow as siblings. */
  | (Span & { readonly kind: "case"; readonly first: Expression; readonly last?: Expression })
  | (Span & { readonly kind: "default" })
  | (Span & { readonly kind: "break" })
  | (Span & { readonly kind: "continue" })
  | (Span & { readonly kind: "return"; readonly value?: Expression })
  | (Span & { readonly kind: "goto"; readonly label: string })
  | (Span & { readonly kind: "label"; readonly name: string })
  | (Span & { readonly kind: "empty" })
  /** A statement that is not part of the dialect; the mistake is told when it is lowered. */
  | (Span & {
      readonly kind: "broken";
      readonly mistake: string;
      readonly hint?: string;
      /** Variables that it declares. */
      readonly names: readonly string[];
    });

export interface Block extends Span {
  readonly kind: "block";
  readonly statements: readonly Statement[];
}

/** The name that a declarator declares, "" in a type name. */
export function declaredName(d: Declarator): string {
  let at = d;
  while (at.kind !== "name") at = at.inner;
  return at.name;
}

/** The function declarator that gives a declared function its parameters, if it declares one. */
export function functionDeclarator(d: Declarator): (Declarator & { kind: "function" }) | undefined {
  let found: (Declarator & { kind: "function" }) | undefined;
  for (let at = d; at.kind !== "name"; at = at.inner) found = at.kind === "function" ? at : undefined;
  return found;
}
