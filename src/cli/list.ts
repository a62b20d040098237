// list: the bundled models and their scenarios; the corpus of small models where it is asked for.

import { Exit, type ExitCode } from "../base/errors.ts";
import { bundledModels, CORPORA, type Corpus, corpusModels } from "../base/models.ts";
import { version } from "../base/paths.ts";
import { ModelError } from "../model/diagnostics.ts";
import { wrap } from "../report/text.ts";
import { columns, printable, writeError, writeJson, writeResult } from "./output.ts";
import { dashed, scenariosOf } from "./session.ts";

/** What the models of a corpus are, where they are not listed. */
const CORPUS_IS: Record<Corpus, string> = {
  primitives: "small models, one a rule",
  validation: "models with published figures",
};

const NO_FLAGS = { define: [], include: [], stub: [], strict: false };

export interface ListFlags {
  readonly all: boolean;
  readonly json: boolean;
}

export async function runList({ all, json }: ListFlags): Promise<ExitCode> {
  const models: { name: string; scenarios: { name: string; summary: string }[] }[] = [];
  let code: ExitCode = Exit.CLEAN;
  for (const file of [...bundledModels(), ...(all ? corpusModels() : [])]) {
    try {
      const scenarios = await scenariosOf(file, NO_FLAGS);
      models.push({
        name: file.name,
        scenarios: scenarios.map(({ name, summary }) => ({ name: dashed(name), summary })),
      });
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      writeError(error.message);
      code = Exit.USAGE;
    }
  }
  if (json) await writeJson({ schema: 1, version, command: "list", models });
  else {
    const width = Math.max(0, ...models.flatMap((m) => m.scenarios.map(({ name }) => name.length)));
    const lines = models.flatMap((m) => [
      m.name,
      ...m.scenarios.flatMap(({ name, summary }) => {
        const start = `  ${name.padEnd(width)}  `;
        return wrap(
          printable(summary),
          columns() ?? Number.POSITIVE_INFINITY,
          start,
          " ".repeat(start.length),
        );
      }),
    ]);
    for (const corpus of all ? [] : CORPORA) {
      const count = corpusModels([corpus]).length;
      lines.push(`${corpus}/`, `  ${count} ${CORPUS_IS[corpus]}: raceproof list --all`);
    }
    await writeResult(lines.map(printable).join("\n"));
  }
  return code;
}
