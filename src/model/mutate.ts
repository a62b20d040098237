// Takes protections out of a program, one at a time: a lock with its unlocks, a read-side section, a grace
// period, a reference with what gives it back, the atomicity of an operation, a wait. Each mutation is what
// an author might have forgotten at one place of the source: all inlined copies of that place change
// together.
//
// A mutation is well formed: acquire and release go together, whoever asks whether a lock is held is told
// so (lockdep_assert_held() is about the lock, not about the race), nothing waits for what never comes.
// Where the text does not tell whether acquire and release belong together (a reference that may be handed
// on), a program comes along that does. Orders of accesses (acquire, release, fences) are no protections
// here: memory is sequentially consistent.

import {
  DOMAIN_FLAGS,
  DOMAIN_PENDING,
  DOMAIN_READY,
  DOMAIN_SOFTIRQ,
  POINTER_BASE,
} from "../../assembly/abi.ts";
import type { Entry, Global, Instruction, IrProgram, Place, Register } from "./ir.ts";
import { type Audit, type Audited, auditOf } from "./mutate/audit.ts";
import { leftOut, splitUp } from "./mutate/forms.ts";
import { type PairFamily, pairings } from "./mutate/pairs.ts";
import { type Replacement, replaceCode } from "./mutate/rewrite.ts";
import { commonSites, samePlace, siteOf } from "./mutate/sites.ts";
import { propagate } from "./optimise/propagate.ts";

/** "check": whether an object is dying is not looked at. */
export type Protection = PairFamily | "grace-period" | "atomic" | "wait" | "check";

export interface Mutation {
  readonly protection: Protection;
  /** Where a reader finds it. */
  readonly place: Place;
  /** Other places that change with it: where it is given back. */
  readonly others: readonly Place[];
  /** The program without it. */
  program(): IrProgram;
  /** Where it does not follow from the text that acquire and release belong together: what can tell. */
  readonly audit: (() => Audit) | null;
}

/** Instructions of one place in the source, in all bodies that it was inlined into. */
interface Site {
  readonly protection: Protection;
  readonly place: Place;
  readonly others: Place[];
  /** By entry: its instructions. */
  readonly members: Map<number, number[]>;
  /** By entry: pairings, if any of them is doubtful. */
  readonly audited: Map<number, Audited[]>;
  doubtful: boolean;
}

/** All protections of a program that some task uses, in the order of the source. */
export function mutationsOf(ir: IrProgram): Mutation[] {
  const concurrent = new Set([...ir.threads, ...ir.functions].map(({ entry }) => entry));
  const bodies = ir.entries.map((entry, n): Entry => {
    const used = concurrent.has(n) || n === ir.setup;
    return used ? { ...entry, code: propagate(entry.code, entry.parameters) } : entry;
  });
  const sites: Site[] = [];
  for (const [n, body] of bodies.entries()) {
    if (!concurrent.has(n) && n !== ir.setup) continue;
    addPairs(ir, sites, n, body);
    addSteps(ir, sites, n, body);
  }
  const used = sites.filter(({ members }) => [...members.keys()].some((n) => concurrent.has(n)));
  const ordered = used.sort((a, b) => byPlace(a.place, b.place) || (a.protection < b.protection ? -1 : 1));
  return ordered.map((site) => ({
    protection: site.protection,
    place: site.place,
    others: site.others,
    program: () => without(ir, bodies, site),
    audit: site.doubtful ? () => auditOf(ir, bodies, site.audited) : null,
  }));
}

function byPlace(a: Place, b: Place): number {
  return a.file - b.file || a.line - b.line || a.column - b.column;
}

function addPairs(ir: IrProgram, sites: Site[], n: number, { code, parameters }: Entry): void {
  for (const { family, acquires, releases, members, doubtful } of pairings(code, parameters)) {
    const places = commonSites(
      ir,
      members.map((at) => code[at]!.place),
    );
    const first = places[members.indexOf(acquires[0]!)]!;
    const site = siteAt(sites, family, first);
    site.members.set(n, [...(site.members.get(n) ?? []), ...members]);
    for (const place of places) addPlace(site, place);
    site.audited.set(n, [...(site.audited.get(n) ?? []), { acquires, releases }]);
    if (doubtful) site.doubtful = true;
  }
}

/** Protections of one step, or of two that always stand together. */
function addSteps(ir: IrProgram, sites: Site[], n: number, { code }: Entry): void {
  code.forEach((i, at) => {
    for (const protection of protectionsBy(i)) {
      const site = siteAt(sites, protection, siteOf(ir, i.place)!);
      site.members.set(n, [...(site.members.get(n) ?? []), at]);
    }
  });
}

function protectionsBy(i: Instruction): Protection[] {
  if (i.op === "rmw" || i.op === "cmpxchg") return ["atomic"];
  if (i.op !== "primitive") return [];
  switch (i.name) {
    case "gp_start":
    case "gp_wait":
    case "gp_call":
      return ["grace-period"];
    case "gp_barrier":
    case "gp_flush":
    case "flush_wait":
    case "wait_for_completion":
      return ["wait"];
    case "refcount_inc_not_zero":
    case "css_tryget":
      return ["atomic"];
    case "css_tryget_online":
      return ["atomic", "check"];
    default:
      return [];
  }
}

function siteAt(sites: Site[], protection: Protection, place: Place): Site {
  const known = sites.find((s) => s.protection === protection && samePlace(s.place, place));
  if (known !== undefined) return known;
  const site: Site = {
    protection,
    place,
    others: [],
    members: new Map(),
    audited: new Map(),
    doubtful: false,
  };
  sites.push(site);
  return site;
}

function addPlace({ place, others }: Site, other: Place): void {
  if (![place, ...others].some((known) => samePlace(known, other))) others.push(other);
}

// ---------------------------------------------------------------- the program without it

function without(ir: IrProgram, bodies: readonly Entry[], site: Site): IrProgram {
  const calls = [...site.members].some(([n, own]) => own.some((at) => isCall(bodies[n]!.code[at]!)));
  const domain = calls ? freshDomain(ir) : null;
  const entries = bodies.map((body, n): Entry => {
    const own = new Set(site.members.get(n) ?? []);
    const changed = new Map<number, Replacement>();
    let registers = body.registers;
    const fresh = (): Register => ++registers;
    body.code.forEach((i, at) => {
      const other = own.has(at)
        ? replaced(i, site.protection, fresh, domain)
        : beside(i, site.protection, domain);
      if (other !== undefined) changed.set(at, other);
    });
    return changed.size === 0
      ? body
      : { ...body, registers, code: propagate(replaceCode(body.code, changed), body.parameters) };
  });
  if (domain === null) return { ...ir, entries };
  const size = DOMAIN_PENDING + 1;
  const fields = Array.from({ length: size }, () => ({ name: "", kind: "int" as const }));
  const classes = [...ir.classes, { name: "gp_domain", size, fields }];
  return { ...ir, entries, classes, globals: [...ir.globals, domain] };
}

function isCall(i: Instruction): boolean {
  return i.op === "primitive" && i.name === "gp_call";
}

/** What takes the place of an instruction that is part of the protection. */
function replaced(
  i: Instruction,
  protection: Protection,
  fresh: () => Register,
  domain: Global | null,
): Replacement | undefined {
  if (protection === "atomic") return splitUp(i, fresh);
  if (i.op !== "primitive") throw new Error(`${i.op} protects nothing`);
  switch (protection) {
    case "grace-period":
      // The callback waits for the readers of a domain that has none.
      return i.name === "gp_call" ? [{ ...i, args: [addressOf(domain!), ...i.args.slice(1)] }] : [];
    case "check":
      return [{ ...i, name: "css_tryget" }];
    case "wait":
      return [];
    default:
      return leftOut(i, fresh);
  }
}

/** What else must change so that the program stays well formed. */
function beside(i: Instruction, protection: Protection, domain: Global | null): Replacement | undefined {
  const { place } = i;
  if (protection === "lock" && i.op === "load" && i.held === true) {
    return [i, { op: "move", dst: i.dst, value: { imm: 1 }, place }];
  }
  if (i.op !== "primitive") return undefined;
  if (protection === "section" && i.name === "gp_read_held") {
    return [{ op: "move", dst: i.dst, value: { imm: 1 }, place }];
  }
  // Who waits for the callbacks of the domain waits for those that left it as well.
  if (domain !== null && (i.name === "gp_barrier" || i.name === "gp_flush")) {
    const wait: Instruction = { op: "primitive", name: "flush_wait", dst: 0, args: [], place };
    return [{ ...i, args: [addressOf(domain)] }, wait, i];
  }
  return undefined;
}

function addressOf(global: Global): { readonly imm: number } {
  return { imm: POINTER_BASE + global.cell };
}

function freshDomain(ir: IrProgram): Global {
  const last = ir.globals.at(-1);
  const size = DOMAIN_PENDING + 1;
  const initial = new Array<number>(size).fill(0);
  initial[DOMAIN_FLAGS] = DOMAIN_SOFTIRQ | DOMAIN_READY;
  const cell = last === undefined ? 0 : last.cell + last.size + 1;
  return { name: "no grace period", class: ir.classes.length, size, initial, cell };
}
