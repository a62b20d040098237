// Hide sets: which macros must not expand a token again (Prosser's algorithm, as in the C89 rationale).
// Sets are interned, so that union and intersection are looked up instead of computed over and over.

export interface HideSet {
  readonly names: ReadonlySet<string>;
  readonly unions: Map<HideSet, HideSet>;
}

export interface HideSets {
  of(names: Iterable<string>): HideSet | null;
  union(a: HideSet | null, b: HideSet | null): HideSet | null;
  intersection(a: HideSet | null, b: HideSet | null): HideSet | null;
}

export function hideSets(): HideSets {
  const interned = new Map<string, HideSet>();

  function of(names: Iterable<string>): HideSet | null {
    const sorted = [...new Set(names)].sort();
    if (sorted.length === 0) return null;
    const key = sorted.join(" ");
    let set = interned.get(key);
    if (set === undefined) {
      set = { names: new Set(sorted), unions: new Map() };
      interned.set(key, set);
    }
    return set;
  }

  function union(a: HideSet | null, b: HideSet | null): HideSet | null {
    if (a === null || a === b) return b;
    if (b === null) return a;
    let result = a.unions.get(b);
    if (result === undefined) {
      result = of([...a.names, ...b.names])!;
      a.unions.set(b, result);
    }
    return result;
  }

  function intersection(a: HideSet | null, b: HideSet | null): HideSet | null {
    if (a === b) return a;
    if (a === null || b === null) return null;
    return of([...a.names].filter((name) => b.names.has(name)));
  }

  return { of, union, intersection };
}
