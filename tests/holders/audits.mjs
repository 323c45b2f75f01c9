// The auditor for many records in one process: a line of JSON in for each audit, a line out. `node audits.mjs NODE_MODULES`
import readline from "node:readline";
import { audit } from "../../verifier/audit/replay/audit.mjs";

for await (const line of readline.createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(audit(JSON.parse(line))) + "\n");
}
