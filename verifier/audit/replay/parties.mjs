// Several parties' records beside each other: what one says was said, the other has to have said, and to everybody the same.
import { hex, same } from "./noble.mjs";
import { who } from "./envelope.mjs";

const nameOf = (view) => `${view.party === null ? "somebody" : who(view.party)}'s records`;

export function compare(court, views) {
  judgeSame(court, views);
  judgeSaid(court, views);
  judgeEnds(court, views);
}

/// Whoever says two things in one place is found here, where each of those it told has only the one.
function judgeSame(court, views) {
  const first = new Map();
  for (const view of views) {
    for (const session of view.sessions.values()) {
      for (const one of session.list.filter((each) => court.signs(each, session))) {
        const name = `${one.group} ${one.session} ${one.sender} ${one.kind}`, other = first.get(name);
        if (!other) { first.set(name, one); continue; }
        if (other.view === view || same(other.said, one.said) || one.isNamed) continue;
        one.isNamed = true;
        const where = `record ${other.note.number} of file ${other.view.file + 1}`;
        court.disagree({ view, note: one.note, one, session: session.name,
          why: `${who(one.sender)} said one thing here, and another to ${nameOf(other.view)} (${where})` });
      }
    }
  }
}

/// What a party said and signed stands in its own records: it is written there before it leaves.
function judgeSaid(court, views) {
  for (const own of views.filter((view) => view.party !== null)) {
    const said = new Set(own.passed.filter(({ one, isSent }) => one && isSent).map(({ one }) => hex(one.said)));
    const groups = new Set(own.passed.filter(({ one }) => one).map(({ one }) => one.group));
    for (const view of views.filter((each) => each !== own)) {
      for (const session of view.sessions.values()) {
        for (const one of session.list) {
          if (one.sender !== own.party || (groups.size && !groups.has(one.group)) || said.has(hex(one.said)) || one.isNamed) continue;
          if (view.party === own.party || !court.signs(one, session)) continue;
          court.disagree({ view, note: one.note, one, session: session.name,
            why: `${who(one.sender)} signed it, and ${nameOf(own)} (file ${own.file + 1}) do not say that it was sent` });
        }
      }
    }
  }
}

/// What is called off for one is over for all: nobody else is told how it ended well.
function judgeEnds(court, views) {
  const all = views.flatMap((view) => [...view.sessions.values()]), taken = (kinds) => all.flatMap((session) =>
    session.list.filter((one) => kinds.includes(one.kind) && court.signs(one, session)).map((one) => ({ one, session })));
  const over = new Map(taken(["CALL_OFF"]).map((found) => [`${found.one.group} ${found.one.session}`, found]));
  for (const { one, session } of taken(["SIGNATURE", "CERTIFICATE"])) {
    const other = over.get(`${one.group} ${one.session}`);
    if (!other || other.session.view === session.view) continue;
    const where = `record ${other.one.note.number} of file ${other.session.view.file + 1}`;
    court.disagree({ view: session.view, note: one.note, one, session: session.name,
      why: `the coordinator brought it to its end here, and called it off for others: ${nameOf(other.session.view)} (${where})` });
  }
}
