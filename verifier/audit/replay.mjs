// Replays the rounds of a group with @noble/curves, and shares no code with what made them.
//   node replay.mjs FOLDER         FOLDER: node_modules with @noble/curves 2.4 (and @noble/hashes)
// JSON on stdin: {"files": [[{number, at, identity, kind, body}, ...], ...], "group": {charter, commitments} in hex, or null}.
// JSON on stdout: {"noble": VERSION, "rounds": [{file, session, kind, epoch, asked, said: [...]}],
//                  "disagreements": [{file, record, session, sender, kind, why}]}; files are counted from 0.
import fs from "node:fs";
import { audit } from "./replay/audit.mjs";

process.stdout.write(JSON.stringify(audit(JSON.parse(fs.readFileSync(0, "utf8")))));
