// The bundled headers: which files they are, and which of them has a name that a model uses without including
// it, for the hints of diagnostics. The latter looks at the text of the headers line by line, which is enough
// for macros and functions; it does not know what an #if around them says.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { modelsFolder } from "../base/paths.ts";
import { loadSource, type SourceFile } from "./source.ts";

const folder = join(modelsFolder, "include");
/** Read at the first question, and once: a text may have thousands of unknown names. */
let headers: readonly SourceFile[] | undefined;

/** `linux/gfp.h` for GFP_KERNEL; undefined where no header has the name, or the unit has read that header. */
export function headerOf(name: string, read: readonly SourceFile[]): string | undefined {
  if (!/^\w+$/.test(name)) return undefined;
  headers ??= readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".h"))
    .sort()
    .map((file) => loadSource(join(folder, file), file));
  const macroOrFunction = new RegExp(`^(#define ${name}\\b|[a-z][^;={}()]*\\b${name}\\()`, "m");
  const found = headers.find(({ text }) => macroOrFunction.test(text));
  return found === undefined || read.some(({ path }) => path === found.path) ? undefined : found.name;
}

/**
 * Of the bundled headers: what stands there is the kernel's own; a header elsewhere holds code under test.
 */
export function isHeader(file: string): boolean {
  return /^(models\/)?include\/.*\.h$/.test(file);
}
