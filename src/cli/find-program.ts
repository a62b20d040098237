// Which program a token belongs to: the model and scenario that were named, or else the one whose hash the
// token carries. So a token alone is enough for every bundled model.

import { bundledModels, MODEL_DEFAULT, type ModelFile, resolveModel } from "../base/models.ts";
import type { Token } from "../campaign/tokens.ts";
import { ModelError } from "../model/diagnostics.ts";
import type { ModelFlags } from "./flags.ts";
import { type CompiledModel, loadModel, openScenarios } from "./session.ts";

/** Where nothing fits the token's hash, the model as named (or the default) is what the token is tried on. */
export async function modelForToken(
  token: Token,
  name: string | undefined,
  flags: ModelFlags,
): Promise<CompiledModel> {
  const named = await loadModel(name, flags);
  if (named.program.hash === token.hash || flags.scenario !== undefined) return named;
  const own = resolveModel(name ?? MODEL_DEFAULT);
  if (name === undefined) {
    process.stderr.write("looking for the bundled model that the token belongs to; to name it is faster\n");
  }
  for (const file of [own, ...(name === undefined ? othersThan(own) : [])]) {
    try {
      const opened = await openScenarios(file, flags);
      for (const scenario of opened.scenarios) {
        const model = opened.compile(scenario.name);
        if (model.program.hash === token.hash) return model;
      }
    } catch (error) {
      // A model that was not asked for may fail to compile with these flags: it is not the token's then.
      if (!(error instanceof ModelError)) throw error;
    }
  }
  return named;
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
