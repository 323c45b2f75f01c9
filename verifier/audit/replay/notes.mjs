// What the records say beside the envelopes: who lied, who was left out, what was decided, what came into use; and whether
// they hold all that they should.
import { bytes, hex, join, same, sha256, text, word } from "./noble.mjs";
import { who } from "./envelope.mjs";
import { BAD_SHARE, isProven } from "./blame.mjs";
import { judgeUntold } from "./calling_off.mjs";
import { KNOWN } from "./view.mjs";

const MOST_BACK = 60; // seconds that a clock may be set right by
const ASKING = new Set(["INVITATION", "CALL", "REPAIR_CALL"]);
const ANSWERING = new Set(["COMMITMENT", "OFFER", "REPAIR_OFFER"]);

export function judgeNotes(court, view) {
  const say = (note, why, one, session) => court.disagree({ view, note, one, session: session ?? note?.session, why });
  judgeClock(view, say);
  for (const { one, trouble, note, refused } of view.passed) {
    if (!one && !refused) say(note, `an envelope was taken that cannot be read (${trouble ?? "it is no hex"})`);
  }
  for (const note of view.records) {
    if (!KNOWN.has(note.kind)) say(note, `nobody writes records of the kind ${note.kind}`);
    if (note.kind === "lied") judgeLied(court, view, note, say);
    if (note.kind === "excluded") judgeExcluded(view, note, say);
    if (note.kind === "decided") judgeDecided(view, note, say);
    if (note.kind === "epoch") judgeEpoch(view, note, say);
  }
  if (view.isDesk) judgeDesk(court, view, say);
  else judgeHolder(view, say);
  judgeEpochs(view, say);
}

function judgeClock(view, say) {
  view.records.forEach((note, i) => {
    const before = view.records[i - 1];
    if (before && note.at < before.at - MOST_BACK) {
      say(note, `its time is ${before.at - note.at} seconds before that of the record before it: the clock was set back, or it was made up`);
    }
  });
}

/// Every verdict is found again, from envelopes that stand in these records.
function judgeLied(court, view, note, say) {
  const culprit = Number(note.body.who), crime = String(note.body.crime), evidence = note.evidence ?? [];
  const raws = evidence.filter(Boolean), held = new Set(view.passed.map(({ one }) => one && hex(one.raw)));
  const proof = raws.length === evidence.length && isProven(culprit, crime, raws, court.forEvidence(view.sessions));
  if (raws.some((raw) => !held.has(hex(raw)))) say(note, `the evidence against ${who(culprit)} does not stand in these records`);
  if (proof) return;
  const share = view.passed.map(({ one }) => one).find((one) => one && raws.length && same(one.raw, raws[raws.length - 1]));
  const isRightShare = crime === BAD_SHARE && share?.kind === "SIGNATURE_SHARE";
  say(note, isRightShare ? `${who(culprit)} is accused of a wrong share, and it is right`
    : `it is said that ${who(culprit)} ${crime}, and the evidence does not show it`, share);
}

/// The sessions of one thing that a desk asked for: each attempt has its own.
export function attemptsOf(view, first) {
  const found = [];
  if (first === null) return found;
  for (let attempt = 0, name = first; view.sessions.has(name) || attempt === 0; attempt += 1) {
    if (view.sessions.has(name)) found.push(view.sessions.get(name));
    name = hex(sha256(join(text("fourth-signer/attempt\0"), bytes(first), word(attempt + 1).subarray(28))));
  }
  return found;
}

function judgeExcluded(view, note, say) {
  const index = Number(note.body.who), why = String(note.body.why ?? "");
  const begun = view.records.filter((each) => each.kind === "begun" && each.number < note.number);
  const ceremony = begun.reverse().find((each) => !note.session || each.session === note.session);
  if (!ceremony) { say(note, `${who(index)} was left out of what never began`); return; }
  const sessions = attemptsOf(view, ceremony.session);
  const before = (one) => one.sender === index && one.note.number < note.number;
  const is = (one, kinds) => before(one) && one.isTaken && kinds.includes(one.kind);
  let isSo;
  if (why.startsWith("declined")) {
    const words = why.replace(/^declined(: )?/, "");
    isSo = sessions.some((each) => each.list.some((one) => is(one, ["DECLINE"]) && isText(one.body?.why, words)));
  } else if (why === "did not answer in time") {
    isSo = sessions.some((each) => isAwaited(view, each, index, note, is));
  } else {
    const isRefused = view.passed.some(({ one, refused }) => refused && one && before(one) && sessions.includes(view.sessions.get(one.session)));
    isSo = isRefused || view.records.some((each) => each.kind === "lied" && Number(each.body.who) === index && each.number < note.number);
  }
  if (!isSo) say(note, `${who(index)} was left out since it ${why}, and these records do not show that`, null, ceremony.session);
  for (const session of sessions) {
    for (const { one, to, note: sent } of view.passed) {
      if (one?.session === session.name && one.kind === "INVITATION" && sent.number > note.number && (to ?? []).includes(index)) {
        say(sent, `${who(index)} was asked again after it was left out`, one, session.name);
      }
    }
  }
}

/// Words of a decline as they are shown; what cannot be shown as it is, is not compared.
const isText = (said, words) => said !== undefined && (!/^[ -~]*$/.test(said) || said.length > 150 || words === said);

/// Whether a holder was asked in a session, and something of it was missing when it was left out.
function isAwaited(view, session, index, note, is) {
  const asks = (kind) => view.passed.some(({ one, to, note: sent }) => one?.session === session.name && one.kind === kind
    && sent.number < note.number && (to ?? []).includes(index));
  const answered = session.list.some((one) => is(one, ["COMMITMENT", "DECLINE"]));
  return (!answered && asks("INVITATION")) || (asks("PACKAGE") && !session.list.some((one) => is(one, ["SIGNATURE_SHARE"])));
}

function judgeDecided(view, note, say) {
  const session = view.sessions.get(note.session), isNo = note.body.answer === "no";
  const asked = session?.list.find((one) => ASKING.has(one.kind) && one.note.number < note.number);
  if (!asked) { say(note, "a decision stands there, and nothing was asked"); return; }
  const next = view.records.find((each) => each.kind === "decided" && each.session === note.session && each.number > note.number);
  const answer = session.list.find((one) => one.isSent && ANSWERING.has(one.kind) && one.note.number > note.number
    && one.note.number < (next?.number ?? Infinity));
  if (isNo && answer) say(note, "the answer was no, and it took part all the same", answer, session.name);
}

function judgeEpoch(view, note, say) {
  const epoch = Number(note.body.epoch);
  const isShown = [...view.sessions.values()].some((session) => session.epoch === epoch && session.list.some((one) =>
    one.note.number < note.number && (one.kind === "CERTIFICATE" || (one.kind === "CONFIRMATION" && one.isSent && session.kind === "a repair"))));
  if (!isShown) say(note, `shares of epoch ${epoch} came into use, and nothing in these records brings them`);
}

/// What a holder said rests on what it was asked, and on a decision.
function judgeHolder(view, say) {
  for (const session of view.sessions.values()) {
    for (const one of session.list.filter((each) => each.isSent)) {
      const { number } = one.note, before = session.list.filter((each) => each.note.number < number);
      const has = (...kinds) => before.some((each) => kinds.includes(each.kind));
      const isDecided = view.records.some((note) => note.kind === "decided" && note.session === session.name && note.number < number
        && note.body.answer === "yes");
      if (ANSWERING.has(one.kind) && !isDecided && !session.isTrial) say(one.note, `a ${one.kind} was sent, and nobody said yes`, one, session.name);
      if (one.kind === "SIGNATURE_SHARE" && !has("PACKAGE")) say(one.note, "a share was sent before the PACKAGE", one, session.name);
      if (one.kind === "SIGNATURE_SHARE" && !before.some((each) => each.isSent && each.kind === "COMMITMENT")) {
        say(one.note, "a share was sent, and no COMMITMENT before it", one, session.name);
      }
      if (one.sender !== view.party) say(one.note, `it was sent by ${who(view.party)}, and is ${who(one.sender)}'s`, one, session.name);
    }
  }
}

/// What a desk sent was its own, or had come to it by its sender's line; every session has its beginning, and all were asked.
function judgeDesk(court, view, say) {
  const begun = new Set(view.records.filter((note) => note.kind === "begun").flatMap((note) =>
    attemptsOf(view, note.session).map((session) => session.name)));
  for (const { one, isSent, note, to, refused } of view.passed) {
    const line = note.body.from ?? null;
    if (one && !isSent && !refused && line !== null && line !== one.sender) {
      say(note, `it came by another's line than that of ${who(one.sender)}, and was taken`, one, one.session);
    }
    if (!isSent || !one) continue;
    const came = one.passages.some((each) => !each.isSent && each.note.number < note.number);
    if (one.sender !== 0 && !came) say(note, `it was passed on as ${who(one.sender)}'s, and never came`, one, one.session);
    if (ASKING.has(one.kind) && !begun.has(one.session)) say(note, "a session was opened that never began", one, one.session);
    if (ASKING.has(one.kind) && note.kind === "sent" && !to) say(note, "it is not said who was asked", one, one.session);
    if (one.kind === "INVITATION" && to) judgeInvited(court, view, one, to, note, say);
  }
  judgeUntold(view, attemptsOf, say);
}

function judgeInvited(court, view, one, to, note, say) {
  const [group] = court.groupsOf(one), { number } = note;
  const first = view.records.filter((each) => each.kind === "begun" && each.number < number).reverse()
    .find((each) => attemptsOf(view, each.session).some((session) => session.name === one.session));
  for (const index of (group?.charter.indexes ?? []).filter((each) => !to.includes(each))) {
    const isSaid = first && view.records.some((each) => each.kind === "excluded" && Number(each.body.who) === index && each.number > first.number);
    if (!isSaid) say(note, `${who(index)} was not asked, and these records do not say why`, one, one.session);
  }
}

/// No two dealings that somebody confirms make shares of one epoch.
function judgeEpochs(view, say) {
  const confirmed = new Map();
  for (const session of view.sessions.values()) {
    if (session.kind === "a repair") continue;
    for (const one of session.list.filter((each) => each.kind === "CONFIRMATION")) {
      const name = `${one.group} ${one.epoch} ${one.sender}`, before = confirmed.get(name);
      if (before && before !== session.name) say(one.note, `${who(one.sender)} confirmed two dealings of epoch ${one.epoch}`, one, session.name);
      confirmed.set(name, session.name);
    }
  }
}

/// A wrong share that came where all were there has to be named.
export function judgeUnnamed(view, say) {
  for (const session of view.sessions.values()) {
    for (const one of session.wrong ?? []) {
      const isNamed = view.records.some((note) => note.kind === "lied" && Number(note.body.who) === one.sender
        && note.evidence?.some((raw) => raw && same(raw, one.raw)));
      if (!isNamed) say(one.note, `the share of ${who(one.sender)} is wrong, and nobody named it`, one, session.name);
    }
  }
}
