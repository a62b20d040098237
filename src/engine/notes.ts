// What went wrong in an exploration whose graph is too large, or the time too short, to read it into arrays:
// one pass over the engine's memory (laid out in assembly/abi.ts), and for each violation the way by which it
// was met first. States lie in the order in which they were met, breadth first, so that it is a way of fewest
// steps.

import {
  ALTERNATIVE_BYTES,
  NODE_EDGES,
  NODE_PARENT,
  NODE_SLOTS,
  NOTE_BYTES,
  Outcome,
  RECORD_CHOSEN,
  RECORD_COUNT,
  RECORD_ENDED,
  RECORD_ITEMS,
  RECORD_KIND,
  RECORD_VALUE,
} from "../../assembly/abi.ts";
import { addressOf, bits, type GraphMemory, nodeBytes, noteAt, type RawNote } from "./graph.ts";

/** A violation, where it was met first. */
export interface FirstNote {
  readonly note: RawNote;
  /** Steps of the graph on which it was met. */
  readonly steps: number;
  /** Slot of each step that leads there, and the results of choose() in them. */
  readonly picks: readonly number[];
  readonly choices: readonly number[];
}

export interface FirstNotes {
  readonly notes: readonly FirstNote[];
  /** Steps that end at a limit of the machine, by LimitKind. */
  readonly limited: ReadonlyMap<number, number>;
  /**
   * A way to a state from which no end can be reached, and how many of them there are; null where there is
   * none, or that was not asked.
   */
  readonly endless: Omit<FirstNote, "note"> | null;
}

/** `complete`: every state was expanded, so that it can be said from which of them no end is reached. */
export function firstNotes(memory: GraphMemory, complete: boolean): FirstNotes {
  return new Scan(memory).read(complete);
}

/** A class because it is one pass over the memory that fills a few tables. */
class Scan {
  readonly #words: Uint32Array;
  readonly #memory: GraphMemory;
  readonly #found = new Map<string, { note: RawNote; steps: number; from: number; choices: number[] }>();
  readonly #limited = new Map<number, number>();

  constructor(memory: GraphMemory) {
    this.#memory = memory;
    this.#words = new Uint32Array(memory.bytes.buffer, memory.bytes.byteOffset + memory.heap);
  }

  read(complete: boolean): FirstNotes {
    const { root, used } = this.#memory;
    this.#edge(root, 0, []);
    for (let at = 8; at < used; ) {
      const slots = this.#slots(at);
      const end = at + NODE_EDGES + 4 * bits(slots).length;
      for (let edge = at + NODE_EDGES, rank = 0; edge < end; edge += 4, rank++) {
        const word = this.#word(edge);
        if ((word & 15) === 0 && word !== 0) this.#edge(word, ((at / 8) << 4) | rank, []);
      }
      at += nodeBytes(slots);
    }
    const notes = [...this.#found.values()].map(({ note, steps, from, choices }) => {
      return { note, steps, ...this.#way(from, choices) };
    });
    return { notes, limited: this.#limited, endless: complete ? this.#endless() : null };
  }

  #slots(node: number): number {
    return this.#word(node + NODE_SLOTS) & 0xffff;
  }

  #word(at: number): number {
    return this.#words[at >>> 2]!;
  }

  /** What a step led to that is more than a state; `from` is a node's word with the rank of the step. */
  #edge(word: number, from: number, choices: number[]): void {
    for (let here = word; here !== 0 && (here & 15) === 0; ) {
      const at = addressOf(here);
      const kind = this.#word(at + RECORD_KIND);
      const value = this.#word(at + RECORD_VALUE);
      const count = this.#word(at + RECORD_COUNT);
      if (kind === RECORD_CHOSEN) {
        for (let i = 0; i < count; i++) {
          const item = at + RECORD_ITEMS + i * ALTERNATIVE_BYTES;
          this.#edge(this.#word(item), from, this.#choicesAt(this.#word(item + 8)));
        }
        return;
      }
      for (let i = 0; i < count; i++) this.#note(at + RECORD_ITEMS + i * NOTE_BYTES, from, choices);
      if (kind === RECORD_ENDED) {
        const limit = value >>> 8;
        if ((value & 0xff) === Outcome.LIMIT) this.#limited.set(limit, (this.#limited.get(limit) ?? 0) + 1);
        return;
      }
      here = value;
    }
  }

  #note(at: number, from: number, choices: number[]): void {
    const key = Array.from(this.#words.subarray(at >>> 2, (at >>> 2) + 4)).join();
    const known = this.#found.get(key);
    if (known !== undefined) known.steps++;
    else
      this.#found.set(key, {
        note: noteAt((place) => this.#word(place), at),
        steps: 1,
        from: from >>> 0,
        choices,
      });
  }

  #choicesAt(word: number): number[] {
    const at = addressOf(word);
    const count = this.#word(at + RECORD_COUNT);
    return Array.from({ length: count }, (_, i) => this.#word(at + RECORD_ITEMS + 4 * i));
  }

  /** The steps to a node and one more: of a node's word with the rank of that step; 0 is the set-up. */
  #way(last: number, choices: readonly number[]): Pick<FirstNote, "picks" | "choices"> {
    const picks: number[] = [];
    const chosen: (readonly number[])[] = [choices];
    let from = last;
    while (from >>> 4 !== 0) {
      const node = addressOf(from);
      picks.push(bits(this.#slots(node))[from & 15]!);
      const parent = this.#word(node + NODE_PARENT);
      const at = addressOf(parent);
      const isRecord = parent >>> 4 !== 0 && at >= this.#memory.used;
      if (isRecord) chosen.push(this.#choicesTo(at, node));
      from = isRecord ? this.#word(at + RECORD_VALUE) : parent;
    }
    return { picks: picks.reverse(), choices: chosen.reverse().flat() };
  }

  /** The choices of the first alternative of a record that leads to a node. */
  #choicesTo(record: number, node: number): number[] {
    const count = this.#word(record + RECORD_COUNT);
    for (let i = 0; i < count; i++) {
      const item = record + RECORD_ITEMS + i * ALTERNATIVE_BYTES;
      if (this.#nodeOf(this.#word(item)) === node) return this.#choicesAt(this.#word(item + 8));
    }
    return [];
  }

  /** The node that a word leads to, past what went wrong on the way; 0 where the run ends. */
  #nodeOf(word: number): number {
    let here = word;
    while ((here & 15) === 0) {
      const at = addressOf(here);
      if (here === 0 || this.#word(at + RECORD_KIND) === RECORD_ENDED) return 0;
      here = this.#word(at + RECORD_VALUE);
    }
    return addressOf(here);
  }

  /** A way to the first state from which no end can be reached. Ends lie behind, so few passes are needed. */
  #endless(): FirstNotes["endless"] {
    const { used } = this.#memory;
    const ends = new Uint8Array(used / 8 + 1);
    // A word that leads to no node leads to an end.
    ends[0] = 1;
    const open = new Uint32Array(used / 24 + 1);
    let count = 0;
    for (let at = 8; at < used; at += nodeBytes(this.#slots(at))) open[count++] = at;
    open.subarray(0, count).reverse();
    for (let before = -1; before !== count; ) {
      before = count;
      count = 0;
      for (let i = 0; i < before; i++) {
        const node = open[i]!;
        if (this.#reaches(node, ends)) ends[node / 8] = 1;
        else open[count++] = node;
      }
    }
    if (count === 0) return null;
    const { picks, choices } = this.#way((open[count - 1]! / 8) << 4, []);
    return { steps: count, picks: picks.slice(0, -1), choices };
  }

  /** Some step of a node that was not left out leads to an end, or to a node from which one is reached. */
  #reaches(node: number, ends: Uint8Array): boolean {
    const end = node + NODE_EDGES + 4 * bits(this.#slots(node)).length;
    for (let edge = node + NODE_EDGES; edge < end; edge += 4) {
      const word = this.#word(edge);
      if (word === 0) continue;
      if ((word & 15) === 0 && this.#word(addressOf(word) + RECORD_KIND) === RECORD_CHOSEN) {
        const at = addressOf(word);
        const count = this.#word(at + RECORD_COUNT);
        for (let i = 0; i < count; i++) {
          if (ends[this.#nodeOf(this.#word(at + RECORD_ITEMS + i * ALTERNATIVE_BYTES)) / 8] === 1)
            return true;
        }
      } else if (ends[this.#nodeOf(word) / 8] === 1) return true;
    }
    return false;
  }
}
