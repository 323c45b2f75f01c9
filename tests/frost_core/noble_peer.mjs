// FROST(secp256k1, SHA-256) by @noble/curves, as a peer: one question in JSON on each line of stdin, one answer on each line
// of stdout. What a holder must keep between two questions stays here under a number. Bytes are hex.
import readline from "node:readline";
import { secp256k1_FROST as frost } from "../../scripts/node/node_modules/@noble/curves/secp256k1.js";

const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const hex = (some) => Buffer.from(some).toString("hex");
const id = (index) => frost.Identifier.fromNumber(index);
const index = (identifier) => Number(BigInt("0x" + identifier));
const byIndex = (record, each) => Object.fromEntries(Object.entries(record).map(([k, v]) => [index(k), each(v)]));
const kept = [];

/// Dice from bytes: what is asked for is taken from their front.
function diceOf(text) {
  let rest = bytes(text);
  return (length) => {
    if (rest.length < length) throw new Error("too few dice");
    const taken = rest.slice(0, length);
    rest = rest.slice(length);
    return taken;
  };
}

const first = ({ index, commitments, proof }) => ({
  identifier: id(index),
  commitment: commitments.map(bytes),
  proofOfKnowledge: bytes(proof),
});

const group = ({ min, max, commitments, shares }) => ({
  signers: { min, max },
  commitments: commitments.map(bytes),
  verifyingShares: Object.fromEntries(Object.entries(shares).map(([k, v]) => [id(Number(k)), bytes(v)])),
});

const list = (committed) =>
  committed.map(({ index, hiding, binding }) => ({ identifier: id(index), hiding: bytes(hiding), binding: bytes(binding) }));

function deal(min, max) {
  const ids = Array.from({ length: max }, (_, i) => id(i + 1));
  const firsts = ids.map((one) => frost.DKG.round1(one, { min, max }));
  const others = ids.map((_, i) => firsts.filter((_, j) => j !== i).map((each) => each.public));
  const seconds = ids.map((_, i) => frost.DKG.round2(firsts[i].secret, others[i]));
  return ids.map((one, i) =>
    frost.DKG.round3(firsts[i].secret, others[i], seconds.filter((_, j) => j !== i).map((sent) => sent[one])),
  );
}

function times(rounds, work) {
  return Array.from({ length: rounds }, () => {
    const before = performance.now();
    work();
    return performance.now() - before;
  });
}

const actions = {
  // A new part of a new key, or a part that it has: a share of the key as it is, as often as it counts.
  deal({ index, min, max, dice, part }) {
    const made = frost.DKG.round1(id(index), { min, max }, part ? bytes(part) : undefined, diceOf(dice));
    kept.push(made.secret);
    return {
      held: kept.length - 1,
      commitments: made.public.commitment.map(hex),
      proof: hex(made.public.proofOfKnowledge),
    };
  },
  values({ held, others }) {
    return byIndex(frost.DKG.round2(kept[held], others.map(first)), (one) => hex(one.signingShare));
  },
  finish({ held, others, values }) {
    const received = Object.entries(values).map(([k, v]) => ({ identifier: id(Number(k)), signingShare: bytes(v) }));
    const made = frost.DKG.round3(kept[held], others.map(first), received);
    return {
      commitments: made.public.commitments.map(hex),
      shares: byIndex(made.public.verifyingShares, hex),
      share: hex(made.secret.signingShare),
    };
  },
  commit({ index, share, dice }) {
    const made = frost.commit({ identifier: id(index), signingShare: bytes(share) }, diceOf(dice));
    kept.push(made.nonces);
    return { held: kept.length - 1, hiding: hex(made.commitments.hiding), binding: hex(made.commitments.binding) };
  },
  // With nonces that are kept, or that are given.
  answer({ index, share, key, held, nonces, committed, message }) {
    const own = nonces ? { hiding: bytes(nonces[0]), binding: bytes(nonces[1]) } : kept[held];
    const secret = { identifier: id(index), signingShare: bytes(share) };
    return hex(frost.signShare(secret, group(key), own, list(committed), bytes(message)));
  },
  aggregate({ key, committed, message, answers }) {
    const given = Object.fromEntries(Object.entries(answers).map(([k, v]) => [id(Number(k)), bytes(v)]));
    try {
      return { signature: hex(frost.aggregate(group(key), list(committed), bytes(message), given)) };
    } catch (error) {
      return { cheaters: (error.cheaters ?? []).map(index) };
    }
  },
  verify({ point, message, signature }) {
    return frost.verify(bytes(signature), bytes(message), bytes(point));
  },
  // Milliseconds that each of some signings took: all commit, all answer, one adds up, one after the other.
  time_signing({ min, max, rounds, message }) {
    const holders = deal(min, max);
    const signers = holders.slice(0, min);
    return times(rounds, () => {
      const nonces = signers.map((one) => frost.commit(one.secret));
      const committed = nonces.map((one) => one.commitments);
      const answers = signers.map((one, i) => [
        one.secret.identifier,
        frost.signShare(one.secret, one.public, nonces[i].nonces, committed, bytes(message)),
      ]);
      frost.aggregate(holders[0].public, committed, bytes(message), Object.fromEntries(answers));
    });
  },
  // Milliseconds that each of some dealings took, all members one after the other.
  time_dealing({ min, max, rounds }) {
    return times(rounds, () => deal(min, max));
  },
  many(questions) {
    return questions.map(run);
  },
};

/// One question: [verb, what]. What noble refuses is {refused}.
function run([verb, what]) {
  try {
    return actions[verb](what);
  } catch (error) {
    return { refused: String(error.message ?? error) };
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(run(JSON.parse(line))) + "\n");
}
