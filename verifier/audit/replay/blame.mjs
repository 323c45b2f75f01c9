// Who lied: each verdict of a record is found again from its evidence alone, and from nothing that the record adds.
import { isPoint, isSealedRight, pointAt, read, same } from "./noble.mjs";
import { hashOfList, isSigned, open } from "./envelope.mjs";
import { assemble, faultOfCall, faultOfOffer, faultOfSubShares, wayOf } from "./dealing.mjs";
import { faultOfInvitation, faultOfPackage, faultOfShare } from "./signing.mjs";
import { assembleRepair, faultOfRepairCall, faultOfRepairOffer, faultOfRepairParts, faultOfRepairSum, sumPoint } from "./repairing.mjs";

export const FALSE_COMPLAINT = "complained of what was right";
export const BAD_SUB_SHARE = "sealed a value for another that does not fit what was committed to";
export const BAD_SHARE = "sent a signature share that is wrong";
const VIEWS = new Set(["DIGEST", "SEEN"]);
const bySender = (list) => new Map(list.map((one) => [one.sender, one]));

/// A COMPLAINT decided: [who lied, what it did], or null where it is of what others did not see.
export function decide(ctx, heard, complaint) {
  const { accused, opened } = complaint.body, accuser = complaint.sender, isRepair = ctx.lost !== undefined;
  const offers = bySender(heard.filter((one) => one.kind === "OFFER" || one.kind === "REPAIR_OFFER"));
  const isOfSum = isRepair && accuser === ctx.lost;
  const kind = isRepair ? (isOfSum ? "REPAIR_SUM" : "REPAIR_PARTS") : "SUB_SHARES";
  const seen = heard.filter((one) => isOfSum || one.kind !== "REPAIR_SUM");
  const sealing = seen.find((one) => one.kind === kind && one.sender === accused);
  if (!same(complaint.digest, ctx.matter) || !same(complaint.seen, hashOfList(seen)) || !sealing) return null;
  const sealed = isOfSum ? sealing.body.sealed : sealing.body.sealed.get(accuser);
  const ownKey = offers.get(accuser)?.body.keys.get(accused), theirKey = offers.get(accused)?.body.keys.get(accuser);
  if (!sealed || !ownKey || !theirKey || !isPoint(theirKey)) return null;
  const expected = isOfSum ? sumPoint(ctx, offers, accused)
    : isRepair ? read(offers.get(accused).body.commitments.get(accuser)) : pointAt(offers.get(accused).body.commitments, accuser);
  const way = wayOf(ctx.call, sealing.number, accused, accuser);
  return isSealedRight({ opened, ownKey, theirKey, sealed, way, expected }) ? [accuser, FALSE_COMPLAINT] : [accused, BAD_SUB_SHARE];
}

/// What is wrong with a message of a dealing or a repair, given those before it.
export function faultIn(ctx, heard, one) {
  const offers = heard.filter((each) => each.kind === "OFFER" || each.kind === "REPAIR_OFFER");
  const transcript = hashOfList(heard.filter((each) => each.kind !== "REPAIR_SUM"));
  switch (one.kind) {
    case "OFFER": return ctx.lost === undefined ? faultOfOffer(ctx, one) : ["KIND", "it is of another ceremony"];
    case "SUB_SHARES": return ctx.lost === undefined ? faultOfSubShares(ctx, offers, one) : ["KIND", "it is of another ceremony"];
    case "REPAIR_OFFER": return ctx.lost === undefined ? ["KIND", "it is of another ceremony"] : faultOfRepairOffer(ctx, one);
    case "REPAIR_PARTS": return ctx.lost === undefined ? ["KIND", "it is of another ceremony"] : faultOfRepairParts(ctx, offers, one);
    case "REPAIR_SUM": return ctx.lost === undefined ? ["KIND", "it is of another ceremony"] : faultOfRepairSum(ctx, transcript, one);
    default: return ["KIND", "it is of another ceremony"];
  }
}

function ctxOf(call, groupsOf) {
  if (call.bad) return null;
  if (call.kind === "CALL") return faultOfCall(call) ? null : assemble(call);
  if (call.kind !== "REPAIR_CALL") return null;
  return groupsOf(call).filter((group) => !faultOfRepairCall(call, group)).map((group) => assembleRepair(call, group))[0] ?? null;
}

const JUDGES = {
  "said two things in one place": (who, list, { signs }) => {
    const [one, other] = list;
    return list.length === 2 && list.every((each) => each.sender === who && signs(each)) && !same(one.said, other.said)
      && ["epoch", "session", "kind"].every((name) => one[name] === other[name]);
  },
  "signed what no correct program says": (who, list, { signs }) => {
    const [one] = list;
    if (list.length !== 1 || one.sender !== who || !signs(one)) return false;
    if (one.bad) return true;
    return one.kind === "COMMITMENT"
      && !(isPoint(one.body.hiding) && isPoint(one.body.binding) && !same(one.body.hiding, one.body.binding));
  },
  [BAD_SHARE]: (who, list, { signs, groupsOf }) => {
    const [invitation, pack, share] = list;
    if (list.length !== 3 || !isAsking(list, signs) || share.bad || share.kind !== "SIGNATURE_SHARE" || share.sender !== who) return false;
    if (share.session !== pack.session || share.epoch !== pack.epoch || !signs(share)) return false;
    return groupsOf(pack).some((group) =>
      !faultOfPackage(group, invitation, pack) && faultOfShare(group, pack, share)?.[0] === "SHARE");
  },
  "passed on what nobody said so": (who, list, { signs, groupsOf }) => {
    const [invitation, pack] = list;
    return who === 0 && list.length === 2 && isAsking(list, signs) && groupsOf(pack).some((group) => faultOfPackage(group, invitation, pack));
  },
  "offered what no member may offer": (who, list, { signs, groupsOf }) => {
    const [call, one] = list, ctx = call ? ctxOf(call, groupsOf) : null;
    if (list.length !== 2 || ctx === null || !signs(call) || one.bad || one.sender !== who) return false;
    if (one.session !== call.session || !isSigned(one, ctx.keys.get(who))) return false;
    const fault = faultIn(ctx, [], one);
    return fault !== null && fault[0] !== "KIND" && !VIEWS.has(fault[0]);
  },
  [BAD_SUB_SHARE]: complained(BAD_SUB_SHARE),
  [FALSE_COMPLAINT]: complained(FALSE_COMPLAINT),
};

function isAsking([invitation, pack], signs) {
  return invitation.kind === "INVITATION" && pack.kind === "PACKAGE" && !invitation.bad && !pack.bad && signs(invitation)
    && signs(pack) && !faultOfInvitation(invitation) && invitation.session === pack.session && invitation.epoch === pack.epoch;
}

function complained(crime) {
  return (who, list, { signs, groupsOf }) => {
    const [call, ...rest] = list, complaint = rest.pop(), ctx = call ? ctxOf(call, groupsOf) : null;
    if (ctx === null || !signs(call) || !complaint || complaint.bad || complaint.kind !== "COMPLAINT") return false;
    if ([...rest, complaint].some((one) => one.bad || one.session !== call.session || !isSigned(one, ctx.keys.get(one.sender)))) return false;
    const heard = [];
    for (const one of [...rest].sort((a, b) => a.number - b.number || a.sender - b.sender)) {
      if (faultIn(ctx, heard, one) || heard.some((each) => each.kind === one.kind && each.sender === one.sender)) return false;
      if (["OFFER", "REPAIR_OFFER"].includes(one.kind) || heard.length) heard.push(one);
    }
    const spoken = heard.filter((one) => one.kind === "OFFER" || one.kind === "REPAIR_OFFER").map((one) => one.sender);
    const found = spoken.length === ctx.members.length ? decide(ctx, heard, complaint) : null;
    return found !== null && found[0] === who && found[1] === crime;
  };
}

/// Whether the evidence of a verdict shows that somebody did what it says. `signs` says whether an envelope is its sender's,
/// `groupsOf` which keys the group may have had then.
export function isProven(who, crime, evidence, court) {
  try {
    return JUDGES[crime]?.(who, evidence.map(open), court) ?? false;
  } catch {
    return false;
  }
}
