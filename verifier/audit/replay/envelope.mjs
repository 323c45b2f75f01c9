// Envelopes and their bodies, read as strictly as holders read them: one way to write each, and nothing left over.
import { bytes, hex, isSigned as isSignedBy, join, same, sha256, text } from "./noble.mjs";

export const NOTHING = new Uint8Array(32);
const MOST_HOLDERS = 20, MOST_MEMBERS = 40, HEAD = 142, SIGNATURE = 64;
const PAIRS = 1 + 34 * MOST_MEMBERS;

/// By its number: what it is called, the most bytes of its body, and how that is read.
const KINDS = {
  1: ["INVITATION", 1 << 16, (r) => ({ request: r.rest() })],
  2: ["COMMITMENT", 66, (r) => ({ hiding: r.take(33), binding: r.take(33) })],
  3: ["DECLINE", 200, (r) => ({ why: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(r.rest()) })],
  4: ["PACKAGE", 1 + 300 * MOST_HOLDERS, (r) => ({ commitments: r.raws(MOST_HOLDERS) })],
  5: ["SIGNATURE_SHARE", 32, (r) => ({ z: r.take(32) })],
  6: ["SIGNATURE", 65, (r) => ({ signature: r.take(65) })],
  16: ["CALL", 4096, readCall],
  17: ["OFFER", 2 + 33 * MOST_HOLDERS + 65 + PAIRS, readOffer],
  18: ["SUB_SHARES", 1 + 33 * MOST_HOLDERS, (r) => ({ sealed: r.pairs(32, MOST_HOLDERS) })],
  19: ["CONFIRMATION", 0, () => ({})],
  20: ["COMPLAINT", 33, (r) => ({ accused: r.number(1), opened: r.take(32) })],
  21: ["CERTIFICATE", 66 + 300 * MOST_MEMBERS, (r) => ({ signature: r.take(65), confirmations: r.raws(MOST_MEMBERS) })],
  32: ["REPAIR_CALL", 2 + MOST_HOLDERS, readRepairCall],
  33: ["REPAIR_OFFER", 2 + 34 * MOST_HOLDERS + PAIRS, (r) => ({
    commitments: r.pairs(33, MOST_HOLDERS), keys: r.pairs(33, MOST_MEMBERS),
  })],
  34: ["REPAIR_PARTS", 1 + 33 * MOST_HOLDERS, (r) => ({ sealed: r.pairs(32, MOST_HOLDERS) })],
  35: ["REPAIR_SUM", 32, (r) => ({ sealed: r.take(32) })],
  48: ["CALL_OFF", 0, () => ({})],
};
const FROM_COORDINATOR = new Set(["INVITATION", "PACKAGE", "SIGNATURE", "CALL", "CERTIFICATE", "REPAIR_CALL", "CALL_OFF"]);
const MOST = HEAD + (1 << 16) + SIGNATURE;

/// What is left of some bytes, taken piece by piece.
class Reader {
  constructor(body) { this.body = body; this.at = 0; }
  take(length) {
    const taken = this.body.subarray(this.at, this.at + length);
    if (taken.length !== length) throw new Error("its bytes end too early");
    this.at += length;
    return taken;
  }
  rest() { return this.take(this.body.length - this.at); }
  number(width) { return this.take(width).reduce((sum, byte) => sum * 256 + byte, 0); }
  list(most, read) {
    const count = this.number(1);
    if (count > most) throw new Error("a list in it is too long");
    return Array.from({ length: count }, () => read());
  }
  raws(most) { return this.list(most, () => this.take(this.number(2))); }
  /// Indexes with values, as a map; the indexes grow.
  pairs(width, most) {
    const found = this.list(most, () => [this.number(1), this.take(width)]);
    requireGrowing(found.map(([index]) => index));
    return new Map(found);
  }
  end() { if (this.at !== this.body.length) throw new Error("bytes are left over"); }
}

function requireGrowing(indexes) {
  if (indexes.some((index, i) => index <= (i ? indexes[i - 1] : 0))) throw new Error("a list of holders does not grow");
}

function readCharter(reader) {
  const from = reader.at;
  const group = reader.take(32), epoch = reader.number(4), threshold = reader.number(1), coordinator = reader.take(32);
  const holders = reader.list(MOST_HOLDERS, () => [reader.number(1), reader.take(32)]);
  const indexes = holders.map(([index]) => index);
  requireGrowing(indexes);
  const keys = new Set([coordinator, ...holders.map(([, key]) => key)].map(hex));
  if (epoch < 1 || threshold < 2 || threshold > holders.length || keys.size <= holders.length) {
    throw new Error("no group may be as its charter says");
  }
  return { group, epoch, threshold, coordinator, holders, indexes, raw: reader.body.subarray(from, reader.at) };
}

export const charterOf = (raw) => readCharter(new Reader(raw));

function readCall(reader) {
  const charter = readCharter(reader), dealers = reader.list(MOST_HOLDERS, () => reader.number(1));
  requireGrowing(dealers);
  const flag = reader.number(1);
  if (flag > 1) throw new Error("a flag is neither 0 nor 1");
  const old = flag
    ? { charter: readCharter(reader), commitments: reader.list(MOST_HOLDERS, () => reader.take(33)) }
    : null;
  return { charter, dealers, old };
}

function readOffer(reader) {
  const commitments = reader.list(MOST_HOLDERS, () => reader.take(33));
  const proof = commitments.length ? reader.take(65) : null;
  return { commitments, proof, keys: reader.pairs(33, MOST_MEMBERS) };
}

function readRepairCall(reader) {
  const lost = reader.number(1), helpers = reader.list(MOST_HOLDERS, () => reader.number(1));
  requireGrowing(helpers);
  if (lost === 0 || helpers.includes(lost) || helpers.length < 2) throw new Error("nobody may be helped so");
  return { lost, helpers };
}

/// An envelope as it says it is; `bad` says why its form or body is none that a program writes. Throws where it is none.
export function open(raw) {
  if (raw.length < HEAD + SIGNATURE || raw.length > MOST || hex(raw.subarray(0, 4)) !== "34534601") {
    throw new Error("it is no envelope of version 1");
  }
  const length = raw.length - SIGNATURE, said = raw.subarray(0, length);
  const reader = new Reader(raw.subarray(36, 40));
  const [kind, most, readBody] = KINDS[raw[73]] ?? [`KIND ${raw[73]}`, 0, () => ({})];
  const one = {
    raw, said, hash: sha256(said), signature: raw.subarray(length), group: hex(raw.subarray(4, 36)), epoch: reader.number(4),
    session: hex(raw.subarray(40, 72)), sender: raw[72], kind, number: raw[73], digest: raw.subarray(74, 106),
    seen: raw.subarray(106, 138), written: raw.subarray(HEAD, length), body: null, bad: null,
  };
  const claimed = new Reader(raw.subarray(138, HEAD)).number(4);
  if (!KINDS[raw[73]]) one.bad = "it is of no kind that there is";
  else if (claimed !== one.written.length || claimed > most) one.bad = "its length is not what it says, or too large";
  else if (FROM_COORDINATOR.has(kind) !== (one.sender === 0)) one.bad = "what it says is not its sender's to say";
  else {
    try {
      const body = new Reader(one.written);
      one.body = readBody(body);
      body.end();
    } catch (error) {
      one.body = null;
      one.bad = `its body is malformed (${error.message})`;
    }
  }
  return one;
}

/// Whether a key signed an envelope.
export const isSigned = (one, key) =>
  key !== undefined && isSignedBy(one.signature, sha256(join(text("fourth-signer/envelope\0"), one.said)), key);

/// The hash of envelopes by kind and sender: what `seen` says.
export const hashOfList = (list) => sha256(join(text("fourth-signer/seen\0"),
  ...[...list].sort((a, b) => a.number - b.number || a.sender - b.sender).map((one) => one.hash)));

/// What all envelopes that follow a call are about.
export const matterOf = (call) => sha256(join(text("fourth-signer/matter\0"), call.written));

export const keysOf = (charter) => new Map([[0, charter.coordinator], ...charter.holders]);
export const isNothing = (some) => same(some, NOTHING);
export const who = (sender) => (sender === 0 ? "the coordinator" : `holder ${sender}`);
export const opened = (written) => open(bytes(written));
