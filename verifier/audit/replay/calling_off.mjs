// What ends something before it is done: a CALL_OFF of its coordinator, and a DECLINE of who was called to a dealing or a repair.
import { same } from "./noble.mjs";
import { who } from "./envelope.mjs";
import { faultOfDecline } from "./signing.mjs";
import { of, weigh } from "./court.mjs";

const GOING_ON = ["PACKAGE", "SIGNATURE", "CERTIFICATE"];

/// `beginning` is the INVITATION or the call, `matter` what all that follows is about.
function faultOfCallOff(beginning, matter, one) {
  if (!same(one.digest, matter)) return ["DIGEST", "it is about something else than was begun"];
  return same(one.seen, beginning.hash) ? null : ["SEEN", "it calls off what began otherwise"];
}

/// Nothing is said in a session that was called off, and all who were asked are told.
export function judgeCallOff(court, session, beginning, matter, said) {
  for (const one of session.all.filter((each) => each.kind === "CALL_OFF")) {
    weigh(court, session, one, () => faultOfCallOff(beginning, matter, one));
  }
  const [over] = of(session, "CALL_OFF");
  if (!over) return;
  said.push("it was called off");
  const isLater = (passage) => passage.note.number > over.note.number;
  for (const one of session.all.filter((each) => each !== over)) {
    const passage = one.passages.find((each) => each.isSent && isLater(each));
    if (passage) court.disagree({ view: session.view, note: passage.note, one, session: session.name, why: `a ${one.kind} was sent after its session was called off` });
    const isOn = one.sender === 0 && GOING_ON.includes(one.kind) && one.passages.some((each) => !each.isSent && isLater(each));
    if (isOn && court.signs(one, session)) court.say(session, one, `the coordinator called it off, and went on all the same: a ${one.kind} came`);
  }
  if (!session.view.isDesk) return;
  const told = toWhom(over);
  for (const index of [...toWhom(beginning)].filter((each) => !told.has(each))) {
    court.say(session, over, `${who(index)} was asked, and was not told that it is over`);
  }
}

const toWhom = (one) => new Set(one.passages.filter((each) => each.isSent).flatMap((each) => each.to ?? []));

/// Who declines takes no part, and without it nothing goes on. `offer` is what would have said yes.
export function judgeDeclines(court, session, offer, rounds) {
  const { call, matter } = session.ctx;
  for (const one of session.all.filter((each) => each.kind === "DECLINE")) {
    const isFit = weigh(court, session, one, () => faultOfDecline({ digest: matter, hash: call.hash }, one));
    if (!isFit) continue;
    if (of(session, offer).some((each) => each.sender === one.sender)) court.say(session, one, `${who(one.sender)} declined, and took part all the same`);
    if (rounds.some((kind) => of(session, kind).length)) court.say(session, one, `${who(one.sender)} declined, and it went on without`);
  }
}

/// What came to nothing was called off: an attempt before the next one, and the last one where the records say that it failed.
export function judgeUntold(view, attemptsOf, say) {
  const begun = view.records.filter((note) => note.kind === "begun");
  const asked = (note) => attemptsOf(view, note.session).filter((each) => beginningOf(each));
  const isOpen = (session) => !["CALL_OFF", "SIGNATURE", "CERTIFICATE"].some((kind) => of(session, kind).length);
  for (const note of begun) {
    asked(note).slice(0, -1).filter(isOpen).forEach((session) => {
      const one = beginningOf(session);
      say(one.note, "it was begun anew, and nobody was told that this attempt is over", one, session.name);
    });
  }
  for (const note of view.records.filter((each) => each.kind === "failed")) {
    const before = begun.filter((each) => each.number < note.number).map((each) => asked(each).at(-1));
    // A trial is a part of the dealing before it, which fails with it.
    for (const session of before.slice(isTrial(before.at(-1)) ? -2 : -1).filter((each) => each && isOpen(each))) {
      say(note, "it failed, and those who were asked were not told that it is over", null, session.name);
    }
  }
}

const isTrial = (session) => Buffer.from((session && beginningOf(session).body?.request) ?? []).toString("latin1") === "trial";
const beginningOf = (session) => session.list.find((one) => one.isSent && ["INVITATION", "CALL", "REPAIR_CALL"].includes(one.kind));
