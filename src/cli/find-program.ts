// Which program a token belongs to: the model and scenario that were named, or else the one whose hash the
// token carries. So a token alone is enough for every bundled model.

import { bundledModels, MODEL_DEFAULT, resolveModel } from "../base/models.ts";
import type { Token } from "../campaign/tokens.ts";
import { ModelError } from "../model/diagnostics.ts";
import type { ModelFlags } from "./flags.ts";
import { type CompiledModel, compileScenario, loadModel, scenariosOf } from "./session.ts";

/** Where nothing fits the token's hash, the model as named (or the default) is what the token is tried on. */
export async function modelForToken(
  token: Token,
  name: string | undefined,
  flags: ModelFlags,
): Promise<CompiledModel> {
  const named = await loadModel(name, flags);
  if (named.program.hash === token.hash || flags.scenario !== undefined) return named;
  const own = resolveModel(name ?? MODEL_DEFAULT);
  const others = name === undefined ? bundledModels().filter((m) => m.name !== own.name) : [];
  for (const file of [own, ...others]) {
    try {
      for (const scenario of await scenariosOf(file, flags)) {
        const model = await compileScenario(file, flags, scenario.name);
        if (model.program.hash === token.hash) return model;
      }
    } catch (error) {
      // A model that was not asked for may fail to compile with these flags: it is not the token's then.
      if (!(error instanceof ModelError)) throw error;
    }
  }
  return named;
}
