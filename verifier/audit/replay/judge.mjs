// Every session of a party's records, judged anew: each message that was taken has to be right, each that was refused wrong,
// and nothing may be missing of what something else rests on.
import { same } from "./noble.mjs";
import { isSigned, who } from "./envelope.mjs";
import { assemble, faultOfCall, keyOf } from "./dealing.mjs";
import { faultIn } from "./blame.mjs";
import { of } from "./court.mjs";
import { judgeDealing, judgeRepair } from "./dealings.mjs";
import { judgeSigning } from "./signings.mjs";

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
  dealing: new Set(["CALL", "OFFER", "SUB_SHARES", "CONFIRMATION", "COMPLAINT", "CERTIFICATE", "DECLINE", "CALL_OFF"]),
  repair: new Set(["REPAIR_CALL", "REPAIR_OFFER", "REPAIR_PARTS", "REPAIR_SUM", "CONFIRMATION", "COMPLAINT", "DECLINE", "CALL_OFF"]),
  signing: new Set(["INVITATION", "COMMITMENT", "DECLINE", "PACKAGE", "SIGNATURE_SHARE", "SIGNATURE", "CALL_OFF"]),
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
