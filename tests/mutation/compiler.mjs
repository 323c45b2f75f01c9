// The compiler as a process that stays: a standard-JSON input on each line of stdin, its output on a line of stdout.
// Loading the compiler, and the time until V8 has optimised it, are paid once and not for every mutant.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const solc = createRequire(new URL("../../scripts/node/", import.meta.url))("solc");

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  // The compiler's own JSON may have line breaks; a line must have none.
  process.stdout.write(JSON.stringify(JSON.parse(solc.compile(line))) + "\n");
}
