// Every session of a party's records, judged anew: each message that was taken has to be right, each that was refused wrong,
// and nothing may be missing of what something else rests on.
import { aggregate, hex, same, verify } from "./noble.mjs";
import { hashOfList, isSigned, keysOf, who } from "./envelope.mjs";
import {
  assemble, comesToKey, faultOfCall, faultOfCertificate, faultOfConfirmation, keyOf, openAll, trialDigest,
} from "./dealing.mjs";
import {
  committedIn, faultOfCommitment, faultOfDecline, faultOfInvitation, faultOfPackage, faultOfShare, faultOfSignature,
} from "./signing.mjs";
import { assembleRepair, comesToShare, faultOfRepairCall } from "./repairing.mjs";
import { decide, faultIn } from "./blame.mjs";
import { readRequest } from "./asked.mjs";

/// Faults that can be seen again in the messages themselves; the others hang on the moment, and are believed.
const SEEN_AGAIN = new Map([
  ["its signature is not its sender's", "SIGNATURE"], ["its body is malformed", "BODY"], ["it is about something else", "DIGEST"],
  ["its sender saw other messages than came here", "SEEN"], ["a point in it is none that may stand there", "POINTS"],
  ["a list in it has the wrong length or the wrong holders", "COUNT"], ["its proof of knowledge is wrong", "PROOF"],
  ["what it deals is not its own share", "DEALT"], ["its signature share is wrong", "SHARE"],
  ["it is too long or too short", "SIZE"], ["it is no envelope", "FORM"], ["its version is another", "VERSION"],
  ["it has come before", "DUPLICATE"], ["its sender has said something else in the same place", "CONFLICT"],
]);

export class Court {
  /// `disagree` takes {view, note, one, session, why}.
  constructor(disagree) { this.disagree = disagree; this.groups = new Map(); this.asked = new Map(); this.nonces = new Map(); }

  /// The keys that a group may have had in an epoch: from dealings, from what calls say of the one before, from its file.
  groupsOf({ group, epoch }) { return this.groups.get(`${group} ${epoch}`) ?? []; }

  learn(found) {
    const name = `${hex(found.charter.group)} ${found.charter.epoch}`;
    const all = this.groups.get(name) ?? [];
    const known = all.find((each) => each.commitments.length === found.commitments.length && same(each.charter.raw, found.charter.raw)
      && each.commitments.every((point, i) => same(point, found.commitments[i])));
    if (known) { known.isInUse ||= found.isInUse; return known; }
    this.groups.set(name, [...all, found]);
    return found;
  }

  /// Whether an envelope is its sender's, by the call of its session or by a charter of its epoch.
  signs(one, session) {
    const dealing = session?.ctx ?? null;
    if (dealing && dealing.lost === undefined) return isSigned(one, dealing.keys.get(one.sender));
    const charters = this.groupsOf(one).map(({ charter }) => charter);
    return charters.some((charter) => isSigned(one, keysOf(charter).get(one.sender)));
  }

  /// What a court of evidence has to know.
  forEvidence(sessions) {
    const known = (one) => sessions.get(one.session);
    return { groupsOf: (one) => this.groupsOf(one), signs: (one) => this.signs(one, known(one)) };
  }

  say(session, one, why) { this.disagree({ view: session.view, note: one?.note, one, session: session.name, why }); }
}

const of = (session, kind) => session.list.filter((one) => one.kind === kind);
const last = (some) => some[some.length - 1];

/// Learn who takes part in the dealings of a party's records, and the keys that they make.
export function prepare(court, view) {
  for (const session of view.sessions.values()) {
    const [call] = of(session, "CALL");
    if (!call || call.bad) continue;
    session.ctx = assemble(call);
    const { old, charter } = session.ctx;
    if (old && !faultOfCall(call)) court.learn({ ...old, isInUse: true, from: "call", note: call.note });
    const offers = new Map(of(session, "OFFER").filter((one) => one.body).map((one) => [one.sender, one]));
    session.isWhole = session.ctx.members.every((index) => offers.has(index));
    if (!session.isWhole || !isSigned(call, session.ctx.keys.get(0)) || faultOfCall(call)) continue;
    const isFit = [...offers.values()].every((one) => !faultIn(session.ctx, [], one));
    session.key = isFit ? keyOf(session.ctx, offers) : null;
    if (!session.key) continue;
    const isInUse = of(session, "CERTIFICATE").length > 0;
    session.learnt = court.learn({ charter, commitments: session.key, isInUse, from: "dealing", session: session.name });
  }
}

const BELONGING = {
  dealing: new Set(["CALL", "OFFER", "SUB_SHARES", "CONFIRMATION", "COMPLAINT", "CERTIFICATE"]),
  repair: new Set(["REPAIR_CALL", "REPAIR_OFFER", "REPAIR_PARTS", "REPAIR_SUM", "CONFIRMATION", "COMPLAINT"]),
  signing: new Set(["INVITATION", "COMMITMENT", "DECLINE", "PACKAGE", "SIGNATURE_SHARE", "SIGNATURE"]),
};

/// Judge a session, and return {kind, epoch, asked, said}.
export function judge(court, session) {
  const has = (kind) => session.all.some((one) => one.kind === kind);
  const kinds = ["CALL", "OFFER", "SUB_SHARES", "CERTIFICATE"];
  const isDealing = kinds.some(has), isRepair = ["REPAIR_CALL", "REPAIR_OFFER", "REPAIR_PARTS", "REPAIR_SUM"].some(has);
  session.kind = isDealing ? (session.ctx?.old ? "new shares" : "a new key") : isRepair ? "a repair" : "a signing";
  session.heard = [];
  const said = isDealing ? judgeDealing(court, session) : isRepair ? judgeRepair(court, session) : judgeSigning(court, session);
  const kindsHere = BELONGING[isDealing ? "dealing" : isRepair ? "repair" : "signing"];
  for (const one of session.list) {
    judgeTwice(court, session, one);
    if (!kindsHere.has(one.kind)) court.say(session, one, `a ${one.kind} of ${who(one.sender)} was taken, which belongs to no such session`);
  }
  return { session: session.name, file: session.view.file, kind: session.kind, epoch: session.epoch, asked: session.asked ?? "", said };
}

/// One word of a kind for each in a session.
function judgeTwice(court, session, one) {
  const first = session.list.find((each) => each.kind === one.kind && each.sender === one.sender);
  if (!same(first.said, one.said)) court.say(session, one, `${who(one.sender)} said two things in one place, and both were taken`);
}

/// Hold what the records say of a message against what is found now. `find` returns what is wrong with it, or null.
function weigh(court, session, one, find) {
  const fault = one.bad ? ["BODY", one.bad] : !court.signs(one, session) ? ["SIGNATURE", ""] : find(one);
  if (one.isTaken) {
    if (fault?.[0] === "SIGNATURE" && !fault[1]) court.say(session, one, `a ${one.kind} was taken that ${who(one.sender)} did not sign`);
    else if (fault) court.say(session, one, `a ${one.kind} of ${who(one.sender)} was taken, and ${fault[1]}`);
  }
  for (const passage of one.passages.filter((each) => each.refused)) {
    if (isRefusedRightly(session, one, passage, fault)) continue;
    const why = `a ${one.kind} of ${who(one.sender)} was refused since ${passage.refused}, and nothing of that is so`;
    court.disagree({ view: session.view, note: passage.by, one, session: session.name, why });
  }
  return one.isTaken && !fault;
}

function isRefusedRightly(session, one, { refused, by, isFirst }, fault) {
  const name = SEEN_AGAIN.get(refused), earlier = session.all.filter((each) => each !== one && each.note.number < by.number);
  if (name === "DUPLICATE") return !isFirst || earlier.length > 0;
  if (name === "CONFLICT") return earlier.some((each) => each.kind === one.kind && each.sender === one.sender && !same(each.said, one.said));
  // What begins something is held against what its reader knows by then.
  const isBeginning = ["INVITATION", "CALL", "REPAIR_CALL"].includes(one.kind) && ["DIGEST", "SEEN", "COUNT"].includes(name);
  return name === undefined || isBeginning || fault !== null;
}

function missing(court, session, what, why) {
  court.say(session, last(session.list) ?? last(session.all), `${what} is missing from these records, and ${why}`);
}

// ---------------------------------------------------------------------------------------------------------------- dealing

function judgeDealing(court, session) {
  const { ctx, view } = session, [call] = of(session, "CALL"), [certificate] = of(session, "CERTIFICATE");
  if (!ctx) {
    const [key] = court.groupsOf(session).filter((each) => each.isInUse);
    if (key && session.list.every((one) => one.kind === "CERTIFICATE")) return judgeAlone(court, session, key);
    if (session.list.length) missing(court, session, "the CALL", "without it nothing of this dealing can be judged");
    return ["nothing of it can be judged"];
  }
  for (const one of session.all.filter((each) => each.kind === "CALL")) weigh(court, session, one, faultOfCall);
  judgeOld(court, session, call);
  const said = [];
  judgeRounds(court, session, ["OFFER", "SUB_SHARES"]);
  const has = (kind, index) => of(session, kind).some((one) => one.sender === index);
  const lacks = (kind, members) => members.filter((index) => !has(kind, index));
  const noOffers = lacks("OFFER", ctx.members), noShares = lacks("SUB_SHARES", ctx.dealers);
  const goesOn = of(session, "SUB_SHARES")[0] ?? of(session, "CONFIRMATION")[0] ?? certificate;
  if (goesOn) for (const index of noOffers) missing(court, session, `the OFFER of ${who(index)}`, "the dealing went on");
  const further = of(session, "CONFIRMATION")[0] ?? certificate;
  if (further) for (const index of noShares) missing(court, session, `the SUB_SHARES of ${who(index)}`, "the dealing went on");
  const transcript = hashOfList([...of(session, "OFFER"), ...of(session, "SUB_SHARES")]);
  for (const one of session.all.filter((each) => each.kind === "CONFIRMATION")) {
    weigh(court, session, one, () => faultOfConfirmation(ctx, transcript, one));
  }
  judgeComplaints(court, session);
  if (session.key) judgeKey(court, session, said);
  else if (!noOffers.length) said.push("its offers make no key");
  else said.push("its offers are not all there");
  if (!certificate) return [...said, "it was not certified"];
  for (const one of session.all.filter((each) => each.kind === "CERTIFICATE")) {
    weigh(court, session, one, () => (session.key ? faultOfCertificate(ctx, transcript, session.key, one) : ["COUNT", "no key was made"]));
  }
  judgeCertificate(court, session, certificate);
  const count = certificate.body ? openAll(certificate.body.confirmations)?.length ?? 0 : 0;
  return [...said, view.isDesk || session.key ? `certified by ${count} members, and a trial signature` : "certified"];
}

/// A certificate that came once more to somebody whose records begin after its dealing.
function judgeAlone(court, session, key) {
  for (const one of session.all) {
    weigh(court, session, one, () => (verify(one.body.signature, trialDigest(key), key.commitments[0]) ? null
      : ["PROOF", "the trial's signature is not the key's"]));
  }
  return ["its dealing is not in these records; the trial is signed by the key of its epoch"];
}

/// The rounds of a dealing or a repair, each message given those of the rounds before.
function judgeRounds(court, session, rounds) {
  for (const kind of rounds) {
    const heard = rounds.slice(0, rounds.indexOf(kind)).flatMap((each) => of(session, each).filter((one) => one.body));
    for (const one of session.all.filter((each) => each.kind === kind)) weigh(court, session, one, () => faultIn(session.ctx, heard, one));
  }
  session.heard = rounds.flatMap((kind) => of(session, kind).filter((one) => one.body));
}

/// The key that a call speaks of has to be the one that was in use.
function judgeOld(court, session, call) {
  const { old } = session.ctx;
  if (!old) return;
  const known = court.groupsOf({ group: session.group, epoch: old.charter.epoch }).filter((each) => each.from !== "call");
  const isKnown = known.some((each) => same(each.charter.raw, old.charter.raw) && each.commitments.length === old.commitments.length
    && each.commitments.every((point, i) => same(point, old.commitments[i])));
  if (known.length && !isKnown) court.say(session, call, "the CALL speaks of another key, or other holders, than were made in that epoch");
}

function judgeKey(court, session, said) {
  const { charter, old } = session.ctx, key = { charter, commitments: session.key }, [call] = of(session, "CALL");
  said.push(`key ${hex(session.key[0])}, ${charter.threshold} of ${charter.holders.length}`);
  if (old && !same(session.key[0], old.commitments[0])) court.say(session, call, "new shares are of another key");
  if (!comesToKey(key)) court.say(session, call, "the public shares do not come to the key");
  else said.push("the public shares come to the key");
}

/// A certificate has to be the desk's own: of confirmations that came, and of a trial that was signed.
function judgeCertificate(court, session, certificate) {
  const { view } = session;
  if (!certificate.body || !session.key) return;
  const trial = trialDigest({ charter: session.ctx.charter, commitments: session.key });
  const signatures = [...view.sessions.values()].flatMap((each) => of(each, "SIGNATURE")).filter((one) => same(one.digest, trial));
  const isOne = signatures.some((one) => same(one.body?.signature ?? [], certificate.body.signature));
  if ((view.isDesk || signatures.length) && !isOne) court.say(session, certificate, "the trial that it certifies was not signed in these records");
  if (!view.isDesk) return;
  for (const one of openAll(certificate.body.confirmations) ?? []) {
    if (!of(session, "CONFIRMATION").some((each) => same(each.said, one.said))) {
      court.say(session, certificate, `it certifies a confirmation of ${who(one.sender)} that never came`);
    }
  }
}

/// Every complaint that was taken names one who lied, and the records have to say so.
function judgeComplaints(court, session) {
  for (const one of session.all.filter((each) => each.kind === "COMPLAINT")) {
    const found = one.body ? decide(session.ctx, session.heard, one) : null;
    const isFit = weigh(court, session, one, () => (found ? null : ["SEEN", "it is of what does not stand here"]));
    if (!isFit || !found) continue;
    const [culprit, crime] = found;
    const isNamed = session.view.records.some((note) => note.kind === "lied" && Number(note.body.who) === culprit && note.body.crime === crime);
    if (!isNamed) court.say(session, one, `a complaint shows that ${who(culprit)} ${crime}, and the records do not say so`);
  }
}

// ----------------------------------------------------------------------------------------------------------------- repair

function judgeRepair(court, session) {
  const [call] = of(session, "REPAIR_CALL"), [group] = court.groupsOf(session).filter((each) => each.isInUse);
  if (!call?.body) {
    if (session.list.length) missing(court, session, "the REPAIR_CALL", "without it nothing of this repair can be judged");
    return ["nothing of it can be judged"];
  }
  if (!group) return notKnown(court, session);
  session.ctx = assembleRepair(call, group);
  for (const one of session.all.filter((each) => each.kind === "REPAIR_CALL")) weigh(court, session, one, () => faultOfRepairCall(one, group));
  if (faultOfRepairCall(call, group)) return ["nobody may be helped so"];
  const { helpers, members, lost } = session.ctx, said = [`${helpers.map(who).join(", ")} help ${who(lost)}`];
  judgeRounds(court, session, ["REPAIR_OFFER", "REPAIR_PARTS", "REPAIR_SUM"]);
  const lacks = (kind, some) => some.filter((index) => !of(session, kind).some((one) => one.sender === index));
  const after = (kinds) => kinds.some((kind) => of(session, kind).length);
  if (after(["REPAIR_PARTS", "REPAIR_SUM", "CONFIRMATION"])) {
    for (const index of lacks("REPAIR_OFFER", members)) missing(court, session, `the REPAIR_OFFER of ${who(index)}`, "the repair went on");
  }
  if (after(["REPAIR_SUM", "CONFIRMATION"])) {
    for (const index of lacks("REPAIR_PARTS", helpers)) missing(court, session, `the REPAIR_PARTS of ${who(index)}`, "the repair went on");
  }
  const confirmations = session.all.filter((one) => one.kind === "CONFIRMATION");
  if (confirmations.some((one) => one.isTaken)) {
    for (const index of lacks("REPAIR_SUM", helpers)) missing(court, session, `the REPAIR_SUM of ${who(index)}`, "the share was confirmed");
  }
  for (const one of confirmations) {
    weigh(court, session, one, () => (one.sender !== lost ? ["SENDER", "its share was not lost"]
      : faultOfConfirmation(session.ctx, hashOfList(session.heard), one)));
  }
  judgeComplaints(court, session);
  const offers = new Map(of(session, "REPAIR_OFFER").filter((one) => one.body).map((one) => [one.sender, one]));
  const isWhole = members.every((index) => offers.has(index)) && [...offers.values()].every((one) => !faultIn(session.ctx, [], one));
  if (isWhole) {
    if (comesToShare(session.ctx, offers)) said.push(`the sums come to the public share of ${who(lost)}`);
    else court.say(session, call, `the sums do not come to the public share of ${who(lost)}`);
  }
  return [...said, confirmations.some((one) => one.isTaken) ? "the share was confirmed" : "no share was confirmed here"];
}

// ---------------------------------------------------------------------------------------------------------------- signing

function notKnown(court, session) {
  const why = `the key of epoch ${session.epoch} is not in these records, so nothing of it is judged: give the group's file with --group`;
  if (session.list.length) court.say(session, session.list[0], why);
  return ["its key is not known, so nothing of it is judged"];
}

/// Of which key a session is: a trial is of the shares that it tries, all else of those in use.
function groupOf(court, session, invitation) {
  const all = court.groupsOf(session);
  return all.find((each) => invitation && same(trialDigest(each), invitation.digest)) ?? all.find((each) => each.isInUse) ?? all[0];
}

function judgeSigning(court, session) {
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
  if (!signed) return [...said, "it was not signed"];
  if (!faultOfSignature(group, invitation, isFit ? pack : null, signed)) said.push("the signature is the group's");
  if (session.view.isDesk) judgeMaking(court, session, group, isFit ? pack : null, signed, shares);
  return said;
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
    if (isUsed && !group.isInUse) court.say(session, invitation, `it is signed with shares of epoch ${session.epoch}, which nobody certified here`);
  }
  said.push(`asked: ${session.asked}`);
}

/// No point of a nonce comes twice, whoever has the records of it.
function judgeNonces(court, session, one) {
  for (const point of [one.body.hiding, one.body.binding]) {
    const before = court.nonces.get(hex(point));
    if (before && !(before.session === one.session && same(before.said, one.said))) {
      court.say(session, one, `a nonce of ${who(one.sender)} has been used before, in session ${before.session.slice(0, 16)}`);
    } else court.nonces.set(hex(point), one);
  }
}

function judgeQuotes(court, session, pack, said) {
  const committed = committedIn(pack);
  said.push(`holders ${committed.map((one) => one.index).join(", ")} committed`);
  for (const { index, quoted } of committed) {
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
