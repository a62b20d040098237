// The portfolio: which strategy draws schedule i of a campaign, a function of i alone. No strategy is good on
// every model, and each is hopeless on some; taking turns costs at most the inverse of a share, and no bug is
// out of reach that one of them reaches.
//
// Every fourth block of schedules is the random walk's, for lanes run it many times faster: that takes little
// of the time. (The first block is shared like the others: it is what a short campaign consists of.) The rest
// is cut into chunks, which all draw in rotation. A chunk is short enough for each to have had its turn
// within some thousand schedules, and long enough for a change of strategy to cost nothing.

import { MEMBER_PARAMETER_SHIFT, Strategy } from "../../assembly/abi.ts";
import { BLOCK } from "../engine/lanes.ts";

/** Blocks of which one is the random walk's. */
export const RANDOM_EVERY = 4;
const CHUNK = 2 ** 10;

const pct = (depth: number): number => Strategy.PCT | (depth << MEMBER_PARAMETER_SHIFT);
const STICKY_90 = Strategy.STICKY | (90 << MEMBER_PARAMETER_SHIFT);

/**
 * The shares, in sixteenths. SURW has five: it reaches most on the published suites and by itself the orders
 * that take many steps of one task between two of another. POS has four: it sees distinct behaviours soonest,
 * and lacks SURW's dependence on one cell. PCT has four, of depths 2, 3, 3 and 5: its chances are
 * bounded from below, and few bugs take more orderings. URW is best where short tasks hide what long ones do,
 * sticky where one task must run far, the random walk where much goes wrong soon: one each.
 */
const ROTATION: readonly number[] = [
  Strategy.RANDOM,
  Strategy.SURW,
  Strategy.POS,
  pct(3),
  Strategy.SURW,
  Strategy.URW,
  Strategy.POS,
  pct(2),
  Strategy.SURW,
  STICKY_90,
  Strategy.POS,
  pct(3),
  Strategy.SURW,
  Strategy.POS,
  Strategy.SURW,
  pct(5),
];

/** Everybody who draws, in the order in which they come first. */
export const MEMBERS: readonly number[] = [...new Set(ROTATION)];

/** The block is the random walk's as a whole. */
export function isRandomBlock(block: number): boolean {
  return block > 0 && block % RANDOM_EVERY === 0;
}

/** Who draws a schedule of the portfolio. */
export function memberAt(schedule: number): number {
  if (isRandomBlock(Math.floor(schedule / BLOCK))) return Strategy.RANDOM;
  return ROTATION[Math.floor(schedule / CHUNK) % ROTATION.length]!;
}

/** A strategy, or who draws that schedule for it. */
export function resolveMember(strategy: number, schedule: number): number {
  return strategy === Strategy.PORTFOLIO ? memberAt(schedule) : strategy;
}

export interface Piece {
  readonly member: number;
  readonly first: number;
  readonly count: number;
}

/** A range of schedules, cut where another member draws. */
export function piecesOf(strategy: number, first: number, count: number): Piece[] {
  if (strategy !== Strategy.PORTFOLIO) return [{ member: strategy, first, count }];
  const pieces: Piece[] = [];
  const end = first + count;
  for (let at = first; at < end; ) {
    const member = memberAt(at);
    let next = Math.min(end, (Math.floor(at / CHUNK) + 1) * CHUNK);
    while (next < end && memberAt(next) === member) next = Math.min(end, next + CHUNK);
    pieces.push({ member, first: at, count: next - at });
    at = next;
  }
  return pieces;
}
