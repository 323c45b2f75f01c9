// The rules of a signing: what each message may say. Each rule returns what is wrong, or null.
import { isPoint, isShareRight, occasionOf, same, verify } from "./noble.mjs";
import { isNothing, isSigned, keysOf, who } from "./envelope.mjs";
import { openAll } from "./dealing.mjs";

export const faultOfInvitation = (one) => (isNothing(one.seen) ? null : ["SEEN", "it begins a session, and answers something"]);

function faultOfAnswer(invitation, one) {
  if (!same(one.digest, invitation.digest)) return ["DIGEST", "it is about something else than was asked"];
  return same(one.seen, invitation.hash) ? null : ["SEEN", "it answers another INVITATION"];
}

export const faultOfDecline = faultOfAnswer;

export function faultOfCommitment(invitation, one) {
  const fault = faultOfAnswer(invitation, one), { hiding, binding } = one.body;
  if (fault) return fault;
  return isPoint(hiding) && isPoint(binding) && !same(hiding, binding) ? null : ["POINTS", "commits to what is no point"];
}

/// Who a PACKAGE says signs, with the points of their nonces; null where it cannot be read.
export function committedIn(pack) {
  const quoted = openAll(pack.body.commitments);
  if (quoted === null || quoted.some((one) => one.kind !== "COMMITMENT" || one.bad)) return null;
  return quoted.map((one) => ({ index: one.sender, hiding: one.body.hiding, binding: one.body.binding, quoted: one }));
}

export function faultOfPackage(group, invitation, pack) {
  const fault = faultOfAnswer(invitation, pack), keys = keysOf(group.charter);
  if (fault) return fault;
  const committed = committedIn(pack);
  if (committed === null) return ["BODY", "it quotes what is no COMMITMENT"];
  for (const { index, quoted } of committed) {
    if (quoted.session !== pack.session || quoted.epoch !== pack.epoch || quoted.group !== pack.group || !isSigned(quoted, keys.get(index))) {
      return ["SIGNATURE", `it quotes what ${who(index)} did not say`];
    }
    const wrong = faultOfCommitment(invitation, quoted);
    if (wrong) return [wrong[0], `it quotes ${who(index)}: ${wrong[1]}`];
  }
  const indexes = committed.map((one) => one.index), { threshold } = group.charter;
  const isGrowing = indexes.every((index, i) => i === 0 || index > indexes[i - 1]);
  if (!isGrowing || indexes.length < threshold || !indexes.every((index) => group.charter.indexes.includes(index))) {
    return ["COUNT", "too few sign by it, or one who is not of the group"];
  }
  return occasionOf(group.commitments[0], invitation.digest, committed) ? null : ["COUNT", "what they commit to adds up to nothing"];
}

/// Of a share whose PACKAGE is right.
export function faultOfShare(group, pack, one) {
  if (!same(one.digest, pack.digest)) return ["DIGEST", "it is about something else than was asked"];
  if (!same(one.seen, pack.hash)) return ["SEEN", "it answers another PACKAGE"];
  const committed = committedIn(pack);
  if (!committed.some(({ index }) => index === one.sender)) return ["ORDER", "it was not chosen to sign"];
  return isShareRight(group, committed, pack.digest, one.sender, one.body.z) ? null : ["SHARE", "its signature share is wrong"];
}

/// `pack` is null where who reads was not chosen.
export function faultOfSignature(group, invitation, pack, one) {
  if (!same(one.digest, invitation.digest)) return ["DIGEST", "it is about something else than was asked"];
  if (pack && !same(one.seen, pack.hash)) return ["SEEN", "it comes of another PACKAGE"];
  if (!verify(one.body.signature, invitation.digest, group.commitments[0])) return ["SHARE", "its signature is not the group's"];
  if (!pack) return null;
  const { r } = occasionOf(group.commitments[0], invitation.digest, committedIn(pack));
  return same(r, one.body.signature.subarray(0, 33)) ? null : ["SHARE", "its R is not the one of the nonces in the PACKAGE"];
}
