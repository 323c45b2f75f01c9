// FROST(secp256k1, SHA-256) by @noble/curves, for tests. A JSON list of questions comes on stdin, a list of answers goes out.
//   sign    {seed, min, max, message}          -> {key, signature, signers}
//   verify  {key, signature, message}          -> true or false
// Bytes are hex. One seed gives one group: its key comes from noble's own distributed key generation, in which no secret is
// ever whole, and `min` of its `max` holders, drawn by the seed, sign in the two rounds of RFC 9591.
import { createHash } from "node:crypto";
import fs from "node:fs";
import { secp256k1_FROST as frost } from "../../scripts/node/node_modules/@noble/curves/secp256k1.js";

const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const hex = (some) => Buffer.from(some).toString("hex");

/// Dice that fall the same way for the same seed.
function diceOf(seed) {
  let count = 0;
  return (length) => {
    const blocks = [];
    for (let have = 0; have < length; have += 32) {
      blocks.push(createHash("sha256").update(`${seed}/${count++}`).digest());
    }
    return Uint8Array.from(Buffer.concat(blocks).subarray(0, length));
  };
}

/// The keys of all holders of a new group.
function generate(signers, dice) {
  const ids = Array.from({ length: signers.max }, (_, i) => frost.Identifier.fromNumber(i + 1));
  const first = ids.map((id) => frost.DKG.round1(id, signers, undefined, dice));
  const others = ids.map((_, i) => first.filter((_, j) => j !== i).map((each) => each.public));
  const second = ids.map((_, i) => frost.DKG.round2(first[i].secret, others[i]));
  return ids.map((id, i) => {
    const received = second.filter((_, j) => j !== i).map((sent) => sent[id]);
    return frost.DKG.round3(first[i].secret, others[i], received);
  });
}

/// Some of the holders, in an order that the dice decide.
function draw(holders, count, dice) {
  const rest = [...holders];
  return Array.from({ length: count }, () => rest.splice(dice(1)[0] % rest.length, 1)[0]);
}

function sign({ seed, min, max, message }) {
  const dice = diceOf(seed);
  const holders = generate({ min, max }, dice);
  const signers = draw(holders, min, dice);
  const group = holders[0].public;
  const nonces = signers.map((holder) => frost.commit(holder.secret, dice));
  const commitments = nonces.map((each) => each.commitments);
  const shares = signers.map((holder, i) => [
    holder.secret.identifier,
    frost.signShare(holder.secret, holder.public, nonces[i].nonces, commitments, bytes(message)),
  ]);
  return {
    key: hex(group.commitments[0]),
    signature: hex(frost.aggregate(group, commitments, bytes(message), Object.fromEntries(shares))),
    signers: signers.map((holder) => holder.secret.identifier),
  };
}

function verify({ key, signature, message }) {
  return frost.verify(bytes(signature), bytes(message), bytes(key));
}

const answer = { sign, verify }[process.argv[2]];
process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map(answer)));
