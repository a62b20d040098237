// The source text of a stored campaign's program. The store holds the program, not the text: that is read
// again, and shown where its places are those of the program.

import { RaceproofError } from "../base/errors.ts";
import { resolveModel } from "../base/models.ts";
import type { CampaignSpec } from "../campaign/store/spec.ts";
import type { Program } from "../model/program.ts";
import type { Sources } from "../report/html/source.ts";
import { openScenarios } from "./session.ts";

export interface CampaignSources {
  readonly texts: Sources;
  readonly notes: readonly string[];
}

export async function campaignSources(
  { model, asked }: CampaignSpec,
  program: Program,
): Promise<CampaignSources> {
  const without = (reason: string): CampaignSources => {
    return { texts: new Map(), notes: [`the source is not shown: ${reason}`] };
  };
  try {
    const flags = { define: asked.define, include: asked.include, stub: asked.stub, strict: asked.strict };
    const opened = await openScenarios(resolveModel(model.name), flags);
    const now = opened.compile(program.symbols.scenario).program;
    if (now.hash !== program.hash) return without("the model has changed since");
    const places = JSON.stringify([program.symbols.files, program.symbols.places]);
    if (JSON.stringify([now.symbols.files, now.symbols.places]) !== places) {
      return without("lines of the model have moved since");
    }
    return { texts: opened.sources, notes: [] };
  } catch (error) {
    if (!(error instanceof RaceproofError)) throw error;
    return without(error.message.split("\n")[0]!);
  }
}
