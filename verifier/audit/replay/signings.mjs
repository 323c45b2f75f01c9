// A signing of a party's records, judged from what was asked to what was signed.
import { aggregate, hex, same } from "./noble.mjs";
import { who } from "./envelope.mjs";
import { trialDigest } from "./dealing.mjs";
import {
  committedIn, faultOfCommitment, faultOfDecline, faultOfInvitation, faultOfPackage, faultOfShare, faultOfSignature,
} from "./signing.mjs";
import { readRequest } from "./asked.mjs";
import { judgeCallOff } from "./calling_off.mjs";
import { isCertified, judgeOver, missing, notKnown, of, weigh } from "./court.mjs";

/// Of which key a session is: a trial is of the shares that it tries, all else of those in use.
function groupOf(court, session, invitation) {
  const all = court.groupsOf(session);
  return all.find((each) => invitation && same(trialDigest(each), invitation.digest)) ?? all.find((each) => each.isInUse) ?? all[0];
}

export function judgeSigning(court, session) {
  const [invitation] = of(session, "INVITATION"), [pack] = of(session, "PACKAGE"), [signed] = of(session, "SIGNATURE");
  const group = groupOf(court, session, invitation), all = (kind) => session.all.filter((one) => one.kind === kind);
  if (!group) return notKnown(court, session);
  const said = [];
  for (const one of all("INVITATION")) weigh(court, session, one, faultOfInvitation);
  if (!invitation) {
    if (session.list.length) missing(court, session, "the INVITATION", "without it nobody knows what was asked");
    return ["nobody knows what was asked"];
  }
  judgeAsked(court, session, group, invitation, said);
  for (const one of all("COMMITMENT")) {
    if (weigh(court, session, one, () => faultOfCommitment(invitation, one))) judgeNonces(court, session, one);
  }
  for (const one of all("DECLINE")) weigh(court, session, one, () => faultOfDecline(invitation, one));
  for (const one of all("PACKAGE")) weigh(court, session, one, () => faultOfPackage(group, invitation, one));
  const isFit = pack?.body && !faultOfPackage(group, invitation, pack);
  if (isFit) judgeQuotes(court, session, pack, said);
  if (!pack && of(session, "SIGNATURE_SHARE").length) missing(court, session, "the PACKAGE", "shares were sent");
  const shares = judgeShares(court, session, group, isFit ? pack : null, said);
  for (const one of all("SIGNATURE")) weigh(court, session, one, () => faultOfSignature(group, invitation, isFit ? pack : null, one));
  judgeCallOff(court, session, invitation, invitation.digest, said);
  if (!signed) return [...said, unsigned(shares, isFit ? committedIn(pack) : [])];
  if (!faultOfSignature(group, invitation, isFit ? pack : null, signed)) said.push("the signature is the group's");
  if (session.view.isDesk) judgeMaking(court, session, group, isFit ? pack : null, signed, shares);
  return said;
}

/// Shares are as good as a signature to whoever has enough of them.
function unsigned(shares, committed) {
  if (!shares.size) return "it was not signed";
  return shares.size === committed.length ? "no signature stands here, but all its shares do: whoever has them has it"
    : "no signature stands here, but shares of it were given: there may be one";
}

/// What was asked has to make the digest that was signed.
function judgeAsked(court, session, group, invitation, said) {
  if (!invitation.body) return;
  const { request } = invitation.body;
  if (Buffer.from(request).toString("latin1") === "trial") {
    session.isTrial = same(trialDigest(group), invitation.digest);
    session.asked = "the trial of new shares";
    if (!session.isTrial) court.say(session, invitation, "it asks for a trial, and its digest is not that of new shares");
  } else {
    try {
      const { digest, words } = readRequest(request, group.commitments[0]);
      session.asked = words;
      if (!same(digest, invitation.digest)) court.say(session, invitation, `what is asked (${words}) makes another digest than is to be signed`);
    } catch (error) {
      session.asked = "something that cannot be read";
      court.say(session, invitation, `what is asked cannot be read (${error.message})`);
    }
    const isUsed = of(session, "COMMITMENT").length > 0;
    if (isUsed) judgeOver(court, session, invitation);
    if (isUsed && !(group.isInUse && isCertified(session.view, group))) court.say(session, invitation, `it is signed with shares of epoch ${session.epoch}, which nobody certified here`);
  }
  said.push(`asked: ${session.asked}`);
}

/// No point of a nonce comes twice, nor with its sign changed, whoever has the records of it or was told it by a PACKAGE.
function judgeNonces(court, session, one, where = one) {
  for (const point of [one.body.hiding, one.body.binding]) {
    const name = hex(point.subarray(1)), before = court.nonces.get(name);
    if (before && !(before.session === one.session && same(before.said, one.said))) {
      court.say(session, where, `a nonce of ${who(one.sender)} has been used before, in session ${before.session.slice(0, 16)}`);
    } else court.nonces.set(name, one);
  }
}

function judgeQuotes(court, session, pack, said) {
  const committed = committedIn(pack);
  said.push(`holders ${committed.map((one) => one.index).join(", ")} committed`);
  for (const { index, quoted } of committed) {
    judgeNonces(court, session, quoted, pack);
    const mine = of(session, "COMMITMENT").find((one) => one.sender === index);
    const isSeen = session.view.isDesk || session.view.party === index;
    if (isSeen && !(mine && same(mine.said, quoted.said))) {
      court.say(session, pack, `the PACKAGE quotes a COMMITMENT of ${who(index)} that does not stand in these records`);
    }
  }
}

function judgeShares(court, session, group, pack, said) {
  const shares = new Map(), wrong = [], [signed] = of(session, "SIGNATURE");
  for (const one of session.all.filter((each) => each.kind === "SIGNATURE_SHARE")) {
    const fault = one.body && pack ? faultOfShare(group, pack, one) : ["PACKAGE", "nobody knows who signs"];
    weigh(court, session, one, () => fault);
    if (pack) said.push(`the share of holder ${one.sender} is ${fault ? "wrong" : "right"}`);
    if (fault?.[0] === "SHARE" && signed) court.say(session, one, `it was signed, and the share of holder ${one.sender} is wrong`);
    if (!fault) shares.set(one.sender, one.body.z);
    else if (fault[0] === "SHARE") wrong.push(one);
  }
  // Whose share is wrong shows once all are there.
  const chosen = pack ? committedIn(pack).map(({ index }) => index) : [];
  const isWhole = chosen.every((index) => session.all.some((one) => one.kind === "SIGNATURE_SHARE" && one.sender === index));
  if (isWhole && session.view.isDesk) session.wrong = wrong;
  return shares;
}

/// The desk adds up what came, and nothing else.
function judgeMaking(court, session, group, pack, signed, shares) {
  if (!pack) { missing(court, session, "the PACKAGE", "it was signed"); return; }
  const committed = committedIn(pack);
  const absent = committed.filter(({ index }) => !of(session, "SIGNATURE_SHARE").some((one) => one.sender === index));
  for (const { index } of absent) missing(court, session, `the share of ${who(index)}`, "it was signed");
  if (shares.size !== committed.length) return;
  const made = aggregate(group, committed, pack.digest, shares);
  if (made === null || !same(made, signed.body?.signature ?? [])) court.say(session, signed, "its shares make another signature");
}
