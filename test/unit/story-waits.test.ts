// Goal: sections, locks, grace periods and waits last as long as they do, and say who let whom go on.
// Method: a model whose only schedule of this token is written down, step by step.

import { expect, test } from "vitest";
import { engineFile } from "../../src/base/paths.ts";
import { replaySchedule } from "../../src/campaign/replay.ts";
import { tellStory } from "../../src/campaign/teller.ts";
import { compileEngine, Engine } from "../../src/engine/engine.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { compileText } from "../support/compile-text.ts";

const MODEL = `#include <raceproof.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>

static DEFINE_MUTEX(lock);
static int x;

static void reader(void)
{
	rcu_read_lock();
	x = 1;
	rcu_read_unlock();
	mutex_lock(&lock);
	x = 2;
	mutex_unlock(&lock);
}

static void writer(void)
{
	mutex_lock(&lock);
	synchronize_rcu();
	mutex_unlock(&lock);
}

scenario main(void)
{
	thread("reader", reader());
	thread("writer", writer());
}
`;

test("a writer waits for a reader with a lock that the reader wants next", async () => {
  const program = encodeProgram(await compileText(MODEL));
  const engine = new Engine(await compileEngine(engineFile));
  engine.load(program.words);
  // Reader: lock RCU; writer: mutex, begins to wait; reader: x, unlock RCU; writer: over, unlock; reader:
  // the rest.
  const schedule = { picks: [0, 1, 1, 0, 0, 1, 1, 0, 0, 0], choices: [] };
  const { trace } = replaySchedule(program, engine, 1000, schedule);
  const story = tellStory(program, engine, 1000, { schedule, trace })!;
  const label = (task: number) => trace.tasks[task]!.label;
  expect(
    story.spans.map(({ kind, task, what, from, to }) => `${kind} ${label(task)} ${what} ${from}-${to}`),
  ).toEqual([
    "section reader rcu_domain 0-4",
    "lock writer lock 1-6",
    "grace-period writer rcu_domain 2-5",
    "wait writer a grace period of rcu_domain, held by reader 2-4",
    "wait reader lock, held by writer 4-6",
    "lock reader lock 7-9",
  ]);
  expect(story.spans[2]!.awaits).toEqual([0]);
  expect(story.arrows.filter(({ kind }) => kind === "releases")).toEqual([
    { kind: "releases", from: 4, to: 5, what: "a grace period of rcu_domain, held by reader" },
    { kind: "releases", from: 6, to: 7, what: "lock, held by writer" },
  ]);
  const stands = story.steps[4]!.stands.map(({ task, waits }) => `${label(task)}: ${waits}`);
  expect(stands).toEqual(["reader: lock, held by writer", "writer: "]);
});
