// Choosing who steps, in every lane at once (the text of it): exactly uniform among those who can.

/** Bits of a rank among so many tasks. */
export function rankBits(tasks: number): number {
  return Math.max(1, Math.ceil(Math.log2(tasks)));
}

/**
 * Draws of a rank before a lane sits an iteration out: one is enough where every number is a power of
 * two.
 */
export function rankTries(tasks: number): number {
  return tasks <= 2 ? 1 : 3;
}

/**
 * Chooses uniformly among those who can step, in each lane: their number n is counted, a rank is drawn with
 * as many bits as n - 1 has, and drawn again where it is n or more; who steps is the one before whom as many
 * can step as the rank says.
 */
export function rankFunction(tasks: number): string[] {
  const bits = rankBits(tasks);
  const lines = ["/** One of those who can step, in each lane: RUNS to PICKS. */", "function rank(): void {"];
  const say = (line: string): void => {
    lines.push(`  ${line}`);
  };
  const counted = Math.floor(Math.log2(tasks)) + 1;
  const add = (name: string, task: number): void => {
    // A counter that can be at most `task` before has so many bits.
    const width = Math.min(counted, Math.floor(Math.log2(task + 1)) + 1);
    say(`let ${name}${task} = v128.load(RUNS + ${16 * task});`);
    for (let bit = 0; bit < width; bit++) {
      const carry = `v128.and(${name}c${bit}, ${name}${task})`;
      if (bit === width - 1) say(`${name}c${bit} = v128.xor(${name}c${bit}, ${name}${task});`);
      else {
        say(`const ${name}x${task}_${bit} = ${carry};`);
        say(`${name}c${bit} = v128.xor(${name}c${bit}, ${name}${task});`);
        say(`${name}${task} = ${name}x${task}_${bit};`);
      }
    }
  };
  for (let bit = 0; bit < counted; bit++) say(`let nc${bit} = i64x2.splat(0);`);
  for (let task = 0; task < tasks; task++) add("n", task);
  const any = Array.from({ length: counted }, (_, bit) => `nc${bit}`).reduce((a, b) => `v128.or(${a}, ${b})`);
  say(`const nobody = v128.not(${any});`);
  say("v128.store(NOBODY, nobody);");
  say("// d is n - 1, and m its bits below the highest one that is set.");
  say("let borrow = i64x2.splat(-1);");
  for (let bit = 0; bit < bits; bit++) {
    say(`const d${bit} = v128.xor(nc${bit}, borrow);`);
    if (bit + 1 < bits) say(`borrow = v128.andnot(borrow, nc${bit});`);
  }
  for (let bit = bits - 1; bit >= 0; bit--) {
    say(`const m${bit} = ${bit === bits - 1 ? `d${bit}` : `v128.or(d${bit}, m${bit + 1})`};`);
  }
  const tries = rankTries(tasks);
  for (let attempt = 0; attempt < tries; attempt++) {
    for (let bit = 0; bit < bits; bit++) {
      const drawn = `v128.and(v128.load(DRAWS + ((DRAWN + ${attempt * bits + bit}) << 4)), m${bit})`;
      if (attempt === 0) say(`let k${bit} = ${drawn};`);
      else say(`k${bit} = v128.bitselect(${drawn}, k${bit}, above);`);
    }
    // Compared from the lowest bit up: the highest that differs decides.
    let above = `v128.andnot(k0, d0)`;
    for (let bit = 1; bit < bits; bit++) {
      above = `v128.or(v128.andnot(k${bit}, d${bit}), v128.andnot(${above}, v128.xor(k${bit}, d${bit})))`;
    }
    say(`${attempt === 0 ? "let above" : "above"} = ${above};`);
  }
  say("const stepped = v128.andnot(v128.not(v128.or(above, nobody)), v128.load(ENDED));");
  say("v128.store(STEPPED, stepped);");
  for (let bit = 0; bit < counted; bit++) say(`let rc${bit} = i64x2.splat(0);`);
  for (let task = 0; task < tasks; task++) {
    const known = Math.min(bits, Math.floor(Math.log2(Math.max(task, 1))) + 1);
    const differs = Array.from({ length: bits }, (_, bit) =>
      bit < known ? `v128.xor(k${bit}, rc${bit})` : `k${bit}`,
    ).reduce((a, b) => `v128.or(${a}, ${b})`);
    const run = `v128.load(RUNS + ${16 * task})`;
    say(`v128.store(PICKS + ${16 * task}, v128.and(v128.andnot(stepped, ${differs}), ${run}));`);
    if (task + 1 < tasks) add("r", task);
  }
  lines.push("}", "");
  return lines;
}
