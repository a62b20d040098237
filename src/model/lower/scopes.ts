// Whatever lives until the end of a scope (locals in memory, guards) is ended on every way out of it.

import type { Span } from "./ast.ts";
import type { Active, Context } from "./context.ts";
import { placeOf, report } from "./unit.ts";

/** Ends what lives above the mark, innermost first; does not change what is active. */
export function endAbove(c: Context, mark: Active | undefined, span: Span): void {
  const saved = c.frame.active;
  for (let at = saved; at !== mark && at !== undefined; at = at.parent) {
    c.frame.active = at.parent;
    end(c, at, span);
  }
  c.frame.active = saved;
}

function end(c: Context, a: Active, span: Span): void {
  if (a.what.kind === "guard") a.what.leave(c);
  else c.out.emit({ op: "local-dead", local: a.what.local }, placeOf(c, span));
}

/** The scope ends here. */
export function leaveTo(c: Context, mark: Active | undefined, span: Span): void {
  if (c.out.reachable()) endAbove(c, mark, span);
  c.frame.active = mark;
}

/** Code on the way from one place to another: ends what lives only there, starts what lives only here. */
export function crossing(c: Context, from: Active | undefined, to: Active | undefined, span: Span): void {
  const saved = c.frame.active;
  let [a, b] = [from, to];
  const entered: Active[] = [];
  while (a !== b) {
    if ((a?.depth ?? 0) >= (b?.depth ?? 0)) {
      c.frame.active = a!.parent;
      end(c, a!, span);
      a = a!.parent;
    } else {
      entered.unshift(b!);
      b = b!.parent;
    }
  }
  for (const e of entered) {
    if (e.what.kind === "guard") {
      report(
        c.unit,
        span.start,
        "this jumps past a guard() into the scope that it guards",
        "move the guard or the label",
      );
      continue;
    }
    c.out.emit({ op: "local-live", local: e.what.local }, placeOf(c, span));
  }
  c.frame.active = saved;
}
