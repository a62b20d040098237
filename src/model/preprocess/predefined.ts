// What a unit begins with: predefined macros, the names of --define, and the forced headers.

import { fileError } from "../source.ts";

/** Headers that every unit begins with, as the kernel's build does it. */
const FORCED: readonly string[] = ["linux/kconfig.h", "linux/compiler_types.h"];

/** The text before the first line: `--define`d names and the forced headers. */
export function predefined(defines: ReadonlyMap<string, string>): string {
  const lines = ["#define __RACEPROOF__ 1", "#define __KERNEL__ 1", "#define __STDC__ 1"];
  lines.push("#define __STDC_VERSION__ 201112L");
  for (const [name, text] of defines) {
    if (!/^[A-Za-z_]\w*$/.test(name) || /[\n\r\0]/.test(text)) {
      const hint = "write --define NAME or --define NAME=text, e.g. --define CONFIG_MEMCG";
      throw fileError("--define", `"${name}" cannot be defined`, hint);
    }
    lines.push(...defineLines(name, text));
  }
  return [...lines, ...FORCED.map((name) => `#include <${name}>`), ""].join("\n");
}

/** Kconfig's y, m and n become what autoconf.h makes of them. */
function defineLines(name: string, text: string): string[] {
  if (name.startsWith("CONFIG_")) {
    if (text === "n") return [];
    if (text === "m") return [`#define ${name}_MODULE 1`];
    if (text === "y") return [`#define ${name} 1`];
  }
  return [`#define ${name} ${text === "" ? "1" : text}`];
}
