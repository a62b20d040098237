// A program for SPIN: the steps of a program image as C, one transition each, in a verifier whose state is
// one struct (world.h). SPIN is given every advantage: a step is compiled C, cells that nobody stores to are
// constants, and there is one process, so that what is timed is the search alone: states kept, found again,
// and gone back to.
//
// The image is the one that the engine runs; the C is a second reading of it, so that the number of states
// and of transitions must come out the same. It refuses what the BPF OOM models do not use.

import { INSTRUCTION_BYTES, JUMP_MASK, JUMP_STOP, Op } from "../../dist/assembly/abi.js";
import { FORKS, Image } from "./image.ts";
import { type Asked, constant, type Footprint, tables } from "./tables.ts";

/** The engine has the program loaded, and stands where the threads begin. */
export function panSource(words: Uint32Array, engine: Asked, footprint: Footprint): string {
  const image = new Image(words);
  return [
    ...tables(image, engine, footprint),
    // SPIN takes an expression with a call for one with side effects.
    ...Array.from({ length: footprint.slots }, (_, s) => `#define CAN_${s} can(&now.w, ${s})`),
    "static void step(struct world *w, u32 s)",
    "{",
    "\tstruct task *t = &w->task[s];",
    "\tint v;",
    "\tu32 x;",
    "",
    `\tswitch (t->pc) {\n${image.stops.map((at) => `\tcase ${at}: goto i${at};`).join("\n")}\n\t}`,
    ...image.instructions.flatMap((at) => [`i${at}:`, ...translate(image, at).map((line) => `\t${line}`)]),
    ...image.stops.flatMap((at) => [`s${at}:`, ...image.rest(at).map((line) => `\t${line}`)]),
    "done:",
    "\tif (w->over) {",
    "\t\tmemset(w, 0, sizeof *w);",
    "\t\tw->over = 1;",
    "\t} else",
    "\t\tnumber_tickets(w);",
    "}",
    "",
  ].join("\n");
}

export function panModel(slots: number): string {
  const step = (s: number) => `  :: d_step { c_expr { CAN_${s} }; c_code { step(&now.w, ${s}); } }\n`;
  const steps = Array.from({ length: slots }, (_, s) => step(s)).join("");
  return [
    'c_decl { \\#include "program.h"\n};',
    'c_state "struct world w" "Global"',
    `active proctype schedule() {\n  c_code { begin(&now.w); };\n  do\n${steps}  od\n}\n`,
  ].join("\n");
}

const BINARY: Partial<Record<Op, (l: string, r: string) => string>> = {
  [Op.ADD]: (l, r) => `${l} + ${r}`,
  [Op.SUB]: (l, r) => `${l} - ${r}`,
  [Op.MUL]: (l, r) => `${l} * ${r}`,
  [Op.AND]: (l, r) => `${l} & ${r}`,
  [Op.OR]: (l, r) => `${l} | ${r}`,
  [Op.XOR]: (l, r) => `${l} ^ ${r}`,
  [Op.EQ]: (l, r) => `${l} == ${r}`,
  [Op.NE]: (l, r) => `${l} != ${r}`,
  [Op.LT_S]: (l, r) => `(int)${l} < (int)${r}`,
  [Op.LE_S]: (l, r) => `(int)${l} <= (int)${r}`,
  [Op.LT_U]: (l, r) => `${l} < ${r}`,
  [Op.LE_U]: (l, r) => `${l} <= ${r}`,
};
const BRANCH: Partial<Record<Op, Op>> = {
  [Op.JEQ]: Op.EQ,
  [Op.JLT_S]: Op.LT_S,
  [Op.JLE_S]: Op.LE_S,
  [Op.JLT_U]: Op.LT_U,
  [Op.JLE_U]: Op.LE_U,
};
/** Primitives as calls, with `x` where they have an address; those with a result are among the FORKS. */
const CALLS: Partial<Record<Op, (b: string, alt: string, at: number) => string>> = {
  [Op.FREE]: (_b, _alt, at) => `release_object(w, x, ${at})`,
  [Op.MUTEX_LOCK]: () => "mutex_lock(w, s, x)",
  [Op.MUTEX_UNLOCK]: () => "mutex_unlock(w, s, x)",
  [Op.GP_READ_LOCK]: () => "v = gp_read_lock(w, s, x)",
  [Op.GP_READ_UNLOCK]: (b, alt) => `gp_read_unlock(w, s, x, ${b}, ${alt})`,
  [Op.GP_START]: () => "gp_start(w, s, x)",
  [Op.GP_WAIT]: () => "gp_wait(w, s)",
  [Op.CALLBACK_START]: () => "callback_start(w, s)",
  [Op.WORK_START]: () => "work_start(w, s)",
  [Op.QUEUE_WORK]: (b) => `v = queue_work(w, x, ${b})`,
  [Op.REFCOUNT_INC]: () => "refcount_inc(w, x)",
  [Op.REFCOUNT_INC_NOT_ZERO]: () => "v = refcount_inc_not_zero(w, x)",
  [Op.REFCOUNT_DEC_AND_TEST]: () => "v = refcount_dec_and_test(w, x)",
  [Op.CSS_TRYGET]: () => "v = css_tryget(w, x, 0)",
  [Op.CSS_TRYGET_ONLINE]: () => "v = css_tryget(w, x, 1)",
  [Op.CSS_GET]: () => "css_get(w, x)",
  [Op.CSS_PUT]: () => "v = css_put(w, x)",
  [Op.CSS_KILL]: () => "css_kill(w, x)",
  [Op.OPS_CALL_BEGIN]: () => "usable(w, x, 1)",
  [Op.OPS_CALL_END]: () => "usable(w, x, 1)",
};
const FETCH: Partial<Record<Op, string>> = {
  [Op.FETCH_ADD]: "+",
  [Op.FETCH_AND]: "&",
  [Op.FETCH_OR]: "|",
  [Op.FETCH_XOR]: "^",
};

/** The lines of one instruction; they end with a way on. */
function translate(image: Image, at: number): string[] {
  const word = image.field(at, 0);
  const op = image.op(at);
  const [dst, regA, regB] = [(word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24];
  const register = (n: number): string => (n === 0 ? "0u" : n === 1 ? "frames[s]" : `(u32)t->r[${n}]`);
  const plus = (text: string, n: number): string => (n === 0 ? text : `(${text} + ${constant(n) >>> 0}u)`);
  const x = plus(register(regA), image.field(at, 1));
  const right = plus(register(regB), image.field(at, 1));
  const alt = image.field(at, 3);
  const put = (value: string): string =>
    dst === 0 ? `(void)(${value});` : `t->r[${dst}] = narrow(${value});`;
  const go = (jump: number): string => {
    const target = (jump & JUMP_MASK) / INSTRUCTION_BYTES;
    return `goto ${(jump & JUMP_STOP) === 0 ? "i" : "s"}${target};`;
  };
  const next = go(image.field(at, 2));
  const over = "if (w->over) goto done;";
  const dies = `if (!lives(w, x = ${x})) { violate(w); goto done; }`;
  const binary = BINARY[op];
  if (binary !== undefined) return [put(binary(register(regA), right)), next];
  const branch = BRANCH[op];
  if (branch !== undefined) {
    return [`if (${BINARY[branch]!(register(regA), right)}) ${next}`, go(alt)];
  }
  const call = CALLS[op];
  if (call !== undefined) {
    const third = op === Op.GP_READ_UNLOCK ? String(alt) : register(alt);
    const made = [`x = ${x};`, `${call(register(regB), third, at)};`, over];
    if (FORKS.has(op)) return [...made, put("v"), `if (v) ${next}`, go(alt)];
    return [...made, ...(op === Op.GP_READ_LOCK ? [put("v")] : []), next];
  }
  const fetch = FETCH[op];
  if (fetch !== undefined) {
    const value = `v ${fetch} (int)${plus(register(regB), alt)}`;
    return [dies, "v = load(w, x);", `store(w, x, ${value}, ${at});`, put("v"), next];
  }
  switch (op) {
    case Op.EXIT:
      return ["task_exit(w, s);", "goto done;"];
    case Op.ADDI:
      return [put(x), next];
    case Op.LOAD:
    case Op.LOAD_LOCAL:
      return [dies, "v = load(w, x);", put("v"), `if (v) ${next}`, go(alt)];
    case Op.STORE:
    case Op.STORE_LOCAL:
      return [dies, `store(w, x, ${plus(register(regB), alt)}, ${at});`, next];
    case Op.XCHG:
      return [dies, "v = load(w, x);", `store(w, x, ${register(regB)}, ${at});`, put("v"), next];
    case Op.CMPXCHG: {
      const swap = `store(w, x, ${register(alt)}, ${at});`;
      return [dies, "v = load(w, x);", `if (v == (int)${register(regB)}) ${swap}`, put("v"), next];
    }
    case Op.LOCAL_LIVE:
      return [`shade(w, ${x}, ${alt}, LIVE);`, next];
    case Op.LOCAL_DEAD:
      return [`shade(w, ${x}, ${alt}, FREED);`, next];
    case Op.GP_CALL:
      return [`gp_call(w, ${x}, ${register(regB)}, ${register(alt)});`, over, next];
    case Op.ASSERT:
      return [`if (!(${x})) { violate(w); goto done; }`, next];
    case Op.BUG:
      return [`if (${x}) { violate(w); goto done; }`, next];
    case Op.BAD_CALL:
      return ["violate(w);", "goto done;"];
    case Op.WARN:
    case Op.FENCE:
      return [next];
    default:
      throw new Error(`${Op[op] ?? op} is not translated for SPIN`);
  }
}
