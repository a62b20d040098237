// Reads the graph of states that an exploration left in the engine's memory (laid out in assembly/abi.ts)
// into plain arrays: states by number, in the order in which they were met, and the steps from each.

import {
  ALTERNATIVE_BYTES,
  NODE_EDGES,
  NODE_SLOTS,
  NOTE_BYTES,
  RECORD_CHOSEN,
  RECORD_COUNT,
  RECORD_ITEMS,
  RECORD_KIND,
  RECORD_NOTED,
  RECORD_VALUE,
} from "../../assembly/abi.ts";

/** A violation on a step or at an end: as in RawFinding, without how often. */
export interface RawNote {
  readonly kind: number;
  readonly detail: number;
  readonly site: number;
  readonly class: number;
  readonly other: number;
  readonly task: number;
}

/** Where a step ends that leads to no state from which anybody can step. */
const NOWHERE = -1;
/** Where a step leads that the exploration did not take. */
export const UNKNOWN = -2;

/**
 * The graph. State n has the steps first[n] to first[n + 1] - 1; the last entry of `first` but one is the
 * set-up, which comes before every state and is their number n = `states`.
 */
export interface StateGraph {
  /** States in which somebody can step. */
  readonly states: number;
  readonly first: Uint32Array;
  /** By state: the slots that can step. */
  readonly slots: Uint16Array;
  /** By step: state it leads to, NOWHERE or UNKNOWN. */
  readonly target: Int32Array;
  /** By step: chance of being taken in its state, by a uniform choice of the slot and of each choose(). */
  readonly chance: Float64Array;
  /** By step: the slot that steps. */
  readonly slot: Uint8Array;
  /** By step: an Outcome where it leads nowhere. */
  readonly outcome: Uint8Array;
  /** By step: a LimitKind where the outcome is a limit. */
  readonly limit: Uint8Array;
  /** By step: index into noteSets of what went wrong in it; 0 nothing. */
  readonly notes: Uint32Array;
  readonly noteSets: readonly (readonly RawNote[])[];
  /** Results of choose() in a step; none where it is not in the map. */
  readonly choices: ReadonlyMap<number, readonly number[]>;
}

/** Steps that can be held in arrays; beyond it readGraph() returns null. */
export const GRAPH_STEPS_MAX = 30_000_000;

export interface GraphMemory {
  readonly bytes: Uint8Array;
  /** Address of the heap; bytes of it that hold nodes; word of what the set-up comes to. */
  readonly heap: number;
  readonly used: number;
  readonly root: number;
  /** Upper bound on the steps. */
  readonly transitions: number;
}

/** Null where the graph is too large to be held in arrays. */
export function readGraph(memory: GraphMemory): StateGraph | null {
  if (memory.transitions > GRAPH_STEPS_MAX) return null;
  return new Reader(memory).read();
}

/** A class because it is one pass over the memory that fills many arrays. */
class Reader {
  readonly #heap: number;
  readonly #used: number;
  readonly #root: number;
  readonly #view: DataView;
  /** By address in units of 8 bytes: number of the state. */
  readonly #numbers: Uint32Array;
  readonly #noteSets: RawNote[][] = [[]];
  readonly #noteIds = new Map<string, number>([["", 0]]);
  readonly #choices = new Map<number, number[]>();
  #target: Int32Array;
  #chance: Float64Array;
  #slot: Uint8Array;
  #outcome: Uint8Array;
  #limit: Uint8Array;
  #notes: Uint32Array;
  #steps = 0;

  constructor(memory: GraphMemory) {
    const { bytes } = memory;
    this.#heap = memory.heap;
    this.#used = memory.used;
    this.#root = memory.root;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#numbers = new Uint32Array(this.#used / 8);
    const room = memory.transitions + Math.ceil(this.#used / 4) + 1;
    const size = Math.min(room, memory.transitions * 2 + 1024);
    this.#target = new Int32Array(size);
    this.#chance = new Float64Array(size);
    this.#slot = new Uint8Array(size);
    this.#outcome = new Uint8Array(size);
    this.#limit = new Uint8Array(size);
    this.#notes = new Uint32Array(size);
  }

  read(): StateGraph {
    const addresses: number[] = [];
    for (let at = 8; at < this.#used; at += nodeBytes(this.#slots(at))) {
      this.#numbers[at / 8] = addresses.length;
      addresses.push(at);
    }
    const states = addresses.length;
    const first = new Uint32Array(states + 2);
    const slots = new Uint16Array(states + 1);
    for (const [number, at] of addresses.entries()) {
      first[number] = this.#steps;
      const mask = this.#slots(at);
      slots[number] = mask;
      const members = bits(mask);
      for (const [rank, slot] of members.entries()) {
        this.#follow(this.#word(at + NODE_EDGES + 4 * rank), slot, 1 / members.length);
      }
    }
    first[states] = this.#steps;
    this.#follow(this.#root, 0, 1);
    first[states + 1] = this.#steps;
    return {
      states,
      first,
      slots,
      target: this.#target.subarray(0, this.#steps),
      chance: this.#chance.subarray(0, this.#steps),
      slot: this.#slot.subarray(0, this.#steps),
      outcome: this.#outcome.subarray(0, this.#steps),
      limit: this.#limit.subarray(0, this.#steps),
      notes: this.#notes.subarray(0, this.#steps),
      noteSets: this.#noteSets,
      choices: this.#choices,
    };
  }

  #word(at: number): number {
    return this.#view.getUint32(this.#heap + at, true);
  }

  #slots(at: number): number {
    return this.#word(at + NODE_SLOTS) & 0xffff;
  }

  /** All that a word leads to, each alternative a step of its own. */
  #follow(word: number, slot: number, chance: number): void {
    const at = addressOf(word);
    if (word === 0 || (word & 15) !== 0 || this.#word(at + RECORD_KIND) !== RECORD_CHOSEN) {
      this.#step(word, slot, chance);
      return;
    }
    const count = this.#word(at + RECORD_COUNT);
    for (let i = 0; i < count; i++) {
      const item = at + RECORD_ITEMS + i * ALTERNATIVE_BYTES;
      const leads = this.#word(item);
      if (leads !== 0) this.#choices.set(this.#steps, this.#choicesOf(this.#word(item + 8)));
      this.#step(leads, slot, chance / this.#word(item + 4));
    }
  }

  #choicesOf(word: number): number[] {
    const at = addressOf(word);
    const count = this.#word(at + RECORD_COUNT);
    return Array.from({ length: count }, (_, i) => this.#word(at + RECORD_ITEMS + 4 * i));
  }

  #step(word: number, slot: number, chance: number): void {
    if (this.#steps === this.#target.length) this.#grow();
    const step = this.#steps++;
    const notes: RawNote[] = [];
    let target = UNKNOWN;
    for (let here = word; here !== 0; ) {
      const at = addressOf(here);
      if ((here & 15) !== 0) {
        target = this.#numbers[at / 8]!;
        break;
      }
      const count = this.#word(at + RECORD_COUNT);
      for (let i = 0; i < count; i++) {
        notes.push(noteAt((place) => this.#word(place), at + RECORD_ITEMS + i * NOTE_BYTES));
      }
      const value = this.#word(at + RECORD_VALUE);
      if (this.#word(at + RECORD_KIND) !== RECORD_NOTED) {
        target = NOWHERE;
        this.#outcome[step] = value & 0xff;
        this.#limit[step] = value >>> 8;
        break;
      }
      here = value;
    }
    this.#target[step] = target;
    this.#chance[step] = chance;
    this.#slot[step] = slot;
    this.#notes[step] = this.#noteSet(notes);
  }

  #noteSet(notes: RawNote[]): number {
    if (notes.length === 0) return 0;
    const key = JSON.stringify(notes);
    let id = this.#noteIds.get(key);
    if (id === undefined) {
      id = this.#noteSets.length;
      this.#noteSets.push(notes);
      this.#noteIds.set(key, id);
    }
    return id;
  }

  /** Steps with many choices are more than the exploration counted room for. */
  #grow(): void {
    const size = this.#target.length * 2;
    const larger = <T extends { set(from: T): void; length: number }>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.#target = larger(new Int32Array(size), this.#target);
    this.#chance = larger(new Float64Array(size), this.#chance);
    this.#slot = larger(new Uint8Array(size), this.#slot);
    this.#outcome = larger(new Uint8Array(size), this.#outcome);
    this.#limit = larger(new Uint8Array(size), this.#limit);
    this.#notes = larger(new Uint32Array(size), this.#notes);
  }
}

/** A note, from an address on. */
export function noteAt(word: (at: number) => number, at: number): RawNote {
  const kind = word(at);
  return {
    kind: kind & 0xff,
    detail: kind >>> 8,
    site: word(at + 4),
    class: word(at + 8) | 0,
    other: word(at + 12) | 0,
    task: word(at + 16),
  };
}

/** Bytes from the heap's beginning. */
export function addressOf(word: number): number {
  return (word >>> 4) * 8;
}

export function nodeBytes(slots: number): number {
  return Math.ceil((NODE_EDGES + 4 * bits(slots).length) / 8) * 8;
}

export function bits(mask: number): number[] {
  const found: number[] = [];
  for (let rest = mask; rest !== 0; rest &= rest - 1) found.push(31 - Math.clz32(rest & -rest));
  return found;
}
