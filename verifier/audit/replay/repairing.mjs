// The rules of a repair: what each message may say, and what the sums come to. Each rule returns what is wrong, or null.
import { counted, isPoint, pointAt, read, same, sum } from "./noble.mjs";
import { hashOfList, isNothing, keysOf, matterOf } from "./envelope.mjs";

const list = (some) => [...some].join();

/// Who takes part, from a REPAIR_CALL that can be read, and the group's key at the time.
export function assembleRepair(call, group) {
  const { lost, helpers } = call.body, members = [...helpers, lost].sort((a, b) => a - b);
  const keys = new Map([...keysOf(group.charter)].filter(([index]) => index === 0 || members.includes(index)));
  return { call, group, charter: group.charter, lost, helpers, members, keys, matter: matterOf(call) };
}

export function faultOfRepairCall(call, group) {
  const { lost, helpers } = call.body, { indexes, threshold } = group.charter;
  if (!isNothing(call.digest) || !isNothing(call.seen)) return ["DIGEST", "it begins a ceremony, and answers something"];
  const isFit = [...helpers, lost].every((index) => indexes.includes(index)) && helpers.length === threshold;
  return isFit ? null : ["COUNT", "not as many holders help as sign, or one is not of the group"];
}

export function faultOfRepairOffer(ctx, one) {
  const { commitments, keys } = one.body, wanted = ctx.helpers.includes(one.sender) ? ctx.helpers : [];
  if (!same(one.digest, ctx.matter)) return ["DIGEST", "it is about another ceremony"];
  if (!same(one.seen, ctx.call.hash)) return ["SEEN", "it answers another REPAIR_CALL"];
  if (!ctx.members.includes(one.sender)) return ["SENDER", "it has no part in this"];
  if (list(commitments.keys()) !== list(wanted)) return ["COUNT", "commits to parts for others than the helpers"];
  if (list(keys.keys()) !== list(ctx.members.filter((index) => index !== one.sender))) {
    return ["COUNT", "gives keys to others than those who take part"];
  }
  if (![...commitments.values(), ...keys.values()].every(isPoint)) return ["POINTS", "commits to what is no point"];
  if (!wanted.length || sum([...commitments.values()].map(read)).equals(counted(ctx.group.commitments, one.sender, ctx.helpers, ctx.lost))) return null;
  return ["DEALT", "its parts do not come to what its share counts"];
}

export function faultOfRepairParts(ctx, offers, one) {
  if (!same(one.digest, ctx.matter)) return ["DIGEST", "it is about another ceremony"];
  if (!ctx.helpers.includes(one.sender)) return ["SENDER", "it does not help"];
  const expected = ctx.helpers.filter((index) => index !== one.sender);
  if (list(one.body.sealed.keys()) !== list(expected)) return ["COUNT", "seals parts for others than the helpers"];
  return same(one.seen, hashOfList(offers)) ? null : ["SEEN", "it saw other offers than stand here"];
}

export function faultOfRepairSum(ctx, transcript, one) {
  if (!same(one.digest, ctx.matter)) return ["DIGEST", "it is about another ceremony"];
  if (!ctx.helpers.includes(one.sender)) return ["SENDER", "it does not help"];
  return same(one.seen, transcript) ? null : ["SEEN", "it saw other messages than stand here"];
}

/// The point of the sum that a helper passes on, by what all committed to.
export const sumPoint = (ctx, offers, helper) => sum(ctx.helpers.map((one) => read(offers.get(one).body.commitments.get(helper))));

/// Whether the sums come to the public share of the one who lost its own.
export const comesToShare = (ctx, offers) =>
  sum(ctx.helpers.map((helper) => sumPoint(ctx, offers, helper))).equals(pointAt(ctx.group.commitments, ctx.lost));
