// Which release belongs to which acquire: mutex_lock() and mutex_unlock(), the two ends of a read-side
// section, a reference that is taken and given back. From each acquire every way through its body is followed
// up to the release of the same object (the same expression, or the same value) that closes it; nesting is
// counted. Acquires and releases that share one belong together, and can only be left out together.
//
// What is not closed on every way may be a reference that is handed on, or only a way that nobody can go; and
// a reference that is given back may be another one. Such a pairing is doubtful: whether it holds is for
// whoever explores the program (audit.ts).

import type { Instruction, Operand, PrimitiveName } from "../ir.ts";
import { successors } from "../optimise/flow.ts";
import { liveInto } from "../optimise/liveness.ts";
import { branches, expressions, type Facts, factOf, factsAfter, factsName, learn, needed } from "./values.ts";

export type PairFamily = "lock" | "section" | "reference";

interface Role {
  readonly family: PairFamily;
  /** Only what is of one class can match. */
  readonly class: string;
  /** "tries": takes it if its result is not 0. "keeps": belongs to the pair and closes nothing. */
  readonly does: "takes" | "tries" | "gives" | "keeps";
}

const role = (family: PairFamily, of: string, does: Role["does"]): Role => ({ family, class: of, does });

const ROLES: Partial<Record<PrimitiveName, Role>> = {
  mutex_lock: role("lock", "mutex", "takes"),
  mutex_trylock: role("lock", "mutex", "tries"),
  mutex_unlock: role("lock", "mutex", "gives"),
  spin_lock: role("lock", "spinlock", "takes"),
  spin_trylock: role("lock", "spinlock", "tries"),
  spin_unlock: role("lock", "spinlock", "gives"),
  down_read: role("lock", "rwsem", "takes"),
  down_read_trylock: role("lock", "rwsem", "tries"),
  down_write_trylock: role("lock", "rwsem", "tries"),
  rwsem_queue_write: role("lock", "rwsem", "takes"),
  rwsem_wait_write: role("lock", "rwsem", "keeps"),
  downgrade_write: role("lock", "rwsem", "keeps"),
  up_read: role("lock", "rwsem", "gives"),
  up_write: role("lock", "rwsem", "gives"),
  gp_read_lock: role("section", "domain", "takes"),
  gp_read_unlock: role("section", "domain", "gives"),
  gp_read_unlock_last: role("section", "domain", "gives"),
  refcount_inc: role("reference", "refcount", "takes"),
  refcount_inc_not_zero: role("reference", "refcount", "tries"),
  refcount_dec_and_test: role("reference", "refcount", "gives"),
  css_get: role("reference", "css", "takes"),
  css_tryget: role("reference", "css", "tries"),
  css_tryget_online: role("reference", "css", "tries"),
  css_put: role("reference", "css", "gives"),
};

/** Acquires and releases of one body that belong together, by their numbers in it. */
export interface Pairing {
  readonly family: PairFamily;
  readonly acquires: readonly number[];
  /** All instructions, the acquires among them. */
  readonly members: readonly number[];
  /** Those of the members that give back. */
  readonly releases: readonly number[];
  /** It does not follow from the text that each is given back by who took it. */
  readonly doubtful: boolean;
}

/** Positions that a walk may visit, each way counted apart. */
const VISITS_MAX = 5000;
/** How often one object may be taken at once. */
const DEPTH_MAX = 8;

/** All pairings of a body, in the order of their first acquire. */
export function pairings(code: readonly Instruction[], parameters: number): Pairing[] {
  const body = new Body(code, parameters);
  const groups = new Groups();
  const open = new Set<number>();
  for (const at of code.keys()) {
    const does = body.role(at)?.does;
    if (does !== "takes" && does !== "tries") continue;
    const found = body.closing(at);
    if (!found.closed) open.add(at);
    for (const other of [at, ...found.members]) groups.join(at, other);
  }
  return groups.all().map((members) => {
    const acquires = members.filter((at) => /takes|tries/.test(body.role(at)!.does));
    const releases = members.filter((at) => body.role(at)!.does === "gives");
    const { family } = body.role(acquires[0]!)!;
    const doubtful = family === "reference" || acquires.some((at) => open.has(at));
    return { family, acquires, members, releases, doubtful };
  });
}

interface Position {
  readonly at: number;
  readonly depth: number;
  readonly facts: Facts;
}

/** A class because it is one body with what was found out about it. */
class Body {
  readonly #code: readonly Instruction[];
  readonly #live: ReturnType<typeof liveInto>;
  readonly #name: (o: Operand) => string;
  readonly #object: ReadonlyMap<number, string>;

  constructor(code: readonly Instruction[], parameters: number) {
    this.#code = code;
    this.#live = liveInto(code);
    const name = expressions(code, parameters);
    this.#name = name;
    const object = new Map<number, string>();
    code.forEach((i, at) => {
      const own = this.role(at);
      if (i.op === "primitive" && own !== undefined) object.set(at, `${own.class} ${name(i.args[0]!)}`);
    });
    this.#object = object;
  }

  role(at: number): Role | undefined {
    const i = this.#code[at]!;
    return i.op === "primitive" ? ROLES[i.name] : undefined;
  }

  /**
   * What closes an acquire on the ways from it, what else belongs to it, and whether all of them are closed.
   */
  closing(acquire: number): { members: number[]; closed: boolean } {
    const members = new Set<number>();
    const numbered = this.#numbered(acquire);
    let closed = true;
    const ended = this.#walk(this.#taken(acquire, new Map(), 0), ({ at, depth, facts }) => {
      if (depth === 0) return [];
      if (this.#code[at]!.op === "exit") closed = false;
      if (numbered.size > 0 ? !numbered.has(at) : !this.#isOf(acquire, at, facts)) return undefined;
      const { does } = this.role(at)!;
      if (does === "keeps") members.add(at);
      if (does === "tries" || does === "takes") return this.#taken(at, facts, depth);
      if (does !== "gives") return undefined;
      if (depth === 1) members.add(at);
      return this.#onwards(at, facts, depth - 1);
    });
    return { members: [...members], closed: closed && ended };
  }

  /** What ends the very section that the acquire begins: srcu_read_unlock() says which by its number. */
  #numbered(acquire: number): Set<number> {
    const i = this.#code[acquire]!;
    const found = new Set<number>();
    if (i.op !== "primitive" || i.name !== "gp_read_lock") return found;
    this.#code.forEach((other, at) => {
      const ends = other.op === "primitive" && other.name === "gp_read_unlock";
      if (ends && this.#name(other.args[1]!) === this.#name({ reg: i.dst, plus: 0 })) found.add(at);
    });
    return found;
  }

  /** It is about what the acquire took: by its expression, or because that address came there. */
  #isOf(acquire: number, at: number, facts: Facts): boolean {
    const name = this.#object.get(at);
    if (name === undefined || this.role(at)!.class !== this.role(acquire)!.class) return false;
    const i = this.#code[at]!;
    const address = i.op === "primitive" ? factOf(facts, i.args[0]!) : undefined;
    if (typeof address === "object" && address.of === "object") return address.plus === 0;
    return name === this.#object.get(acquire);
  }

  /** Taken once more, or perhaps not. */
  #taken(at: number, before: Facts, depth: number): Position[] {
    const i = this.#code[at]!;
    if (i.op !== "primitive") throw new Error("only a primitive takes something");
    const facts = factsAfter(before, i, at);
    const object = i.args[0]!;
    const there =
      "reg" in object ? learn(facts, object.reg, { of: "object", plus: -object.plus | 0 }) : facts;
    if (this.role(at)!.does === "takes") return [{ at: at + 1, depth: depth + 1, facts: there }];
    const result = (value: number, known: Facts): Facts => (i.dst === 0 ? known : learn(known, i.dst, value));
    return [
      { at: at + 1, depth: depth + 1, facts: result(1, there) },
      { at: at + 1, depth, facts: result(0, facts) },
    ];
  }

  #onwards(at: number, facts: Facts, depth: number): Position[] {
    const i = this.#code[at]!;
    if (i.op === "branch")
      return branches(facts, i).map((each) => ({ at: each.to, depth, facts: each.facts }));
    // What follows a certain BUG() is not reached.
    const certain = i.op === "bug" && "imm" in i.value && i.value.imm !== 0;
    const after = factsAfter(facts, i, at);
    return certain ? [] : successors(i, at).map((to) => ({ at: to, depth, facts: after }));
  }

  /**
   * Follows every way; `visit` says where one goes on, or undefined where nothing is special. False where
   * there are too many.
   */
  #walk(start: readonly Position[], visit: (position: Position) => Position[] | undefined): boolean {
    const seen = new Set<string>();
    const open = [...start];
    for (let position = open.pop(); position !== undefined; position = open.pop()) {
      const { at, depth } = position;
      const facts = needed(position.facts, this.#live[at]);
      const key = `${at} ${depth} ${factsName(facts)}`;
      if (seen.has(key)) continue;
      if (seen.size >= VISITS_MAX || depth > DEPTH_MAX) return false;
      seen.add(key);
      open.push(...(visit({ at, depth, facts }) ?? this.#onwards(at, facts, depth)));
    }
    return true;
  }
}

/** Sets that grow together. */
class Groups {
  readonly #of = new Map<number, Set<number>>();

  join(a: number, b: number): void {
    const one = this.#of.get(a) ?? new Set([a]);
    const other = this.#of.get(b) ?? new Set([b]);
    for (const each of other) one.add(each);
    for (const each of one) this.#of.set(each, one);
  }

  all(): number[][] {
    const sorted = [...new Set(this.#of.values())].map((set) => [...set].sort((a, b) => a - b));
    return sorted.sort((a, b) => a[0]! - b[0]!);
  }
}
