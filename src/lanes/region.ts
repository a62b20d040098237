// Straight-line code on vectors, as text: boolean operations that are written once however often they are
// asked for, loads that are done once, and writes that are gathered, so that a vector is loaded and stored
// once in a region whatever number of steps change it. What nobody uses is not printed.
//
// That is right because the lanes in which different steps of an iteration happen are disjoint: a test may
// see a vector as it was at the beginning of the region, whatever other lanes have written since.

export const ZERO = "i64x2.splat(0)";
export const ONES = "i64x2.splat(-1)";

/** Where vectors are while a region runs: in memory, or in local variables of the function. */
export type Storage = "memory" | "locals";

interface Line {
  /** What the line makes known, or null: it is there for its effect. */
  readonly name: string | null;
  readonly uses: readonly string[];
  readonly text: string;
  readonly block?: readonly Line[];
}

/** What the regions of a function have in common: the numbering of names, and what vectors are called. */
export class Scope {
  private next = 0;
  readonly storage: Storage;
  private readonly vectors: readonly { readonly name: string }[];

  constructor(storage: Storage, vectors: readonly { readonly name: string }[]) {
    this.storage = storage;
    this.vectors = vectors;
  }

  fresh(): string {
    return `x${this.next++}`;
  }

  load(n: number): string {
    return this.storage === "memory" ? `get(${n})` : `s${n}`;
  }

  store(n: number, value: string): string {
    const text = this.storage === "memory" ? `put(${n}, ${value});` : `s${n} = ${value};`;
    return `${text} // ${this.vectors[n]!.name}`;
  }
}

export class Region {
  private readonly lines: Line[] = [];
  private readonly known = new Map<string, string>();
  private readonly loaded = new Map<number, string>();
  private readonly now = new Map<number, string>();
  private readonly sets = new Map<number, string[]>();
  private readonly clears = new Map<number, string[]>();
  private readonly stored = new Set<number>();
  /** Stored by a block that is over: what was known of them before is no longer so. */
  private readonly stale = new Set<number>();
  private readonly scope: Scope;
  private readonly parent: Region | null;

  constructor(scope: Scope, parent: Region | null = null) {
    this.scope = scope;
    this.parent = parent;
  }

  // -------------------------------------------------------------- operations

  and(a: string, b: string): string {
    if (a === ZERO || b === ZERO) return ZERO;
    if (a === ONES || a === b) return b;
    return b === ONES ? a : this.commutative("and", a, b);
  }

  or(a: string, b: string): string {
    if (a === ZERO || a === b) return b;
    return b === ZERO ? a : this.commutative("or", a, b);
  }

  /** a without b. */
  andnot(a: string, b: string): string {
    if (a === ZERO || a === b) return ZERO;
    if (a === ONES) return this.not(b);
    return b === ZERO ? a : this.node(`v128.andnot(${a}, ${b})`, [a, b]);
  }

  xor(a: string, b: string): string {
    if (a === b) return ZERO;
    if (a === ZERO) return b;
    return b === ZERO ? a : this.commutative("xor", a, b);
  }

  not(a: string): string {
    if (a === ZERO) return ONES;
    return this.node(`v128.not(${a})`, [a]);
  }

  /** a in lanes m, b in the others. */
  select(a: string, b: string, m: string): string {
    if (m === ONES || a === b) return a;
    return m === ZERO ? b : this.node(`v128.bitselect(${a}, ${b}, ${m})`, [a, b, m]);
  }

  any(masks: readonly string[]): string {
    return masks.reduce((a, b) => this.or(a, b), ZERO);
  }

  private commutative(op: string, a: string, b: string): string {
    const [x, y] = a < b ? [a, b] : [b, a];
    return this.node(`v128.${op}(${x}, ${y})`, [x, y]);
  }

  /** A value that the text says: named, once. */
  node(text: string, uses: readonly string[] = []): string {
    const known = this.lookUp(text);
    if (known !== undefined) return known;
    const name = this.scope.fresh();
    this.lines.push({ name, uses, text: `const ${name} = ${text};` });
    this.known.set(text, name);
    return name;
  }

  /** A name whose value changes: what is computed from it is only good until then. */
  variable(value: string): string {
    const name = this.scope.fresh();
    this.lines.push({ name, uses: [value], text: `let ${name} = ${value};` });
    return name;
  }

  private lookUp(text: string): string | undefined {
    return this.known.get(text) ?? this.parent?.lookUp(text);
  }

  // -------------------------------------------------------------- vectors

  /** A vector as it was when it was first asked for. */
  load(n: number): string {
    const known = this.loadedAlready(n);
    if (known !== undefined) return known;
    const name = this.scope.fresh();
    this.lines.push({ name, uses: [], text: `const ${name} = ${this.scope.load(n)};` });
    this.loaded.set(n, name);
    return name;
  }

  private loadedAlready(n: number): string | undefined {
    return this.loaded.get(n) ?? (this.stale.has(n) ? undefined : this.parent?.loadedAlready(n));
  }

  /** A vector as it is now. */
  current(n: number): string {
    return this.nowKnown(n) ?? this.load(n);
  }

  private nowKnown(n: number): string | undefined {
    return this.now.get(n) ?? (this.stale.has(n) ? undefined : this.parent?.nowKnown(n));
  }

  set(n: number, mask: string): void {
    if (mask !== ZERO) this.sets.set(n, [...(this.sets.get(n) ?? []), mask]);
  }

  clear(n: number, mask: string): void {
    if (mask !== ZERO) this.clears.set(n, [...(this.clears.get(n) ?? []), mask]);
  }

  /** Does what was gathered for a vector, or for all. */
  commit(only?: number): void {
    const touched = only === undefined ? new Set([...this.sets.keys(), ...this.clears.keys()]) : [only];
    for (const n of touched) {
      const set = this.any([...new Set(this.sets.get(n) ?? [])]);
      const clear = this.any([...new Set(this.clears.get(n) ?? [])]);
      this.sets.delete(n);
      this.clears.delete(n);
      this.store(n, this.or(this.andnot(this.current(n), clear), set));
    }
  }

  store(n: number, value: string): void {
    if (this.nowKnown(n) === value) return;
    this.lines.push({ name: null, uses: [value], text: this.scope.store(n, value) });
    this.now.set(n, value);
    this.stored.add(n);
  }

  // -------------------------------------------------------------- what is done

  say(text: string, uses: readonly string[] = []): void {
    this.lines.push({ name: null, uses, text });
  }

  /** Code for when any lane is in the mask. What it stores is asked for again afterwards. */
  guard(mask: string, build: (inner: Region) => void): void {
    if (mask === ZERO) return;
    this.block(`if (v128.any_true(${mask})) {`, [mask], build);
  }

  block(head: string, uses: readonly string[], build: (inner: Region) => void): void {
    const inner = new Region(this.scope, this);
    build(inner);
    inner.commit();
    if (inner.lines.length === 0) return;
    this.lines.push({ name: null, uses, text: head, block: inner.lines });
    for (const n of inner.stored) {
      this.stored.add(n);
      this.stale.add(n);
      this.loaded.delete(n);
      this.now.delete(n);
    }
  }

  /** Operations in it, about: what a test for whether they are needed at all has to be weighed against. */
  get size(): number {
    return this.lines.length;
  }

  print(indent: string): string[] {
    return printed(this.lines, new Set(), indent);
  }
}

/** Text of lines, from the last to the first, so that it is known what is used. */
function printed(lines: readonly Line[], used: Set<string>, indent: string): string[] {
  const text: string[] = [];
  for (const line of [...lines].reverse()) {
    if (line.name !== null && !used.has(line.name)) continue;
    if (line.block !== undefined) {
      text.push(`${indent}}`, ...printed(line.block, used, `${indent}  `).reverse());
    }
    text.push(`${indent}${line.text}`);
    for (const name of line.uses) used.add(name);
  }
  return text.reverse();
}
