// Runs a network (src/lanes/network.ts) one step at a time, in the plainest way: a third opinion beside the
// scalar machine and the lanes that are compiled from the same network. It tells whether a disagreement lies in
// how a network is derived or in how lanes are emitted.

import type { Effect, Flag, Leaf, Location, Network, Ready, Task, Tree, Variable } from "../../src/lanes/network.ts";

export class NetworkMachine {
  readonly findings: number[] = [];
  end: Leaf["end"] = null;
  private readonly network: Network;
  private readonly values = new Map<Variable, number>();
  private readonly at = new Map<Task, Location | null>();
  private readonly open = new Set<Flag>();
  /** Pairs: who waits for which section, which task; who is ahead of whom. */
  private readonly waits = new Set<string>();

  constructor(network: Network) {
    this.network = network;
    for (const task of network.tasks) this.at.set(task, task.start);
    for (const [task, other] of network.ahead) this.waits.add(`ahead ${task.index} ${other.index}`);
  }

  runnable(): number[] {
    return this.network.tasks.filter((t) => this.at.get(t) !== null && !this.blocked(this.at.get(t)!)).map((t) => t.index);
  }

  position(task: number): Location | null {
    return this.at.get(this.network.tasks[task]!)!;
  }

  step(task: number, drawn: (variable: Variable) => number): void {
    const from = this.position(task)!;
    this.apply(this.network.tasks[task]!, this.decide(from.step!, drawn));
  }

  private decide<L>(tree: Tree<L>, drawn: (variable: Variable) => number): L {
    if ("leaf" in tree) return tree.leaf;
    const value = this.valueOf(tree.test, drawn);
    const branch = tree.branches.find((b) => b.value === value);
    if (branch === undefined) throw new Error(`${tree.test.name} is ${value}, which its tree does not know`);
    return this.decide(branch.then, drawn);
  }

  private valueOf(variable: Variable, drawn: (variable: Variable) => number): number {
    if (variable.drawn) return drawn(variable);
    if (variable.exists !== undefined) return this.at.get(variable.exists) === null ? 0 : 1;
    return this.values.get(variable) ?? variable.initial;
  }

  private apply(task: Task, leaf: Leaf): void {
    for (const [variable, value] of leaf.writes) this.values.set(variable, value);
    this.findings.push(...leaf.findings.map((f) => f.id));
    this.at.set(task, leaf.next);
    this.end = leaf.end;
    for (const effect of leaf.effects) this.affect(effect);
  }

  private affect(effect: Effect): void {
    switch (effect.do) {
      case "snapshot":
        for (const s of this.network.sections.get(effect.domain) ?? []) {
          const key = `section ${effect.waiter} ${s.id}`;
          if (this.open.has(s)) this.waits.add(key);
          else this.waits.delete(key);
        }
        break;
      case "enter":
        this.open.add(effect.section);
        break;
      case "leave":
        this.open.delete(effect.section);
        for (const t of this.network.tasks) this.waits.delete(`section ${t.index} ${effect.section.id}`);
        break;
      case "spawn":
        if (this.at.get(effect.location.task) !== null) this.end = "overflow";
        this.at.set(effect.location.task, effect.location);
        break;
      case "enqueue":
        for (const other of this.network.tasks) {
          const place = this.at.get(other);
          if (other === effect.task || other.kind !== 1 || other.queue !== effect.task.queue) continue;
          const waiting = place !== null && place!.pc === other.locations[0]!.pc;
          if (waiting) this.waits.add(`ahead ${effect.task.index} ${other.index}`);
          else this.waits.delete(`ahead ${effect.task.index} ${other.index}`);
          this.waits.delete(`ahead ${other.index} ${effect.task.index}`);
        }
        break;
      case "await": {
        const place = this.at.get(effect.task);
        const there = place !== null && !(effect.started && place!.pc === effect.task.locations[0]!.pc);
        if (there) this.waits.add(`task ${effect.waiter} ${effect.task.index}`);
        else this.waits.delete(`task ${effect.waiter} ${effect.task.index}`);
        break;
      }
      case "end":
        for (const t of this.network.tasks) this.waits.delete(`task ${t.index} ${effect.task.index}`);
        break;
      case "dequeue":
        break;
    }
  }

  private blocked(at: Location): boolean {
    if (at.ready === null) return false;
    const ready: Ready = this.decide(at.ready, () => 0);
    const { task } = at;
    if (ready.blocked) return true;
    const sections = this.network.sections.get(ready.waitsDomain) ?? [];
    if (ready.waitsDomain !== 0 && sections.some((s) => this.waits.has(`section ${task.index} ${s.id}`))) return true;
    if (ready.waitsTasks && this.network.tasks.some((t) => this.waits.has(`task ${task.index} ${t.index}`))) return true;
    if (!ready.waitsTurn || !this.network.ordered.has(task.queue)) return false;
    return this.network.tasks.some((other) => {
      const place = this.at.get(other)!;
      if (other === task || other.kind !== 1 || other.queue !== task.queue || place === null) return false;
      const started = place.pc !== other.locations[0]!.pc;
      return started || this.waits.has(`ahead ${task.index} ${other.index}`);
    });
  }
}
