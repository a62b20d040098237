// Goal: what a reader is told of read-write semaphores, wait queues and contexts: who waits for what, held
// by whom; which rule was broken; what each step did. Method: models in text, fuzzed and explained. That
// the rules themselves are kept is the corpus's business, and the reference interpreter's.

import { beforeAll, describe, expect, test } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { engineFile } from "../../src/base/paths.ts";
import { explainFindings } from "../../src/campaign/findings.ts";
import { compileEngine, type Draw, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { compileText } from "../support/compile-text.ts";

const HEAD = `#include <raceproof.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
static DECLARE_RWSEM(sem);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_SPINLOCK(lock);
static DEFINE_RWLOCK(rwlock);
static refcount_t count = REFCOUNT_INIT(1);
static int ready;
`;

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

const draw: Draw = { strategy: Strategy.RANDOM, seed: 42n, stepsMax: 200 };

async function run(text: string) {
  const program = encodeProgram(await compileText(`${HEAD}${text}`));
  const engine = new Engine(module);
  engine.load(program.words);
  const tally = engine.fuzz(draw, 0, 2000);
  return { tally, findings: explainFindings(program, engine, draw, tally) };
}

/** One task that does this, beside one that does nothing. */
const alone = (body: string): string =>
  `static void f(void) { ${body} }\nscenario s(void) { thread("f", f()); }`;

describe("a deadlock names what is waited for, and who holds it", () => {
  test("a reader waits behind the queued writer, the writer for the reader", async () => {
    const { findings } = await run(`
static void reader(void) { down_read(&sem); down_read(&sem); up_read(&sem); up_read(&sem); }
static void writer(void) { down_write(&sem); up_write(&sem); }
scenario s(void) { thread("reader", reader()); thread("writer", writer()); }`);
    expect(findings.map((f) => f.kind)).toEqual(["deadlock"]);
    const { waits } = findings[0]!.trace.violations[0]!;
    expect(waits.find((line) => line.startsWith("reader"))).toMatch(/sem.*writer/);
    expect(waits.find((line) => line.startsWith("writer"))).toMatch(/sem.*reader/);
  });

  test("of a rwlock too, whose readers spin", async () => {
    const { findings } = await run(`
static void reader(void) {
  read_lock(&rwlock); read_lock(&rwlock);
  read_unlock(&rwlock); read_unlock(&rwlock);
}
static void writer(void) { write_lock(&rwlock); write_unlock(&rwlock); }
scenario s(void) { thread("reader", reader()); thread("writer", writer()); }`);
    expect(findings.map((f) => f.kind)).toEqual(["deadlock"]);
    expect(findings[0]!.trace.violations[0]!.waits).toEqual([
      expect.stringMatching(/^reader waits for rwlock.*writer/),
      expect.stringMatching(/^writer waits for rwlock.*reader/),
    ]);
  });

  test("a sleeper waits for a wake-up on its queue", async () => {
    const { findings } = await run(alone("wait_event(queue, READ_ONCE(ready));"));
    expect(findings.map((f) => f.trace.violations[0]!.waits)).toEqual([["f waits for a wake-up on queue"]]);
  });
});

test.each([
  ["local_irq_disable();", "interrupts or softirqs off at exit"],
  ["local_bh_disable();", "interrupts or softirqs off at exit"],
  ["local_bh_enable();", "softirqs enabled that were not disabled"],
  ["spin_lock(&lock); might_sleep(); spin_unlock(&lock);", "sleeping function called from invalid context"],
  ["local_irq_disable(); schedule();", "sleeping function called from invalid context"],
  ["prepare_to_wait(&queue, 0, TASK_IDLE);", "still on a wait queue at exit"],
  ["down_write(&sem); down_read(&sem);", "lock taken twice"],
  ["down_read(&sem); down_write(&sem);", "lock taken twice"],
  ["down_read(&sem);", "lock held at exit"],
  ["up_read(&sem);", "unlock of a lock that the task does not hold"],
  ["up_write(&sem);", "unlock of a lock that the task does not hold"],
  ["downgrade_write(&sem);", "unlock of a lock that the task does not hold"],
  ["write_lock(&rwlock); might_sleep();", "sleeping function called from invalid context"],
  ["read_lock(&rwlock); schedule();", "sleeping function called from invalid context"],
  ["read_lock(&rwlock); write_lock(&rwlock);", "lock taken twice"],
  ["write_lock(&rwlock); read_lock(&rwlock);", "lock taken twice"],
  ["write_lock(&rwlock); read_unlock(&rwlock);", "unlock of a lock that the task does not hold"],
  ["read_lock_bh(&rwlock); read_unlock(&rwlock);", "interrupts or softirqs off at exit"],
  [
    "for (int i = 0; i < 9; i++) get_state_synchronize_rcu();",
    "kernel BUG in f(): get_state_synchronize_rcu()",
  ],
  ["refcount_dec(&count);", "refcount_t: decrement hit 0; leaking memory"],
  ["refcount_set(&count, 0); refcount_add(1, &count);", "refcount_t: addition on 0; use-after-free"],
  ["refcount_sub_and_test(2, &count);", "refcount_t: underflow; use-after-free"],
  ["refcount_add(REFCOUNT_MAX, &count);", "refcount_t: saturated; leaking memory"],
])("%s is told as such", async (body, title) => {
  const { findings } = await run(alone(body));
  expect(findings).toHaveLength(1);
  expect(findings[0]!.title).toContain(title);
});

test("what the steps did is written beside them", async () => {
  const { findings } = await run(
    alone(`int had = down_write_trylock(&sem);
  had += down_read_trylock(&sem);
  downgrade_write(&sem);
  had += down_read_trylock(&sem);
  wake_up(&queue);
  prepare_to_wait(&queue, 0, TASK_IDLE);
  BUG_ON(had);`),
  );
  const effects = findings[0]!.trace.rows.map((row) => row.effect).filter((effect) => effect !== "");
  expect(effects.slice(0, 5)).toEqual(["= true", "= false", "= true", "(wakes 0)", "(queued)"]);
});

test("a rwlock that was given back leaves its task free to sleep, and one that was not had too", async () => {
  const { findings } = await run(
    alone(`write_lock(&rwlock); write_unlock(&rwlock); might_sleep();
  read_lock(&rwlock); read_lock(&rwlock); read_unlock(&rwlock); read_unlock(&rwlock); might_sleep();
  scoped_guard(rwsem_read_try, &sem) { scoped_guard(rwsem_write_try, &sem) BUG_ON(1); }
  scoped_cond_guard(spinlock_try, BUG_ON(1), &lock) { scoped_guard(spinlock_irqsave_try, &lock) BUG_ON(1); }
  might_sleep();`),
  );
  expect(findings).toEqual([]);
});

test("interrupts nest by what was saved: an inner pair leaves them off", async () => {
  const { findings } = await run(
    alone(`unsigned long outer, inner;
  local_irq_save(outer);
  spin_lock_irqsave(&lock, inner);
  spin_unlock_irqrestore(&lock, inner);
  might_sleep();
  local_irq_restore(outer);`),
  );
  expect(findings.map((f) => f.kind)).toEqual(["lock-misuse"]);
});

test("a semaphore read deeper than the machine counts is a limit, not a verdict", async () => {
  const { tally, findings } = await run(alone("for (int i = 0; i < 4; i++) down_read(&sem);"));
  expect(findings).toEqual([]);
  expect(tally.limited.some((n) => n > 0)).toBe(true);
});
