// Names of a unit: which chunk defines which function, type, constant and global. Everything is resolved on
// demand, so that only what is reachable from the scenario has to be right. Emits no code.

import { modelsFolder } from "../base/paths.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { accommodate } from "./lower/accommodate.ts";
import {
  type Declaration,
  type Declarator,
  declaredName,
  type Expression,
  type FunctionDefinition,
  type Specifier,
} from "./lower/ast.ts";
import { convertDeclaration, convertFunction } from "./lower/convert-statements.ts";
import { convertSpecifier } from "./lower/convert-types.ts";
import { children, Mistake, type Source } from "./lower/syntax.ts";
import type { CodeChunk, ParsedUnit } from "./parse.ts";
import type { Grammar } from "./preprocess/grammar.ts";

/** Something that a declarator at top level declares. */
export interface Declared {
  readonly specifier: Specifier;
  readonly declarator: Declarator;
  readonly value?: Expression;
  readonly extern: boolean;
  readonly static: boolean;
  /** Each task has its own: `static __thread int x;`. */
  readonly threadLocal: boolean;
  readonly start: number;
  /** From one of raceproof's own files. */
  readonly library: boolean;
}

export interface FunctionChunk {
  readonly name: string;
  readonly start: number;
  readonly library: boolean;
  /** Another definition that neither wins nor loses; its offset. */
  readonly rival: number | undefined;
  /** Converted on first use; undefined where the text cannot be read (see `errors`). */
  ast(): FunctionDefinition | undefined;
  errors(): readonly Diagnostic[];
  /** Its return type is written `scenario`. */
  readonly scenario: boolean;
}

export interface EnumEntry {
  readonly specifier: Specifier & { kind: "enum" };
  readonly index: number;
}

export interface StructBody {
  readonly specifier: Specifier & { kind: "struct" };
  readonly library: boolean;
}

export interface Declarations {
  readonly functions: ReadonlyMap<string, FunctionChunk>;
  /** In the order of the text. */
  readonly scenarios: readonly FunctionChunk[];
  readonly typedefs: ReadonlyMap<string, Declared>;
  readonly structs: ReadonlyMap<string, StructBody>;
  readonly enumConstants: ReadonlyMap<string, EnumEntry>;
  /** Variables and prototypes; of several declarations of a variable, its definition. */
  readonly variables: ReadonlyMap<string, Declared>;
  /** Mistakes of declarations that could not be read, by every word in them. */
  readonly broken: ReadonlyMap<string, readonly Diagnostic[]>;
  /** Structs whose calls through a field are calls of BPF programs. */
  readonly opsTypes: ReadonlySet<string>;
  isLibrary(offset: number): boolean;
}

/** Does the file belong to raceproof itself, so that the code under test wins over it? */
function libraryFile(path: string): boolean {
  return path.startsWith(`${modelsFolder}/include/`) || path.startsWith(`${modelsFolder}/lib/`);
}

export function collectDeclarations(unit: ParsedUnit, grammar: Grammar): Declarations {
  const functions = new Map<string, FunctionChunk>();
  const scenarios: FunctionChunk[] = [];
  const typedefs = new Map<string, Declared>();
  const structs = new Map<string, StructBody>();
  const enumConstants = new Map<string, EnumEntry>();
  const variables = new Map<string, Declared>();
  const broken = new Map<string, readonly Diagnostic[]>();
  const typeNames = new Set<string>();
  const isLibrary = (offset: number): boolean => libraryFile(unit.expanded.fileAt(offset).path);

  const sourceOf = (chunk: CodeChunk, local = new Set<string>()): Source => ({
    text: unit.expanded.text,
    base: chunk.start,
    depth: 0,
    parse: (text) =>
      grammar.parse(accommodate(text), (m, h) => unit.expanded.diagnosticAt(chunk.start, m, h)),
    isTypeName: (name) => typeNames.has(name) || local.has(name) || name === "_Bool",
    addTypeName: (name) => local.add(name),
  });

  function addSpecifier(s: Specifier, library: boolean): void {
    if (s.kind === "struct" && s.members !== undefined) {
      const known = structs.get(s.tag);
      if (s.tag !== "" && (known === undefined || (known.library && !library))) {
        structs.set(s.tag, { specifier: { ...s, kind: "struct" }, library });
      }
      for (const m of s.members) addSpecifier(m.specifier, library);
    } else if (s.kind === "enum") {
      for (const [index, c] of (s.constants ?? []).entries())
        enumConstants.set(c.name, { specifier: s, index });
    }
  }

  function addDeclaration(d: Declaration, start: number): void {
    const library = isLibrary(start);
    addSpecifier(d.specifier, library);
    for (const one of d.declarators) {
      const name = declaredName(one.declarator);
      const { specifier, extern, static: isStatic, threadLocal } = d;
      const storage = { extern, static: isStatic, threadLocal };
      const declared: Declared = { ...one, specifier, ...storage, start: one.start, library };
      if (d.typedef) typedefs.set(name, declared);
      else if (better(declared, variables.get(name))) variables.set(name, declared);
    }
  }

  function addBroken(chunk: CodeChunk, errors: readonly Diagnostic[]): void {
    for (const word of unit.expanded.text.slice(chunk.start, chunk.end).match(/[A-Za-z_]\w*/g) ?? []) {
      if (!broken.has(word)) broken.set(word, errors);
    }
  }

  function addFunction(chunk: CodeChunk): void {
    const text = unit.expanded.text.slice(chunk.start, chunk.end);
    const f = functionChunk(chunk, text, isLibrary(chunk.start));
    if (f.scenario) scenarios.push(f);
    const known = functions.get(f.name);
    if (known === undefined || (known.library && !f.library)) functions.set(f.name, f);
    else if (!f.library) functions.set(f.name, { ...known, rival: known.rival ?? f.start });
    else if (known.library) functions.set(f.name, { ...known, rival: f.start });
  }

  function functionChunk(chunk: CodeChunk, text: string, library: boolean): FunctionChunk {
    let ast: FunctionDefinition | undefined;
    let errors: readonly Diagnostic[] | undefined;
    const read = (): void => {
      if (errors !== undefined) return;
      errors = chunk.errors();
      if (errors.length > 0) return;
      const node = children(chunk.tree()).find((n) => n.type === "function_definition");
      try {
        if (node === undefined) throw new Mistake(chunk.start, "not a function that can be read");
        ast = convertFunction(node, sourceOf(chunk));
      } catch (error) {
        errors = [diagnosticOf(error, unit)];
      }
    };
    return {
      name: chunk.name,
      start: chunk.start,
      library,
      rival: undefined,
      scenario: /^\s*(?:(?:static|extern|inline)\s+)*scenario\b/.test(text),
      ast: () => {
        read();
        return ast;
      },
      errors: () => {
        read();
        return errors ?? [];
      },
    };
  }

  const code = unit.chunks.filter((c) => c.kind !== "skipped");
  for (const chunk of code) {
    if (chunk.kind !== "declaration") continue;
    // A typedef's name must be known before anything that uses it is converted.
    for (const node of children(chunk.tree())) {
      if (node.type !== "type_definition") continue;
      for (const d of node.childrenForFieldName("declarator")) {
        const name = d?.type === "type_identifier" ? d : d?.descendantsOfType("type_identifier")[0];
        if (name !== undefined && name !== null) typeNames.add(name.text);
      }
    }
  }
  for (const chunk of code) {
    if (chunk.kind === "function") {
      addFunction(chunk);
      continue;
    }
    const errors = chunk.errors();
    if (errors.length > 0) {
      addBroken(chunk, errors);
      continue;
    }
    try {
      const source = sourceOf(chunk);
      for (const node of children(chunk.tree())) {
        if (node.type === "declaration" || node.type === "type_definition") {
          addDeclaration(convertDeclaration(node, source), chunk.start);
        } else if (/^(struct|union|enum)_specifier$/.test(node.type)) {
          addSpecifier(convertSpecifier(node, source), isLibrary(chunk.start));
        }
      }
    } catch (error) {
      addBroken(chunk, [diagnosticOf(error, unit)]);
    }
  }
  const opsTypes = findOpsTypes(unit);
  return { functions, scenarios, typedefs, structs, enumConstants, variables, broken, opsTypes, isLibrary };
}

/** A definition is better than a declaration, the author's better than the library's. */
function better(candidate: Declared, known: Declared | undefined): boolean {
  if (known === undefined) return true;
  const weight = (d: Declared): number =>
    (d.value !== undefined ? 4 : 0) + (d.extern ? 0 : 2) + (d.library ? 0 : 1);
  return weight(candidate) > weight(known);
}

function diagnosticOf(error: unknown, unit: ParsedUnit): Diagnostic {
  if (!(error instanceof Mistake)) throw error;
  return unit.expanded.diagnosticAt(error.start, error.message, error.hint);
}

const REGISTERED = /\bregister_bpf_struct_ops\s*\([^,()]*,\s*(\w+)\s*\)/g;
const DECLARED = /\bstruct_ops_type\s*\(\s*(?:struct\s+)?(\w+)\s*\)/g;

/** register_bpf_struct_ops(x, T) and struct_ops_type(T), wherever they stand: headers expand the former. */
function findOpsTypes(unit: ParsedUnit): Set<string> {
  const found = new Set<string>();
  for (const file of unit.files) {
    if (libraryFile(file.path)) continue;
    for (const call of [REGISTERED, DECLARED]) for (const m of file.text.matchAll(call)) found.add(m[1]!);
  }
  return found;
}
