// The rules of a dealing: what each message may say, and the key that follows. Each rule returns what is wrong, or null.
import {
  bytes, counted, hex, isFitKey, isPoint, isProven, join, pointAt, read, same, sha256, sum, text, verify, word, write,
} from "./noble.mjs";
import { hashOfList, isNothing, isSigned, keysOf, matterOf, open, who } from "./envelope.mjs";

const list = (some) => [...some].join();
export const union = (one, other) => [...new Set([...one, ...other])].sort((a, b) => a - b);

/// Who takes part, from a CALL that can be read.
export function assemble(call) {
  const { charter, dealers, old } = call.body;
  const members = union(dealers, charter.indexes);
  const all = new Map([...(old ? keysOf(old.charter) : []), ...keysOf(charter)]);
  all.set(0, (old ? old.charter : charter).coordinator);
  const keys = new Map([...all].filter(([index]) => index === 0 || members.includes(index)));
  return { call, charter, dealers, old, members, keys, matter: matterOf(call) };
}

export function faultOfCall(call) {
  const { charter, dealers, old } = call.body;
  if (!isNothing(call.digest) || !isNothing(call.seen)) return ["DIGEST", "it begins a ceremony, and answers something"];
  if (hex(charter.group) !== call.group || charter.epoch !== call.epoch) {
    return ["EPOCH", "its charter is of another group or epoch than itself"];
  }
  if (old === null) {
    return list(dealers) === list(charter.indexes) ? null : ["COUNT", "not all holders of a new key deal"];
  }
  if (hex(old.charter.group) !== call.group || old.charter.epoch >= call.epoch || old.commitments.length !== old.charter.threshold
    || !old.commitments.every(isPoint)) {
    return ["SEEN", "the key that it speaks of is none that there can be"];
  }
  if (!dealers.every((index) => old.charter.indexes.includes(index)) || dealers.length < old.charter.threshold) {
    return ["COUNT", "its dealers are too few, or do not all hold a share"];
  }
  const pairs = new Map([...old.charter.holders, ...charter.holders].map(([index, key]) => [`${index} ${hex(key)}`, [index, hex(key)]]));
  const indexes = new Set([...pairs.values()].map(([index]) => index)), keys = new Set([...pairs.values()].map(([, key]) => key));
  if (indexes.size < pairs.size || keys.size < pairs.size) return ["SENDER", "a holder that stays has another number or key in it"];
  return null;
}

const counterparts = (ctx, index) => union(
  ctx.dealers.includes(index) ? ctx.charter.indexes : [], ctx.charter.indexes.includes(index) ? ctx.dealers : [],
).filter((one) => one !== index);

/// The point of what a dealer has to deal: its share, as it counts; null where it chooses that itself.
const dealt = (ctx, index) => (ctx.old ? write(counted(ctx.old.commitments, index, ctx.dealers)) : null);

export function faultOfOffer(ctx, one) {
  const { commitments, proof, keys } = one.body, isDealer = ctx.dealers.includes(one.sender);
  if (!same(one.digest, ctx.matter)) return ["DIGEST", "it is about another ceremony"];
  if (!same(one.seen, ctx.call.hash)) return ["SEEN", "it answers another CALL"];
  if (!ctx.members.includes(one.sender)) return ["SENDER", "it has no part in this"];
  if (commitments.length !== (isDealer ? ctx.charter.threshold : 0)) return ["COUNT", "committed to another threshold"];
  if (list(keys.keys()) !== list(counterparts(ctx, one.sender))) return ["COUNT", "gives keys to others than those it deals with"];
  if (![...commitments, ...keys.values()].every(isPoint)) return ["POINTS", "commits to what is no point"];
  if (isDealer && !isProven(one.sender, commitments[0], proof)) return ["PROOF", "proves no knowledge of what it committed to"];
  const expected = isDealer ? dealt(ctx, one.sender) : null;
  return expected === null || same(expected, commitments[0]) ? null : ["DEALT", "does not deal its own share"];
}

export function faultOfSubShares(ctx, offers, one) {
  if (!same(one.digest, ctx.matter)) return ["DIGEST", "it is about another ceremony"];
  if (!ctx.dealers.includes(one.sender)) return ["SENDER", "it deals nothing here"];
  const expected = ctx.charter.indexes.filter((index) => index !== one.sender);
  if (list(one.body.sealed.keys()) !== list(expected)) return ["COUNT", "deals to others than those who are to hold shares"];
  return same(one.seen, hashOfList(offers)) ? null : ["SEEN", "it saw other offers than stand here"];
}

export function faultOfConfirmation(ctx, transcript, one) {
  if (!same(one.digest, ctx.matter)) return ["DIGEST", "it is about another ceremony"];
  return same(one.seen, transcript) ? null : ["SEEN", "confirmed another transcript"];
}

/// What a CERTIFICATE does not show that it has to show.
export function faultOfCertificate(ctx, transcript, key, one) {
  if (!same(one.digest, ctx.matter)) return ["DIGEST", "it is about another ceremony"];
  if (!same(one.seen, transcript)) return ["SEEN", "it is of another transcript"];
  if (!verify(one.body.signature, trialDigest({ charter: ctx.charter, commitments: key }), key[0])) {
    return ["PROOF", "the trial's signature is not the key's"];
  }
  const confirmations = openAll(one.body.confirmations);
  if (confirmations === null || list(confirmations.map((each) => each.sender)) !== list(ctx.members)) {
    return ["COUNT", "not all members confirmed"];
  }
  for (const each of confirmations) {
    if (each.kind !== "CONFIRMATION" || each.bad || each.session !== one.session || each.epoch !== one.epoch || each.group !== one.group) {
      return ["PROOF", `what should be the confirmation of ${who(each.sender)} is none`];
    }
    if (!isSigned(each, ctx.keys.get(each.sender))) return ["SIGNATURE", `${who(each.sender)} did not sign its confirmation`];
    const fault = faultOfConfirmation(ctx, transcript, each);
    if (fault) return ["SEEN", `${who(each.sender)} ${fault[1]}`];
  }
  return null;
}

export function openAll(raws) {
  try {
    return raws.map(open);
  } catch {
    return null;
  }
}

/// The commitments of the key that offers make; null where chance made none that a vault could take.
export function keyOf(ctx, offers) {
  const columns = Array.from({ length: ctx.charter.threshold }, (_, i) =>
    sum(ctx.dealers.map((index) => read(offers.get(index).body.commitments[i]))));
  if (columns.some((point) => point.is0())) return null;
  const commitments = columns.map(write);
  const isWhole = ctx.charter.indexes.every((index) => !pointAt(commitments, index).is0());
  return isWhole && isFitKey(commitments[0]) ? commitments : null;
}

/// Whether the public shares of any first and of any last holders, as many as sign, come to the key.
export function comesToKey({ charter, commitments }) {
  const { indexes, threshold } = charter;
  return [indexes.slice(0, threshold), indexes.slice(-threshold)].every((some) => same(
    write(sum(some.map((index) => counted(commitments, index, some)))), commitments[0],
  ));
}

export const keyDigest = ({ charter, commitments }) => sha256(join(text("fourth-signer/key\0"), charter.raw, ...commitments));
export const trialDigest = (key) => sha256(join(text("fourth-signer/trial\0"), keyDigest(key)));

/// Between whom and in what something was sealed: goes into the pad.
export const wayOf = (call, kind, sender, receiver) =>
  join(bytes(call.group), word(call.epoch).subarray(28), bytes(call.session), Uint8Array.of(kind, sender, receiver));
