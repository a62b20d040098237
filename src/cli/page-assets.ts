// The style sheet and the script of the page, as files of the package, with their hashes for its policy.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pageFolder } from "../base/paths.ts";
import { geometryStyle } from "../report/html/geometry.ts";
import type { PageAssets } from "../report/html/page.ts";

export function pageAssets(): PageAssets {
  const style = `${geometryStyle()}\n${text("page.css")}`;
  const script = text("page.js");
  return { style, script, styleHash: hash(style), scriptHash: hash(script) };
}

/** Without the comments that are for who reads the source. */
function text(name: string): string {
  return readFileSync(join(pageFolder, name), "utf8")
    .replaceAll(/^[ \t]*\/\*[\s\S]*?\*\/\n/gm, "")
    .replaceAll(/^[ \t]*\/\/.*\n/gm, "");
}

function hash(of: string): string {
  return createHash("sha256").update(of).digest("base64");
}
