// Which program a token belongs to: the model and scenario that were named, or else the one whose hash the
// token carries. So a token alone is enough for every bundled model.

import { TokenMismatch } from "../base/errors.ts";
import { bundledModels, MODEL_DEFAULT, type ModelFile, programIndex, resolveModel } from "../base/models.ts";
import type { Token } from "../campaign/tokens.ts";
import { ModelError } from "../model/diagnostics.ts";
import type { ModelFlags } from "./flags.ts";
import { type CompiledModel, loadModel, openScenarios } from "./session.ts";

/**
 * Where nothing fits the token's hash, what was named is what the token is tried on. Where nothing was named,
 * it is refused: what it shows of a model that nobody asked about is no answer.
 */
export async function modelForToken(
  token: Token,
  name: string | undefined,
  flags: ModelFlags,
): Promise<CompiledModel> {
  const named = await loadModel(name, flags);
  if (named.program.hash === token.hash || flags.scenario !== undefined) return named;
  const own = resolveModel(name ?? MODEL_DEFAULT);
  const indexed = await indexedProgram(token, name === undefined ? undefined : own.name, flags);
  if (indexed !== undefined) return indexed;
  // The index is of programs as they are bundled: flags make others.
  const files = name !== undefined ? [own] : changesPrograms(flags) ? [own, ...othersThan(own)] : [];
  if (files.length > 1) {
    process.stderr.write("looking for the bundled model that the token belongs to; to name it is faster\n");
  }
  for (const file of files) {
    const found = await unlessMistaken(async () => {
      const opened = await openScenarios(file, flags);
      const names = opened.scenarios.map(({ name: scenario }) => scenario);
      return firstOf(names, (scenario) => opened.compile(scenario), token);
    });
    if (found !== undefined) return found;
  }
  if (name === undefined) {
    throw new TokenMismatch(
      `the token is of program ${token.hash}, which no bundled model compiles to`,
      "name the model that it was found in: TOKEN my.c --scenario NAME",
    );
  }
  return named;
}

function changesPrograms({ define, include, stub, strict }: ModelFlags): boolean {
  return define.length > 0 || include.length > 0 || stub.length > 0 || strict;
}

function firstOf(
  scenarios: readonly string[],
  compile: (scenario: string) => CompiledModel,
  token: Token,
): CompiledModel | undefined {
  for (const scenario of scenarios) {
    const model = compile(scenario);
    if (model.program.hash === token.hash) return model;
  }
  return undefined;
}

/** A model that was not asked for may fail to compile with these flags: it is not the token's then. */
async function unlessMistaken<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return undefined;
  }
}

/** What the index of bundled programs names, if it compiles to that: models are edited, and flags given. */
async function indexedProgram(
  token: Token,
  only: string | undefined,
  flags: ModelFlags,
): Promise<CompiledModel | undefined> {
  for (const [model, hashes] of Object.entries(programIndex())) {
    if (only !== undefined && only !== model) continue;
    for (const [scenario, hash] of Object.entries(hashes)) {
      if (hash !== token.hash) continue;
      const compiled = await unlessMistaken(() => loadModel(model, { ...flags, scenario }));
      if (compiled?.program.hash === token.hash) return compiled;
    }
  }
  return undefined;
}

/**
 * The other bundled models, those of the same folder last: they are its variants, and have many scenarios.
 */
function othersThan(own: ModelFile): ModelFile[] {
  const folder = own.name.split("/")[0]!;
  const others = bundledModels().filter((model) => model.name !== own.name);
  const variant = (model: ModelFile): boolean => model.name.startsWith(`${folder}/`);
  return [...others.filter((model) => !variant(model)), ...others.filter(variant)];
}
