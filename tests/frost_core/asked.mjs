// What the auditor makes of requests: a JSON list of [request, key] in hex on stdin; of each its digest, or why it is none.
import fs from "node:fs";
import { readRequest } from "../../verifier/audit/replay/asked.mjs";
import { bytes, hex } from "../../verifier/audit/replay/noble.mjs";

const answers = JSON.parse(fs.readFileSync(0, "utf8")).map(([request, key]) => {
  try {
    const { digest, words } = readRequest(bytes(request), bytes(key));
    return { digest: hex(digest), words };
  } catch (error) {
    return { refused: error.message };
  }
});
process.stdout.write(JSON.stringify(answers));
