// @noble/curves and @noble/hashes from the folder that the program is given, and all arithmetic that the auditor has.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const folder = path.resolve(process.argv[2], "@noble");
const load = (name) => import(pathToFileURL(path.join(folder, name)).href);
const { secp256k1, secp256k1_FROST: frost, schnorr } = await load("curves/secp256k1.js");
const { expand_message_xmd: expand } = await load("curves/abstract/hash-to-curve.js");
const { sha256 } = await load("hashes/sha2.js");
const { keccak_256: keccak } = await load("hashes/sha3.js");
const version = JSON.parse(fs.readFileSync(path.join(folder, "curves/package.json"), "utf8")).version;

const { Point } = secp256k1;
const Fn = Point.Fn;
const CONTEXT = "FROST-secp256k1-SHA256-v1";

export { expand, frost, keccak, Point, sha256, version };

export const hex = (some) => Buffer.from(some).toString("hex");
export const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));
export const text = (words) => Uint8Array.from(Buffer.from(words, "latin1"));
export const join = (...parts) => Uint8Array.from(Buffer.concat(parts));
export const same = (one, other) => hex(one) === hex(other);
export const id = (index) => frost.Identifier.fromNumber(index);
export const number = (some) => BigInt("0x" + (hex(some) || "0"));
export const word = (value) => bytes(BigInt(value).toString(16).padStart(64, "0"));

const nameOf = (some) => (some instanceof Uint8Array ? hex(some) : Array.isArray(some) ? some.map(nameOf).join("|")
  : some instanceof Object ? Object.values(some).map(nameOf).join("+") : String(some));

/// The same work with an answer that is kept: several parties have the same messages.
function kept(work) {
  const answers = new Map();
  return (...given) => {
    const name = given.map(nameOf).join();
    if (!answers.has(name)) answers.set(name, work(...given));
    return answers.get(name);
  };
}

/// Whether 33 bytes are a point, written as one.
export const isPoint = kept((some) => {
  try {
    return some.length === 33 && !Point.fromBytes(some).is0();
  } catch {
    return false;
  }
});

/// A number from 1 to the order, or null.
export function scalar(some) {
  const found = number(some);
  return some.length === 32 && found > 0n && found < Fn.ORDER ? found : null;
}

export const times = (point, factor) => (Fn.create(factor) === 0n ? Point.ZERO : point.multiplyUnsafe(Fn.create(factor)));
export const sum = (points) => points.reduce((total, one) => total.add(one), Point.ZERO);
export const read = kept((some) => Point.fromBytes(some));
export const write = (point) => point.toBytes(true);

/// The point of a polynomial's value, from its commitments.
export const pointAt = kept((commitments, index) =>
  commitments.reduceRight((total, one) => times(total, BigInt(index)).add(read(one)), Point.ZERO));

/// Lagrange's coefficient: how much the value at an index counts where the polynomial is wanted.
export const weight = kept((index, others, at = 0) => {
  let counts = 1n;
  for (const other of others) {
    if (other === index) continue;
    counts = Fn.mul(counts, Fn.div(Fn.create(BigInt(at - other)), Fn.create(BigInt(index - other))));
  }
  return counts;
});

/// The point of a share, as it counts for the value somewhere.
export const counted = kept((commitments, index, others, at = 0) => times(pointAt(commitments, index), weight(index, others, at)));

const hashTo = (purpose, ...parts) => Fn.create(number(expand(join(...parts), text(CONTEXT + purpose), 48, sha256)));
const hash = (purpose, ...parts) => sha256(join(text(CONTEXT + purpose), ...parts));

export const isSigned = kept((signature, digest, key) => {
  try {
    return schnorr.verify(signature, digest, key);
  } catch {
    return false;
  }
});

/// Whether a dealer proves that it knows what it committed to: the equation of the Zcash Foundation's proof.
export const isProven = kept((index, commitment, proof) => {
  const z = scalar(proof.subarray(33));
  if (!isPoint(proof.subarray(0, 33)) || !isPoint(commitment) || z === null) return false;
  const r = read(proof.subarray(0, 33));
  const c = hashTo("dkg", word(index), commitment, write(r));
  return times(Point.BASE, z).equals(r.add(times(read(commitment), c)));
});

/// What follows from who signs what (RFC 9591, 4.3 to 4.6): R, the challenge, and of each its own part of R and weight.
export function occasionOf(key, message, committed) {
  return occasion(key, message, committed.map(({ index, hiding, binding }) => ({ index, hiding, binding })));
}

const occasion = kept((key, message, committed) => {
  const written = join(...committed.flatMap((one) => [word(one.index), one.hiding, one.binding]));
  const prefix = join(key, hash("msg", message), hash("com", written));
  const parts = new Map();
  for (const one of committed) {
    const factor = hashTo("rho", prefix, word(one.index));
    const bound = times(read(one.binding), factor);
    parts.set(one.index, { r: read(one.hiding).add(bound), weight: weight(one.index, committed.map((each) => each.index)) });
  }
  const r = sum([...parts.values()].map((one) => one.r));
  if (r.is0()) return null;
  return { r: write(r), challenge: hashTo("chal", write(r), key, message), parts };
});

/// Whether z*G = R_i + challenge * weight * Y_i, by our own equation and by noble's.
export function isShareRight(group, committed, message, index, z) {
  const found = occasionOf(group.commitments[0], message, committed);
  const part = found?.parts.get(index), answer = scalar(z);
  if (!part || answer === null) return false;
  const right = isAnswer(group.commitments, index, answer, write(part.r), Fn.mul(found.challenge, part.weight));
  const list = committed.map((one) => ({ identifier: id(one.index), hiding: one.hiding, binding: one.binding }));
  return right && isShare(inItsForm(group), list, message, id(index), z);
}

const isAnswer = kept((commitments, index, answer, r, asked) =>
  times(Point.BASE, answer).equals(read(r).add(times(pointAt(commitments, index), asked))));

const isShare = kept((group, list, message, identifier, z) => {
  try {
    return frost.verifyShare(group, list, message, identifier, z);
  } catch {
    return false;
  }
});

/// The signature that shares make, or null.
export function aggregate(group, committed, message, shares) {
  const list = committed.map((one) => ({ identifier: id(one.index), hiding: one.hiding, binding: one.binding }));
  return added(inItsForm(group), list, message, Object.fromEntries([...shares].map(([index, z]) => [id(index), z])));
}

const added = kept((group, list, message, given) => {
  try {
    return frost.aggregate(group, list, message, given);
  } catch {
    return null;
  }
});

export const verify = kept((signature, message, key) => {
  try {
    return frost.verify(signature, message, key);
  } catch {
    return false;
  }
});

/// A group in noble's own form.
const inItsForm = ({ charter, commitments }) => ({
  signers: { min: charter.threshold, max: charter.holders.length },
  commitments,
  verifyingShares: Object.fromEntries(
    charter.holders.map(([index]) => [id(index), write(pointAt(commitments, index))]),
  ),
});

/// What two have in common, as libsecp256k1 has it.
const agree = (secret, point) => sha256(write(times(read(point), secret)));

/// Who lied, of two: who sealed a value, or who opens it to complain. `way` is the bytes between whom and in what.
export function isSealedRight({ opened, ownKey, theirKey, sealed, way, expected }) {
  const secret = scalar(opened);
  if (secret === null || !same(write(times(Point.BASE, secret)), ownKey)) return true;
  const pad = sha256(join(text("fourth-signer/pair\0"), way, agree(secret, theirKey)));
  const value = scalar(sealed.map((byte, i) => byte ^ pad[i]));
  return value !== null && times(Point.BASE, value).equals(expected);
}

/// The address that a group has in a vault: of its whole point.
export const addressOf = (key) => keccak(read(key).toBytes(false).subarray(1)).subarray(12);
export const isFitKey = (key) => isPoint(key) && number(key.subarray(1)) < Fn.ORDER;
