// Priorities of the tasks in each lane, for pct:D (assembly/schedule/pct.ts says what that is): of those that
// can step the one with the highest does, and at change points that one falls below all others first.
// Everything is drawn by the distribution of the scalar machine.
//
// A priority is a number. Of tasks that have not fallen it is their place in an order of all tasks of the
// schedule, those that are yet to come to be among them; of those that have, it is the level to which they
// fell. A task that comes to be again is another one, which is put into the order. The one that it was keeps
// its place there: what has been seen of it says something about the others.
//
// What is drawn for a schedule is dealt to all lanes at once beforehand, and each takes its own when it
// begins, so that dealing costs the same where lanes begin one by one. A lane that is at a change point steps
// in the next iteration: in this one whoever would step falls.

import {
  DEALT_PLACES, DEALT_POINTS, FALLEN, HAD, PICKS, PLACES, POINT_BITS, POINTS, PRIORITIES, PRIORITY_VECTORS,
  RUNS, THERE,
} from "./memory";
import { bitsOf, clear, constant, drawBelow, drawUpTo, notBelow, put, raise } from "./numbers";
import { TASKS } from "./program";
import { none, overflow } from "./runtime";

/** A task's priority, a point: so many bytes. */
const PRIORITY: usize = <usize>PRIORITY_VECTORS << 4;
const POINT: usize = <usize>POINT_BITS << 4;
/** By bit: the level to which tasks fall. */
const LEVEL: usize = memory.data(128, 16);
/** A place that a task comes to, and how many there are; one bit more than a place has. */
const PLACE: usize = memory.data(128, 16);
const PLACES_TAKEN: usize = memory.data(144, 16);
/** By point: lanes that are past it. */
const PAST: usize = memory.data(256, 16);
/** Steps of which several tasks could take each, counted in each lane: from 0 on, as points are. */
const COUNTED: usize = memory.data(256, 16);
/** Lanes that have not taken what was dealt to them. */
const LEFT: usize = memory.data(16, 16);
/** Tasks that can step in any lane. */
const ABLE: usize = memory.data(64, 1);
let able: usize = 0;

/** Bits of a place, of which there may come to be more, and of a priority: a place or a level. */
let placeBits: u32 = 0;
let priorityBits: u32 = 0;
/** Change points, and levels; the number of steps among which they are drawn, its bits. */
let points: u32 = 0;
let among: u32 = 1;
let amongBits: u32 = 0;

/** So deep, with change points among so many steps. */
export function setPct(depth: u32, steps: u32): void {
  points = depth - 1;
  among = steps;
  amongBits = bitsOf(steps - 1);
}

/** For a block: nothing is dealt. */
export function pctOpen(): void {
  v128.store(LEFT, none());
  setPlaceBits(bitsOf(TASKS - 1));
}

function setPlaceBits(bits: u32): void {
  placeBits = bits;
  priorityBits = max(bits, bitsOf(points));
}

/** Lanes m begin a schedule. */
export function pctBegin(m: v128): void {
  const left = v128.load(LEFT);
  if (v128.any_true(v128.andnot(m, left))) {
    deal();
    v128.store(LEFT, v128.not(m));
  } else {
    v128.store(LEFT, v128.andnot(left, m));
  }
  for (let task: usize = 0; task < <usize>TASKS; task++) {
    clear(FALLEN + (task << 4), m);
    clear(THERE + (task << 4), m);
    clear(HAD + (task << 4), m);
    for (let at = task * PRIORITY; at < task * PRIORITY + (<usize>priorityBits << 4); at += 16) {
      const place = v128.load(DEALT_PLACES + at);
      put(PRIORITIES + at, place, m);
      put(PLACES + at, place, m);
    }
  }
  for (let bit: u32 = 0; bit <= PRIORITY_VECTORS; bit++) {
    put(PLACES_TAKEN + (<usize>bit << 4), constant((TASKS >> bit) & 1), m);
  }
  for (let bit: usize = 0; bit < <usize>amongBits; bit++) clear(COUNTED + (bit << 4), m);
  for (let n: usize = 0; n < <usize>points; n++) {
    clear(PAST + (n << 4), m);
    for (let at = n * POINT; at < n * POINT + (<usize>amongBits << 4); at += 16) {
      put(POINTS + at, v128.load(DEALT_POINTS + at), m);
    }
  }
}

/** Does it to all vectors that say something of the schedules that are under way. */
export function pctEach(
  move: (vectors: usize, n: u32, m: v128, at: usize) => usize,
  m: v128,
  from: usize,
): usize {
  let at = move(FALLEN, TASKS, m, from);
  at = move(THERE, TASKS, m, at);
  at = move(HAD, TASKS, m, at);
  at = move(PRIORITIES, TASKS * PRIORITY_VECTORS, m, at);
  at = move(PLACES, TASKS * PRIORITY_VECTORS, m, at);
  at = move(PLACES_TAKEN, PRIORITY_VECTORS + 1, m, at);
  at = move(POINTS, points * POINT_BITS, m, at);
  at = move(PAST, points, m, at);
  return move(COUNTED, amongBits, m, at);
}

// ---------------------------------------------------------------- dealing

/** An order of all tasks in each lane, and change points. */
function deal(): void {
  for (let task: u32 = 0; task < TASKS; task++) {
    // Among those before it, at one of as many places as there are then: so every order comes as often.
    const at = DEALT_PLACES + <usize>task * PRIORITY;
    const bits = bitsOf(task);
    memory.fill(at, 0, PRIORITY);
    drawBelow(at, task + 1);
    for (let other = DEALT_PLACES; other < at; other += PRIORITY) {
      raise(other, bits, notBelow(other, at, bits));
    }
  }
  for (let n: u32 = 0; n < points; n++) drawBelow(DEALT_POINTS + <usize>n * POINT, among);
}

// ---------------------------------------------------------------- tasks that come to be

/** A task has come to be in lanes m. Where it had been before, this is another one: it draws anew. */
export function comesToBe(task: u32, m: v128): void {
  const at = HAD + (<usize>task << 4);
  const had = v128.load(at);
  const again = v128.and(had, m);
  if (v128.any_true(again)) placeAnew(task, again);
  v128.store(at, v128.or(had, m));
}

/** The task is put at one of all places, and at the one after the last. */
function placeAnew(task: u32, m: v128): void {
  if (v128.any_true(v128.and(m, v128.load(PLACES_TAKEN + (<usize>placeBits << 4))))) {
    if (placeBits == PRIORITY_VECTORS) {
      overflow(m);
      return;
    }
    setPlaceBits(placeBits + 1);
  }
  drawUpTo(PLACE, PLACES_TAKEN, placeBits, m);
  raise(PLACES_TAKEN, placeBits + 1, m);
  clear(FALLEN + (<usize>task << 4), m);
  for (let other: u32 = 0; other < TASKS; other++) {
    const at = <usize>other * PRIORITY;
    // Its own place is taken by the one that it was, which is no more looked at.
    raise(PLACES + at, placeBits, v128.and(m, notBelow(PLACES + at, PLACE, placeBits)));
    for (let n: usize = 0; other == task && n < <usize>placeBits << 4; n += 16) {
      put(PLACES + at + n, v128.load(PLACE + n), m);
    }
    const stands = v128.andnot(m, v128.load(FALLEN + (<usize>other << 4)));
    for (let n: usize = 0; n < <usize>priorityBits << 4; n += 16) {
      put(PRIORITIES + at + n, v128.load(PLACES + at + n), stands);
    }
  }
}

// ---------------------------------------------------------------- who steps

/**
 * Says in PICKS who has the highest priority, in all vectors of tasks that can step in some lane. Returns the
 * lanes in which nobody steps, for that one has fallen. Several can step in lanes m.
 */
export function pickHighest(m: v128): v128 {
  able = 0;
  for (let task: usize = 0; task < <usize>TASKS; task++) {
    store<u8>(ABLE + able, <u8>task);
    able += <usize>v128.any_true(v128.load(RUNS + (task << 4)));
  }
  climb();
  const falling = points ? changes(m) : none();
  if (v128.any_true(falling)) fall(falling);
  return falling;
}

/** Of all that can step those are left who have the highest bit, then the next one, until it is one. */
function climb(): void {
  let bit = PRIORITIES + (<usize>priorityBits << 4) - 16;
  let standing = none();
  for (let n: usize = 0; n < able; n++) {
    const at = <usize>load<u8>(ABLE + n) << 4;
    standing = v128.or(standing, v128.andnot(v128.load(RUNS + at), v128.load(FALLEN + at)));
  }
  let any = none();
  for (let n: usize = 0; n < able; n++) {
    const task = <usize>load<u8>(ABLE + n);
    const fallen = v128.load(FALLEN + (task << 4));
    const left = v128.andnot(v128.load(RUNS + (task << 4)), v128.and(standing, fallen));
    v128.store(PICKS + (task << 4), left);
    any = v128.or(any, v128.and(left, v128.load(bit + task * PRIORITY)));
  }
  // Each round looks ahead for the next one; what the last one sees there is nobody's.
  for (; bit >= PRIORITIES; bit -= 16) {
    let next = none();
    for (let n: usize = 0; n < able; n++) {
      const task = <usize>load<u8>(ABLE + n);
      const at = bit + task * PRIORITY;
      const left = v128.andnot(v128.load(PICKS + (task << 4)), v128.andnot(any, v128.load(at)));
      v128.store(PICKS + (task << 4), left);
      next = v128.or(next, v128.and(left, v128.load(at - 16)));
    }
    any = next;
  }
}

/** Counts a step in lanes m, but where a change comes before it: returns these, with their LEVEL. */
function changes(m: v128): v128 {
  let falling = none();
  for (let n: u32 = 0; n < points; n++) {
    const past = v128.load(PAST + (<usize>n << 4));
    let here = v128.andnot(m, past);
    const point = POINTS + <usize>n * POINT;
    for (let bit: usize = 0; bit < <usize>amongBits << 4; bit += 16) {
      here = v128.andnot(here, v128.xor(v128.load(point + bit), v128.load(COUNTED + bit)));
    }
    v128.store(PAST + (<usize>n << 4), v128.or(past, here));
    falling = v128.or(falling, here);
    // Of several at one step the last one's level counts.
    for (let bit: u32 = 0; bit < priorityBits; bit++) {
      const at = LEVEL + (<usize>bit << 4);
      const level = v128.load(at);
      v128.store(at, ((n + 1) >> bit) & 1 ? v128.or(level, here) : v128.andnot(level, here));
    }
  }
  raise(COUNTED, amongBits, v128.andnot(m, falling));
  return falling;
}

/** Whoever is highest falls below all that have not fallen, to the LEVEL of its lane. */
function fall(m: v128): void {
  for (let n: usize = 0; n < able; n++) {
    const task = <usize>load<u8>(ABLE + n);
    const falls = v128.and(v128.load(PICKS + (task << 4)), m);
    if (!v128.any_true(falls)) continue;
    const at = FALLEN + (task << 4);
    v128.store(at, v128.or(v128.load(at), falls));
    for (let bit: usize = 0; bit < <usize>priorityBits << 4; bit += 16) {
      put(PRIORITIES + task * PRIORITY + bit, v128.load(LEVEL + bit), falls);
    }
  }
}
