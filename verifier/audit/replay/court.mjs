// What every kind of session is held against: the keys that a group may have had, what each message may say, and what the
// records say became of it.
import { hex, same } from "./noble.mjs";
import { isSigned, keysOf, who } from "./envelope.mjs";
import { decide, faultIn } from "./blame.mjs";

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
  constructor(disagree) { this.disagree = disagree; this.groups = new Map(); this.firsts = new Map(); this.nonces = new Map(); }

  /// The keys that a group may have had in an epoch: from dealings, from what calls say of the one before, from its file.
  groupsOf({ group, epoch }) { return this.groups.get(`${group} ${epoch}`) ?? []; }

  /// The keys of a group that are in use in some epoch or other.
  inUse(group) { return [...this.groups.values()].flat().filter((each) => each.isInUse && hex(each.charter.group) === group); }

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

/// Whether shares that a party's records make are certified in them as well.
export function isCertified(view, { charter, commitments }) {
  const made = [...view.sessions.values()].filter((each) => each.key && each.epoch === charter.epoch
    && each.key.length === commitments.length && each.key.every((point, i) => same(point, commitments[i])));
  return !made.length || made.some((each) => of(each, "CERTIFICATE").length > 0);
}

export const of = (session, kind) => session.list.filter((one) => one.kind === kind);

/// Hold what the records say of a message against what is found now. `find` returns what is wrong with it, or null.
export function weigh(court, session, one, find) {
  const isElsewhere = one.epoch !== session.epoch || one.group !== session.group;
  const fault = one.bad ? ["BODY", one.bad] : !court.signs(one, session) ? ["SIGNATURE", ""]
    : isElsewhere ? ["EPOCH", "it is of another group or epoch than its session"] : find(one);
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

/// What begins is of the shares in use: those of an epoch that is over are to be nowhere.
export function judgeOver(court, session, beginning) {
  const later = [...session.view.sessions.values()].filter((each) => each.group === session.group && each.epoch > session.epoch)
    .flatMap((each) => of(each, "CERTIFICATE")).filter((one) => one.note.number < beginning.note.number);
  if (!later.length) return;
  const epoch = Math.max(...later.map((one) => one.epoch));
  court.say(session, beginning, `it is of epoch ${session.epoch}, and shares of epoch ${epoch} were in use by then`);
}

export function missing(court, session, what, why) {
  court.say(session, session.list.at(-1) ?? session.all.at(-1), `${what} is missing from these records, and ${why}`);
}

/// The rounds of a dealing or a repair, each message given those of the rounds before.
export function judgeRounds(court, session, rounds) {
  for (const kind of rounds) {
    const heard = rounds.slice(0, rounds.indexOf(kind)).flatMap((each) => of(session, each).filter((one) => one.body));
    for (const one of session.all.filter((each) => each.kind === kind)) weigh(court, session, one, () => faultIn(session.ctx, heard, one));
  }
  session.heard = rounds.flatMap((kind) => of(session, kind).filter((one) => one.body));
}

/// Every complaint that was taken names one who lied, and the records have to say so.
export function judgeComplaints(court, session) {
  for (const one of session.all.filter((each) => each.kind === "COMPLAINT")) {
    const found = one.body ? decide(session.ctx, session.heard, one) : null;
    const isFit = weigh(court, session, one, () => (found ? null : ["SEEN", "it is of what does not stand here"]));
    if (!isFit || !found) continue;
    const [culprit, crime] = found;
    const isNamed = session.view.records.some((note) => note.kind === "lied" && Number(note.body.who) === culprit && note.body.crime === crime);
    if (!isNamed) court.say(session, one, `a complaint shows that ${who(culprit)} ${crime}, and the records do not say so`);
  }
}

/// Nobody knows who may speak in a session.
export function notKnown(court, session) {
  const why = `the key of epoch ${session.epoch} is not in these records, so nothing of it is judged: give the group's file with --group`;
  if (session.list.length) court.say(session, session.list[0], why);
  return ["its key is not known, so nothing of it is judged"];
}
