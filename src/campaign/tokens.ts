// The one-line tokens that replay a run, and nothing else: what they are applied to is replay.ts.
//
//   seed token      rp1:<hash>:<strategy>:<seed>:<schedule>
//   schedule token  rp1s:<hash>:<segments>[.<choices>].<check>
//
//   hash      8 hex digits: the compiled program
//   strategy  a name, with its parameters where it has some: random, pct-3
//   seed, schedule  decimal, 64 and 50 bits
//   segments  (<task><count>)*  task: a = slot 0 ... o = slot 14; count: how many steps in a row, none = 1;
//             "-" where the run has no step at all
//   choices   <value>(-<value>)*  results of choose(), in the order drawn, decimal; trailing zeros left out
//   check     4 hex digits: CRC-16/CCITT of everything before the last dot
//
// Blanks, line ends and the ">" of a reply do not count in a schedule token: a long one is wrapped in a mail.
//
// A seed token replays on the identical program only; a schedule token on every one whose steps are alike.

import { STEPS_MAX, TASKS_MAX } from "../../assembly/abi.ts";
import { UsageError } from "../base/errors.ts";
import { SCHEDULES_MAX } from "./plan.ts";

export interface SeedToken {
  readonly kind: "seed";
  readonly hash: string;
  readonly strategy: string;
  readonly seed: bigint;
  readonly schedule: number;
}

export interface ScheduleToken {
  readonly kind: "schedule";
  readonly hash: string;
  /** Slot of each step. */
  readonly picks: readonly number[];
  readonly choices: readonly number[];
}

export type Token = SeedToken | ScheduleToken;

/** Results of choose() that a token may carry. */
const CHOICES_MAX = 4096;
/** Longer input is no token. */
const TOKEN_CHARACTERS_MAX = 4 * STEPS_MAX;
const LETTER_FIRST = "a".charCodeAt(0);
const SHAPE =
  "a token is rp1:HASH:STRATEGY:SEED:SCHEDULE or rp1s:HASH:STEPS.CHECK, as fuzz prints it with each finding";

export function formatToken(token: Token): string {
  if (token.kind === "seed") {
    return `rp1:${token.hash}:${token.strategy}:${token.seed}:${token.schedule}`;
  }
  const choices = formatChoices(token.choices);
  const body = `rp1s:${token.hash}:${formatSegments(token.picks)}${choices === "" ? "" : `.${choices}`}`;
  return `${body}.${check(body)}`;
}

/** Throws a UsageError that says what is wrong with the text. */
export function parseToken(text: string): Token {
  const trimmed = text.trim().startsWith("rp1s:") ? text.replaceAll(/[\s>]+/g, "") : text.trim();
  if (trimmed.length > TOKEN_CHARACTERS_MAX) throw new UsageError("the token is too long", SHAPE);
  if (trimmed.startsWith("rp1:")) return parseSeedToken(trimmed);
  if (trimmed.startsWith("rp1s:")) return parseScheduleToken(trimmed);
  const version = /^rp(\d+)s?:/.exec(trimmed)?.[1];
  if (version !== undefined) {
    throw new UsageError(`token version ${version} is unknown; this raceproof reads version 1`, SHAPE);
  }
  throw new UsageError(`"${shorten(trimmed)}" is not a token`, SHAPE);
}

function parseSeedToken(text: string): SeedToken {
  const parts = text.split(":");
  const [, hash = "", strategy = "", seed = "", schedule = ""] = parts;
  if (parts.length < 5 || schedule === "") {
    const missing = ["STRATEGY", "SEED", "SCHEDULE"].slice(Math.max(0, Math.min(parts.length, 4) - 2));
    throw new UsageError(`the token ${shorten(text)} is cut off: its ${missing.join(":")} is missing`, SHAPE);
  }
  if (parts.length > 5) throw new UsageError(`the token ${shorten(text)} has more than five parts`, SHAPE);
  checkHash(hash);
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(strategy)) {
    throw new UsageError(`the token's strategy "${shorten(strategy)}" is not a name`, SHAPE);
  }
  if (!/^\d{1,20}$/.test(seed) || BigInt(seed) >= 1n << 64n) {
    throw new UsageError(`the token's seed "${shorten(seed)}" is not a decimal number below 2^64`, SHAPE);
  }
  if (!/^\d{1,16}$/.test(schedule) || Number(schedule) >= SCHEDULES_MAX) {
    throw new UsageError(
      `the token's schedule number "${shorten(schedule)}" is not a number below 2^50`,
      SHAPE,
    );
  }
  return { kind: "seed", hash, strategy, seed: BigInt(seed), schedule: Number(schedule) };
}

function parseScheduleToken(text: string): ScheduleToken {
  const [, hash = "", rest, ...more] = text.split(":");
  checkHash(hash);
  if (rest === undefined || rest === "") {
    throw new UsageError(`the token ${shorten(text)} is cut off: its steps are missing`, SHAPE);
  }
  if (more.length > 0) throw new UsageError(`the token ${shorten(text)} has more than three parts`, SHAPE);
  const dot = text.lastIndexOf(".");
  const expected = dot < 0 ? "" : check(text.slice(0, dot));
  if (dot < 0 || !/^[0-9a-f]{4}$/.test(text.slice(dot + 1))) {
    throw new UsageError(
      `the token ${shorten(text)} is cut off: the check digits after the last dot are missing`,
      SHAPE,
    );
  }
  if (text.slice(dot + 1) !== expected) {
    throw new UsageError(
      `the token ${shorten(text)} was damaged on its way: its check digits do not fit`,
      "copy the whole line again; a mail program may have wrapped it",
    );
  }
  const [segments = "", choices = "", ...extra] = rest.slice(0, rest.lastIndexOf(".")).split(".");
  if (extra.length > 0) throw new UsageError("the token has more than one list of choices", SHAPE);
  return { kind: "schedule", hash, picks: parseSegments(segments), choices: parseChoices(choices) };
}

function checkHash(hash: string): void {
  if (!/^[0-9a-f]{8}$/.test(hash)) {
    throw new UsageError(`the token's program hash "${shorten(hash)}" is not 8 hex digits`, SHAPE);
  }
}

/** [0, 0, 0, 1, 0] is "a3ba". */
export function formatSegments(picks: readonly number[]): string {
  let text = "";
  for (let i = 0; i < picks.length; ) {
    let end = i;
    while (end < picks.length && picks[end] === picks[i]) end++;
    text += String.fromCharCode(LETTER_FIRST + picks[i]!) + (end - i === 1 ? "" : String(end - i));
    i = end;
  }
  return text === "" ? "-" : text;
}

function parseSegments(text: string): number[] {
  const picks: number[] = [];
  if (text === "-") return picks;
  if (text === "") throw new UsageError("the token has no steps", SHAPE);
  let matched = 0;
  for (const match of text.matchAll(/([a-z])(\d*)/gy)) {
    const slot = match[1]!.charCodeAt(0) - LETTER_FIRST;
    const count = match[2] === "" ? 1 : Number(match[2]);
    if (slot >= TASKS_MAX)
      throw new UsageError(`the token names task "${match[1]}"; the last one is "o"`, SHAPE);
    if (count === 0 || count > STEPS_MAX - picks.length) {
      throw new UsageError(
        `the token has a run of ${match[2]} steps; 1 to ${STEPS_MAX} in all are allowed`,
        SHAPE,
      );
    }
    for (let i = 0; i < count; i++) picks.push(slot);
    matched += match[0].length;
  }
  if (matched !== text.length) {
    throw new UsageError(`the token's steps have an unexpected "${shorten(text.slice(matched))}"`, SHAPE);
  }
  return picks;
}

function formatChoices(choices: readonly number[]): string {
  let end = choices.length;
  while (end > 0 && choices[end - 1] === 0) end--;
  return choices.slice(0, end).join("-");
}

function parseChoices(text: string): number[] {
  if (text === "") return [];
  const values = text.split("-");
  if (values.length > CHOICES_MAX)
    throw new UsageError(`the token has more than ${CHOICES_MAX} choices`, SHAPE);
  return values.map((value) => {
    if (!/^\d{1,10}$/.test(value) || Number(value) > 0xffffffff) {
      throw new UsageError(`the token's choice "${shorten(value)}" is not a 32-bit number`, SHAPE);
    }
    return Number(value);
  });
}

/** CRC-16/CCITT-FALSE: catches a lost or changed character for certain, anything else but 1 in 65536. */
function check(text: string): string {
  let crc = 0xffff;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i) << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc.toString(16).padStart(4, "0");
}

/** A hostile token must not flood the terminal or control it. */
function shorten(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  const visible = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, "?");
  return visible.length <= 60 ? visible : `${visible.slice(0, 57)}...`;
}
