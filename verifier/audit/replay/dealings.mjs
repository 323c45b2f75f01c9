// A dealing or a repair of a party's records, judged from its call to its end.
import { hex, same, verify } from "./noble.mjs";
import { hashOfList, who } from "./envelope.mjs";
import { comesToKey, faultOfCall, faultOfCertificate, faultOfConfirmation, openAll, trialDigest } from "./dealing.mjs";
import { assembleRepair, comesToShare, faultOfRepairCall } from "./repairing.mjs";
import { faultIn } from "./blame.mjs";
import { judgeCallOff, judgeDeclines } from "./calling_off.mjs";
import { isCertified, judgeComplaints, judgeOver, judgeRounds, missing, notKnown, of, weigh } from "./court.mjs";

export function judgeDealing(court, session) {
  const { ctx, view } = session, [call] = of(session, "CALL"), [certificate] = of(session, "CERTIFICATE");
  if (!ctx) {
    const [key] = court.groupsOf(session).filter((each) => each.isInUse);
    const isHere = [...view.sessions.values()].some((each) => each.ctx?.dealers && each.epoch === session.epoch);
    const isLate = !view.isDesk && !isHere && session.list.every((one) => one.kind === "CERTIFICATE");
    if (key && isLate) return judgeAlone(court, session, key);
    if (session.list.length) missing(court, session, "the CALL", "without it nothing of this dealing can be judged");
    return ["nothing of it can be judged"];
  }
  for (const one of session.all.filter((each) => each.kind === "CALL")) weigh(court, session, one, faultOfCall);
  judgeOld(court, session, call);
  judgeNew(court, session, call);
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
  judgeDeclines(court, session, "OFFER", ["SUB_SHARES", "CONFIRMATION", "CERTIFICATE"]);
  judgeCallOff(court, session, call, ctx.matter, said);
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

/// The key that a call speaks of has to be the one that was in use.
function judgeOld(court, session, call) {
  const { ctx: { old }, view } = session;
  if (!old) return;
  const known = court.groupsOf({ group: session.group, epoch: old.charter.epoch }).filter((each) => each.from !== "call");
  const isKnown = known.some((each) => same(each.charter.raw, old.charter.raw) && each.commitments.length === old.commitments.length
    && each.commitments.every((point, i) => same(point, old.commitments[i])));
  if (!isCertified(session.view, old)) court.say(session, call, "the CALL speaks of shares that nobody certified in these records");
  const isLater = view.isDesk && [...view.sessions.values()].some((each) => each.group === session.group
    && of(each, "CERTIFICATE").some((one) => one.note.number < call.note.number));
  if (!known.length && isLater) court.say(session, call, `the CALL speaks of shares of epoch ${old.charter.epoch}, and these records know of none`);
  if (known.length && !isKnown) court.say(session, call, "the CALL speaks of another key, or other holders, than were made in that epoch");
}

/// A group has one key for ever, and those who make it are the same whenever they try: else somebody names whom it likes.
function judgeNew(court, session, call) {
  const { old, charter } = session.ctx;
  if (old) return;
  const before = court.inUse(session.group).map((each) => each.charter.epoch).filter((epoch) => epoch < session.epoch);
  if (before.length) {
    court.say(session, call, `it calls for a new key, and the group has had one since epoch ${Math.min(...before)}`);
  }
  const name = hex(charter.raw.subarray(0, 32)) + hex(charter.raw.subarray(36)), first = court.firsts.get(session.group) ?? name;
  court.firsts.set(session.group, first);
  if (name !== first) court.say(session, call, "it calls others for a new key, or by other keys, than another CALL did");
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
  const told = new Set(certificate.passages.filter((each) => each.isSent).flatMap((each) => each.to ?? []));
  for (const index of session.ctx.charter.indexes.filter((each) => certificate.isSent && !told.has(each))) {
    court.say(session, certificate, `${who(index)} was not sent it, and goes on with shares that are over for the others`);
  }
  for (const one of openAll(certificate.body.confirmations) ?? []) {
    if (!of(session, "CONFIRMATION").some((each) => same(each.said, one.said))) {
      court.say(session, certificate, `it certifies a confirmation of ${who(one.sender)} that never came`);
    }
  }
}

export function judgeRepair(court, session) {
  const [call] = of(session, "REPAIR_CALL"), [group] = court.groupsOf(session).filter((each) => each.isInUse);
  if (!call?.body) {
    if (session.list.length) missing(court, session, "the REPAIR_CALL", "without it nothing of this repair can be judged");
    return ["nothing of it can be judged"];
  }
  if (!group) return notKnown(court, session);
  session.ctx = assembleRepair(call, group);
  if (of(session, "REPAIR_OFFER").length) judgeOver(court, session, call);
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
  judgeDeclines(court, session, "REPAIR_OFFER", ["REPAIR_PARTS", "REPAIR_SUM", "CONFIRMATION"]);
  judgeCallOff(court, session, call, session.ctx.matter, said);
  const offers = new Map(of(session, "REPAIR_OFFER").filter((one) => one.body).map((one) => [one.sender, one]));
  const isWhole = members.every((index) => offers.has(index)) && [...offers.values()].every((one) => !faultIn(session.ctx, [], one));
  if (isWhole) {
    if (comesToShare(session.ctx, offers)) said.push(`the sums come to the public share of ${who(lost)}`);
    else court.say(session, call, `the sums do not come to the public share of ${who(lost)}`);
  }
  return [...said, confirmations.some((one) => one.isTaken) ? "the share was confirmed" : "no share was confirmed here"];
}
