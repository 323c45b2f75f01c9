// Replays the rounds of a group with @noble/curves, and shares no code with what made them.
//   node replay.mjs FOLDER         FOLDER: node_modules with @noble/curves 2.4 (and @noble/hashes)
// JSON on stdin: {"envelopes": [{"raw": HEX, "refused": true or false}], "accused": {HEX: CRIME}}; as the records have them.
// JSON on stdout: {"noble": VERSION, "rounds": [{session, kind, epoch, said: [...]}], "disagreements": [...]}
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const folder = path.resolve(process.argv[2], "@noble");
const load = (name) => import(pathToFileURL(path.join(folder, name)).href);
const { secp256k1, secp256k1_FROST: frost, schnorr } = await load("curves/secp256k1.js");
const { expand_message_xmd: expand } = await load("curves/abstract/hash-to-curve.js");
const { sha256 } = await load("hashes/sha2.js");
const version = JSON.parse(fs.readFileSync(path.join(folder, "curves/package.json"), "utf8")).version;

const { Point } = secp256k1;
const Fn = Point.Fn;
const hex = (some) => Buffer.from(some).toString("hex");
const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const text = (words) => Uint8Array.from(Buffer.from(words, "latin1"));
const join = (...parts) => Uint8Array.from(Buffer.concat(parts));
const id = (index) => frost.Identifier.fromNumber(index);
const same = (a, b) => hex(a) === hex(b);

const KINDS = {
  1: "INVITATION", 2: "COMMITMENT", 3: "DECLINE", 4: "PACKAGE", 5: "SIGNATURE_SHARE", 6: "SIGNATURE",
  16: "CALL", 17: "OFFER", 18: "SUB_SHARES", 19: "CONFIRMATION", 20: "COMPLAINT", 21: "CERTIFICATE",
  32: "REPAIR_CALL", 33: "REPAIR_OFFER", 34: "REPAIR_PARTS", 35: "REPAIR_SUM",
};

/// What is left of some bytes, taken piece by piece.
class Reader {
  constructor(body) { this.body = body; this.at = 0; }
  take(length) {
    const taken = this.body.subarray(this.at, this.at + length);
    if (taken.length !== length) throw new Error("the bytes end too early");
    this.at += length;
    return taken;
  }
  number(width) { return this.take(width).reduce((sum, byte) => sum * 256 + byte, 0); }
  list(read) { return Array.from({ length: this.number(1) }, () => read()); }
  end() { if (this.at !== this.body.length) throw new Error("bytes are left over"); }
}

function readCharter(reader) {
  const from = reader.at;
  const group = reader.take(32), epoch = reader.number(4), threshold = reader.number(1), coordinator = reader.take(32);
  const holders = reader.list(() => [reader.number(1), reader.take(32)]);
  return { group, epoch, threshold, coordinator, holders, raw: reader.body.subarray(from, reader.at) };
}

function readCall(body) {
  const reader = new Reader(body);
  const charter = readCharter(reader), dealers = reader.list(() => reader.number(1));
  const old = reader.number(1) ? { charter: readCharter(reader), commitments: reader.list(() => reader.take(33)) } : null;
  reader.end();
  return { charter, dealers, old };
}

function readOffer(body) {
  const reader = new Reader(body);
  const commitments = reader.list(() => reader.take(33));
  const proof = commitments.length ? reader.take(65) : null;
  reader.list(() => [reader.number(1), reader.take(33)]);
  reader.end();
  return { commitments, proof };
}

const readRaws = (reader) => reader.list(() => reader.take(reader.number(2)));

function open(raw) {
  const length = raw.length - 64;
  if (length < 142 || hex(raw.subarray(0, 4)) !== "34534601") throw new Error("it is no envelope of version 1");
  const one = {
    raw, said: raw.subarray(0, length), signature: raw.subarray(length), group: raw.subarray(4, 36),
    epoch: new Reader(raw.subarray(36, 40)).number(4), session: hex(raw.subarray(40, 72)), sender: raw[72],
    kind: KINDS[raw[73]] ?? `kind ${raw[73]}`, number: raw[73], digest: raw.subarray(74, 106), seen: raw.subarray(106, 138),
    body: raw.subarray(142, length),
  };
  one.hash = sha256(one.said);
  return one;
}

const hashOfList = (list) => sha256(join(text("fourth-signer/seen\0"),
  ...[...list].sort((a, b) => a.number - b.number || a.sender - b.sender).map((one) => one.hash)));
const keysOf = (charter) => new Map([[0, charter.coordinator], ...charter.holders]);
const isSigned = (one, key) =>
  key !== undefined && schnorr.verify(one.signature, sha256(join(text("fourth-signer/envelope\0"), one.said)), key);

/// The point of a polynomial's value, from its commitments.
function pointAt(commitments, index) {
  return commitments.reduceRight(
    (sum, one) => (index === 0n ? sum.multiplyUnsafe(0n) : sum.multiplyUnsafe(index)).add(Point.fromBytes(one)), Point.ZERO);
}

function weight(index, others) {
  let counts = 1n;
  for (const other of others) {
    if (other !== index) counts = Fn.mul(counts, Fn.div(Fn.neg(BigInt(other)), Fn.sub(BigInt(index), BigInt(other))));
  }
  return counts;
}

/// A group in noble's own form.
function publicOf(charter, commitments) {
  const shares = charter.holders.map(([index]) => [id(index), pointAt(commitments, BigInt(index)).toBytes(true)]);
  return {
    signers: { min: charter.threshold, max: charter.holders.length }, commitments, verifyingShares: Object.fromEntries(shares),
  };
}

/// Whether a dealer proves that it knows what it committed to: the equation of the Zcash Foundation's proof.
function isProven(index, offer) {
  const r = Point.fromBytes(offer.proof.subarray(0, 33)), z = BigInt("0x" + hex(offer.proof.subarray(33)));
  const number = new Uint8Array(32);
  number[31] = index;
  const asked = expand(join(number, offer.commitments[0], r.toBytes(true)), text("FROST-secp256k1-SHA256-v1dkg"), 48, sha256);
  const c = Fn.create(BigInt("0x" + hex(asked)));
  return Point.BASE.multiply(z).equals(r.add(Point.fromBytes(offer.commitments[0]).multiplyUnsafe(c)));
}

const { envelopes, accused } = JSON.parse(fs.readFileSync(0, "utf8"));
const rounds = [], disagreements = [];
const charters = new Map(); // by epoch, as calls had them
const keys = new Map(); // by epoch: { charter, commitments }, as offers made them
const sessions = new Map();

const disagree = (session, why) => disagreements.push(`session ${session.slice(0, 16)}: ${why}`);
const who = (sender) => (sender === 0 ? "the coordinator" : `holder ${sender}`);

/// By which key an envelope should be signed: that of its session's call, else that of its epoch's charter.
function keyFor(one, session) {
  if (session.call) {
    const all = new Map([...(session.call.old ? keysOf(session.call.old.charter) : []), ...keysOf(session.call.charter)]);
    if (session.call.old) all.set(0, session.call.old.charter.coordinator);
    return all.get(one.sender);
  }
  const charter = charters.get(one.epoch);
  return charter && keysOf(charter).get(one.sender);
}

const seen = new Set();
for (const { raw: written, refused } of envelopes) {
  if (seen.has(written)) continue;
  seen.add(written);
  let one;
  try {
    one = open(bytes(written));
    const session = sessions.get(one.session) ?? { name: one.session, epoch: one.epoch, list: [], refusedShares: [] };
    if (one.kind === "CALL") {
      const call = readCall(one.body);
      const holder = call.old ? call.old.charter.coordinator : call.charter.coordinator;
      if (!refused && !isSigned(one, holder)) disagree(one.session, "its call is not signed by the coordinator");
      if (!refused) {
        session.call = call;
        if (call.old) { charters.set(call.old.charter.epoch, call.old.charter); keys.set(call.old.charter.epoch, call.old); }
      }
    } else {
      const key = keyFor(one, session);
      if (key === undefined) {
        session.isUnknown = true;
      } else if (isSigned(one, key) === false && !refused) {
        disagree(one.session, `a ${one.kind} was taken that ${who(one.sender)} did not sign`);
        continue;
      }
    }
    sessions.set(one.session, session);
    if (!refused) session.list.push(one);
    if (session.call && !session.isDone) makeKey(session);
  } catch (error) {
    if (!refused) disagree(one?.session ?? "?", `an envelope was taken that cannot be read (${error.message})`);
  }
}

/// The key that a dealing makes, once all its offers are there; its epoch's later envelopes are known by it.
function makeKey(session) {
  const { call } = session;
  const offers = new Map(session.list.filter((one) => one.kind === "OFFER").map((one) => [one.sender, one]));
  if (!call.dealers.every((index) => offers.has(index))) return;
  session.isDone = true;
  const read = new Map(call.dealers.map((index) => [index, readOffer(offers.get(index).body)]));
  session.proofs = call.dealers.filter((index) => !isProven(index, read.get(index)));
  session.lengths = call.dealers.filter((index) => read.get(index).commitments.length !== call.charter.threshold);
  session.dealt = call.old === null ? [] : call.dealers.filter((index) => {
    const share = pointAt(call.old.commitments, BigInt(index)).multiplyUnsafe(weight(index, call.dealers));
    return hex(share.toBytes(true)) !== hex(read.get(index).commitments[0]);
  });
  if (session.lengths.length) return;
  session.commitments = Array.from({ length: call.charter.threshold }, (_, i) => call.dealers
    .reduce((sum, index) => sum.add(Point.fromBytes(read.get(index).commitments[i])), Point.ZERO).toBytes(true));
  charters.set(call.charter.epoch, call.charter);
  keys.set(call.charter.epoch, { charter: call.charter, commitments: session.commitments });
}

function judgeDealing(session) {
  const { call, list } = session, said = [];
  const of = (kind) => list.filter((one) => one.kind === kind);
  const certificate = of("CERTIFICATE")[0];
  if (!session.isDone) return ["its offers are not all there"];
  for (const [names, fault] of [
    [session.proofs, "proves no knowledge of what it committed to"], [session.lengths, "committed to another threshold"],
    [session.dealt, "does not deal its own share"],
  ]) {
    for (const index of names) {
      said.push(`holder ${index} ${fault}`);
      if (certificate) disagree(session.name, `it was certified, and holder ${index} ${fault}`);
    }
  }
  if (session.commitments) said.push(`key ${hex(session.commitments[0])}, ${call.charter.threshold} of ${call.charter.holders.length}`);
  if (call.old && session.commitments && !same(session.commitments[0], call.old.commitments[0])) {
    disagree(session.name, "new shares are of another key");
  }
  if (!certificate) return [...said, "it was not certified"];
  const reader = new Reader(certificate.body);
  const signature = reader.take(65), confirmations = readRaws(reader).map(open);
  const transcript = hashOfList([...of("OFFER"), ...of("SUB_SHARES")]);
  const digest = sha256(join(text("fourth-signer/key\0"), call.charter.raw, ...session.commitments));
  const trial = sha256(join(text("fourth-signer/trial\0"), digest));
  if (!frost.verify(signature, trial, session.commitments[0])) disagree(session.name, "the trial's signature is not the key's");
  const members = [...new Set([...call.dealers, ...call.charter.holders.map(([index]) => index)])].sort((a, b) => a - b);
  if (confirmations.map((one) => one.sender).join() !== members.join()) disagree(session.name, "not all members confirmed");
  for (const one of confirmations) {
    if (!isSigned(one, keyFor(one, session))) disagree(session.name, `${who(one.sender)} did not sign its confirmation`);
    if (!same(one.seen, transcript)) disagree(session.name, `${who(one.sender)} confirmed another transcript`);
  }
  return [...said, `certified by ${confirmations.length} members, and a trial signature`];
}

function judgeSigning(session) {
  const known = keys.get(session.epoch), said = [];
  const of = (kind) => session.list.filter((one) => one.kind === kind);
  const [invitation] = of("INVITATION"), [signed] = of("SIGNATURE"), [pack] = of("PACKAGE");
  if (!known) return ["its key is not in these records, so nothing of it is judged"];
  const group = publicOf(known.charter, known.commitments);
  const message = (pack ?? signed ?? invitation)?.digest;
  let list = null;
  if (pack) {
    const quoted = readRaws(new Reader(pack.body)).map(open);
    for (const one of quoted) {
      if (!isSigned(one, keyFor(one, session)) || !same(one.digest, message)) {
        disagree(session.name, `the package quotes what ${who(one.sender)} did not say`);
      }
    }
    list = quoted.map((one) => ({ identifier: id(one.sender), hiding: one.body.subarray(0, 33), binding: one.body.subarray(33) }));
    said.push(`holders ${quoted.map((one) => one.sender).join(", ")} committed`);
  }
  const shares = {};
  for (const one of list ? of("SIGNATURE_SHARE") : []) {
    let isRight = false;
    try { isRight = frost.verifyShare(group, list, message, id(one.sender), one.body); } catch { /* no number */ }
    const isAccused = accused[hex(one.raw)] === "sent a signature share that is wrong";
    said.push(`the share of holder ${one.sender} is ${isRight ? "right" : "wrong"}`);
    if (isRight && isAccused) disagree(session.name, `holder ${one.sender} is accused of a wrong share, and it is right`);
    if (!isRight && signed) disagree(session.name, `it was signed, and the share of holder ${one.sender} is wrong`);
    shares[id(one.sender)] = one.body;
  }
  if (signed) {
    const signature = signed.body;
    if (!frost.verify(signature, message, known.commitments[0])) disagree(session.name, "its signature is not the group's");
    else said.push("the signature is the group's");
    if (list && Object.keys(shares).length === list.length) {
      try {
        if (!same(frost.aggregate(group, list, message, shares), signature)) disagree(session.name, "its shares make another signature");
      } catch (error) { disagree(session.name, `its shares make no signature (${error.message})`); }
    }
  } else { said.push("it was not signed"); }
  return said;
}

for (const session of sessions.values()) {
  const has = (kind) => session.list.some((one) => one.kind === kind);
  const isDealing = session.call !== undefined;
  const kind = isDealing ? (session.call.old ? "new shares" : "a new key") : has("REPAIR_CALL") ? "a repair" : "a signing";
  let said = [];
  try {
    said = isDealing ? judgeDealing(session) : kind === "a signing" ? judgeSigning(session) : ["envelopes are signed as they say"];
  } catch (error) { disagree(session.name, `it cannot be replayed (${error.message})`); }
  rounds.push({ session: session.name, kind, epoch: session.epoch, said });
}
process.stdout.write(JSON.stringify({ noble: version, rounds, disagreements }));
