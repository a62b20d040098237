// Compiles lanes in a process of its own: asc needs a few hundred megabytes that the process of a campaign
// should not keep. Reads the program's source from standard input, writes the module to standard output.
// Arguments: the folder of assembly/lanes/.

import { compileLanes } from "./compile.ts";

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const module = await compileLanes(process.argv[2]!, Buffer.concat(chunks).toString("utf8"));
process.stdout.write(module);
