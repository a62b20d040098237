// repro: replays a token and shows the run.

import { Exit, type ExitCode, UsageError } from "../base/errors.ts";
import { reproduce } from "../campaign/repro.ts";
import { parseToken } from "../campaign/tokens.ts";
import { whyToken } from "../campaign/why.ts";
import { modelForToken } from "./find-program.ts";
import { REPRO_FORMATS, type ReproFlags, replayFlags } from "./flags.ts";
import { parseOutput, renderReproductionAs } from "./formats.ts";
import { startEngineFor } from "./lanes.ts";
import { writeResult } from "./output.ts";
import { loadEngine } from "./session.ts";
import { parseStepsMax } from "./values.ts";

const EXIT_CODES = { REPRODUCED: Exit.FINDING, "NOT REPRODUCED": Exit.CLEAN, DIVERGED: Exit.TOKEN } as const;

export async function runRepro(
  text: string | undefined,
  model: string | undefined,
  flags: ReproFlags,
): Promise<ExitCode> {
  if (text === undefined) {
    throw new UsageError("repro takes a token", "fuzz prints them; a file of them: repro --file FILE");
  }
  const token = parseToken(text);
  const output = parseOutput(flags, REPRO_FORMATS);
  const stepsMax = parseStepsMax(flags.maxSteps);
  const { program } = await modelForToken(token, model, flags);
  const engine = await startEngineFor(token, await loadEngine(), program, stepsMax);
  const replayed = reproduce(program, engine, token, stepsMax, replayFlags(flags));
  const necessity = output.format === "steps" ? null : await whyToken(program, engine, token, stepsMax);
  const result = necessity === null ? replayed : { ...replayed, necessity };
  await writeResult(renderReproductionAs(result, output));
  return EXIT_CODES[result.verdict];
}
